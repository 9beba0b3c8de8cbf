/**
 * The index of content keys: which recipes came to the same content. It can be rebuilt from the metadata.
 *
 * One line a stage that was executed or linked, in one of 256 files by the first two digits of its content key, so that
 * what a lookup reads does not grow with the whole cache.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { ensureDirSync, walkSync } from "@std/fs";
import { dirname, join, relative } from "@std/path";
import type { Digest } from "../params/canonical.ts";
import { isAbsent, portable } from "./digest.ts";
import { readMetadataFile } from "./metadata.ts";
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
}

/** Says that the index holds all that was there when it was begun. */
const COMPLETE = "complete";

/**
 * Opens the index of a cache. Nothing is read before something is looked for, and nothing is written where `add` is
 * never called.
 *
 * @param cache The cache's folder.
 * @param mode `"memory"`: what is added is kept in memory alone, as in a dry run.
 * @returns The index.
 */
export function openContentIndex(cache: string, mode: "disk" | "memory"): ContentIndex {
  const folder = join(ownFolder(cache), "content");
  const shards = new Map<string, Map<Digest, Twin[]>>();
  let rebuilt: Map<Digest, Twin[]> | undefined;
  const shardOf = (contentKey: Digest) => {
    const name = contentKey.slice(0, 2);
    let shard = shards.get(name);
    if (shard === undefined) {
      // An index that was never completed lacks what was made before it, or by a version without one.
      if (rebuilt === undefined && !existsSync(join(folder, COMPLETE))) rebuilt = rebuild(cache);
      shard = readShard(join(folder, name));
      for (const [key, twins] of rebuilt ?? []) {
        if (key.startsWith(name)) { for (const twin of twins) addTo(shard, key, twin); }
      }
      shards.set(name, shard);
    }
    return shard;
  };
  const find = (contentKey: Digest) => (shardOf(contentKey).get(contentKey) ?? []).toReversed();
  const add = (contentKey: Digest, twin: Twin) => {
    if (!addTo(shardOf(contentKey), contentKey, twin) || mode === "memory") return;
    if (rebuilt !== undefined) {
      for (const [key, twins] of rebuilt) for (const each of twins) append(folder, key, each);
      append(folder, contentKey, twin);
      Deno.writeTextFileSync(join(folder, COMPLETE), "");
      rebuilt = undefined;
    } else append(folder, contentKey, twin);
  };
  return { find, add };
}

/** Whether it was not there. */
function addTo(shard: Map<Digest, Twin[]>, contentKey: Digest, twin: Twin): boolean {
  const twins = shard.get(contentKey);
  if (twins === undefined) {
    shard.set(contentKey, [twin]);
    return true;
  }
  const text = JSON.stringify(twin);
  const at = twins.findIndex((each) => JSON.stringify(each) === text);
  if (at === -1) twins.push(twin);
  return at === -1;
}

function append(folder: string, contentKey: Digest, { recipeKey, subdirs }: Twin): void {
  // The line break comes first as well: what a process that was killed left half-written spoils no line but its own.
  const line = `\n${JSON.stringify([contentKey, recipeKey, subdirs])}\n`;
  const path = join(folder, contentKey.slice(0, 2));
  try {
    Deno.writeTextFileSync(path, line, { append: true });
  } catch (error) {
    if (!isAbsent(error)) throw error;
    ensureDirSync(folder);
    Deno.writeTextFileSync(path, line, { append: true });
  }
}

function readShard(path: string): Map<Digest, Twin[]> {
  const shard = new Map<Digest, Twin[]>();
  if (!existsSync(path)) return shard;
  for (const line of Deno.readTextFileSync(path).split("\n")) {
    const entry = parseLine(line);
    if (entry !== undefined) addTo(shard, ...entry);
  }
  return shard;
}

/** A line that is damaged only means that something is computed once more. */
function parseLine(line: string): [Digest, Twin] | undefined {
  if (line === "") return undefined;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!Array.isArray(entry)) return undefined;
  const [contentKey, recipeKey, subdirs] = entry;
  const isKey = (key: unknown) => typeof key === "string" && /^[0-9a-f]{64}$/.test(key);
  if (!isKey(contentKey) || !isKey(recipeKey) || typeof subdirs !== "object" || subdirs === null) {
    return undefined;
  }
  const isSubdir = (subdir: unknown) =>
    typeof subdir === "string" && /^([A-Za-z0-9][A-Za-z0-9_-]*(\/[A-Za-z0-9][A-Za-z0-9_-]*)*)?$/.test(subdir);
  return Object.values(subdirs).every(isSubdir) ? [contentKey, { recipeKey, subdirs }] : undefined;
}

/** Reads the metadata of the whole cache: needed once, where there are artifacts and no index. */
function rebuild(cache: string): Map<Digest, Twin[]> {
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
  const index = new Map<Digest, Twin[]>();
  for (const [recipeKey, { contentKey, subdirs }] of found) addTo(index, contentKey, { recipeKey, subdirs });
  return index;
}

function* metadataFiles(cache: string): Generator<string> {
  if (!existsSync(cache)) return;
  for (const { path, isFile } of walkSync(cache, { skip: [/[\\/]\.cairn([\\/]|$)/, /\.files([\\/]|$)/] })) {
    if (isFile && path.endsWith("_metadata.json")) yield path;
  }
}
