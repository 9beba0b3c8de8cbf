/**
 * One column of a CSV file: its values as text, and back.
 *
 * @module
 */
import { checkJsonValue, quote } from "../core/define/json_value.ts";
import {
  ABSENT,
  cellPath,
  type Column,
  type ColumnType,
  readScalar,
  scalarText,
  typeOfCells,
} from "./table_columns.ts";

/** A column as the metadata keeps it: its type, and the texts that stand for what is no value of that type. */
export interface CsvColumn extends ColumnType {
  /** The text that stands for null, where there is any. */
  readonly null?: string;
  /** The text that stands for a key that the row lacks. */
  readonly absent?: string;
  /** The text that stands for the empty text. */
  readonly blank?: string;
}

/**
 * What the metadata says of a column.
 *
 * @param column The column.
 * @param alone Whether it is the table's only one: an empty cell would then be an empty line, which readers skip.
 * @returns Its type and markers.
 */
export function describeColumn({ name, cells }: Column, alone: boolean): CsvColumn {
  const found = typeOfCells(cells) ?? "string";
  const type = found === "string" && cells.some(isDelicate) ? "json" : found;
  const kinds = type === "json"
    ? [cells.includes(ABSENT) && "absent"]
    : [cells.includes(null) && "null", cells.includes(ABSENT) && "absent", cells.includes("") && "blank"];
  const markers: Record<string, string> = {};
  let empty = !alone;
  for (const kind of kinds) {
    if (kind === false) continue;
    markers[kind] = empty ? "" : markerFor(kind, cells);
    empty = false;
  }
  return { name, type, ...markers };
}

/** Texts that CSV readers do not agree on: carriage returns, control characters, and what UTF-8 cannot hold. */
function isDelicate(cell: unknown): boolean {
  // deno-lint-ignore no-control-regex -- control characters are just what is looked for
  return typeof cell === "string" && (/[\u0000-\u0008\u000b-\u001f]/.test(cell) || !cell.isWellFormed());
}

function markerFor(kind: string, cells: readonly unknown[]): string {
  let marker = `(${kind})`;
  for (let i = 2; cells.includes(marker); i++) marker = `(${kind} ${i})`;
  return marker;
}

/**
 * The text of the header's cell. What a reader would change or skip is written as JSON: the metadata has the name.
 *
 * @param name The column's name.
 * @param alone Whether it is the only column.
 * @returns The text.
 */
export function headerText(name: string, alone: boolean): string {
  return isDelicate(name) || name.startsWith("\ufeff") || (alone && name === "")
    ? JSON.stringify(name)
    : name;
}

/**
 * The texts of a column's cells.
 *
 * @param column The column.
 * @param as What {@linkcode describeColumn} says of it.
 * @param what What was tried, as a message begins.
 * @returns A text a row.
 * @throws {TypeError} If a cell can be kept neither as the column's type nor as JSON.
 */
export function columnTexts({ name, cells }: Column, as: CsvColumn, what: string): string[] {
  if (as.type === "json") {
    const mixed = `${what}, where the column ${quote(name)} is JSON as it has no one type`;
    return cells.map((cell, i) => {
      if (cell === ABSENT) return as.absent ?? "";
      checkJsonValue(cell, mixed, cellPath(i, name));
      return JSON.stringify(cell);
    });
  }
  return cells.map((cell) => {
    if (cell === null) return as.null ?? "";
    if (cell === ABSENT) return as.absent ?? "";
    if (cell === "") return as.blank ?? "";
    return typeof cell === "string" ? cell : scalarText(cell);
  });
}

/**
 * Reads one cell.
 *
 * @param text Its text.
 * @param as What the metadata says of the column.
 * @returns The value; {@linkcode ABSENT} where the row lacks the key; undefined where the text is not of the type.
 */
export function readCell(text: string, as: CsvColumn): unknown {
  if (text === as.absent) return ABSENT;
  if (as.type === "json") {
    try {
      return JSON.parse(text);
    } catch {
      // What it holds instead is said by the caller, which knows the row.
      return undefined;
    }
  }
  if (text === as.null) return null;
  if (text === as.blank) return "";
  return readScalar(text, as.type);
}
