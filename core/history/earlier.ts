/**
 * The nearest earlier artifact of a stage: what its recipe is compared with.
 *
 * @module
 */
import { byCodeUnit } from "../params/canonical.ts";
import { changesBetween } from "../plan/changes.ts";
import { objectOf } from "../plan/recipe_parts.ts";
import type { PlanDetail } from "../run/plan_experiment.ts";
import type { Workspace } from "../store/workspace.ts";
import {
  type FoundMetadata,
  metadataIn,
  type MetadataName,
  readBeside,
  readFound,
} from "./artifact_files.ts";
import { type PastStageRun, pastStages } from "./past_stages.ts";

/** A stage as it is now. */
export type CurrentStage = Pick<
  PlanDetail,
  "procedure" | "record" | "stage" | "key" | "recipe" | "artifacts"
>;

/** What is known of a stage's past. */
export interface Earlier {
  /** The metadata of an artifact under its very key: its recipe is what it was. */
  readonly same?: FoundMetadata;
  /** The newest run that came to its very key; or else the newest of the same record. */
  readonly run?: PastStageRun;
  /** Where there is none under its key, and never was, the nearest under another. */
  readonly nearest?: FoundMetadata;
}

/** Where artifacts lie, and whose they are. */
export type ArtifactsOf = Pick<Workspace, "dir" | "cache" | "experiment" | "prefix">;

/** The artifacts in a workspace; its folders are listed once, and metadata is read when it is asked for. */
export interface EarlierArtifacts {
  /** What is known of a stage's past. */
  readonly of: (stage: CurrentStage) => Earlier;
  /** The metadata of an artifact of a stage under a recipe key. */
  readonly withKey: (stage: string, key: string) => FoundMetadata | undefined;
}

/** How many artifacts of a stage are looked at, the newest, where none is known to be of the same record. */
const CANDIDATES = 200;

/**
 * Opens the artifacts of a workspace. Nothing is written.
 *
 * @param workspace The workspace.
 * @returns Its artifacts.
 */
export function earlierArtifacts(workspace: ArtifactsOf): EarlierArtifacts {
  const runs = pastStages(workspace.dir, workspace.experiment);
  const names = metadataIn(workspace.cache);
  const byKey = Map.groupBy(names, ({ key }) => key);
  const read = memoize(readFound);
  const beside = memoize(readBeside);
  const candidates = memoize((stage: string) => candidatesOf(workspace, names, stage, read));
  const withKey = (stage: string, key: string) =>
    firstOf((byKey.get(key.slice(0, 16)) ?? []).filter(({ rest }) => isOf(rest, stage)), ({ path }) => {
      const found = read(path);
      return found?.metadata.recipeKey === key && found.metadata.stage === stage ? found : undefined;
    });
  // At a path of its own, an artifact's name does not tell its key.
  const atPaths = (stage: string, paths: Iterable<string>) =>
    firstOf(paths, (path) => {
      const found = beside(path);
      return found?.metadata.stage === stage && hasRecipe(found) ? found : undefined;
    });
  const of = (stage: CurrentStage): Earlier => {
    const cameTo = (past: PastStageRun) =>
      past.stage === stage.stage && (hasArtifacts(past) || past.verdict === "failed");
    const run = firstOf(runs.ofKey(stage.key), (past) => cameTo(past) ? past : undefined) ??
      firstOf(runs.ofOwner(stage), (past) => hasArtifacts(past) ? past : undefined);
    const known = run === undefined ? {} : { run };
    const there = atPaths(stage.stage, Object.values(stage.artifacts));
    const same = there?.metadata.recipeKey === stage.key ? there : withKey(stage.stage, stage.key);
    if (same !== undefined) return { ...known, same };
    if (isGone(stage, known)) return known;
    const ofRecord = firstOf(runs.ofOwner(stage), (past) => {
      if (past.key === stage.key) return undefined;
      return withKey(stage.stage, past.key) ?? atPaths(stage.stage, Object.values(past.artifacts));
    });
    const nearest = ofRecord ?? there ?? nearestOf(stage, workspace.experiment, candidates(stage.stage));
    return nearest === undefined ? known : { ...known, nearest };
  };
  return { of, withKey };
}

/**
 * Whether a run left artifacts of a stage.
 *
 * @param past What it tells of the stage.
 * @returns Whether there were any.
 */
export function hasArtifacts({ artifacts }: PastStageRun): boolean {
  return Object.keys(artifacts).length > 0;
}

/**
 * Whether the artifacts of a stage were made and are no longer there, though its recipe is what it was.
 *
 * @param stage The stage.
 * @param earlier What is known of its past.
 * @returns Whether they are gone.
 */
export function isGone({ key }: Pick<CurrentStage, "key">, { same, run }: Earlier): boolean {
  return same === undefined && run?.key === key && hasArtifacts(run);
}

/** A file of the user's that was adopted was made by no recipe. */
function hasRecipe({ metadata }: FoundMetadata): boolean {
  return Object.keys(objectOf(metadata.recipe)).length > 0;
}

function isOf(rest: string, stage: string): boolean {
  return rest.startsWith(`${stage}_`);
}

function candidatesOf(
  { experiment, prefix }: ArtifactsOf,
  names: readonly MetadataName[],
  stage: string,
  read: (path: string) => FoundMetadata | undefined,
): readonly FoundMetadata[] {
  // Outputs of one execution have one recipe.
  const ofStage = [
    ...new Map(names.filter(({ rest }) => isOf(rest, stage)).map((name) => [name.key, name])).values(),
  ];
  const newest = ofStage.length <= CANDIDATES ? ofStage : newestOf(ofStage);
  return newest.flatMap(({ path, ...name }) => {
    const found = read(path);
    if (found?.metadata.stage !== stage || !hasRecipe(found)) return [];
    // A stage of another experiment that shares the cache is another, though it bears the same name.
    return found.metadata.experiment === experiment || name.prefix === prefix ? [found] : [];
  }).sort((a, b) => byCodeUnit(finishedAt(b), finishedAt(a)));
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

function finishedAt({ metadata }: FoundMetadata): string {
  return String(objectOf(metadata.times).finished ?? "");
}

/** That of the same record, else the one that differs least; of several the newest, which come first. */
function nearestOf(
  { record, key, recipe }: CurrentStage,
  experiment: string,
  candidates: readonly FoundMetadata[],
): FoundMetadata | undefined {
  const others = candidates.filter(({ metadata }) => metadata.recipeKey !== key);
  const own = others.find(({ metadata }) => metadata.record === record && metadata.experiment === experiment);
  if (own !== undefined) return own;
  let nearest: FoundMetadata | undefined;
  let least = Infinity;
  for (const found of others) {
    const count = changesBetween(found.metadata.recipe, recipe).length;
    if (count < least) [nearest, least] = [found, count];
    if (least <= 1) break; // with another key it can't be less
  }
  return nearest;
}

function firstOf<T, R>(items: Iterable<T>, of: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = of(item);
    if (result !== undefined) return result;
  }
  return undefined;
}

function memoize<R>(of: (name: string) => R): (name: string) => R {
  const known = new Map<string, R>();
  return (name) => {
    if (!known.has(name)) known.set(name, of(name));
    return known.get(name)!;
  };
}
