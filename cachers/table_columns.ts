/**
 * Rows of plain records, seen as columns.
 *
 * @module
 */
import { types } from "node:util";
import {
  below,
  isPlainArray,
  isPlainObject,
  isRawJson,
  oddProperty,
  sortOf,
} from "../core/define/json_value.ts";

/** What stands where a row lacks the column's key. */
export const ABSENT: unique symbol = Symbol("absent");

const oddText = { hidden: "a hidden property", getter: "a getter" } as const;

/** One key of the rows. */
export interface Column {
  readonly name: string;
  /** Whether each row has it. */
  readonly whole: boolean;
}

/** Rows that were looked through, and their columns in the order in which their names first appear. */
export interface Table {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly columns: readonly Column[];
}

/** The types that a column keeps by itself; values of any other sort are JSON. */
export type ScalarType = "number" | "boolean" | "date" | "bigint" | "string";

/** The names of the types. */
export const SCALAR_TYPES: readonly ScalarType[] = ["number", "boolean", "date", "bigint", "string"];

/** A column's name and type, as the metadata keeps it. */
export interface ColumnType {
  readonly name: string;
  readonly type: ScalarType | "json";
}

/**
 * Looks through rows: whether they are plain records, and which columns they have.
 *
 * @param rows The rows.
 * @param what What was tried, as a message begins.
 * @returns The rows and their columns.
 * @throws {TypeError} If it is no list of plain records.
 */
export function tableOf(rows: unknown, what: string): Table {
  if (!Array.isArray(rows) || !isPlainArray(rows)) {
    throw new TypeError(
      `${what}: $ is ${Array.isArray(rows) ? "not a plain array" : sortOf(rows)}, wanted a list of rows`,
    );
  }
  const counts = new Map<string, number>();
  // Most rows have the keys of the one before, and a number that is added to is looked up slower than an index.
  let names: readonly string[] = [];
  let alike = 0;
  const count = () => names.forEach((name) => counts.set(name, (counts.get(name) ?? 0) + alike));
  for (let i = 0; i < rows.length; i++) {
    const keys = keysOfRow(rows, i, what);
    if (keys.length !== names.length || !keys.every((key, k) => key === names[k])) {
      count();
      [names, alike] = [keys, 0];
    }
    alike++;
  }
  count();
  const columns = Array.from(counts, ([name, count]) => ({ name, whole: count === rows.length }));
  return { rows, columns };
}

function keysOfRow(rows: readonly unknown[], i: number, what: string): readonly string[] {
  const row = rows[i];
  if (!isPlainObject(row)) {
    throw new TypeError(`${what}: $[${i}] is ${i in rows ? sortOf(row) : "a hole"}, wanted a plain record`);
  }
  if (isRawJson(row)) throw new TypeError(`${what}: $[${i}] is raw JSON, wanted a plain record`);
  const odd = oddProperty(row);
  if (odd?.sort === "symbol") {
    throw new TypeError(`${what}: $[${i}] has a key that is a symbol, and a column's name is text; drop it`);
  }
  if (odd !== undefined) {
    throw new TypeError(`${what}: ${cellPath(i, String(odd.key))} is ${oddText[odd.sort]}; copy its value`);
  }
  return Object.keys(row);
}

/**
 * The value of a column in one row.
 *
 * @param row The row.
 * @param column The column.
 * @returns The value; {@linkcode ABSENT} where the row lacks the key.
 */
export function cellOf(row: Readonly<Record<string, unknown>>, { name, whole }: Column): unknown {
  return whole || Object.hasOwn(row, name) ? row[name] : ABSENT;
}

/**
 * What the metadata says of columns. Anybody may have written it.
 *
 * @param columns `extra.columns`.
 * @param what What was tried, as a message begins.
 * @param markers The texts that a column may have beside its name and type.
 * @returns The columns; undefined where there is no such metadata.
 * @throws {SyntaxError} If it says what no cacher does.
 */
