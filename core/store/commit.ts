/**
 * Committing what lies in staging.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { ensureDirSync } from "@std/fs";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { metadataText, readMetadataFile } from "./metadata.ts";
import { move, removeIfThere } from "./move.ts";
import { isThere, pendingMetadataAt, topEntries } from "./ownership.ts";
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
 * Commits the outputs of one execution: the metadata file of each comes last, by rename.
 *
 * Killed at any step, it leaves whole artifacts and artifacts without metadata, which are misses.
 *
 * @param commits The outputs.
 * @param step Called before each step, by its name.
 */
export function commitAll(commits: readonly Commit[], step: (name: string) => void = () => {}): void {
  for (const { saved, metadata } of commits) {
    Deno.writeTextFileSync(metadataAt(saved.place), metadataText(metadata));
  }
  for (const commit of commits) if (!commit.exact) clearOld(commit, step);
  for (const commit of commits) {
    ensureDirSync(commit.place.dir);
    if (commit.exact) moveOver(commit, step);
    else {
      step("move files");
      moveFiles(commit);
    }
  }
  step("move metadata");
  for (const { saved, place, exact } of commits) {
    move(metadataAt(saved.place), metadataAt(place));
    if (exact) removeIfThere(pendingMetadataAt(place));
  }
}

/** Old metadata goes first, so that what is left is a miss at any instant; then the old files. */
function clearOld({ place, metadata }: Commit, step: (name: string) => void): void {
  const old = readMetadataFile(metadataAt(place));
  step("remove old metadata");
  if (!("absent" in old)) removeIfThere(metadataAt(place));
  step("remove old files");
  const entries = "metadata" in old ? [...old.metadata.files, ...metadata.files] : metadata.files;
  for (const path of new Set(topEntries(entries).map((entry) => entryAt(place, { path: entry })))) {
    if (existsSync(path)) removeIfThere(path); // mostly there is nothing, and an error caught costs more than a look
  }
}

/**
 * At a path that the user chose nothing may ever look like a file of theirs: the new metadata lies beside it, as
 * pending, before the first file is touched, and old files go only when it is in force.
 */
function moveOver(commit: Commit, step: (name: string) => void): void {
  const { place, metadata, saved } = commit;
  const old = readMetadataFile(metadataAt(place));
  step("write pending metadata");
  Deno.writeTextFileSync(pendingMetadataAt(place), metadataText(metadata));
  step("move files");
  for (const top of topEntries(metadata.files)) {
    const path = entryAt(place, { path: top });
    // A rename replaces a file by a file and nothing else.
    if (isThere(path) && (isFolder(path) || isFolder(entryAt(saved.place, { path: top })))) {
      removeIfThere(path);
    }
  }
  moveFiles(commit);
  const kept = new Set(topEntries(metadata.files));
  if ("metadata" in old && !old.metadata.adopted) {
    for (const top of topEntries(old.metadata.files)) {
      if (!kept.has(top)) removeIfThere(entryAt(place, { path: top }));
    }
  }
}

function isFolder(path: string): boolean {
  return Deno.lstatSync(path).isDirectory;
}

function moveFiles({ saved, place, metadata }: Commit): void {
  for (const top of topEntries(metadata.files)) {
    move(entryAt(saved.place, { path: top }), entryAt(place, { path: top }));
  }
}
