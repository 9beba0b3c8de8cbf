/**
 * From a task to its job, and from what the job saved to committed artifacts with their metadata.
 *
 * @module
 */
import type { ArtifactMetadata } from "../define/metadata.ts";
import { isOwnCacher } from "../define/own_save.ts";
import { quote } from "../params/names.ts";
import { describe } from "../params/describe.ts";
import type { Task, TaskOutput } from "../plan/task.ts";
import { ancestorRecord } from "../store/ancestors.ts";
import { type Commit, commitAll, type CommitStep, isVacant } from "../store/commit.ts";
import { targetPlace } from "../store/lookup.ts";
import { isThere, refuseForeign } from "../store/ownership.ts";
import { FORMAT } from "../store/metadata.ts";
import { underPathLocks } from "../store/path_locks.ts";
import { ensureFolder, removeIfThere } from "../store/disk/move.ts";
import { type ArtifactSpec, exactPath, type Place, placeBelow, stageFilesBelow } from "../store/place.ts";
import { describeStageFiles, digestOf, type Saved } from "../store/save.ts";
import { setStraysAside } from "../store/strays.ts";
import { stagingOf, writeRoot } from "../store/workspace.ts";
import { type Engine, type Outcome, stageName, warnOnce } from "./engine_state.ts";
import type { Job, JobResult } from "./executor.ts";
import { locateInputs } from "./locate_inputs.ts";
import { type InputFacts, loadInputs } from "./task_inputs.ts";

/** When a stage began and ended. */
export type Times = ArtifactMetadata["times"];

/**
 * The job that runs a task once.
 *
 * @param engine The engine.
 * @param task The task.
 * @param signal Fires when this attempt should stop.
 * @param tell Takes what its inputs were, when they are loaded.
 * @returns The job.
 */
export function jobOf(
  engine: Engine,
  task: Task,
  signal: AbortSignal,
  tell: (facts: InputFacts) => void,
): Job {
  const { workspace, graph, emit } = engine;
  const { retries, timeout } = task.description;
  // What an attempt that was given up still writes must not get into the next; and where the user chose the names, those
  // of one stage may begin with those of another.
  const isChosen = task.outputs.some(({ spec }) => spec?.cacher.placement?.path !== undefined);
  // What a cacher of the user's writes astray is seen where nothing else is written.
  const isCustom = task.outputs.some(({ spec }) => spec !== undefined && !isOwnCacher(spec.cacher));
  const isApart = retries > 0 || timeout !== undefined || isChosen || isCustom;
  const own = isApart ? `attempt-${workspace.session.attempts++}` : undefined;
  const root = stagingRoot(engine, own);
  const record = task.owner === null ? undefined : graph.records[task.owner]!;
  const name = stageName(graph, task.index);
  if (own !== undefined) ensureFolder(root);
  const outputs = task.outputs.filter(isCached).map(({ name, spec }) => ({
    name,
    cacher: spec.cacher,
    place: stagedPlace(engine, spec, own),
    final: targetPlace(workspace, spec),
  }));
  const filesBelow = (root: string) =>
    stageFilesBelow(root, {
      prefix: workspace.prefix,
      recipeKey: task.recipeKey,
      stage: task.description.name,
    });
  return {
    description: task.description,
    experiment: graph.experiment,
    procedure: name.procedure,
    inputs: () => loadInputs(engine, task, tell),
    locate: () => locateInputs(engine, task, tell),
    outputs,
    files: {
      staged: filesBelow(root),
      // With nothing cached there is no commit that would move what the stage wrote.
      final: filesBelow(outputs.length > 0 ? writeRoot(workspace) : root),
    },
    ...(own === undefined ? {} : { own: root }),
    record: { name: record?.name ?? task.description.name, index: record?.index ?? 0 },
    signal,
    log: (message) => emit({ type: "log", name, message }),
    strict: workspace.strict,
    reads: task.files.map(({ path }) => path),
    changedCode: engine.changedCode,
  };
}

function isCached(output: TaskOutput): output is TaskOutput & { readonly spec: ArtifactSpec } {
  return output.spec !== undefined;
}

