/**
 * Files of Cairn's own, in its folder below the cache: each is a plain file in a plain folder, or somebody put it there.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import { dirname, join, SEPARATOR } from "@std/path";
import { isAbsent } from "./disk/digest.ts";
import { removeIfThere } from "./disk/move.ts";
import { ownFolder, stagingFolder } from "./staging.ts";
import { writeWhole } from "./disk/write_whole.ts";

/** What lies where a file of Cairn's own should. */
export type OwnFile =
  | { readonly text: string }
  | { readonly absent: true }
  /** What it is in place of a file, as the end of a sentence. */
  | { readonly odd: string };

/**
 * Reads a file of Cairn's own. No link is followed.
 *
 * @param path The file.
 * @returns Its text, or that there is none, or what lies there in its place.
 * @throws What the file system throws, unless that nothing is there.
 */
export function readOwnFile(path: string): OwnFile {
  try {
    // Behind a link, it would not be Cairn's own.
    const odd = oddKind(Deno.lstatSync(path)) ??
      (Deno.lstatSync(dirname(path)).isDirectory ? undefined : "behind a link");
    return odd === undefined ? { text: Deno.readTextFileSync(path) } : { odd };
  } catch (error) {
    if (isAbsent(error)) return { absent: true };
    if (error instanceof TypeError) return { odd: "larger than any text can be" };
    throw error;
  }
}

/**
 * What something is in place of a file.
 *
 * @param info What the file system says of it, links not followed.
 * @returns Such as `a folder`; undefined for a file.
 */
export function oddKind(info: Deno.FileInfo): string | undefined {
  if (info.isFile) return undefined;
  return info.isSymlink ? "a link" : info.isDirectory ? "a folder" : "neither a file nor a folder";
}

/**
 * Makes a folder of Cairn's own that holds only what can be made again.
 *
 * @param dir The folder; what lies there in its place is removed: of a link itself, never what it leads to.
 * @throws What the file system throws.
 */
export function ensureOwnFolder(dir: string): void {
  try {
    if (Deno.lstatSync(dir).isDirectory) return;
    removeIfThere(dir);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  ensureDirSync(dir);
}

/**
 * Writes a file of Cairn's own that can be made again, whole or not at all. It lies in staging until it is whole, and
 * goes with that where this process is killed.
 *
 * @param path The file, in Cairn's folder below a cache; what lies there in its place is removed, of a link itself.
 * @param text What to write.
 * @throws What the file system throws; what was there is left as it was then.
 */
export function replaceOwnFile(path: string, text: string): void {
  ensureDirSync(dirname(path));
  const end = path.lastIndexOf(OWN);
  const root = end > 0 ? path.slice(0, end) : end === 0 ? SEPARATOR : "."; // the cache may be the working folder
  writeWhole(path, text, stagingFolder(root), "", () => {
    const before = readKind(path);
    if (before !== undefined && before !== "a link") removeIfThere(path); // a rename replaces a file and a link
  });
}

/** What comes after the cache in the path of a file of Cairn's own. */
const OWN = join(ownFolder(SEPARATOR), SEPARATOR);

function readKind(path: string): string | undefined {
  try {
    return oddKind(Deno.lstatSync(path));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
