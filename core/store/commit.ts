/**
 * Committing what lies in staging.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { ensureDirSync } from "@std/fs";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { metadataText, readMetadataFile } from "./metadata.ts";
import { move, partialOf, removeIfThere } from "./move.ts";
import { isFolder, isThere, pendingMetadataAt, topEntries } from "./ownership.ts";
import { entryAt, metadataAt, type Place } from "./place.ts";
import type { Saved } from "./save.ts";

/** One output of a stage, ready to be committed. */
export interface Commit {
  readonly saved: Saved;
  readonly metadata: ArtifactMetadata;
  /** Where it goes. */
  readonly place: Place;
  /** Whether the user chose the path: then what is theirs is left alone. */
  readonly exact: boolean;
}

/**
 * The instants of a commit, in the order in which they come: each is told just before what it names is done, or, where
 * it says so, after. Those of one output or of one file come again for the next.
 */
export type CommitStep =
  | "lock taken"
  | "add to index"
  | "write metadata"
  | "remove old metadata"
  | "remove old file"
  | "write pending metadata"
  | "move file"
  | "move metadata"
  | "remove pending metadata"
  | "all is committed"
  | "release lock"
  | "lock released";

/** Takes each step of a commit, as it comes. */
export type TakeStep = (step: CommitStep) => void;

/**
 * Commits the outputs of one execution: the metadata file of each comes last, by rename.
 *
 * Killed at any step, it leaves whole artifacts and artifacts without metadata, which are misses.
 *
 * @param commits The outputs.
 * @param step Told of each step.
 */
export function commitAll(commits: readonly Commit[], step: TakeStep = () => {}): void {
  if (commits.length === 0) return;
  for (const { saved, metadata } of commits) {
    step("write metadata");
    Deno.writeTextFileSync(metadataAt(saved.place), metadataText(metadata));
  }
  for (const commit of commits) if (!commit.exact) clearOld(commit, step);
  for (const commit of commits) {
    ensureDirSync(commit.place.dir);
    if (commit.exact) moveOver(commit, step);
    else moveFiles(commit, step);
  }
  for (const { saved, place, exact } of commits) {
    step("move metadata");
    move(metadataAt(saved.place), metadataAt(place));
    if (!exact) continue;
    step("remove pending metadata");
    removeIfThere(pendingMetadataAt(place));
  }
  step("all is committed");
}

/** Old metadata goes first, so that what is left is a miss at any instant; then the old files. */
function clearOld({ place, metadata }: Commit, step: TakeStep): void {
  const old = readMetadataFile(metadataAt(place));
  step("remove old metadata");
  if (!("absent" in old)) removeIfThere(metadataAt(place));
  const entries = "metadata" in old ? [...old.metadata.files, ...metadata.files] : metadata.files;
  for (const path of new Set(topEntries(entries).map((entry) => entryAt(place, { path: entry })))) {
    if (!existsSync(path)) continue; // mostly there is nothing, and an error caught costs more than a look
    step("remove old file");
    removeIfThere(path);
  }
}

/**
 * At a path that the user chose nothing may ever look like a file of theirs: the new metadata lies beside it, as
 * pending, before the first file is touched, and old files go only when it is in force.
 */
function moveOver(commit: Commit, step: TakeStep): void {
  const { place, metadata, saved } = commit;
  clearInterrupted(place, step);
  const old = readMetadataFile(metadataAt(place));
  // Only what is overwritten gets here with a folder there, and no rename replaces that.
  for (const path of [metadataAt(place), pendingMetadataAt(place)]) if (isFolder(path)) removeIfThere(path);
  step("write pending metadata");
  // By rename, so that one that is not whole is none of ours, and a link there is not followed.
  const staged = pendingMetadataAt(saved.place);
  Deno.writeTextFileSync(staged, metadataText(metadata));
  move(staged, pendingMetadataAt(place));
  for (const top of topEntries(metadata.files)) {
    const path = entryAt(place, { path: top });
    // A rename replaces a file by a file and nothing else.
    if (isThere(path) && (isFolder(path) || isFolder(entryAt(saved.place, { path: top })))) {
      step("remove old file");
      removeIfThere(path);
    }
  }
  moveFiles(commit, step);
  const kept = new Set(topEntries(metadata.files));
  if ("metadata" in old && !old.metadata.adopted) {
    for (const top of topEntries(old.metadata.files)) {
      if (kept.has(top)) continue;
      step("remove old file");
      removeIfThere(entryAt(place, { path: top }));
    }
  }
}

/**
 * What an interrupted commit put there is known to be ours by its pending metadata alone, which is about to be replaced:
 * so it goes first.
 */
function clearInterrupted(place: Place, step: TakeStep): void {
  const pending = readMetadataFile(pendingMetadataAt(place));
  if (!("metadata" in pending)) return;
  for (const top of topEntries(pending.metadata.files)) {
    const path = entryAt(place, { path: top });
    step("remove old file");
    removeIfThere(partialOf(path));
    removeIfThere(path);
  }
}

function moveFiles({ saved, place, metadata }: Commit, step: TakeStep): void {
  for (const top of topEntries(metadata.files)) {
    step("move file");
    move(entryAt(saved.place, { path: top }), entryAt(place, { path: top }));
  }
}
