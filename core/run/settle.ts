/**
 * From a task that the plan left open to its outcome: what it waits for, whether it runs at all, and who runs it.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { withoutRecords } from "../plan/graph.ts";
import { ageProblem, cachesAnything, staleReason, type TaskLookups } from "../plan/staleness.ts";
import type { Task } from "../plan/task.ts";
import { noteUse } from "../store/uses/uses.ts";
import { type Attempt, attemptLocked, failure } from "./attempt.ts";
import { blockedBy, blockedByRecords, firstMissing, isThere, missingRecords } from "./blocked.ts";
import {
  type Engine,
  isOpen,
  isUnneeded,
  type Outcome,
  outcomeOf,
  reusedOutcome,
  stageName,
  stopReason,
  taskAt,
  UNNEEDED,
  withoutArtifacts,
} from "./engine_state.ts";
import { hold, holdOne, isReadFromMemory, letGo, letGoOne } from "./holding.ts";
import { lookupTask } from "./lookups.ts";
import { distrust, isHeldElsewhere, lookAgain, reopenStale } from "./reopening.ts";
import { keyFacts } from "./task_inputs.ts";
import { linkLocked, mayLink } from "./task_link.ts";
import { tidyReused } from "./tidy.ts";

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
    if (spec !== undefined && digest !== undefined) engine.digests.set(spec.name, digest);
  }
  if (isUnneeded(outcome)) return; // something may want it yet
  letGo(engine, task);
  if (outcome.verdict === "reused") tidyReused(engine, task);
  const { verdict, reason, milliseconds, error } = outcome;
  if (error !== undefined) engine.emit({ type: "error", error });
  const name = stageName(engine.graph, index);
  engine.emit({ type: "stage-finished", task: index, name, verdict, reason, milliseconds });
}

/**
 * Brings a task that the plan left open to its outcome.
 *
 * @param engine The engine.
 * @param index The task.
 * @returns Its outcome; a failure is one, not a throw.
 */
export async function settle(engine: Engine, index: number): Promise<Outcome> {
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
  const { waitsFor, isNeeded, isForced, reason } = engine.plan.tasks[index]!;
  const before = await Promise.all(waitsFor.map((producer) => settle(engine, producer)));
  const missing = firstMissing(before);
  // An aggregate may do without the records that failed; that is for it to say.
  if (missing !== -1) {
    return task.owner === null
      ? await run(engine, index, reason)
      : blockedBy(engine, waitsFor[missing]!, before[missing]!);
  }
  if (isForced) return await run(engine, index, reason);
  // What was not there is looked at again when it is about to run, and not twice.
  if (!isNeeded || !isMissing(engine.lookups[index]!)) {
    engine.lookups[index] = await lookupTask(engine.workspace, task);
  }
  const lookups = engine.lookups[index]!;
  const stale = staleReason(task, lookups, engine.digests) ??
    (isNeeded ? ageProblem(task, lookups, engine.now) ?? wantedFromMemory(engine, task) : undefined);
  if (stale === undefined) return reusedOutcome(engine, index, "its inputs came out as before");
  const isWanted = isNeeded || engine.graph.finals.has(index) ||
    consumersOf(engine, index).some((consumer) => engine.plan.tasks[consumer]!.verdict === "execute");
  return isWanted ? await run(engine, index, stale) : withoutArtifacts("skipped", UNNEEDED);
}

function isMissing(lookups: TaskLookups): boolean {
  return lookups.every((lookup) => lookup === undefined || lookup.state === "missing");
}

/** Artifacts alone would not do where a value in memory is asked for, and is not there. */
function wantedFromMemory(engine: Engine, task: Task): string | undefined {
  if (engine.memory.has(task.index)) return undefined;
  const wanted = engine.wanted?.get(task.index);
  return wanted ??
    (isReadFromMemory(engine, task) ? "a value that it keeps in memory only is needed" : undefined);
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

/** Makes the outputs of a task available to one that runs. */
async function demand(engine: Engine, index: number): Promise<Outcome> {
  const { verdict } = engine.plan.tasks[index]!;
  if (isOpen(engine, index)) {
    const outcome = await settle(engine, index);
    if (!isUnneeded(outcome)) return outcome;
  } else if (verdict === "reuse") return outcomeOf(engine, index);
  // Somebody else may have come to the same meanwhile.
  const done = engine.settling.get(index) ?? engine.outcomes.get(index);
  if (done !== undefined && !isUnneeded(await done)) return await done;
  engine.surprised = true; // others may have been made from what it made before
  hold(engine, taskAt(engine, index));
  return await once(engine, index, () => run(engine, index, "its output is needed after all"));
}

/** Makes known what the outputs of a task are: what keeps nothing need not run for that. */
async function identify(engine: Engine, index: number): Promise<Outcome> {
  const task = taskAt(engine, index);
  if (cachesAnything(task) || isThere(outcomeOf(engine, index))) return await demand(engine, index);
  const underWay = engine.settling.get(index) ?? engine.outcomes.get(index);
  if (underWay !== undefined && !isUnneeded(await underWay)) return await underWay;
  const producers = await Promise.all(task.producers.map((producer) => identify(engine, producer)));
  const missing = firstMissing(producers);
  if (missing !== -1) return blockedBy(engine, task.producers[missing]!, producers[missing]!);
  return { ...withoutArtifacts("skipped", UNNEEDED), verdict: "reused" };
}

/** How often an artifact is made again that can't be loaded: its cacher may never take what it saved. */
const MISSES = 3;

/** Runs a task, once its inputs are there, unless the same was computed before. */
async function run(engine: Engine, index: number, reason: string): Promise<Outcome> {
  const looked = new Set<number>();
  for (let wait = 2;;) {
    const ready = await inputsOf(engine, taskAt(engine, index));
    if ("outcome" in ready) return ready.outcome;
    if (ready.again) continue;
    const task = taskAt(engine, index);
    const { contentKey } = keyFacts(engine, task);
    let attempt = mayLink(engine, task, contentKey) ? await linkLocked(engine, task, contentKey) : undefined;
    if (attempt === undefined) {
      const other = engine.failures.get(contentKey) ?? engine.making.get(contentKey);
      if (other === undefined || other === index) {
        engine.making.set(contentKey, index); // with no await in between: nobody else takes it
        attempt = await runNow(engine, task, contentKey, reason);
      } else attempt = await shareWith(engine, index, other);
      if (attempt === undefined) continue;
    }
    if ("outcome" in attempt) return attempt.outcome;
    if (attempt.again === "locked") {
      const stopped = stopReason(engine);
      if (stopped !== undefined) return withoutArtifacts("skipped", `not started: ${stopped}`);
      // Another process computes it: the slot is free for others meanwhile.
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, 100);
    } else if (attempt.again === "unloadable") {
      const { producer, reason } = attempt;
      if (!isThere(outcomeOf(engine, producer))) continue; // another that reads from it saw it first
      // Another process may be making it again just now, or has just done so: then nothing is wrong with it.
      if (!looked.has(producer) || isHeldElsewhere(engine, producer)) {
        looked.add(producer);
        await lookAgain(engine, producer);
        continue;
      }
      const misses = (engine.misses.get(producer) ?? 0) + 1;
      engine.misses.set(producer, misses);
      if (misses > MISSES) {
        const error = new Error(`${reason}, and so it was ${MISSES} times after it was made again`);
        return failure(engine, task, error, 0);
      }
      distrust(engine, producer, reason);
    }
  }
}

