/**
 * What differs between two past runs.
 *
 * @module
 */
import type { JsonValue } from "../params/describe.ts";
import { isPlainObject } from "../params/paths.ts";
import { isEqualJson } from "../plan/recipe_pairs.ts";
import { readToldRun, type ToldRun } from "./run_artifacts.ts";
import { diffStage, type Pair, type StageDiff } from "./stage_diff.ts";
import { ownerId, type StageOwner } from "./told_stages.ts";

/** What differs between two runs. */
export interface RunDiff {
  /** The runs' references. */
  readonly runs: Pair<string>;
  /** What differs of the runs themselves: command, notes, commit, versions and how they ended. */
  readonly facts: readonly FactDiff[];
  /** Stages of records, and aggregates, that only the second run has. */
  readonly added: readonly StageOwner[];
  /** Those that only the first has. */
  readonly removed: readonly StageOwner[];
  /** The stages that both have, changed or not. */
  readonly stages: readonly StageDiff[];
}

/** A fact of two runs that differs; null where a run does not tell it. */
export interface FactDiff extends Pair<JsonValue> {
  /** Such as `notes`, `git.commit` or `versions.deno`. */
  readonly name: string;
}

const FACTS = ["experiment", "status", "command", "notes", "git", "versions"];

/**
 * Compares two runs.
 *
 * @param dir The workspace.
 * @param was The reference of one.
 * @param is The reference of the other, most often the later one.
 * @returns What differs.
 * @throws {TypeError} If the `run.json` of one can't be read.
 */
export function diffRuns(dir: string, was: string, is: string): RunDiff {
  const runs = { was: readToldRun(dir, was), is: readToldRun(dir, is) };
  const before = new Map(runs.was.stages.map((stage) => [ownerId(stage), stage]));
  const after = new Set(runs.is.stages.map(ownerId));
  return {
    runs: { was, is },
    facts: FACTS.flatMap((name) => factDiffs(name, factOf(runs.was, name), factOf(runs.is, name))),
    added: runs.is.stages.filter((stage) => !before.has(ownerId(stage))).map(ownerOf),
    removed: runs.was.stages.filter((stage) => !after.has(ownerId(stage))).map(ownerOf),
    stages: runs.is.stages.flatMap((stage) => {
      const other = before.get(ownerId(stage));
      return other === undefined ? [] : [diffStage(runs, { was: other, is: stage })];
    }),
  };
}

function factOf({ document }: ToldRun, name: string): JsonValue {
  return document[name] ?? null;
}

function ownerOf({ procedure, record, stage }: StageOwner): StageOwner {
  return { procedure, record, stage };
}

/** Of the commit and the versions, what differs is told one by one. */
function factDiffs(name: string, was: JsonValue, is: JsonValue): readonly FactDiff[] {
  if (isEqualJson(was, is)) return [];
  if (!isPlainObject(was) || !isPlainObject(is)) return [{ name, was, is }];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].flatMap((key) => factDiffs(`${name}.${key}`, was[key] ?? null, is[key] ?? null));
}
