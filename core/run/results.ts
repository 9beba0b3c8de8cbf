/**
 * What a run came to, for scripts: records that they go on with.
 *
 * @module
 */
import type { Experiment } from "../define/experiment.ts";
import { canonicalDigest } from "../params/canonical.ts";
import type { EngineResult } from "./engine.ts";
import type { Counts } from "./events.ts";
import { type ExperimentRecord, knownTasks, type Lineage } from "./lineage.ts";
import { type LazyMode, outputsAs } from "./outputs.ts";
import type { Prepared } from "./run_options.ts";
import { reporterOf } from "./told_run.ts";

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

/**
 * The records of a run and its aggregates, for scripts.
 *
 * @param experiment The experiment.
 * @param prepared What it was run with.
 * @param result What it came to.
 * @param lazy Which outputs count as lazy.
 * @returns One record a parameter set, and one an aggregate.
 */
export function recordsOf(
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
