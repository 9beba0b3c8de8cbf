/**
 * Reading what runs and scripts noted of their uses of a cache.
 *
 * @module
 */
import { quote } from "../../params/names.ts";
import { isAbsent, modifiedAt } from "../disk/digest.ts";
import { clearMessage } from "../disk/disk_error.ts";
import { isHeld } from "../disk/locks.ts";
import { readOwnFile } from "../own_file.ts";
import { type JournalEntry, parseJournal, parseNoted, setDigest } from "./format.ts";
import { journalPath, liveFiles, setPath } from "./journal.ts";
import { foundStore } from "./store_path.ts";

/** One run or script that used a cache. */
export interface Use {
  readonly experiment: string;
  /** The run's reference; null for a script. */
  readonly reference: string | null;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Milliseconds since 1970; of one that was killed, when it last noted something. */
  readonly ended: number;
  /** The folder of its full store, which may be gone. */
  readonly store: string | null;
  /** What it needs: the first 16 digits of recipe keys; none where that is not known. */
  readonly keys: readonly string[];
}

/** All that used a cache. */
export interface Uses {
  /** Those that ended, or were killed. */
  readonly past: readonly Use[];
  /** Those under way; what they need only while they live is among their keys. */
  readonly live: readonly Use[];
  /** Whether all was read: else more may be needed than is known. */
  readonly isWhole: boolean;
}

/**
 * Reads all that is noted. Writes nothing.
 *
 * @param cache The cache's folder.
 * @param warn Takes what is damaged, one line each.
 * @returns Who used it, and what they need.
 */
export function readUses(cache: string, warn: (message: string) => void): Uses {
  for (let attempt = 1;; attempt++) {
    const [before, misses] = [stampOf(journalPath(cache)), [] as string[]];
    const uses = readOnce(cache, (message) => misses.push(message));
    // Whoever clears up may have written the journal anew meanwhile, and removed lists that it named before.
    if (misses.length > 0 && attempt < ATTEMPTS && stampOf(journalPath(cache)) !== before) continue;
    misses.forEach((message) => warn(message));
    return { ...uses, isWhole: misses.length === 0 };
  }
}

/** How often notes are read that change while they are read. */
const ATTEMPTS = 5;

function readOnce(cache: string, miss: (message: string) => void): Omit<Uses, "isWhole"> {
  const { entries, damaged } = parseJournal(readOwn(journalPath(cache), miss) ?? "");
  warnOfLines(journalPath(cache), damaged, miss);
  const sets = new Map<string, readonly string[] | undefined>();
  const past: Use[] = [];
  for (const entry of entries) {
    if (!sets.has(entry.set)) sets.set(entry.set, readSet(cache, entry.set, miss));
    // Of one whose list is lost, the full store that it made tells yet what is in it.
    past.push(useOf(cache, entry, Date.parse(entry.ended), sets.get(entry.set) ?? []));
  }
  const live: Use[] = [];
  for (const path of liveFiles(cache)) {
    const isLive = isHeld(`${path}.lock`) !== false; // before it is read: one that has ended has said all
    const text = readOwn(path, miss);
    if (text === undefined) continue;
    const { header, keys, passing, damaged } = parseNoted(text);
    warnOfLines(path, damaged, miss);
    if (isLive) {
      const whose = header ??
        { experiment: "", reference: null, started: new Date().toISOString(), store: null };
      live.push(useOf(cache, whose, Date.now(), [...keys, ...passing]));
    } else if (header !== undefined) past.push(useOf(cache, header, changedAt(path), keys));
  }
  return { past, live };
}

/** What is noted after some moment. */
export interface UsesWatch {
  /**
   * Reads what is new.
   *
   * @returns The keys that were needed by anything that lived at that moment, or since.
   */
  readonly refresh: () => ReadonlySet<string>;
}

/**
 * Watches what is noted from now on.
 *
 * @param cache The cache's folder.
 * @param warn Takes what is damaged.
 * @returns The watch.
 */
export function watchUses(cache: string, warn: (message: string) => void): UsesWatch {
  const journal = journalPath(cache);
  const needed = new Set<string>();
  const sizes = new Map<string, number>();
  const before = new Set(liveFiles(cache));
  const dead = new Set([...before].filter((path) => isHeld(`${path}.lock`) === false));
  const fail = (message: string) => {
    throw new Error(`Cannot tell what is needed by a run that began just now: ${message}`);
  };
  let seen = sizeOf(journal);
  const refresh = () => {
    for (const path of liveFiles(cache)) {
      const size = sizeOf(path);
      if (dead.has(path) || sizes.get(path) === size) continue;
      const { keys, passing } = parseNoted(readOwn(path, before.has(path) ? warn : fail) ?? "");
      for (const key of [...keys, ...passing]) needed.add(key);
      sizes.set(path, size);
    }
    // What ended meanwhile is there no more, but is in the journal.
    const size = sizeOf(journal);
    if (size === seen) return needed;
    const text = new TextDecoder().decode(new TextEncoder().encode(readOwn(journal, warn) ?? "").slice(seen));
    for (const { set } of parseJournal(text).entries) {
      for (const key of readSet(cache, set, warn) ?? []) needed.add(key);
    }
    seen = size;
    return needed;
  };
  return { refresh };
}

function useOf(
  cache: string,
  { experiment, reference, started, store }: Omit<JournalEntry, "ended" | "set">,
  ended: number,
  keys: readonly string[],
): Use {
  return {
    experiment,
    reference,
    started: Date.parse(started),
    ended,
    store: store === null ? null : foundStore(cache, store),
    keys,
  };
}

/**
 * Reads a list of keys.
 *
 * @param cache The cache's folder.
 * @param set The digest of the list.
 * @param warn Takes that it is damaged, or not there.
 * @returns The keys; undefined where they are not known.
 */
export function readSet(
  cache: string,
  set: string,
  warn: (message: string) => void,
): readonly string[] | undefined {
  const path = setPath(cache, set);
  const text = readOwn(path, warn);
  if (text !== undefined && setDigest(text) === set) return text.split("\n").slice(0, -1);
  warn(
    `${quote(path)} is ${
      text === undefined ? "not there" : "damaged"
    }: what the runs that name it used is not known`,
  );
  return undefined;
}

function warnOfLines(path: string, damaged: number, warn: (message: string) => void): void {
  if (damaged > 0) warn(`${quote(path)}: ${damaged} damaged line${damaged > 1 ? "s" : ""} skipped`);
}

function readOwn(path: string, warn: (message: string) => void): string | undefined {
  try {
    const read = readOwnFile(path);
    if ("text" in read) return read.text;
    if ("odd" in read) warn(`${quote(path)} is ${read.odd}, and no file: it is not read`);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    warn(`${quote(path)} is not read: ${clearMessage(error)}`);
  }
  return undefined;
}

/** Another for another file, and for one with more in it. */
function stampOf(path: string): string {
  try {
    const { ino, size } = Deno.lstatSync(path);
    return `${ino}:${size}`;
  } catch (error) {
    if (isAbsent(error)) return "";
    throw error;
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.lstatSync(path).size;
  } catch (error) {
    if (isAbsent(error)) return 0;
    throw error;
  }
}

function changedAt(path: string): number {
  try {
    return modifiedAt(Deno.lstatSync(path));
  } catch (error) {
    if (isAbsent(error)) return Date.now();
    throw error;
  }
}
