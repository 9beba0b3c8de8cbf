/**
 * The files and folders at a path, with what counts of them when they are to go.
 *
 * @module
 */
import { join } from "@std/path";
import { isAbsent, modifiedAt } from "../disk/digest.ts";

/** A file in the cache. */
export interface CachedFile {
  readonly path: string;
  readonly bytes: number;
  /** The same for every name of one file. */
  readonly id: string;
  /** How many names it has, here and elsewhere. */
  readonly links: number;
}

/** What lies at a path, and below it. */
export interface FilesAt {
  readonly files: readonly CachedFile[];
  /** Inner ones first. */
  readonly folders: readonly string[];
  /** Links and the like. */
  readonly others: readonly string[];
  /** When any of it last changed, in milliseconds since 1970. */
  readonly modified: number;
}

/**
 * Lists what lies at a path, and below it. Follows no link.
 *
 * @param path The path.
 * @returns What is there; nothing where nothing is.
 * @throws What the file system throws, unless that something is gone meanwhile.
 */
export function filesAt(path: string): FilesAt {
  const info = lstatIfThere(path);
  if (info === undefined) return { files: [], folders: [], others: [], modified: 0 };
  const modified = modifiedAt(info);
  if (info.isFile) {
    const id = info.ino === null ? path : `${info.dev}:${info.ino}`;
    return {
      files: [{ path, bytes: info.size, id, links: info.nlink ?? 1 }],
      folders: [],
      others: [],
      modified,
    };
  }
  if (!info.isDirectory) return { files: [], folders: [], others: [path], modified };
  const below = entriesOf(path).map(({ name }) => filesAt(join(path, name)));
  return {
    files: below.flatMap(({ files }) => files),
    folders: [...below.flatMap(({ folders }) => folders), path],
    others: below.flatMap(({ others }) => others),
    modified: below.reduce((newest, { modified }) => Math.max(newest, modified), modified),
  };
}

function lstatIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * The entries of a folder.
 *
 * @param folder The folder.
 * @returns Its entries; none where it is not there.
 * @throws What the file system throws otherwise.
 */
export function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
