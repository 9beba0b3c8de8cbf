/**
 * Compressed artifacts: what `gzipped` and `zstd` have in common.
 *
 * @module
 */
import { quote } from "../../params/names.ts";
import type { AnyCacher, Artifact } from "../cacher.ts";
import { isOwnCacher, ownCacher } from "../own_save.ts";
import { whenNeeded } from "../when_needed.ts";
import { checkCacher } from "./check_cacher.ts";
import type { Compression } from "./compression.ts";

const packedArtifacts = whenNeeded(() => import("./packed_artifact.ts"));
const scratchFiles = whenNeeded(() => import("./scratch_files.ts"));

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
    ...(check === undefined ? {} : {
      check: async (artifact: Artifact) =>
        await (await scratchFiles()).loadUnpacked(cacher, artifact, compression, check),
    }),
  }, cacher);
}

function functionsOf(cacher: AnyCacher, compression: Compression): Pick<AnyCacher, "save" | "load"> {
  if (isOwnCacher(cacher)) {
    const inside = async (artifact: Artifact) =>
      (await packedArtifacts()).packedArtifact(cacher, artifact, compression);
    return {
      save: async (value, artifact) => await cacher.save(value, await inside(artifact)),
      load: async (artifact) => await cacher.load(await inside(artifact)),
    };
  }
  return {
    save: async (value, artifact) =>
      await (await scratchFiles()).savePacked(cacher, value, artifact, compression),
    load: async (artifact) => {
      const { loadUnpacked, streamUnpacked } = await scratchFiles();
      if (cacher.streams) return streamUnpacked(cacher, artifact, compression);
      return await loadUnpacked(cacher, artifact, compression, cacher.load);
    },
  };
}
