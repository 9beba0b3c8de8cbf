/**
 * What is put in order beside artifacts that are used again.
 *
 * @module
 */
import type { Task } from "../plan/task.ts";
import { writeAdoption } from "../store/adopt.ts";
import { placeOf } from "../store/lookup.ts";
import { clearBeside } from "../store/path_locks.ts";
import { clearPending, wasInterrupted } from "../store/upkeep/leftovers.ts";
import { stagingOf } from "../store/workspace.ts";
import type { Engine } from "./engine_state.ts";

/**
 * The digest of a file that was adopted is kept, so that it need not be taken again; and what an interrupted commit left
 * beside an artifact is cleared.
 *
 * @param engine The engine.
 * @param task A task whose artifacts are there.
 */
export function tidyReused({ workspace, lookups }: Engine, task: Task): void {
  if (workspace.dry !== "no") return;
  const isInterrupted = wasInterrupted(workspace, task.recipeKey);
  for (const [i, found] of lookups[task.index]!.entries()) {
    const { spec } = task.outputs[i]!;
    const isExact = spec?.cacher.placement?.path !== undefined;
    if (spec === undefined || !isExact && !isInterrupted) continue;
    if (found?.state !== "found") continue;
    const place = placeOf(workspace, spec, found.where);
    if (found.isNewlyAdopted) writeAdoption(place, spec, stagingOf(workspace));
    else {
      const clear = () => clearPending(workspace, place, task.recipeKey);
      if (isExact) clearBeside(place, clear);
      else clear();
    }
  }
}
