/**
 * Tables to JSON, and back.
 *
 * @module
 */
import type { Artifact } from "../core/define/cacher.ts";
import { checkJsonValue, isPlainObject, quote, sortOf, withinLimits } from "../core/define/json_value.ts";
import type { ScalarType } from "./columnar_options.ts";
import { textParts } from "./read_text.ts";
import {
  ABSENT,
  cellOf,
  cellPath,
  type Column,
  type ColumnType,
  knownColumns,
  readScalar,
  scalarText,
  setCell,
  type Table,
  tableOf,
  typeOfColumn,
} from "./table_columns.ts";

/**
 * Rows as JSON.
 *
 * @param value The rows.
 * @param extra Takes what the text does not tell: the types of columns for which JSON has no word.
 * @param what What was tried, as a message begins.
 * @returns The text, in parts.
 * @throws {TypeError} If it is no list of plain records, holds what can't be kept, or makes a text that is too long for
 * the engine; the message names where.
 */
export function jsonOf(
  value: readonly object[],
  extra: Artifact["extra"],
  what: string,
): string | readonly string[] {
  const table = tableOf(value, what);
  const types = table.columns.flatMap((column) => typedColumn(table, column, what));
  const rows = types.length === 0 ? value : value.map((row) => withCells(row, types, writeCell));
  const lines = () => rows.map((row) => JSON.stringify(row)).join(",\n");
  const text = withinLimits(what, () => rows.length === 0 ? "[]\n" : textParts("[\n", lines(), "\n]\n"));
  extra.columns = types;
  return text;
}

/**
 * The rows that JSON holds.
 *
 * @param value What was parsed.
 * @param extra What {@linkcode jsonOf} left there; nothing where another program wrote the file.
 * @param what What was tried, as a message begins.
 * @returns The rows.
 * @throws {SyntaxError} If it is no list of records, or not as its metadata says.
 */
export function rowsOf(value: unknown, extra: Artifact["extra"], what: string): Record<string, unknown>[] {
  if (!Array.isArray(value)) {
    throw new SyntaxError(`${what}: it holds ${sortOf(value)}, wanted a list of rows`);
  }
  const odd = value.findIndex((row) => !isPlainObject(row));
  if (odd !== -1) throw new SyntaxError(`${what}: $[${odd}] is ${sortOf(value[odd])}, wanted a record`);
  const types = knownColumns<ColumnType>(extra.columns, what) ?? [];
  if (types.length === 0) return value;
  return value.map((row, i) => withCells(row, types, (cell, column) => readCell(cell, column, i, what)));
}

/** What the metadata keeps of a column: nothing where it is JSON as it is. */
function typedColumn(table: Table, column: Column, what: string): ColumnType[] {
  const { name } = column;
  const type = typeOfColumn(table, column);
  if (type === "string" || type === "boolean" || type === undefined) return [];
  if (type === "date" || type === "bigint") return [{ name, type }];
  if (type === "number") {
    return table.rows.some((row) => isOddNumber(cellOf(row, column))) ? [{ name, type }] : [];
  }
  const mixed = `${what}, where the column ${quote(name)} is JSON as it has no one type`;
  table.rows.forEach((row, i) => {
    const cell = cellOf(row, column);
    if (cell !== ABSENT) checkJsonValue(cell, mixed, cellPath(i, name));
  });
  return [];
}

function isOddNumber(cell: unknown): boolean {
  return typeof cell === "number" && (!Number.isFinite(cell) || Object.is(cell, -0));
}

/** A copy of a row, with other cells in these columns; its keys stay in order. */
function withCells(
  row: object,
  types: readonly ColumnType[],
  change: (cell: unknown, column: ColumnType) => unknown,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(row)) setCell(copy, name, cell);
  for (const column of types) {
    if (Object.hasOwn(copy, column.name)) setCell(copy, column.name, change(copy[column.name], column));
  }
  return copy;
}

function writeCell(cell: unknown): unknown {
  return cell === null || (typeof cell === "number" && !isOddNumber(cell)) ? cell : scalarText(cell);
}

function readCell(cell: unknown, { name, type }: ColumnType, row: number, what: string): unknown {
  if (cell === null || (type === "number" && typeof cell === "number")) return cell;
  const value = typeof cell === "string" ? readScalar(cell, type as ScalarType) : undefined;
  if (value !== undefined) return value;
  throw new SyntaxError(`${what}: ${cellPath(row, name)} is ${quote(cell)}, wanted a ${type}`);
}
