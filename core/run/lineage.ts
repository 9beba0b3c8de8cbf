/**
 * How a record came to be: enough to make its task graph again, and to find its values.
 *
 * @module
 */
import type { AnyAggregate } from "../define/aggregate.ts";
import type { AnyOutput } from "../define/output.ts";
import type { AnyStage } from "../define/stage.ts";
import { isMiss } from "../define/miss.ts";
import { canonicalDigest, type Digest } from "../params/canonical.ts";
import { printable } from "../params/names.ts";
import type { HashOptions, ParameterSet, Params } from "../params/sets.ts";
import { makeGraph } from "../plan/graph.ts";
import type { Graph } from "../plan/task.ts";
import { clearly } from "../store/disk/disk_error.ts";
import { commandLine, gitState, versions } from "../store/environment.ts";
import { loadArtifact } from "../store/load.ts";
import { type ArtifactSpec, fileAt, type Place } from "../store/place.ts";
import { refuseLinks } from "../store/symbolic_links.ts";
import { refuseLongNames } from "../store/name_length.ts";
import { register } from "../store/registry.ts";
import type { Workspace } from "../store/workspace.ts";
import { type EngineResult, runGraph } from "./engine.ts";
import type { EngineOptions, Held, Outcome } from "./engine_state.ts";
import type { StageReport } from "./events.ts";
import { inlineExecutor } from "./executor.ts";
import { refuseWhileLoading } from "./parallel/loading.ts";
import { specsOf } from "./run_options.ts";
import { makeSlots } from "./slots.ts";
import { type GatheredFacts, gatherFacts, scriptModule } from "./stage_facts.ts";

/** A parameter set with all that was computed for it so far. Functions take a record and return a new one. */
export interface ExperimentRecord {
  /** Where its artifacts lie. */
  readonly workspace: Workspace;
  /** Its label. */
  readonly name: string;
  /** Its parameters, without the label. */
  readonly params: Params;
  /** Its place among the records of its experiment; 0 in a script. */
  readonly index: number;
  /** SHA-256 of the parameters. */
  readonly hash: Digest;
  /** What became of each stage, in order. */
  readonly stages: readonly StageReport[];
  /** What the functions of this module keep: read it with {@linkcode valueOf}. */
  readonly lineage: Lineage;
}

/** How a record came to be, and what is known of its outputs. */
export interface Lineage {
  /** The records of stages: one, or those that an aggregate was made from. */
  readonly members: readonly LineageMember[];
  /** The aggregate that made it of its members; null for a record of stages. */
  readonly aggregate: AnyAggregate | null;
  /** The members that the aggregate did without, since they failed. */
  readonly missing?: readonly number[];
  /** How parameters are represented in hashes. */
  readonly hash: HashOptions;
  /** What each output counts as. */
  readonly outputAs: (output: AnyOutput) => AnyOutput;
  /** The code, files and environment of its stages as they were when it ran them. */
  readonly facts: GatheredFacts;
  /** What is in memory, and where artifacts lie, by recipe key. */
  readonly known: ReadonlyMap<Digest, KnownTask>;
}

/** One record of stages within a lineage. */
export interface LineageMember {
  /** Its parameters. */
  readonly set: ParameterSet;
  /** Its place among the records of its experiment. */
  readonly index: number;
  /** Its procedure, where the experiment has several. */
  readonly procedure: string | null;
  /** The stages it went through. */
  readonly stages: readonly AnyStage[];
  /** The values that it started with. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Their digests. */
  readonly digests: Readonly<Record<string, Digest>>;
}

/** What is known of a task that was run or reused. */
export interface KnownTask {
  /** What is in memory. */
  readonly held: Held | undefined;
  /** What it failed with. */
  readonly error: Error | undefined;
  /** Where artifacts lie, by output. */
  readonly artifacts: ReadonlyMap<string, { readonly spec: ArtifactSpec; readonly place: Place }>;
}

/**
 * The value of an output, from memory or from its artifact.
 *
 * @param known What is known of its task.
 * @param output The output.
 * @returns The value; or why neither can serve, where there is a reason.
 */
export async function knownValue(
  known: KnownTask | undefined,
  output: string,
): Promise<{ readonly value: unknown } | { readonly miss: string | undefined }> {
  if (known?.held?.values.has(output)) return { value: await known.held.values.get(output) };
  const artifact = known?.artifacts.get(output);
  if (artifact === undefined) return { miss: undefined };
  try {
    return { value: await loadArtifact(artifact.place, artifact.spec) };
  } catch (error) {
    if (isMiss(error)) return { miss: error.message };
    throw error;
  }
}

/**
 * The task graph of a lineage.
 *
 * @param workspace Where its artifacts lie.
 * @param lineage The lineage.
 * @returns The graph.
 */
export function graphOf(workspace: Workspace, lineage: Lineage): Graph {
  const graph = makeGraph({
    experiment: workspace.experiment,
    prefix: workspace.prefix,
    cache: workspace.cache,
    hash: lineage.hash,
    procedures: lineage.members.map(({ set, index, procedure, stages, digests }) => ({
      name: procedure,
      stages,
      records: [{ ...set, index, values: digests }],
    })),
    aggregates: lineage.aggregate === null ? [] : [lineage.aggregate],
    outputAs: lineage.outputAs,
    factsOf: lineage.facts.of,
    missing: lineage.missing ?? [],
  });
  refuseLongNames(workspace.cache, specsOf(graph));
  return graph;
}

/**
 * A lineage with the facts of all its stages: of those that it has run they stay as they were.
 *
 * @param workspace Where its artifacts lie.
 * @param lineage The lineage.
 * @returns The lineage.
 */
