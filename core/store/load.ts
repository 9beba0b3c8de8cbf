/**
 * Loading an artifact: never a value whose bytes are not those that were committed.
 *
 * @module
 */
import { isMiss, miss } from "../define/miss.ts";
import type { LazyValue } from "../define/output.ts";
import type { ArtifactMetadata } from "../define/metadata.ts";
import type { Digest } from "../params/canonical.ts";
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
 * @param wanted The content digest that it must have; any will do where it is left out.
 * @returns The value.
 * @throws A miss, see {@linkcode isMiss}, if it is not there, or not what was committed or wanted, or its cacher says so.
 * @throws {Error} If its cacher throws anything else; the message names stage and output, the cause is kept.
 */
export async function loadArtifact(place: Place, spec: ArtifactSpec, wanted?: Digest): Promise<unknown> {
  for (let attempt = 1;; attempt++) {
    const metadata = verifiedMetadata(place, spec, wanted);
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
 * @param wanted The content digest that it must have; any will do where it is left out.
 * @returns The handle.
 * @throws A miss if the artifact is not what was committed or wanted: its digest is checked before it is handed on.
 */
export function lazyHandle(place: Place, spec: ArtifactSpec, wanted?: Digest): LazyValue<unknown> {
  const metadata = verifiedMetadata(place, spec, wanted);
  return {
    load: () => loadArtifact(place, spec, wanted),
    path: (suffix) => artifactToLoad(place, metadata).path(suffix),
    metadata,
  };
}

/** The metadata of an artifact all of whose files have the right digests. */
function verifiedMetadata(place: Place, spec: ArtifactSpec, wanted: Digest | undefined): ArtifactMetadata {
  const metadata = anyMetadata(place, spec);
  if (wanted === undefined || metadata.digest === wanted) return metadata;
  throw miss("it was made again, and is another by now");
}

function anyMetadata(place: Place, spec: ArtifactSpec): ArtifactMetadata {
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
