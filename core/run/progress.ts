/**
 * From the outcomes of tasks to those of records: when a record is done, and what became of its stages.
 *
 * @module
 */
import type { Graph } from "../plan/task.ts";
import type { PlannedTask } from "../plan/verdicts.ts";
import { countVerdicts, type Emit, type RunEvent, type StageReport, type Verdict } from "./events.ts";
import { UNNEEDED } from "./engine_state.ts";
import { sharedReason } from "./plan_experiment.ts";

/** What one record says of a task that it may share with others. */
type Judged = Pick<StageReport, "verdict" | "reason">;

/**
 * What became of a task, as one record tells it: a shared one is executed in the first record alone.
 *
 * @param graph The graph.
 * @param task The task.
 * @param record The record; null for an aggregate.
 * @param judged What became of the task.
 * @returns The verdict and reason for this record.
 */
export function asSeenBy(graph: Graph, task: number, record: number | null, judged: Judged): Judged {
  const { owner } = graph.tasks[task]!;
  if (owner === record) return judged;
  if (judged.verdict === "executed") return { verdict: "reused", reason: sharedReason(graph, owner) };
  if (judged.verdict === "failed") {
    return {
      verdict: "skipped",
      reason: `blocked: it failed in ${sharedReason(graph, owner).slice("shared with ".length)}`,
    };
  }
  return judged;
}

/** Follows a run, and tells when each record is done. */
export interface Progress {
  readonly emit: Emit;
  /** Tells of the records that are not done yet: nothing more will come. */
  readonly finish: () => void;
}

/**
 * Follows a run.
 *
 * @param graph The graph.
 * @param emit Takes the run's events, and one for each record that is done.
 * @returns Takes the run's events.
 */
export function followRecords(graph: Graph, emit: Emit): Progress {
  const judged = new Map<number, Judged>();
  let plan: readonly PlannedTask[] = [];
  const open: (Set<number> | undefined)[] = graph.records.map(() => undefined);
  const told = new Set<number>();
  const toldAggregates = new Set<number>();
  let readers: number[][] | undefined;
  const recordsOf = (task: number) => {
    if (readers === undefined) {
      readers = graph.tasks.map(() => []);
      for (const [record, { steps }] of graph.records.entries()) {
        for (const { task } of steps) readers[task]!.push(record);
      }
    }
    return readers[task]!;
  };
  const judgedOf = (task: number): Judged => {
    const known = judged.get(task);
    if (known !== undefined) return known;
    return plan[task]?.verdict === "reuse" && !plan[task].isLinked
      ? { verdict: "reused", reason: plan[task].reason }
      : { verdict: "skipped", reason: UNNEEDED };
  };
  const tell = (record: number) => {
    if (told.has(record)) return;
    told.add(record);
    const { procedure, name, steps } = graph.records[record]!;
    const stages = steps.map(({ task }) => asSeenBy(graph, task, record, judgedOf(task)));
    const notable = stages.flatMap(({ verdict, reason }, i) =>
      verdict === "executed" || verdict === "failed" || verdict === "skipped" && reason !== UNNEEDED
        ? [{ stage: steps[i]!.stage, verdict, reason }]
        : []
    );
    emit({ type: "record-finished", procedure, record: name, counts: countVerdicts(stages), notable });
  };
  const tellAggregate = (task: number, reason: string) => {
    if (judged.has(task) || toldAggregates.has(task)) return; // a plan made anew
    toldAggregates.add(task);
    const name = { procedure: null, record: null, stage: graph.tasks[task]!.description.name };
    emit({ type: "stage-finished", task, name, verdict: "reused", reason, milliseconds: 0 });
  };
  const planned = (tasks: readonly PlannedTask[]) => {
    // Those that run tell it themselves.
    for (const task of graph.aggregates) {
      if (tasks[task]!.verdict === "reuse" && !tasks[task]!.isLinked) {
        tellAggregate(task, tasks[task]!.reason);
      }
    }
    // A plan made anew takes back what was done before.
    if (judged.size > 0) {
      for (const [task, { verdict, isLinked }] of tasks.entries()) {
        if (verdict === "reuse" && !isLinked) judged.delete(task);
      }
    }
    plan = tasks;
    for (const [record, { steps }] of graph.records.entries()) {
      const waiting = steps.filter(({ task }) => {
        const { verdict, isLinked } = tasks[task]!;
        return verdict === "execute" || verdict === "pending" || isLinked;
      });
      open[record] = waiting.length === 0 ? undefined : new Set(waiting.map(({ task }) => task));
      if (waiting.length === 0) tell(record);
    }
  };
  const finished = (task: number, verdict: Verdict, reason: string) => {
    judged.set(task, { verdict, reason });
    for (const record of recordsOf(task)) {
      if (open[record]?.delete(task) && open[record]!.size === 0) tell(record);
    }
  };
  return {
    emit: (event: RunEvent) => {
      emit(event);
      if (event.type === "planned") planned(event.tasks);
      if (event.type === "stage-finished") finished(event.task, event.verdict, event.reason);
    },
    finish: () => {
      for (const record of graph.records.keys()) tell(record);
    },
  };
}
