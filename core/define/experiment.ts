/**
 * Experiments: stages, the parameter sets they run with, and aggregates over the records.
 *
 * @module
 */
import { checkSegment, quote } from "../params/names.ts";
import { isPlainObject, sortOf } from "../params/paths.ts";
import type { LiteralHint, Scalar } from "../params/grid.ts";
import type { HashOptions } from "../params/sets.ts";
import type { AnyAggregate } from "./aggregate.ts";
import type { Awaitable } from "./cacher.ts";
import type {
  CheckedAggregates,
  CheckedProcedures,
  CheckedStages,
  HashOf,
  PipelineOf,
  PipelinesOf,
  ProcedureTypes,
  WithoutLabel,
} from "./pipeline.ts";
import type { AnyStage } from "./stage.ts";
import type { TypeMessage } from "./type_messages.ts";

/** Parameter sets, or a function that returns them. */
export type ParamsSource = readonly unknown[] | (() => Awaitable<readonly unknown[]>);

/** One pipeline of an experiment. */
export interface Procedure {
  /** Null where the experiment has `stages` of its own and no procedures. */
  readonly name: string | null;
  /** In the order in which they run. */
  readonly stages: readonly AnyStage[];
  /** As they were given; one empty set where none were. */
  readonly params: ParamsSource;
}

/** An experiment, as the planner and the runner read it. */
export interface Experiment {
  /** Tells it from a stage or an aggregate. */
  readonly kind: "experiment";
  /** What the names of its files begin with. */
  readonly name: string;
  /** Its pipelines; one without a name where it was given stages of its own. */
  readonly procedures: readonly Procedure[];
  /** Its aggregates, over the records of all procedures. */
  readonly aggregates: readonly AnyAggregate[];
  /** How some parameters enter the keys. */
  readonly hash: HashOptions;
}

/**
 * A parameter set as a literal: its scalars and tuples keep their types, so that they suit a stage that takes
 * `"knn" | "ridge"` or `[number, number]`. Lists stay lists that may be written to.
 *
 * @internal
 */
type SetLiteral<Literal> =
  & { readonly name?: string }
  & (object | { readonly [name: string]: LiteralHint<Literal, []> });

/**
 * Parameter sets, or a function that returns them.
 *
 * @internal
 */
type SetsSource<Set> = readonly Set[] | (() => Awaitable<readonly Set[]>);

/**
 * A procedure before its types are known; `| []` makes its stages a tuple.
 *
 * @internal
 */
interface ProcedureSource<Literal> {
  readonly name: string;
  readonly stages: readonly AnyStage[] | [];
  readonly params?: SetsSource<SetLiteral<Literal>>;
}

/** Whether there are procedures: where there are none, the compiler takes their constraint. */
type HasProcedures<Procedures> = [readonly ProcedureSource<Scalar>[]] extends [Procedures] ? false : true;

/**
 * What is known of all pipelines: those of the procedures where there are any.
 *
 * @internal
 */
type AllPipelines<Stages extends readonly AnyStage[], Set, Procedures extends readonly ProcedureTypes[]> =
  HasProcedures<Procedures> extends true ? PipelinesOf<Procedures> : PipelineOf<Stages, WithoutLabel<Set>>;

/**
 * An error where there are stages or parameters besides the procedures.
 *
 * @internal
 */
type Without<Procedures, What extends string> = HasProcedures<Procedures> extends true
  ? TypeMessage<`with procedures, ${What} stand in each of them`>
  : unknown;

/**
 * Defines an experiment: the stages in the order in which they run, the parameter sets to run them with, and the
 * aggregates over all records.
 *
 * The compiler checks the pipeline: an input that no earlier stage produces, one of another type, a parameter that the
 * experiment lacks, two stages of one name or with one output are each an error at the stage that is wrong. Of an
 * array whose length the compiler does not know, as a loop makes it, the planner checks the rest when it runs.
 *
 * @param spec `name` begins the names of all files. `stages` run in their order. `params` are plain objects, `grid()`,
 * or a function, async too, that returns them; each set makes one record, called by its `name` where it has one, which
 * is a label and reaches no stage. Without `params` there is one record with no parameters. `procedures` take the place
 * of `stages` and `params` where the experiment has several pipelines. `hash` says how a parameter enters the keys:
 * `"ignore"`, or a function that gives what stands for it.
 * @returns The experiment, a plain record.
 * @throws {TypeError} If a name is not letters, digits, `_` and `-`, if there are both stages and procedures or
 * neither, if two procedures have one name, or if an option is of the wrong sort.
 *
 * @example
 * ```ts
 * import { defineAggregate, defineExperiment, defineStage, grid } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const draw = defineStage({
 *   name: "draw",
 *   outputs: { values: jsonCacher<number[]>() },
 *   run: ({ params }: { params: { size: number } }) => ({ values: Array.from({ length: params.size }, (_, i) => i) }),
 * });
 * const measure = defineStage({
 *   name: "measure",
 *   inputs: ["values"],
 *   params: ["method"],
 *   outputs: { score: jsonCacher<number>() },
 *   run: ({ values, params }: { values: number[]; params: { method: "sum" | "max" } }) => ({
 *     score: params.method === "sum" ? values.reduce((a, b) => a + b, 0) : Math.max(...values),
 *   }),
 * });
 * const best = defineAggregate({
 *   name: "best",
 *   inputs: ["score"],
 *   outputs: { winner: jsonCacher<string>() },
 *   run: (states: readonly { name: string; score: number }[]) => ({
 *     winner: states.reduce((a, b) => (b.score > a.score ? b : a)).name,
 *   }),
 * });
 *
 * const experiment = defineExperiment({
 *   name: "sizes",
 *   params: grid({ size: [10, 100], method: ["sum", "max"] }),
 *   stages: [draw, measure],
 *   aggregates: [best],
 * });
 *
 * assertEquals(experiment.procedures[0]?.stages, [draw, measure]);
 * ```
 *
 * @example Several pipelines
 * ```ts
 * import { defineExperiment, defineStage } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 *
 * const slow = defineStage({ name: "slow", outputs: { score: jsonCacher<number>() }, run: () => ({ score: 1 }) });
 * const quick = defineStage({
 *   name: "quick",
 *   outputs: { score: jsonCacher<number>() },
 *   run: ({ params }: { params: { seed: number } }) => ({ score: params.seed }),
 * });
 *
 * export default defineExperiment({
 *   name: "paths",
 *   procedures: [
 *     { name: "thorough", stages: [slow] },
 *     { name: "rough", stages: [quick], params: [{ seed: 1 }, { seed: 2 }] },
 *   ],
 * });
 * ```
 */
