/**
 * Text files.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { sortOf } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { writeBytes } from "../core/define/whole_file.ts";
import { cannotSave, readText } from "./read_text.ts";

/**
 * Keeps a text as it is, in UTF-8.
 *
 * @returns A cacher: `.txt`, kind `text`. Its `save` rejects with a `TypeError` what is no text, or holds half of a
 * surrogate pair, which UTF-8 has no bytes for; its `load` a file that is not UTF-8.
 * @throws Nothing by itself.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { textCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/summary.txt`;
 * await textCacher().save("3 of 4 passed\n", at(path));
 * assertEquals(await Deno.readTextFile(path), "3 of 4 passed\n");
 * ```
 */
export function textCacher(): Cacher<string> {
  return ownCacher({
    extension: ".txt",
    kind: "text",
    save: async (value, artifact) => {
      const path = artifact.path();
      if (typeof value !== "string") {
        throw new TypeError(`${cannotSave(path, "text")}: $ is ${sortOf(value)}; give it a string`);
      }
      if (!value.isWellFormed()) {
        const place = /\p{Surrogate}/u.exec(value)?.index;
        throw new TypeError(
          `${cannotSave(path, "text")}: $[${place}] is half of a surrogate pair, which UTF-8 cannot hold; ` +
            "call toWellFormed() on it, or use structuredCacher()",
        );
      }
      await writeBytes(artifact, value, path);
    },
    load: (artifact) => readText(artifact, "text"),
  });
}
