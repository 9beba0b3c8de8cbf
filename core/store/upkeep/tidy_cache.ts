/**
 * Clearing up in Cairn's own folder of a cache, when artifacts were removed.
 *
 * @module
 */
import { join } from "@std/path";
import { quote } from "../../params/names.ts";
import { entriesOf } from "./files_at.ts";
import { clearMessage } from "../disk/disk_error.ts";
import { clearDeadLocks } from "../disk/locks.ts";
import { removeIfThere } from "../disk/move.ts";
import { readOwnFile, replaceOwnFile } from "../own_file.ts";
import { shownKey } from "../place.ts";
import { clearDeadStaging, ownFolder, stagingFolder } from "../staging.ts";
import { waitForRemovalLock } from "../uses/uses.ts";
import { type JournalEntry, journalLine, parseJournal } from "../uses/format.ts";
import { foldDead, journalPath, keepSet, liveFiles, setsFolder, tryJournalLock } from "../uses/journal.ts";
import { readSet } from "../uses/read.ts";
import { foundStore } from "../uses/store_path.ts";
import { isFolder } from "../ownership.ts";
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
      if (!(error instanceof Error)) throw error;
      // What was removed is yet to be told, whatever is amiss here.
      warn(`${quote(ownFolder(cache))} is not all cleared up: ${clearMessage(error)}`);
    }
  };
  await attempt(() => clearDeadStaging(stagingFolder(cache)));
  await attempt(() => void clearDeadLocks(locksFolder(cache)));
  await attempt(() => tidyJournal(cache, keysIn(cache)));
  await attempt(async () => {
    const lock = await waitForRemovalLock(cache, warn);
    try {
      // One that lives may be adding to the index; one that begins now waits for the lock.
      if (liveFiles(cache).length === 0) tidyIndex(cache, keysIn(cache));
    } finally {
      lock?.release();
    }
  });
}

/** How many runs and scripts of one experiment are remembered. */
const REMEMBERED = 100;

/** What is gone is forgotten, and runs that nothing is left of; of each experiment the newest are remembered. */
function tidyJournal(cache: string, there: ReadonlySet<string>): void {
  const lock = tryJournalLock(cache);
  if (lock === undefined) return; // some run is at it: the next time will do
  try {
    foldDead(cache);
    const read = readOwnFile(journalPath(cache));
    if (!("text" in read)) return;
    const { entries } = parseJournal(read.text);
    const lists = new Map<string, readonly string[] | undefined>();
    for (const { set } of entries) {
      if (!lists.has(set)) lists.set(set, readSet(cache, set, () => {})?.filter((key) => there.has(key)));
    }
    const kept = keptOf(cache, entries, lists);
    const text = [...new Set(kept.map(journalLine))].join("");
    if (text !== read.text) replaceOwnFile(journalPath(cache), text);
    const sets = new Set(kept.map(({ set }) => set));
    for (const name of namesIn(setsFolder(cache))) {
      const [set = ""] = name.split(".");
      // A name that goes on is that of a list that was being written by a process that was killed.
      if (/^[0-9a-f]{64}$/.test(set) && (name !== set || !sets.has(set))) {
        removeIfThere(join(setsFolder(cache), name));
      }
    }
  } finally {
    lock.release();
  }
}

/** In the order in which they are in the journal, with the lists of what is there yet. */
function keptOf(
  cache: string,
  entries: readonly JournalEntry[],
  lists: ReadonlyMap<string, readonly string[] | undefined>,
): JournalEntry[] {
  // A full store needs what it did, though it is gone, or its list is damaged: a run may make it anew.
  const ofStores = new Set(
    entries.filter(({ store }) => store !== null && isFolder(foundStore(cache, store))),
  );
  const ofUse = entries.filter((entry) => ofStores.has(entry) || (lists.get(entry.set) ?? []).length > 0);
  const newest = new Set(
    [...Map.groupBy(ofUse, ({ experiment }) => experiment).values()].flatMap((of) =>
      of.toSorted((a, b) => Date.parse(b.ended) - Date.parse(a.ended)).slice(0, REMEMBERED)
    ),
  );
  return ofUse.flatMap((entry) => {
    if (ofStores.has(entry)) return [entry];
    return newest.has(entry) ? [{ ...entry, set: keepSet(cache, lists.get(entry.set) ?? []) }] : [];
  });
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
