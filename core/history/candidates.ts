/**
 * Which artifacts of a stage are looked at where none of the same record is known.
 *
 * @module
 */
import { byCodeUnit } from "../params/canonical.ts";
import { objectOf } from "../plan/recipe_parts.ts";
import type { FoundMetadata, MetadataName } from "./artifact_files.ts";

/** How many artifacts of a stage are looked at: the newest. */
const CANDIDATES = 200;

/** Whose artifacts they are. */
export interface CandidatesOf {
  readonly experiment: string;
  /** What the names of its files begin with. */
  readonly prefix: string;
  readonly stage: string;
}

/**
 * The artifacts of a stage in a cache.
 *
 * @param names The metadata files in the cache.
 * @param of Whose they are.
 * @param read Reads a metadata file.
 * @returns The metadata of one output of each execution, the newest first.
 */
export function candidatesIn(
  names: readonly MetadataName[],
  { experiment, prefix, stage }: CandidatesOf,
  read: (path: string) => FoundMetadata | undefined,
): readonly FoundMetadata[] {
  const ofStage = names.filter((name) => mayBeOf(name, stage));
  const oneOfEach = [...new Map(ofStage.map((name) => [name.key, name])).values()];
  const newest = oneOfEach.length <= CANDIDATES ? oneOfEach : newestOf(oneOfEach);
  const found = newest.flatMap((name) => {
    const found = read(name.path);
    if (found?.metadata.stage !== stage || !hasRecipe(found)) return [];
    // A stage of another experiment that shares the cache is another, though it bears the same name.
    return found.metadata.experiment === experiment || name.prefix === prefix ? [found] : [];
  });
  return byAge(found);
}

/**
 * The artifacts of a stage at paths of their own.
 *
 * @param paths The main files, as runs told them.
 * @param read Reads the metadata beside a main file, if it is that of the stage.
 * @returns The metadata, the newest first.
 */
export function candidatesAt(
  paths: Iterable<string>,
  read: (path: string) => FoundMetadata | undefined,
): readonly FoundMetadata[] {
  return byAge([...new Set(paths)].slice(0, CANDIDATES).flatMap((path) => read(path) ?? []));
}

/**
 * Whether a metadata file may be that of a stage, as its name has it.
 *
 * @param name The file.
 * @param stage The stage.
 * @returns Whether it may be; names of stages and outputs may both hold the sign between them.
 */
export function mayBeOf({ rest }: MetadataName, stage: string): boolean {
  return rest.startsWith(`${stage}_`);
}

/**
 * Whether an artifact was made by a recipe.
 *
 * @param found Its metadata.
 * @returns Whether it was: a file of the user's that was adopted was not.
 */
export function hasRecipe({ metadata }: FoundMetadata): boolean {
  return Object.keys(objectOf(metadata.recipe)).length > 0;
}

function byAge(found: readonly FoundMetadata[]): readonly FoundMetadata[] {
  const finished = ({ metadata }: FoundMetadata) => String(objectOf(metadata.times).finished ?? "");
  return found.toSorted((a, b) => byCodeUnit(finished(b), finished(a)));
}

function newestOf(names: readonly MetadataName[]): readonly MetadataName[] {
  const aged = names.map((name) => ({ name, time: modifiedAt(name.path) }));
  return aged.sort((a, b) => b.time - a.time).slice(0, CANDIDATES).map(({ name }) => name);
}

function modifiedAt(path: string): number {
  try {
    return Deno.lstatSync(path).mtime?.getTime() ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0; // a run that is under way replaced it
    throw error;
  }
}