export async function withFacts(workspace: Workspace, lineage: Lineage): Promise<Lineage> {
  const { members, aggregate, facts } = lineage;
  const stages = [...members.flatMap(({ stages }) => stages), ...aggregate === null ? [] : [aggregate]];
  refuseLinks(workspace, stages);
  const module = workspace.module === undefined ? undefined : scriptModule(workspace.module);
  const gathered = await gatherFacts(
    workspace,
    stages.map(({ description }) => description),
    module,
    false,
    facts,
  );
  for (const warning of gathered.warnings) workspace.warn(warning);
  return { ...lineage, facts: gathered };
}

/**
 * Runs a graph for a script: what fails is thrown, and values stay in memory.
 *
 * @param workspace Where artifacts lie.
 * @param lineage The lineage that the graph was made of.
 * @param graph The graph.
 * @param asked What is wanted in memory, and what is known not to be usable.
 * @returns What came of it.
 * @throws {Error} The error of a stage that failed.
 */
export async function runLineage(
  workspace: Workspace,
  lineage: Lineage,
  graph: Graph,
  asked: Pick<EngineOptions, "wanted" | "known"> = {},
): Promise<EngineResult> {
  refuseWhileLoading();
  let run: ReturnType<EngineOptions["runInfo"]> | undefined;
  const held = new Map(graph.tasks.flatMap(({ index, recipeKey }) => {
    const values = lineage.known.get(recipeKey)?.held;
    return values === undefined ? [] : [[index, values] as const];
  }));
  const never = new AbortController().signal;
  const options: EngineOptions = {
    workspace,
    graph,
    executor: inlineExecutor(),
    slots: makeSlots(1),
    emit: (event) => {
      if (event.type === "warning") workspace.warn(event.message);
      if (event.type === "log") console.error(printable(`${event.name.stage}: ${event.message}`));
    },
    values: lineage.members.map(({ values }) => values),
    runInfo: () => run ??= scriptRun(workspace, lineage),
    overwrite: new Set(),
    signal: never,
    drain: never,
    held,
    ...asked,
    keepValues: true,
    keepGoing: false,
    changedFile: lineage.facts.changedFile,
    changedCode: lineage.facts.changedCode,
  };
  const result = await clearly(() => runGraph(options));
  for (const { index } of graph.tasks) {
    const { error } = result.outcome(index);
    if (error !== undefined) throw error;
  }
  // deno-lint-ignore require-await -- what it throws is to be clear
  if (workspace.dry === "no") await clearly(async () => lineage.facts.save());
  return result;
}

async function scriptRun(workspace: Workspace, lineage: Lineage) {
  if (workspace.dry === "no") await register(workspace, lineage.members.map(({ set }) => set));
  return {
    reference: null,
    command: commandLine(),
    git: await gitState(),
    versions: versions(),
    notes: null,
  };
}

/**
 * A record of what came of a run.
 *
 * @param workspace Where its artifacts lie.
 * @param lineage The lineage.
 * @param graph Its graph.
 * @param result What came of it.
 * @param index Which of its records; null for the aggregate.
 * @param told What was told of earlier stages.
 * @returns The record.
 */
export function recordOf(
  workspace: Workspace,
  lineage: Lineage,
  graph: Graph,
  result: EngineResult,
  index: number | null,
  told: readonly StageReport[] = [],
): ExperimentRecord {
  const known = new Map([...lineage.known, ...knownTasks(graph, result)]);
  const tasks = index === null
    ? graph.aggregates.map((task) => ({ stage: graph.tasks[task]!.description.name, task }))
    : graph.records[index]!.steps;
  const stages = tasks.map(({ stage, task }, i) => {
    const outcome = result.outcome(task);
    const before = outcome.verdict === "executed" ? undefined : told[i];
    return before ?? reportOf(graph, task, stage, outcome);
  });
  const { name, params, hash } = index === null
    ? {
      name: lineage.aggregate!.aggregateName,
      params: {},
      hash: canonicalDigest(lineage.members.map(({ set }) => set.hash)),
    }
    : lineage.members[index]!.set;
  return { workspace, name, params, hash, index: index ?? 0, stages, lineage: { ...lineage, known } };
}

/**
 * What is known of each task after a run.
 *
 * @param graph The graph.
 * @param result What came of it.
 * @returns What is in memory and where artifacts lie, by recipe key.
 */
export function knownTasks(graph: Graph, result: EngineResult): Map<Digest, KnownTask> {
  return new Map(graph.tasks.map(({ index, recipeKey, outputs }) => {
    const { placeOf, error } = result.outcome(index);
    const artifacts = new Map(outputs.flatMap(({ name, spec }) => {
      const place = placeOf(name);
      return spec === undefined || place === undefined ? [] : [[name, { spec, place }] as const];
    }));
    return [recipeKey, { held: result.memory.get(index), error, artifacts }];
  }));
}

/**
 * What became of a stage, as results and events tell it.
 *
 * @param graph The graph.
 * @param task Its task.
 * @param stage Its name.
 * @param outcome What became of the task.
 * @returns The report.
 */
export function reportOf(graph: Graph, task: number, stage: string, outcome: Outcome): StageReport {
  const { verdict, reason, placeOf } = outcome;
  const { outputs, recipeKey } = graph.tasks[task]!;
  const artifacts = Object.fromEntries(outputs.flatMap(({ name }) => {
    const place = placeOf(name);
    return place === undefined ? [] : [[name, fileAt(place)]];
  }));
  return { stage, verdict, reason, key: recipeKey, artifacts };
}
