/**
 * The text of what runs and scripts note of their uses: one file for each that lives, one line for each that ended.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** Who uses a cache. */
export interface UseHeader {
  readonly experiment: string;
  /** The run's reference; null for a script. */
  readonly reference: string | null;
  /** When it began, ISO 8601. */
  readonly started: string;
  /** The full store that the run makes, by its path from the cache's folder; null where it makes none. */
  readonly store: string | null;
}

/** What the file of one that lives, or was killed, says. */
export interface NotedUses {
  /** Undefined where the first line is damaged. */
  readonly header: UseHeader | undefined;
  /** What is needed by the run, and by a rerun of it: the first 16 digits of recipe keys. */
  readonly keys: readonly string[];
  /** What is needed only while it lives. */
  readonly passing: readonly string[];
  /** How many lines are damaged. */
  readonly damaged: number;
}

/** A line of the journal. */
export interface JournalEntry extends UseHeader {
  /** When it ended, ISO 8601. */
  readonly ended: string;
  /** The SHA-256 of the list of its keys, which is the name of the list's file. */
  readonly set: string;
}

/**
 * The first line of the file of one that lives.
 *
 * @param header Who it is.
 * @returns The line.
 */
export function headerLine(header: UseHeader): string {
  return `${JSON.stringify(header)}\n`;
}

/**
 * The line that notes a key.
 *
 * @param key The first 16 digits of a recipe key.
 * @param isPassing Whether it is needed only while its process lives.
 * @returns The line, without its end.
 */
export function keyLine(key: string, isPassing: boolean): string {
  return isPassing ? `?${key}` : key;
}

/**
 * Whether a line notes a key that is needed only while its process lives.
 *
 * @param line The line.
 * @returns Whether it does.
 */
export function isPassingLine(line: string): boolean {
  return line.startsWith("?");
}

/**
 * Reads the file of one that lives, or that was killed.
 *
 * @param text The text; a last line without its end was being written, and says nothing.
 * @returns What it says.
 */
export function parseNoted(text: string): NotedUses {
  const [first = "", ...lines] = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").slice(0, -1);
  const good = lines.filter((line) => /^\??[0-9a-f]{16}$/.test(line));
  const isCut = first === ""; // killed before it had said anything
  const header = headerOf(jsonOf(first));
  return {
    header,
    keys: good.filter((line) => !isPassingLine(line)),
    passing: good.filter(isPassingLine).map((line) => line.slice(1)),
    damaged: lines.length - good.length + (header === undefined && !isCut ? 1 : 0),
  };
}

/**
 * The list of keys, one a line: what its name is the digest of.
 *
 * @param keys The keys.
 * @returns The text.
 */
export function setText(keys: readonly string[]): string {
  return keys.map((key) => `${key}\n`).join("");
}

/**
 * The digest of a list's text.
 *
 * @param text The text.
 * @returns 64 hexadecimal digits.
 */
export function setDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * A line of the journal, with a seal: a byte that changes makes it invalid.
 *
 * @param entry What it says.
 * @returns The line. An end of line comes first too: what was cut short before it spoils no line but its own.
 */
export function journalLine(entry: JournalEntry): string {
  const json = JSON.stringify(entry);
  return `\n${seal(json)} ${json}\n`;
}

/**
 * Reads the journal.
 *
 * @param text Its text.
 * @returns What its lines say, and how many are damaged.
 */
export function parseJournal(text: string): {
  readonly entries: readonly JournalEntry[];
  readonly damaged: number;
} {
  const lines = text.split("\n").filter((line) => line !== "");
  const entries = lines.flatMap((line) => {
    const json = line.slice(17);
    const entry = line.slice(0, 17) === `${seal(json)} ` ? entryOf(jsonOf(json)) : undefined;
    return entry === undefined ? [] : [entry];
  });
  return { entries, damaged: lines.length - entries.length };
}

function seal(json: string): string {
  return setDigest(json).slice(0, 16);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whoever wrote it could write anything: a store is nothing but the artifacts of a run. */
function headerOf(value: unknown): UseHeader | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { experiment, reference, started, store } = value as Partial<Record<keyof UseHeader, unknown>>;
  const isStore = (path: unknown): path is string | null =>
    path === null || typeof path === "string" && /(^|\/)runs\/[^/]+\/artifacts$/.test(path);
  if (typeof experiment !== "string" || !(reference === null || typeof reference === "string")) {
    return undefined;
  }
  if (!isTime(started) || !isStore(store)) return undefined;
  return { experiment, reference, started, store };
}

function entryOf(value: unknown): JournalEntry | undefined {
  const header = headerOf(value);
  if (header === undefined) return undefined;
  const { ended, set } = value as Partial<Record<keyof JournalEntry, unknown>>;
  if (!isTime(ended) || typeof set !== "string" || !/^[0-9a-f]{64}$/.test(set)) return undefined;
  return { ...header, ended, set };
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && Number.isFinite(Date.parse(value));
}
