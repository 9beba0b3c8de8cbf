/**
 * The runner: brings every task of a plan to its outcome, by what is in the cache or by handing it to an executor.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import type { Task } from "../plan/task.ts";
import { describeTask, existingDigests, makePlan, staleReason, type TaskLookups } from "../plan/plan.ts";
import { writeAdoption } from "../store/adopt.ts";
import { messageOf } from "../params/paths.ts";
import { tryLock } from "../store/locks.ts";
import { ancestorName } from "../store/place.ts";
import { lockPath, stagingOf } from "../store/workspace.ts";
import {
  type Engine,
  type EngineOptions,
  type Held,
  isCurrent,
  isUnneeded,
  type Outcome,
  outcomeOf,
  reusedOutcome,
  stageName,
  taskAt,
  UNNEEDED,
  warnOnce,
  withoutArtifacts,
} from "./engine_state.ts";
import type { JobResult } from "./executor.ts";
import { lookupTask, lookupTasks } from "./lookups.ts";
import { commitTask, discardStaged, jobOf } from "./task_commit.ts";
import { type InputFacts, inputFacts, isMoved, unloadableProducer } from "./task_inputs.ts";

/** What a run of all tasks came to. */
export interface EngineResult {
  /** One a task. */
  readonly outcomes: readonly Outcome[];
  /** What is still in memory, by task. */
  readonly memory: ReadonlyMap<number, Held>;
}

/**
 * Runs what has to run, and says what became of each task.
 *
 * @param options The graph, and all that it takes to run it.
 * @returns The outcomes; a failure is one of them, not a throw.
 * @throws {Error} If the plan is impossible: a file of the user's would be replaced.
 */
export async function runGraph(options: EngineOptions): Promise<EngineResult> {
  const engine: Engine = {
    ...options,
    plan: { tasks: [], warnings: [], problems: [] },
    lookups: [],
    digests: new Map(),
    outcomes: new Map(),
    settling: new Map(),
    memory: new Map(options.held),
    readers: new Map(),
    distrusted: new Map(options.known),
    misses: new Map(),
    warned: new Set(),
    stopped: undefined,
    surprised: false,
    isReplanned: false,
  };
  // What comes out otherwise than planned (an artifact that can't be loaded after all) makes a new plan necessary.
  do {
    await planAnew(engine);
    await runPlan(engine);
  } while (engine.surprised && stopReason(engine) === undefined);
  return { outcomes: engine.graph.tasks.map(({ index }) => outcomeOf(engine, index)), memory: engine.memory };
}

async function planAnew(engine: Engine): Promise<void> {
  const { graph, workspace, overwrite, distrusted, outcomes, memory } = engine;
  engine.surprised = false;
  engine.lookups = await lookupTasks(workspace, graph);
  engine.digests = existingDigests(graph, engine.lookups);
  // What is in memory, or was made in this run, counts only while it belongs to what is there now.
  for (const [task, { ancestors }] of [...memory]) if (!isCurrent(engine, ancestors)) memory.delete(task);
  for (const [task, { verdict, ancestors }] of [...outcomes]) {
    if (verdict !== "executed" || !isCurrent(engine, ancestors)) outcomes.delete(task);
  }
  engine.plan = makePlan(graph, engine.lookups, {
    overwrite: engine.isReplanned ? new Set() : overwrite,
    done: new Set(outcomes.keys()),
    held: new Set(memory.keys()),
    ...(engine.wanted === undefined ? {} : { wanted: engine.wanted }),
    distrusted,
  });
  engine.isReplanned = true;
  if (engine.plan.problems.length > 0) throw new Error(engine.plan.problems.join("\n"));
  for (const warning of engine.plan.warnings) warnOnce(engine, warning);
  engine.emit({ type: "planned", tasks: engine.plan.tasks });
}

async function runPlan(engine: Engine): Promise<void> {
  const { graph, plan } = engine;
  const open = graph.tasks.filter(({ index }) => isOpen(engine, index));
  engine.settling.clear();
  engine.readers.clear();
  for (const task of open) {
    engine.outcomes.delete(task.index); // it was executed, and has to be again
    hold(engine, task);
  }
  if (engine.workspace.dry === "no") {
    for (const task of graph.tasks) {
      if (plan.tasks[task.index]!.verdict === "reuse") keepAdoption(engine, task);
    }
  }
  // What is under way ends, even where another comes to grief on the file system.
  const settled = await Promise.allSettled(open.map(({ index }) => settle(engine, index)));
  for (const each of settled) if (each.status === "rejected") throw each.reason;
}

