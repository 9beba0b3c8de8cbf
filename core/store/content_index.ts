/**
 * The index of content keys: which recipes came to the same content. It can be rebuilt from the metadata.
 *
 * One line a stage that was executed or linked, in one of 256 files by the first two digits of its content key, so that
 * what a lookup reads does not grow with the whole cache.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { walkSync } from "@std/fs";
import { dirname, join, relative } from "@std/path";
import type { Digest } from "../params/canonical.ts";
import { lineBounds, lineSum, SUM_LENGTH } from "../params/line_sum.ts";
import { isAbsent, portable } from "./disk/digest.ts";
import { fileError } from "./disk/disk_error.ts";
import { isLink } from "./symbolic_links.ts";
import { readMetadataFile } from "./metadata.ts";
import { removeIfThere } from "./disk/move.ts";
import { ensureOwnFolder, readOwnFile, replaceOwnFile } from "./own_file.ts";
import { isThere } from "./ownership.ts";
import { ownFolder } from "./staging.ts";

/** A recipe that came to some content. */
export interface Twin {
  readonly recipeKey: Digest;
  /** The folder of each output below the cache; an output that lies at a path of its own has none. */
  readonly subdirs: Readonly<Record<string, string>>;
}

/** What is known of content keys. */
export interface ContentIndex {
  /**
   * The recipes that came to some content.
   *
   * @param contentKey The content key.
   * @returns The recipes, the newest first; their artifacts may be gone by now.
   */
  readonly find: (contentKey: Digest) => readonly Twin[];
  /**
   * Adds a recipe.
   *
   * @param contentKey The content that it came to.
   * @param twin The recipe.
   */
  readonly add: (contentKey: Digest, twin: Twin) => void;
  /** Closes the files that were added to; they are opened again where anything more is added. */
  readonly close: () => void;
}

/** Says that the index holds all that was there when it was begun. */
const COMPLETE = "complete";

/** What is known of content keys. A line is parsed when its key is asked for: of thousands, few ever are. */
type Known = Map<Digest, (Twin | string)[]>;

/** One of the 256 files, as it was read. */
interface Shard {
  readonly twins: Known;
  /** The sums of its damaged lines that nobody has made good for yet. */
  readonly damaged: readonly string[];
  /** Whether something else lies in the file's place. */
  readonly isOdd: boolean;
  /** What it lacked and the metadata had: to be written. */
  readonly lacking: [Digest, Twin][];
}

/**
 * Opens the index of a cache. Nothing is read before something is looked for, and nothing is written where `add` is
 * never called. What is damaged is made again from the metadata.
 *
 * @param cache The cache's folder.
 * @param mode `"memory"`: what is added is kept in memory alone, as in a dry run.
 * @returns The index.
 */
export function openContentIndex(cache: string, mode: "disk" | "memory"): ContentIndex {
  const folder = join(ownFolder(cache), "content");
  const shards = new Map<string, Shard>();
  const files = new Map<string, Deno.FsFile>();
  let rebuilt: Known | undefined;
  let isComplete: boolean | undefined;
  const shardOf = (contentKey: Digest) => {
    const name = contentKey.slice(0, 2);
    let shard = shards.get(name);
    if (shard === undefined) {
      shard = readShard(join(folder, name));
      shards.set(name, shard);
      // An index that was never completed lacks what was made before it, or by a version without one.
      isComplete ??= existsSync(join(folder, COMPLETE));
      if (isComplete && shard.damaged.length === 0 && !shard.isOdd) return shard;
      rebuilt ??= rebuild(cache);
      for (const [key, twins] of rebuilt) {
        if (!key.startsWith(name)) continue;
        for (const twin of parsed(twins)) if (addTo(shard.twins, key, twin)) shard.lacking.push([key, twin]);
      }
    }
    return shard;
  };
  const find = (contentKey: Digest) => parsed(shardOf(contentKey).twins.get(contentKey) ?? []).toReversed();
  const add = (contentKey: Digest, twin: Twin) => {
    const shard = shardOf(contentKey);
    const isNew = addTo(shard.twins, contentKey, twin);
    if (mode === "memory" || !isNew && isSound(shard)) return;
    if (isNew) shard.lacking.push([contentKey, twin]);
    if (isComplete) return write(folder, contentKey.slice(0, 2), shard);
    for (const key of rebuilt!.keys()) shardOf(key);
    for (const [name, each] of shards) if (!isSound(each)) write(folder, name, each);
    replaceOwnFile(join(folder, COMPLETE), "");
    isComplete = true;
  };
  const write = (folder: string, name: string, shard: Shard) => {
    if (shard.isOdd) ensureOwnFolder(folder); // it may be the folder that is something else
    append(files, folder, name, shard);
    shards.set(name, { ...shard, damaged: [], isOdd: false, lacking: [] });
  };
  const close = () => {
    for (const file of files.values()) file.close();
    files.clear();
  };
  return { find, add, close };
}

/** Whether the file holds all that is known. */
function isSound({ damaged, isOdd, lacking }: Shard): boolean {
  return damaged.length === 0 && !isOdd && lacking.length === 0;
}

function parsed(twins: readonly (Twin | string)[]): Twin[] {
  return twins.flatMap((twin) => typeof twin === "string" ? parseLine(twin) ?? [] : twin);
}

