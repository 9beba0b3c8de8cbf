/**
 * Full stores of a run: what turns out damaged when it is copied is computed again first.
 *
 * @module
 */
import type { RunInfo } from "../define/metadata.ts";
import { oneLine } from "../params/names.ts";
import { messageOf } from "../params/paths.ts";
import { describeOutput } from "../plan/describe_task.ts";
import { fileError } from "../store/disk/disk_error.ts";
import { closing } from "../store/disk/endings.ts";
import { describeEnvironment } from "../store/environment.ts";
import { copyToFullStore, fullStoreOf } from "../store/full_store.ts";
import { move } from "../store/disk/move.ts";
import { isThere } from "../store/ownership.ts";
import { openRunStaging, type RunFolder, writeRunFile } from "../store/run_folder.ts";
import type { Workspace } from "../store/workspace.ts";
import type { EngineResult } from "./engine.ts";
import type { Emit } from "./events.ts";

/** What {@linkcode storeFull} needs. */
export interface StoreOptions {
  readonly workspace: Workspace;
  /** What the run came to. */
  readonly result: EngineResult;
  readonly folder: RunFolder;
  readonly run: RunInfo;
  readonly emit: Emit;
  /** Runs the tasks whose artifacts are not usable, for the reasons given. */
  readonly again: (unusable: ReadonlyMap<number, string>) => Promise<EngineResult>;
}

/**
 * Copies every tracked artifact into the run's folder, made or re-used.
 *
 * @param options What the run came to, and where it goes.
 * @returns What the run came to, with what was computed again.
 * @throws What the file system throws.
 */
export async function storeFull(options: StoreOptions): Promise<EngineResult> {
  const { workspace, folder, run, emit } = options;
  let { result } = options;
  const staging = openRunStaging(folder);
  const staged = fullStoreOf(staging.dir);
  const copyAll = (result: EngineResult) => {
    try {
      return copyTasks(workspace, result, staged);
    } catch (error) {
      // Where the copies lie until all are there, nobody knows.
      const isStaged = messageOf(error).includes(staging.dir);
      throw isStaged ? fileError("write the full store", fullStoreOf(folder.dir), error) : error;
    }
  };
  await closing(() => staging.close(), async () => {
    const damaged = copyAll(result);
    const isWhole = result.graph.tasks.every(({ index }) => result.outcome(index).error === undefined);
    if (damaged.size > 0 && isWhole) {
      for (const { text, problem } of damaged.values()) {
        emit({
          type: "warning",
          message: `${text} can't be used: ${oneLine(problem)}; it is computed again`,
        });
      }
      const unusable = new Map([...damaged].map(([task, { problem }]) => [task, problem]));
      result = merged(result, await options.again(unusable), unusable);
    }
    // What is there already is not copied once more.
    const rest = damaged.size > 0 ? copyAll(result) : damaged;
    for (const { text, problem } of rest.values()) {
      emit({ type: "warning", message: `${text} is not in the full store: ${oneLine(problem)}` });
    }
    if (isThere(staged)) move(staged, fullStoreOf(folder.dir));
  });
  writeRunFile(folder, "environment.json", await describeEnvironment(run));
  return result;
}

/** What is wrong with an output. */
interface Damage {
  readonly text: string;
  readonly problem: string;
}

/** What could not be copied, by task: one output of each. */
function copyTasks(
  workspace: Workspace,
  { graph, outcome }: EngineResult,
  store: string,
): Map<number, Damage> {
  const damaged = new Map<number, Damage>();
  for (const task of graph.tasks) {
    const { placeOf } = outcome(task.index);
    for (const { name, spec } of task.outputs) {
      const place = placeOf(name);
      if (spec === undefined || place === undefined || spec.cacher.placement?.tracked === false) continue;
      const problem = copyToFullStore(workspace, spec, place, store);
      if (problem !== undefined) {
        damaged.set(task.index, { text: describeOutput(graph, task, name), problem });
      }
    }
  }
  return damaged;
}

/** What was not run again is as it was. */
function merged(
  before: EngineResult,
  after: EngineResult,
  unusable: ReadonlyMap<number, string>,
): EngineResult {
  const last = (task: number) => {
    const { verdict } = after.verdict(task);
    return verdict === "executed" || verdict === "failed" || unusable.has(task) ? after : before;
  };
  return {
    ...before,
    outcome: (task) => last(task).outcome(task),
    verdict: (task) => last(task).verdict(task),
    memory: new Map([...before.memory, ...after.memory]),
  };
}
