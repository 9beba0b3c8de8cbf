/**
 * Full stores: every tracked artifact of a run, kept in the run's own folder.
 *
 * @module
 */
import { join } from "@std/path";
import { quote } from "../params/names.ts";
import { filesProblem } from "./lookup.ts";
import { isThere } from "./ownership.ts";
import { metadataText, readMetadataFile } from "./metadata.ts";
import { fileState } from "./disk/digest.ts";
import { copyTree, removeIfThere } from "./disk/move.ts";
import { type ArtifactSpec, entryAt, exactPath, metadataAt, type Place, placeBelow } from "./place.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Copies an artifact with its metadata into a full store, where it lies as it does in the cache.
 *
 * @param workspace The workspace that it was made or found in.
 * @param spec The artifact.
 * @param place Where it lies.
 * @param store The full store's folder of artifacts.
 * @returns What is wrong with the artifact, as the end of a sentence; undefined when it was copied.
 */
export function copyToFullStore(
  workspace: Workspace,
  spec: ArtifactSpec,
  place: Place,
  store: string,
): string | undefined {
  const read = readMetadataFile(metadataAt(place));
  if (!("metadata" in read)) return "damaged" in read ? read.damaged : "it has no metadata";
  const { metadata } = read;
  const target = placeBelow(store, spec, exactPath(spec, workspace.cache));
  for (const entry of metadata.files) {
    const to = entryAt(target, entry);
    if (entry.path.endsWith("/")) Deno.mkdirSync(to, { recursive: true });
    else if (!isThere(to) || fileState(to, entry, "times") !== "same") {
      removeIfThere(to);
      const from = entryAt(place, entry);
      if (!isThere(from)) return `${quote(from)} is missing`;
      copyTree(from, to);
    }
  }
  // The copies are checked, not the originals: somebody may have committed meanwhile.
  const problem = filesProblem(target, metadata, "content");
  if (problem !== undefined) {
    for (const entry of metadata.files) removeIfThere(entryAt(target, entry));
    return problem;
  }
  // What was checked, for the same reason, and not what lies there by now.
  Deno.writeTextFileSync(metadataAt(target), metadataText(metadata));
  return undefined;
}

/**
 * The folder of artifacts in a run's folder.
 *
 * @param run The run's folder.
 * @returns `<run>/artifacts`.
 */
export function fullStoreOf(run: string): string {
  return join(run, "artifacts");
}
