/**
 * Tables in a format of choice.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { quote } from "../core/define/json_value.ts";
import { csvCacher, type CsvOptions } from "./csv_cacher.ts";
import { jsonTableCacher } from "./json_table_cacher.ts";

/** The format of a table, and for CSV how a file without metadata is read. */
export type TableOptions =
  | ({ readonly format: "csv" } & CsvOptions)
  | { readonly format: "json" };

/**
 * Keeps rows of plain records in the format named: {@linkcode csvCacher} or {@linkcode jsonTableCacher}, for where it
 * is chosen by a parameter.
 *
 * @typeParam Row One row.
 * @param options `format`, and for CSV the options of `csvCacher`.
 * @returns A cacher of lists of rows.
 * @throws {TypeError} If the format is neither `csv` nor `json`.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { tableCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const cacher = tableCacher<{ k: number }>({ format: "csv" });
 * const place = at(`${await Deno.makeTempDir()}/k.csv`);
 * await cacher.save([{ k: 1 }, { k: 5 }], place);
 * assertEquals(await cacher.load(place), [{ k: 1 }, { k: 5 }]);
 * ```
 */
export function tableCacher<Row extends object = Record<string, unknown>>(
  options: TableOptions,
): Cacher<Row[]> {
  switch (options?.format) {
    case "csv":
      return csvCacher<Row>(options);
    case "json":
      return jsonTableCacher<Row>();
    default:
      throw new TypeError(
        `Cannot use ${
          quote((options as { format?: unknown } | undefined)?.format)
        } as the format of a table: ` +
          'it is "csv" or "json"',
      );
  }
}
