/**
 * Looking up all outputs of tasks.
 *
 * @module
 */
import type { Graph, Task } from "../plan/task.ts";
import type { TaskLookups } from "../plan/staleness.ts";
import { type Lookup, lookupArtifact } from "../store/lookup.ts";
import type { Workspace } from "../store/workspace.ts";

/**
 * Looks up the outputs of one task.
 *
 * @param workspace The workspace.
 * @param task The task.
 * @returns What was found, by output; what is kept in memory only has no entry.
 */
export async function lookupTask(workspace: Workspace, task: Task): Promise<TaskLookups> {
  const lookups = new Map<string, Lookup>();
  for (const { name, spec } of task.outputs) {
    if (spec === undefined) continue;
    const lookup = lookupArtifact(workspace, spec);
    // Nearly always it is no promise, and an await for each would cost more than the lookup.
    lookups.set(name, lookup instanceof Promise ? await lookup : lookup);
  }
  return lookups;
}

/**
 * Looks up the outputs of all tasks.
 *
 * @param workspace The workspace.
 * @param graph The tasks.
 * @returns What was found, one a task.
 */
export async function lookupTasks(workspace: Workspace, graph: Graph): Promise<TaskLookups[]> {
  const all: TaskLookups[] = [];
  for (const task of graph.tasks) all.push(await lookupTask(workspace, task));
  return all;
}
