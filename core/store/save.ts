/**
 * Saving values into staging.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { isAbsolute, relative } from "@std/path";
import type { AnyCacher } from "../define/cacher.ts";
import { checkJsonValue } from "../define/json_value.ts";
import type { FileEntry } from "../define/metadata.ts";
import { isOwnCacher } from "../define/own_save.ts";
import type { JsonValue } from "../params/describe.ts";
import { artifactToSave, type SaveArtifact, type TakenPaths } from "./artifact.ts";
import { contentDigest, describeFiles, portable } from "./disk/digest.ts";
import { isThere } from "./ownership.ts";
import { fileAt, type Place, stageFileEntry } from "./place.ts";

/** A value that was saved into staging. */
export interface Saved {
  /** Where in staging. */
  readonly place: Place;
  /** The files and folders that the cacher wrote. */
  readonly files: readonly FileEntry[];
  /** The files elsewhere that the value refers to. */
  readonly references: readonly FileEntry[];
  /** What the cacher left in `artifact.extra`. */
  readonly extra: { readonly [name: string]: JsonValue };
  /** Whether the value names files of its own stage by where they lie. */
  readonly located?: true;
}

/**
 * Saves a value into staging.
 *
 * @param place Where it goes in staging; its folder is there.
 * @param cacher How.
 * @param value What.
 * @param what What it is, for messages: `output "model" of stage "fit"`.
 * @param taken What other outputs of its stage asked for.
 * @returns What was written.
 * @throws {Error} If the cacher throws, writes nothing, or leaves in `extra` what JSON can't hold.
 */
export async function saveValue(
  place: Place,
  cacher: AnyCacher,
  value: unknown,
  what: string,
  taken: TakenPaths = new Set(),
): Promise<Saved> {
  const artifact = artifactToSave(place, what, taken);
  const paths = cacher.paths?.(value) ?? [];
  await cacher.save(value, artifact);
  const files = filesOf(artifact, place, isOwnCacher(cacher));
  if (files.length === 0) {
    throw new Error(
      `Cannot keep ${what}: its cacher's save wrote nothing; write to artifact.path() or below artifact.dir()`,
    );
  }
  checkJsonValue(artifact.extra, `artifact.extra of ${what}`);
  const extra = artifact.extra as Record<string, JsonValue>;
  return { place, files, references: describeReferences(paths, place), extra };
}

function filesOf({ handed, written }: SaveArtifact, place: Place, isOwn: boolean): FileEntry[] {
  return [...handed].flatMap((suffix) => {
    const entry = written.get(suffix);
    if (isOwn && entry !== undefined) return [entry]; // no cacher of Cairn's touches it again
    const path = fileAt(place, suffix);
    return isThere(path) ? describeFiles(path, suffix, written) : [];
  });
}

/** What the paths of a value lead to. A path that its cacher moved into the artifact is no reference any more. */
function describeReferences(paths: readonly string[], place: Place): FileEntry[] {
  return paths.flatMap((path) => {
    const below = relative(place.files, path);
    if (!below.startsWith("..") && !isAbsolute(below)) {
      return isThere(path) ? describeFiles(path, stageFileEntry(portable(below))) : [];
    }
    if (path === fileAt(place) || !isThere(path)) return [];
    const fromHere = relative(Deno.cwd(), path);
    return describeFiles(path, isAbsolute(path) && !fromHere.startsWith("..") ? fromHere : path);
  });
}

/**
 * What a stage wrote by itself, in staging.
 *
 * @param place The place of any of its artifacts in staging.
 * @returns The entries, none where it wrote nothing.
 */
export function describeStageFiles(place: Place): FileEntry[] {
  if (!existsSync(place.files)) return []; // nearly always, and an error caught costs more than a look
  return describeFiles(place.files, stageFileEntry("").replace(/\/$/, "")).filter(({ path }) =>
    path !== stageFileEntry("")
  );
}

/**
 * The content digest of what was saved.
 *
 * @param saved What was saved.
 * @returns 64 hexadecimal digits.
 */
export function digestOf(saved: Saved): string {
  return contentDigest(saved.files, saved.references, saved.extra);
}
