/**
 * Records in scripts: a parameter set with all that was computed for it so far. A record is never changed.
 *
 * @module
 */
import type { AnyAggregate } from "../define/aggregate.ts";
import type { AnyOutput, Outputs } from "../define/output.ts";
import type { AnyStage, Produced, Stage } from "../define/stage.ts";
import type { Aggregate } from "../define/aggregate.ts";
import { isMiss } from "../define/miss.ts";
import { canonicalDigest, type Digest } from "../params/canonical.ts";
import { checkSegment, printable, quote } from "../params/names.ts";
import { isPlainObject, sortOf } from "../params/paths.ts";
import { type HashOptions, type ParameterSet, parameterSets, type Params } from "../params/sets.ts";
import { makeGraph } from "../plan/graph.ts";
import { describeOutput } from "../plan/plan.ts";
import type { Graph } from "../plan/task.ts";
import { commandLine, gitState, versions } from "../store/environment.ts";
import { loadArtifact } from "../store/load.ts";
import { type ArtifactSpec, fileAt, type Place } from "../store/place.ts";
import { register } from "../store/registry.ts";
import type { Workspace } from "../store/workspace.ts";
import { type EngineResult, runGraph } from "./engine.ts";
import type { EngineOptions, Held, Outcome } from "./engine_state.ts";
import type { StageReport } from "./events.ts";
import { inlineExecutor } from "./executor.ts";
import { outputsAs } from "./outputs.ts";
import { makeSlots } from "./slots.ts";

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
  /** How parameters are represented in hashes. */
  readonly hash: HashOptions;
  /** What each output counts as. */
  readonly outputAs: (output: AnyOutput) => AnyOutput;
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
 * Makes a record for a script. Nothing is written.
 *
 * @param workspace Where its artifacts are to lie.
 * @param params Its parameters; `name` is its label, and no parameter.
 * @param values Values for it to start with, as outputs of earlier stages would be: they are hashed.
 * @returns The record.
 * @throws {TypeError} If a parameter or a value can't be hashed; the message names its path.
 */
export function createRecord(
  workspace: Workspace,
  params: Readonly<Record<string, unknown>> = {},
  values: Readonly<Record<string, unknown>> = {},
): ExperimentRecord {
  if (!isPlainObject(values)) {
    throw new TypeError(`Cannot create a record: its values are a plain object, found ${sortOf(values)}`);
  }
  const [set] = parameterSets([params]);
  for (const name of Object.keys(values)) checkSegment("value of a record", name);
  const digests = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, canonicalDigest(value, name)]),
  );
  const member = { set: set!, index: 0, procedure: null, stages: [], values: { ...values }, digests };
  const lineage = {
    members: [member],
    aggregate: null,
    hash: {},
    outputAs: outputsAs("declared"),
    known: new Map(),
  };
  return { workspace, ...set!, index: 0, stages: [], lineage };
}

/**
 * Runs a stage for a record, or finds its artifacts in the cache.
 *
 * @param record The record.
 * @param stage The stage.
 * @returns A new record, with the stage's outputs.
 * @throws {TypeError} If an input is not there, or the stage clashes with an earlier one.
 * @throws {Error} If the stage fails; the message names record and stage, and `cause` is what it threw.
 */
export async function runStage(record: ExperimentRecord, stage: AnyStage): Promise<ExperimentRecord> {
  return await runStages(record, [stage]);
}

/**
 * Runs stages for a record, in order. Works backward: a stage runs only where its outputs are wanted by one of these
 * that runs, or by none.
 *
 * @param record The record.
 * @param stages The stages.
 * @returns A new record, with the outputs of all of them.
 * @throws As {@linkcode runStage} does.
 */
export async function runStages(
  record: ExperimentRecord,
  stages: readonly AnyStage[],
): Promise<ExperimentRecord> {
  const { workspace, lineage } = record;
  if (lineage.aggregate !== null) {
    throw new TypeError(`Cannot run a stage for ${quote(record.name)}: it is the record of an aggregate`);
  }
  const [member] = lineage.members;
  const extended = { ...lineage, members: [{ ...member!, stages: [...member!.stages, ...stages] }] };
  const graph = graphOf(workspace, extended);
  const added = graph.records[0]!.steps.slice(-stages.length).map(({ task }) => task);
  const used = new Set(added.flatMap((task) => graph.tasks[task]!.producers));
  const finals = new Set(added.filter((task) => !used.has(task)));
  const result = await runLineage(workspace, extended, { ...graph, finals });
  return recordOf(workspace, extended, graph, result, 0, record.stages);
}

/**
 * Runs an aggregate over records, or finds its artifacts in the cache.
 *
 * @param records The records; those that lack an input are left out.
 * @param aggregate The aggregate.
 * @returns A record that holds the aggregate's outputs, for {@linkcode valueOf}.
 * @throws {TypeError} If no record produces its inputs, or two records bear one name.
 * @throws {Error} If it fails; `cause` is what it threw.
 */
