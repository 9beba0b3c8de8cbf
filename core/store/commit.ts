/**
 * Committing what lies in staging.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { ensureDirSync } from "@std/fs";
import type { ArtifactMetadata, FileEntry } from "../define/metadata.ts";
import { quote } from "../params/names.ts";
import { filesProblem, isThere, pendingMetadataAt } from "./lookup.ts";
import { metadataText, readMetadataFile } from "./metadata.ts";
import { move, removeIfThere } from "./move.ts";
import { entryAt, fileAt, metadataAt, type Place } from "./place.ts";
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
 * Refuses a commit that would replace a file that Cairn did not write.
 *
 * @param place Where the artifact goes, at a path that the user chose.
 * @param files The entries that will be written.
 * @throws {Error} If one of them is there already and is not what the metadata beside it says.
 */
export function refuseForeign(place: Place, files: readonly FileEntry[]): void {
  const old = readMetadataFile(metadataAt(place));
  const own =
    "metadata" in old && !old.metadata.adopted && filesProblem(place, old.metadata, "times") === undefined
      ? old.metadata.files
      : [];
  const hasMain = (entries: readonly FileEntry[]) => entries.some(({ path }) => path === place.main);
  if ("metadata" in old && !hasMain(old.metadata.files) && hasMain(files)) {
    throw new Error(
      `Cannot write ${quote(fileAt(place))}: ${quote(metadataAt(place))} is the metadata of another file, ` +
        `${
          quote(place.base + (old.metadata.files[0]?.path ?? ""))
        }; choose a name that differs in more than its extension`,
    );
  }
  const pending = readMetadataFile(pendingMetadataAt(place));
  const interrupted = "metadata" in pending ? pending.metadata.files : [];
  for (const entry of files) {
    const path = entryAt(place, entry);
    if (!isThere(path) || entry.path.endsWith("/") && own.length > 0) continue;
    if (own.some((other) => other.path === entry.path)) continue;
    if (interrupted.some((other) => other.path === entry.path)) continue;
    throw new Error(
      `Cannot write ${quote(path)}: a file is there that Cairn did not write, or that was changed since; ` +
        "move it away, or overwrite the stage",
    );
  }
  if ("damaged" in old) {
    throw new Error(
      `Cannot write ${quote(metadataAt(place))}: ${old.damaged}; move it away, or overwrite the stage`,
    );
  }
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
  const { place, metadata } = commit;
  const old = readMetadataFile(metadataAt(place));
  step("write pending metadata");
  Deno.writeTextFileSync(pendingMetadataAt(place), metadataText(metadata));
  step("move files");
  for (const top of topEntries(metadata.files)) {
    const path = entryAt(place, { path: top });
    if (isThere(path) && Deno.lstatSync(path).isDirectory) removeIfThere(path);
  }
  moveFiles(commit);
  const kept = new Set(topEntries(metadata.files));
  if ("metadata" in old && !old.metadata.adopted) {
    for (const top of topEntries(old.metadata.files)) {
      if (!kept.has(top)) removeIfThere(entryAt(place, { path: top }));
    }
  }
}

function moveFiles({ saved, place, metadata }: Commit): void {
  for (const top of topEntries(metadata.files)) {
    move(entryAt(saved.place, { path: top }), entryAt(place, { path: top }));
  }
}

/** The files and folders to move: a folder moves with all below it. */
function topEntries(entries: readonly FileEntry[]): string[] {
  const tops = entries.map(({ path }) => {
    const segments = path.replace(/\/$/, "").split("/");
    return path.startsWith("{files}/") ? segments.slice(0, 2).join("/") : segments[0]!;
  });
  return [...new Set(tops)];
}
