/**
 * Tables in a format of choice.
 *
 * @module
 */
import type { AnyCacher, Cacher } from "../core/define/cacher.ts";
import { quote } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import type { Columns } from "./columnar_load.ts";
import {
  type ArrowOptions,
  checkOptions,
  kindOf,
  type ParquetOptions,
  type Shape,
} from "./columnar_options.ts";
import { csvCacher, type CsvOptions } from "./csv_cacher.ts";
import { jsonTableCacher } from "./json_table_cacher.ts";

/** The format of a table of rows, and its options. */
export type TableOptions =
  | ({ readonly format: "csv" } & CsvOptions)
  | { readonly format: "json" }
  | ({ readonly format: "arrow"; readonly shape?: "rows" } & ArrowOptions)
  | ({ readonly format: "parquet"; readonly shape?: "rows" } & ParquetOptions);

/** The format of a table of columns, and its options. */
export type ColumnsOptions =
  | ({ readonly format: "arrow"; readonly shape: "columns" } & ArrowOptions)
  | ({ readonly format: "parquet"; readonly shape: "columns" } & ParquetOptions);

/**
 * Keeps a table in the format named: {@linkcode csvCacher}, {@linkcode jsonTableCacher}, or what the entry points
 * `@cairn/cairn/arrow` and `@cairn/cairn/parquet` have, for where it is chosen by a parameter. What reads and writes
 * Arrow and Parquet is loaded with the first table.
 *
 * @typeParam Row One row.
 * @param options `format`, and the options of that format's cacher.
 * @returns A cacher of lists of rows, or with `shape: "columns"` of a record of columns.
 * @throws {TypeError} If the format, or one of its options, is none that there is.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { tableCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const dir = await Deno.makeTempDir();
 * for (const format of ["csv", "json", "arrow", "parquet"] as const) {
 *   const cacher = tableCacher<{ k: number }>({ format });
 *   const place = at(`${dir}/k${cacher.extension}`);
 *   await cacher.save([{ k: 1 }, { k: 5 }], place);
 *   assertEquals(await cacher.load(place), [{ k: 1 }, { k: 5 }]);
 * }
 * ```
 */
export function tableCacher<Row extends object = Record<string, unknown>>(
  options: TableOptions,
): Cacher<Row[]>;
/**
 * Keeps a table in the format named: a record of columns.
 *
 * @typeParam T The columns: `{ x: Float64Array; label: (string | null)[] }`.
 * @param options `format`, `shape: "columns"`, and the options of that format's cacher.
 * @returns A cacher, as above.
 * @throws {TypeError} If the format, or one of its options, is none that there is.
 */
export function tableCacher<T extends object = Columns>(options: ColumnsOptions): Cacher<T>;
export function tableCacher(options: TableOptions | ColumnsOptions): AnyCacher {
  switch (options?.format) {
    case "csv":
      return csvCacher(options);
    case "json":
      return jsonTableCacher();
    case "arrow":
      return whenUsed(
        "Arrow",
        options,
        async () => (await import("./arrow.ts")).arrowCacher(options as never),
      );
    case "parquet":
      return whenUsed(
        "Parquet",
        options,
        async () => (await import("./parquet.ts")).parquetCacher(options as never),
      );
    default:
      throw new TypeError(
        `Cannot use ${
          quote((options as { format?: unknown } | undefined)?.format)
        } as the format of a table: ` +
          'it is "csv", "json", "arrow" or "parquet"',
      );
  }
}

/** A cacher whose module is loaded when it saves or loads something. */
function whenUsed(
  title: "Arrow" | "Parquet",
  options: { readonly shape?: Shape; readonly compression?: unknown },
  cacher: () => Promise<AnyCacher>,
): AnyCacher {
  checkOptions(title, options);
  return ownCacher({
    extension: `.${title.toLowerCase()}`,
    kind: kindOf(title, options.shape ?? "rows"),
    save: async (value: unknown, artifact) => await (await cacher()).save(value, artifact),
    load: async (artifact) => await (await cacher()).load(artifact),
  });
}