export async function runAggregate(
  records: readonly ExperimentRecord[],
  aggregate: AnyAggregate,
): Promise<ExperimentRecord> {
  const [first] = records;
  if (first === undefined) {
    throw new TypeError(`Cannot run aggregate ${quote(aggregate.aggregateName)}: it was given no records`);
  }
  const names = records.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new TypeError(
      `Cannot run aggregate ${quote(aggregate.aggregateName)}: two records are called ${quote(twice)}`,
    );
  }
  const lineage: Lineage = {
    ...first.lineage,
    members: records.flatMap((record) => record.lineage.members),
    aggregate,
    known: new Map(records.flatMap((record) => [...record.lineage.known])),
  };
  const graph = graphOf(first.workspace, lineage);
  const result = await runLineage(first.workspace, lineage, { ...graph, finals: new Set(graph.aggregates) });
  return recordOf(first.workspace, lineage, graph, result, null);
}

/**
 * The value of an output.
 *
 * @param record The record.
 * @param stage The stage or aggregate that produces it; left out, the value's type is unknown.
 * @param output The output's name; without a stage also the name of a value that the record started with.
 * @returns The value, from memory or loaded. One that was kept in memory only, and is gone, is computed again.
 * @throws {TypeError} If the record has no such output.
 * @throws {Error} If its stage failed, or its cacher can't load it.
 */
export function valueOf<O extends Outputs, Name extends keyof O & string>(
  record: ExperimentRecord,
  // deno-lint-ignore no-explicit-any -- a stage or aggregate of any state
  stage: Stage<string, any, O> | Aggregate<string, any, O>,
  output: Name,
): Promise<Produced<O>[Name]>;
/** The value of an output whose stage is not at hand: its type is unknown. */
export function valueOf(record: ExperimentRecord, output: string): Promise<unknown>;
export async function valueOf(
  record: ExperimentRecord,
  ...rest: readonly [{ readonly description: { readonly name: string } }, string] | readonly [string]
): Promise<unknown> {
  const [stage, output] = rest.length === 2 ? [rest[0].description.name, rest[1]] : [undefined, rest[0]];
  const { workspace, lineage } = record;
  const [member] = lineage.members;
  if (stage === undefined && lineage.aggregate === null && Object.hasOwn(member!.values, output)) {
    return member!.values[output];
  }
  const graph = graphOf(workspace, lineage);
  const own = lineage.aggregate === null ? graph.records[0]!.steps.map(({ task }) => task) : graph.aggregates;
  const task = own.map((index) => graph.tasks[index]!).find(({ description, outputs }) =>
    (stage === undefined || description.name === stage) && outputs.some(({ name }) => name === output)
  );
  if (task === undefined) {
    const of = stage === undefined ? "" : ` of stage ${quote(stage)}`;
    throw new TypeError(
      `Cannot give output ${quote(output)}${of}: record ${quote(record.name)} has no such output`,
    );
  }
  const known = lineage.known.get(task.recipeKey);
  if (known?.error !== undefined) throw known.error;
  const direct = await knownValue(known, output);
  if ("value" in direct) return direct.value;
  const isCached = task.outputs.some(({ name, spec }) => name === output && spec !== undefined);
  const wanted = isCached ? new Map() : new Map([[task.index, `output ${quote(output)} is asked for`]]);
  const unusable = direct.miss === undefined ? new Map() : new Map([[task.index, direct.miss]]);
  if (direct.miss !== undefined) {
    workspace.warn(
      `${describeOutput(graph, task, output)} can't be loaded: ${direct.miss}; it is computed again`,
    );
  }
  const finals = new Set([task.index]);
  const result = await runLineage(workspace, lineage, { ...graph, finals }, { wanted, known: unusable });
  const found = await knownValue(knownTasks(graph, result).get(task.recipeKey), output);
  if ("value" in found) return found.value;
  throw new Error(`Cannot give output ${quote(output)}: ${found.miss ?? "it is gone already"}; try again`);
}

/** A value from memory or from its artifact; or why that can't serve, where there is one. */
async function knownValue(
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

function graphOf(workspace: Workspace, lineage: Lineage): Graph {
  return makeGraph({
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
  });
}

/** Runs a graph for a script: what fails is thrown, and values stay in memory. */
async function runLineage(
  workspace: Workspace,
  lineage: Lineage,
  graph: Graph,
  asked: Pick<EngineOptions, "wanted" | "known"> = {},
): Promise<EngineResult> {
  let run: ReturnType<EngineOptions["runInfo"]> | undefined;
  const held = new Map(graph.tasks.flatMap(({ index, recipeKey }) => {
    const values = lineage.known.get(recipeKey)?.held;
    return values === undefined ? [] : [[index, values] as const];
  }));
  const never = new AbortController().signal;
  const result = await runGraph({
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
  });
  const failed = result.outcomes.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw failed.error;
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

function recordOf(
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
    const outcome = result.outcomes[task]!;
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
    const { places, error } = result.outcomes[index]!;
    const artifacts = new Map(outputs.flatMap(({ name, spec }) => {
      const place = places.get(name);
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
  const { verdict, reason, places } = outcome;
  const artifacts = Object.fromEntries([...places].map(([name, place]) => [name, fileAt(place)]));
  return { stage, verdict, reason, key: graph.tasks[task]!.recipeKey, artifacts };
}
