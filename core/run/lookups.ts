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
export function lookupTask(workspace: Workspace, { outputs }: Pick<Task, "outputs">): Awaitable<TaskLookups> {
  return lookupFrom(0, new Map());

  function lookupFrom(start: number, lookups: Map<string, Lookup>): Awaitable<TaskLookups> {
    for (let i = start; i < outputs.length; i++) {
      const { name, spec } = outputs[i]!;
      if (spec === undefined) continue;
      const lookup = lookupArtifact(workspace, spec);
      if (lookup instanceof Promise) {
        // One after another: what was found is compared, and so it is in one order whichever check is the slower.
        return lookup.then((found) => lookupFrom(i + 1, lookups.set(name, found)));
      }
      lookups.set(name, lookup);
    }
    return lookups;
  }
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
