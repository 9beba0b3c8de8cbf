/**
 * The artifact that a cacher gets to work with, over a place.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { ensureDirSync } from "@std/fs";
import type { Artifact, SkipHead } from "../define/cacher.ts";
import type { ArtifactMetadata, FileEntry } from "../define/metadata.ts";
import { miss } from "../define/miss.ts";
import { readFile, type TakePiece, writeFile } from "../define/whole_file.ts";
import { quote } from "../params/names.ts";
import { entryWith, fileState, stateProblem } from "./disk/digest.ts";
import { checkSuffix, entryOf, fileAt, fileName, type Place } from "./place.ts";

/** The paths in staging that the cachers of one stage asked for: no two outputs may have the same. */
export type TakenPaths = Set<string>;

/** An artifact to save to, and what was done with it. */
export interface SaveArtifact extends Artifact {
  /** The suffixes that were asked for: what lies there belongs to it. */
  readonly handed: ReadonlySet<string>;
  /** What its `write` wrote, by the path of its entry. */
  readonly written: ReadonlyMap<string, FileEntry>;
}

/** An artifact to load from, and what was found of it. */
export interface LoadArtifact extends Artifact {
  /** The paths of the entries that its `read` read and found to be what they should. */
  readonly sound: ReadonlySet<string>;
}

/**
 * An artifact for `save`.
 *
 * @param place Where it lies, in staging; its folder is there.
 * @param what What it is, for messages: `output "model" of stage "fit"`.
 * @param taken What other outputs of its stage asked for.
 * @returns The artifact.
 */
export function artifactToSave(place: Place, what: string, taken: TakenPaths): SaveArtifact {
  const handed = new Set<string>();
  const written = new Map<string, FileEntry>();
  const take = (suffix: string) => {
    checkSuffix(`a suffix for ${what}`, suffix);
    const path = fileAt(place, suffix);
    if (!handed.has(suffix) && taken.has(path)) {
      throw new Error(
        `Cannot save ${what} to ${quote(fileName(path))}: another output of its stage lies there`,
      );
    }
    handed.add(suffix);
    taken.add(path);
    return path;
  };
  return {
    path: (suffix = place.main) => take(suffix),
    dir: (suffix = "") => {
      const folder = take(suffix);
      ensureDirSync(folder);
      return folder;
    },
    extra: {},
    files: place.files,
    handed,
    written,
    write: (path, data) => {
      const entry = entryOf(place, path);
      if (entry === undefined) return writeFile(path, data);
      const sha256 = digestOf((take) => writeFile(path, data, take));
      written.set(entry, entryWith(entry, Deno.lstatSync(path), sha256));
    },
  };
}

/** The digest of all pieces that something hands on. */
function digestOf(handOn: (take: TakePiece) => void): string {
  const hash = createHash("sha256");
  handOn((piece) => hash.update(piece));
  return hash.digest("hex");
}

/**
 * An artifact for `load`, whose `read` checks what it reads.
 *
 * @param place Where it lies.
 * @param metadata Its metadata.
 * @returns The artifact; asking for a path creates nothing.
 */
export function artifactToLoad(place: Place, metadata: ArtifactMetadata): LoadArtifact {
  const entries = new Map(metadata.files.map((entry) => [entry.path, entry]));
  const sound = new Set<string>();
  const readChecked = (path: string, entry: FileEntry, skip?: SkipHead) => {
    const read: { bytes?: Uint8Array<ArrayBuffer> } = {};
    const state = fileState(path, entry, "content", () =>
      digestOf((take) => {
        read.bytes = readFile(path, { take, size: entry.size, skip });
      }));
    const problem = stateProblem(path, state);
    if (problem !== undefined) throw miss(problem);
    sound.add(entry.path);
    return read.bytes!;
  };
  return {
    ...artifactInStaging(place, metadata.extra),
    metadata,
    sound,
    read: (path, skip) => {
      const name = entryOf(place, path);
      const entry = name === undefined ? undefined : entries.get(name);
      return entry === undefined ? readFile(path, { skip }) : readChecked(path, entry, skip);
    },
  };
}

/**
 * An artifact for `load` that has no metadata yet.
 *
 * @param place Where it lies.
 * @param extra What its `save` left there.
 * @returns The artifact; asking for a path creates nothing.
 */
export function artifactInStaging(place: Place, extra: ArtifactMetadata["extra"]): Artifact {
  const take = (suffix: string) => {
    checkSuffix("a suffix of an artifact", suffix);
    return fileAt(place, suffix);
  };
  return {
    path: (suffix = place.main) => take(suffix),
    dir: (suffix = "") => take(suffix),
    extra: structuredClone(extra) as Record<string, unknown>,
    files: place.files,
  };
}
