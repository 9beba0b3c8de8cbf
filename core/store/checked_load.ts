/**
 * Calling a cacher's `load`, and checking that the files it reads are those that were committed.
 *
 * @module
 */
import type { AnyCacher, Artifact } from "../define/cacher.ts";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { isOwnCacher } from "../define/own_save.ts";
import { within } from "../params/timer.ts";
import { artifactToLoad } from "./artifact.ts";
import { filesProblem } from "./lookup.ts";
import type { Place } from "./place.ts";

/** What a cacher's `load` gave or threw. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** What came of loading; a problem is what is wrong with the files, as the end of a sentence. */
export type Loaded = Outcome | { readonly problem: string };

/**
 * Loads with a cacher of Cairn's own. What it reads is checked as it is read, so that no file is read twice, and all else
 * when it is done.
 *
 * @param cacher The cacher.
 * @param place Where the artifact lies.
 * @param metadata Its metadata.
 * @param timeout Milliseconds that it may take; as long as it does where it is undefined.
 * @returns What came of it: where anything is wrong with a file, that and nothing else.
 */
export async function loadAndCheck(
  cacher: AnyCacher,
  place: Place,
  metadata: ArtifactMetadata,
  timeout?: number,
): Promise<Loaded> {
  const artifact = artifactToLoad(place, metadata);
  const outcome = await outcomeOf(cacher, artifact, timeout);
  const problem = filesProblem(place, metadata, "content", artifact.sound);
  return problem === undefined ? outcome : { problem };
}

/**
 * Loads with a cacher of the user's, which gets nothing to read that was not checked.
 *
 * @param cacher The cacher.
 * @param place Where the artifact lies.
 * @param metadata Its metadata.
 * @returns What came of it.
 */
export async function checkAndLoad(
  cacher: AnyCacher,
  place: Place,
  metadata: ArtifactMetadata,
): Promise<Loaded> {
  const problem = filesProblem(place, metadata, "content");
  return problem === undefined ? await loadUnchecked(cacher, place, metadata) : { problem };
}

/**
 * Loads from files whose digests were checked just now. What a cacher of Cairn's own reads is checked all the same: a
 * stream is read later.
 *
 * @param cacher The cacher.
 * @param place Where the artifact lies.
 * @param metadata Its metadata.
 * @param timeout Milliseconds that it may take; as long as it does where it is undefined.
 * @returns What came of it.
 */
export function loadUnchecked(
  cacher: AnyCacher,
  place: Place,
  metadata: ArtifactMetadata,
  timeout?: number,
): Promise<Outcome> {
  const artifact = artifactToLoad(place, metadata);
  const { read: _, ...unchecked } = artifact;
  return outcomeOf(cacher, isOwnCacher(cacher) ? artifact : unchecked, timeout);
}

async function outcomeOf(
  cacher: AnyCacher,
  artifact: Artifact,
  timeout: number | undefined,
): Promise<Outcome> {
  try {
    return { value: await within(timeout, "it", () => cacher.load(artifact)) };
  } catch (error) {
    return { error };
  }
}
