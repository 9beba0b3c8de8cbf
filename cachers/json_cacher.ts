/**
 * JSON files.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { checkJsonValue, withinLimits } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { writeBytes } from "../core/define/whole_file.ts";
import { cannotSave, readJson, textParts } from "./read_text.ts";

/**
 * Keeps a value as JSON that people read: indented by two, with a line break at the end.
 *
 * What would not come back equal is refused: dates, maps, sets, `NaN`, `-0`, `undefined`, bigints, functions, class
 * instances, cycles, arrays with holes or with keys beside their elements, getters, hidden properties.
 * `structuredCacher` keeps most of those.
 *
 * @typeParam T The value's type.
 * @returns A cacher: `.json`, kind `json`. Its `save` rejects with a `TypeError` that names the path of what it
 * refuses (`$.rows[3].when`), its `load` with a `SyntaxError` where the file is no JSON.
 * @throws Nothing by itself.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/scores.json`;
 * await jsonCacher<number[]>().save([0.5, 0.75], at(path));
 * assertEquals(await jsonCacher<number[]>().load(at(path)), [0.5, 0.75]);
 *
 * await assertRejects(async () => await jsonCacher().save({ best: NaN }, at(path)), TypeError, "$.best is NaN");
 * ```
 */
export function jsonCacher<T = unknown>(): Cacher<T> {
  return ownCacher({
    extension: ".json",
    kind: "json",
    save: async (value, artifact) => {
      const path = artifact.path();
      const what = cannotSave(path, "JSON");
      checkJsonValue(value, what);
      const text = withinLimits(what, () => textParts(JSON.stringify(value, null, 2), "\n"));
      await writeBytes(artifact, text, path);
    },
    load: async (artifact) => await readJson(artifact, "JSON") as T,
  });
}
