/**
 * The staging folder: where one process writes what is not yet committed.
 *
 * It lies below the root that it commits to, on the same file system, so that a commit is a rename. Below it, everything
 * lies as it will below the root.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import { join } from "@std/path";
import { isAbsent } from "./disk/digest.ts";
import { type Lock, tryLock } from "./disk/locks.ts";
import { removeIfThere } from "./disk/move.ts";

/** A staging folder that is this process's own. */
export interface Staging {
  /** The folder. */
  readonly dir: string;
  /** Takes a lock of the cache that it commits to: the lock, or that somebody else has it, or that there can be none. */
  readonly tryLock: (path: string) => { readonly release: () => void } | "busy" | "unsupported";
  /** Removes it, with all that was not committed. */
  close(): void;
}

/**
 * The folder of what Cairn keeps for itself below a cache.
 *
 * @param root The cache.
 * @returns `<root>/.cairn`.
 */
export function ownFolder(root: string): string {
  return join(root, ".cairn");
}

/**
 * Where the staging folders of a cache lie.
 *
 * @param root The cache.
 * @returns `<root>/.cairn/staging`.
 */
export function stagingFolder(root: string): string {
  return join(ownFolder(root), "staging");
}

/**
 * Makes a staging folder, and clears those of processes that are gone.
 *
 * @param folder The folder to make it in, on the file system that will be committed to.
 * @param prefix What the names of staging folders begin with there; others are left alone.
 * @returns The folder; it is removed by `close`, or else when the process ends.
 */
export function openStaging(folder: string, prefix = ""): Staging {
  clearDeadStaging(folder, prefix);
  for (;;) {
    const dir = join(folder, prefix + crypto.randomUUID());
    // The lock comes first: a folder without one that is held belongs to a process that is gone.
    const lock = tryLock(`${dir}.lock`);
    if (lock === "busy") continue;
    try {
      ensureDirSync(dir);
    } catch (error) {
      if (lock !== "unsupported") lock.release();
      throw error;
    }
    return closable(dir, lock === "unsupported" ? undefined : lock);
  }
}

function closable(dir: string, lock: Lock | undefined): Staging {
  const close = () => {
    globalThis.removeEventListener("unload", close);
    try {
      removeIfThere(dir);
    } catch (error) {
      // An attempt that was given up may still write there; a later run clears what is left.
      if ((error as { code?: unknown })?.code !== "ENOTEMPTY") throw error;
    } finally {
      lock?.release(); // or no later run could tell that what is left is nobody's
    }
  };
  globalThis.addEventListener("unload", close); // a script has no last line to close it in
  return { dir, tryLock: lock?.also ?? tryLock, close };
}

/**
 * Clears the staging folders whose processes are gone: their locks can be taken.
 *
 * @param folder The folder that holds the staging folders.
 * @param prefix What their names begin with.
 */
export function clearDeadStaging(folder: string, prefix = ""): void {
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => isStaging(name, prefix));
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  for (const name of new Set(names.map((name) => name.replace(/\.lock$/, "")))) {
    try {
      clearIfDead(join(folder, name));
    } catch (error) {
      // In a cache that several users share, each clears their own.
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    }
  }
}

function clearIfDead(dir: string): void {
  const lock = tryLock(`${dir}.lock`);
  if (lock === "busy" || lock === "unsupported") return; // with no locks, nobody can tell whether it is alive
  try {
    removeIfThere(dir);
  } finally {
    lock.release();
  }
}

/** The folder of a cache's staging is Cairn's own; elsewhere a name must be one that Cairn made. */
function isStaging(name: string, prefix: string): boolean {
  if (prefix === "") return true;
  return name.startsWith(prefix) &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.lock)?$/.test(name.slice(prefix.length));
}
