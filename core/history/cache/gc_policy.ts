/**
 * What is to be removed from a cache, and why: pure over what lies there, and who used it.
 *
 * @module
 */
import type { CachedFile } from "../../store/upkeep/files_at.ts";
import type { Inventory, Leftover, Unit } from "../../store/upkeep/inventory.ts";
import type { Use } from "../../store/uses/read.ts";

/** What is to be kept, and what is not. */
export interface Limits {
  /** What was last used longer ago goes: milliseconds. */
  readonly maxAge?: number;
  /** The least recently used goes until the rest is no larger: bytes. */
  readonly maxSize?: number;
  /** What the newest runs of each experiment need stays; given alone, all else goes. */
  readonly keepRuns?: number;
  /** Whether what bears a name of Cairn's and no metadata claims goes too: it may be the user's. */
  readonly orphans?: boolean;
}

/** A full store that is there. */
export interface Store {
  readonly folder: string;
  /** What the run used: the first 16 digits of recipe keys. */
  readonly keys: readonly string[];
  /** The artifacts that it has copies of: `<first 16 of the recipe key>_<stage>_<output>`. */
  readonly holds: ReadonlySet<string>;
}

/** Who used the cache. */
export interface Users {
  readonly past: readonly Use[];
  readonly live: readonly Use[];
  readonly stores: readonly Store[];
}

/** Why something goes. */
export type Cause = "age" | "size" | "runs" | "asked";

/** Artifacts that are to go. */
export interface Choice {
  readonly unit: Unit;
  readonly cause: Cause;
  /** When they were last used, in milliseconds since 1970. */
  readonly lastUse: number;
}

/** What is to go. */
export interface Decision {
  /** The least recently used first. */
  readonly choices: readonly Choice[];
  readonly leftovers: readonly Leftover[];
  /** Why each of the others that could not go is needed, by key: the first reason found. */
  readonly needed: ReadonlyMap<string, "live" | "store" | "kept">;
}

/**
 * Chooses what goes.
 *
 * @param inventory What lies in the cache.
 * @param users Who used it.
 * @param limits What is to be kept.
 * @param now The time, in milliseconds since 1970.
 * @returns What goes.
 */
export function chooseGarbage(inventory: Inventory, users: Users, limits: Limits, now: number): Decision {
  const { maxAge, maxSize, keepRuns } = limits;
  const lastUses = lastUsesOf(inventory.units, users);
  const needed = neededKeys(inventory.units, users, keepRuns);
  // What lies beside artifacts that stay, by their name, was put there by somebody.
  const orphansBeside = (staying: readonly Unit[]) => {
    const there = new Set(staying.map(({ key }) => key));
    const isOrphan = ({ keys }: Leftover) =>
      !keys.some((key) => there.has(key) || needed.get(key) === "live");
    return limits.orphans ? inventory.leftovers.filter(isOrphan) : [];
  };
  const lastUse = (unit: Unit) => lastUses.get(unit.key)!;
  const free = inventory.units.filter(({ key }) => !needed.has(key)).sort((a, b) =>
    // Of those used together, what others were made from goes first, and then the largest, so that fewer go.
    lastUse(a) - lastUse(b) || Number(b.feeds) - Number(a.feeds) || bytesIn(b) - bytesIn(a)
  );
  const isTooMany = keepRuns !== undefined && maxAge === undefined && maxSize === undefined;
  const choices: Choice[] = [];
  const later: Unit[] = [];
  for (const unit of free) {
    const cause = isTooMany
      ? "runs"
      : maxAge !== undefined && lastUse(unit) < now - maxAge
      ? "age"
      : undefined;
    if (cause === undefined) later.push(unit);
    else choices.push({ unit, cause, lastUse: lastUse(unit) });
  }
  if (maxSize !== undefined) {
    const rest = countFiles(filesOf(inventory));
    const take = ({ files }: { readonly files: readonly CachedFile[] }) => files.forEach(rest.remove);
    orphansBeside(inventory.units).forEach(take);
    // What has a file of the user's among its own is left alone, whatever was chosen.
    const isFree = ({ stray }: Unit) => stray === undefined;
    for (const { unit } of choices) if (isFree(unit)) take(unit);
    for (const unit of later) {
      if (rest.bytes() <= maxSize) break;
      if (isFree(unit)) take(unit);
      choices.push({ unit, cause: "size", lastUse: lastUse(unit) });
    }
  }
  const going = new Set(choices.map(({ unit }) => unit));
  const leftovers = orphansBeside(inventory.units.filter((unit) => !going.has(unit)));
  return { choices: choices.sort((a, b) => a.lastUse - b.lastUse), leftovers, needed };
}