function isOpen(engine: Engine, index: number): boolean {
  const { verdict } = engine.plan.tasks[index]!;
  return verdict === "execute" || verdict === "pending";
}

/** The digest of a file that was adopted is kept, so that it need not be taken again. */
function keepAdoption(engine: Engine, task: Task): void {
  for (const { name, spec } of task.outputs) {
    const found = engine.lookups[task.index]!.get(name);
    if (spec !== undefined && found?.state === "found" && found.isNewlyAdopted) {
      writeAdoption(found.place, spec);
    }
  }
}

/** The values of what a task reads stay in memory until it is done. */
function hold(engine: Engine, task: Task): void {
  for (const producer of task.producers) {
    const readers = engine.readers.get(producer) ?? new Set();
    engine.readers.set(producer, readers.add(task.index));
  }
}

function letGo(engine: Engine, task: Task): void {
  for (const producer of task.producers) {
    const readers = engine.readers.get(producer);
    readers?.delete(task.index);
    if ((readers?.size ?? 0) === 0 && !engine.keepValues) engine.memory.delete(producer);
  }
}

/** Works on a task, unless somebody does already: each has one outcome, however many ask for it. */
function once(engine: Engine, index: number, work: () => Promise<Outcome>): Promise<Outcome> {
  const underWay = engine.settling.get(index);
  if (underWay !== undefined) return underWay;
  const promise = work().then((outcome) => {
    engine.settling.delete(index);
    settled(engine, taskAt(engine, index), outcome);
    return outcome;
  });
  engine.settling.set(index, promise);
  return promise;
}

function settled(engine: Engine, task: Task, outcome: Outcome): void {
  const { index, outputs } = task;
  engine.outcomes.set(index, outcome);
  for (const { name, spec } of outputs) {
    const digest = outcome.digests.get(name);
    if (spec !== undefined && digest !== undefined) engine.digests.set(ancestorName(spec), digest);
  }
  if (isUnneeded(outcome)) return; // something may want it yet
  letGo(engine, task);
  const { verdict, reason, milliseconds, error } = outcome;
  if (error !== undefined) engine.emit({ type: "error", error });
  const name = stageName(engine.graph, index);
  engine.emit({ type: "stage-finished", task: index, name, verdict, reason, milliseconds });
}

/** Brings a task that the plan left open to its outcome. */
async function settle(engine: Engine, index: number): Promise<Outcome> {
  const done = engine.settling.get(index) ?? engine.outcomes.get(index);
  if (done !== undefined) return await done;
  const { verdict, reason } = engine.plan.tasks[index]!;
  return await once(
    engine,
    index,
    () => verdict === "pending" ? decide(engine, index) : run(engine, index, reason),
  );
}

/** Judges a pending task, when what it waited for is settled. */
async function decide(engine: Engine, index: number): Promise<Outcome> {
  const task = taskAt(engine, index);
  const { waitsFor } = engine.plan.tasks[index]!;
  const before = await Promise.all(waitsFor.map((producer) => settle(engine, producer)));
  const missing = before.findIndex((outcome) => !isThere(outcome) && !isUnneeded(outcome));
  if (missing !== -1) return blockedBy(engine, waitsFor[missing]!, before[missing]!);
  engine.lookups[index] = await lookupTask(engine.workspace, task);
  const stale = staleReason(task, engine.lookups[index]!, engine.digests);
  if (stale === undefined) return reusedOutcome(engine, index, "its inputs came out as before");
  const isWanted = engine.graph.finals.has(index) ||
    consumersOf(engine, index).some((consumer) => engine.plan.tasks[consumer]!.verdict === "execute");
  return isWanted ? await run(engine, index, stale) : withoutArtifacts("skipped", UNNEEDED);
}

function consumersOf(engine: Engine, index: number): readonly number[] {
  engine.consumers ??= Map.groupBy(
    engine.graph.tasks.flatMap((task) =>
      task.producers.map((producer) => ({ producer, consumer: task.index }))
    ),
    ({ producer }) => producer,
  );
  return (engine.consumers.get(index) ?? []).map(({ consumer }) => consumer);
}

function isThere({ verdict }: Outcome): boolean {
  return verdict === "executed" || verdict === "reused";
}

/** What a task can't go on without: a failure says more than what was not started for it. */
function firstMissing(outcomes: readonly Outcome[]): number {
  const failed = outcomes.findIndex(({ verdict, reason }) =>
    verdict === "failed" || reason.startsWith("blocked: ")
  );
  return failed !== -1 ? failed : outcomes.findIndex((outcome) => !isThere(outcome));
}

