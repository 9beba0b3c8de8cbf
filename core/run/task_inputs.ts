/**
 * The values that a task reads: from memory, or loaded from the cache.
 *
 * @module
 */
import { isMiss } from "../define/miss.ts";
import { copyOf } from "../params/copy.ts";
import type { Digest } from "../params/canonical.ts";
import type { JsonValue } from "../params/describe.ts";
import { contentKeyOf, describeRecipe, transientDigest } from "../plan/keys.ts";
import type { Source, Task } from "../plan/task.ts";
import { describeOutput } from "../plan/describe_task.ts";
import { cachesAnything } from "../plan/staleness.ts";
import { fileAt } from "../store/place.ts";
import {
  type Engine,
  isCurrent,
  type KeyFacts,
  outcomeOf,
  outputAt,
  stageName,
  taskAt,
} from "./engine_state.ts";
import { loadLocated, type LocatedArtifact } from "./located_inputs.ts";
import { deepFreeze, handedOn } from "./strict.ts";

/** What the inputs of a task were, when they were loaded: it enters the metadata of what is made from them. */
export interface InputFacts extends KeyFacts {
  readonly recipe: JsonValue;
}

/**
 * What the inputs of a task are just now. What keeps nothing need not have run: its own inputs tell what stands for it.
 *
 * @param engine The engine.
 * @param task The task.
 * @returns The facts.
 */
export function inputFacts(engine: Engine, task: Task): InputFacts {
  const facts = keyFacts(engine, task);
  const digestOf = (source: Source) => sourceDigest(engine, source, new Map());
  return { ...facts, recipe: describeRecipe(engine.graph, task, digestOf) };
}

/**
 * The part of {@linkcode inputFacts} that decides whether a task has to run.
 *
 * @param engine The engine.
 * @param task The task.
 * @param known What was found of tasks that keep nothing, while one task is looked at.
 * @returns Its content key, and the content digests of all ancestors.
 */
export function keyFacts(engine: Engine, task: Task, known: Map<number, KeyFacts> = new Map()): KeyFacts {
  const basis = basisOf(engine, task);
  const before = engine.facts.get(task);
  if (basis !== undefined && before?.basis.every((each, i) => each === basis[i])) return before.facts;
  const facts = factsAnew(engine, task, known);
  if (basis !== undefined) engine.facts.set(task, { basis, facts });
  return facts;
}

/**
 * What the facts of a task follow from: while it is the same, so are they. They are asked for several times, and with
 * many ancestors take longer than all else. What keeps nothing follows from its own inputs in turn: then there is none.
 */
function basisOf(engine: Engine, task: Task): readonly unknown[] | undefined {
  if (!task.producers.every((producer) => cachesAnything(taskAt(engine, producer)))) return undefined;
  return task.producers.map((producer) => engine.outcomes.get(producer) ?? engine.lookups[producer]);
}

function factsAnew(engine: Engine, task: Task, known: Map<number, KeyFacts>): KeyFacts {
  const ancestors = new Map<string, Digest>();
  for (const producer of task.producers) {
    const { digests } = outcomeOf(engine, producer);
    const earlier = factsOf(engine, producer, known).ancestors;
    for (let i = 0; i < earlier.length; i += 2) ancestors.set(earlier[i]!, earlier[i + 1]!);
    for (const { name, spec } of taskAt(engine, producer).outputs) {
      const digest = digests.get(name);
      if (spec !== undefined && digest !== undefined) ancestors.set(spec.name, digest);
    }
  }
  return {
    ancestors: [...ancestors].flat(),
    contentKey: contentKeyOf(engine.graph, task, (source) => sourceDigest(engine, source, known)),
  };
}

/** What a task was made from: as its outcome says, or for one that keeps nothing and has not run, as it would be. */
function factsOf(engine: Engine, index: number, known: Map<number, KeyFacts>): KeyFacts {
  const outcome = outcomeOf(engine, index);
  const contentKey = outcome.contentKey ?? engine.memory.get(index)?.contentKey ?? null;
  const task = taskAt(engine, index);
  // A file that was adopted has a digest and no key.
  if (contentKey !== null) return { contentKey, ancestors: outcome.ancestors };
  if (cachesAnything(task)) return { contentKey: task.recipeKey, ancestors: outcome.ancestors };
  const found = known.get(index) ?? keyFacts(engine, task, known);
  known.set(index, found);
  return found;
}

/** The content digest of an input; one that is kept in memory only stands for its producer's content key. */
function sourceDigest(engine: Engine, source: Source, known: Map<number, KeyFacts>): Digest {
  if (source.kind === "value") return source.digest;
  const digest = outcomeOf(engine, source.task).digests.get(source.output);
  return digest ?? transientDigest(factsOf(engine, source.task, known).contentKey, source.output);
}

const MOVED = Symbol("an input was made again while others were loaded");

/**
 * Whether {@linkcode loadInputs} came to nothing since an input was made again meanwhile.
 *
 * @param error What it threw.
 * @returns Whether it is to be called again.
 */
export function isMoved(error: unknown): boolean {
  return error instanceof Error && MOVED in error;
}

const PRODUCER = Symbol("the task whose output can't be loaded");

/**
 * The state that a stage reads, or the states that an aggregate reads.
 *
 * @param engine The engine.
 * @param task The task.
 * @param tell Takes what the inputs were.
 * @returns What its `run` gets.
 * @throws {Error} If a value can't be had: see {@linkcode unloadableProducer} and {@linkcode isMoved}.
 */
