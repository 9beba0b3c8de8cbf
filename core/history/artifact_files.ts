/**
 * The artifacts in a folder, as the names of their metadata files tell of them.
 *
 * @module
 */
import { basename, dirname, join } from "@std/path";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { artifactName } from "../define/at.ts";
import { readMetadataFile } from "../store/metadata.ts";
import { entriesOf } from "../store/upkeep/files_at.ts";

/** A metadata file in a cache, or in a full store. */
export interface MetadataName {
  readonly path: string;
  /** What the file's name begins with. */
  readonly prefix: string;
  /** `<first 16 of the recipe key>`. */
  readonly key: string;
  /** `<stage>_<output>`: which of it is the stage, the name does not tell. */
  readonly rest: string;
}

const NAME = /^(.+?)_([0-9a-f]{16})_(.+)_metadata\.json$/;

/**
 * Lists the metadata files in a folder and the folders below it.
 *
 * @param folder A cache, or the artifacts of a full store; it need not be there.
 * @returns Their names.
 */
export function metadataIn(folder: string): readonly MetadataName[] {
  const found: MetadataName[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const { name, isDirectory } of entriesOf(next)) {
      const match = NAME.exec(name);
      if (isDirectory) {
        // An artifact's own folder bears its key; what is no subdir begins with a dot, or with what was moved aside.
        if (!/^[._]|_[0-9a-f]{16}_/.test(name)) folders.push(join(next, name));
      } else if (match !== null) {
        const [, prefix, key, rest] = match;
        found.push({ path: join(next, name), prefix: prefix!, key: key!, rest: rest! });
      }
    }
  }
  return found;
}

/** An artifact's metadata, and where it was found. */
export interface FoundMetadata {
  /** The artifact's main file, which may be gone. */
  readonly path: string;
  readonly metadata: ArtifactMetadata;
}

/**
 * Reads a metadata file.
 *
 * @param path The file.
 * @returns What it says, and where the main file is; undefined where it is not there, or damaged.
 */
export function readFound(path: string): FoundMetadata | undefined {
  const read = readMetadataFile(path);
  if (!("metadata" in read)) return undefined;
  const { metadata } = read;
  const base = basename(path).slice(0, -"_metadata.json".length);
  return { path: join(dirname(path), base + (metadata.cacher?.extension ?? "")), metadata };
}

/**
 * Reads the metadata beside an artifact.
 *
 * @param main The artifact's main file, which may be gone.
 * @returns What it says; undefined where there is none, or it is that of another file.
 */
export function readBeside(main: string): FoundMetadata | undefined {
  const { dir, base } = artifactName(main);
  // An extension may have several dots, and only the metadata tells how many.
  for (let end = base.length; end > 0; end = base.lastIndexOf(".", end - 1)) {
    const found = readFound(join(dir, `${base.slice(0, end)}_metadata.json`));
    if (found !== undefined && basename(found.path) === basename(main)) return found;
  }
  return undefined;
}
