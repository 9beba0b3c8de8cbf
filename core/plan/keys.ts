/**
 * The two keys of a task: the recipe key, known before anything runs, and the content key, known when its inputs are.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { AggregateDescription } from "../define/aggregate.ts";
import { type AnyOutput, isTransient, type Outputs } from "../define/output.ts";
import type { StageDescription } from "../define/stage.ts";
import { canonicalDigest, type Digest } from "../params/canonical.ts";
import { describe, type JsonValue } from "../params/describe.ts";
import { FORMAT } from "../store/metadata.ts";
import type { Graph, Source, StageKeyPart, Task, TaskState } from "./task.ts";

/**
 * The part of the key that a stage brings.
 *
 * @param description The stage or aggregate.
 * @param outputs Its outputs, as they are cached in this run.
 * @returns Its name, code and outputs, and their digest.
 */
export function stageKeyPart(
  description: StageDescription | AggregateDescription,
  outputs: Outputs,
): StageKeyPart {
  const ingredients = {
    format: FORMAT,
    kind: description.kind,
    name: description.name,
    code: codeOf(description),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, outputPart(output)])),
  };
  return { ingredients, digest: canonicalDigest(ingredients) };
}

/** The code of a stage: the version that its author gave it, or else the text of `run`. */
function codeOf(description: StageDescription | AggregateDescription): { [name: string]: JsonValue } {
  if (description.version !== undefined) return { by: "version", version: description.version };
  const text = Function.prototype.toString.call(description.run);
  return { by: "text", sha256: createHash("sha256").update(text).digest("hex") };
}

function outputPart(output: AnyOutput): JsonValue {
  return isTransient(output) ? null : { extension: output.extension, kind: output.kind ?? "custom" };
}

/**
 * The recipe key of a task.
 *
 * @param part What its stage brings.
 * @param states The states that it reads.
 * @param lookup `recipeKeyAt` gives a producer's recipe key; `nameOf` a record's name, where that counts.
 * @returns 64 hexadecimal digits.
 */
export function recipeKeyOf(
  part: StageKeyPart,
  states: readonly TaskState[],
  lookup: {
    readonly recipeKeyAt: (task: number) => Digest;
    readonly nameOf: ((record: number) => string) | undefined;
  },
): Digest {
  return keyOf(
    "recipe",
    part,
    states,
    lookup.nameOf,
    (source) =>
      source.kind === "value"
        ? `value ${source.digest}`
        : `${source.output} of ${lookup.recipeKeyAt(source.task)}`,
  );
}

/**
 * The content key of a task.
 *
 * @param graph The graph.
 * @param task The task.
 * @param digestOf The content digest of an input; for one that is kept in memory only, what stands for it.
 * @returns 64 hexadecimal digits.
 */
export function contentKeyOf(graph: Graph, task: Task, digestOf: (source: Source) => Digest): Digest {
  const nameOf = task.owner === null ? (record: number) => graph.records[record]!.name : undefined;
  return keyOf("content", task.key, task.states, nameOf, digestOf);
}

function keyOf(
  kind: "recipe" | "content",
  part: StageKeyPart,
  states: readonly TaskState[],
  nameOf: ((record: number) => string) | undefined,
  inputPart: (source: Source) => string,
): Digest {
  return canonicalDigest([
    kind,
    part.digest,
    states.map(({ record, paramsHash, inputs }) => [
      nameOf === undefined ? null : nameOf(record),
      paramsHash,
      Object.fromEntries(inputs.map(({ name, source }) => [name, inputPart(source)])),
    ]),
  ]);
}

/**
 * All that went into the keys of a task, as its metadata keeps it.
 *
 * @param graph The graph.
 * @param task The task.
 * @param digestOf The content digest of an input.
 * @returns JSON.
 */
export function describeRecipe(graph: Graph, task: Task, digestOf: (source: Source) => Digest): JsonValue {
  const states = task.states.map(({ record, params, inputs }) => ({
    ...(task.owner === null ? { record: graph.records[record]!.name } : {}),
    params: describe(params),
    inputs: Object.fromEntries(
      inputs.map(({ name, source }) => [name, describeSource(graph, source, digestOf)]),
    ),
  }));
  return { ...task.key.ingredients, ...(task.owner === null ? { states } : states[0]) };
}

function describeSource(graph: Graph, source: Source, digestOf: (source: Source) => Digest): JsonValue {
  if (source.kind === "value") return { value: source.digest };
  const { description, recipeKey } = graph.tasks[source.task]!;
  return { stage: description.name, output: source.output, recipeKey, digest: digestOf(source) };
}
