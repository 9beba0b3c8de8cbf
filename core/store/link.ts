/**
 * Using the files of an artifact again for another: hard links where the file system has them, else copies.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import { dirname } from "@std/path";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { filesProblem } from "./lookup.ts";
import { copyTree } from "./disk/move.ts";
import { entryAt, type Place } from "./place.ts";
import type { Saved } from "./save.ts";

/**
 * Puts the files of an artifact into staging, as if its stage had saved them.
 *
 * @param source Where the artifact lies.
 * @param metadata Its metadata.
 * @param staged Where the files go in staging.
 * @param how `"copy"` where one of the two lies at a path that the user chose: an edit there must not reach the other.
 * @returns What was saved; undefined where the artifact is no longer what its metadata says.
 */
export function stageLinked(
  source: Place,
  metadata: ArtifactMetadata,
  staged: Place,
  how: "link" | "copy",
): Saved | undefined {
  ensureDirSync(staged.dir);
  for (const entry of metadata.files) {
    const from = entryAt(source, entry);
    const to = entryAt(staged, entry);
    if (entry.path.endsWith("/")) ensureDirSync(to);
    else if (!linkFile(from, to, how)) return undefined;
  }
  // Somebody may have committed to the source meanwhile.
  if (filesProblem(staged, metadata, "times") !== undefined) return undefined;
  const { files, references, extra } = metadata;
  return { place: staged, files, references, extra };
}

function linkFile(from: string, to: string, how: "link" | "copy"): boolean {
  ensureDirSync(dirname(to));
  try {
    if (how === "link" && tryLinkFile(from, to)) return true;
    copyTree(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false; // it was replaced or removed just now
    throw error;
  }
}

/** Whatever a file system has against a link (none at all, another device, too many): a copy says what is really wrong. */
function tryLinkFile(from: string, to: string): boolean {
  try {
    Deno.linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
