/**
 * Artifacts compressed with gzip.
 *
 * @module
 */
import type { AnyCacher } from "../cacher.ts";
import { compressed } from "./compressed.ts";
import { atOnce, type Compression, MOST } from "./compression.ts";

/**
 * A cacher that compresses each file which the given one writes, in folders too, with gzip.
 *
 * Cairn's own cachers compress and decompress in memory. A cacher of one's own works in a scratch folder: what it saves
 * there is compressed into place; what it loads is decompressed when it asks for it, and gone once its `load` is done.
 * `linesCacher` and `jsonLinesCacher` compress as they write and decompress as they are read, in memory that does not
 * grow; a stream of a cacher of one's own is decompressed to a scratch folder each time that it is gone through. `zstd`
 * takes less time, and keeps what comes to more than 4 GiB: with gzip, the `save` of one of Cairn's own cachers that are
 * no streams rejects that with a `RangeError`, as it could not be decompressed.
 *
 * @param cacher Any cacher that writes its files itself.
 * @returns The same cacher, compressed: its extension ends with `.gz`.
 * @throws {TypeError} If its values are paths of files that others wrote, or it is compressed already.
 *
 * @example
 * ```ts
 * import { at, gzipped } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const cacher = gzipped(jsonCacher<number[]>());
 * const path = `${await Deno.makeTempDir()}/zeros.json.gz`;
 * await cacher.save(new Array(10_000).fill(0), at(path));
 * assertEquals((await cacher.load(at(path))).length, 10_000);
 * assertEquals((await Deno.stat(path)).size < 1000, true);
 * ```
 */
export function gzipped<C extends AnyCacher>(cacher: C): C {
  return compressed(cacher, GZIP);
}

const GZIP: Compression = {
  combinator: "gzipped",
  kind: "gzip",
  ending: ".gz",
  open: async () => {
    const { createGunzip, createGzip, gunzipSync, gzipSync } = await import("node:zlib");
    // Level 3 makes files nearly as small as level 6 in a third of the time; level 1 leaves half as much again. The same
    // bytes for the same file: a gzip header of node:zlib holds neither a time nor a name.
    const options = { level: 3 };
    return {
      pack: (bytes) => gzipSync(bytes, options),
      packer: () => createGzip(options),
      unpacker: () => createGunzip(),
      unpack: (bytes) => gunzipSync(atOnce(bytes)),
      most: MOST,
    };
  },
};
