/**
 * `cairn plan`: what would run, and what is in the cache.
 *
 * @module
 */
import { type ExperimentPlan, planExperiment } from "../run/plan_experiment.ts";
import type { PlannedReport } from "../run/events.ts";
import type { Command, Input } from "./flags.ts";
import { loadExperiment } from "./load_experiment.ts";
import { divertConsole, print, printError, printJson } from "./output.ts";
import { countsText } from "./render.ts";
import { type Explain, explainRun } from "./reasons.ts";
import { onlyOperand, RUN_FLAGS, runOptions } from "./run_flags.ts";

/** The subcommand. */
export const plan: Command = {
  name: "plan",
  operands: "EXPERIMENT",
  summary: "show what would run and what is in the cache; writes nothing",
  flags: [...RUN_FLAGS, { name: "verbose", help: "Show the reason for each stage" }],
  examples: ["cairn plan examples/penguins.ts", "cairn plan examples/penguins.ts --set seed=7 --verbose"],
  run: planCommand,
};

async function planCommand(input: Input): Promise<number> {
  if (input.has("json")) await divertConsole();
  const experiment = await loadExperiment(onlyOperand(input, "an experiment module"));
  const options = await runOptions(input);
  const planned = await planExperiment(experiment, options);
  if (input.has("json")) printJson(describePlan(planned, await explainRun(experiment, options)));
  else showPlan(planned, input.has("verbose"));
  for (const warning of planned.warnings) printError(`warning: ${warning}`);
  for (const problem of planned.problems) printError(`error: ${problem}`);
  return planned.problems.length > 0 ? 2 : 0;
}

function describePlan(planned: ExperimentPlan, explain: Explain): Record<string, unknown> {
  const { experiment, execute, reuse, pending, skipped, atLeast, atMost, records, aggregates } = planned;
  const described = records.map(({ procedure, stages, ...record }) => ({
    ...(procedure === null ? {} : { procedure }),
    ...record,
    stages: stages.map(explain),
  }));
  const counts = { execute, reuse, pending, skipped, atLeast, atMost };
  return { experiment, reference: null, ...counts, records: described, aggregates: aggregates.map(explain) };
}

function showPlan(
  { execute, reuse, pending, skipped, atLeast, atMost, records, aggregates }: ExperimentPlan,
  verbose: boolean,
): void {
  for (const { procedure, name, stages } of records) {
    const parts = (["execute", "pending", "reuse", "skipped"] as const).flatMap((verdict) => {
      const named = stages.filter((each) => each.verdict === verdict).map(({ stage }) => stage);
      return named.length === 0 ? [] : [`${verdict} ${named.join(", ")}`];
    });
    print(`${procedure === null ? "" : `${procedure}/`}${name}: ${parts.join("; ")}`);
    if (verbose) showReasons(stages);
  }
  for (const aggregate of aggregates) {
    print(`aggregate ${aggregate.stage}: ${aggregate.verdict}${verbose ? ` (${aggregate.reason})` : ""}`);
  }
  const bounds = atLeast === atMost ? "" : `: at least ${atLeast} and at most ${atMost} will run`;
  print(countsText({ execute, pending, reuse, skipped }) + bounds);
}

function showReasons(stages: readonly PlannedReport[]): void {
  for (const { stage, verdict, reason } of stages) print(`  ${stage}: ${verdict} (${reason})`);
}
