/**
 * Tables as rows or as columns, to the columns of a file.
 *
 * @module
 */
import {
  below,
  isPlainArray,
  isPlainObject,
  isRawJson,
  oddProperty,
  quote,
  sortOf,
} from "../core/define/json_value.ts";
import type { TypedArray } from "./array_types.ts";
import { type ColumnNote, isBig } from "./columnar_note.ts";
import type { Shape } from "./columnar_options.ts";
import { type Cells, storeArray, storeCells, type StoredColumn } from "./stored_column.ts";
import { cellOf, cellPath, tableOf } from "./table_columns.ts";

/** A table, ready to be written, and what the metadata keeps of it. */
export interface StoredTable {
  readonly columns: readonly (StoredColumn & { readonly name: string })[];
  readonly notes: readonly ColumnNote[];
  readonly rows: number;
}

/**
 * Makes a table ready to be written.
 *
 * @param value Rows or columns.
 * @param shape Which of the two.
 * @param what What was tried, as a message begins.
 * @returns The columns.
 * @throws {TypeError} If it is not of that shape, or something in it would not come back equal: it names the path.
 */
export function storeTable(value: unknown, shape: Shape, what: string): StoredTable {
  const table = shape === "rows" ? storeRows(value, what) : storeColumns(value, what);
  for (const { name } of table.columns) {
    const odd = name.startsWith("\ufeff")
      ? "begins with a byte order mark, which readers drop"
      : name.isWellFormed()
      ? undefined
      : "holds half of a surrogate pair, which no file can";
    if (odd !== undefined) {
      throw new TypeError(`${what}: $ has the column ${quote(name)}, whose name ${odd}; rename it`);
    }
  }
  return table;
}

function storeRows(value: unknown, what: string): StoredTable {
  const { rows, columns } = tableOf(value, what);
  const stored = columns.map((column) => {
    const { name } = column;
    const at = (row: number) => cellOf(rows[row]!, column);
    return stow({ name, length: rows.length, at, path: (row) => cellPath(row, name) }, what);
  });
  return {
    columns: stored.map(([column]) => column),
    notes: stored.map(([, note]) => note),
    rows: rows.length,
  };
}

function storeColumns(value: unknown, what: string): StoredTable {
  if (!isPlainObject(value) || isRawJson(value)) {
    throw new TypeError(`${what}: $ is ${sortOf(value)}, wanted a plain record of columns`);
  }
  const odd = oddProperty(value);
  if (odd !== undefined) {
    throw new TypeError(
      `${what}: $ has ${oddWords[odd.sort]} ${quote(String(odd.key))}, wanted plain columns`,
    );
  }
  const entries = Object.entries(value);
  const stored = entries.map(([name, column]) => {
    const path = below("$", name);
    if (ArrayBuffer.isView(column) && !(column instanceof DataView)) {
      const { column: kept, array } = storeArray(column as TypedArray, path, what);
      const type = isBig(array) ? "bigint" as const : "number" as const;
      return [{ name, ...kept }, { name, type, array }] as const;
    }
    if (!Array.isArray(column) || !isPlainArray(column)) {
      const sort = Array.isArray(column) ? "not a plain array" : sortOf(column);
      throw new TypeError(`${what}: ${path} is ${sort}, wanted a typed array or a list`);
    }
    const at = (row: number) => column[row];
    return stow({ name, length: column.length, at, path: (row) => below(path, row) }, what);
  });
  const rows = stored[0]?.[0].values.length ?? 0;
  for (const [{ name, values }] of stored) {
    if (values.length === rows) continue;
    throw new TypeError(
      `${what}: ${below("$", name)} has ${values.length} values, wanted ${rows} as ${
        below("$", entries[0]![0])
      } has`,
    );
  }
  return { columns: stored.map(([column]) => column), notes: stored.map(([, note]) => note), rows };
}

const oddWords = { symbol: "the symbol", hidden: "the hidden property", getter: "the getter" } as const;

function stow(cells: Cells, what: string): [StoredColumn & { name: string }, ColumnNote] {
  const { name } = cells;
  const { column, type, absent } = storeCells(cells, what);
  return [{ name, ...column }, { name, type, ...(absent ? { absent } : {}) }];
}
