/**
 * `cairn why`: why each stage runs, or does not.
 *
 * @module
 */
import { severalTexts } from "../history/cause_text.ts";
import { earlierArtifacts } from "../history/earlier.ts";
import { explain, type Explanation } from "../history/explain.ts";
import { oneLine, quote } from "../params/names.ts";
import { pairParts } from "../plan/recipe_pairs.ts";
import { planDetails } from "../run/plan_experiment.ts";
import { type Command, type Input, misuse } from "./flags.ts";
import { loadExperiment } from "./load_experiment.ts";
import { divertConsole, print, printError, printJson } from "./output.ts";
import { partLines } from "./part_lines.ts";
import { RUN_FLAGS, runOptions } from "./run_flags.ts";

/** The subcommand. */
export const why: Command = {
  name: "why",
  operands: "EXPERIMENT [RECORD] [STAGE]",
  summary: "show why each stage would run, beside the nearest earlier artifact; writes nothing",
  flags: [
    ...RUN_FLAGS,
    { name: "verbose", help: "Show every part of each key, what it was and what it is" },
  ],
  examples: [
    "cairn why examples/penguins.ts",
    "cairn why examples/penguins.ts --set seed=7 fit",
    "cairn why examples/penguins.ts method=knn,k=5,seed=1 fit --verbose",
  ],
  run: whyCommand,
};

/** What stands in a record's place for an aggregate. */
const AGGREGATE = "aggregate";

async function whyCommand(input: Input): Promise<number> {
  const json = input.has("json");
  const [module, ...names] = input.operands;
  if (module === undefined) throw misuse("Cannot go on without an experiment module: name one");
  if (names.length > 2) {
    throw misuse(`Cannot use ${quote(names[2])}: after the experiment come a record and a stage, no more`);
  }
  if (json) await divertConsole();
  const experiment = await loadExperiment(module);
  const { workspace, details, warnings, problems } = await planDetails(experiment, await runOptions(input));
  const explained = chosen(explain(details, earlierArtifacts(workspace)), names);
  if (json) printJson(documentOf(experiment.name, explained));
  else show(explained, input.has("verbose"), names.length > 0);
  for (const warning of warnings) printError(`warning: ${warning}`);
  for (const problem of problems) printError(`error: ${problem}`);
  return problems.length > 0 ? 2 : 0;
}

/** Those that the operands choose: a record, a stage, or a stage of a record. */
function chosen(all: readonly Explanation[], names: readonly string[]): readonly Explanation[] {
  // With its procedure, or without.
  const ofRecord = (name: string) => all.filter((each) => name === each.record || name === ownerOf(each));
  const ofStage = (name: string) => all.filter(({ stage }) => stage === name);
  const [first, second] = names;
  if (first === undefined) return all;
  if (second !== undefined) {
    const record = ofRecord(first);
    if (record.length === 0) throw unknown("record", first, all.map(ownerOf));
    const found = record.filter(({ stage }) => stage === second);
    if (found.length === 0) throw unknown("stage", second, record.map(({ stage }) => stage));
    return found;
  }
  const found = [ofRecord(first), ofStage(first)].find(({ length }) => length > 0);
  if (found === undefined) {
    throw unknown("record or stage", first, [...all.map(({ stage }) => stage), ...all.map(ownerOf)]);
  }
  return found;
}

function unknown(what: string, name: string, known: readonly string[]): Error {
  const names = [...new Set(known)].map(quote);
  const some = names.slice(0, 20).join(", ") + (names.length > 20 ? ", ..." : "");
  return misuse(`Cannot tell why of ${quote(name)}: there is no such ${what}; there are ${some}`);
}

function ownerOf({ procedure, record }: Explanation): string {
  if (record === null) return AGGREGATE;
  return procedure === null ? record : `${procedure}/${record}`;
}

function show(explained: readonly Explanation[], verbose: boolean, isChosen: boolean): void {
  for (const ofOwner of groupsOf(explained)) {
    const isQuiet = ofOwner.every(({ isHit, verdict }) => isHit || verdict === "skipped");
    if (isQuiet && ofOwner.length > 1 && !verbose && !isChosen) {
      print(`${ownerOf(ofOwner[0]!)}: ${sumOf(ofOwner)}`);
      continue;
    }
    for (const each of ofOwner) {
      print(lineOf(each));
      if (verbose) showParts(each);
    }
  }
}

/** Aggregates come one by one. */
function groupsOf(explained: readonly Explanation[]): readonly (readonly Explanation[])[] {
  const idOf = (each: Explanation) => JSON.stringify([each.procedure, each.record ?? [each.stage]]);
  return [...Map.groupBy(explained, idOf).values()];
}

const VERDICTS = { execute: "runs", reuse: "hit", pending: "pending", skipped: "skipped" } as const;

/** How many causes one line holds. */
const CAUSES = 3;

function lineOf(each: Explanation): string {
  const { stage, verdict, isHit, causes } = each;
  const reasons = severalTexts(causes, CAUSES, "; ");
  // What another record runs is no hit, and need not run twice.
  const parts = verdict === "reuse" && !isHit ? [reasons] : [VERDICTS[verdict], reasons];
  return oneLine(`${ownerOf(each)} / ${stage}: ${parts.filter((part) => part !== "").join(", ")}`);
}

function sumOf(ofOwner: readonly Explanation[]): string {
  const hits = ofOwner.filter(({ isHit }) => isHit).length;
  const rest = ofOwner.length - hits;
  return [`${hits} ${hits === 1 ? "hit" : "hits"}`, ...rest === 0 ? [] : [`${rest} not needed`]].join(", ");
}

function showParts({ comparedWith, recipe }: Explanation): void {
  if (comparedWith === null) print("    nothing to compare it with");
  else {
    const { path, record, run } = comparedWith;
    const owner = record === null ? "" : `, made for record ${quote(record)}`;
    print(oneLine(`    beside ${path}${owner}${run === null ? "" : ` in ${run}`}`));
  }
  for (const line of partLines(comparedWith?.recipe, recipe)) print(`      ${oneLine(line)}`);
}

function documentOf(experiment: string, explained: readonly Explanation[]): Record<string, unknown> {
  const [records, aggregates] = [true, false].map((isRecord) =>
    groupsOf(explained.filter(({ record }) => (record !== null) === isRecord))
  );
  return {
    experiment,
    records: records!.map((stages) => {
      const { procedure, record } = stages[0]!;
      return {
        ...(procedure === null ? {} : { procedure }),
        name: record,
        stages: stages.map(stageDocument),
      };
    }),
    aggregates: aggregates!.flat().map(stageDocument),
  };
}

function stageDocument(each: Explanation): Record<string, unknown> {
  const { stage, verdict, reason, key, causes, changes, upstream, waitsFor, comparedWith, recipe } = each;
  const { recipe: earlier = null, ...compared } = comparedWith ?? {};
  return {
    stage,
    verdict,
    reason,
    key,
    causes,
    changes,
    upstream,
    waitsFor: [...new Set(waitsFor)], // an aggregate waits for one stage in many records
    comparedWith: comparedWith === null ? null : compared,
    parts: pairParts(earlier, recipe),
  };
}
