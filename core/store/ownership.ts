/**
 * Whose file it is: what lies at a path that the user chose is replaced only where Cairn wrote it.
 *
 * @module
 */
import { walkSync } from "@std/fs";
import { join, relative } from "@std/path";
import type { FileEntry } from "../define/metadata.ts";
import { quote } from "../params/names.ts";
import { fileState, isAbsent, portable } from "./disk/digest.ts";
import { readMetadataFile } from "./metadata.ts";
import { entryAt, fileAt, metadataAt, type Place } from "./place.ts";

/**
 * The metadata of a commit under way to a path that the user chose: it says which files are ours though the metadata
 * file itself is not there yet.
 *
 * @param place Where the artifact lies.
 * @returns The file's path.
 */
export function pendingMetadataAt(place: Place): string {
  return join(place.dir, `.${place.base}_metadata.json.pending`);
}

/**
 * Whether anything lies at a path, a broken link included.
 *
 * @param path The path.
 * @returns Whether it is taken.
 */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/**
 * Whether a folder lies at a path: a link to one is none.
 *
 * @param path The path.
 * @returns Whether it is a folder.
 */
export function isFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/**
 * The files and folders directly at an artifact's name: a folder stands for all below it.
 *
 * @param entries Entries of its metadata.
 * @returns Their paths as entries have them, with no slash at the end.
 */
export function topEntries(entries: readonly FileEntry[]): string[] {
  const tops = entries.map(({ path }) => {
    const segments = path.replace(/\/$/, "").split("/");
    return path.startsWith("{files}/") ? segments.slice(0, 2).join("/") : segments[0]!;
  });
  return [...new Set(tops)];
}

/**
 * What lies at an artifact's path without being Cairn's: in no metadata, or changed since.
 *
 * @param place Where the artifact lies.
 * @param files Entries that are to be written there, besides those that are there.
 * @returns The path of the first such file; undefined where all is ours, or nothing is there.
 */
export function foreignFile(place: Place, files: readonly FileEntry[] = []): string | undefined {
  for (let known = knownEntries(place);;) {
    const foreign = foreignAmong(place, known, files);
    if (foreign === undefined) return undefined;
    // Somebody may be committing just now: then other metadata lies there by now.
    const now = knownEntries(place);
    if (JSON.stringify(now) === JSON.stringify(known)) return foreign;
    known = now;
  }
}

function foreignAmong(
  place: Place,
  known: readonly FileEntry[],
  files: readonly FileEntry[],
): string | undefined {
  const byPath = Map.groupBy(known, ({ path }) => path);
  const isOurs = (path: string, name: string) =>
    (byPath.get(name) ?? []).some((entry) => fileState(path, entry, "times") === "same");
  for (
    const top of topEntries([...known, ...files, { path: place.main, size: 0, modified: 0, sha256: "" }])
  ) {
    const path = entryAt(place, { path: top });
    if (!isThere(path)) continue;
    if (!isFolder(path)) {
      if (!isOurs(path, top) && isThere(path)) return path;
      continue;
    }
    if (!known.some((entry) => entry.path.startsWith(`${top}/`))) return path;
    const isOurFile = (file: string) => isOurs(file, `${top}/${portable(relative(path, file))}`);
    const foreign = foreignBelow(path, isOurFile);
    if (foreign !== undefined) return foreign;
  }
  return undefined;
}

function foreignBelow(folder: string, isOurs: (file: string) => boolean): string | undefined {
  try {
    for (const { path, isDirectory } of walkSync(folder)) if (!isDirectory && !isOurs(path)) return path;
    return undefined;
  } catch (error) {
    if (isAbsent(error)) return folder; // somebody is removing it just now: what is there is another by then
    throw error;
  }
}

/** What the metadata beside it says, and that of a commit that was interrupted. */
function knownEntries(place: Place): FileEntry[] {
  return [metadataAt(place), pendingMetadataAt(place)].flatMap((path) => {
    const read = readMetadataFile(path);
    return "metadata" in read && !read.metadata.adopted ? read.metadata.files : [];
  });
}

/**
 * Refuses a commit that would replace a file that Cairn did not write.
 *
 * @param place Where the artifact goes, at a path that the user chose.
 * @param files The entries that will be written.
 * @param advice What to do about it, for the message.
 * @throws {Error} If something there is not Cairn's.
 */
export function refuseForeign(place: Place, files: readonly FileEntry[], advice: string): void {
  for (const path of [metadataAt(place), pendingMetadataAt(place)]) {
    const found = readMetadataFile(path);
    if (!("damaged" in found)) continue;
    throw new Error(`Cannot write ${quote(path)}: ${found.damaged}; move it away, or ${advice}`);
  }
  const old = readMetadataFile(metadataAt(place));
  const hasMain = (entries: readonly FileEntry[]) => entries.some(({ path }) => path === place.main);
  if ("metadata" in old && !hasMain(old.metadata.files) && hasMain(files)) {
    const other = quote(place.base + (old.metadata.files[0]?.path ?? ""));
    throw new Error(
      `Cannot write ${quote(fileAt(place))}: ${quote(metadataAt(place))} is the metadata of another file, ` +
        `${other}; choose a name that differs in more than its extension`,
    );
  }
  const foreign = foreignFile(place, files);
  if (foreign === undefined) return;
  throw new Error(
    `Cannot write ${quote(fileAt(place))}: ${
      quote(foreign)
    } is there, and Cairn did not write it, or it was ` +
      `changed since; move it away, or ${advice}`,
  );
}
