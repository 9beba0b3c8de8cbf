/**
 * What the user put into the folders of an artifact: it is moved aside before the artifact is made again.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { ensureDirSync } from "@std/fs";
import { dirname, join, relative } from "@std/path";
import type { FileEntry } from "../define/metadata.ts";
import { byCodeUnit } from "../params/canonical.ts";
import type { Commit } from "./commit.ts";
import { readMetadataFile } from "./metadata.ts";
import { move } from "./disk/move.ts";
import { isFolder, isThere, pendingMetadataAt, topEntries } from "./ownership.ts";
import { entryAt, metadataAt, type Place } from "./place.ts";

/** The folder below a cache that holds what was moved aside: no subdir begins with this sign. */
export const KEPT = "_kept";

/**
 * Moves aside what lies in the folders that a commit replaces, or by the name of a file that it writes there, and that no
 * metadata names: it is the user's.
 *
 * It comes before the old metadata goes: whatever kills the process, the next one can still tell whose files are whose.
 *
 * @param commits The outputs of one execution, about to be committed to a cache.
 * @returns The folder that it lies in now; undefined where there was nothing, as nearly always.
 * @throws What the file system throws.
 */
export function setStraysAside(commits: readonly Commit[]): string | undefined {
  const all = commits.filter(({ exact, vacant }) => !exact && !vacant).map(({ place, metadata }) => { // there, it would be refused
    const old = readMetadataFile(metadataAt(place));
    const pending = readMetadataFile(pendingMetadataAt(place)); // of a commit that was interrupted
    const read = [old, pending].filter((each) => "metadata" in each);
    const before = read.flatMap(({ metadata }) => metadata.files);
    // What comes in may be called as something of the user's is. Only where nothing tells whose it is, is it taken for
    // what an interrupted commit left.
    const known = read.length > 0 ? before : metadata.files;
    return { place, entries: [...before, ...metadata.files], known, isDamaged: "damaged" in old };
  });
  const tops = all.flatMap(({ place, entries, isDamaged }) => [
    ...topEntries(entries).map((top) => entryAt(place, { path: top })),
    ...isDamaged ? [metadataAt(place)] : [], // it may be a folder
  ]);
  removeLinks(all);
  // Mostly there is nothing. A file by an artifact's own name is the artifact's; one that lies among those that a stage
  // wrote by itself may be the user's.
  const among = new Set(all.map(({ place }) => place.files));
  const there = [...new Set(tops)].filter((top) =>
    existsSync(top) && (isFolder(top) || among.has(dirname(top)))
  );
  if (there.length === 0) return undefined;
  const mine = new Set(all.flatMap(({ place, known }) => known.map((entry) => entryAt(place, entry))));
  const strays = there.flatMap((top) => isFolder(top) ? straysIn(top, mine) : mine.has(top) ? [] : [top]);
  if (strays.length === 0) return undefined;
  const root = dirname(commits[0]!.place.files);
  const kept = newFolder(join(root, KEPT));
  for (const stray of strays) {
    const to = join(kept, relative(root, stray));
    ensureDirSync(dirname(to));
    move(stray, to);
  }
  return kept;
}

/** A link in place of a folder of ours would be followed, by what is moved there and what is removed. */
function removeLinks(
  all: readonly { readonly place: Place; readonly entries: readonly FileEntry[] }[],
): void {
  for (const { place, entries } of all) {
    const folders = new Set(
      entries.flatMap(({ path }) =>
        path.startsWith("{files}/") ? [place.files] : path.endsWith("/") ? [entryAt(place, { path })] : []
      ),
    );
    for (const folder of folders) {
      if (isThere(folder) && Deno.lstatSync(folder).isSymlink) Deno.removeSync(folder);
    }
  }
}

/** The topmost files and folders that are not ours; a folder with nothing in it is nobody's loss. */
function straysIn(folder: string, mine: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const { name, isDirectory } of Deno.readDirSync(next)) {
      const path = join(next, name);
      if (isDirectory && mine.has(path)) folders.push(path);
      else if (isDirectory ? holdsAnything(path) : !mine.has(path)) found.push(path);
    }
  }
  return found.sort(byCodeUnit);
}

function holdsAnything(folder: string): boolean {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (!isDirectory || holdsAnything(join(folder, name))) return true;
  }
  return false;
}

/** A folder of its own for each time that anything is moved aside: nothing in it is ever replaced. */
function newFolder(parent: string): string {
  ensureDirSync(parent);
  const name = new Date().toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "");
  for (let i = 1;; i++) {
    const folder = join(parent, i === 1 ? name : `${name}_${i}`);
    try {
      Deno.mkdirSync(folder);
      return folder;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}
