/**
 * `cairn diff`: what differs between two runs.
 *
 * @module
 */
import { severalTexts } from "../history/cause_text.ts";
import { diffRuns, type FactDiff, type RunDiff } from "../history/run_diff.ts";
import { findRun } from "../history/run_names.ts";
import type { StageDiff } from "../history/stage_diff.ts";
import type { StageOwner } from "../history/told_stages.ts";
import type { JsonValue } from "../params/describe.ts";
import { oneLine, quote } from "../params/names.ts";
import { changeText } from "../plan/change_text.ts";
import { differAt, valueText } from "../plan/part_text.ts";
import { refusing } from "../run/refusal.ts";
import { type Command, type Input, misuse } from "./flags.ts";
import { print, printJson } from "./output.ts";
import { DIR, JSON_FLAG } from "./run_flags.ts";

/** The subcommand. */
export const diff: Command = {
  name: "diff",
  operands: "RUN RUN",
  summary: "show what differs between two runs: each a reference, the beginning of one, EXPERIMENT_NUMBER, " +
    "latest, or previous",
  flags: [DIR, JSON_FLAG, { name: "verbose", help: "Show every stage, and every change" }],
  examples: ["cairn diff previous latest", "cairn diff penguins_3 penguins_5 --verbose"],
  run: diffCommand,
};

async function diffCommand(input: Input): Promise<number> {
  const [was, is, ...more] = input.operands;
  if (was === undefined || is === undefined) {
    throw misuse("Cannot compare without two runs: name them, as in cairn diff previous latest");
  }
  if (more.length > 0) throw misuse(`Cannot use ${quote(more[0])}: there are two operands, both runs`);
  const dir = input.value("dir") ?? "data";
  // deno-lint-ignore require-await -- what it throws is wrong use
  const found = await refusing(async () => diffRuns(dir, findRun(dir, was), findRun(dir, is)));
  if (input.has("json")) printJson(found);
  else show(found, input.has("verbose"));
  return 0;
}

function show({ runs, facts, added, removed, stages }: RunDiff, verbose: boolean): void {
  print(oneLine(`${runs.was} and ${runs.is}`));
  for (const fact of facts) print(factLine(fact));
  showOwners("only in the second", added);
  showOwners("only in the first", removed);
  const differing = stages.filter(isDifferent);
  for (const each of verbose ? stages : differing) print(lineOf(each, verbose));
  print(`${differing.length} of ${stages.length} stages differ`);
}

function factLine({ name, was, is }: FactDiff): string {
  const textOf = (value: JsonValue) => Array.isArray(value) ? value.join(" ") : value; // a command line
  const [before, after] = [textOf(was), textOf(is)];
  const at = differAt(before, after);
  return `${oneLine(name)} was ${valueText(before, at)}, is ${valueText(after, at)}`;
}

/** A record with all its stages is one line. */
function showOwners(where: string, owners: readonly StageOwner[]): void {
  for (const group of Map.groupBy(owners, nameOf).values()) {
    print(`${nameOf(group[0]!)}: ${where} (${oneLine(group.map(({ stage }) => stage).join(", "))})`);
  }
}

/** A run.json may have been written by somebody else: names are to be one line each. */
function nameOf({ procedure, record }: StageOwner): string {
  if (record === null) return "aggregate";
  return oneLine(procedure === null ? record : `${procedure}/${record}`);
}

/** That one run executed what another reused is no difference; that it failed is one. */
function isDifferent({ key, verdict, outputs, changes }: StageDiff): boolean {
  const cameToNothing = ({ was, is }: typeof verdict) =>
    [was, is].some((each) => each === "failed") && was !== is;
  return key.was !== key.is || cameToNothing(verdict) || changes === null || changes.length > 0 ||
    outputs.some(({ content }) => content === "changed");
}

/** How many changes one line holds. */
const CHANGES = 3;

function lineOf(each: StageDiff, verbose: boolean): string {
  const { stage, verdict, key, changes, outputs } = each;
  const texts = changes === null
    ? ["its recipe differs, and an artifact that would tell how is gone"]
    : changes.length === 0 && key.was !== key.is
    ? ["its recipe differs in something that metadata does not tell"]
    : changes.map(changeText);
  const isFailure = [verdict.was, verdict.is].includes("failed");
  const parts = [
    verbose || isFailure && verdict.was !== verdict.is ? `${verdict.was}, then ${verdict.is}` : "",
    severalTexts(texts, verbose ? Infinity : CHANGES, "; "),
    ...outputs.filter(({ content }) => verbose || content !== "unknown").map(({ output, content }) =>
      `output ${quote(output)} ${CONTENT[content]}`
    ),
  ];
  return `${nameOf(each)} / ${oneLine(stage)}: ${oneLine(parts.filter((part) => part !== "").join("; "))}`;
}

const CONTENT = { same: "is the same", changed: "differs", unknown: "can no longer be compared" } as const;
