/**
 * Tables as Arrow IPC files: an entry point of its own, `@cairn/cairn/arrow`.
 *
 * @module
 */
import type { AnyCacher, Cacher } from "../core/define/cacher.ts";
import { readArrow, writeArrow } from "./arrow_format.ts";
import { columnarCacher } from "./columnar_cacher.ts";
import type { Columns } from "./columnar_load.ts";
import { type ArrowOptions, checkOptions, type Shape } from "./columnar_options.ts";

export type { TypedArray } from "./array_types.ts";
export type { Columns } from "./columnar_load.ts";
export type { ArrowCompression, ArrowOptions } from "./columnar_options.ts";

/**
 * Keeps a table as an Arrow IPC file, as pandas, polars, DuckDB and R read it: rows of plain records, or columns.
 *
 * Types come back as they went in. Numbers (`NaN`, `-0` and the infinities too), texts, booleans, dates, bigints of 64
 * bits, bytes, null and keys that a row lacks are kept; a column of several types, of lists or of records is kept as
 * JSON, as is one that some rows lack and that is null in others. Whole numbers are stored as 32-bit or 64-bit
 * integers, typed arrays as they are, dates as milliseconds. What the types do not tell lies in `artifact.extra`.
 *
 * Loaded without metadata, as from a file that another program wrote, 64-bit integers are numbers where all of a column
 * can be, else bigints; dates and times are dates, to the millisecond; lists and structs are lists and records; and
 * columns without null that are numbers are typed arrays.
 *
 * The library is loaded with the first table.
 *
 * @typeParam Row One row.
 * @param options `shape: "columns"` for a record of columns, each a typed array or a list; `compression`.
 * @returns A cacher: `.arrow`, kind `arrow` or `arrow-columns`. Its `save` rejects with a `TypeError` that names the
 * path of what it can't keep (`$[3].when`), its `load` with a `SyntaxError` where the file is none, or not as its
 * metadata says.
 * @throws {TypeError} If an option is none of those.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { arrowCacher } from "@cairn/cairn/arrow";
 * import { assertEquals } from "@std/assert";
 *
 * const dir = await Deno.makeTempDir();
 * const rows = [{ species: "Adelie", mass: 3750 }, { species: "Gentoo", mass: null }];
 * const place = at(`${dir}/penguins.arrow`);
 * await arrowCacher<typeof rows[number]>().save(rows, place);
 * assertEquals(await arrowCacher<typeof rows[number]>().load(place), rows);
 *
 * const columns = { x: new Float32Array([0.5, 1]), label: ["a", null] };
 * const other = at(`${dir}/points.arrow`);
 * await arrowCacher<typeof columns>({ shape: "columns", compression: "zstd" }).save(columns, other);
 * assertEquals(await arrowCacher<typeof columns>({ shape: "columns" }).load(other), columns);
 * ```
 */
export function arrowCacher<Row extends object = Record<string, unknown>>(
  options?: ArrowOptions & { readonly shape?: "rows" },
): Cacher<Row[]>;
/**
 * Keeps a table as Arrow: a record of columns.
 *
 * @typeParam T The columns: `{ x: Float64Array; label: (string | null)[] }`.
 * @param options `shape: "columns"`, and the others.
 * @returns A cacher, as above.
 * @throws {TypeError} If an option is none of those.
 */
export function arrowCacher<T extends object = Columns>(
  options: ArrowOptions & { readonly shape: "columns" },
): Cacher<T>;
export function arrowCacher(
  options: ArrowOptions & { readonly shape?: Shape } = {},
): AnyCacher {
  checkOptions("Arrow", options);
  const { shape = "rows", compression = "none" } = options;
  return columnarCacher({
    title: "Arrow",
    extension: ".arrow",
    write: (table) => writeArrow(table, compression === "zstd"),
    read: readArrow,
  }, shape);
}
