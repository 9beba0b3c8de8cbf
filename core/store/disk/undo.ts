/**
 * What a commit changed so far, so that it can be undone where it can't go on.
 *
 * @module
 */
import { join } from "@std/path";
import { isAbsent } from "./digest.ts";
import { fileError } from "./disk_error.ts";
import { move, removeIfThere, removeQuietly } from "./move.ts";

/** The changes of one commit. */
export interface Changes {
  /** Sets aside what is replaced. */
  readonly take: (path: string) => void;
  /** Moves in what replaces it. */
  readonly put: (from: string, to: string) => void;
  /** Makes all as it was, as far as the file system lets it. */
  readonly undo: () => void;
  /** Removes what was set aside: it is replaced for good. */
  readonly settle: () => void;
}

/** How much was set aside in this process: in one folder in staging, no two things are of one name. */
let count = 0;

/** Changes that are not undone. */
export const FOR_GOOD: Changes = { take: removeIfThere, put: move, undo: () => {}, settle: () => {} };

/**
 * Begins to change a cache.
 *
 * @param folder A folder in staging, on the file system of most that is replaced: it goes with what was set aside.
 * @returns The changes.
 */
export function beginChanges(folder: string): Changes {
  const done: (() => void)[] = [];
  const asides: string[] = [];
  const take = (path: string) => {
    const aside = join(folder, `.replaced-${count++}`);
    try {
      Deno.renameSync(path, aside);
    } catch (error) {
      if (isAbsent(error)) return;
      // On another file system a copy of all that is replaced would cost too much.
      // Where it would have been set aside says nothing to anybody.
      if ((error as { code?: unknown })?.code !== "EXDEV") throw fileError("replace", path, error);
      return void removeIfThere(path);
    }
    asides.push(aside);
    done.push(() => Deno.renameSync(aside, path));
  };
  const put = (from: string, to: string) => {
    move(from, to);
    done.push(() => removeIfThere(to));
  };
  const undo = () => {
    // The newest first, so that metadata is there only with all its files. What can't be undone leaves a miss.
    try {
      for (const each of done.toReversed()) each();
    } catch { /* why the commit failed is what counts, and that is thrown on */ }
  };
  const settle = () => asides.forEach(removeQuietly); // what stays goes with staging
  return { take, put, undo, settle };
}
