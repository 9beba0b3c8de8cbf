/**
 * Where the values lie that a task reads, for another process to load them.
 *
 * @module
 */
import type { Source, Task } from "../plan/task.ts";
import type { Engine } from "./engine_state.ts";
import type { LocatedInput, LocatedInputs } from "./located_inputs.ts";
import {
  artifactOf,
  type InputFacts,
  nameFor,
  NO_LONGER_THERE,
  unloadable,
  whenLoaded,
} from "./task_inputs.ts";

/**
 * Where the state that a stage reads lies, or the states that an aggregate reads.
 *
 * @param engine The engine.
 * @param task The task.
 * @param tell Takes what the inputs were.
 * @returns What another process needs to load them.
 * @throws {Error} If a value can't be had: see {@linkcode unloadableProducer}.
 */
export function locateInputs(engine: Engine, task: Task, tell: (facts: InputFacts) => void): LocatedInputs {
  const loaded = whenLoaded(engine, task, tell);
  const states = task.states.map(({ record, params, inputs }) => ({
    ...nameFor(engine, task, record),
    params,
    inputs: Object.fromEntries(inputs.map(({ name, source }): [string, LocatedInput] => [
      name,
      source.kind === "value"
        ? { kind: "value", value: engine.values[record]![name] }
        : locateOutput(engine, source),
    ])),
  }));
  const refused = (state: number, input: string, reason: string) => {
    const { source } = task.states[state]!.inputs.find(({ name }) => name === input)!;
    return source.kind === "output" ? unloadable(engine, source, reason) : new Error(reason);
  };
  return { states, loaded, unloadable: refused };
}

function locateOutput(engine: Engine, source: Source & { kind: "output" }): LocatedInput {
  const artifact = artifactOf(engine, source);
  if (artifact !== undefined) return { kind: "artifact", ...artifact };
  const held = engine.memory.get(source.task);
  if (!held?.values.has(source.output)) throw unloadable(engine, source, NO_LONGER_THERE);
  return { kind: "value", value: held.values.get(source.output) };
}
