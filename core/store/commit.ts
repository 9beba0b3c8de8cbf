/**
 * Committing what lies in staging.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { ensureDirSync } from "@std/fs";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { metadataText, readMetadataFile } from "./metadata.ts";
import { move, partialOf, removeIfThere } from "./disk/move.ts";
import { isFolder, isThere, pendingMetadataAt, topEntries } from "./ownership.ts";
import { entryAt, metadataAt, type Place } from "./place.ts";
import type { Saved } from "./save.ts";
import { beginChanges, type Changes, FOR_GOOD } from "./disk/undo.ts";

/** One output of a stage, ready to be committed. */
export interface Commit {
  readonly saved: Saved;
  readonly metadata: ArtifactMetadata;
  /** Where it goes. */
  readonly place: Place;
  /** Whether the user chose the path: then what is theirs is left alone. */
  readonly exact: boolean;
  /** Whether nothing lies there yet: see {@linkcode isVacant}. Where it is left out, that is looked at. */
  readonly vacant?: boolean;
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

/**
 * Whether nothing at all lies where an artifact goes, as nearly always when it is first made: then there is nothing to
 * replace, and nothing of the user's to set aside.
 *
 * @param commit What is to be committed.
 * @returns Whether there is nothing; false where it has folders, as a look would follow a link in their place.
 */
export function isVacant({ place, metadata }: Commit): boolean {
  return !metadata.files.some(({ path }) => path.includes("/") || existsSync(entryAt(place, { path }))) &&
    !existsSync(metadataAt(place)) && !existsSync(pendingMetadataAt(place));
}

/** Takes each step of a commit, as it comes. */
export type TakeStep = (step: CommitStep) => void;

/**
 * Commits the outputs of one execution: the metadata file of each comes last, by rename.
 *
 * Killed at any step, it leaves whole artifacts and artifacts without metadata, which are misses. Where it throws, what
 * was there in the cache before is put back.
 *
 * @param commits The outputs.
 * @param step Told of each step.
 * @throws What the file system throws, and what `step` does.
 */
export function commitAll(commits: readonly Commit[], step: TakeStep = () => {}): void {
  if (commits.length === 0) return;
  for (const { saved, metadata } of commits) {
    step("write metadata");
    Deno.writeTextFileSync(metadataAt(saved.place), metadataText(metadata));
  }
  // Whoever has no leave to write where the user wants it is told of the folder; in the cache a move makes it.
  for (const { place, exact } of commits) if (exact) ensureDirSync(place.dir);
  // At a path that the user chose, files are replaced one by one: half of the outputs would be old, and half new.
  const isUndoable = commits.every(({ exact }) => !exact);
  const changes = isUndoable ? beginChanges(commits[0]!.saved.place.dir) : FOR_GOOD;
  try {
    replaceAll(commits, changes, step);
  } catch (error) {
    changes.undo(); // the file system refused, or whoever is told of the steps threw
    throw error;
  }
  changes.settle();
  step("all is committed");
}

function replaceAll(commits: readonly Commit[], { take, put }: Changes, step: TakeStep): void {
  const announced = new Set<Commit>();
  for (const commit of commits) {
    if (!commit.exact && clearOld(commit, { take, put }, step)) announced.add(commit);
  }
  for (const commit of commits) {
    if (commit.exact) moveOver(commit, step);
    else {
      // What lies there already as pending would make the user's of what comes in.
      if (hasFolders(commit.metadata.files) || announced.has(commit)) {
        announce(commit, put, step);
        announced.add(commit);
      }
      moveFiles(commit, put, step);
    }
  }
  for (const commit of commits) {
    const { saved, place, exact } = commit;
    step("move metadata");
    (exact ? move : put)(metadataAt(saved.place), metadataAt(place));
    if (!exact && !announced.has(commit)) continue;
    step("remove pending metadata");
    removeIfThere(pendingMetadataAt(place));
  }
}

/**
 * Whose the files in a folder are, nobody could tell once its metadata is gone or before it is there: so a copy lies
 * beside it meanwhile, as pending.
 */
function announce(
  { saved, place, metadata }: Commit,
  put: Changes["put"],
  step: TakeStep,
  what: ArtifactMetadata = metadata,
): void {
  step("write pending metadata");
  const staged = pendingMetadataAt(saved.place);
  Deno.writeTextFileSync(staged, metadataText(what));
  put(staged, pendingMetadataAt(place));
}

function hasFolders(files: ArtifactMetadata["files"]): boolean {
  return files.some(({ path }) => path.endsWith("/"));
}

/**
 * Old metadata goes first, so that what is left is a miss at any instant; then the old files, and those of a commit that
 * was interrupted.
 *
 * @returns Whether pending metadata lies there now.
 */
function clearOld(
  commit: Commit,
  { take, put }: Pick<Changes, "take" | "put">,
  step: TakeStep,
): boolean {
  const { place, metadata } = commit;
  if (commit.vacant) {
    step("remove old metadata");
    return false;
  }
  const old = readMetadataFile(metadataAt(place));
  const pending = readMetadataFile(pendingMetadataAt(place)); // of a commit that was interrupted
  const before = [old, pending].flatMap((read) => "metadata" in read ? read.metadata.files : []);
  const isAnnounced = "metadata" in old && hasFolders(before);
  if (isAnnounced) announce(commit, put, step, { ...old.metadata, files: before });
  step("remove old metadata");
  if (!("absent" in old)) take(metadataAt(place));
  const entries = [...before, ...metadata.files];
  for (const path of new Set(topEntries(entries).map((entry) => entryAt(place, { path: entry })))) {
    if (!existsSync(path)) continue; // mostly there is nothing, and an error caught costs more than a look
    step("remove old file");
    take(path);
  }
  return isAnnounced || "metadata" in pending;
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
  moveFiles(commit, move, step);
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

function moveFiles({ saved, place, metadata }: Commit, put: Changes["put"], step: TakeStep): void {
  for (const top of topEntries(metadata.files)) {
    step("move file");
    put(entryAt(saved.place, { path: top }), entryAt(place, { path: top }));
  }
}
