/**
 * The plan: for each task, what will become of it and why. Pure over what a lookup told.
 *
 * @module
 */
import type { Digest } from "../params/canonical.ts";
import { quote } from "../params/names.ts";
import { describeOutput, describeTask } from "./describe_task.ts";
import { contentKeyOf, transientDigest } from "./keys.ts";
import {
  ageProblem,
  cachesAnything,
  existingDigests,
  isAdopted,
  lookupOf,
  staleReason,
  type TaskLookups,
} from "./staleness.ts";
import type { Graph, Source, Task } from "./task.ts";
import {
  isKeptInMemory,
  isReadFromMemory,
  type Judged,
  type PlannedTask,
  verdicts,
  whatExecutes,
} from "./verdicts.ts";

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
  /** What `existingDigests` gives for the lookups, where whoever plans knows it already. */
  readonly digests?: ReadonlyMap<string, Digest>;
  /** The time by which ages are reckoned, in milliseconds since 1970. */
  readonly now?: number;
  /** The digests of artifacts with this content key that lie under another recipe, by output, where there are any. */
  readonly findContent?: (task: Task, contentKey: Digest) => ReadonlyMap<string, Digest> | undefined;
}

/**
 * Plans what runs.
 *
 * Works backward from the final tasks: a task runs only where it is final or one that runs needs it, and its artifacts
 * are not there. What comes after a task that runs is pending.
 *
 * @param graph The tasks.
 * @param lookups What was found of each task's outputs.
 * @param options What to run regardless, and how to find content that lies under another recipe.
 * @returns The plan.
 */
export function makePlan(graph: Graph, lookups: readonly TaskLookups[], options: PlanOptions = {}): Plan {
  const { tasks } = graph;
  const forced = tasks.map((task) => isForced(task, lookups[task.index]!, options));
  const planned = planTasks(graph, lookups, forced, options);
  // Of most there is nothing to be said.
  const lacking = tasks.filter(({ index }) => !areFound(lookups[index]!));
  return {
    tasks: planned,
    warnings: lacking.flatMap((task) => warningsOf(graph, task, lookups[task.index]!, planned[task.index]!)),
    problems: lacking.flatMap((task) => forced[task.index] ? [] : problemsOf(task, lookups[task.index]!)),
  };
}

/** What is known of the tasks, with what was found under other recipes in its place. */
function judge(
  graph: Graph,
  lookups: readonly TaskLookups[],
  forced: readonly boolean[],
  linked: Judged["linked"],
  { done = new Set(), held = new Set(), distrusted = new Map(), now = 0, digests: existing }: PlanOptions,
): Judged {
  const digests = withLinked(graph, existing ?? existingDigests(graph, lookups), linked);
  const stale = graph.tasks.map((task) => {
    if (linked.has(task.index)) return undefined;
    if (!cachesAnything(task) && (done.has(task.index) || held.has(task.index))) return undefined;
    return distrusted.get(task.index) ?? staleReason(task, lookups[task.index]!, digests);
  });
  // How old something is that is gone, nobody knows.
  const aged = graph.tasks.map((task) => {
    const { index, description } = task;
    if (description.maxAge === undefined || linked.has(index) || done.has(index) || held.has(index)) {
      return undefined;
    }
    if (isAdopted(lookups[index]!)) return undefined;
    return stale[index] ?? ageProblem(task, lookups[index]!, now);
  });
  return { graph, lookups, stale, aged, forced, linked };
}

function withLinked(
  graph: Graph,
  digests: ReadonlyMap<string, Digest>,
  linked: Judged["linked"],
): ReadonlyMap<string, Digest> {
  if (linked.size === 0) return digests;
  const all = new Map(digests);
  for (const [index, found] of linked) {
    for (const { name, spec } of graph.tasks[index]!.outputs) {
      if (spec !== undefined && found.has(name)) all.set(spec.name, found.get(name)!);
    }
  }
  return all;
}

