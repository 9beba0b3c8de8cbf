/**
 * Artifacts whose files Cairn's own cachers read and write compressed, without a scratch folder.
 *
 * @module
 */
import type { AnyCacher, Artifact } from "../cacher.ts";
import { HEAD, joined, readBytes, writeBytes } from "../whole_file.ts";
import { type Compression, packedPath, packFile, unpackFile } from "./compression.ts";
import { packingOf } from "./stream_packing.ts";

/**
 * An artifact for a cacher of Cairn's own, which reads and writes whole files by `read` and `write` and nothing else, or
 * is one of streams.
 *
 * @param cacher The cacher.
 * @param outer The artifact.
 * @param compression How it is compressed.
 * @returns The same artifact, whose `read` and `write` compress and decompress; for streams, one that says how.
 */
export function packedArtifact(cacher: AnyCacher, outer: Artifact, compression: Compression): Artifact {
  if (cacher.streams) return { ...outer, packing: packingOf(compression) };
  return {
    ...outer,
    path: (suffix) => packedPath(cacher, outer, compression, suffix),
    read: async (path, skip) => {
      const packed = await readBytes(outer, path);
      const bytes = unpackFile(path, packed, await compression.open(), compression.kind);
      const head = skip?.(bytes.subarray(0, HEAD)) ?? 0;
      return head === 0 ? bytes : bytes.slice(head);
    },
    write: async (path, data) => {
      const packed = packFile(path, joined(data), await compression.open(), compression.kind);
      await writeBytes(outer, packed, path);
    },
  };
}
