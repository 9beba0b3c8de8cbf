/**
 * Who used a cache: what is noted there, and what the runs of a workspace tell beside that.
 *
 * @module
 */
import { join, resolve } from "@std/path";
import { quote } from "../../params/names.ts";
import { fullStoreOf } from "../../store/full_store.ts";
import { isFolder } from "../../store/ownership.ts";
import { shownKey } from "../../store/place.ts";
import { readUses, type Use } from "../../store/uses/read.ts";
import { metadataIn } from "../artifact_files.ts";
import type { Store, Users } from "./gc_policy.ts";
import { readRun, runFolders } from "../runs.ts";
import { toldStages } from "../told_stages.ts";

/** Who used a cache, and whether that is all. */
export interface KnownUsers extends Users {
  /** Whether all that is noted was read: else more may be needed than is known. */
  readonly isWhole: boolean;
}

/**
 * Reads what may not be removed from a cache, unless some of it is not known.
 *
 * @param cache The cache's folder.
 * @param dir The workspace whose runs are read as well.
 * @param warn Takes what is damaged, one line each.
 * @param ignoreDamaged Whether to go by what is known.
 * @returns Who used it.
 * @throws {Error} If a note is damaged or can't be read.
 */
export function readNeeds(
  cache: string,
  dir: string,
  warn: (message: string) => void,
  ignoreDamaged = false,
): Users {
  const users = readUsers(cache, dir, warn);
  if (users.isWhole || ignoreDamaged) return users;
  throw new Error(
    `Cannot tell what is needed of the cache ${
      quote(cache)
    }: some of what runs noted is damaged or can't be read; ` +
      "mend it, or give --ignore-damaged-notes to go by the rest",
  );
}

/**
 * Reads who used a cache. Writes nothing.
 *
 * @param cache The cache's folder.
 * @param dir The workspace whose runs are read as well, so that a journal that is lost loses nothing of them.
 * @param warn Takes what is damaged, one line each.
 * @returns Who used it, and the full stores that are there.
 */
export function readUsers(cache: string, dir: string, warn: (message: string) => void): KnownUsers {
  const { past: noted, live, isWhole } = readUses(cache, warn);
  const known = new Set(noted.filter(({ keys }) => keys.length > 0).map(({ reference }) => reference));
  const folders = runFolders(dir);
  const told = folders.filter((reference) => !known.has(reference)).flatMap((reference) =>
    toldUse(join(dir, "runs", reference), reference)
  );
  const past = [...noted, ...told];
  return { past, live, isWhole, stores: storesOf(past, folders.map((name) => join(dir, "runs", name))) };
}

/** A run as its `run.json` has it, which may be of any shape. */
function toldUse(folder: string, reference: string): Use[] {
  const run = readRun(join(folder, "run.json"));
  if (run === undefined || typeof run.experiment !== "string") return [];
  const keys = toldStages(run).map(({ key }) => shownKey(key)).filter((key) => /^[0-9a-f]{16}$/.test(key));
  const { started, finished } = run as { started?: unknown; finished?: unknown };
  const begun = typeof started === "string" ? Date.parse(started) : NaN;
  if (keys.length === 0 || !Number.isFinite(begun)) return [];
  const ended = typeof finished === "string" ? Date.parse(finished) : NaN;
  return [{
    experiment: run.experiment,
    reference,
    started: begun,
    ended: Number.isFinite(ended) ? ended : begun,
    store: fullStoreOf(folder),
    keys,
  }];
}

function storesOf(past: readonly Use[], runs: readonly string[]): Store[] {
  const keysOf = new Map<string, Set<string>>();
  for (const folder of runs) keysOf.set(resolve(fullStoreOf(folder)), new Set());
  for (const { store, keys } of past) {
    if (store === null) continue;
    const known = keysOf.get(resolve(store)) ?? new Set();
    for (const key of keys) known.add(key);
    keysOf.set(resolve(store), known);
  }
  return [...keysOf].flatMap(([folder, keys]): Store[] => {
    if (!isFolder(folder)) return [];
    const names = metadataIn(folder);
    return [{
      folder,
      keys: [...new Set([...keys, ...names.map(({ key }) => key)])],
      holds: new Set(names.map(({ key, rest }) => `${key}_${rest}`)),
    }];
  });
}
