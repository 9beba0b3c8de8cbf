/**
 * What is told of a run that has ended, as `run.json` and `--json` have it.
 *
 * @module
 */
import type { EngineResult } from "./engine.ts";
import type { Counts, StageReport } from "./events.ts";
import { reportOf } from "./lineage.ts";
import { asSeenBy } from "./progress.ts";

/** One record. */
export interface ToldRecord {
  readonly procedure?: string;
  readonly name: string;
  readonly hash: string;
  readonly stages: readonly StageReport[];
}

/** What is told of a run, one after another: all reports of thousands of records at once are much. */
export interface ToldRun {
  readonly records: () => Iterable<ToldRecord>;
  readonly aggregates: () => Iterable<StageReport>;
  /** What became of each stage of each record, and of each aggregate. */
  readonly verdicts: () => Iterable<Pick<StageReport, "verdict">>;
}

/**
 * What is told of a run.
 *
 * @param result What it came to.
 * @returns Its records and aggregates.
 */
export function toldRun(result: EngineResult): ToldRun {
  const { graph } = result;
  const report = reporterOf(result);
  function* records() {
    for (const [i, { procedure, name, hash, steps }] of graph.records.entries()) {
      const stages = steps.map(({ task }) => report(task, i));
      yield { ...(procedure === null ? {} : { procedure }), name, hash, stages };
    }
  }
  function* aggregates() {
    for (const task of graph.aggregates) yield report(task, null);
  }
  function* verdicts() {
    for (const [i, { steps }] of graph.records.entries()) {
      for (const { task } of steps) yield asSeenBy(graph, task, i, result.verdict(task));
    }
    for (const task of graph.aggregates) yield result.verdict(task);
  }
  return { records, aggregates, verdicts };
}

/**
 * Tells what became of tasks.
 *
 * @param result What the run came to.
 * @returns What became of a task, as one of its records tells it; the record is null for an aggregate.
 */
export function reporterOf(result: EngineResult): (task: number, record: number | null) => StageReport {
  const { graph } = result;
  return (task, record) => {
    const whole = reportOf(graph, task, graph.tasks[task]!.description.name, result.outcome(task));
    const seen = asSeenBy(graph, task, record, whole);
    return seen === whole ? whole : { ...whole, ...seen };
  };
}

/**
 * A run as plain JSON, as `--json` has it.
 *
 * @param run What came of it.
 * @param explain Adds reasons to what is told of a stage.
 * @returns Its counts, records and aggregates.
 */
export function describeRun(
  run: Counts & { readonly experiment: string; readonly reference: string | null; readonly told: ToldRun },
  explain: (told: StageReport) => StageReport = (told) => told,
): Record<string, unknown> {
  const { experiment, reference, executed, reused, failed, skipped, told } = run;
  return {
    experiment,
    reference,
    executed,
    reused,
    failed,
    skipped,
    records: [...told.records()].map((record) => ({ ...record, stages: record.stages.map(explain) })),
    aggregates: [...told.aggregates()].map(explain),
  };
}
