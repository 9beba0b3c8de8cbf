/**
 * Loading an artifact: never a value whose bytes are not those that were committed.
 *
 * @module
 */
import { isMiss, miss } from "../define/miss.ts";
import type { LazyValue } from "../define/output.ts";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { quote } from "../params/names.ts";
import { messageOf } from "../params/paths.ts";
import { within } from "../params/timer.ts";
import { artifactToLoad } from "./artifact.ts";
import { adoptedMetadata } from "./adopt.ts";
import { filesProblem } from "./lookup.ts";
import { readMetadataFile } from "./metadata.ts";
import { isThere } from "./ownership.ts";
import { type ArtifactSpec, fileAt, metadataAt, type Place } from "./place.ts";

/** How often a reader looks again when somebody commits to the same place meanwhile. */
const ATTEMPTS = 10;

/**
 * Loads an artifact, the digest of each of its files checked first.
 *
 * @param place Where it lies.
 * @param spec The artifact.
 * @returns The value.
 * @throws A miss, see {@linkcode isMiss}, if it is not there, or not what was committed, or its cacher says so.
 * @throws {Error} If its cacher throws anything else; the message names stage and output, the cause is kept.
 */
export async function loadArtifact(place: Place, spec: ArtifactSpec): Promise<unknown> {
  for (let attempt = 1;; attempt++) {
    const metadata = verifiedMetadata(place, spec);
    let value: unknown;
    let failure: { readonly error: unknown } | undefined;
    try {
      value = await within(spec.timeout, "it", () => spec.cacher.load(artifactToLoad(place, metadata)));
    } catch (error) {
      failure = { error };
    }
    // What was read is what was checked only if it is still there: a commit may have come between.
    if (attempt < ATTEMPTS && filesProblem(place, metadata, "times") !== undefined) continue;
    if (failure === undefined) return value;
    if (isMiss(failure.error)) throw failure.error;
    throw new Error(
      `Cannot load output ${quote(spec.output)} of stage ${quote(spec.stage)} from ${quote(fileAt(place))}: ${
        messageOf(failure.error)
      }`,
      { cause: failure.error },
    );
  }
}

/**
 * The handle that `lazy(..., { resolve: false })` hands to later stages.
 *
 * @param place Where the artifact lies.
 * @param spec The artifact.
 * @returns The handle.
 * @throws A miss if the artifact is not what was committed: its digest is checked before it is handed on.
 */
export function lazyHandle(place: Place, spec: ArtifactSpec): LazyValue<unknown> {
  const metadata = verifiedMetadata(place, spec);
  return {
    load: () => loadArtifact(place, spec),
    path: (suffix) => artifactToLoad(place, metadata).path(suffix),
    metadata,
  };
}

/** The metadata of an artifact all of whose files have the right digests. */
function verifiedMetadata(place: Place, spec: ArtifactSpec): ArtifactMetadata {
  for (let attempt = 1;; attempt++) {
    const read = readMetadataFile(metadataAt(place));
    let problem: string | undefined;
    if ("metadata" in read) {
      problem = filesProblem(place, read.metadata, "content");
      const own = read.metadata.adopted || read.metadata.recipeKey === spec.recipeKey;
      if (problem === undefined && own) return read.metadata;
      problem ??= "what lies at its path was made by another recipe";
    } else {
      problem = "absent" in read ? "it is no longer there" : read.damaged;
    }
    if (spec.cacher.placement?.adopt && isThere(fileAt(place))) return adoptedMetadata(place, spec);
    if (attempt >= 3) throw miss(problem);
  }
}
