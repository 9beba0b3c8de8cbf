/**
 * Removing artifacts from a cache while runs go on.
 *
 * @module
 */
import { quote } from "../../params/names.ts";
import { isAbsent } from "../disk/digest.ts";
import { clearMessage, isFromSystem } from "../disk/disk_error.ts";
import type { Inventory, Leftover, Unit } from "./inventory.ts";
import { isHeld, tryLock, waitForLock } from "../disk/locks.ts";
import { removeIfThere } from "../disk/move.ts";
import { lockPath, locksFolder } from "../workspace.ts";
import { removalLockPath } from "../uses/uses.ts";
import type { UsesWatch } from "../uses/read.ts";

/** Something that was left alone, and why, as the end of a sentence. */
export interface LeftAlone {
  readonly what: Unit | Leftover;
  readonly reason: string;
}

/** What became of what was to be removed. */
export interface Removed extends Inventory {
  readonly left: readonly LeftAlone[];
}

/** How long the lock is held, so that whoever waits for it does not wait for long: milliseconds. */
const BATCH = 20;

/**
 * Removes artifacts, and what no metadata claims. What somebody needs by then is left alone: the lock that runs look at
 * when they note what they need is held, a few artifacts at a time.
 *
 * Killed at any step it leaves whole artifacts, and files without metadata, which are misses.
 *
 * @param cache The cache's folder.
 * @param chosen What to remove.
 * @param watch What has been needed since it was chosen.
 * @param step Called before each step, by its name.
 * @returns What was removed.
 * @throws What the file system throws.
 */
export async function removeFromCache(
  cache: string,
  chosen: Inventory,
  watch: UsesWatch,
  step: (name: string) => void = () => {},
): Promise<Removed> {
  const units: Unit[] = [];
  const leftovers: Leftover[] = [];
  const left: LeftAlone[] = [];
  const queue: (Unit | Leftover)[] = [...chosen.units, ...chosen.leftovers];
  for (let next = 0; next < queue.length;) {
    const lock = await waitForLock(removalLockPath(cache));
    const began = performance.now();
    try {
      const needed = watch.refresh();
      do {
        const what = queue[next++]!;
        const problem = removeAny(cache, what, needed, step);
        if (problem !== undefined) left.push({ what, reason: problem });
        else if ("key" in what) units.push(what);
        else leftovers.push(what);
      } while (next < queue.length && performance.now() - began < BATCH);
    } finally {
      lock?.release();
    }
    // Others get their turn.
    await new Promise((resolve) => setTimeout(resolve, Math.min(performance.now() - began, 5 * BATCH)));
  }
  return { units, leftovers, left };
}

/** What is wrong with removing something; undefined when it is removed. What the disk refuses stops nothing else. */
function removeAny(
  cache: string,
  what: Unit | Leftover,
  needed: ReadonlySet<string>,
  step: (name: string) => void,
): string | undefined {
  try {
    return "key" in what ? removeUnit(cache, what, needed, step) : removeLeftover(cache, what, needed, step);
  } catch (error) {
    if (!isFromSystem(error)) throw error;
    return clearMessage(error);
  }
}

const NEEDED = "a run or script that is under way needs it";
const BUSY = "a run is at work on it";

/** What is wrong with removing it; undefined when it is removed. */
function removeUnit(
  cache: string,
  unit: Unit,
  needed: ReadonlySet<string>,
  step: (name: string) => void,
): string | undefined {
  const reason = keepReason(unit, needed);
  if (reason !== undefined) return reason;
  const lock = tryLock(lockPath({ cache }, unit.recipeKey));
  if (lock === "busy") return BUSY;
  try {
    for (const { path } of unit.artifacts) {
      step("remove metadata");
      removeOne(path);
    }
    for (const { path } of unit.files) {
      step("remove file");
      removeOne(path);
    }
    for (const folder of unit.folders) {
      step("remove folder");
      removeOne(folder);
    }
  } finally {
    if (lock !== "unsupported") lock.release();
  }
  return undefined;
}

/**
 * Why artifacts are left alone, whoever wants them gone.
 *
 * @param unit The artifacts.
 * @param needed The keys that runs and scripts under way need.
 * @returns The reason, as the end of a sentence; undefined where there is none.
 */
export function keepReason({ users, stray }: Unit, needed: ReadonlySet<string>): string | undefined {
  if (users.some((key) => needed.has(key))) return NEEDED;
  return stray === undefined ? undefined : `${quote(stray)} is not Cairn's; move it away`;
}

function removeLeftover(
  cache: string,
  { path, keys }: Leftover,
  needed: ReadonlySet<string>,
  step: (name: string) => void,
): string | undefined {
  if (keys.some((key) => needed.has(key))) return NEEDED;
  if (keys.some((key) => isLocked(cache, key))) return BUSY;
  step("remove leftover");
  removeIfThere(path);
  return undefined;
}

/** Of a file without metadata only the beginning of its recipe key is known. */
function isLocked(cache: string, key: string): boolean {
  const folder = locksFolder(cache);
  try {
    return [...Deno.readDirSync(folder)].some(({ name }) =>
      name.startsWith(key) && isHeld(`${folder}/${name}`) !== false
    );
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** A file, or a folder that is empty by now: what somebody put there meanwhile stays. */
function removeOne(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!isAbsent(error) && (error as { code?: unknown })?.code !== "ENOTEMPTY") throw error;
  }
}