function blockedBy(engine: Engine, index: number, { verdict, reason }: Outcome): Outcome {
  return withoutArtifacts(
    "skipped",
    verdict === "failed" ? `blocked: ${describeTask(engine.graph, taskAt(engine, index))} failed` : reason,
  );
}

/** Makes the outputs of a task available to one that runs. */
async function demand(engine: Engine, index: number): Promise<Outcome> {
  const { verdict } = engine.plan.tasks[index]!;
  if (verdict === "reuse") return outcomeOf(engine, index);
  if (isOpen(engine, index)) {
    const outcome = await settle(engine, index);
    if (!isUnneeded(outcome)) return outcome;
  }
  // Somebody else may have come to the same meanwhile.
  const done = engine.settling.get(index) ?? engine.outcomes.get(index);
  if (done !== undefined && !isUnneeded(await done)) return await done;
  if (verdict === "skipped") engine.surprised = true; // others may have been made from what it made before
  hold(engine, taskAt(engine, index));
  return await once(engine, index, () => run(engine, index, "its output is needed after all"));
}

function stopReason(engine: Engine): string | undefined {
  if (engine.signal.aborted || engine.drain.aborted) engine.stopped ??= "interrupted";
  return engine.stopped;
}

/** What an attempt to run a task came to: its outcome, or what has to come first. */
type Attempt =
  | { readonly outcome: Outcome }
  | { readonly again: "locked" | "moved" }
  | { readonly again: "unloadable"; readonly producer: number; readonly reason: string };

/** How often an artifact is made again that can't be loaded: its cacher may never take what it saved. */
const MISSES = 3;

/** Runs a task, once its inputs are there. */
async function run(engine: Engine, index: number, reason: string): Promise<Outcome> {
  const task = taskAt(engine, index);
  for (let wait = 2;;) {
    const producers = await Promise.all(task.producers.map((producer) => demand(engine, producer)));
    const missing = firstMissing(producers);
    if (missing !== -1) return blockedBy(engine, task.producers[missing]!, producers[missing]!);
    if (reopenStale(engine, task)) continue;
    const { name, concurrency } = task.description;
    const release = await engine.slots.acquire(index, name, concurrency);
    let attempt: Attempt;
    try {
      const stopped = stopReason(engine);
      if (stopped !== undefined) return withoutArtifacts("skipped", `not started: ${stopped}`);
      attempt = await attemptLocked(engine, task, reason);
    } finally {
      release();
    }
    if ("outcome" in attempt) return attempt.outcome;
    if (attempt.again === "locked") {
      // Another process computes it: the slot is free for others meanwhile.
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, 100);
    } else if (attempt.again === "unloadable") {
      const { producer, reason } = attempt;
      if (!isThere(outcomeOf(engine, producer))) continue; // another that reads from it saw it first
      const misses = (engine.misses.get(producer) ?? 0) + 1;
      engine.misses.set(producer, misses);
      if (misses > MISSES) {
        return failure(
          engine,
          task,
          new Error(`${reason}, and so it was ${MISSES} times after it was made again`),
          0,
        );
      }
      distrust(engine, producer, reason);
    }
  }
}

/**
 * A task reads nothing that was made of different executions of one stage: what was made from an artifact that is
 * another by now runs again first.
 */
function reopenStale(engine: Engine, { producers }: Task): boolean {
  const seen = new Map<string, { digest: string; producer: number }>();
  const stale = new Set<number>();
  for (const producer of producers) {
    const { ancestors } = outcomeOf(engine, producer);
    if (!isCurrent(engine, ancestors)) stale.add(producer);
    for (const [name, digest] of Object.entries(ancestors)) {
      const other = seen.get(name);
      if (other === undefined) seen.set(name, { digest, producer });
      else if (other.digest !== digest && !engine.digests.has(name)) {
        stale.add(producer).add(other.producer); // the ancestor is gone, so neither can be told to be the right one
      }
    }
  }
  for (const producer of stale) {
    reopen(engine, producer, "it was made from another execution of an earlier stage");
  }
  return stale.size > 0;
}

/** An artifact that was thought to be there can't be loaded: it is computed again, and the plan made anew. */
function distrust(engine: Engine, index: number, reason: string): void {
  warnOnce(engine, `${reason}; it is computed again`);
  engine.distrusted.set(index, reason);
  reopen(engine, index, reason);
}

