/**
 * One column of a CSV file: its values as text, and back.
 *
 * @module
 */
import { checkJsonValue, quote } from "../core/define/json_value.ts";
import type { CsvRecords } from "./csv_reader.ts";
import {
  ABSENT,
  cellOf,
  cellPath,
  type Column,
  type ColumnType,
  readScalar,
  scalarText,
  type Table,
  typeOfColumn,
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
 * @param table The table.
 * @param column One of its columns. Where it is the only one, an empty cell would be an empty line, which readers skip.
 * @returns Its type and markers.
 */
export function describeColumn(table: Table, column: Column): CsvColumn {
  const { name } = column;
  const found = typeOfColumn(table, column) ?? "string";
  const type = found === "string" && isDelicateColumn(table, column) ? "json" : found;
  const has = (wanted: unknown) => table.rows.some((row) => cellOf(row, column) === wanted);
  const kinds = type === "json"
    ? [!column.whole && "absent"]
    : [has(null) && "null", !column.whole && "absent", type === "string" && has("") && "blank"];
  const markers: Record<string, string> = {};
  let empty = table.columns.length !== 1;
  for (const kind of kinds) {
    if (kind === false) continue;
    markers[kind] = empty ? "" : markerFor(kind, has);
    empty = false;
  }
  return { name, type, ...markers };
}

/** Texts that CSV readers do not agree on: carriage returns, control characters, and what UTF-8 cannot hold. */
function isDelicate(text: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are just what is looked for
  return /[\u0000-\u0008\u000b-\u001f]/.test(text) || !text.isWellFormed();
}

function isDelicateColumn({ rows }: Table, column: Column): boolean {
  return rows.some((row) => {
    const cell = cellOf(row, column);
    return typeof cell === "string" && isDelicate(cell);
  });
}

function markerFor(kind: string, isCell: (text: string) => boolean): string {
  let marker = `(${kind})`;
  for (let i = 2; isCell(marker); i++) marker = `(${kind} ${i})`;
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
 * Refuses the cells of a column that can be kept neither as its type nor as JSON.
 *
 * @param table The table.
 * @param column One of its columns.
 * @param as What {@linkcode describeColumn} says of it.
 * @param what What was tried, as a message begins.
 * @throws {TypeError} If there is one, naming its path.
 */
export function checkColumn({ rows }: Table, column: Column, as: CsvColumn, what: string): void {
  if (as.type !== "json") return;
  const mixed = `${what}, where the column ${quote(as.name)} is JSON as it has no one type`;
  rows.forEach((row, i) => {
    const cell = cellOf(row, column);
    if (cell !== ABSENT) checkJsonValue(cell, mixed, cellPath(i, as.name));
  });
}

/**
 * The text of a cell.
 *
 * @param cell The value; {@linkcode ABSENT} where the row lacks the key.
 * @param as What {@linkcode describeColumn} says of its column.
 * @returns Its text, unquoted.
 */
export function cellText(cell: unknown, as: CsvColumn): string {
  if (cell === ABSENT) return as.absent ?? "";
  if (as.type === "json") return JSON.stringify(cell);
  if (cell === null) return as.null ?? "";
  if (cell === "") return as.blank ?? "";
  return typeof cell === "string" ? cell : scalarText(cell);
}

/** Reads one cell of a column from the record that is looked at: see {@linkcode cellReader}. */
export type CellReader = (records: CsvRecords, cell: number) => unknown;

/**
 * How the cells of a column are read.
 *
 * @param as What the metadata says of the column.
 * @returns Gives the value; {@linkcode ABSENT} where the row lacks the key; undefined where the text is not of the type.
 */
export function cellReader(as: CsvColumn): CellReader {
  const ofText = (records: CsvRecords, cell: number) => valueOf(records.text(cell), as);
  // Anybody may have written the metadata: where a number stands for null, each cell's text is looked at.
  const isClear = [as.null, as.absent, as.blank].every((marker) => Number.isNaN(Number(marker || NaN)));
  if (as.type !== "number" || !isClear) return ofText;
  return (records, cell) => records.number(cell) ?? ofText(records, cell);
}

function valueOf(text: string, as: CsvColumn): unknown {
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
