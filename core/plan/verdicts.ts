/**
 * From what is stale to what will become of each task: backward to what is needed, then forward to what is certain.
 *
 * @module
 */
import type { Digest } from "../params/canonical.ts";
import { quote } from "../params/names.ts";
import { cachesAnything, type TaskLookups } from "./staleness.ts";
import type { Graph, Source, Task } from "./task.ts";

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
  /** Whether its outputs are wanted for certain, run or found; else only where something that is pending runs. */
  readonly isNeeded: boolean;
  /** Whether it runs even though the same may have been computed before. */
  readonly isForced: boolean;
  /** Whether its artifacts are there under another recipe with the same content key, and are to be linked. */
  readonly isLinked: boolean;
}

/** What is known of the tasks while a plan is made. */
export interface Judged {
  readonly graph: Graph;
  readonly lookups: readonly TaskLookups[];
  /** Why the artifacts of a task can't be used. */
  readonly stale: readonly (string | undefined)[];
  /** Whether a task runs though its artifacts are there. */
  readonly forced: readonly boolean[];
  /** Why what there is of a task is too old. */
  readonly aged: readonly (string | undefined)[];
  /** The digests of what was found under another recipe, by task and output. */
  readonly linked: ReadonlyMap<number, ReadonlyMap<string, Digest>>;
}

/**
 * Whether an input comes from memory, or from nowhere.
 *
 * @param graph The graph.
 * @param source Where the input comes from.
 * @returns Whether nothing caches it.
 */
export function isKeptInMemory(graph: Graph, { task, output }: Source & { kind: "output" }): boolean {
  return graph.tasks[task]!.outputs.find(({ name }) => name === output)!.spec === undefined;
}

/**
 * Whether a task that has to run reads an output of this one that is kept in memory only.
 *
 * @param graph The graph.
 * @param index The task.
 * @param execute Why the outputs of each task are wanted and not there.
 * @returns Whether artifacts alone would not do.
 */
export function isReadFromMemory(
  graph: Graph,
  index: number,
  execute: readonly (string | undefined)[],
): boolean {
  if (graph.tasks[index]!.outputs.every(({ spec }) => spec !== undefined)) return false;
  return graph.tasks.some((task) =>
    execute[task.index] !== undefined &&
    task.states.some(({ inputs }) =>
      inputs.some(({ source }) =>
        source.kind === "output" && source.task === index && isKeptInMemory(graph, source)
      )
    )
  );
}

/**
 * Backward: why the outputs of each task are wanted for certain, and are not there.
 *
 * @param judged What is known of the tasks.
 * @param options What is in memory, and what is asked for.
 * @returns One reason a task; undefined where nothing wants it, or it is there.
 */
export function whatExecutes(
  { graph, stale, aged, forced, linked }: Judged,
  options: { readonly held?: ReadonlySet<number>; readonly wanted?: ReadonlyMap<number, string> },
): (string | undefined)[] {
  const { held = new Set(), wanted: askedFor = new Map() } = options;
  const reasons: (string | undefined)[] = graph.tasks.map(() => undefined);
  // What a task that runs can't have otherwise: the output is gone, or was in memory only.
  const wanted = graph.tasks.map(({ index }) => held.has(index) ? undefined : askedFor.get(index));
  for (const task of graph.tasks.toReversed()) {
    const { index } = task;
    if (forced[index]) reasons[index] = "overwritten";
    else if (linked.has(index)) continue;
    else if (aged[index] !== undefined) reasons[index] = aged[index];
    else if (wanted[index] !== undefined) reasons[index] = stale[index] ?? wanted[index]!;
    else if (graph.finals.has(index)) reasons[index] = stale[index];
    if (reasons[index] === undefined) continue;
    for (const { source } of task.states.flatMap(({ inputs }) => inputs)) {
      if (source.kind !== "output") continue;
      const isGone = isKeptInMemory(graph, source)
        ? !held.has(source.task)
        : stale[source.task] !== undefined;
      if (isGone) {
        wanted[source.task] ??= `${task.description.kind} ${quote(task.description.name)} needs its output ${
          quote(source.output)
        }`;
      }
    }
  }
  return reasons;
}

