/**
 * The plan: for each task, what will become of it and why. Pure over what a lookup told.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import type { Found, Lookup } from "../store/lookup.ts";
import { ancestorName } from "../store/place.ts";
import type { Graph, Task } from "./task.ts";

/**
 * What will become of a task: `pending` is decided when its inputs are there, `skipped` is not needed.
 */
export type PlannedVerdict = "execute" | "reuse" | "pending" | "skipped";

/** What the plan says of one task. */
export interface PlannedTask {
  /** What will become of it. */
  readonly verdict: PlannedVerdict;
  /** Why, in words. */
  readonly reason: string;
  /** The tasks that must be settled before a pending one can be decided. */
  readonly waitsFor: readonly number[];
}

/** The plan of a graph: a plain record. */
export interface Plan {
  /** One a task, in the graph's order. */
  readonly tasks: readonly PlannedTask[];
  /** What was found damaged: one line each. */
  readonly warnings: readonly string[];
  /** Why nothing can run: files of the user's that would be replaced. One line each. */
  readonly problems: readonly string[];
}

/** What is to be planned. */
export interface PlanOptions {
  /** Run these stages even though their artifacts are there: all, or those named. */
  readonly overwrite?: "all" | ReadonlySet<string>;
  /** Tasks that were executed in this run already: they are not overwritten again. */
  readonly done?: ReadonlySet<number>;
  /** Tasks whose values are in memory. */
  readonly held?: ReadonlySet<number>;
  /** Tasks that must run unless their values are in memory, and why: an output that nothing caches is asked for. */
  readonly wanted?: ReadonlyMap<number, string>;
  /** Tasks whose artifacts turned out not to be usable, and why. */
  readonly distrusted?: ReadonlyMap<number, string>;
}

/** The lookups of one task's outputs by name; none for what is kept in memory only. */
export type TaskLookups = ReadonlyMap<string, Lookup>;

/**
 * Plans what runs.
 *
 * Works backward from the final tasks: a task runs only where it is final or one that runs needs it, and its artifacts
 * are not there. What comes after a task that runs is pending.
 *
 * @param graph The tasks.
 * @param lookups What was found of each task's outputs.
 * @param options What to run regardless.
 * @returns The plan.
 */
export function makePlan(graph: Graph, lookups: readonly TaskLookups[], options: PlanOptions = {}): Plan {
  const { tasks } = graph;
  const { done = new Set(), held = new Set(), distrusted = new Map() } = options;
  const digests = existingDigests(graph, lookups);
  const forced = tasks.map((task) =>
    isForced(task, options) && !done.has(task.index) && !isAdopted(lookups[task.index]!)
  );
  const stale = tasks.map((task) => {
    if (!cachesAnything(task) && (done.has(task.index) || held.has(task.index))) return undefined;
    return distrusted.get(task.index) ?? staleReason(task, lookups[task.index]!, digests);
  });
  const execute = whatExecutes(graph, stale, forced, held, options.wanted ?? new Map());
  return {
    tasks: verdicts(graph, stale, execute),
    warnings: tasks.flatMap((task) => warningsOf(graph, task, lookups[task.index]!)),
    problems: tasks.flatMap((task) => forced[task.index] ? [] : problemsOf(task, lookups[task.index]!)),
  };
}

/**
 * The content digests of all artifacts that are there, by the names that ancestors have.
 *
 * @param graph The tasks.
 * @param lookups What was found of each task's outputs.
 * @returns The digests.
 */
export function existingDigests(graph: Graph, lookups: readonly TaskLookups[]): Map<string, string> {
  const digests = new Map<string, string>();
  for (const task of graph.tasks) {
    for (const { spec, name } of task.outputs) {
      const found = lookups[task.index]!.get(name);
      if (spec === undefined || found === undefined) continue;
      if (found.state === "found") digests.set(ancestorName(spec), found.digest);
      // It is there, and is no longer what anything was made from.
      else if (found.hasChanged) digests.set(ancestorName(spec), "");
    }
  }
  return digests;
}

/**
 * Why the artifacts of a task can't be used; undefined where they can.
 *
 * @param task The task.
 * @param lookups What was found of its outputs.
 * @param digests The content digests of the artifacts that are there, by the names that ancestors have.
 * @returns The reason.
 */
export function staleReason(
  task: Task,
  lookups: TaskLookups,
  digests: ReadonlyMap<string, string>,
): string | undefined {
  const found: Found[] = [];
  for (const { name, spec } of task.outputs) {
    if (spec === undefined) continue;
    const lookup = lookups.get(name)!;
    if (lookup.state !== "found") return `output ${quote(name)}: ${lookup.reason}`;
    found.push(lookup);
  }
  if (!cachesAnything(task)) return "it caches nothing";
  const executions = new Set(found.flatMap(({ execution }) => execution ?? []));
  if (executions.size > 1) return "its outputs were made by different executions";
  for (const { ancestors } of found) {
    for (const [name, digest] of Object.entries(ancestors)) {
      const current = digests.get(name);
      if (current !== undefined && current !== digest) return `it was made from another ${quote(name)}`;
    }
  }
  return undefined;
}

