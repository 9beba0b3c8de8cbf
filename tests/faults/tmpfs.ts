/**
 * Small file systems for tests: of one size, or read-only. They take the rights to mount; where those are missing, tests
 * that need them are skipped.
 *
 * @module
 */
import { withTempDir } from "../helpers/temp_dir.ts";

/** A file system that is mounted. */
export interface Tmpfs {
  readonly dir: string;
  /** Changes how it is mounted: `size=10m`, `ro`. */
  readonly remount: (options: string) => void;
}

/** Runs a command of the system, and gives back what it said where it failed. */
function system(command: string, ...args: string[]): string | undefined {
  try {
    const { success, stderr } = new Deno.Command(command, { args, stdin: "null", stdout: "null" })
      .outputSync();
    return success ? undefined : new TextDecoder().decode(stderr);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return error.message;
    throw error;
  }
}

function must(failure: string | undefined): void {
  if (failure !== undefined) throw new Error(failure);
}

/** Mounts a file system at a folder while something is done. */
export async function mounted<T>(
  dir: string,
  options: string,
  use: (tmpfs: Tmpfs) => Promise<T> | T,
): Promise<T> {
  must(system("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir));
  try {
    return await use({
      dir,
      remount: (options) => must(system("mount", "-o", `remount,${options}`, dir)),
    });
  } finally {
    must(system("umount", "-l", dir)); // a folder that is still in use goes with its last user
  }
}

/** Mounts a file system of its own for a test. */
export async function withTmpfs<T>(options: string, use: (tmpfs: Tmpfs) => Promise<T> | T): Promise<T> {
  return await withTempDir((dir) => mounted(dir, options, use));
}

/** Whether this process may mount. */
export const mayMount: boolean = (() => {
  const dir = Deno.makeTempDirSync({ prefix: "cairn_test_" });
  try {
    if (system("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir) !== undefined) return false;
    must(system("umount", dir));
    return true;
  } finally {
    Deno.removeSync(dir);
  }
})();

/**
 * How to start a process that permissions hold for: one of root's without the right to pass them by. Undefined where it
 * can't be had.
 */
export const asOrdinaryUser: readonly string[] | undefined = (() => {
  if (Deno.uid() !== 0) return [];
  const prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"];
  return system(prefix[0]!, ...prefix.slice(1), "true") === undefined ? prefix : undefined;
})();
