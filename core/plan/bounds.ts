/**
 * How many tasks of a plan will run: what is pending may, or may not.
 *
 * @module
 */
import type { Graph } from "./task.ts";
import type { PlannedTask } from "./verdicts.ts";

/** A lower and an upper bound. */
export interface Bounds {
  readonly atLeast: number;
  readonly atMost: number;
}

/**
 * The bounds of what will run.
 *
 * @param graph The tasks.
 * @param planned What the plan says of each.
 * @returns Both bounds; equal where nothing is open.
 */
export function boundsOf(graph: Graph, planned: readonly PlannedTask[]): Bounds {
  const certain = graph.tasks.filter(({ index }) => planned[index]!.verdict === "execute");
  const pending = planned.filter(({ verdict }) => verdict === "pending").length;
  // Of those that run in any case, some may come to the same as others by then, and one is run for all.
  const looks = certain.map(({ index, key, states, files }) =>
    planned[index]!.isForced
      ? JSON.stringify([
        key.digest,
        states.map(({ paramsHash }) => paramsHash),
        files.map(({ digest }) => digest),
      ])
      : `${index}`
  );
  return { atLeast: new Set(looks).size, atMost: certain.length + pending };
}
