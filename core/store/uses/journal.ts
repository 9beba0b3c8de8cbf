/**
 * The journal of runs and scripts that ended: one line each, and each list of keys once.
 *
 * @module
 */
import { join } from "@std/path";
import { quote } from "../../params/names.ts";
import { isAbsent, modifiedAt } from "../disk/digest.ts";
import { isHeld, type Lock, tryLock } from "../disk/locks.ts";
import { removeIfThere } from "../disk/move.ts";
import { oddKind, replaceOwnFile } from "../own_file.ts";
import { ownFolder } from "../staging.ts";
import { journalLine, parseNoted, setDigest, setText, type UseHeader } from "./format.ts";

/**
 * Where the notes lie.
 *
 * @param cache The cache's folder.
 * @returns `<cache>/.cairn/uses`: below it `live`, `sets` and `journal.jsonl`.
 */
export function usesFolder(cache: string): string {
  return join(ownFolder(cache), "uses");
}

/**
 * The folder with one file for each run and script that lives, or was killed.
 *
 * @param cache The cache's folder.
 * @returns `<cache>/.cairn/uses/live`.
 */
export function liveFolder(cache: string): string {
  return join(usesFolder(cache), "live");
}

/**
 * The file with one line for each run and script that ended.
 *
 * @param cache The cache's folder.
 * @returns `<cache>/.cairn/uses/journal.jsonl`.
 */
export function journalPath(cache: string): string {
  return join(usesFolder(cache), "journal.jsonl");
}

/**
 * The folder of lists of keys.
 *
 * @param cache The cache's folder.
 * @returns `<cache>/.cairn/uses/sets`.
 */
export function setsFolder(cache: string): string {
  return join(usesFolder(cache), "sets");
}

/**
 * The file of a list of keys.
 *
 * @param cache The cache's folder.
 * @param set The digest of the list.
 * @returns Its path.
 */
export function setPath(cache: string, set: string): string {
  return join(setsFolder(cache), set);
}

/**
 * Takes the lock that is held while the journal is written, unless somebody holds it.
 *
 * @param cache The cache's folder.
 * @returns The lock; undefined where somebody else is at it.
 */
export function tryJournalLock(cache: string): Pick<Lock, "release"> | undefined {
  const lock = tryLock(join(usesFolder(cache), "journal.lock"));
  return lock === "busy" ? undefined : lock === "unsupported" ? { release: () => {} } : lock;
}

/**
 * Writes a list of keys, unless it is there. The lock of the journal is held.
 *
 * @param cache The cache's folder.
 * @param keys The keys.
 * @returns The digest of the list, which names it.
 */
export function keepSet(cache: string, keys: readonly string[]): string {
  const text = setText(keys);
  const set = setDigest(text);
  const path = setPath(cache, set);
  // Runs that need the same share one list; one of another size was cut short.
  if (fileSize(path) !== text.length) replaceOwnFile(path, text);
  return set;
}

/**
 * Adds a line to the journal. Its lock is held.
 *
 * @param cache The cache's folder.
 * @param header Who it was.
 * @param keys What was needed, the first 16 digits of recipe keys.
 * @param ended When it ended.
 */
export function addToJournal(
  cache: string,
  header: UseHeader,
  keys: readonly string[],
  ended: Date,
): void {
  const set = keepSet(cache, keys);
  const journal = journalPath(cache);
  refuseOdd(journal);
  const before = fileSize(journal) ?? 0;
  try {
    Deno.writeTextFileSync(journal, journalLine({ ...header, ended: ended.toISOString(), set }), {
      append: true,
    });
  } catch (error) {
    // Half a line would be one that is damaged, which says that something is not known.
    if ((fileSize(journal) ?? 0) > before) Deno.truncateSync(journal, before);
    throw error;
  }
}

/**
 * Turns into lines of the journal what runs left that were killed. Its lock is held.
 *
 * @param cache The cache's folder.
 */
export function foldDead(cache: string): void {
  for (const path of liveFiles(cache)) {
    try {
      foldIfDead(cache, path);
    } catch (error) {
      // In a cache that several users share, each clears their own.
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    }
  }
}

function foldIfDead(cache: string, path: string): void {
  if (isHeld(`${path}.lock`) !== false) return; // with no locks, nobody can tell whether it is alive
  const lock = tryLock(`${path}.lock`);
  if (typeof lock === "string") return;
  try {
    const { header, keys } = parseNoted(Deno.readTextFileSync(path));
    const ended = new Date(modifiedAt(Deno.statSync(path)));
    if (header !== undefined) addToJournal(cache, header, keys, ended);
    removeIfThere(path);
  } catch (error) {
    if (!isAbsent(error)) throw error; // another has done it
  } finally {
    lock.release();
  }
}

/**
 * The files of runs and scripts that live, or were killed.
 *
 * @param cache The cache's folder.
 * @returns Their paths; beside each lies its lock.
 */
export function liveFiles(cache: string): string[] {
  const folder = liveFolder(cache);
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isFile }) =>
      isFile && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name) ? [join(folder, name)] : []
    );
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Nothing is appended behind a link that somebody put there. */
function refuseOdd(path: string): void {
  try {
    const odd = oddKind(Deno.lstatSync(path));
    if (odd !== undefined) throw new Error(`${quote(path)} is ${odd}, and no file; move it away`);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

function fileSize(path: string): number | undefined {
  try {
    const info = Deno.lstatSync(path);
    return info.isFile ? info.size : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
