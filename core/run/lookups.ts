/**
 * Looking up all outputs of tasks.
 *
 * @module
 */
import type { Awaitable } from "../define/cacher.ts";
import type { Graph, Task } from "../plan/task.ts";
import type { TaskLookups } from "../plan/staleness.ts";
import { type Lookup, lookupArtifact } from "../store/lookup.ts";
import { ancestorName } from "../store/place.ts";
import type { Workspace } from "../store/workspace.ts";

/**
 * Looks up the outputs of one task.
 *
 * @param workspace The workspace.
 * @param task The task.
 * @returns What was found, by output; what is kept in memory only has no entry. A promise where a cacher's `check`
 * returns one: nearly always it is none, and of thousands each would cost an await.
 */
export function lookupTask(workspace: Workspace, task: Task): Awaitable<TaskLookups> {
  const lookups = new Map<string, Lookup>();
  const checks: Promise<unknown>[] = [];
  for (const { name, spec } of task.outputs) {
    if (spec === undefined) continue;
    const lookup = lookupArtifact(workspace, spec);
    if (!(lookup instanceof Promise)) lookups.set(name, lookup);
    else checks.push(lookup.then((found) => lookups.set(name, found)));
  }
  return checks.length === 0 ? lookups : Promise.all(checks).then(() => lookups);
}

/**
 * Each artifact's metadata brings the digests of all its ancestors as texts of their own: a text that is there already
 * takes the place of its equal, or most of the memory would go to copies.
 */
function shareDigests(ancestors: Record<string, string>, digests: ReadonlyMap<string, string>): void {
  for (const name in ancestors) {
    const known = digests.get(name);
    if (known !== undefined && known === ancestors[name]) ancestors[name] = known;
  }
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
  const digests = new Map<string, string>();
  for (const task of graph.tasks) {
    const looked = lookupTask(workspace, task);
    const lookups = looked instanceof Promise ? await looked : looked;
    all.push(lookups);
    for (const { name, spec } of task.outputs) {
      const found = lookups.get(name);
      if (spec === undefined || found?.state !== "found") continue;
      digests.set(ancestorName(spec), found.digest);
      shareDigests(found.ancestors, digests);
    }
  }
  return all;
}
