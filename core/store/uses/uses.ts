/**
 * What each run and each script needs of a cache, kept in the cache itself: nothing of it is collected meanwhile, or
 * while that run is to be kept.
 *
 * A process notes the recipe keys that it needs in a file of its own, whose lock it holds while it lives, and only then
 * looks anything up. Whoever removes holds another lock meanwhile, and reads these files after it has taken it. So
 * either the one who removes sees the note, or the one who notes sees the lock, and waits: it finds the artifact gone.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join, resolve } from "@std/path";
import { quote } from "../../params/names.ts";
import { isAbsent } from "../disk/digest.ts";
import { clearMessage, fileError, isRefused } from "../disk/disk_error.ts";
import { type Lock, tryLock, waitForLock } from "../disk/locks.ts";
import { removeIfThere } from "../disk/move.ts";
import { shownKey } from "../place.ts";
import { ownFolder } from "../staging.ts";
import { headerLine, isPassingLine, keyLine, type UseHeader } from "./format.ts";
import { addToJournal, foldDead, liveFolder, tryJournalLock, usesFolder } from "./journal.ts";
import { notedStore } from "./store_path.ts";
import type { Workspace } from "../workspace.ts";

/** Whose uses they are. */
export interface UseOwner {
  /** The run's reference; null for a script. */
  readonly reference: string | null;
  /** The full store that the run makes; null where it makes none. */
  readonly store: string | null;
  /** There once the run has ended: what is asked for since then, the script around it asks for. */
  readonly ended?: true;
}

/** The file of what a process needs. */
export interface OpenUses {
  /** What is in it already. */
  readonly noted: Set<string>;
  /** Adds lines to it. */
  readonly write: (lines: string) => void;
  /** Adds what is in it to the journal. */
  readonly end: (warn: Workspace["warn"]) => void;
  /** Gives it up: nothing stays for this process any more. */
  readonly drop: (warn: Workspace["warn"]) => void;
  /** Whether the file is there: the cache may be gone. */
  readonly isThere: () => boolean;
}

/** What runs of this process have used that ended: their records may yet be read. By the cache's folder. */
const held = new Map<string, OpenUses>();

/**
 * The lock that is held while artifacts are removed; the file is there just as long.
 *
 * @param cache The cache's folder.
 * @returns `<cache>/.cairn/uses.lock`.
 */
export function removalLockPath(cache: string): string {
  return join(ownFolder(cache), "uses.lock");
}

/** How long nobody is told that the lock is waited for: milliseconds. */
const SLOW = 2000;

/**
 * Waits for the lock that is held while artifacts are removed.
 *
 * @param cache The cache's folder.
 * @param warn Takes that it is not free, where that takes longer than a moment: its holder may be stopped.
 * @returns The lock, or undefined where the file system knows no locks.
 */