function stagingRoot(engine: Engine, own: string | undefined): string {
  const staging = stagingOf(engine.workspace);
  return own === undefined ? staging : `${staging}/${own}`;
}

/**
 * Where an artifact lies in staging.
 *
 * @param engine The engine.
 * @param spec The artifact.
 * @param own The name of a folder of one attempt's own, where it has one.
 * @returns Its place.
 */
export function stagedPlace(engine: Engine, spec: ArtifactSpec, own?: string): Place {
  return placeBelow(stagingRoot(engine, own), spec, exactPath(spec, engine.workspace.cache));
}

/**
 * Removes what a job that failed left in staging.
 *
 * @param job The job.
 */
export function discardJob({ own, outputs, files }: Job): void {
  if (own !== undefined) return void removeIfThere(own);
  removeIfThere(files.staged);
  for (const { place: { dir, base } } of outputs) {
    if (!isThere(dir)) continue;
    const names = [...Deno.readDirSync(dir)].map(({ name }) => name).filter((name) => name.startsWith(base));
    for (const name of names) removeIfThere(`${dir}/${name}`);
  }
}

/**
 * Commits what a job saved.
 *
 * @param engine The engine.
 * @param task The task.
 * @param result What its executor gave back.
 * @param inputs What its inputs were.
 * @param times When it ran.
 * @param reason Why it ran.
 * @returns The outcome.
 * @throws {Error} If a file of the user's would be replaced, or the file system refuses.
 */
export async function commitTask(
  engine: Engine,
  task: Task,
  result: JobResult,
  inputs: InputFacts,
  times: Times,
  reason: string,
): Promise<Outcome> {
  const { workspace } = engine;
  const { contentKey, ancestors, recipe } = inputs;
  const outputs: OutputCommit[] = [];
  if (result.saved.size > 0) {
    const run = await engine.runInfo();
    const execution = crypto.randomUUID();
    for (const [name, saved] of withStageFiles(task, result)) {
      const spec = task.outputs.filter(isCached).find((output) => output.name === name)!.spec;
      const metadata: ArtifactMetadata = {
        format: FORMAT,
        artifact: name,
        ...ownersOf(engine, task),
        execution,
        ...(saved.located ? { located: true } : {}),
        recipeKey: task.recipeKey,
        contentKey,
        recipe,
        ancestors: ancestorRecord(ancestors),
        cacher: { kind: spec.cacher.kind ?? "custom", extension: spec.cacher.extension },
        files: saved.files,
        references: saved.references,
        digest: digestOf(saved),
        times,
        run,
        extra: saved.extra,
      };
      outputs.push({ name, spec, saved, metadata, place: targetPlace(workspace, spec) });
    }
  }
  const { digests, placeOf } = await commitOutputs(engine, task, outputs);
  engine.made.set(contentKey, task.recipeKey);
  const { milliseconds } = times;
  return { verdict: "executed", reason, milliseconds, digests, placeOf, contentKey, ancestors };
}

/** One output that is ready to be committed. */
export interface OutputCommit {
  readonly name: string;
  readonly spec: ArtifactSpec;
  readonly saved: Saved;
  readonly metadata: ArtifactMetadata;
  /** Where it goes. */
  readonly place: Place;
}

/**
 * Commits the outputs of a task, and keeps in the index what content they came to.
 *
 * @param engine The engine.
 * @param task The task.
 * @param outputs The outputs, all of one execution.
 * @returns Their content digests, and where they lie, by output.
 * @throws {Error} If a file of the user's would be replaced, or the file system refuses.
 */
export async function commitOutputs(
  engine: Engine,
  task: Task,
  outputs: readonly OutputCommit[],
): Promise<Pick<Outcome, "digests" | "placeOf">> {
  const { workspace } = engine;
  const commits = outputs.map(({ spec, saved, metadata, place }) => {
    const exact = workspace.dry === "no" && exactPath(spec, workspace.cache) !== undefined;
    return { saved, place, exact, metadata: placedMetadata(metadata, exact) };
  });
  const chosen = commits.filter(({ exact }) => exact).map(({ place }) => place);
  await underPathLocks(chosen, () => commitNow(engine, task, outputs, commits));
  return {
    digests: new Map(outputs.map(({ name, metadata }) => [name, metadata.digest])),
    placeOf: placesBy(outputs),
  };
}

