/**
 * Whether all that lies in a cache is what was committed.
 *
 * @module
 */
import { existsSync, walkSync } from "@std/fs";
import { basename, dirname, join } from "@std/path";
import type { ArtifactMetadata } from "../../define/metadata.ts";
import { messageOf } from "../../params/paths.ts";
import { belowCache, takeInventory, type Unit } from "../../store/upkeep/inventory.ts";
import { isHeld } from "../../store/disk/locks.ts";
import { filesProblem } from "../../store/lookup.ts";
import { readMetadataFile } from "../../store/metadata.ts";
import { stageFilesBelow } from "../../store/place.ts";
import { lockPath } from "../../store/workspace.ts";
import { readUses } from "../../store/uses/read.ts";
import { bytesOfFiles } from "./gc_policy.ts";

/** What was found. */
export interface Verified {
  /** How many artifacts are whole. */
  readonly artifacts: number;
  /** What they take. */
  readonly bytes: number;
  /** What is not as it was committed, by its path below the cache. */
  readonly damaged: readonly { readonly path: string; readonly reason: string }[];
  /** What bears a name of Cairn's, and no metadata claims, by its path below the cache. */
  readonly orphaned: readonly { readonly path: string; readonly bytes: number }[];
}

/**
 * Takes the digest of every file of every artifact. Writes nothing.
 *
 * @param cache The cache's folder, or the artifacts of a full store.
 * @returns What is whole, what is damaged, and what no metadata claims. What a run is making just now is none of these.
 */
export function verifyCache(cache: string): Verified {
  const { units, leftovers } = takeInventory(cache);
  const damaged: { path: string; reason: string }[] = [];
  const whole = units.flatMap((unit) => {
    const found = unit.artifacts.flatMap(({ path }) => {
      const reason = problemOf(cache, unit, path);
      return reason === undefined ? [] : [{ path: shown(cache, path), reason }];
    });
    damaged.push(...found);
    return [{ unit, count: unit.artifacts.length - found.length }];
  });
  const external = verifyExternal(cache);
  damaged.push(...external.damaged);
  const live = new Set(readUses(cache, () => {}).live.flatMap(({ keys }) => keys));
  const resting = leftovers.filter(({ keys }) => !keys.some((key) => live.has(key)));
  for (const { path, damaged: reason } of resting) {
    if (reason !== undefined) damaged.push({ path: belowCache(cache, path), reason });
  }
  return {
    artifacts: whole.reduce((sum, { count }) => sum + count, external.whole),
    bytes: external.bytes + bytesOfFiles(
      whole.flatMap(({ unit, count }) => count === unit.artifacts.length ? unit.files : []),
    ),
    damaged,
    orphaned: resting.filter(({ damaged }) => damaged === undefined).map(({ path, files }) => ({
      path: belowCache(cache, path),
      bytes: bytesOfFiles(files),
    })),
  };
}

/** What a full store holds of artifacts at paths that the user chose. */
function verifyExternal(store: string): Pick<Verified, "damaged" | "bytes"> & { readonly whole: number } {
  const root = join(store, "external");
  const damaged: { path: string; reason: string }[] = [];
  let [whole, bytes] = [0, 0];
  const found = existsSync(root) ? [...walkSync(root, { includeDirs: false })] : [];
  for (const { path } of found.filter(({ name }) => name.endsWith(METADATA))) {
    const read = readMetadataFile(path);
    if ("absent" in read) continue;
    const reason = "damaged" in read ? read.damaged : externalProblem(store, path, read.metadata);
    if (reason !== undefined) damaged.push({ path: shown(store, path), reason });
    else if ("metadata" in read) {
      whole++;
      bytes += read.metadata.files.reduce((sum, { size }) => sum + size, 0);
    }
  }
  return { damaged, whole, bytes };
}

function externalProblem(store: string, path: string, metadata: ArtifactMetadata): string | undefined {
  const { recipeKey, stage, experiment } = metadata;
  const place = { dir: dirname(path), base: basename(path).slice(0, -METADATA.length), main: "" };
  const files = recipeKey === null || stage === null
    ? ""
    : stageFilesBelow(store, { prefix: experiment ?? "", recipeKey, stage });
  try {
    return filesProblem({ ...place, files }, metadata, "content");
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `it can't be read: ${messageOf(error)}`;
  }
}

const METADATA = "_metadata.json";

/** Somebody may be making it anew just now: then the metadata is another by now, or gone, or about to be. */
function problemOf(cache: string, unit: Unit, path: string): string | undefined {
  let last: string | undefined;
  for (;;) {
    const read = readMetadataFile(path);
    if (!("metadata" in read)) return "damaged" in read ? read.damaged : undefined;
    const { metadata } = read;
    const base = basename(path).slice(0, -METADATA.length);
    const problems = filesOf(unit).map((files) => {
      try {
        return filesProblem({ dir: dirname(path), base, main: "", files }, metadata, "content");
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return `it can't be read: ${messageOf(error)}`; // the next may be whole
      }
    });
    if (problems.includes(undefined)) return undefined;
    if (last === metadata.execution) {
      return isHeld(lockPath({ cache }, unit.recipeKey)) === true ? undefined : problems[0];
    }
    last = metadata.execution;
  }
}

/** The folders of what its stage wrote: experiments that share a prefix may each have one. */
function filesOf({ stageFiles }: Unit): readonly string[] {
  return stageFiles.length === 0 ? [""] : stageFiles;
}

function shown(cache: string, metadata: string): string {
  return belowCache(cache, metadata).replace(/_metadata\.json$/, "");
}
