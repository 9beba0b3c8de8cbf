/**
 * The nearest earlier artifact of a stage: what its recipe is compared with.
 *
 * @module
 */
import type { PlanDetail } from "../run/plan_experiment.ts";
import type { Workspace } from "../store/workspace.ts";
import { type FoundMetadata, metadataIn, readBeside, readFound } from "./artifact_files.ts";
import { candidatesAt, candidatesIn, hasRecipe, mayBeOf } from "./candidates.ts";
import { candidateOf, nearestTo } from "./nearest.ts";
import { type PastStageRun, type PastStages, pastStages } from "./past_stages.ts";

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

/**
 * Opens the artifacts of a workspace. Nothing is written.
 *
 * @param workspace The workspace.
 * @returns Its artifacts.
 */
export function earlierArtifacts(workspace: ArtifactsOf): EarlierArtifacts {
  const { dir, cache, experiment, prefix } = workspace;
  const runs = pastStages(dir, experiment);
  const names = metadataIn(cache);
  const byKey = Map.groupBy(names, ({ key }) => key);
  const read = memoize(readFound);
  const beside = memoize(readBeside);
  const withKey = (stage: string, key: string) =>
    firstOf(byKey.get(key.slice(0, 16)) ?? [], (name) => {
      const found = mayBeOf(name, stage) ? read(name.path) : undefined;
      return found?.metadata.recipeKey === key && found.metadata.stage === stage ? found : undefined;
    });
  // At a path of its own, an artifact's name tells neither its stage nor its key.
  const at = (stage: string) => (path: string) => {
    const found = beside(path);
    return found?.metadata.stage === stage && hasRecipe(found) ? found : undefined;
  };
  const candidates = memoize((stage: string) => {
    const inCache = candidatesIn(names, { experiment, prefix, stage }, read);
    const paths = () =>
      Iterator.from(runs.ofStage(stage)).flatMap(({ artifacts }) => Object.values(artifacts));
    return (inCache.length > 0 ? inCache : candidatesAt(paths(), at(stage))).map(candidateOf);
  });
  const nearestOf = (stage: CurrentStage) => {
    const others = candidates(stage.stage).filter(({ found }) => found.metadata.recipeKey !== stage.key);
    const own = others.find(({ found: { metadata } }) =>
      metadata.record === stage.record && metadata.experiment === experiment
    );
    return own?.found ?? nearestTo(stage.recipe, others);
  };
  const ofRecord = (stage: CurrentStage) =>
    firstOf(runs.ofOwner(stage), ({ key, artifacts }) => {
      if (key === stage.key) return undefined;
      return withKey(stage.stage, key) ?? firstOf(Object.values(artifacts), at(stage.stage));
    });
  const of = (stage: CurrentStage): Earlier => {
    const run = runOf(runs, stage);
    const known = run === undefined ? {} : { run };
    const there = firstOf(Object.values(stage.artifacts), at(stage.stage));
    const same = there?.metadata.recipeKey === stage.key ? there : withKey(stage.stage, stage.key);
    if (same !== undefined) return { ...known, same };
    if (isGone(stage, known)) return known;
    const nearest = ofRecord(stage) ?? there ?? nearestOf(stage);
    return nearest === undefined ? known : { ...known, nearest };
  };
  return { of, withKey };
}

/** The newest run that came to the very key of a stage, or else to the stage of the same record. */
function runOf(runs: PastStages, stage: CurrentStage): PastStageRun | undefined {
  const isDone = (past: PastStageRun) => hasArtifacts(past) || past.verdict === "executed";
  const cameTo = (past: PastStageRun) =>
    past.stage === stage.stage && (isDone(past) || past.verdict === "failed");
  return firstOf(runs.ofKey(stage.key), (past) => cameTo(past) ? past : undefined) ??
    firstOf(runs.ofOwner(stage), (past) => isDone(past) ? past : undefined);
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