export async function waitForRemovalLock(cache: string, warn: Workspace["warn"]): Promise<Lock | undefined> {
  const path = removalLockPath(cache);
  const timer = setTimeout(
    () => warn(`${quote(path)} is held by a process that removes from the cache; it is waited for`),
    SLOW,
  );
  try {
    return await waitForLock(path);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Notes that this process needs artifacts, before it looks for them.
 *
 * @param workspace The workspace.
 * @param recipeKeys The keys that they lie under.
 * @param until `"run"`: the run needs them, and so does a rerun; `"end"`: this process alone, while it lives.
 * @returns A promise where somebody is removing right now, to be waited for; mostly undefined.
 * @throws {Error} If the note can't be written, unless the cache can't be written to at all: that is a warning.
 */
export function noteUse(
  workspace: Workspace,
  recipeKeys: Iterable<string>,
  until: "run" | "end" = "run",
): Promise<void> | undefined {
  if (workspace.dry !== "no") return undefined;
  const { session, cache } = workspace;
  const holder = session.uses === undefined && session.owner?.ended
    ? holderOf(cache, workspace.warn)
    : undefined;
  const isPassing = until === "end" || holder !== undefined;
  if (!addKeys(holder ?? (session.uses ??= openUses(workspace)), recipeKeys, isPassing)) return undefined;
  if (!existsSync(removalLockPath(cache))) return undefined;
  return waitForRemovalLock(cache, workspace.warn).then((held) => held?.release());
}

/** Whether any of them was not there. */
function addKeys({ noted, write }: OpenUses, recipeKeys: Iterable<string>, isPassing: boolean): boolean {
  let lines = "";
  for (const recipeKey of recipeKeys) {
    const key = shownKey(recipeKey);
    const line = keyLine(key, isPassing);
    if (noted.has(line) || isPassing && noted.has(key)) continue;
    noted.add(line);
    lines += `${line}\n`;
  }
  if (lines !== "") write(lines);
  return lines !== "";
}

/**
 * Ends what a script noted: it becomes a line of the journal, and nothing stays for it any more.
 *
 * @param workspace The workspace; it can be used again.
 */
export function closeUses(workspace: Workspace): void {
  const { session, warn } = workspace;
  session.uses?.end(warn);
  session.uses?.drop(warn);
  session.uses = undefined;
}

/**
 * Ends what a run noted: it becomes a line of the journal. What it used stays while this process lives: a script may
 * yet read its records.
 *
 * @param workspace The workspace.
 */
export function endUses({ cache, session, warn }: Workspace): void {
  const { uses, owner } = session;
  if (owner !== undefined) session.owner = { ...owner, ended: true };
  if (uses === undefined) return;
  session.uses = undefined;
  uses.end(warn);
  const holder = holderOf(cache, warn);
  if (holder === undefined) held.set(resolve(cache), uses);
  else {
    const fresh = [...uses.noted].filter((line) => !holder.noted.has(line)); // mostly none, and a look is quick
    addKeys(holder, fresh.map((line) => line.replace("?", "")), true);
    uses.drop(warn);
  }
}

/** One file for each cache that is still there. */
function holderOf(cache: string, warn: Workspace["warn"]): OpenUses | undefined {
  for (const [folder, uses] of held) {
    if (uses.isThere()) continue;
    held.delete(folder);
    uses.drop(warn);
  }
  return held.get(resolve(cache));
}

function openUses(workspace: Workspace): OpenUses {
  try {
    return openIn(workspace, liveFolder(workspace.cache));
  } catch (error) {
    if (!isRefused(error)) throw error;
    // Where this process can't write it makes no artifact either; it may still use what is there.
    workspace.warn(
      `${quote(liveFolder(workspace.cache))} can't be written to, so whoever collects there does not know ` +
        `what is needed here: ${clearMessage(error)}`,
    );
    return { noted: new Set(), write: () => {}, end: () => {}, drop: () => {}, isThere: () => false };
  }
}

function openIn({ experiment, cache, session, warn }: Workspace, folder: string): OpenUses {
  checkFolders(cache);
  let path = join(folder, crypto.randomUUID());
  // The lock comes first: a file without one that is held is what a process left that is gone.
  let lock = tryLock(`${path}.lock`);
  while (lock === "busy") { // somebody who clears up took it for a dead one's
    path = join(folder, crypto.randomUUID());
    lock = tryLock(`${path}.lock`);
  }
  const release = lock === "unsupported" ? () => {} : lock.release;
  const { reference, store } = session.owner ?? { reference: null, store: null };
  const header: UseHeader = {
    experiment,
    reference,
    started: new Date().toISOString(),
    store: store === null ? null : notedStore(cache, store),
  };
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { createNew: true, append: true });
  } catch (error) {
    release();
    throw error;
  }
  const noted = new Set<string>();
  let isEnded = false;
  let isTold = false;
  const end = (warn: Workspace["warn"]) => {
    try {
      isEnded = isEnded || addUse(cache, path, header, noted);
    } catch (error) {
      if (isTold) return; // it is tried again when the process ends
      isTold = true;
      warn(`what was needed of the cache stays noted in ${quote(path)}: ${clearMessage(error)}`);
    }
  };
  const drop = (warn: Workspace["warn"]) => {
    globalThis.removeEventListener("unload", close);
    file.close();
    // What is not in the journal stays, as that of a run that was killed would.
    try {
      try {
        if (isEnded) removeIfThere(path);
      } finally {
        release();
      }
    } catch (error) {
      warn(`${quote(path)} is of no use any more and could not be removed: ${clearMessage(error)}`);
    }
  };
  const close = () => {
    end(warn);
    drop(warn);
  };
  const write = (lines: string) => writeAll(file, path, lines);
  write(headerLine(header));
  globalThis.addEventListener("unload", close); // a script has no last line to close it in
  return { noted, write, end, drop, isThere: () => existsSync(path) };
}

function writeAll(file: Deno.FsFile, path: string, lines: string): void {
  const bytes = new TextEncoder().encode(lines);
  try {
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  } catch (error) {
    throw fileError("note what is needed of the cache in", path, error);
  }
}

/** Whether it is in the journal now, as it is not where others are at that. */
function addUse(cache: string, path: string, header: UseHeader, noted: ReadonlySet<string>): boolean {
  if (!existsSync(path)) return true; // the whole cache may be gone by now: it is not made anew for this
  const lock = tryJournalLock(cache);
  if (lock === undefined) return false;
  try {
    addToJournal(cache, header, [...noted].filter((line) => !isPassingLine(line)), new Date());
    foldDead(cache);
  } finally {
    lock.release();
  }
  return true;
}

/** The file system's own words would not say what is wrong with a file in a folder's place. */
function checkFolders(cache: string): void {
  for (const folder of [ownFolder(cache), usesFolder(cache), liveFolder(cache)]) {
    try {
      if (Deno.statSync(folder).isDirectory) continue;
    } catch (error) {
      if (isAbsent(error)) return;
      throw error;
    }
    throw new Error(
      `Cannot note in ${quote(folder)} what is needed of the cache: it is no folder; move it away`,
    );
  }
}
