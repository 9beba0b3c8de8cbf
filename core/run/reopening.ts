/**
 * Going back on what was thought to be settled: what can't be loaded, or no longer belongs to what is there.
 *
 * @module
 */
import { oneLine } from "../params/names.ts";
import { cachesAnything, staleReason } from "../plan/staleness.ts";
import type { Task } from "../plan/task.ts";
import { writeAdoption } from "../store/adopt.ts";
import { isHeld } from "../store/disk/locks.ts";
import { lockPath, stagingOf } from "../store/workspace.ts";
import { isThere } from "./blocked.ts";
import {
  type Engine,
  isCurrent,
  outcomeOf,
  reusedOutcome,
  stopReason,
  taskAt,
  warnOnce,
} from "./engine_state.ts";
import { hold, isReadFromMemory } from "./holding.ts";
import { lookupTask } from "./lookups.ts";

/**
 * A task reads nothing that was made of different executions of one stage: what was made from an artifact that is
 * another by now runs again first.
 *
 * @param engine The engine.
 * @param task The task that reads.
 * @returns Whether anything it reads has to run again.
 */
export function reopenStale(engine: Engine, task: Task): boolean {
  const producers = readFrom(engine, task);
  const seen = new Map<string, { digest: string; producer: number }>();
  const stale = new Set<number>();
  for (const producer of producers) {
    const { ancestors } = outcomeOf(engine, producer);
    if (!isCurrent(engine, ancestors)) stale.add(producer);
    if (producers.size === 1) break; // there is nothing that it could differ from
    for (let i = 0; i < ancestors.length; i += 2) {
      const [name, digest] = [ancestors[i]!, ancestors[i + 1]!];
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

/**
 * An artifact that was thought to be there can't be loaded: it is computed again, and the plan made anew.
 *
 * @param engine The engine.
 * @param index Its task.
 * @param reason What is wrong with it.
 */
export function distrust(engine: Engine, index: number, reason: string): void {
  warnOnce(engine, `${oneLine(reason)}; it is computed again`);
  engine.distrusted.set(index, reason);
  reopen(engine, index, reason);
}

/**
 * Whether another process is at the artifacts of a task just now.
 *
 * @param engine The engine.
 * @param index The task.
 * @returns Whether anybody holds its lock.
 */
export function isHeldElsewhere({ workspace, graph, settling }: Engine, index: number): boolean {
  if (workspace.dry !== "no" || settling.has(index)) return false; // what runs here is waited for anyway
  return isHeld(lockPath(workspace, graph.tasks[index]!.recipeKey)) === true;
}

/**
 * Looks again at what lies there of a task, once nobody else is at it: somebody may have made it again. Where it is
 * whole it is what counts from here on, and what was made from it before is judged anew when all is done.
 *
 * @param engine The engine.
 * @param index The task.
 */
export async function lookAgain(engine: Engine, index: number): Promise<void> {
  const task = taskAt(engine, index);
  const { workspace, outcomes } = engine;
  const isKnown = stateOf(engine, index);
  for (let wait = 2; isHeldElsewhere(engine, index); wait = Math.min(wait * 2, 100)) {
    if (stopReason(engine) !== undefined) return; // nor does whoever reads from it start any more
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  if (!isKnown()) return; // another that reads from it has seen to it
  const before = outcomeOf(engine, index);
  for (const { name, spec } of task.outputs) {
    const place = before.placeOf(name);
    // A file of the user's may have changed behind its time of change.
    if (spec?.cacher.placement?.adopt && place !== undefined && workspace.dry === "no") {
      writeAdoption(place, spec, stagingOf(workspace));
    }
  }
  const lookups = await lookupTask(workspace, task);
  if (!isKnown()) return;
  engine.lookups[index] = lookups;
  if (staleReason(task, lookups, engine.digests) !== undefined || isReadFromMemory(engine, task)) {
    return reopen(engine, index, "it was made again meanwhile");
  }
  engine.surprised = true;
  engine.memory.delete(index);
  const { verdict, reason, milliseconds } = before;
  const found = reusedOutcome(engine, index, "made by another process meanwhile");
  outcomes.set(index, verdict === "executed" ? { ...found, verdict, reason, milliseconds } : found);
  for (const { name, spec } of task.outputs) {
    const digest = found.digests.get(name);
    if (spec !== undefined && digest !== undefined) engine.digests.set(spec.name, digest);
  }
}

/** Tells whether a task still stands as it does now. */
function stateOf(engine: Engine, index: number): () => boolean {
  const { plan: { tasks }, outcomes, settling } = engine;
  const [planned, outcome] = [tasks[index], outcomes.get(index)];
  return () =>
    engine.plan.tasks[index] === planned && outcomes.get(index) === outcome && !settling.has(index);
}

/** The tasks whose artifacts or values a task reads: seen through those that keep nothing and have not run. */
function readFrom(engine: Engine, task: Task, found: Set<number> = new Set()): ReadonlySet<number> {
  for (const producer of task.producers) {
    const isPassed = !cachesAnything(taskAt(engine, producer)) && !isThere(outcomeOf(engine, producer));
    if (isPassed) readFrom(engine, taskAt(engine, producer), found);
    else found.add(producer);
  }
  return found;
}

/** What was done, or was to be reused, has to run again. */
function reopen(engine: Engine, index: number, reason: string): void {
  if (engine.settling.has(index)) return; // it runs again already
  engine.surprised = true;
  engine.outcomes.delete(index);
  engine.memory.delete(index);
  hold(engine, taskAt(engine, index));
  const tasks = engine.plan.tasks.with(index, {
    verdict: "execute",
    reason,
    waitsFor: [],
    isNeeded: true,
    isForced: false,
    isLinked: false,
  });
  engine.plan = { ...engine.plan, tasks };
}