export async function loadInputs(
  engine: Engine,
  task: Task,
  tell: (facts: InputFacts) => void,
): Promise<unknown> {
  const loaded = whenLoaded(engine, task, tell);
  const states: Record<string, unknown>[] = [];
  for (const { record, params, inputs } of task.states) {
    const state: Record<string, unknown> = { ...nameFor(engine, task, record) };
    for (const { name, source } of inputs) {
      state[name] = source.kind === "value"
        ? startValue(engine, record, name)
        : await valueOfOutput(engine, source);
    }
    const own = copyOf(params);
    states.push({ ...state, params: engine.workspace.strict ? deepFreeze(own) : own });
  }
  loaded();
  return task.owner === null ? states : states[0]!;
}

/**
 * The name in a state, which those of an aggregate bear.
 *
 * @param engine The engine.
 * @param task The task that reads it.
 * @param record The record that it is of.
 * @returns What the state begins with.
 */
export function nameFor(engine: Engine, task: Task, record: number): { readonly name?: string } {
  return task.owner === null ? { name: engine.graph.records[record]!.name } : {};
}

/**
 * What is to be called when all inputs are loaded: that takes time, and what was loaded first may belong to other
 * executions than what came last.
 *
 * @param engine The engine.
 * @param task The task that reads them.
 * @param tell Takes what they were.
 * @returns Throws where one was made again meanwhile: see {@linkcode isMoved}.
 */
export function whenLoaded(engine: Engine, task: Task, tell: (facts: InputFacts) => void): () => void {
  const facts = inputFacts(engine, task);
  return () => {
    if (keyFacts(engine, task).contentKey !== facts.contentKey || !isCurrent(engine, facts.ancestors)) {
      throw Object.assign(new Error("an input was made again"), { [MOVED]: true });
    }
    tell(facts);
  };
}

/**
 * Which task has to run again since its output can't be loaded, or since a stream of it turned out to be another while it
 * was gone through.
 *
 * @param engine The engine.
 * @param task The task that reads it.
 * @param error What loading its inputs threw, or what it threw itself.
 * @returns The task, and why; undefined where it is another error.
 */
export function unloadableProducer(
  engine: Engine,
  task: Task,
  error: unknown,
): { readonly producer: number; readonly reason: string } | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (PRODUCER in cause) return { producer: cause[PRODUCER] as number, reason: cause.message };
    if (!isMiss(cause) || !("path" in cause)) continue;
    const { path, message } = cause;
    const source = task.states.flatMap(({ inputs }) => inputs).find(({ source }) =>
      source.kind === "output" && pathOf(engine, source) === path
    )?.source;
    if (source?.kind === "output") {
      return { producer: source.task, reason: unloadable(engine, source, message).message };
    }
  }
  return undefined;
}

function pathOf(engine: Engine, { task, output }: Source & { kind: "output" }): string | undefined {
  const place = outcomeOf(engine, task).placeOf(output);
  return place === undefined ? undefined : fileAt(place);
}

function startValue({ workspace, values }: Engine, record: number, name: string): unknown {
  const value = values[record]![name];
  return workspace.strict ? deepFreeze(copyOf(value)) : value;
}

async function valueOfOutput(engine: Engine, source: Source & { kind: "output" }): Promise<unknown> {
  const { task, output } = source;
  const { strict } = engine.workspace;
  const held = engine.memory.get(task);
  if (held?.values.has(output)) {
    const value = await held.values.get(output);
    return strict ? handedOn(value) : value;
  }
  const artifact = artifactOf(engine, source);
  if (artifact === undefined) throw unloadable(engine, source, NO_LONGER_THERE);
  const loading = loadLocated(artifact, strict, (reason) => unloadable(engine, source, reason));
  const isShared = !strict && artifact.lazy === undefined && (engine.readers.get(task)?.size ?? 0) >= 2;
  return await (isShared ? share(engine, task, output, loading) : loading);
}

/** Why an input can't be had that no artifact holds. */
export const NO_LONGER_THERE = "it is kept in memory only, and no longer there";

/**
 * Where the artifact of an input lies.
 *
 * @param engine The engine.
 * @param source Where the input comes from.
 * @returns The artifact; undefined for one that is kept in memory only.
 */
export function artifactOf(engine: Engine, source: Source & { kind: "output" }): LocatedArtifact | undefined {
  const { spec, lazy } = outputAt(engine, source);
  const { placeOf, digests } = outcomeOf(engine, source.task);
  const place = placeOf(source.output);
  if (spec === undefined || place === undefined) return undefined;
  const { procedure } = stageName(engine.graph, source.task);
  return { spec, procedure, place, digest: digests.get(source.output), lazy };
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

/**
 * The error for an input that can't be loaded: its stage has to run again.
 *
 * @param engine The engine.
 * @param source Where the input comes from.
 * @param reason Why, as the end of a sentence.
 * @returns The error, for {@linkcode unloadableProducer}.
 */
export function unloadable(engine: Engine, source: Source & { kind: "output" }, reason: string): Error {
  const what = describeOutput(engine.graph, taskAt(engine, source.task), source.output);
  return Object.assign(new Error(`${what} can't be loaded: ${reason}`), { [PRODUCER]: source.task });
}