/** Waits for the inputs of a task: whether it can go on, has to look again, or has come to its end. */
async function inputsOf(
  engine: Engine,
  task: Task,
): Promise<{ readonly outcome: Outcome } | { readonly again: boolean }> {
  const producers = await Promise.all(task.producers.map((producer) => identify(engine, producer)));
  const missing = firstMissing(producers);
  if (missing === -1) return { again: reopenStale(engine, task) };
  if (task.owner !== null) {
    return { outcome: blockedBy(engine, task.producers[missing]!, producers[missing]!) };
  }
  const records = missingRecords(engine, task, producers);
  const rest = task.description.partial && stopReason(engine) === undefined
    ? withoutRecords(engine.graph, task, new Set([...task.missing, ...records.keys()]))
    : undefined;
  if (rest === undefined) return { outcome: blockedByRecords(engine, task, records) };
  engine.graph = { ...engine.graph, tasks: engine.graph.tasks.with(task.index, rest) };
  await noteUse(engine.workspace, [rest.recipeKey]);
  engine.lookups[task.index] = await lookupTask(engine.workspace, rest);
  const lookups = engine.lookups[task.index]!;
  const stale = staleReason(rest, lookups, engine.digests) ?? ageProblem(rest, lookups, engine.now);
  const { isForced } = engine.plan.tasks[task.index]!;
  return stale === undefined && !isForced
    ? { outcome: reusedOutcome(engine, task.index, "in the cache") }
    : { again: true };
}

/**
 * Waits for another task of this run that computes the same.
 *
 * @returns What it came to, where that is to be shared; undefined where it is to be looked at again: its artifacts can
 * be linked now, or it came to nothing.
 */
async function shareWith(engine: Engine, index: number, other: number): Promise<Attempt | undefined> {
  holdOne(engine, other, index);
  const outcome = await (engine.settling.get(other) ?? engine.outcomes.get(other));
  try {
    if (outcome === undefined || isUnneeded(outcome)) return undefined;
    if (!isThere(outcome)) return { outcome: blockedBy(engine, other, outcome) };
    const held = engine.memory.get(other);
    if (cachesAnything(taskAt(engine, index)) || held === undefined) return undefined;
    engine.memory.set(index, held);
    return {
      outcome: { ...outcome, verdict: "reused", reason: "another record computed the same", milliseconds: 0 },
    };
  } finally {
    letGoOne(engine, other, index);
  }
}

/** Runs a task in a slot: values that are kept in memory only are made for it first. */
async function runNow(engine: Engine, task: Task, contentKey: string, reason: string): Promise<Attempt> {
  try {
    const producers = await Promise.all(task.producers.map((producer) => demand(engine, producer)));
    const missing = firstMissing(producers);
    if (missing !== -1) return { again: "moved" }; // which then says what became of it
    const { name, concurrency } = task.description;
    const acquire = () => engine.slots.acquire(task.index, name, concurrency);
    let release = await acquire();
    const whileWaiting = async (wait: Promise<void>) => {
      release();
      await wait;
      release = await acquire();
    };
    const clock = performance.now();
    try {
      const turn = engine.turn();
      if (turn !== undefined) await turn;
      const stopped = stopReason(engine);
      if (stopped !== undefined) return { outcome: withoutArtifacts("skipped", `not started: ${stopped}`) };
      const attempt = await attemptLocked(engine, task, reason, whileWaiting);
      if ("outcome" in attempt && attempt.outcome.verdict === "failed") {
        engine.failures.set(contentKey, task.index);
      }
      return attempt;
    } finally {
      engine.collect(performance.now() - clock);
      // Who reads what it made gets in line first: else who makes more would come before, and values pile up.
      setImmediate(release);
    }
  } finally {
    if (engine.making.get(contentKey) === task.index) engine.making.delete(contentKey);
  }
}
