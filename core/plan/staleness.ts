/**
 * Whether the artifacts of a task are still true: pure over what a lookup told.
 *
 * @module
 */
import { durationText } from "../params/duration.ts";
import { quote } from "../params/names.ts";
import type { Found, Lookup } from "../store/lookup.ts";
import type { Graph, Task } from "./task.ts";

/** The lookups of one task's outputs, in their order; undefined for what is kept in memory only. */
export type TaskLookups = readonly (Lookup | undefined)[];

/**
 * What was found of one output.
 *
 * @param task The task.
 * @param lookups What was found of its outputs.
 * @param output The output's name.
 * @returns The lookup; undefined for what is kept in memory only.
 */
export function lookupOf(task: Task, lookups: TaskLookups, output: string): Lookup | undefined {
  return lookups[task.outputs.findIndex(({ name }) => name === output)];
}

/**
 * The content digests of all artifacts that are there, by the names that ancestors have.
 *
 * @param graph The tasks.
 * @param lookups What was found of each task's outputs.
 * @returns The digests.
 */
export function existingDigests(graph: Graph, lookups: readonly TaskLookups[]): Map<string, string> {
  const digests = new Map<string, string>();
  for (const task of graph.tasks) addDigests(digests, task, lookups[task.index]!);
  return digests;
}

/**
 * Adds the content digests of what is there of one task: see {@linkcode existingDigests}.
 *
 * @param digests What is added to.
 * @param task The task.
 * @param lookups What was found of its outputs.
 */
export function addDigests(digests: Map<string, string>, { outputs }: Task, lookups: TaskLookups): void {
  for (let i = 0; i < outputs.length; i++) {
    const [{ spec }, found] = [outputs[i]!, lookups[i]];
    if (spec === undefined || found === undefined) continue;
    if (found.state === "found") digests.set(spec.name, found.digest);
    // It is there, and is no longer what anything was made from.
    else if (found.hasChanged) digests.set(spec.name, "");
  }
}

/**
 * Why the artifacts of a task can't be used; undefined where they can.
 *
 * @param task The task.
 * @param lookups What was found of its outputs.
 * @param digests The content digests of the artifacts that are there, by the names that ancestors have.
 * @returns The reason.
 */
export function staleReason(
  task: Task,
  lookups: TaskLookups,
  digests: ReadonlyMap<string, string>,
): string | undefined {
  const found: Found[] = [];
  for (const [i, lookup] of lookups.entries()) {
    if (lookup === undefined) continue;
    if (lookup.state !== "found") return `output ${quote(task.outputs[i]!.name)}: ${lookup.reason}`;
    found.push(lookup);
  }
  if (!cachesAnything(task)) return "it caches nothing";
  const executions = found.length === 1
    ? undefined
    : new Set(found.flatMap(({ execution }) => execution ?? []));
  if (executions !== undefined && executions.size > 1) return "its outputs were made by different executions";
  for (const { ancestors } of found) {
    for (let i = 0; i < ancestors.length; i += 2) {
      const name = ancestors[i]!;
      const current = digests.get(name);
      if (current !== undefined && current !== ancestors[i + 1]) {
        return `it was made from another ${quote(name)}`;
      }
    }
  }
  return undefined;
}

/**
 * Whether any output of a task is cached.
 *
 * @param task The task.
 * @returns Whether there is an artifact of it.
 */
export function cachesAnything(task: Task): boolean {
  return task.outputs.some(({ spec }) => spec !== undefined);
}

/**
 * Whether a task stands for a file of the user's that was adopted: it is never made again.
 *
 * @param lookups What was found of its outputs.
 * @returns Whether it was adopted.
 */
export function isAdopted(lookups: TaskLookups): boolean {
  return lookups.some((found) => found?.state === "found" && found.execution === undefined);
}

/**
 * Whether the artifacts of a task are older than its stage allows.
 *
 * @param task The task.
 * @param lookups What was found of its outputs.
 * @param now The time, in milliseconds since 1970.
 * @returns What is wrong; undefined where they are young enough.
 */
export function ageProblem(task: Task, lookups: TaskLookups, now: number): string | undefined {
  const { maxAge } = task.description;
  if (maxAge === undefined) return undefined;
  if (maxAge === 0) return "its maxAge is 0: it always runs";
  const isOld = lookups.some((found) => found?.state === "found" && found.finished + maxAge <= now);
  return isOld ? `older than its maxAge of ${durationText(maxAge)}` : undefined;
}
