/**
 * Tables as JSON.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { whenNeeded } from "../core/define/when_needed.ts";
import { writeBytes } from "../core/define/whole_file.ts";
import { cannotLoad, cannotSave, readJson } from "./read_text.ts";

const jsonTable = whenNeeded(() => import("./json_table.ts"));

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
      const { jsonOf } = await jsonTable();
      await writeBytes(artifact, jsonOf(value, artifact.extra, cannotSave(path, "a JSON table")), path);
    },
    load: async (artifact) => {
      const path = artifact.path();
      const value = await readJson(artifact, "a JSON table");
      const { rowsOf } = await jsonTable();
      return rowsOf(value, artifact.extra, cannotLoad(path, "a JSON table")) as Row[];
    },
  });
}
