/**
 * Cachers used by themselves: a value at a path of one's own choice, with its metadata beside it.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import { join } from "@std/path";
import { artifactName } from "../define/at.ts";
import type { Cacher } from "../define/cacher.ts";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { isMiss } from "../define/miss.ts";
import { isOwnCacher } from "../define/own_save.ts";
import { quote } from "../params/names.ts";
import { refuseOther, refuseStrays } from "./check_saved.ts";
import { commitAll } from "./commit.ts";
import { clearError, clearly } from "./disk/disk_error.ts";
import { foreignFile, isThere, pendingMetadataAt, refuseForeign } from "./ownership.ts";
import { closing } from "./disk/endings.ts";
import { commandLine, versions } from "./environment.ts";
import { messageOf } from "../params/paths.ts";
import { checkAndLoad, loadAndCheck } from "./checked_load.ts";
import { underPathLocks } from "./path_locks.ts";
import { FORMAT, readMetadataFile } from "./metadata.ts";
import { fileAt, fileName, metadataAt, type Place } from "./place.ts";
import { openStaging } from "./staging.ts";
import { digestOf, type Saved, saveValue } from "./save.ts";

/** Options of {@linkcode saveAs}. */
export interface SaveOptions {
  /** Replace what is there, whoever wrote it. */
  readonly overwrite?: boolean;
}

/**
 * Saves a value at a path, with its metadata beside it, whole or not at all.
 *
 * @param path The main file; folders on the way are made. Its metadata lies at `<path without extension>_metadata.json`.
 * @param cacher How to save it. Its placement does not count here.
 * @param value The value.
 * @param options `overwrite: true` replaces what is there, whoever wrote it.
 * @throws {Error} If a file is there that Cairn did not write or that was changed since, or the cacher refuses the value;
 * if a cacher of one's own writes where it was not told to, or loads something else than it saved.
 *
 * @example
 * ```ts
 * import { loadFrom, readMetadata, saveAs } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/some/metrics.json`;
 * await saveAs(path, jsonCacher(), { accuracy: 0.9 });
 * assertEquals(await loadFrom(path, jsonCacher<{ accuracy: number }>()), { accuracy: 0.9 });
 * assertEquals((await readMetadata(path)).artifact, "metrics.json");
 * ```
 */
export async function saveAs<T>(
  path: string,
  cacher: Cacher<T>,
  value: T,
  options: SaveOptions = {},
): Promise<void> {
  await clearly(() => saveWhole(path, cacher, value, options));
}

async function saveWhole<T>(path: string, cacher: Cacher<T>, value: T, options: SaveOptions): Promise<void> {
  const place = inlinePlace(path, cacher.extension);
  ensureDirSync(place.dir);
  const { dir, close } = openStaging(place.dir, ".cairn-");
  const started = new Date();
  await closing(close, async () => {
    const staged: Place = { ...place, dir, files: join(dir, ".files") };
    const saved = await saveStaged(staged, place, cacher, value, path);
    const finished = new Date();
    const metadata: ArtifactMetadata = {
      format: FORMAT,
      artifact: fileName(path),
      stage: null,
      record: null,
      experiment: null,
      execution: crypto.randomUUID(),
      recipeKey: null,
      contentKey: null,
      recipe: null,
      ancestors: {},
      params: null,
      paramsHash: null,
      cacher: { kind: cacher.kind ?? "custom", extension: cacher.extension },
      files: saved.files,
      references: saved.references,
      digest: digestOf(saved),
      times: {
        started: started.toISOString(),
        finished: finished.toISOString(),
        milliseconds: finished.getTime() - started.getTime(),
      },
      priorStages: [],
      priorRecords: [],
      run: { reference: null, command: commandLine(), git: null, versions: versions(), notes: null },
      extra: saved.extra,
    };
    await underPathLocks([place], () => {
      if (!options.overwrite) refuseForeign(place, saved.files, "save with { overwrite: true }");
      commitAll([{ saved, metadata, place, exact: true }]);
    });
  });
}

async function saveStaged<T>(
  staged: Place,
  place: Place,
  cacher: Cacher<T>,
  value: T,
  path: string,
): Promise<Saved> {
  try {
    const saved = await saveValue(staged, cacher, value, quote(path));
    if (!isOwnCacher(cacher)) await checkSaved(cacher, value, saved, path);
    return saved;
  } catch (error) {
    const clear = clearError(error);
    if (clear !== error) throw clear; // its path is told by where it is to end
    const message = messageOf(error).replaceAll(fileAt(staged, ""), fileAt(place, ""));
    if (message === messageOf(error)) throw error;
    throw new TypeError(message, { cause: error }); // names the file that the user knows
  }
}

