/**
 * Clearing up in Cairn's own folder of a cache, when artifacts were removed.
 *
 * @module
 */
import { join } from "@std/path";
import { quote } from "../../params/names.ts";
import { entriesOf } from "./files_at.ts";
import { clearMessage, isFromSystem } from "../disk/disk_error.ts";
import { clearDeadLocks, waitForLock } from "../disk/locks.ts";
import { removeIfThere } from "../disk/move.ts";
import { readOwnFile, replaceOwnFile } from "../own_file.ts";
import { shownKey } from "../place.ts";
import { clearDeadStaging, ownFolder, stagingFolder } from "../staging.ts";
import { removalLockPath } from "../uses/uses.ts";
import { journalLine, parseJournal } from "../uses/format.ts";
import { foldDead, journalPath, liveFiles, setsFolder, tryJournalLock } from "../uses/journal.ts";
import { readSet } from "../uses/read.ts";
import { locksFolder } from "../workspace.ts";

/**
 * Clears what processes left that are gone, and forgets what is known of artifacts that are gone.
 *
 * @param cache The cache's folder.
 * @param warn Takes what could not be done: it stays for the next time.
 */
export async function tidyCache(cache: string, warn: (message: string) => void): Promise<void> {
  const attempt = async (work: () => void | Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!isFromSystem(error)) throw error;
      warn(`${quote(ownFolder(cache))} is not all cleared up: ${clearMessage(error)}`);
    }
  };
  await attempt(() => clearDeadStaging(stagingFolder(cache)));
  await attempt(() => void clearDeadLocks(locksFolder(cache)));
  await attempt(() => tidyJournal(cache, keysIn(cache)));
  await attempt(async () => {
    const lock = await waitForLock(removalLockPath(cache));
    try {
      // One that lives may be adding to the index; one that begins now waits for the lock.
      if (liveFiles(cache).length === 0) tidyIndex(cache, keysIn(cache));
    } finally {
      lock?.release();
    }
  });
}

/** A run none of whose artifacts is left has nothing to say. */
function tidyJournal(cache: string, there: ReadonlySet<string>): void {
  const lock = tryJournalLock(cache);
  if (lock === undefined) return; // some run is at it: the next time will do
  try {
    foldDead(cache);
    const read = readOwnFile(journalPath(cache));
    if (!("text" in read)) return;
    const { entries, damaged } = parseJournal(read.text);
    const sets = new Map<string, boolean>();
    const isOfUse = (set: string) => (readSet(cache, set, () => {}) ?? []).some((key) => there.has(key));
    for (const { set } of entries) if (!sets.has(set)) sets.set(set, isOfUse(set));
    const kept = entries.filter(({ set }) => sets.get(set));
    if (kept.length < entries.length || damaged > 0) {
      replaceOwnFile(journalPath(cache), kept.map(journalLine).join(""));
    }
    for (const name of namesIn(setsFolder(cache))) {
      const [set = ""] = name.split(".");
      // A name that goes on is that of a list that was being written by a process that was killed.
      if (/^[0-9a-f]{64}$/.test(set) && (name !== set || !sets.get(set))) {
        removeIfThere(join(setsFolder(cache), name));
      }
    }
  } finally {
    lock.release();
  }
}

/** Lines of recipes that are gone lead nowhere; all others stay as they are. */
function tidyIndex(cache: string, there: ReadonlySet<string>): void {
  const folder = join(ownFolder(cache), "content");
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const read = /^[0-9a-f]{2}$/.test(name) ? readOwnFile(path) : undefined;
    if (read === undefined || !("text" in read)) continue;
    const lines = read.text.split("\n").filter((line) => line !== "");
    const kept = lines.filter((line) => {
      const [, recipeKey] = /^\["[0-9a-f]{64}","([0-9a-f]{64})",/.exec(line) ?? [];
      return recipeKey === undefined || there.has(shownKey(recipeKey));
    });
    if (kept.length === lines.length) continue;
    if (kept.length === 0) removeIfThere(path);
    else replaceOwnFile(path, `${kept.join("\n")}\n`);
  }
}

/** The keys in the names of all that lies in a cache: quicker than to read what it is. */
function keysIn(cache: string): Set<string> {
  const keys = new Set<string>();
  const folders = [cache];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { name, isDirectory } of entriesOf(folder)) {
      const found = [...name.matchAll(/_([0-9a-f]{16})(?=_)/g)];
      for (const [, key] of found) keys.add(key!);
      if (isDirectory && /^[A-Za-z0-9]/.test(name) && found.length === 0) folders.push(join(folder, name));
    }
  }
  return keys;
}

function namesIn(folder: string): string[] {
  return entriesOf(folder).map(({ name }) => name);
}
