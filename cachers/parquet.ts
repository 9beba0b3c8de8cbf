/**
 * Tables as Parquet files: an entry point of its own, `@cairn/cairn/parquet`.
 *
 * @module
 */
import type { AnyCacher, Cacher } from "../core/define/cacher.ts";
import { readParquet, writeParquet } from "./parquet_format.ts";
import { columnarCacher } from "./columnar_cacher.ts";
import type { Columns } from "./columnar_load.ts";
import { checkOptions, type ParquetOptions, type Shape } from "./columnar_options.ts";

export type { TypedArray } from "./array_types.ts";
export type { Columns } from "./columnar_load.ts";
export type { ParquetCompression, ParquetOptions } from "./columnar_options.ts";

/**
 * Keeps a table as a Parquet file, as pandas, polars, DuckDB, Spark and R read it: rows of plain records, or columns.
 *
 * Types come back as they went in. Numbers (`NaN`, `-0` and the infinities too), texts, booleans, dates, bigints of 64
 * bits, bytes, null and keys that a row lacks are kept; a column of several types, of lists or of records is kept as
 * JSON, as is one that some rows lack and that is null in others. Whole numbers are stored as 32-bit or 64-bit
 * integers, typed arrays as they are, dates as milliseconds. What the types do not tell lies in `artifact.extra`. A
 * table without columns is a file that some programs do not open.
 *
 * Loaded without metadata, as from a file that another program wrote, 64-bit integers are numbers where all of a column
 * can be, else bigints; dates and times are dates, to the millisecond; decimals are numbers; bytes that are not said
 * to be text are bytes; lists and structs are lists and records; and columns without null that are numbers are typed
 * arrays.
 *
 * The libraries are loaded with the first table.
 *
 * @typeParam Row One row.
 * @param options `shape: "columns"` for a record of columns, each a typed array or a list; `compression`.
 * @returns A cacher: `.parquet`, kind `parquet` or `parquet-columns`. Its `save` rejects with a `TypeError` that names
 * the path of what it can't keep (`$[3].when`), its `load` with a `SyntaxError` where the file is none, or not as its
 * metadata says.
 * @throws {TypeError} If an option is none of those.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { parquetCacher } from "@cairn/cairn/parquet";
 * import { assertEquals } from "@std/assert";
 *
 * const dir = await Deno.makeTempDir();
 * const rows = [{ species: "Adelie", mass: 3750 }, { species: "Gentoo", mass: null }];
 * const place = at(`${dir}/penguins.parquet`);
 * await parquetCacher<typeof rows[number]>().save(rows, place);
 * assertEquals(await parquetCacher<typeof rows[number]>().load(place), rows);
 *
 * const columns = { x: new Float32Array([0.5, 1]), label: ["a", null] };
 * const other = at(`${dir}/points.parquet`);
 * await parquetCacher<typeof columns>({ shape: "columns", compression: "zstd" }).save(columns, other);
 * assertEquals(await parquetCacher<typeof columns>({ shape: "columns" }).load(other), columns);
 * ```
 */
export function parquetCacher<Row extends object = Record<string, unknown>>(
  options?: ParquetOptions & { readonly shape?: "rows" },
): Cacher<Row[]>;
/**
 * Keeps a table as Parquet: a record of columns.
 *
 * @typeParam T The columns: `{ x: Float64Array; label: (string | null)[] }`.
 * @param options `shape: "columns"`, and the others.
 * @returns A cacher, as above.
 * @throws {TypeError} If an option is none of those.
 */
export function parquetCacher<T extends object = Columns>(
  options: ParquetOptions & { readonly shape: "columns" },
): Cacher<T>;
export function parquetCacher(
  options: ParquetOptions & { readonly shape?: Shape } = {},
): AnyCacher {
  checkOptions("Parquet", options);
  const { shape = "rows", compression = "snappy" } = options;
  return columnarCacher({
    title: "Parquet",
    extension: ".parquet",
    write: (table) => writeParquet(table, compression),
    read: readParquet,
  }, shape);
}