async function checkSaved<T>(cacher: Cacher<T>, value: T, saved: Saved, path: string): Promise<void> {
  try {
    refuseStrays(saved.place.dir, [saved], saved.place.files);
    await refuseOther(cacher, value, saved);
  } catch (error) {
    throw new Error(`Cannot save ${quote(path)}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Loads what {@linkcode saveAs} or a stage saved, its digest checked, with its `extra` there.
 *
 * @param path The main file.
 * @param cacher The cacher that it was saved with.
 * @returns The value. A file with no metadata is loaded as it is.
 * @throws {Error} If the file is not there, is not what its metadata says, or the cacher can't load it.
 */
export async function loadFrom<T>(path: string, cacher: Cacher<T>): Promise<T> {
  const place = inlinePlace(path, cacher.extension);
  const before = findMetadata(path);
  // In this order: what was pending until just now is in force by the second look.
  const isSettled = () =>
    !isThere(pendingMetadataAt(place)) && findMetadata(path)?.execution === before?.execution;
  try {
    const value = await loadWith(before, path, cacher, place);
    if (isSettled()) return value;
  } catch (error) {
    if (isSettled()) throw error;
  }
  // Somebody saved there meanwhile, or is about to: then what was read may be half of it, and the rest of what was before.
  return await underPathLocks([place], () => loadWith(findMetadata(path), path, cacher, place));
}

async function loadWith<T>(
  metadata: ArtifactMetadata | undefined,
  path: string,
  cacher: Cacher<T>,
  place: Place,
): Promise<T> {
  if (metadata === undefined) {
    if (!isThere(path)) throw new Deno.errors.NotFound(`Cannot load ${quote(path)}: there is no such file`);
    return await cacher.load({
      path: (suffix) => fileAt(place, suffix),
      dir: (suffix = "") => fileAt(place, suffix),
      extra: {},
    });
  }
  const loaded = await (isOwnCacher(cacher) ? loadAndCheck : checkAndLoad)(cacher, place, metadata);
  if ("problem" in loaded) {
    const how = foreignFile(place) === undefined ? "" : " with { overwrite: true }"; // without, it would be refused
    throw new Error(`Cannot load ${quote(path)}: ${loaded.problem}; save it again${how}`);
  }
  if ("value" in loaded) return loaded.value as T;
  const { error } = loaded;
  if (isMiss(error)) throw new Error(`Cannot load ${quote(path)}: ${messageOf(error)}`, { cause: error });
  throw error;
}

/**
 * Reads the metadata beside an artifact.
 *
 * @param path The artifact's main file, in a cache, in a full store, or where `saveAs` put it.
 * @returns All that its metadata says.
 * @throws {Error} If there is no metadata, or it is damaged.
 */
// deno-lint-ignore require-await -- errors are rejections, as in the functions beside it
export async function readMetadata(path: string): Promise<ArtifactMetadata> {
  const metadata = findMetadata(path);
  if (metadata === undefined) {
    throw new Deno.errors.NotFound(
      `Cannot read the metadata of ${quote(path)}: there is none at ${quote(metadataCandidates(path)[0])}`,
    );
  }
  return metadata;
}

function findMetadata(path: string): ArtifactMetadata | undefined {
  for (const candidate of metadataCandidates(path)) {
    const read = readMetadataFile(candidate);
    if ("metadata" in read) {
      const { stage, artifact, cacher } = read.metadata;
      const main = stage === null ? artifact : baseOf(candidate) + cacher.extension;
      if (main === fileName(path)) return read.metadata;
      continue; // that of another file, which differs in its extension alone
    }
    if ("damaged" in read) throw new Error(`Cannot use the metadata ${quote(candidate)}: ${read.damaged}`);
  }
  return undefined;
}

function baseOf(metadata: string): string {
  return fileName(metadata).slice(0, -"_metadata.json".length);
}

/** An extension may have several dots, and nothing but the cacher knows how many: the shortest comes first. */
function metadataCandidates(path: string): string[] {
  const { dir, base } = artifactName(path);
  const bases = [base];
  for (let at = base.lastIndexOf("."); at > 0; at = base.lastIndexOf(".", at - 1)) {
    bases.push(base.slice(0, at));
  }
  return bases.map((each) => metadataAt({ dir, base: each, main: "", files: dir }));
}

function inlinePlace(path: string, extension: string): Place {
  const name = artifactName(path, extension);
  return { ...name, files: join(name.dir, `${name.base}.files`) };
}
