/**
 * The reasons that `--json` tells: beside each stage that runs, what differs from the nearest earlier artifact.
 *
 * @module
 */
import type { Experiment } from "../define/experiment.ts";
import { earlierArtifacts } from "../history/earlier.ts";
import { explain, type Explanation } from "../history/explain.ts";
import { planDetails } from "../run/plan_experiment.ts";
import type { RunOptions } from "../run/run_options.ts";

/** What is told of one stage. */
interface Told {
  readonly verdict: string;
  readonly reason: string;
  readonly key: string;
}

/** Adds reasons to what is told of a stage. */
export type Explain = <T extends Told>(told: T) => T;

/**
 * Looks for the reasons, before anything runs: afterwards the nearest earlier artifact would be the new one.
 *
 * @param experiment The experiment.
 * @param options As the run gets them.
 * @returns Gives a stage that runs or ran its reason in words, and `changes`; all others stay as they are.
 */
export async function explainRun(experiment: Experiment, options: RunOptions): Promise<Explain> {
  const { workspace, details } = await planDetails(experiment, options);
  const isIdle = details.every(({ verdict }) => verdict === "reuse" || verdict === "skipped");
  const explained = isIdle ? [] : explain(details, earlierArtifacts(workspace));
  const byKey = new Map<string, Explanation>();
  // Of several records that share a stage, one runs it, and the others only say so.
  for (const each of explained) if (each.verdict !== "reuse") byKey.set(each.key, each);
  return (told) => {
    const runs = told.verdict === "executed" || told.verdict === "execute" || told.verdict === "pending";
    const found = runs ? byKey.get(told.key) : undefined;
    if (found === undefined) return told;
    const reason = found.causes.length === 0 ? told.reason : found.causes.join("; ");
    return { ...told, reason, changes: found.changes };
  };
}