/** Whether it was not there. */
function addTo(known: Known, contentKey: Digest, twin: Twin): boolean {
  const twins = known.get(contentKey);
  if (twins === undefined) {
    known.set(contentKey, [twin]);
    return true;
  }
  const text = JSON.stringify(twin);
  const isThere = parsed(twins).some((each) => JSON.stringify(each) === text);
  if (!isThere) twins.push(twin);
  return !isThere;
}

/** One write, so that of several processes none cuts the line of another. */
function append(
  files: Map<string, Deno.FsFile>,
  folder: string,
  name: string,
  { isOdd, damaged, lacking }: Shard,
): void {
  const path = join(folder, name);
  if (isOdd) {
    files.get(name)?.close();
    files.delete(name);
    removeIfThere(path);
  }
  const lines = lacking.map(([contentKey, { recipeKey, subdirs }]) =>
    lineOf([contentKey, recipeKey, subdirs])
  );
  // Who reads it next need not make good for the same damage again.
  if (damaged.length > 0) lines.push(lineOf([MENDED, damaged]));
  // The line break comes first as well: what a process that was killed left half-written spoils no line but its own.
  const bytes = new TextEncoder().encode(`\n${lines.join("\n")}\n`);
  // To open it costs several times what a line does.
  const file = files.get(name) ?? openToAppend(folder, path);
  files.set(name, file);
  try {
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  } catch (error) {
    throw fileError("write", path, error);
  }
}

function openToAppend(folder: string, path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { append: true, create: true });
  } catch (error) {
    if (!isAbsent(error)) throw error;
    ensureOwnFolder(folder);
    return Deno.openSync(path, { append: true, create: true });
  }
}

/** What begins a line that says which damaged lines have been made good for. */
const MENDED = "mended";

function lineOf(entry: readonly unknown[]): string {
  const text = JSON.stringify(entry);
  return text + lineSum(text);
}

function readShard(path: string): Shard {
  const twins: Known = new Map();
  const shard: Shard = { twins, damaged: [], isOdd: false, lacking: [] };
  // Mostly there is none, and an error that is thrown and caught costs more than a look.
  if (!existsSync(path) && !isThere(path)) return { ...shard, isOdd: isLink(dirname(path)) };
  const read = readOwnFile(path);
  if ("odd" in read) return { ...shard, isOdd: true };
  if ("absent" in read) return shard;
  const damaged = new Set<string>();
  const mended = new Set<unknown>();
  const { text } = read;
  for (const [start, end] of lineBounds(text)) {
    const body = end - SUM_LENGTH;
    const isSound = body > start && text.startsWith(lineSum(text, start, body), body);
    const line = text.slice(start, body);
    if (!isSound) damaged.add(lineSum(text, start, end));
    else if (line.startsWith(MENDS)) { for (const each of mendedIn(line)) mended.add(each); }
    else {
      const contentKey = line.slice(KEYED.length, KEYED.length + KEY);
      const before = twins.get(contentKey);
      if (before === undefined) twins.set(contentKey, [line]);
      else before.push(line);
    }
  }
  return { ...shard, damaged: [...damaged].filter((sum) => !mended.has(sum)) };
}

/** What a line with a content key begins with, and the length of the key that follows; and what the other sort begins with. */
const KEYED = '["';
const KEY = 64;
const MENDS = `${KEYED}${MENDED}"`;

/** A line whose sum is right is as it was written; but anybody can write a sum. */
function parseLine(line: string): Twin | undefined {
  const entry = parseList(line);
  if (entry === undefined) return undefined;
  const [contentKey, recipeKey, subdirs] = entry;
  const isKey = (key: unknown) => typeof key === "string" && /^[0-9a-f]{64}$/.test(key);
  if (!isKey(contentKey) || !isKey(recipeKey) || typeof subdirs !== "object" || subdirs === null) {
    return undefined;
  }
  const isSubdir = (subdir: unknown) =>
    typeof subdir === "string" && /^([A-Za-z0-9][A-Za-z0-9_-]*(\/[A-Za-z0-9][A-Za-z0-9_-]*)*)?$/.test(subdir);
  return Object.values(subdirs).every(isSubdir) ? { recipeKey, subdirs } as Twin : undefined;
}

function mendedIn(line: string): readonly unknown[] {
  const [what, sums] = parseList(line) ?? [];
  return what === MENDED && Array.isArray(sums) ? sums : [];
}

function parseList(line: string): readonly unknown[] | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return Array.isArray(entry) ? entry : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads the metadata of the whole cache: needed once, where there are artifacts and no index. */
function rebuild(cache: string): Known {
  const found = new Map<Digest, { contentKey: Digest; subdirs: Record<string, string> }>();
  for (const path of metadataFiles(cache)) {
    const read = readMetadataFile(path);
    if (!("metadata" in read)) continue;
    const { recipeKey, contentKey, artifact } = read.metadata;
    if (typeof recipeKey !== "string" || typeof contentKey !== "string") continue;
    const twin = found.get(recipeKey) ?? { contentKey, subdirs: {} };
    twin.subdirs[artifact] = portable(relative(cache, dirname(path)));
    found.set(recipeKey, twin);
  }
  const index: Known = new Map();
  for (const [recipeKey, { contentKey, subdirs }] of found) addTo(index, contentKey, { recipeKey, subdirs });
  return index;
}

function* metadataFiles(cache: string): Generator<string> {
  if (!existsSync(cache)) return;
  for (
    const { path, isFile } of walkSync(cache, { skip: [/[\\/](\.cairn|_kept)([\\/]|$)/, /\.files([\\/]|$)/] })
  ) {
    if (isFile && path.endsWith("_metadata.json")) yield path;
  }
}