function cachesAnything(task: Task): boolean {
  return task.outputs.some(({ spec }) => spec !== undefined);
}

/** A file of the user's that was adopted is never made again. */
function isAdopted(lookups: TaskLookups): boolean {
  return [...lookups.values()].some((found) => found.state === "found" && found.execution === undefined);
}

function isForced(task: Task, { overwrite }: PlanOptions): boolean {
  return overwrite === "all" || (overwrite?.has(task.description.name) ?? false);
}

/** Backward: why each task has to run, as far as that is certain. */
function whatExecutes(
  graph: Graph,
  stale: readonly (string | undefined)[],
  forced: readonly boolean[],
  held: ReadonlySet<number>,
  askedFor: ReadonlyMap<number, string>,
): (string | undefined)[] {
  const reasons: (string | undefined)[] = graph.tasks.map(() => undefined);
  // What a task that runs can't have otherwise: the output is gone, or was in memory only.
  const wanted = graph.tasks.map(({ index }) => held.has(index) ? undefined : askedFor.get(index));
  for (const task of graph.tasks.toReversed()) {
    const { index } = task;
    if (forced[index]) reasons[index] = "overwritten";
    else if (wanted[index] !== undefined) reasons[index] = stale[index] ?? wanted[index]!;
    else if (graph.finals.has(index) && stale[index] !== undefined) reasons[index] = stale[index];
    if (reasons[index] === undefined) continue;
    for (const { source } of task.states.flatMap(({ inputs }) => inputs)) {
      if (source.kind !== "output") continue;
      const output = graph.tasks[source.task]!.outputs.find(({ name }) => name === source.output)!;
      const isGone = output.spec === undefined ? !held.has(source.task) : stale[source.task] !== undefined;
      if (isGone) {
        wanted[source.task] ??= `${task.description.kind} ${quote(task.description.name)} needs its output ${
          quote(source.output)
        }`;
      }
    }
  }
  return reasons;
}

/** Forward: what is certain to be reused, and what depends on a task that runs. */
function verdicts(
  graph: Graph,
  stale: readonly (string | undefined)[],
  execute: readonly (string | undefined)[],
): PlannedTask[] {
  const planned: PlannedTask[] = [];
  // Which tasks must be settled before a task can be judged: seen through those that are gone and may stay so.
  const upstream: (readonly number[])[] = [];
  for (const { index, producers } of graph.tasks) {
    const waitsFor = new Set<number>();
    for (const producer of producers) {
      const { verdict } = planned[producer]!;
      if (verdict === "execute" || verdict === "pending") waitsFor.add(producer);
      else if (verdict === "skipped") { for (const task of upstream[producer]!) waitsFor.add(task); }
    }
    upstream[index] = [...waitsFor];
    const reason = execute[index];
    if (reason !== undefined) planned.push({ verdict: "execute", reason, waitsFor: [] });
    else if (stale[index] !== undefined) {
      planned.push({ verdict: "skipped", reason: "not needed", waitsFor: [] });
    } else if (waitsFor.size > 0) {
      const names = [...new Set([...waitsFor].map((task) => quote(graph.tasks[task]!.description.name)))];
      planned.push({
        verdict: "pending",
        reason: `decided when ${names.join(", ")} is done`,
        waitsFor: [...waitsFor],
      });
    } else planned.push({ verdict: "reuse", reason: "in the cache", waitsFor: [] });
  }
  return planned;
}

function warningsOf(graph: Graph, task: Task, lookups: TaskLookups): string[] {
  return [...lookups].flatMap(([output, lookup]) =>
    lookup.state === "damaged"
      ? [
        `${
          describeOutput(graph, task, output)
        } can't be used and is computed again if needed: ${lookup.reason}`,
      ]
      : []
  );
}

function problemsOf(task: Task, lookups: TaskLookups): string[] {
  return [...lookups].flatMap(([output, lookup]) =>
    lookup.state === "foreign"
      ? [
        `Cannot use the path of output ${quote(output)} of stage ${
          quote(task.description.name)
        }: ${lookup.reason}; ` +
        `move it away, overwrite the stage, or take it as it is with { adopt: true }`,
      ]
      : []
  );
}

/**
 * An output in words.
 *
 * @param graph The graph.
 * @param task Its task.
 * @param output Its name.
 * @returns Such as `output "model" of stage "fit" in record "k=1"`.
 */
export function describeOutput(graph: Graph, task: Task, output: string): string {
  return `output ${quote(output)} of ${describeTask(graph, task)}`;
}

/**
 * A task in words.
 *
 * @param graph The graph.
 * @param task The task.
 * @returns Such as `stage "fit" in record "k=1"`.
 */
export function describeTask(graph: Graph, task: Task): string {
  const stage = `${task.description.kind} ${quote(task.description.name)}`;
  return task.owner === null ? stage : `${stage} in record ${quote(graph.records[task.owner]!.name)}`;
}