export function defineExperiment<
  Literal extends Scalar,
  // No defaults: with any, literals in what a procedure's function returns are no longer kept.
  Set extends SetLiteral<Literal>,
  const Stages extends readonly AnyStage[],
  Procedures extends readonly ProcedureSource<Literal>[] | [],
  const Aggregates extends readonly AnyAggregate[],
>(spec: {
  readonly name: string;
  readonly params?: SetsSource<Set> & Without<Procedures, "params">;
  readonly stages?: Stages & CheckedStages<Stages, WithoutLabel<Set>> & Without<Procedures, "stages">;
  readonly procedures?: Procedures & CheckedProcedures<Procedures>;
  readonly aggregates?: Aggregates & CheckedAggregates<Aggregates, AllPipelines<Stages, Set, Procedures>>;
  readonly hash?: HashOf<AllPipelines<Stages, Set, Procedures>["sets"]>;
}): Experiment {
  return describeExperiment(spec as never);
}

function describeExperiment(spec: {
  readonly name: string;
  readonly params?: ParamsSource;
  readonly stages?: readonly AnyStage[];
  readonly procedures?: readonly { name: string; stages: readonly AnyStage[]; params?: ParamsSource }[];
  readonly aggregates?: readonly AnyAggregate[];
  readonly hash?: HashOptions;
}): Experiment {
  checkSegment("experiment", spec.name);
  const of = `experiment ${quote(spec.name)}`;
  if ((spec.stages === undefined) === (spec.procedures === undefined)) {
    throw new TypeError(`Cannot define ${of}: it has either "stages" or "procedures"`);
  }
  if (spec.procedures !== undefined && spec.params !== undefined) {
    throw new TypeError(`Cannot define ${of}: with "procedures", "params" stand in each of them`);
  }
  const procedures = spec.procedures === undefined
    ? [procedure(of, null, spec.stages, spec.params)]
    : list(of, "procedures", spec.procedures).map((each) => {
      if (!isPlainObject(each)) {
        throw new TypeError(`Cannot define ${of}: a procedure is an object, found ${sortOf(each)}`);
      }
      checkSegment(`procedure of ${of}`, each.name);
      return procedure(`procedure ${quote(each.name)} of ${of}`, each.name, each.stages, each.params);
    });
  const names = procedures.map(({ name }) => name?.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new TypeError(`Cannot define ${of}: two procedures are called ${quote(twice)}`);
  }
  const aggregates = list(of, "aggregates", spec.aggregates ?? []);
  for (const aggregate of aggregates) {
    if (aggregate?.description?.kind !== "aggregate") {
      throw new TypeError(
        `Cannot define ${of}: "aggregates" takes what defineAggregate returns, found ${sortOf(aggregate)}`,
      );
    }
  }
  if (spec.hash !== undefined && !isPlainObject(spec.hash)) {
    throw new TypeError(`Cannot define ${of}: "hash" is an object, found ${sortOf(spec.hash)}`);
  }
  return Object.freeze({
    kind: "experiment",
    name: spec.name,
    procedures,
    aggregates,
    hash: spec.hash ?? {},
  });
}

function procedure(
  of: string,
  name: string | null,
  stages: readonly AnyStage[] | undefined,
  params: ParamsSource | undefined,
): Procedure {
  const checked = list(of, "stages", stages);
  for (const stage of checked) {
    if (stage?.description?.kind !== "stage") {
      throw new TypeError(
        `Cannot define ${of}: "stages" takes what defineStage returns, found ${sortOf(stage)}`,
      );
    }
  }
  if (params !== undefined && !Array.isArray(params) && typeof params !== "function") {
    throw new TypeError(`Cannot define ${of}: "params" is a list or a function, found ${sortOf(params)}`);
  }
  return { name, stages: checked, params: params ?? [{}] };
}

function list<T>(of: string, what: string, value: readonly T[] | undefined): readonly T[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`Cannot define ${of}: "${what}" is a list, found ${sortOf(value)}`);
  }
  return [...value];
}
