/**
 * Removing what is no longer needed from a cache, while runs go on.
 *
 * @module
 */
import { join } from "@std/path";
import { quote } from "../../params/names.ts";
import type { CachedFile } from "../../store/upkeep/files_at.ts";
import { type Inventory, takeInventory } from "../../store/upkeep/inventory.ts";
import { type Lock, tryLock } from "../../store/disk/locks.ts";
import { keepReason, type LeftAlone, removeFromCache } from "../../store/upkeep/remove_artifacts.ts";
import { ownFolder } from "../../store/staging.ts";
import { refuseOwnLinks } from "../../store/symbolic_links.ts";
import { tidyCache } from "../../store/upkeep/tidy_cache.ts";
import { watchUses } from "../../store/uses/read.ts";
import { bytesFreed, bytesOfFiles, type Choice, filesOf, type Users } from "./gc_policy.ts";
import { readNeeds } from "./past_uses.ts";

/** What a sweep works with. */
export interface Sweep {
  /** The cache's folder. */
  readonly cache: string;
  /** The workspace whose runs count as well. */
  readonly dir: string;
  /** Whether nothing is to be removed, and nothing written. */
  readonly dry: boolean;
  /** Whether to go by what is known where some of what is needed is not. */
  readonly ignoreDamaged?: boolean;
  /** Takes what is damaged, one line each. */
  readonly warn: (message: string) => void;
  /** Called before each step of the removal, by its name. */
  readonly step?: (name: string) => void;
}

/** What is to go: all else stays. */
export type Chosen = Pick<Inventory, "leftovers"> & { readonly choices: readonly Choice[] };

/** What a sweep came to. */
export interface Swept<C extends Chosen> {
  /** What was chosen. */
  readonly chosen: C;
  /** What was removed, or would be. */
  readonly removed: Chosen;
  readonly left: readonly LeftAlone[];
  /** What lies in the cache then. */
  readonly rest: Inventory;
  /** How many bytes were freed on the disk. */
  readonly freed: number;
  /** How many the rest takes. */
  readonly bytes: number;
}

/**
 * Removes what is chosen from a cache. What somebody has come to need meanwhile is left alone.
 *
 * @param sweep Where, and how.
 * @param choose Chooses of what lies there.
 * @returns What was removed, and what is left.
 * @throws {Deno.errors.Busy} If another process is removing there.
 * @throws {Deno.errors.NotSupported} If the file system knows no locks.
 * @throws {Error} If a link in Cairn's own folder leads out of the workspace, or some of what is needed is not known.
 */
export async function sweepCache<C extends Chosen>(
  sweep: Sweep,
  choose: (inventory: Inventory, users: Users) => C,
): Promise<Swept<C>> {
  const { cache, dir, dry, ignoreDamaged, warn, step } = sweep;
  refuseOwnLinks(cache, [dir, cache]);
  if (dry) {
    const inventory = takeInventory(cache);
    const users = readNeeds(cache, dir, warn, ignoreDamaged);
    const chosen = choose(inventory, users);
    const live = new Set(users.live.flatMap(({ keys }) => keys));
    const reasons = new Map(chosen.choices.map(({ unit }) => [unit, keepReason(unit, live)]));
    const left = [...reasons].flatMap(([what, reason]) => reason === undefined ? [] : [{ what, reason }]);
    const choices = chosen.choices.filter(({ unit }) => reasons.get(unit) === undefined);
    return sweptOf(inventory, chosen, { choices, leftovers: chosen.leftovers }, left);
  }
  const lock = await lockForRemoval(cache);
  try {
    // In this order: what is noted after the watch begins is seen by it, what was before by what is read.
    const watch = watchUses(cache, () => {});
    const users = readNeeds(cache, dir, warn, ignoreDamaged);
    const inventory = takeInventory(cache);
    const chosen = choose(inventory, users);
    const units = chosen.choices.map(({ unit }) => unit);
    const removed = await removeFromCache(cache, { units, leftovers: chosen.leftovers }, watch, step);
    await tidyCache(cache, warn);
    const gone = new Set(removed.units);
    const choices = chosen.choices.filter(({ unit }) => gone.has(unit));
    return sweptOf(inventory, chosen, { choices, leftovers: removed.leftovers }, removed.left);
  } finally {
    lock.release();
  }
}

/** How often the lock is tried: whoever clears up takes it for a moment too, to see whether its holder lives. */
const ATTEMPTS = 20;

async function lockForRemoval(cache: string): Promise<Lock> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const lock = tryLock(join(ownFolder(cache), "gc.lock"));
    if (lock === "unsupported") {
      throw new Deno.errors.NotSupported(
        `Cannot remove anything from ${
          quote(cache)
        }: its file system knows no locks, so nobody can tell what ` +
          "runs that are under way need; when there are none, remove files by hand",
      );
    }
    if (lock !== "busy") return lock;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Deno.errors.Busy(
    `Cannot remove anything from ${quote(cache)}: another process is removing there; wait until it is done`,
  );
}

function sweptOf<C extends Chosen>(
  { units, leftovers }: Inventory,
  chosen: C,
  removed: Chosen,
  left: readonly LeftAlone[],
): Swept<C> {
  const gone = new Set<unknown>([...removed.choices.map(({ unit }) => unit), ...removed.leftovers]);
  const rest = {
    units: units.filter((unit) => !gone.has(unit)),
    leftovers: leftovers.filter((leftover) => !gone.has(leftover)),
  };
  const files: CachedFile[] = filesOf({
    units: removed.choices.map(({ unit }) => unit),
    leftovers: removed.leftovers,
  });
  return { chosen, removed, left, rest, freed: bytesFreed(files), bytes: bytesOfFiles(filesOf(rest)) };
}
