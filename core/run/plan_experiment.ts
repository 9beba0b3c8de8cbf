/**
 * What a run would do. Nothing is written.
 *
 * @module
 */
import type { Experiment } from "../define/experiment.ts";
import { quote } from "../params/names.ts";
import type { Graph } from "../plan/task.ts";
import { makePlan, type Plan, type PlannedVerdict } from "../plan/plan.ts";
import { fileAt } from "../store/place.ts";
import { targetPlace } from "../store/lookup.ts";
import type { Workspace } from "../store/workspace.ts";
import type { PlannedReport } from "./events.ts";
import { lookupTasks } from "./lookups.ts";
import { refusing } from "./refusal.ts";
import { prepare, type RunOptions } from "./run_options.ts";

/** What would become of a record. */
export interface PlannedRecordReport {
  /** Its procedure, where the experiment has several. */
  readonly procedure: string | null;
  /** Its label. */
  readonly name: string;
  /** SHA-256 of its parameters. */
  readonly hash: string;
  /** Its stages, in order. */
  readonly stages: readonly PlannedReport[];
}

/** What a run would do. */
export interface ExperimentPlan {
  /** The experiment's name. */
  readonly experiment: string;
  /** How many stages and aggregates would certainly run. */
  readonly execute: number;
  /** How many would be reused. */
  readonly reuse: number;
  /** How many are decided only when others are done. */
  readonly pending: number;
  /** How many are not needed. */
  readonly skipped: number;
  /** What would become of each record. */
  readonly records: readonly PlannedRecordReport[];
  /** What would become of each aggregate. */
  readonly aggregates: readonly PlannedReport[];
  /** What was found damaged. */
  readonly warnings: readonly string[];
  /** Why it could not run. */
  readonly problems: readonly string[];
}

/**
 * Plans an experiment: what would run, what is in the cache, and why. Creates nothing on disk.
 *
 * @param experiment The experiment.
 * @param options As for `runExperiment`.
 * @returns The plan.
 * @throws {TypeError} As `runExperiment` does.
 */
export async function planExperiment(
  experiment: Experiment,
  options: RunOptions = {},
): Promise<ExperimentPlan> {
  const { workspace, graph, overwrite } = await refusing(() => prepare(experiment, options));
  const plan = makePlan(graph, await lookupTasks(workspace, graph), { overwrite });
  const records = graph.records.map(({ procedure, name, hash, steps }, i) => ({
    procedure,
    name,
    hash,
    stages: steps.map(({ stage, task }) => plannedReport(workspace, graph, plan, task, stage, i)),
  }));
  const aggregates = graph.aggregates.map((task) =>
    plannedReport(workspace, graph, plan, task, graph.tasks[task]!.description.name, null)
  );
  const counts: Record<PlannedVerdict, number> = { execute: 0, reuse: 0, pending: 0, skipped: 0 };
  for (const { verdict } of [...records.flatMap(({ stages }) => stages), ...aggregates]) counts[verdict]++;
  const { warnings, problems } = plan;
  return { experiment: experiment.name, ...counts, records, aggregates, warnings, problems };
}

function plannedReport(
  workspace: Workspace,
  graph: Graph,
  plan: Plan,
  index: number,
  stage: string,
  record: number | null,
): PlannedReport {
  const task = graph.tasks[index]!;
  const artifacts = Object.fromEntries(
    task.outputs.flatMap(({ name, spec }) =>
      spec === undefined ? [] : [[name, fileAt(targetPlace(workspace, spec))]]
    ),
  );
  const { verdict, reason } = plan.tasks[index]!;
  const isShared = verdict === "execute" && task.owner !== record;
  const shared = isShared
    ? { verdict: "reuse", reason: sharedReason(graph, task.owner) } as const
    : undefined;
  return { stage, verdict, reason, ...shared, key: task.recipeKey, artifacts };
}

/**
 * Why a record need not run a stage that another one runs.
 *
 * @param graph The graph.
 * @param owner The record that runs it.
 * @returns The reason.
 */
export function sharedReason(graph: Graph, owner: number | null): string {
  return `shared with record ${quote(owner === null ? "" : graph.records[owner]!.name)}`;
}
