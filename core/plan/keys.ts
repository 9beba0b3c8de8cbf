/**
 * The two keys of a task: the recipe key, known before anything runs, and the content key, known when its inputs are.
 *
 * @module
 */
import type { AggregateDescription } from "../define/aggregate.ts";
import { type AnyOutput, isTransient, type Outputs } from "../define/output.ts";
import type { StageDescription } from "../define/stage.ts";
import { canonicalDigest, type Digest, ownDigest } from "../params/canonical.ts";
import { describe, type JsonValue } from "../params/describe.ts";
import { FORMAT } from "../store/metadata.ts";
import type { Graph, Source, StageFacts, StageKeyPart, Task } from "./task.ts";

/**
 * The part of the key that a stage brings.
 *
 * @param description The stage or aggregate.
 * @param outputs Its outputs, as they are cached in this run.
 * @param facts Its code, and the values of its environment variables.
 * @returns Its name, code and outputs, and their digest.
 */
export function stageKeyPart(
  description: StageDescription | AggregateDescription,
  outputs: Outputs,
  facts: Pick<StageFacts, "code" | "env">,
): StageKeyPart {
  const { kind, name, captures, version } = description;
  const { by, digest, declarations, packages } = facts.code;
  const env = Object.fromEntries(description.env.map((name) => [name, facts.env(name)]));
  const parts = {
    format: FORMAT,
    kind,
    name,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, outputPart(output)])),
  };
  return {
    ingredients: {
      ...parts,
      code: {
        by,
        digest,
        ...(version === undefined ? {} : { version }),
        declarations: { ...declarations },
        packages: { ...packages },
      },
      ...(captures === undefined ? {} : { captures: describe(captures) }),
      ...(description.env.length === 0 ? {} : { env }),
    },
    digest: canonicalDigest([parts, digest, env, captures ?? null]),
  };
}

function outputPart(output: AnyOutput): { extension: string; kind: string } | null {
  return isTransient(output) ? null : { extension: output.extension, kind: output.kind ?? "custom" };
}

/** What of a task its keys are made of. */
export type Keyed = Pick<Task, "key" | "states" | "owner" | "files" | "missing">;

/**
 * The recipe key of a task.
 *
 * @param task The task.
 * @param lookup `recipeKeyAt` gives a producer's recipe key; `nameOf` a record's name.
 * @returns 64 hexadecimal digits.
 */
export function recipeKeyOf(
  task: Keyed,
  lookup: {
    readonly recipeKeyAt: (task: number) => Digest;
    readonly nameOf: (record: number) => string;
  },
): Digest {
  return keyOf(
    "recipe",
    task,
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
  return keyOf("content", task, (record) => graph.records[record]!.name, digestOf);
}

/**
 * What stands for an output that is kept in memory only, in the content keys of what is made from it.
 *
 * @param contentKey The content key of the task that makes it.
 * @param output Its name.
 * @returns 64 hexadecimal digits.
 */
export function transientDigest(contentKey: Digest, output: string): Digest {
  return ownDigest(["transient", contentKey, output]);
}

function keyOf(
  kind: "recipe" | "content",
  { key, states, owner, files, missing }: Keyed,
  nameOf: (record: number) => string,
  inputPart: (source: Source) => string,
): Digest {
  return ownDigest([
    kind,
    key.digest,
    states.map(({ record, paramsHash, inputs }) => [
      owner === null ? nameOf(record) : null, // an aggregate reads the names of its records
      paramsHash,
      Object.fromEntries(inputs.map(({ name, source }) => [name, inputPart(source)])),
    ]),
    files.map(({ digest }) => digest),
    missing.length > 0 ? ["partial", ...missing.map(nameOf)] : [],
  ]);
}

/**
 * All that goes into the keys of a task, as its metadata keeps it.
 *
 * @param graph The graph.
 * @param task The task.
 * @param digestOf The content digest of an input, if that is known.
 * @returns JSON.
 */
export function describeRecipe(
  graph: Graph,
  task: Task,
  digestOf: (source: Source) => Digest | undefined,
): JsonValue {
  const states = task.states.map(({ record, hashedParams, inputs }) => ({
    ...(task.owner === null ? { record: graph.records[record]!.name } : {}),
    params: describe(hashedParams),
    inputs: Object.fromEntries(
      inputs.map(({ name, source }) => [name, describeSource(graph, source, digestOf(source))]),
    ),
  }));
  const files = Object.fromEntries(task.files.map(({ path, digest }) => [path, digest]));
  return {
    ...task.key.ingredients,
    ...(task.files.length === 0 ? {} : { files }),
    ...(task.missing.length === 0 ? {} : {
      partial: task.missing.map((record) => graph.records[record]!.name),
    }),
    ...(task.owner === null ? { states } : states[0]),
  };
}

function describeSource(graph: Graph, source: Source, digest: Digest | undefined): JsonValue {
  if (source.kind === "value") return { value: source.digest };
  const { description, recipeKey } = graph.tasks[source.task]!;
  return {
    stage: description.name,
    output: source.output,
    recipeKey,
    ...(digest === undefined ? {} : { digest }),
  };
}
