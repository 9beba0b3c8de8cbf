/**
 * Options of tables in binary formats of columns.
 *
 * A module of its own, so that they can be looked at without loading what reads and writes the formats.
 *
 * @module
 */
import { quote } from "../core/define/json_value.ts";

/** What is kept of a table: rows of plain records, or a record of columns. */
export type Shape = "rows" | "columns";

/** How the pages of a Parquet file are compressed. */
export type ParquetCompression = "snappy" | "zstd" | "gzip" | "none";

/** How the buffers of an Arrow file are compressed. */
export type ArrowCompression = "none" | "zstd";

/** How a table is kept as Arrow. */
export interface ArrowOptions {
  /** How its buffers are compressed: not at all where it is left out. What others compressed with LZ4 is read too. */
  readonly compression?: ArrowCompression;
}

/** How a table is kept as Parquet. */
export interface ParquetOptions {
  /** How its pages are compressed: with Snappy where it is left out. What others compressed with Brotli or LZ4 is read too. */
  readonly compression?: ParquetCompression;
}

const SHAPES: readonly Shape[] = ["rows", "columns"];
const COMPRESSIONS: Readonly<Record<"Arrow" | "Parquet", readonly string[]>> = {
  Arrow: ["none", "zstd"],
  Parquet: ["snappy", "zstd", "gzip", "none"],
};

/**
 * Refuses options that are none.
 *
 * @param title What messages call the format.
 * @param options The options.
 * @throws {TypeError} If one of them is not one of those that there are.
 */
export function checkOptions(
  title: "Arrow" | "Parquet",
  { shape, compression }: { readonly shape?: unknown; readonly compression?: unknown },
): void {
  const one = (names: readonly string[], value: unknown, what: string) => {
    if (value === undefined || names.some((name) => name === value)) return;
    throw new TypeError(
      `Cannot use ${quote(value)} as the ${what}: it is one of ${names.map(quote).join(", ")}`,
    );
  };
  one(SHAPES, shape, "shape of a table");
  one(COMPRESSIONS[title], compression, `compression of ${title}`);
}

/**
 * What the metadata calls tables of a format and a shape: what is loaded depends on both.
 *
 * @param title What messages call the format.
 * @param shape The shape.
 * @returns The kind of the cacher: `arrow`, `parquet-columns`.
 */
export function kindOf(title: "Arrow" | "Parquet", shape: Shape): string {
  return shape === "rows" ? title.toLowerCase() : `${title.toLowerCase()}-columns`;
}
