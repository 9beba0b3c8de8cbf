/**
 * Loading an artifact: never a value whose bytes are not those that were committed.
 *
 * @module
 */
import { isMiss, miss } from "../define/miss.ts";
import type { LazyValue } from "../define/output.ts";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { isOwnCacher } from "../define/own_save.ts";
import type { Digest } from "../params/canonical.ts";
import { quote } from "../params/names.ts";
import { messageOf } from "../params/paths.ts";
import { artifactToLoad } from "./artifact.ts";
import { adoptedMetadata } from "./adopt.ts";
import { loadAndCheck, loadUnchecked, type Outcome } from "./checked_load.ts";
import { filesProblem } from "./lookup.ts";
import { readMetadataFile } from "./metadata.ts";
import { isThere } from "./ownership.ts";
import { type ArtifactSpec, fileAt, metadataAt, type Place } from "./place.ts";

/** How often a reader looks again when somebody commits to the same place meanwhile. */
const ATTEMPTS = 10;

/**
 * Loads an artifact, the digest of each of its files checked.
 *
 * @param place Where it lies.
 * @param spec The artifact.
 * @param wanted The content digest that it must have; any will do where it is left out.
 * @returns The value.
 * @throws A miss, see {@linkcode isMiss}, if it is not there, or not what was committed or wanted, or its cacher says so.
 * @throws {Error} If its cacher throws anything else; the message names stage and output, the cause is kept.
 */
export async function loadArtifact(place: Place, spec: ArtifactSpec, wanted?: Digest): Promise<unknown> {
  const loaded = await loadAtOnce(place, spec, wanted) ?? await loadVerified(place, spec, wanted);
  if ("value" in loaded) return loaded.value;
  if (isMiss(loaded.error)) throw loaded.error;
  throw new Error(
    `Cannot load output ${quote(spec.output)} of stage ${quote(spec.stage)} from ${quote(fileAt(place))}: ${
      messageOf(loaded.error)
    }`,
    { cause: loaded.error },
  );
}

/** Undefined where the cacher is the user's, or anything is not as it should be: then more has to be looked at. */
async function loadAtOnce(
  place: Place,
  { cacher, recipeKey, timeout }: ArtifactSpec,
  wanted: Digest | undefined,
): Promise<Outcome | undefined> {
  if (!isOwnCacher(cacher)) return undefined;
  const read = readMetadataFile(metadataAt(place));
  if (!("metadata" in read) || !isOf(read.metadata, recipeKey)) return undefined;
  if (wanted !== undefined && read.metadata.digest !== wanted) return undefined;
  const loaded = await loadAndCheck(cacher, place, read.metadata, timeout);
  return "problem" in loaded ? undefined : loaded;
}

/** A cacher of the user's gets nothing to read that was not checked. */
async function loadVerified(place: Place, spec: ArtifactSpec, wanted: Digest | undefined): Promise<Outcome> {
  for (let attempt = 1;; attempt++) {
    const metadata = verifiedMetadata(place, spec, wanted);
    const outcome = await loadUnchecked(spec.cacher, place, metadata, spec.timeout);
    // What was read is what was checked only if it is still there: a commit may have come between.
    if (attempt >= ATTEMPTS || filesProblem(place, metadata, "times") === undefined) return outcome;
  }
}

/** Whether metadata is that of what was asked for; a file that was adopted has no recipe. */
function isOf({ adopted, recipeKey }: ArtifactMetadata, wanted: string): boolean {
  return adopted === true || recipeKey === wanted;
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
      if (problem === undefined && isOf(read.metadata, spec.recipeKey)) return read.metadata;
      problem ??= "what lies at its path was made by another recipe";
    } else {
      problem = "absent" in read ? "it is no longer there" : read.damaged;
    }
    if (spec.cacher.placement?.adopt && isThere(fileAt(place))) return adoptedMetadata(place, spec);
    if (attempt >= 3) throw miss(problem);
  }
}
