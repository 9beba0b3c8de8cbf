/**
 * Looking up all outputs of tasks.
 *
 * @module
 */
import type { Awaitable } from "../define/cacher.ts";
import type { Graph, Task } from "../plan/task.ts";
import type { TaskLookups } from "../plan/staleness.ts";
import { type Found, type Lookup, lookupArtifact } from "../store/lookup.ts";
import type { Workspace } from "../store/workspace.ts";

/**
 * Looks up the outputs of one task.
 *
 * @param workspace The workspace.
 * @param task The task.
 * @returns What was found of each output. A promise where a cacher's `check` returns one: nearly always it is none, and
 * of thousands each would cost an await.
 */
export function lookupTask(workspace: Workspace, { outputs }: Pick<Task, "outputs">): Awaitable<TaskLookups> {
  // Its length is known: a list that grows has room for sixteen.
  const lookups = new Array<Lookup | undefined>(outputs.length);
  return lookupFrom(0);

  function lookupFrom(start: number): Awaitable<TaskLookups> {
    for (let i = start; i < outputs.length; i++) {
      const { spec } = outputs[i]!;
      const lookup = spec === undefined ? undefined : lookupArtifact(workspace, spec);
      if (lookup instanceof Promise) {
        // One after another: what was found is compared, and so it is in one order whichever check is the slower.
        return lookup.then((found) => {
          lookups[i] = found;
          return lookupFrom(i + 1);
        });
      }
      lookups[i] = lookup;
    }
    return lookups;
  }
}

/**
 * Each artifact's metadata brings the names and digests of all its ancestors as texts of their own: a text that is there
 * already takes the place of its equal, or most of the memory would go to copies.
 */
interface Shared {
  /** The names that ancestors have. */
  readonly names: Map<string, string>;
  readonly digests: Map<string, string>;
}

function shareTexts(found: Found, { names, digests }: Shared): Found {
  const ancestors = found.ancestors.map((text, i, all) => {
    if (i % 2 === 0) return names.get(text) ?? text;
    const known = digests.get(all[i - 1]!);
    return known === text ? known : text;
  });
  return { ...found, ancestors };
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
  const shared: Shared = { names: new Map(), digests: new Map() };
  for (const task of graph.tasks) {
    const looked = lookupTask(workspace, task);
    const lookups = looked instanceof Promise ? await looked : looked;
    all.push(lookups.map((found, i) => {
      const { spec } = task.outputs[i]!;
      if (spec === undefined || found?.state !== "found") return found;
      shared.names.set(spec.name, spec.name);
      shared.digests.set(spec.name, found.digest);
      return shareTexts(found, shared);
    }));
  }
  return all;
}
