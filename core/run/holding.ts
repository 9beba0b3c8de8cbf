/**
 * What stays in memory: the values of a task, until the last that may want them is done.
 *
 * @module
 */
import type { Task } from "../plan/task.ts";
import type { Engine, Outcome } from "./engine_state.ts";

/**
 * Keeps the values of all that a task reads until it is done.
 *
 * @param engine The engine.
 * @param task The task.
 */
export function hold(engine: Engine, task: Task): void {
  for (const producer of task.producers) holdOne(engine, producer, task.index);
}

/**
 * Lets go of what a task read.
 *
 * @param engine The engine.
 * @param task The task, which is done.
 */
export function letGo(engine: Engine, task: Task): void {
  for (const producer of task.producers) letGoOne(engine, producer, task.index);
}

/**
 * Keeps the values of a task for one that may want them.
 *
 * @param engine The engine.
 * @param index The task.
 * @param reader Who may want them.
 */
export function holdOne(engine: Engine, index: number, reader: number): void {
  const readers = engine.readers.get(index) ?? new Set();
  engine.readers.set(index, readers.add(reader));
}

/**
 * Lets go of the values of a task for one that wanted them.
 *
 * @param engine The engine.
 * @param index The task.
 * @param reader Who wanted them.
 */
export function letGoOne(engine: Engine, index: number, reader: number): void {
  const readers = engine.readers.get(index);
  readers?.delete(reader);
  if ((readers?.size ?? 0) === 0 && !engine.keepValues) engine.memory.delete(index);
}

/**
 * Keeps what a task gave back, as far as anything may want it.
 *
 * @param engine The engine.
 * @param task The task.
 * @param values Its values, by output.
 * @param outcome What became of it.
 */
export function keepInMemory(
  engine: Engine,
  task: Task,
  values: ReadonlyMap<string, unknown>,
  outcome: Outcome,
): void {
  const isWanted = engine.keepValues || (engine.readers.get(task.index)?.size ?? 0) > 0;
  const isFinal = engine.graph.finals.has(task.index);
  const isCached = (name: string) =>
    task.outputs.some((output) => output.name === name && output.spec !== undefined);
  // What nobody reads and nothing caches is what the user asked for: it stays. A strict run hands on what is loaded.
  const kept = [...values].filter(([name]) =>
    isCached(name) ? isWanted && !engine.workspace.strict : isWanted || isFinal
  );
  if (kept.length === 0) return;
  const { contentKey, ancestors } = outcome;
  engine.memory.set(task.index, { values: new Map(kept), contentKey, ancestors });
}

/**
 * Whether a task that is still to run may read an output of this one that is kept in memory only.
 *
 * @param engine The engine.
 * @param task The task.
 * @returns Whether its artifacts alone would not do.
 */
export function isReadFromMemory(engine: Engine, task: Task): boolean {
  return task.outputs.some(({ spec }) => spec === undefined) &&
    (engine.readers.get(task.index)?.size ?? 0) > 0;
}
