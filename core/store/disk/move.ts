/**
 * Moving, copying and removing files and folders.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { ensureDirSync } from "@std/fs";
import { dirname } from "@std/path";
import { isAbsent } from "./digest.ts";

/**
 * Makes a folder, unless it is there: mostly it is, and a look costs a quarter of what making sure does.
 *
 * @param dir The folder.
 * @throws What the file system throws.
 */
export function ensureFolder(dir: string): void {
  if (!existsSync(dir)) ensureDirSync(dir);
}

/**
 * Where something lies while it is copied to another file system.
 *
 * @param path Where it goes.
 * @returns A path beside that.
 */
export function partialOf(path: string): string {
  return `${path}.cairn-partial`;
}

/**
 * Moves a file or folder by a rename; over the border of a file system by a copy beside the target, then a rename.
 *
 * @param from What to move.
 * @param to Where to; its folder is made.
 */
export function move(from: string, to: string): void {
  try {
    return moveOnce(from, to);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  ensureDirSync(dirname(to));
  moveOnce(from, to);
}

function moveOnce(from: string, to: string): void {
  try {
    return Deno.renameSync(from, to);
  } catch (error) {
    if ((error as { code?: unknown })?.code !== "EXDEV") throw error;
  }
  const beside = partialOf(to);
  removeIfThere(beside);
  try {
    copyTree(from, beside);
    Deno.renameSync(beside, to);
  } catch (error) {
    removeQuietly(beside); // what lies at a path of the user's own nobody would ever clear
    throw error;
  }
  removeIfThere(from);
}

/**
 * Copies a file, or a folder with all in it, times of change included.
 *
 * @param from What to copy.
 * @param to Where to; nothing may be there.
 */
export function copyTree(from: string, to: string): void {
  const info = Deno.lstatSync(from);
  if (info.isDirectory) {
    ensureDirSync(to);
    for (const { name } of Deno.readDirSync(from)) copyTree(`${from}/${name}`, `${to}/${name}`);
    return;
  }
  ensureDirSync(dirname(to));
  Deno.copyFileSync(from, to);
  if (info.mtime !== null) Deno.utimeSync(to, info.atime ?? info.mtime, info.mtime);
}

/**
 * Removes a file or a folder with all in it.
 *
 * @param path What to remove; nothing happens where nothing is there.
 * @returns Whether something was there.
 */
export function removeIfThere(path: string): boolean {
  try {
    Deno.removeSync(path, { recursive: true });
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/**
 * Removes what is left of something that failed.
 *
 * @param path What to remove.
 */
export function removeQuietly(path: string): void {
  try {
    removeIfThere(path);
  } catch { /* why it failed is what counts, and that is thrown on */ }
}
