/**
 * Tasks and outputs in words.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import type { Graph, Task } from "./task.ts";

/**
 * An output in words.
 *
 * @param graph The graph.
 * @param task Its task.
 * @param output Its name.
 * @returns Such as `output "model" of stage "fit" in record "k=1"`.
 */
export function describeOutput(graph: Graph, task: Task, output: string): string {
  return `output ${quote(output)} of ${describeTask(graph, task)}`;
}

/**
 * A task in words.
 *
 * @param graph The graph.
 * @param task The task.
 * @returns Such as `stage "fit" in record "k=1"`.
 */
export function describeTask(graph: Graph, task: Task): string {
  const stage = `${task.description.kind} ${quote(task.description.name)}`;
  return task.owner === null ? stage : `${stage} in record ${quote(graph.records[task.owner]!.name)}`;
}
