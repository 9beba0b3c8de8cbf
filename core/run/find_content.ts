/**
 * Planning with a look at what was computed under other recipes.
 *
 * @module
 */
import type { Digest } from "../params/canonical.ts";
import { makePlan, type Plan, type PlanOptions } from "../plan/plan.ts";
import type { TaskLookups } from "../plan/staleness.ts";
import type { Graph, Task } from "../plan/task.ts";

/** The content digests of what was found, by output. */
export type FoundContent = ReadonlyMap<string, Digest>;

/**
 * Plans what runs. The plan is pure: what it asks for is looked up, and then it is made again.
 *
 * @param graph The tasks.
 * @param lookups What was found of each task's outputs.
 * @param options What to run regardless.
 * @param find Looks for artifacts with a content key that lie under another recipe.
 * @returns The plan.
 */
export async function planWithContent(
  graph: Graph,
  lookups: readonly TaskLookups[],
  options: Omit<PlanOptions, "findContent">,
  find: (task: Task, contentKey: Digest) => Promise<FoundContent | undefined>,
): Promise<Plan> {
  const known = new Map<string, FoundContent | undefined>();
  for (;;) {
    const asked = new Map<string, { readonly task: Task; readonly contentKey: Digest }>();
    const findContent = (task: Task, contentKey: Digest) => {
      const question = `${task.index} ${contentKey}`;
      if (!known.has(question)) asked.set(question, { task, contentKey });
      return known.get(question);
    };
    const plan = makePlan(graph, lookups, { ...options, findContent });
    if (asked.size === 0) return plan;
    for (const [question, { task, contentKey }] of asked) known.set(question, await find(task, contentKey));
  }
}
