/**
 * What a run would do. Nothing is written.
 *
 * @module
 */
import type { Experiment } from "../define/experiment.ts";
import type { Digest } from "../params/canonical.ts";
import type { JsonValue } from "../params/describe.ts";
import { quote } from "../params/names.ts";
import { boundsOf } from "../plan/bounds.ts";
import { describeRecipe } from "../plan/keys.ts";
import { lookupOf } from "../plan/staleness.ts";
import type { Graph, Source } from "../plan/task.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlannedVerdict } from "../plan/verdicts.ts";
import { openContentIndex } from "../store/content_index.ts";
import { fileAt } from "../store/place.ts";
import { targetPlace } from "../store/lookup.ts";
import type { Workspace } from "../store/workspace.ts";
import type { PlannedReport } from "./events.ts";
import { lookupTasks } from "./lookups.ts";
import { planWithContent } from "./find_content.ts";
import { refusing } from "./refusal.ts";
import { prepare, type RunOptions } from "./run_options.ts";
import { findTwin } from "./twins.ts";

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
  /** How many stages and aggregates run at the least; of those that are overwritten, several may come to the same. */
  readonly atLeast: number;
  /** How many run at the most: where everything that is pending has to. */
  readonly atMost: number;
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
  const { prepared, plan } = await planPrepared(experiment, options);
  const { workspace, graph, facts } = prepared;
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
  const warnings = [...facts.warnings, ...plan.warnings];
  const { problems } = plan;
  return {
    experiment: experiment.name,
    ...counts,
    ...boundsOf(graph, plan.tasks),
    records,
    aggregates,
    warnings,
    problems,
  };
}

/** What a plan says of one stage of one record, or of an aggregate, with all that enters its key. */
export interface PlanDetail {
  /** Null for an aggregate, and where the experiment has no procedures. */
  readonly procedure: string | null;
  /** Null for an aggregate. */
  readonly record: string | null;
  readonly stage: string;
  readonly verdict: PlannedVerdict;
  readonly reason: string;
  readonly key: Digest;
  /** All that enters the recipe key; an input that is there has its content digest too. */
  readonly recipe: JsonValue;
  /** The stages that must be settled before a pending one is decided. */
  readonly waitsFor: readonly string[];
  /** Whether it runs whatever is in the cache. */
  readonly forced: boolean;
  /** The main file of each artifact by output. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/**
 * Plans an experiment, and tells all that enters each key. Creates nothing on disk.
 *
 * @param experiment The experiment.
 * @param options As for `runExperiment`.
 * @returns The workspace; one detail for each stage of each record, in order, and for each aggregate; and what was
 * found damaged, or in the way.
 * @throws {TypeError} As `runExperiment` does.
 */
export async function planDetails(
  experiment: Experiment,
  options: RunOptions = {},
): Promise<{
  readonly workspace: Workspace;
  readonly details: readonly PlanDetail[];
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
}> {
  const { prepared, plan, lookups } = await planPrepared(experiment, options);
  const { workspace, graph, facts } = prepared;
  const digestOf = (source: Source) => {
    if (source.kind === "value") return source.digest;
    const found = lookupOf(graph.tasks[source.task]!, lookups[source.task]!, source.output);
    return found?.state === "found" && plan.tasks[source.task]!.verdict === "reuse"
      ? found.digest
      : undefined;
  };
  const detail = (index: number, stage: string, record: number | null): PlanDetail => {
    const { waitsFor, isForced } = plan.tasks[index]!;
    return {
      procedure: record === null ? null : graph.records[record]!.procedure,
      record: record === null ? null : graph.records[record]!.name,
      ...plannedReport(workspace, graph, plan, index, stage, record),
      recipe: describeRecipe(graph, graph.tasks[index]!, digestOf),
      waitsFor: waitsFor.map((task) => graph.tasks[task]!.description.name),
      forced: isForced,
    };
  };
  return {
    workspace,
    details: [
      ...graph.records.flatMap(({ steps }, i) => steps.map(({ stage, task }) => detail(task, stage, i))),
      ...graph.aggregates.map((task) => detail(task, graph.tasks[task]!.description.name, null)),
    ],
    warnings: [...facts.warnings, ...plan.warnings],
    problems: plan.problems,
  };
}

async function planPrepared(experiment: Experiment, options: RunOptions) {
  const prepared = await refusing(() => prepare(experiment, options));
  const { workspace, graph, overwrite } = prepared;
  const { lookups, digests } = await lookupTasks(workspace, graph);
  const now = Date.now();
  const looking = {
    workspace,
    content: openContentIndex(workspace.cache, "memory"),
    now,
    made: new Map(),
  };
  const plan = await planWithContent(
    graph,
    lookups,
    { overwrite, now, digests },
    async (task, contentKey) => (await findTwin(looking, task, contentKey))?.digests,
  );
  return { prepared, plan, lookups };
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
  const isShared = (verdict === "execute" || verdict === "pending") && task.owner !== record;
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