export function knownColumns<T extends ColumnType>(
  columns: unknown,
  what: string,
  markers: readonly string[] = [],
): readonly T[] | undefined {
  if (columns === undefined) return undefined;
  const isColumn = (column: unknown) => {
    if (!isPlainObject(column)) return false;
    const isType = column.type === "json" || SCALAR_TYPES.some((type) => type === column.type);
    return typeof column.name === "string" && isType &&
      markers.every((marker) => column[marker] === undefined || typeof column[marker] === "string");
  };
  if (Array.isArray(columns) && columns.every(isColumn)) return columns;
  throw new SyntaxError(`${what}: what its metadata says of its columns is not what this cacher writes`);
}

/**
 * The type that all cells of a column have, absent ones and nulls aside.
 *
 * @param table The table.
 * @param column One of its columns.
 * @returns The type: `json` where there are several, or others; undefined where there is no cell to tell by.
 */
export function typeOfColumn({ rows }: Table, column: Column): ScalarType | "json" | undefined {
  let type: ScalarType | "json" | undefined;
  for (const row of rows) {
    const cell = cellOf(row, column);
    if (cell === null || cell === ABSENT) continue;
    const own = typeOfCell(cell);
    if (type === undefined) type = own;
    else if (type !== own) return "json";
  }
  return type;
}

/**
 * The type of one value.
 *
 * @param cell The value.
 * @returns The type: `json` where it is none of the others.
 */
export function typeOfCell(cell: unknown): ScalarType | "json" {
  switch (typeof cell) {
    case "number":
    case "boolean":
    case "bigint":
    case "string":
      return typeof cell as ScalarType;
    default:
      return isPlainDate(cell) ? "date" : "json";
  }
}

/** A date that holds a time and nothing more. */
function isPlainDate(cell: unknown): boolean {
  return types.isDate(cell) && Object.getPrototypeOf(cell) === Date.prototype &&
    Reflect.ownKeys(cell).length === 0;
}

/**
 * A number, boolean, date or bigint as text that gives it back.
 *
 * @param cell The cell.
 * @returns Its text.
 */
export function scalarText(cell: unknown): string {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? "Invalid Date" : cell.toISOString();
  return Object.is(cell, -0) ? "-0" : String(cell);
}

/**
 * Reads a cell's text as a type.
 *
 * @param text The text.
 * @param type The type.
 * @returns The value; undefined where the text is none of that type.
 */
export function readScalar(
  text: string,
  type: ScalarType,
): string | number | boolean | Date | bigint | undefined {
  switch (type) {
    case "string":
      return text;
    case "number": {
      const number = text.trim() === "" ? NaN : Number(text);
      return Number.isNaN(number) && text !== "NaN" ? undefined : number;
    }
    case "boolean": {
      const lower = text.toLowerCase();
      return lower === "true" ? true : lower === "false" ? false : undefined;
    }
    case "bigint":
      return /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : undefined;
    case "date":
      return text === "Invalid Date" ? new Date(NaN) : readDate(text);
  }
}

/** Dates as ISO 8601 has them, and with a space for the `T`: the date, the day of the month, the time and its zone. */
const DATE =
  /^((?:\d{4}|[+-]\d{6})(?:-\d\d(?:-(\d\d))?)?)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** The engine by itself makes a date of `row 7` as well, and of February 30 one in March. */
function readDate(text: string): Date | undefined {
  const [found, date, day] = DATE.exec(text) ?? [];
  const time = new Date(text);
  if (found === undefined || Number.isNaN(time.getTime())) return undefined;
  const isOfItsMonth = Number(day ?? 1) <= 28 || new Date(date!).getUTCDate() === Number(day);
  return isOfItsMonth ? time : undefined;
}

/**
 * Sets a key of a row, `__proto__` among them: where a runtime has that accessor (Deno with `--unstable-unsafe-proto`),
 * assigning to it would give the row another prototype.
 *
 * @param row The row.
 * @param name The key.
 * @param value The value.
 */
export function setCell(row: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") row[name] = value;
  else Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * The path of a cell, as messages name it.
 *
 * @param row The row's index.
 * @param name The column.
 * @returns `$[3].when`.
 */
export function cellPath(row: number, name: string): string {
  return below(`$[${row}]`, name);
}