/** Apart, so that it keeps the places alone and not all that was committed. */
function placesBy(outputs: readonly OutputCommit[]): Outcome["placeOf"] {
  const places = new Map(outputs.map(({ name, place }) => [name, place]));
  return (output) => places.get(output);
}

function commitNow(
  engine: Engine,
  task: Task,
  outputs: readonly OutputCommit[],
  commits: readonly Commit[],
): void {
  commits.forEach(({ exact, place, saved }, i) => {
    const isReplaceable = isOverwritten(engine, task) && !outputs[i]!.spec.cacher.placement?.adopt;
    if (exact && !isReplaceable) refuseForeign(place, saved.files, "overwrite the stage");
  });
  const step = commitSteps(engine, task);
  // The index comes first: a line that leads nowhere does no harm, one that is missing would have it computed again.
  const contentKey = outputs[0]?.metadata.contentKey;
  if (typeof contentKey === "string") {
    const subdirs = Object.fromEntries(
      outputs.flatMap(({ name, spec }) => {
        const { subdir, path } = spec.cacher.placement ?? {};
        return path === undefined ? [[name, subdir ?? ""]] : [];
      }),
    );
    step("add to index");
    engine.content.add(contentKey, { recipeKey: task.recipeKey, subdirs });
  }
  const looked = commits.map((commit) => commit.exact ? commit : { ...commit, vacant: isVacant(commit) });
  const kept = setStraysAside(looked);
  if (kept !== undefined) {
    const what = `${task.description.kind} ${quote(task.description.name)}`;
    warnOnce(engine, `what Cairn did not write in the folders of ${what} was moved to ${quote(kept)}`);
  }
  commitAll(looked, step);
}

/**
 * Tells of each step of a task's commit.
 *
 * @param engine The engine.
 * @param task The task.
 * @returns Takes the steps.
 */
export function commitSteps(engine: Engine, task: Task): (step: CommitStep) => void {
  const name = stageName(engine.graph, task.index);
  return (step) => engine.emit({ type: "committing", name, step });
}

/** What is linked may have lain elsewhere. */
function placedMetadata({ exact: _, ...metadata }: ArtifactMetadata, exact: boolean): ArtifactMetadata {
  return exact ? { ...metadata, exact } : metadata;
}

function isOverwritten({ overwrite }: Engine, task: Task): boolean {
  return overwrite === "all" || overwrite.has(task.description.name);
}

/**
 * Whose artifact it is, and what came before.
 *
 * @param engine The engine.
 * @param task Its task.
 * @returns That part of its metadata.
 */
export function ownersOf(engine: Engine, task: Task) {
  const { graph } = engine;
  const record = task.owner === null ? undefined : graph.records[task.owner]!;
  const steps = record?.steps.map(({ stage }) => stage) ?? [];
  return {
    stage: task.description.name,
    record: record?.name ?? null,
    experiment: graph.experiment,
    params: record === undefined ? null : describe(record.params),
    paramsHash: record?.hash ?? null,
    priorStages: steps.slice(0, Math.max(0, steps.indexOf(task.description.name))),
    priorRecords: task.owner === null ? task.states.map((state) => graph.records[state.record]!.name) : [],
  };
}

/**
 * What a stage wrote by itself belongs to the first output that refers to it, or else to the first that a full store
 * takes.
 */
function withStageFiles(task: Task, { saved, isWithoutFiles }: JobResult): [string, Saved][] {
  const outputs = [...saved];
  if (isWithoutFiles) return outputs;
  const files = describeStageFiles(outputs[0]![1].place);
  if (files.length === 0) return outputs;
  const owner = outputs.find(([, { references }]) =>
    references.some(({ path }) => path.startsWith("{files}/"))
  );
  const isTracked = (name: string) =>
    task.outputs.some((output) => output.name === name && output.spec?.cacher.placement?.tracked !== false);
  const [name] = owner ?? outputs.find(([name]) => isTracked(name)) ?? outputs[0]!;
  return outputs.map(([each, of]) =>
    each === name ? [each, { ...of, files: [...of.files, ...files] }] : [each, of]
  );
}
