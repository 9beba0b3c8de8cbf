/**
 * The flags that the subcommands of `cairn cache` share.
 *
 * @module
 */
import { basename, dirname, join } from "@std/path";
import { quote } from "../../params/names.ts";
import { isAbsent } from "../../store/disk/digest.ts";
import { isThere } from "../../store/ownership.ts";
import { ownFolder } from "../../store/staging.ts";
import { type Flag, type Input, misuse } from "../flags.ts";
import { DIR, JSON_FLAG } from "../run_flags.ts";

/** Where the cache lies, and how to print. */
export const CACHE_FLAGS: readonly Flag[] = [
  DIR,
  { name: "cache", value: "DIR", help: "A cache in place of DIR/cache" },
  JSON_FLAG,
];

/** Nothing is removed. */
export const DRY: Flag = { name: "dry", help: "Print what would be removed, and touch nothing" };

/** What is not known may be needed. */
export const IGNORE_DAMAGED: Flag = {
  name: "ignore-damaged-notes",
  help: "Go on though some of what runs noted that they need is damaged or can't be read",
};

/** Each on a line of its own. */
export const VERBOSE: Flag = { name: "verbose", help: "Print each artifact" };

/** Where a subcommand is at work. */
export interface CachePlace {
  readonly dir: string;
  readonly cache: string;
}

/**
 * Where the cache lies that is meant.
 *
 * @param input What the subcommand was called with.
 * @returns The workspace and the cache.
 * @throws {TypeError} If there is no such folder.
 */
export function cachePlace(input: Input): CachePlace {
  const dir = input.value("dir") ?? "data";
  const cache = input.value("cache") ?? join(dir, "cache");
  if (!isFolder(cache)) {
    throw misuse(
      `Cannot use the cache ${quote(cache)}: there is no such folder; say where it is with --cache`,
    );
  }
  return { dir, cache };
}

/**
 * Refuses to remove anything from what is no cache: the artifacts of a full store, or a folder that holds caches.
 *
 * @param place Where the cache lies.
 * @throws {TypeError} If it is none.
 */
export function refuseNoCache({ cache }: CachePlace): void {
  const folder = Deno.realPathSync(cache);
  const run = dirname(folder);
  if (basename(folder) === "artifacts" && (isThere(join(run, "run.json")) || isThere(join(run, "log")))) {
    throw misuse(
      `Cannot remove anything from ${
        quote(cache)
      }: it is the full store of a run, which is kept whole; remove the folder of the run if it is no longer wanted`,
    );
  }
  if (isThere(ownFolder(folder))) return;
  const below = [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? [join(folder, name)] : []
  );
  const isOfRun = (path: string) => isThere(join(path, "run.json"));
  if (!isOfRun(folder) && !below.some((path) => isOfRun(path) || isThere(ownFolder(path)))) return;
  throw misuse(
    `Cannot remove anything from ${quote(cache)}: it is no cache, but holds caches or runs; name the cache`,
  );
}

/**
 * Refuses operands.
 *
 * @param input What the subcommand was called with.
 * @throws {TypeError} If there are any.
 */
export function refuseOperands({ operands }: Input): void {
  if (operands.length > 0) {
    throw misuse(`Cannot use ${quote(operands[0])}: there are no operands, flags alone`);
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory; // the cache as a whole may be a link
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
