/**
 * What processes leave that were killed: cleared by the next that works in the same cache.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "@std/path";
import { isRefused } from "../disk/disk_error.ts";
import { clearDeadLocks, tryLock } from "../disk/locks.ts";
import { readMetadataFile } from "../metadata.ts";
import { partialOf, removeIfThere } from "../disk/move.ts";
import { pendingMetadataAt, topEntries } from "../ownership.ts";
import { entryAt, fileName, metadataAt, type Place } from "../place.ts";
import { clearDeadStaging, ownFolder, stagingFolder } from "../staging.ts";
import { liveFolder } from "../uses/journal.ts";
import { lockPath, type Workspace } from "../workspace.ts";

/** The workspaces in which this process has looked already, and the locks of recipes that dead processes held. */
const cleared = new WeakMap<Workspace, Set<string>>();

/**
 * Clears what processes left in a cache that are gone: staging folders, and the files of locks. A run that has nothing
 * to do is no less the next one than a run that has.
 *
 * @param workspace The workspace; nothing is done where its cache is not written to, or where it was done before.
 * @throws What the file system throws, unless that it may not be written to.
 */
export function clearLeftovers(workspace: Workspace): void {
  if (workspace.dry !== "no" || cleared.has(workspace)) return;
  const dead = new Set<string>();
  cleared.set(workspace, dead);
  const { cache } = workspace;
  try {
    clearDeadStaging(stagingFolder(cache));
    for (const name of clearDeadLocks(join(ownFolder(cache), "locks"))) dead.add(name);
    clearDeadLocks(ownFolder(cache), (name) => name.endsWith(".lock"));
    // Where there is a note of what was needed, that goes first.
    const live = liveFolder(cache);
    clearDeadLocks(live, (name) => name.endsWith(".lock") && !existsSync(join(live, name.slice(0, -5))));
  } catch (error) {
    if (!isRefused(error)) throw error; // a cache that may only be read can hold all that a run needs
  }
}

/**
 * Whether a process was killed while it was at the artifacts of a recipe.
 *
 * @param workspace The workspace.
 * @param recipeKey The recipe key.
 * @returns Whether its lock was among those that {@linkcode clearLeftovers} cleared.
 */
export function wasInterrupted(workspace: Workspace, recipeKey: string): boolean {
  const dead = cleared.get(workspace);
  return dead !== undefined && dead.size > 0 && dead.has(fileName(lockPath(workspace, recipeKey)));
}

/**
 * Clears what an interrupted commit left beside an artifact that is whole.
 *
 * @param workspace The workspace.
 * @param place Where the artifact lies.
 * @param recipeKey Its recipe key.
 */
export function clearPending(workspace: Workspace, place: Place, recipeKey: string): void {
  const pending = pendingMetadataAt(place);
  if (!existsSync(pending) && !existsSync(partialOf(pending))) return;
  const read = readMetadataFile(pending);
  const known = "metadata" in read ? read.metadata : undefined;
  // Whoever holds the lock of its recipe is at it just now; with no locks, nobody can tell.
  const lock = tryLock(lockPath(workspace, known?.recipeKey ?? recipeKey));
  if (typeof lock === "string") return;
  try {
    for (const top of topEntries(known?.files ?? [])) removeIfThere(partialOf(entryAt(place, { path: top })));
    for (const path of [partialOf(metadataAt(place)), partialOf(pending), pending]) removeIfThere(path);
  } finally {
    lock.release();
  }
}
