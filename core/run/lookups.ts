/**
 * Looking up all outputs of tasks.
 *
 * @module
 */
import type { Awaitable } from "../define/cacher.ts";
import type { Digest } from "../params/canonical.ts";
import type { Graph, Task } from "../plan/task.ts";
import { addDigests, type TaskLookups } from "../plan/staleness.ts";
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

/** What was found of a graph. */
export interface Looked {
  /** One a task, in the graph's order. */
  readonly lookups: TaskLookups[];
  /** The content digests of all artifacts that are there, by the names that ancestors have. */
  readonly digests: Map<string, Digest>;
}

/**
 * Looks up the outputs of all tasks.
 *
 * @param workspace The workspace.
 * @param graph The tasks.
 * @returns What was found.
 */
export async function lookupTasks(workspace: Workspace, graph: Graph): Promise<Looked> {
  const all: TaskLookups[] = [];
  const digests = new Map<string, Digest>();
  for (const task of graph.tasks) {
    const looked = lookupTask(workspace, task);
    const lookups = looked instanceof Promise ? await looked : looked;
    all.push(lookups.map((found) => found?.state === "found" ? shareDigests(found, digests) : found));
    addDigests(digests, task, lookups);
  }
  return { lookups: all, digests };
}

/**
 * Each artifact's metadata brings the digests of all its ancestors as texts of their own: a text that is there already
 * takes the place of its equal, or most of the memory would go to copies.
 */
function shareDigests(found: Found, digests: ReadonlyMap<string, Digest>): Found {
  const { ancestors } = found;
  if (ancestors.length === 0) return found;
  const shared = ancestors.map((text, i) => {
    const known = i % 2 === 0 ? undefined : digests.get(ancestors[i - 1]!);
    return known === text ? known : text;
  });
  return { ...found, ancestors: shared };
}