/** What nearly all tasks of a run are that has nothing to do: one for all of them. */
const IN_CACHE: PlannedTask = {
  verdict: "reuse",
  reason: "in the cache",
  waitsFor: [],
  isNeeded: false,
  isForced: false,
  isLinked: false,
};

/**
 * Forward: what is certain to be reused or to run, and what depends on a task that runs.
 *
 * @param judged What is known of the tasks.
 * @param execute Why the outputs of each task are wanted and not there.
 * @returns One verdict a task.
 */
export function verdicts(
  { graph, stale, forced, linked }: Judged,
  execute: readonly (string | undefined)[],
): PlannedTask[] {
  const planned: PlannedTask[] = [];
  const NONE: readonly number[] = [];
  // Which tasks must be settled before a task can be judged: seen through those that are gone and may stay so, and
  // those that keep nothing, since their own inputs tell what stands for their outputs.
  const upstream: (readonly number[])[] = [];
  for (const task of graph.tasks) {
    const { index, producers } = task;
    const waits: number[] = [];
    for (const producer of producers) {
      const { verdict } = planned[producer]!;
      const isPassed = verdict === "skipped" || !cachesAnything(graph.tasks[producer]!);
      if (isPassed) waits.push(...upstream[producer]!);
      else if (verdict !== "reuse") waits.push(producer);
    }
    const waitsFor = waits.length === 0 ? NONE : [...new Set(waits)];
    upstream[index] = waitsFor;
    const isForced = forced[index]!;
    const isNeeded = execute[index] !== undefined;
    const isLinked = linked.has(index);
    if (!isNeeded && !isForced && !isLinked && waitsFor.length === 0 && stale[index] === undefined) {
      planned.push(IN_CACHE);
      continue;
    }
    const common = { isNeeded, isForced, isLinked };
    const decided = (verdict: PlannedVerdict, reason: string): PlannedTask => ({
      verdict,
      reason,
      waitsFor: NONE,
      ...common,
    });
    if (isLinked) planned.push(decided("reuse", "the same was computed before, under another recipe"));
    else if (isNeeded && (isForced || waitsFor.length === 0)) {
      planned.push(decided("execute", execute[index]!));
    } else if (!isNeeded && stale[index] !== undefined) planned.push(decided("skipped", "not needed"));
    else if (waitsFor.length > 0) {
      const names = [...new Set(waitsFor.map((each) => quote(graph.tasks[each]!.description.name)))];
      const reason = `decided when ${names.join(", ")} is done`;
      planned.push({ verdict: "pending", reason, waitsFor, ...common });
    } else planned.push(decided("reuse", IN_CACHE.reason));
  }
  return withPossible(graph, planned, upstream);
}

/** Backward: a task that keeps nothing runs only where one does that reads it, and what is gone may be needed yet. */
function withPossible(
  graph: Graph,
  planned: PlannedTask[],
  upstream: readonly (readonly number[])[],
): PlannedTask[] {
  const isUncertain = (task: Task) => {
    const { verdict, isForced } = planned[task.index]!;
    return verdict === "skipped" ||
      verdict !== "reuse" && !cachesAnything(task) && !isForced && !graph.finals.has(task.index);
  };
  if (!graph.tasks.some(isUncertain)) return planned;
  const consumers = graph.tasks.map((): number[] => []);
  for (const { index, producers } of graph.tasks) for (const each of producers) consumers[each]!.push(index);
  for (const task of graph.tasks.toReversed()) {
    const { index } = task;
    const readers = consumers[index]!.map((reader) => planned[reader]!);
    const pending = consumers[index]!.filter((reader) => planned[reader]!.verdict === "pending");
    if (
      !isUncertain(task) || pending.length === 0 || readers.some((reader) => reader.verdict === "execute")
    ) {
      continue;
    }
    const names = [...new Set(pending.map((reader) => quote(graph.tasks[reader]!.description.name)))];
    planned[index] = {
      ...planned[index]!,
      verdict: "pending",
      reason: `runs only if ${names.join(", ")} needs it`,
      waitsFor: upstream[index]!,
      isNeeded: false,
    };
  }
  return planned;
}