/**
 * When each recipe's artifacts were last used: made, or needed by a run or script; what refers to them counts for them.
 *
 * @param units The artifacts.
 * @param users Who used them.
 * @returns Milliseconds since 1970, by key.
 */
export function lastUsesOf(units: readonly Unit[], users: Pick<Users, "past" | "live">): Map<string, number> {
  const own = new Map<string, number>();
  for (const { key, made } of units) own.set(key, Math.max(own.get(key) ?? 0, made));
  for (const { keys, ended } of [...users.past, ...users.live]) {
    for (const key of keys) {
      const known = own.get(key);
      if (known !== undefined && known < ended) own.set(key, ended);
    }
  }
  return new Map(units.map(({ key, users }) => [key, Math.max(...users.map((user) => own.get(user)!))]));
}

function neededKeys(
  units: readonly Unit[],
  { past, live, stores }: Users,
  keepRuns: number | undefined,
): Map<string, "live" | "store" | "kept"> {
  const ofLive = new Set(live.flatMap(({ keys }) => keys));
  const ofKept = new Set(
    keepRuns === undefined ? [] : newestRuns(units, past, keepRuns).flatMap(({ keys }) => keys),
  );
  const needed = new Map<string, "live" | "store" | "kept">();
  // A full store has copies: it needs what it has none of, and what the values of its artifacts name.
  const byKey = Map.groupBy(units, ({ key }) => key);
  const ofStores = new Set<string>();
  for (const { keys, holds } of stores) {
    for (const key of keys) {
      const lacks = ({ stage, refers, artifacts }: Unit) =>
        refers || artifacts.some(({ output }) => !holds.has(`${key}_${stage}_${output}`));
      if (byKey.get(key)?.some(lacks)) ofStores.add(key);
    }
  }
  for (const { key, users } of units) {
    if (users.some((user) => ofLive.has(user))) needed.set(key, "live");
    else if (users.some((user) => ofStores.has(user))) needed.set(key, "store");
    else if (users.some((user) => ofKept.has(user))) needed.set(key, "kept");
  }
  // A leftover may be what one that lives is about to complete.
  for (const key of ofLive) needed.set(key, "live");
  return needed;
}

/** The newest runs of each experiment, of those that have anything left here. */
function newestRuns(units: readonly Unit[], past: readonly Use[], count: number): Use[] {
  const there = new Set(units.map(({ key }) => key));
  const used = past.filter(({ keys }) => keys.some((key) => there.has(key)));
  return [...Map.groupBy(used, ({ experiment }) => experiment).values()].flatMap((ofExperiment) => {
    const runs = Map.groupBy(ofExperiment, ({ reference }, i) => reference ?? i);
    const startOf = (run: readonly Use[]) => Math.max(...run.map(({ started }) => started));
    return [...runs.values()].sort((a, b) => startOf(b) - startOf(a)).slice(0, count).flat();
  });
}

/**
 * All files in an inventory.
 *
 * @param inventory What lies in the cache.
 * @returns Its files, one for each name.
 */
export function filesOf({ units, leftovers }: Inventory): CachedFile[] {
  return [...units, ...leftovers].flatMap(({ files }) => files);
}

/** What files come to. */
interface Count {
  /** What those that are there take, each file once however many names it has. */
  readonly bytes: () => number;
  /** Takes one name away. */
  readonly remove: (file: CachedFile) => void;
}

function countFiles(files: readonly CachedFile[]): Count {
  const names = new Map<string, number>();
  let bytes = 0;
  for (const { id, bytes: size } of files) {
    const known = names.get(id) ?? 0;
    if (known === 0) bytes += size;
    names.set(id, known + 1);
  }
  const remove = ({ id, bytes: size }: CachedFile) => {
    const rest = names.get(id)! - 1;
    names.set(id, rest);
    if (rest === 0) bytes -= size;
  };
  return { bytes: () => bytes, remove };
}

/**
 * What files take on the disk: each once, however many names it has.
 *
 * @param files The files.
 * @returns Bytes.
 */
export function bytesOfFiles(files: readonly CachedFile[]): number {
  return countFiles(files).bytes();
}

/**
 * What is freed when files are removed: nothing of one that has another name yet.
 *
 * @param files The files.
 * @returns Bytes.
 */
export function bytesFreed(files: readonly CachedFile[]): number {
  return [...Map.groupBy(files, ({ id }) => id).values()].reduce((sum, names) => {
    const { bytes, links } = names[0]!;
    return names.length >= links ? sum + bytes : sum;
  }, 0);
}

function bytesIn({ files }: Unit): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