/** What was done, or was to be reused, has to run again. */
function reopen(engine: Engine, index: number, reason: string): void {
  if (engine.settling.has(index)) return; // it runs again already
  engine.surprised = true;
  engine.outcomes.delete(index);
  engine.memory.delete(index);
  hold(engine, taskAt(engine, index));
  const tasks = engine.plan.tasks.with(index, { verdict: "execute", reason, waitsFor: [] });
  engine.plan = { ...engine.plan, tasks };
}

/** Under the lock of the recipe key, with a second look at what another process may have made meanwhile. */
async function attemptLocked(engine: Engine, task: Task, reason: string): Promise<Attempt> {
  const { workspace } = engine;
  const caches = task.outputs.some(({ spec }) => spec !== undefined);
  if (workspace.dry !== "no" || !caches) return await attemptNow(engine, task, reason);
  const lock = tryLock(lockPath(workspace, task.recipeKey));
  if (lock === "busy") return { again: "locked" };
  if (lock === "unsupported") {
    warnOnce(
      engine,
      `the file system of ${quote(workspace.cache)} knows no locks: let no two runs use it at once`,
    );
  }
  try {
    const lookups = await lookupTask(workspace, task);
    const isNews = executionsOf(lookups) !== executionsOf(engine.lookups[task.index]!);
    engine.lookups[task.index] = lookups;
    if (
      isNews && !isReadFromMemory(engine, task) && staleReason(task, lookups, engine.digests) === undefined
    ) {
      return { outcome: reusedOutcome(engine, task.index, "made by another process meanwhile") };
    }
    return await attemptNow(engine, task, reason);
  } finally {
    if (lock !== "unsupported") lock.release();
  }
}

function executionsOf(lookups: TaskLookups): string {
  return [...lookups.values()].map((found) => found.state === "found" ? found.execution : "").join();
}

/** Whether a task that is still to run may read an output of this one that is kept in memory only. */
function isReadFromMemory(engine: Engine, task: Task): boolean {
  return task.outputs.some(({ spec }) => spec === undefined) &&
    (engine.readers.get(task.index)?.size ?? 0) > 0;
}

async function attemptNow(engine: Engine, task: Task, reason: string): Promise<Attempt> {
  stagingOf(engine.workspace); // where there can be none, that is no failure of the stage
  const started = new Date();
  const clock = performance.now();
  engine.emit({ type: "stage-started", name: stageName(engine.graph, task.index) });
  try {
    let inputs: InputFacts | undefined;
    const job = jobOf(engine, task, (facts) => inputs = facts);
    const result = await engine.executor.execute(job);
    const milliseconds = performance.now() - clock;
    const times = { started: started.toISOString(), finished: new Date().toISOString(), milliseconds };
    const outcome = await commitTask(engine, task, result, inputs ?? inputFacts(engine, task), times, reason);
    keepInMemory(engine, task, result, outcome);
    engine.distrusted.delete(task.index);
    return { outcome };
  } catch (error) {
    discardStaged(engine, task);
    if (isMoved(error)) return { again: "moved" };
    const producer = unloadableProducer(error);
    if (producer !== undefined) return { again: "unloadable", producer, reason: messageOf(error) };
    return { outcome: failure(engine, task, error, performance.now() - clock) };
  }
}

function failure(engine: Engine, task: Task, error: unknown, milliseconds: number): Outcome {
  const what = describeTask(engine.graph, task);
  // Before its slot is free for another: nothing new starts.
  engine.stopped ??= `${what} failed`;
  const message = `${what[0]!.toUpperCase()}${what.slice(1)} of experiment ${
    quote(engine.graph.experiment)
  } failed: ${messageOf(error)}`;
  return {
    ...withoutArtifacts("failed", messageOf(error), new Error(message, { cause: error })),
    milliseconds,
  };
}

function keepInMemory(engine: Engine, task: Task, { values }: JobResult, outcome: Outcome): void {
  const isWanted = engine.keepValues || (engine.readers.get(task.index)?.size ?? 0) > 0;
  const isFinal = engine.graph.finals.has(task.index);
  // What nobody reads and nothing caches is what the user asked for: it stays.
  const kept = [...values].filter(([name]) =>
    isWanted || isFinal && task.outputs.find((output) => output.name === name)?.spec === undefined
  );
  if (kept.length === 0) return;
  const { contentKey, ancestors } = outcome;
  engine.memory.set(task.index, { values: new Map(kept), contentKey, ancestors });
}
