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
import { join, relative, resolve } from "@std/path";
import { quote } from "../params/names.ts";
import { messageOf } from "../params/paths.ts";
import { isAbsent, portable } from "./digest.ts";
import { tryLock, waitForLock } from "./locks.ts";
import { removeIfThere } from "./move.ts";
import { shownKey } from "./place.ts";
import { ownFolder } from "./staging.ts";
import { headerLine, isPassingLine, keyLine, type UseHeader } from "./uses_format.ts";
import { addToJournal, foldDead, liveFolder, tryJournalLock, usesFolder } from "./uses_journal.ts";
import type { Workspace } from "./workspace.ts";

/** Whose uses they are. */
export interface UseOwner {
  /** The run's reference; null for a script. */
  readonly reference: string | null;
  /** The full store that the run makes; null where it makes none. */
  readonly store: string | null;
}

/** The file of what a process needs. */
export interface OpenUses {
  /** What is in it already. */
  readonly noted: Set<string>;
  /** Adds lines to it. */
  readonly write: (lines: string) => void;
  /** Turns it into a line of the journal. */
  readonly close: () => void;
}

/**
 * The lock that is held while artifacts are removed; the file is there just as long.
 *
 * @param cache The cache's folder.
 * @returns `<cache>/.cairn/uses.lock`.
 */
export function removalLockPath(cache: string): string {
  return join(ownFolder(cache), "uses.lock");
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
  session.uses ??= openUses(workspace);
  const { noted, write } = session.uses;
  let lines = "";
  for (const key of recipeKeys) {
    const line = keyLine(shownKey(key), until === "end");
    if (noted.has(line)) continue;
    noted.add(line);
    lines += `${line}\n`;
  }
  if (lines === "") return undefined;
  write(lines);
  const lock = removalLockPath(cache);
  return existsSync(lock) ? waitForLock(lock).then((held) => held?.release()) : undefined;
}

/**
 * Ends what this process noted: it becomes a line of the journal. The workspace can be used again.
 *
 * @param workspace The workspace.
 */
export function closeUses(workspace: Workspace): void {
  workspace.session.uses?.close();
  workspace.session.uses = undefined;
}

function openUses(workspace: Workspace): OpenUses {
  try {
    return openIn(workspace, liveFolder(workspace.cache));
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    // Where this process can't write it makes no artifact either; it may still use what is there.
    workspace.warn(
      `${quote(liveFolder(workspace.cache))} can't be written to, so whoever collects there does not know ` +
        `what is needed here: ${messageOf(error)}`,
    );
    return { noted: new Set(), write: () => {}, close: () => {} };
  }
}

function openIn({ experiment, cache, session, warn }: Workspace, folder: string): OpenUses {
  checkFolders(cache);
  const path = join(folder, crypto.randomUUID());
  // The lock comes first: a file without one that is held is what a process left that is gone.
  const lock = tryLock(`${path}.lock`);
  const release = typeof lock === "string" ? () => {} : lock.release; // nobody else knows the name
  const { reference, store } = session.owner ?? { reference: null, store: null };
  const header: UseHeader = {
    experiment,
    reference,
    started: new Date().toISOString(),
    store: store === null ? null : portable(relative(resolve(cache), resolve(store))),
  };
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { createNew: true, append: true });
  } catch (error) {
    release();
    throw error;
  }
  const noted = new Set<string>();
  const close = () => {
    globalThis.removeEventListener("unload", close);
    file.close();
    try {
      endUse(cache, path, header, noted);
    } catch (error) {
      warn(`what was needed of the cache stays noted in ${quote(path)}: ${messageOf(error)}`);
    }
    release();
  };
  const write = (lines: string) => writeAll(file, path, lines);
  write(headerLine(header));
  globalThis.addEventListener("unload", close); // a script has no last line to close it in
  return { noted, write, close };
}

function writeAll(file: Deno.FsFile, path: string, lines: string): void {
  const bytes = new TextEncoder().encode(lines);
  try {
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  } catch (error) {
    throw new Error(`Cannot note in ${quote(path)} what is needed of the cache: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Where others are at the journal just now, the file stays: it then counts as that of a run that was killed. */
function endUse(cache: string, path: string, header: UseHeader, noted: ReadonlySet<string>): void {
  if (!existsSync(path)) return; // the whole cache may be gone by now: it is not made anew for this
  const lock = tryJournalLock(cache);
  if (lock === undefined) return;
  try {
    addToJournal(cache, header, [...noted].filter((line) => !isPassingLine(line)), new Date());
    removeIfThere(path);
    foldDead(cache);
  } finally {
    lock.release();
  }
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

function isUnwritable(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
    (error as { code?: unknown })?.code === "EROFS";
}
