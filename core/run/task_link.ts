/**
 * Early cutoff: a task whose content key is known already is not run, but linked to what was computed then.
 *
 * @module
 */
import type { ArtifactMetadata } from "../define/metadata.ts";
import type { Digest } from "../params/canonical.ts";
import { quote } from "../params/names.ts";
import { cachesAnything } from "../plan/staleness.ts";
import type { Task } from "../plan/task.ts";
import { ancestorRecord } from "../store/ancestors.ts";
import { stageLinked } from "../store/link.ts";
import { targetPlace } from "../store/lookup.ts";
import { exactPath } from "../store/place.ts";
import { type Attempt, secondLook, underLock } from "./attempt.ts";
import type { Engine } from "./engine_state.ts";
import { isReadFromMemory } from "./holding.ts";
import { commitOutputs, type OutputCommit, ownersOf, stagedPlace } from "./task_commit.ts";
import { inputFacts } from "./task_inputs.ts";
import { findTwin, type FoundTwin } from "./twins.ts";

/**
 * Whether artifacts of another recipe may stand for those of a task.
 *
 * @param engine The engine.
 * @param task The task.
 * @param contentKey Its content key.
 * @returns Whether it need not run where there are any.
 */
export function mayLink(engine: Engine, task: Task, contentKey: Digest): boolean {
  const { index } = task;
  if (!cachesAnything(task) || isReadFromMemory(engine, task)) return false;
  if (engine.distrusted.has(index) || engine.wanted?.has(index)) return false;
  // What was to run in any case has run once where another recipe came to the same content in this run.
  return !engine.plan.tasks[index]!.isForced || engine.made.has(contentKey);
}

/**
 * Links the artifacts of a task to those that were computed from the same content under another recipe.
 *
 * @param engine The engine.
 * @param task The task.
 * @param contentKey Its content key.
 * @returns What it came to; undefined where there is nothing to link to.
 */
export async function linkLocked(
  engine: Engine,
  task: Task,
  contentKey: Digest,
): Promise<Attempt | undefined> {
  if (await findTwin(engine, task, contentKey) === undefined) return undefined;
  return await underLock(engine, task, async (): Promise<Attempt | undefined> => {
    const made = await secondLook(engine, task);
    if (made !== undefined) return made;
    const found = await findTwin(engine, task, contentKey);
    return found === undefined ? undefined : await linkTask(engine, task, found);
  });
}

async function linkTask(
  engine: Engine,
  task: Task,
  { artifacts }: FoundTwin,
): Promise<Attempt | undefined> {
  const { ancestors, recipe, contentKey } = inputFacts(engine, task);
  const root = `attempt-${engine.workspace.session.attempts++}`;
  const commits: OutputCommit[] = [];
  let made: ArtifactMetadata | undefined;
  for (const { name, spec } of task.outputs) {
    const source = artifacts.get(name);
    if (spec === undefined || source === undefined) continue;
    const { place, metadata } = source;
    const how = exactPath(spec, engine.workspace.cache) === undefined ? "link" : "copy";
    const saved = stageLinked(place, metadata, stagedPlace(engine, spec, root), how);
    if (saved === undefined) return undefined;
    made = metadata;
    const { recipeKey, record, experiment } = metadata;
    const linked = recipeKey === task.recipeKey
      ? metadata.linked
      : { recipeKey: recipeKey!, record, experiment };
    commits.push({
      name,
      spec,
      saved,
      place: targetPlace(engine.workspace, spec),
      metadata: {
        ...metadata,
        ...ownersOf(engine, task),
        recipeKey: task.recipeKey,
        contentKey,
        recipe,
        ancestors: ancestorRecord(ancestors),
        ...(linked === undefined ? {} : { linked }),
      },
    });
  }
  const { digests, placeOf } = await commitOutputs(engine, task, commits);
  const reason = made?.recipeKey === task.recipeKey
    ? "its inputs came out as before"
    : `the same was computed before, in ${whoseText(made)}`;
  return { outcome: { verdict: "reused", reason, milliseconds: 0, digests, placeOf, contentKey, ancestors } };
}

function whoseText(made: ArtifactMetadata | undefined): string {
  if (made?.record) return `record ${quote(made.record)}`;
  return made?.run.reference
    ? `run ${quote(made.run.reference)}`
    : `experiment ${quote(made?.experiment ?? "")}`;
}
