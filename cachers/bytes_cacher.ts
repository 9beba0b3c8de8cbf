/**
 * Bytes as they are.
 *
 * @module
 */
import { types } from "node:util";
import type { Cacher } from "../core/define/cacher.ts";
import { keyBesideElements, oddMemory, quote, sortOf } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { readBytes, writeBytes } from "../core/define/whole_file.ts";
import { cannotSave } from "./read_text.ts";

/**
 * Keeps a `Uint8Array` as it is.
 *
 * @returns A cacher: `.bin`, kind `bytes`. Its `save` rejects with a `TypeError` all but a `Uint8Array`: a `Buffer`
 * too, which would come back without its methods, and one with keys of its own or over memory that is shared, may be
 * resized or was given away.
 * @throws Nothing by itself.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { bytesCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/pixels.bin`;
 * await bytesCacher().save(new Uint8Array([0, 128, 255]), at(path));
 * assertEquals(await bytesCacher().load(at(path)), new Uint8Array([0, 128, 255]));
 * ```
 */
export function bytesCacher(): Cacher<Uint8Array> {
  return ownCacher({
    extension: ".bin",
    kind: "bytes",
    save: async (value, artifact) => {
      const path = artifact.path();
      if (!types.isUint8Array(value) || Object.getPrototypeOf(value) !== Uint8Array.prototype) {
        throw new TypeError(
          `${cannotSave(path, "bytes")}: $ is ${sortOf(value)}, wanted a Uint8Array; ` +
            "make one with new Uint8Array(...), or use structuredCacher() for other typed arrays",
        );
      }
      const odd = oddMemory(value.buffer);
      if (odd !== undefined) {
        throw new TypeError(`${cannotSave(path, "bytes")}: $ lies in ${odd}; copy it first`);
      }
      const key = keyBesideElements(value);
      if (key !== undefined) {
        throw new TypeError(
          `${cannotSave(path, "bytes")}: $ has the key ${
            quote(String(key))
          }, which is lost; keep it in an output of its own`,
        );
      }
      await writeBytes(artifact, value, path);
    },
    load: (artifact) => readBytes(artifact),
  });
}
