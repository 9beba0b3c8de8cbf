/**
 * Tables as JSON.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { checkJsonValue, isPlainObject, quote, sortOf, withinLimits } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { writeBytes } from "../core/define/whole_file.ts";
import { cannotLoad, cannotSave, readJson, textParts } from "./read_text.ts";
import {
  ABSENT,
  cellOf,
  cellPath,
  type Column,
  type ColumnType,
  knownColumns,
  readScalar,
  scalarText,
  type ScalarType,
  setCell,
  type Table,
  tableOf,
  typeOfColumn,
} from "./table_columns.ts";

/**
 * Keeps rows of plain records as a JSON list, a row a line. Types come back as they went in.
 *
 * A column of dates or bigints, or of numbers of which some are `NaN`, `-0` or infinite, is written as text where JSON
 * has no word for it, and its type lies in `artifact.extra`. All else is JSON as it is; each row keeps the order of
 * its keys. Without metadata, a file of plain records is read as it is.
 *
 * @typeParam Row One row.
 * @returns A cacher of lists of rows: `.json`, kind `json-table`. Its `save` rejects with a `TypeError` that names the
 * path of what it can't keep (`$[3].when`), its `load` with a `SyntaxError` where the file is no list of records, or
 * not as its metadata says.
 * @throws Nothing by itself.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { jsonTableCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/visits.json`;
 * const rows = [{ id: 1n, when: new Date(0) }, { id: 2n, when: null }];
 * const place = at(path);
 * await jsonTableCacher<typeof rows[number]>().save(rows, place);
 * assertEquals(
 *   await Deno.readTextFile(path),
 *   '[\n{"id":"1","when":"1970-01-01T00:00:00.000Z"},\n{"id":"2","when":null}\n]\n',
 * );
 * assertEquals(await jsonTableCacher<typeof rows[number]>().load(place), rows);
 * ```
 */
export function jsonTableCacher<Row extends object = Record<string, unknown>>(): Cacher<Row[]> {
  return ownCacher({
    extension: ".json",
    kind: "json-table",
    save: async (value, artifact) => {
      const path = artifact.path();
      const what = cannotSave(path, "a JSON table");
      const table = tableOf(value, what);
      const types = table.columns.flatMap((column) => typedColumn(table, column, what));
      const rows = types.length === 0 ? value : value.map((row) => withCells(row, types, writeCell));
      const lines = () => rows.map((row) => JSON.stringify(row)).join(",\n");
      const text = withinLimits(what, () => rows.length === 0 ? "[]\n" : textParts("[\n", lines(), "\n]\n"));
      artifact.extra.columns = types;
      await writeBytes(artifact, text, path);
    },
    load: async (artifact) => {
      const path = artifact.path();
      const what = cannotLoad(path, "a JSON table");
      const rows = await readJson(artifact, "a JSON table");
      if (!Array.isArray(rows)) {
        throw new SyntaxError(`${what}: it holds ${sortOf(rows)}, wanted a list of rows`);
      }
      const odd = rows.findIndex((row) => !isPlainObject(row));
      if (odd !== -1) throw new SyntaxError(`${what}: $[${odd}] is ${sortOf(rows[odd])}, wanted a record`);
      const types = knownColumns<ColumnType>(artifact.extra.columns, what) ?? [];
      if (types.length === 0) return rows as Row[];
      return rows.map((row, i) =>
        withCells(row, types, (cell, column) => readCell(cell, column, i, what))
      ) as Row[];
    },
  });
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
