/**
 * Files that are read later than they were loaded.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Artifact } from "./cacher.ts";
import { miss } from "./miss.ts";

/** A file that was there when its artifact was loaded. */
export interface WatchedFile {
  /** Where it lies. */
  readonly path: string;
  /**
   * Opens it, if it still is what it was.
   *
   * @throws A miss if it is not, or is no longer there.
   */
  readonly open: () => OpenFile;
}

/** A watched file that is open. */
export interface OpenFile {
  /** How many bytes it has. */
  readonly size: number;
  /**
   * Reads on.
   *
   * @param into Takes the bytes.
   * @returns How many there are; undefined at the end.
   * @throws A miss if the file was written to meanwhile: what was read is not handed on then.
   */
  readonly read: (into: Uint8Array) => number | undefined;
  /** Closes it; once more does nothing. */
  readonly close: () => void;
}

/**
 * Takes note of what the main file of an artifact is just now.
 *
 * Whoever loads an artifact looks at its digest first. So a file that is the same by size, time of change and place on the
 * disk is what was looked at; one that was replaced, as by a run that made it again, is so only if its digest says it.
 *
 * @param artifact The artifact.
 * @returns The file.
 * @throws What the file system throws if it is not there.
 * @throws {TypeError} If it is no file.
 */
export function watchFile(artifact: Artifact): WatchedFile {
  const path = artifact.path();
  const found = Deno.statSync(path);
  if (!found.isFile) throw new TypeError(`Cannot load ${JSON.stringify(path)}: it is no file`);
  const entries = artifact.metadata?.files.filter((entry) => path.endsWith(entry.path)) ?? [];
  const entry = entries.length === 1 ? entries[0]! : undefined;
  // With another time of change than its metadata has, it was looked at just before this, and not now.
  const isKnown = entry === undefined || found.size === entry.size && timeOf(found) === entry.modified;
  let known = isKnown ? found : undefined;
  return {
    path,
    open: () => {
      const file = openAgain(path);
      try {
        const info = file.statSync();
        if (known === undefined || !isSame(info, known) || info.ino !== known.ino || info.dev !== known.dev) {
          if (digestOf(file) !== entry?.sha256) {
            throw another(path, "it was replaced or changed since it was loaded");
          }
          file.seekSync(0, Deno.SeekMode.Start);
          known = info;
        }
        return opened(path, file, info);
      } catch (error) {
        file.close();
        throw error;
      }
    },
  };
}

function openAgain(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw another(path, "it is gone since it was loaded");
    throw error;
  }
}

/** A run that goes through what it loaded knows by the path which stage has to run again. */
function another(path: string, why: string): Error {
  return Object.assign(miss(`Cannot read on in ${JSON.stringify(path)}: ${why}; load it again`), { path });
}

function opened(path: string, file: Deno.FsFile, before: Deno.FileInfo): OpenFile {
  let isOpen = true;
  return {
    size: before.size,
    read: (into) => {
      const count = file.readSync(into) ?? undefined;
      if (isSame(file.statSync(), before)) return count;
      throw another(path, "it was written to while it was read");
    },
    close: () => {
      if (isOpen) file.close();
      isOpen = false;
    },
  };
}

function digestOf(file: Deno.FsFile): string {
  const hash = createHash("sha256");
  const bytes = new Uint8Array(1 << 18);
  for (let count = file.readSync(bytes); count !== null; count = file.readSync(bytes)) {
    hash.update(bytes.subarray(0, count));
  }
  return hash.digest("hex");
}

function isSame(info: Deno.FileInfo, before: Deno.FileInfo): boolean {
  return info.size === before.size && timeOf(info) === timeOf(before);
}

function timeOf(info: Deno.FileInfo): number {
  return info.mtime?.getTime() ?? 0;
}