/** What is found under another recipe need not run, nor what only that would have read: so it is planned again. */
function planTasks(
  graph: Graph,
  lookups: readonly TaskLookups[],
  forced: readonly boolean[],
  options: PlanOptions,
): PlannedTask[] {
  const linked = new Map<number, ReadonlyMap<string, Digest>>();
  for (;;) {
    const judged = judge(graph, lookups, forced, linked, options);
    const execute = whatExecutes(judged, options);
    const planned = verdicts(judged, execute);
    if (options.findContent === undefined || !planned.some(({ verdict }) => verdict === "execute")) {
      return planned;
    }
    const keys = contentKeys(judged, planned);
    let isNews = false;
    for (const [index, { verdict, isForced }] of planned.entries()) {
      const key = keys[index];
      if (verdict !== "execute" || isForced || key === undefined) continue;
      if (options.distrusted?.has(index) || options.wanted?.has(index)) continue;
      const task = graph.tasks[index]!;
      if (!cachesAnything(task) || isReadFromMemory(graph, index, execute)) continue;
      const found = options.findContent(task, key);
      if (found === undefined) continue;
      linked.set(index, found);
      isNews = true;
    }
    if (!isNews) return oneOfEach(graph, planned, keys);
  }
}

/** Of several tasks with one content key the first runs, and the others find what it made. */
function oneOfEach(
  graph: Graph,
  planned: readonly PlannedTask[],
  keys: readonly (Digest | undefined)[],
): PlannedTask[] {
  const first = new Map<Digest, number>();
  return planned.map((task, index) => {
    const key = keys[index];
    if (task.verdict !== "execute" || key === undefined) return task;
    const twin = first.get(key);
    if (twin === undefined) {
      first.set(key, index);
      return task;
    }
    const reason = `decided when ${describeTask(graph, graph.tasks[twin]!)} is done, which computes the same`;
    return { ...task, verdict: "pending", reason, waitsFor: [twin] };
  });
}

/** The content keys of the tasks, as far as they are certain before anything runs. */
function contentKeys(
  { graph, lookups, linked }: Judged,
  planned: readonly PlannedTask[],
): (Digest | undefined)[] {
  const keys: (Digest | undefined)[] = [];
  const digestOf = (source: Source): Digest | undefined => {
    if (source.kind === "value") return source.digest;
    const { task, output } = source;
    if (isKeptInMemory(graph, source)) {
      const key = keys[task];
      return key === undefined ? undefined : transientDigest(key, output);
    }
    if (planned[task]!.verdict !== "reuse") return undefined;
    const found = lookupOf(graph.tasks[task]!, lookups[task]!, output);
    return linked.get(task)?.get(output) ?? (found?.state === "found" ? found.digest : undefined);
  };
  for (const task of graph.tasks) {
    const made = planned[task.index]!.verdict === "reuse" && !linked.has(task.index)
      ? lookups[task.index]!.find((found) => found?.state === "found")
      : undefined;
    if (made?.state === "found" && made.contentKey !== null) {
      keys.push(made.contentKey);
      continue;
    }
    const inputs = task.states.flatMap(({ inputs }) => inputs);
    const known = new Map(inputs.map(({ source }) => [source, digestOf(source)]));
    if ([...known.values()].includes(undefined)) keys.push(undefined);
    else keys.push(contentKeyOf(graph, task, (source) => known.get(source)!));
  }
  return keys;
}

/** Whether a task runs whatever there is; a file of the user's that was adopted is never made again. */
function isForced(
  { index, description }: Task,
  lookups: TaskLookups,
  { overwrite, done }: PlanOptions,
): boolean {
  const isAsked = overwrite === "all" || (overwrite?.has(description.name) ?? false);
  return isAsked && !done?.has(index) && !isAdopted(lookups);
}

function areFound(lookups: TaskLookups): boolean {
  return lookups.every((lookup) => lookup === undefined || lookup.state === "found");
}

function warningsOf(
  graph: Graph,
  task: Task,
  lookups: TaskLookups,
  { verdict }: PlannedTask,
): readonly string[] {
  return lookups.flatMap((lookup, i) =>
    // What nobody needs may be deleted.
    lookup?.state === "damaged" && !(lookup.isGone && verdict === "skipped")
      ? [
        `${
          describeOutput(graph, task, task.outputs[i]!.name)
        } can't be used and is computed again if needed: ${lookup.reason}`,
      ]
      : []
  );
}

function problemsOf(task: Task, lookups: TaskLookups): readonly string[] {
  return lookups.flatMap((lookup, i) =>
    lookup?.state === "foreign"
      ? [
        `Cannot use the path of output ${quote(task.outputs[i]!.name)} of stage ${
          quote(task.description.name)
        }: ${lookup.reason}; ` +
        `move it away, overwrite the stage, or take it as it is with { adopt: true }`,
      ]
      : []
  );
}
