/**
 * The artifact that a cacher gets to work with, over a place.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import type { Artifact } from "../define/cacher.ts";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { quote } from "../params/names.ts";
import { checkSuffix, fileAt, fileName, type Place } from "./place.ts";

/** The paths in staging that the cachers of one stage asked for: no two outputs may have the same. */
export type TakenPaths = Set<string>;

/** An artifact to save to, and the suffixes that were asked for: what lies there belongs to it. */
export interface SaveArtifact extends Artifact {
  readonly handed: ReadonlySet<string>;
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
  };
}

/**
 * An artifact for `load`.
 *
 * @param place Where it lies.
 * @param metadata Its metadata.
 * @returns The artifact; asking for a path creates nothing.
 */
export function artifactToLoad(place: Place, metadata: ArtifactMetadata): Artifact {
  return { ...artifactInStaging(place, metadata.extra), metadata };
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
