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
import { isAbsent } from "./digest.ts";
import { type Lock, tryLock } from "./locks.ts";
import { removeIfThere } from "./move.ts";

/** A staging folder that is this process's own. */
export interface Staging {
  /** The folder. */
  readonly dir: string;
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
 * Makes a staging folder below a root, and clears those of processes that are gone.
 *
 * @param root What will be committed to.
 * @returns The folder; it is removed by `close`, or else when the process ends.
 */
export function openStaging(root: string): Staging {
  const folder = join(ownFolder(root), "staging");
  clearDeadStaging(folder);
  for (;;) {
    const dir = join(folder, crypto.randomUUID());
    // The lock comes first: a folder without one that is held belongs to a process that is gone.
    const lock = tryLock(`${dir}.lock`);
    if (lock === "busy") continue;
    ensureDirSync(dir);
    return closable(dir, lock === "unsupported" ? undefined : lock);
  }
}

function closable(dir: string, lock: Lock | undefined): Staging {
  const close = () => {
    globalThis.removeEventListener("unload", close);
    removeIfThere(dir);
    lock?.release();
  };
  globalThis.addEventListener("unload", close); // a script has no last line to close it in
  return { dir, close };
}

/**
 * Clears the staging folders whose processes are gone: their locks can be taken.
 *
 * @param folder The folder that holds the staging folders.
 */
export function clearDeadStaging(folder: string): void {
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  for (const name of new Set(names.map((name) => name.replace(/\.lock$/, "")))) {
    const lock = tryLock(join(folder, `${name}.lock`));
    if (lock === "busy" || lock === "unsupported") continue; // with no locks, nobody can tell whether it is alive
    removeIfThere(join(folder, name));
    lock.release();
  }
}
