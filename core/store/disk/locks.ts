/**
 * Advisory file locks, one a recipe key: the kernel releases them when their holder dies.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import { dirname, join } from "@std/path";
import { isAbsent } from "./digest.ts";
import { removeIfThere, removeQuietly } from "./move.ts";

/** A lock that is held. */
export interface Lock {
  /** Gives it up, and removes its file. */
  release(): void;
  /**
   * Takes another lock as a further name of this one's file, in two calls of the system where one with a file of its own
   * takes five: a run takes one for each stage. It is held for as long as it is not released itself.
   *
   * @param path The other lock's file, on the same file system; its folder is made.
   * @returns The lock, or that somebody else has it, or that the file system knows no locks.
   * @throws What the file system throws when the file can't be made.
   */
  also(path: string): LockAttempt;
}

/** What an attempt to lock came to. */
export type LockAttempt = Lock | "busy" | "unsupported";

/**
 * Takes a lock, unless somebody holds it.
 *
 * @param path The lock's file; it is made, and its folder too.
 * @returns The lock, or that somebody else has it, or that the file system knows no locks.
 * @throws What the file system throws when the file can't be made.
 */
export function tryLock(path: string): LockAttempt {
  for (;;) {
    const file = openLockFile(path);
    let held: boolean;
    try {
      held = file.tryLockSync(true);
    } catch (error) {
      file.close();
      if (!isUnsupported(error)) throw error;
      removeQuietly(path); // as it is no lock, nobody would ever clear it
      return "unsupported";
    }
    if (!held) {
      file.close();
      return "busy";
    }
    // The last holder removed the file after we had opened it: what we hold is no longer what others will open.
    if (!isStillAt(path, file)) {
      file.close();
      continue;
    }
    return heldLock(path, file);
  }
}

function heldLock(path: string, file: Deno.FsFile): Lock {
  let names = 0;
  const named = (name: string): Lock => {
    names++;
    return {
      release: () => {
        try {
          removeIfThere(name);
        } finally {
          if (--names === 0) file.close(); // or nobody would ever get it
        }
      },
      also: (other) => lockAlso(path, other, named),
    };
  };
  return named(path);
}

function lockAlso(path: string, other: string, named: (name: string) => Lock): LockAttempt {
  for (;;) {
    try {
      Deno.linkSync(path, other);
      return named(other);
    } catch (error) {
      const held = tryLock(other); // where there can be no link, it has a file of its own
      if (!(error instanceof Deno.errors.AlreadyExists) || typeof held === "string") return held;
      // It was of one that was killed, whose other locks would be busy for as long as this one were held.
      held.release();
    }
  }
}

/**
 * Makes a file that is locked from the beginning, as long as it is open: whoever clears up leaves it alone.
 *
 * @param path A path that nobody else uses; its folder is made.
 * @returns The open file; undefined where one that clears up was quicker: try again with another name.
 * @throws What the file system throws when the file can't be made.
 */
export function createLocked(path: string): Deno.FsFile | undefined {
  const file = openLockFile(path);
  try {
    if (file.tryLockSync(true) && isStillAt(path, file)) return file;
  } catch (error) {
    if (isUnsupported(error)) return file;
    file.close();
    throw error;
  }
  file.close();
  return undefined;
}

/**
 * Whether somebody holds a lock. Makes no file, and changes none.
 *
 * @param path The lock's file.
 * @returns Whether it is held; where the file system knows no locks, or the file is another user's alone, nobody can tell.
 */
export function isHeld(path: string): boolean | "unsupported" | "refused" {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (error) {
    if (isAbsent(error)) return false;
    if (error instanceof Deno.errors.PermissionDenied) return "refused";
    throw error;
  }
  try {
    return !file.tryLockSync(false);
  } catch (error) {
    if (isUnsupported(error)) return "unsupported";
    throw error;
  } finally {
    file.close();
  }
}

/**
 * Removes the files of locks whose holders were killed: they can be taken. In a cache that several users share, each
 * removes their own.
 *
 * @param folder The folder that holds them; it need not be there.
 * @param isLock Tells by its name whether a file is that of a lock.
 * @returns The names of those that were removed.
 */
export function clearDeadLocks(folder: string, isLock: (name: string) => boolean = () => true): string[] {
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].flatMap(({ name, isFile }) => isFile && isLock(name) ? [name] : []);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
  return names.filter((name) => {
    try {
      const lock = tryLock(join(folder, name));
      if (typeof lock === "string") return false;
      lock.release();
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
      return false;
    }
  });
}

/**
 * Waits for a lock that is only ever held for a moment.
 *
 * @param path The lock's file.
 * @returns The lock, or undefined where the file system knows no locks.
 */
export async function waitForLock(path: string): Promise<Lock | undefined> {
  let lock = tryLock(path);
  await waitWhile(() => lock === "busy" && (lock = tryLock(path)) === "busy");
  return typeof lock === "string" ? undefined : lock;
}

/**
 * Waits until nobody holds a lock that is only ever held for a moment, and takes it not.
 *
 * @param path The lock's file.
 */
export async function waitUntilFree(path: string): Promise<void> {
  await waitWhile(() => isHeld(path) === true);
}

async function waitWhile(isBusy: () => boolean): Promise<void> {
  for (let wait = 1; isBusy(); wait = Math.min(wait * 2, 50)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

function openLockFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { create: true, write: true });
  } catch (error) {
    if (!isAbsent(error)) throw error;
    ensureDirSync(dirname(path));
    return Deno.openSync(path, { create: true, write: true });
  }
}

function isStillAt(path: string, file: Deno.FsFile): boolean {
  const { dev, ino } = file.statSync();
  try {
    const there = Deno.statSync(path);
    return there.ino === ino && there.dev === dev;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function isUnsupported(error: unknown): boolean {
  if (error instanceof Deno.errors.NotSupported) return true;
  const code = (error as { code?: unknown })?.code;
  return code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "ENOSYS" || code === "ENOLCK";
}
