/**
 * Locks on paths that the user chose: whoever commits there alone knows whose the files are that lie there.
 *
 * The lock of a recipe is not enough, as others may write to the same path: other recipes, workspaces and `saveAs`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "@std/path";
import { byCodeUnit } from "../params/canonical.ts";
import { isRefused } from "./disk/disk_error.ts";
import { closing, endAll } from "./disk/endings.ts";
import { type Lock, type LockAttempt, tryLock, waitForLock, waitUntilFree } from "./disk/locks.ts";
import { pendingMetadataAt } from "./ownership.ts";
import type { Place } from "./place.ts";

/**
 * The file that is locked while somebody commits to a path: beside what is committed, so that all who do so find it.
 *
 * @param place Where the artifact lies.
 * @returns The file's path; it is there only while somebody holds the lock, or where its holder was killed.
 */
export function pathLockAt(place: Place): string {
  return join(place.dir, `.${place.base}_metadata.json.lock`);
}

/**
 * Does something while nobody else commits to paths that the user chose.
 *
 * @param places Where the artifacts lie; with none nothing is locked.
 * @param work What to do: not for long, as others wait for it.
 * @returns What it returns.
 * @throws What it throws, and what the file system throws where there can be no lock.
 */
export async function underPathLocks<T>(places: readonly Place[], work: () => T | Promise<T>): Promise<T> {
  if (places.length === 0) return await work();
  const locks: Lock[] = [];
  return await closing(() => {
    const failed = endAll(locks.toReversed().map((lock) => lock.release));
    if (failed !== undefined) throw failed.error;
  }, async () => {
    // In one order, or two that want the same two would wait for each other.
    for (const path of [...new Set(places.map(pathLockAt))].sort(byCodeUnit)) {
      const lock = await lockOrWait(path);
      if (lock !== undefined) locks.push(lock);
    }
    return await work();
  });
}

/**
 * Clears what lies beside an artifact at a path, unless somebody commits there just now. What one that was killed left of
 * its lock goes too.
 *
 * @param place Where the artifact lies.
 * @param clear Clears the rest.
 */
export function clearBeside(place: Place, clear: () => void): void {
  const path = pathLockAt(place);
  if (!existsSync(path) && !existsSync(pendingMetadataAt(place))) return clear(); // nearly always: no file is made
  let lock: LockAttempt;
  try {
    lock = tryLock(path);
  } catch (error) {
    if (!isRefused(error)) throw error;
    return; // what may not be written there is none of ours to clear
  }
  if (lock === "busy") return;
  try {
    clear();
  } finally {
    if (lock !== "unsupported") lock.release();
  }
}

/** A file that another user left there may not be opened; where nothing may be written, the commit itself says so. */
async function lockOrWait(path: string): Promise<Lock | undefined> {
  try {
    return await waitForLock(path);
  } catch (error) {
    if (!isRefused(error)) throw error;
    await waitUntilFree(path);
    return undefined;
  }
}
