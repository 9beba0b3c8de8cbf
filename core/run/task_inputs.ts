/**
 * The values that a task reads: from memory, or loaded from the cache.
 *
 * @module
 */
import { isMiss } from "../define/miss.ts";
import type { Source, Task } from "../plan/task.ts";
import { describeOutput } from "../plan/plan.ts";
import { lazyHandle, loadArtifact } from "../store/load.ts";
import { type Engine, outcomeOf, outputAt, taskAt } from "./engine_state.ts";

const PRODUCER = Symbol("the task whose output can't be loaded");

/**
 * The state that a stage reads, or the states that an aggregate reads.
 *
 * @param engine The engine.
 * @param task The task.
 * @returns What its `run` gets.
 * @throws {Error} If a value can't be had: see {@linkcode unloadableProducer}.
 */
export async function loadInputs(engine: Engine, task: Task): Promise<unknown> {
  const states: Record<string, unknown>[] = [];
  for (const { record, params, inputs } of task.states) {
    const state: Record<string, unknown> = task.owner === null
      ? { name: engine.graph.records[record]!.name }
      : {};
    for (const { name, source } of inputs) {
      state[name] = source.kind === "value"
        ? engine.values[record]![name]
        : await valueOfOutput(engine, source);
    }
    states.push({ ...state, params: { ...params } });
  }
  return task.owner === null ? states : states[0]!;
}

/**
 * Which task has to run again since its output can't be loaded.
 *
 * @param error What {@linkcode loadInputs} threw.
 * @returns The task; undefined where it is another error.
 */
export function unloadableProducer(error: unknown): number | undefined {
  return error instanceof Error && PRODUCER in error ? error[PRODUCER] as number : undefined;
}

async function valueOfOutput(engine: Engine, source: Source & { kind: "output" }): Promise<unknown> {
  const { task, output } = source;
  const held = engine.memory.get(task);
  const { spec, lazy } = outputAt(engine, source);
  const place = outcomeOf(engine, task).places.get(output);
  try {
    if (held?.values.has(output)) return await held.values.get(output);
    if (spec === undefined || place === undefined) {
      throw unloadable(engine, source, "it is kept in memory only, and no longer there");
    }
    if (lazy?.resolve === false) return lazyHandle(place, spec);
    const loading = loadArtifact(place, spec);
    if (lazy !== undefined || engine.holders[task]! < 2) return await loading;
    return await share(engine, task, output, loading);
  } catch (error) {
    if (!isMiss(error)) throw error;
    throw unloadable(engine, source, error.message);
  }
}

/** Several tasks may want the value: they share what the first one loads. */
async function share(
  engine: Engine,
  task: number,
  output: string,
  loading: Promise<unknown>,
): Promise<unknown> {
  const { contentKey, ancestors } = outcomeOf(engine, task);
  const { values } = engine.memory.get(task) ?? { values: new Map<string, unknown>() };
  engine.memory.set(task, { values, contentKey, ancestors });
  values.set(output, loading);
  try {
    const value = await loading;
    values.set(output, value);
    return value;
  } catch (error) {
    values.delete(output);
    throw error;
  }
}

function unloadable(engine: Engine, source: Source & { kind: "output" }, reason: string): Error {
  const what = describeOutput(engine.graph, taskAt(engine, source.task), source.output);
  return Object.assign(new Error(`${what} can't be loaded: ${reason}`), { [PRODUCER]: source.task });
}
