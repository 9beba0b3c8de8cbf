/**
 * What a run tells: one union of events, which the terminal, the log and reports only render.
 *
 * @module
 */
import type { PlannedTask, PlannedVerdict } from "../plan/verdicts.ts";
import type { CommitStep } from "../store/commit.ts";

/** What became of a stage. */
export type Verdict = "executed" | "reused" | "failed" | "skipped";

/** How many stages came to which verdict. */
export type Counts = { readonly [V in Verdict]: number };

/** What became of one stage of one record, or of an aggregate. */
export interface StageReport {
  /** The stage or aggregate. */
  readonly stage: string;
  /** What became of it. */
  readonly verdict: Verdict;
  /** Why, in words. */
  readonly reason: string;
  /** The recipe key. */
  readonly key: string;
  /** The main file of each artifact by output. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/** What is to become of one stage of one record, or of an aggregate. */
export interface PlannedReport extends Omit<StageReport, "verdict"> {
  /** What is to become of it. */
  readonly verdict: PlannedVerdict;
}

/** Whose stage it is; `record` is null for an aggregate. */
export interface StageName {
  /** The procedure, where the experiment has several. */
  readonly procedure: string | null;
  /** The record; of several that share the stage, the first. */
  readonly record: string | null;
  /** The stage or aggregate. */
  readonly stage: string;
}

/** Something that happened in a run. */
export type RunEvent =
  | {
    readonly type: "run-started";
    readonly experiment: string;
    readonly reference: string | null;
    readonly records: number;
    readonly tasks: number;
  }
  | { readonly type: "planned"; /** One a task of the graph. */ readonly tasks: readonly PlannedTask[] }
  | { readonly type: "stage-started"; readonly name: StageName }
  | {
    readonly type: "stage-retried";
    readonly name: StageName;
    /** Which attempt failed, from 1. */
    readonly attempt: number;
    /** How many there may be. */
    readonly of: number;
    /** What it failed with. */
    readonly message: string;
    /** Milliseconds until the next. */
    readonly wait: number;
  }
  | {
    /** What a stage made is being committed; there are many of these, and neither terminal nor log shows them. */
    readonly type: "committing";
    readonly name: StageName;
    readonly step: CommitStep;
  }
  | {
    readonly type: "stage-finished";
    /** The task's index in the graph: records that share it find it by that. */
    readonly task: number;
    readonly name: StageName;
    readonly verdict: Verdict;
    readonly reason: string;
    readonly milliseconds: number;
  }
  | {
    readonly type: "record-finished";
    readonly procedure: string | null;
    readonly record: string;
    readonly counts: Counts;
    /** The stages that were executed or failed, and those that could not be started, in order. */
    readonly notable: readonly { readonly stage: string; readonly verdict: Verdict }[];
  }
  | { readonly type: "log"; readonly name: StageName; readonly message: string }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "error"; readonly error: Error }
  | {
    readonly type: "run-finished";
    readonly reference: string | null;
    readonly counts: Counts;
    readonly milliseconds: number;
  };

/** Takes each event of a run. */
export type Emit = (event: RunEvent) => void;

/**
 * Counts verdicts.
 *
 * @param reports What became of each stage.
 * @returns How many came to which verdict.
 */
export function countVerdicts(reports: Iterable<{ readonly verdict: Verdict }>): Counts {
  const counts = { executed: 0, reused: 0, failed: 0, skipped: 0 };
  for (const { verdict } of reports) counts[verdict]++;
  return counts;
}
