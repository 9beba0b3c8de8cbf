/**
 * Compressed artifacts: what `gzipped` and `zstd` have in common.
 *
 * @module
 */
import { quote } from "../../params/names.ts";
import type { AnyCacher, Artifact } from "../cacher.ts";
import { isOwnCacher, ownCacher } from "../own_save.ts";
import { HEAD, joined, readBytes, writeBytes } from "../whole_file.ts";
import { checkCacher } from "./check_cacher.ts";
import { type Codec, type Compression, packedPath, packFile, unpackFile } from "./compression.ts";
import { loadUnpacked, savePacked, streamUnpacked } from "./scratch_files.ts";
import { packingOf } from "./stream_packing.ts";

/** What metadata calls the ways to compress. */
const KINDS = ["gzip", "zstd"];

/**
 * A cacher that compresses each file which the given one writes, in folders too.
 *
 * A cacher of Cairn's own hands its bytes over in memory, one of streams piece by piece. Any other works in a scratch
 * folder: what it saves there is compressed into place; what it loads is decompressed when it asks for it, and gone once
 * its `load` is done.
 *
 * @param cacher Any cacher that writes its files itself.
 * @param compression How.
 * @returns The same cacher, compressed.
 * @throws {TypeError} If its values are paths of files that others wrote, or it is compressed already.
 */
export function compressed<C extends AnyCacher>(cacher: C, compression: Compression): C {
  const { combinator, kind, ending } = compression;
  checkCacher(combinator, cacher);
  const inner = cacher.kind ?? "custom";
  if (cacher.paths !== undefined) {
    throw new TypeError(
      `Cannot use ${combinator} on a cacher of kind ${quote(inner)}: its values are paths of files that a ` +
        "stage wrote; compress them in the stage",
    );
  }
  const before = KINDS.find((each) => inner.endsWith(`+${each}`));
  if (before !== undefined) {
    throw new TypeError(
      `Cannot use ${combinator} on a cacher that is compressed with ${before}: once is enough`,
    );
  }
  const { check } = cacher;
  return ownCacher({
    ...cacher,
    ...functionsOf(cacher, compression),
    extension: `${cacher.extension}${ending}`,
    kind: `${inner}+${kind}`,
    ...(check === undefined
      ? {}
      : { check: (artifact: Artifact) => loadUnpacked(cacher, artifact, compression, check) }),
  }, cacher);
}

function functionsOf(cacher: AnyCacher, compression: Compression): Pick<AnyCacher, "save" | "load"> {
  if (isOwnCacher(cacher)) {
    const inside = (artifact: Artifact): Artifact =>
      cacher.streams
        ? { ...artifact, packing: packingOf(compression) }
        : packing(cacher, artifact, compression);
    return {
      save: async (value, artifact) => await cacher.save(value, inside(artifact)),
      load: async (artifact) => await cacher.load(inside(artifact)),
    };
  }
  return {
    save: (value, artifact) => savePacked(cacher, value, artifact, compression),
    load: (artifact) =>
      cacher.streams
        ? streamUnpacked(cacher, artifact, compression)
        : loadUnpacked(cacher, artifact, compression, cacher.load),
  };
}

/** What compresses, once it was imported. */
const codecs = new Map<Compression, Codec>();

async function opened(compression: Compression): Promise<Codec> {
  const codec = codecs.get(compression) ?? await compression.open();
  codecs.set(compression, codec);
  return codec;
}

/** The same artifact, whose `read` and `write` compress and decompress. Cairn's own cachers use nothing else. */
function packing(cacher: AnyCacher, outer: Artifact, compression: Compression): Artifact {
  return {
    ...outer,
    path: (suffix) => packedPath(cacher, outer, compression, suffix),
    read: async (path, skip) => {
      const packed = await readBytes(outer, path);
      const bytes = unpackFile(path, packed, await opened(compression), compression.kind);
      const head = skip?.(bytes.subarray(0, HEAD)) ?? 0;
      return head === 0 ? bytes : bytes.slice(head);
    },
    write: async (path, data) => {
      let [codec, bytes] = [codecs.get(compression), joined(data)];
      if (codec === undefined) {
        // While this waits for what compresses, whoever made the bytes may go on with them.
        if ([data].flat().includes(bytes)) bytes = bytes.slice();
        codec = await opened(compression);
      }
      await writeBytes(outer, packFile(path, bytes, codec, compression.kind), path);
    },
  };
}
