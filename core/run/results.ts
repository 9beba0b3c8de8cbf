/**
 * What is told of a run that has ended: to scripts, in `run.json`, and as `--json`.
 *
 * @module
 */
import type { Experiment } from "../define/experiment.ts";
import { canonicalDigest } from "../params/canonical.ts";
import type { EngineResult } from "./engine.ts";
import type { Counts, StageReport } from "./events.ts";
import { type ExperimentRecord, knownTasks, type Lineage, reportOf } from "./lineage.ts";
import { type LazyMode, outputsAs } from "./outputs.ts";
import { asSeenBy } from "./progress.ts";
import type { Prepared } from "./run_options.ts";

/** What a run came to. */
export interface RunResult extends Counts {
  /** The experiment's name. */
  readonly experiment: string;
  /** `penguins_3_2026-01-31T120000Z`, the run's folder; null for a dry run. */
  readonly reference: string | null;
  /** One a parameter set that was chosen: read its outputs with `valueOf`. */
  readonly records: readonly ExperimentRecord[];
  /** One an aggregate. */
  readonly aggregates: readonly ExperimentRecord[];
  /** What failed: each names experiment, record and stage, and keeps what was thrown as its cause. */
  readonly errors: readonly Error[];
  /** Whether `signal` or `drain` ended it early. */
  readonly interrupted: boolean;
}

/** One record as `run.json` and `--json` have it. */
interface ToldRecord {
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

/** What became of a task, as one of its records tells it; the record is null for an aggregate. */
function reporterOf(result: EngineResult): (task: number, record: number | null) => StageReport {
  const { graph } = result;
  return (task, record) => {
    const whole = reportOf(graph, task, graph.tasks[task]!.description.name, result.outcome(task));
    return { ...whole, ...asSeenBy(graph, task, record, whole) };
  };
}

/**
 * The records and aggregates of a run as plain JSON, as `--json` has them.
 *
 * @param result What a run came to.
 * @param explain Adds reasons to what is told of a stage.
 * @returns `records` and `aggregates`.
 */
export function describeResult(
  result: RunResult,
  explain: (told: StageReport) => StageReport = (told) => told,
): Record<string, unknown> {
  const { experiment, reference, executed, reused, failed, skipped, records, aggregates } = result;
  return {
    experiment,
    reference,
    executed,
    reused,
    failed,
    skipped,
    records: records.map(({ name, hash, stages, lineage }): ToldRecord => {
      const { procedure } = lineage.members[0]!;
      return { ...(procedure === null ? {} : { procedure }), name, hash, stages: stages.map(explain) };
    }),
    aggregates: aggregates.flatMap(({ stages }) => stages.map(explain)),
  };
}

/**
 * What a run came to, for scripts.
 *
 * @param experiment The experiment.
 * @param prepared What it was run with.
 * @param result What it came to.
 * @param lazy Which outputs count as lazy.
 * @param known All of it but the records and aggregates.
 * @returns The result. Its records are made when they are first asked for: the command line asks for none.
 */
export function runResult(
  experiment: Experiment,
  prepared: Prepared,
  result: EngineResult,
  lazy: LazyMode,
  known: Omit<RunResult, "records" | "aggregates">,
): RunResult {
  let made: Pick<RunResult, "records" | "aggregates"> | undefined;
  const all = () => made ??= recordsOf(experiment, prepared, result, lazy);
  return {
    ...known,
    get records() {
      return all().records;
    },
    get aggregates() {
      return all().aggregates;
    },
  };
}

function recordsOf(
  experiment: Experiment,
  { workspace, sets, facts }: Prepared,
  result: EngineResult,
  lazy: LazyMode,
): Pick<RunResult, "records" | "aggregates"> {
  const { graph } = result;
  const report = reporterOf(result);
  let known: Lineage["known"] | undefined;
  // Only scripts that go on with a record ever ask for what is known: not before, then.
  const lineageOf = (rest: Pick<Lineage, "members" | "aggregate" | "missing">): Lineage => ({
    hash: experiment.hash,
    outputAs: outputsAs(lazy),
    facts,
    get known() {
      return known ??= knownTasks(graph, result);
    },
    ...rest,
  });
  const bySet = new Map(sets.map((set) => [set.index, set]));
  const stagesOf = new Map(experiment.procedures.map(({ name, stages }) => [name, stages]));
  const members = graph.records.map(({ index, procedure, steps }) => ({
    set: bySet.get(index)!,
    index,
    procedure,
    stages: stagesOf.get(procedure)!.slice(0, steps.length),
    values: {},
    digests: {},
  }));
  const records = graph.records.map(({ index, name, params, hash, steps }, i): ExperimentRecord => {
    const lineage = lineageOf({ members: [members[i]!], aggregate: null });
    const stages = steps.map(({ task }) => report(task, i));
    return { workspace, name, params, hash, index, stages, lineage };
  });
  const aggregates = graph.aggregates.map((task, i): ExperimentRecord => {
    const { description: { name }, missing } = graph.tasks[task]!;
    const aggregate = experiment.aggregates.find(({ description }) => description.name === name)!;
    const lineage = lineageOf({ members, aggregate, missing });
    const hash = canonicalDigest(members.map(({ set }) => set.hash));
    return { workspace, name, params: {}, hash, index: i, stages: [report(task, null)], lineage };
  });
  return { records, aggregates };
}
