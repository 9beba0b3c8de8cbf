/**
 * What differs of one stage between two past runs.
 *
 * @module
 */
import { type Change, changesBetween } from "../plan/changes.ts";
import type { FoundMetadata } from "./artifact_files.ts";
import type { ToldRun } from "./run_artifacts.ts";
import type { StageOwner, ToldStage } from "./told_stages.ts";

/** A fact of two runs. */
export interface Pair<T> {
  readonly was: T;
  readonly is: T;
}

/** What differs of a stage. */
export interface StageDiff extends StageOwner {
  readonly verdict: Pair<string>;
  /** The recipe keys. */
  readonly key: Pair<string>;
  /** What differs between the recipes, and of what they read; null where an artifact that tells is gone. */
  readonly changes: readonly Change[] | null;
  readonly outputs: readonly OutputDiff[];
}

/** The content digests of an output; null where that run's artifact is gone, or was made anew since. */
export interface OutputDiff extends Pair<string | null> {
  readonly output: string;
  readonly content: "same" | "changed" | "unknown";
}

/**
 * Compares a stage in two runs.
 *
 * @param runs The runs.
 * @param stages The stage as each tells of it.
 * @returns What differs.
 */
export function diffStage(runs: Pair<ToldRun>, { was, is }: Pair<ToldStage>): StageDiff {
  const names = [...new Set([...Object.keys(was.artifacts), ...Object.keys(is.artifacts)])];
  const found = names.map((output) => ({
    output,
    was: runs.was.metadataOf(was, output),
    is: runs.is.metadataOf(is, output),
  }));
  const both = found.find((each) => each.was !== undefined && each.is !== undefined);
  const { procedure, record, stage } = is;
  return {
    procedure,
    record,
    stage,
    verdict: { was: was.verdict, is: is.verdict },
    key: { was: was.key, is: is.key },
    changes: both === undefined
      ? was.key === is.key ? [] : null
      : changesBetween(both.was!.metadata.recipe, both.is!.metadata.recipe),
    outputs: found.map(({ output, ...each }) => ({ output, ...digestsOf(each) })),
  };
}

function digestsOf({ was, is }: Pair<FoundMetadata | undefined>): Omit<OutputDiff, "output"> {
  const digests = { was: was?.metadata.digest ?? null, is: is?.metadata.digest ?? null };
  const isKnown = digests.was !== null && digests.is !== null;
  return { ...digests, content: !isKnown ? "unknown" : digests.was === digests.is ? "same" : "changed" };
}
