/**
 * What can't run since something it reads is not there.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import { describeTask } from "../plan/describe_task.ts";
import type { Task } from "../plan/task.ts";
import { type Engine, isUnneeded, type Outcome, taskAt, withoutArtifacts } from "./engine_state.ts";

/**
 * Whether the outputs of a task can be read.
 *
 * @param outcome What became of it.
 * @returns Whether it was executed or reused.
 */
export function isThere({ verdict }: Outcome): boolean {
  return verdict === "executed" || verdict === "reused";
}

/**
 * What a task can't go on without: a failure says more than what was not started for it.
 *
 * @param outcomes What became of what it reads.
 * @returns The position of the first that is missing; -1 where all is there.
 */
export function firstMissing(outcomes: readonly Outcome[]): number {
  const failed = outcomes.findIndex(({ verdict, reason }) =>
    verdict === "failed" || reason.startsWith("blocked: ")
  );
  return failed !== -1 ? failed : outcomes.findIndex((outcome) => !isThere(outcome) && !isUnneeded(outcome));
}

/**
 * The outcome of a stage that waits for what did not come about.
 *
 * @param engine The engine.
 * @param index The task that it waits for.
 * @param outcome What became of that.
 * @returns `skipped`, and why.
 */
export function blockedBy(engine: Engine, index: number, { verdict, reason }: Outcome): Outcome {
  return withoutArtifacts(
    "skipped",
    verdict === "failed" ? `blocked: ${describeTask(engine.graph, taskAt(engine, index))} failed` : reason,
  );
}

/**
 * The records without which an aggregate would have to go.
 *
 * @param engine The engine.
 * @param task The aggregate's task.
 * @param outcomes What became of what it reads, in the order of its producers.
 * @returns The records, each with the reason.
 */
export function missingRecords(
  engine: Engine,
  task: Task,
  outcomes: readonly Outcome[],
): ReadonlyMap<number, string> {
  const byProducer = new Map(task.producers.map((producer, i) => [producer, outcomes[i]!]));
  return new Map(task.states.flatMap(({ record, inputs }) => {
    const producers = inputs.flatMap(({ source }) => source.kind === "output" ? [source.task] : []);
    const at = firstMissing(producers.map((producer) => byProducer.get(producer)!));
    if (at === -1) return [];
    const { verdict, reason } = byProducer.get(producers[at]!)!;
    const stage = `stage ${quote(taskAt(engine, producers[at]!).description.name)}`;
    return [[record, verdict === "failed" ? `${stage} failed` : `${stage} was ${reason}`] as const];
  }));
}

/** How many of the missing records a message names. */
const NAMED = 10;

/**
 * The outcome of an aggregate some of whose records are missing.
 *
 * @param engine The engine.
 * @param task The aggregate's task.
 * @param missing The records that are missing, each with the reason.
 * @returns `skipped`, with the names of the records.
 */
export function blockedByRecords(engine: Engine, task: Task, missing: ReadonlyMap<number, string>): Outcome {
  const named = [...missing].slice(0, NAMED).map(([record, reason]) =>
    `${quote(engine.graph.records[record]!.name)} (${reason})`
  );
  const more = missing.size > NAMED ? ` and ${missing.size - NAMED} more` : "";
  return withoutArtifacts(
    "skipped",
    `blocked: ${missing.size} of its ${task.states.length} records ${
      missing.size === 1 ? "is" : "are"
    } missing: ${named.join(", ")}${more}`,
  );
}
