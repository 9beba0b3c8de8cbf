/**
 * Where a full store lies, as seen from the cache: both may be moved together, and the cache may be a link.
 *
 * @module
 */
import { basename, dirname, join, relative, resolve } from "@std/path";
import { isAbsent, portable } from "../disk/digest.ts";
import { isRefused } from "../disk/disk_error.ts";

/**
 * The path of a full store as a cache notes it.
 *
 * @param cache The cache's folder.
 * @param store The store's folder, `runs/<reference>/artifacts` below a workspace; it need not be there.
 * @returns The path from where the cache really lies, with slashes.
 */
export function notedStore(cache: string, store: string): string {
  const run = dirname(store);
  const runs = dirname(run);
  // The names below the workspace tell that it is a store, so they are left as they are.
  const real = join(realFolder(dirname(runs)), basename(runs), basename(run), basename(store));
  return portable(relative(realFolder(cache), real));
}

/**
 * Where a full store lies that a cache notes.
 *
 * @param cache The cache's folder.
 * @param noted What {@linkcode notedStore} gave.
 * @returns The store's folder, which may be gone.
 */
export function foundStore(cache: string, noted: string): string {
  return resolve(realFolder(cache), noted);
}

/** Where a folder really lies; its path where that is not told. */
function realFolder(folder: string): string {
  try {
    return Deno.realPathSync(folder);
  } catch (error) {
    if (!isRefused(error) && !isAbsent(error)) throw error;
    return resolve(folder);
  }
}
