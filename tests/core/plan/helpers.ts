/** Graphs without a disk, and lookups made up by hand. */
import type { AnyAggregate } from "../../../core/define/aggregate.ts";
import type { AnyStage } from "../../../core/define/stage.ts";
import { parameterSets } from "../../../core/params/sets.ts";
import { type GraphInput, makeGraph } from "../../../core/plan/graph.ts";
import type { Graph, Task } from "../../../core/plan/task.ts";
import { makePlan, type Plan, type PlanOptions } from "../../../core/plan/plan.ts";
import type { TaskLookups } from "../../../core/plan/staleness.ts";
import type { PlannedTask, PlannedVerdict } from "../../../core/plan/verdicts.ts";
import type { Lookup } from "../../../core/store/lookup.ts";
import { ancestorList } from "../../../core/store/ancestors.ts";

/** A graph of one procedure. */
export function graphOf(
  stages: readonly AnyStage[],
  sets: readonly Record<string, unknown>[] = [{}],
  rest: Partial<GraphInput> & { readonly aggregates?: readonly AnyAggregate[] } = {},
): Graph {
  const { hash = {} } = rest;
  return makeGraph({
    experiment: "exp",
    prefix: "exp",
    cache: "cache",
    hash,
    procedures: [{ name: null, stages, records: parameterSets(sets, { hash }) }],
    aggregates: [],
    ...rest,
  });
}

/** How one output differs from what it should be: absent, or found with other facts. */
export type Change = "missing" | { readonly [fact: string]: unknown };

/**
 * Lookups in which every output is found as the run of its task left it, but for the changes: by `stage.output`, or by
 * `index.output` where several tasks are of one stage.
 */
export function lookupsOf(graph: Graph, changes: Readonly<Record<string, Change>> = {}): TaskLookups[] {
  return graph.tasks.map((task) => {
    return task.outputs.map(({ name, spec }): Lookup | undefined => {
      if (spec === undefined) return undefined;
      const change = changes[`${task.index}.${name}`] ?? changes[`${task.description.name}.${name}`] ?? {};
      if (change === "missing") return { state: "missing", reason: "not in the cache" };
      const found = {
        state: "found",
        where: "cache",
        digest: digestOf(task, name),
        execution: `run ${task.index}`,
        contentKey: null,
        ancestors: ancestorList(ancestorsOf(graph, task)),
        finished: 0,
        ...change,
      };
      return found as Lookup;
    });
  });
}

/** The plan of a graph, over lookups made up. */
export function planOf(
  graph: Graph,
  changes: Readonly<Record<string, Change>> = {},
  options: PlanOptions = {},
) {
  return makePlan(graph, lookupsOf(graph, changes), options);
}

/** A plan in which nothing was found damaged, or in the way. */
export function tasks(
  ...planned: readonly (readonly [
    verdict: PlannedVerdict,
    reason: string,
    waitsFor?: readonly number[],
    marks?: Partial<Pick<PlannedTask, "isNeeded" | "isForced" | "isLinked">>,
  ])[]
): Plan {
  return {
    tasks: planned.map(([verdict, reason, waitsFor = [], marks]) => ({
      verdict,
      reason,
      waitsFor,
      isNeeded: verdict === "execute",
      isForced: reason === "overwritten",
      isLinked: false,
      ...marks,
    })),
    warnings: [],
    problems: [],
  };
}

function digestOf(task: Task, output: string): string {
  return `digest of ${task.index}.${output}`;
}

function ancestorsOf(graph: Graph, task: Task): Record<string, string> {
  return Object.assign(
    {},
    ...task.producers.map((index) => {
      const producer = graph.tasks[index]!;
      const own = producer.outputs.flatMap(({ name, spec }) =>
        spec === undefined ? [] : [[spec.name, digestOf(producer, name)]]
      );
      return { ...ancestorsOf(graph, producer), ...Object.fromEntries(own) };
    }),
  );
}
