/**
 * Tables as CSV.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { quote, withinLimits } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { whenNeeded } from "../core/define/when_needed.ts";
import { readBytes, writeBytes } from "../core/define/whole_file.ts";
import { SCALAR_TYPES, type ScalarType } from "./columnar_options.ts";
import { cannotLoad, cannotSave } from "./read_text.ts";

/** How a CSV file that no cacher wrote is read. */
export interface CsvOptions {
  /**
   * The types of columns by name: `{ age: "number" }`. The others are text. A date is one of ISO 8601 (`2026-01-31`,
   * `2026-01-31T12:00:00Z`, `2026-01-31 12:00`), of this machine's time zone where it has a time and no zone.
   */
  readonly columns?: Readonly<Record<string, ScalarType>>;
}

const csvTable = whenNeeded(() => import("./csv_table.ts"));

/**
 * Keeps rows of plain records as CSV, with a header. Types come back as they went in.
 *
 * Numbers (`NaN`, `-0` and the infinities too), texts, booleans, dates, bigints, null and keys that a row lacks are
 * kept; a column of several types, of lists or of records is written as JSON. The columns' types lie in
 * `artifact.extra`. Columns stand in the order in which their names first appear, and so do the keys of each row that
 * comes back. A row without a prototype comes back with the usual one.
 *
 * Loaded without metadata, as from a file that another program wrote, each cell is text, or what `options.columns`
 * says: there, an empty cell is null.
 *
 * @typeParam Row One row.
 * @param options How a file without metadata is read.
 * @returns A cacher of lists of rows: `.csv`, kind `csv`. Its `save` rejects with a `TypeError` that names the path of
 * what it can't keep (`$[3].when`), its `load` with a `SyntaxError` where the file is not as its metadata says.
 * @throws {TypeError} If an option is not one of the types.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { csvCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/penguins.csv`;
 * const rows = [{ species: "Adelie", mass: 3750 }, { species: "Gentoo", mass: null }];
 * const place = at(path);
 * await csvCacher<typeof rows[number]>().save(rows, place);
 * assertEquals(await Deno.readTextFile(path), "species,mass\r\nAdelie,3750\r\nGentoo,\r\n");
 * assertEquals(await csvCacher<typeof rows[number]>().load(place), rows);
 *
 * // No metadata: the types are said here.
 * assertEquals(await csvCacher<typeof rows[number]>({ columns: { mass: "number" } }).load(at(path)), rows);
 * ```
 */
export function csvCacher<Row extends object = Record<string, unknown>>(
  options: CsvOptions = {},
): Cacher<Row[]> {
  const { columns = {} } = options;
  for (const [name, type] of Object.entries(columns)) {
    if (SCALAR_TYPES.includes(type)) continue;
    throw new TypeError(
      `Cannot use ${quote(type)} as the type of column ${quote(name)}: it is one of ${
        SCALAR_TYPES.join(", ")
      }`,
    );
  }
  return ownCacher({
    extension: ".csv",
    kind: "csv",
    save: async (value, artifact) => {
      const path = artifact.path();
      const what = cannotSave(path, "CSV");
      const { csvOf } = await csvTable();
      const pieces = withinLimits(what, () => csvOf(value, artifact.extra, what));
      await writeBytes(artifact, pieces, path);
    },
    load: async (artifact) => {
      const path = artifact.path();
      const what = cannotLoad(path, "CSV");
      const bytes = await readBytes(artifact, path);
      const { rowsOf } = await csvTable();
      return rowsOf(bytes, artifact.extra, columns, what) as Row[];
    },
  });
}
