/**
 * One attempt to run a task: under the lock of its recipe key, then committed.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import { describeTask } from "../plan/describe_task.ts";
import { staleReason, type TaskLookups } from "../plan/staleness.ts";
import type { Task } from "../plan/task.ts";
import { clearly, messageWithin } from "../store/disk/disk_error.ts";
import { stagingOf, tryRecipeLock } from "../store/workspace.ts";
import { executeAttempts } from "./attempts.ts";
import {
  type Engine,
  type Outcome,
  reusedOutcome,
  stageName,
  warnOnce,
  withoutArtifacts,
} from "./engine_state.ts";
import { isReadFromMemory, keepInMemory } from "./holding.ts";
import { lookupTask } from "./lookups.ts";
import { commitSteps, commitTask, discardJob, jobOf } from "./task_commit.ts";
import { explainFrozen } from "./strict.ts";
import { type InputFacts, inputFacts, isMoved, unloadableProducer } from "./task_inputs.ts";

/** What an attempt to run a task came to: its outcome, or what has to come first. */
export type Attempt =
  | { readonly outcome: Outcome }
  | { readonly again: "locked" | "moved" }
  | { readonly again: "unloadable"; readonly producer: number; readonly reason: string };

/**
 * Runs a task under the lock of its recipe key, with a second look at what another process may have made meanwhile.
 *
 * @param engine The engine.
 * @param task The task; its inputs are there.
 * @param reason Why it runs.
 * @param whileWaiting Gives its slot to others while it waits for its next attempt.
 * @returns What it came to.
 */
export async function attemptLocked(
  engine: Engine,
  task: Task,
  reason: string,
  whileWaiting: (wait: Promise<void>) => Promise<void>,
): Promise<Attempt> {
  return await underLock(
    engine,
    task,
    async () => await secondLook(engine, task) ?? await attemptNow(engine, task, reason, whileWaiting),
  );
}

/**
 * Does something under the lock of a task's recipe key. Nobody waits for it here: a task that holds nothing tries again.
 *
 * @param engine The engine.
 * @param task The task.
 * @param work What to do.
 * @returns What it came to, or that somebody else holds the lock.
 */
export async function underLock<T>(
  engine: Engine,
  task: Task,
  work: () => Promise<T>,
): Promise<T | { readonly again: "locked" }> {
  const { workspace } = engine;
  const caches = task.outputs.some(({ spec }) => spec !== undefined);
  if (workspace.dry !== "no" || !caches) return await work();
  const lock = tryRecipeLock(workspace, task.recipeKey);
  if (lock === "busy") return { again: "locked" };
  if (lock === "unsupported") {
    warnOnce(
      engine,
      `the file system of ${quote(workspace.cache)} knows no locks: let no two runs use it at once`,
    );
  }
  if (lock === "unsupported") return await work();
  const step = commitSteps(engine, task);
  step("lock taken");
  try {
    return await work();
  } finally {
    try {
      step("release lock");
    } finally {
      lock.release();
    }
    step("lock released");
  }
}

/**
 * Looks again, under the lock, at what lies in the cache for a task.
 *
 * @param engine The engine.
 * @param task The task.
 * @returns Its outcome where another process made it meanwhile.
 */
export async function secondLook(engine: Engine, task: Task): Promise<Attempt | undefined> {
  const { workspace } = engine;
  if (workspace.dry !== "no" || task.outputs.every(({ spec }) => spec === undefined)) return undefined;
  const looked = lookupTask(workspace, task);
  const lookups = looked instanceof Promise ? await looked : looked;
  const isNews = executionsOf(lookups) !== executionsOf(engine.lookups[task.index]!);
  engine.lookups[task.index] = lookups;
  if (!isNews || isReadFromMemory(engine, task)) return undefined;
  if (staleReason(task, lookups, engine.digests) !== undefined) return undefined;
  return { outcome: reusedOutcome(engine, task.index, "made by another process meanwhile") };
}

function executionsOf(lookups: TaskLookups): string {
  return lookups.map((found) => found?.state === "found" ? found.execution : "").join();
}

async function attemptNow(
  engine: Engine,
  task: Task,
  reason: string,
  whileWaiting: (wait: Promise<void>) => Promise<void>,
): Promise<Attempt> {
  stagingOf(engine.workspace); // where there can be none, that is no failure of the stage
  const started = new Date();
  const clock = performance.now();
  const name = stageName(engine.graph, task.index);
  engine.emit({ type: "stage-started", name });
  let inputs: InputFacts | undefined;
  try {
    const result = await executeAttempts({
      executor: engine.executor,
      settings: task.description,
      jobFor: (_, signal) => jobOf(engine, task, signal, (facts) => inputs = facts),
      signal: engine.signal,
      drain: engine.drain,
      isFinal: (error) => isMoved(error) || unloadableProducer(engine, task, error) !== undefined,
      onRetry: ({ attempt, of, error, wait }) =>
        engine.emit({ type: "stage-retried", name, attempt, of, message: told(engine, error), wait }),
      told: (error) => told(engine, error),
      whileWaiting,
      discard: discardJob,
    });
    const milliseconds = performance.now() - clock;
    const changed = engine.changedFile(task);
    if (changed !== undefined) {
      throw new Error(
        `${
          quote(changed)
        }, which it declares, was changed while it ran, or since its key was made; run it again`,
      );
    }
    const times = { started: started.toISOString(), finished: new Date().toISOString(), milliseconds };
    const facts = inputs ?? inputFacts(engine, task);
    const outcome = await clearly(() => commitTask(engine, task, result, facts, times, reason));
    keepInMemory(engine, task, result.values, outcome);
    engine.distrusted.delete(task.index);
    return { outcome };
  } catch (error) {
    if (isMoved(error)) return { again: "moved" };
    const found = unloadableProducer(engine, task, error);
    if (found !== undefined) return { again: "unloadable", ...found };
    const explained = engine.workspace.strict ? explainFrozen(error) : error;
    return { outcome: failure(engine, task, explained, performance.now() - clock) };
  }
}

/**
 * The outcome of a task that failed. Unless the run is to keep going, nothing new starts from here on.
 *
 * @param engine The engine.
 * @param task The task.
 * @param error What was thrown.
 * @param milliseconds How long it took.
 * @returns The outcome.
 */
export function failure(engine: Engine, task: Task, error: unknown, milliseconds: number): Outcome {
  const what = describeTask(engine.graph, task);
  // Before its slot is free for another: nothing new starts.
  if (!engine.keepGoing) engine.stopped ??= `${what} failed`;
  const why = told(engine, error);
  const message = `${what[0]!.toUpperCase()}${what.slice(1)} of experiment ${
    quote(engine.graph.experiment)
  } failed: ${why}`;
  return {
    ...withoutArtifacts("failed", why, new Error(message, { cause: error })),
    milliseconds,
  };
}

/** What a stage runs into is told in its own words, unless that was in folders that are Cairn's. */
function told({ workspace }: Engine, error: unknown): string {
  const { dir, cache, session: { overlay = cache } } = workspace;
  return messageWithin(error, [dir, cache, overlay]);
}
