/**
 * Experiments: stages, the parameter sets they run with, and aggregates over the records.
 *
 * @module
 */
import { checkSegment, quote } from "../params/names.ts";
import { isPlainObject, sortOf } from "../params/paths.ts";
import type { Scalar } from "../params/grid.ts";
import type { HashOptions } from "../params/sets.ts";
import type { AnyAggregate } from "./aggregate.ts";
import type { Awaitable } from "./cacher.ts";
import type { Chain } from "./pipeline.ts";
import type { AnyStage } from "./stage.ts";

/** Parameter sets, or a function that returns them. */
export type ParamsSource = readonly unknown[] | (() => Awaitable<readonly unknown[]>);

/** One pipeline of an experiment. */
export interface Procedure {
  /** Null where the experiment has `stages` of its own and no procedures. */
  readonly name: string | null;
  readonly stages: readonly AnyStage[];
  readonly params: ParamsSource;
}

/** An experiment, as the planner and the runner read it. */
export interface Experiment {
  readonly kind: "experiment";
  readonly name: string;
  readonly procedures: readonly Procedure[];
  readonly aggregates: readonly AnyAggregate[];
  readonly hash: HashOptions;
}

export function defineExperiment<
  V extends Scalar,
  P extends { readonly [K in keyof P]: V | object },
  const Stages extends readonly AnyStage[],
>(spec: {
  readonly name: string;
  readonly params?: readonly P[] | (() => Awaitable<readonly P[]>);
  readonly stages: Stages & Chain<Stages, P>;
  readonly aggregates?: readonly AnyAggregate[];
  readonly hash?: HashOptions;
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
      if (!isPlainObject(each)) throw new TypeError(`Cannot define ${of}: a procedure is an object, found ${sortOf(each)}`);
      checkSegment(`procedure of ${of}`, each.name);
      return procedure(`procedure ${quote(each.name)} of ${of}`, each.name, each.stages, each.params);
    });
  const names = procedures.map(({ name }) => name?.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new TypeError(`Cannot define ${of}: two procedures are called ${quote(twice)}`);
  const aggregates = list(of, "aggregates", spec.aggregates ?? []);
  for (const aggregate of aggregates) {
    if (aggregate?.description?.kind !== "aggregate") {
      throw new TypeError(`Cannot define ${of}: "aggregates" takes what defineAggregate returns, found ${sortOf(aggregate)}`);
    }
  }
  return Object.freeze({ kind: "experiment", name: spec.name, procedures, aggregates, hash: spec.hash ?? {} });
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
      throw new TypeError(`Cannot define ${of}: "stages" takes what defineStage returns, found ${sortOf(stage)}`);
    }
  }
  if (params !== undefined && !Array.isArray(params) && typeof params !== "function") {
    throw new TypeError(`Cannot define ${of}: "params" is a list or a function, found ${sortOf(params)}`);
  }
  return { name, stages: checked, params: params ?? [{}] };
}

function list<T>(of: string, what: string, value: readonly T[] | undefined): readonly T[] {
  if (!Array.isArray(value)) throw new TypeError(`Cannot define ${of}: "${what}" is a list, found ${sortOf(value)}`);
  return [...value];
}
