/**
 * Records in scripts: a parameter set with all that was computed for it so far. A record is never changed.
 *
 * @module
 */
import type { Aggregate, AnyAggregate } from "../define/aggregate.ts";
import type { Outputs } from "../define/output.ts";
import type { AnyStage, Produced, Stage } from "../define/stage.ts";
import { copyOf } from "../params/copy.ts";
import { canonicalDigest } from "../params/canonical.ts";
import { checkSegment, oneLine, quote } from "../params/names.ts";
import { isPlainObject, sortOf } from "../params/paths.ts";
import { parameterSets } from "../params/sets.ts";
import { describeOutput } from "../plan/describe_task.ts";
import type { Workspace } from "../store/workspace.ts";
import {
  type ExperimentRecord,
  graphOf,
  knownTasks,
  knownValue,
  recordOf,
  runLineage,
  withFacts,
} from "./lineage.ts";
import { outputsAs } from "./outputs.ts";
import { mergedFacts, NO_FACTS } from "./stage_facts.ts";

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
  const member = { set: set!, index: 0, procedure: null, stages: [], values: copyOf(values), digests };
  const lineage = {
    members: [member],
    aggregate: null,
    hash: {},
    outputAs: outputsAs("declared"),
    facts: NO_FACTS,
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
  const members = [{ ...member!, stages: [...member!.stages, ...stages] }];
  const extended = await withFacts(workspace, { ...lineage, members });
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
  const lineage = await withFacts(first.workspace, {
    ...first.lineage,
    members: records.flatMap((record) => record.lineage.members),
    aggregate,
    // the records of one run share what is known of it
    known: new Map([...new Set(records.map(({ lineage }) => lineage.known))].flatMap((known) => [...known])),
    facts: mergedFacts(records.map(({ lineage }) => lineage.facts)),
  });
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
      `${describeOutput(graph, task, output)} can't be loaded: ${oneLine(direct.miss)}; it is computed again`,
    );
  }
  const finals = new Set([task.index]);
  const result = await runLineage(workspace, lineage, { ...graph, finals }, { wanted, known: unusable });
  const found = await knownValue(knownTasks(graph, result).get(task.recipeKey), output);
  if ("value" in found) return found.value;
  throw new Error(`Cannot give output ${quote(output)}: ${found.miss ?? "it is gone already"}; try again`);
}
