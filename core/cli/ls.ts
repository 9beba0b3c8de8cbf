/**
 * `cairn ls`: the experiments in a folder, with their parameter sets.
 *
 * @module
 */
import { walkSync } from "@std/fs";
import type { Experiment } from "../define/experiment.ts";
import { oneLine, quote } from "../params/names.ts";
import { chooseSets } from "../run/experiment_sets.ts";
import { messageOf } from "../params/paths.ts";
import { type Command, type Input, misuse } from "./flags.ts";
import { loadExperiment } from "./load_experiment.ts";
import { divertConsole, print, printError, printJson } from "./output.ts";
import { JSON_FLAG } from "./run_flags.ts";

/** The subcommand. */
export const ls: Command = {
  name: "ls",
  operands: "[FOLDER]",
  summary: "list the experiments in a folder, with their parameter sets",
  flags: [JSON_FLAG],
  examples: ["cairn ls", "cairn ls examples --json"],
  run: lsCommand,
};

/** One experiment in the list. */
interface Listed {
  readonly path: string;
  readonly experiment: string;
  readonly stages: readonly string[];
  readonly aggregates: readonly string[];
  readonly records: readonly { readonly procedure?: string; readonly name: string; readonly hash: string }[];
}

async function lsCommand(input: Input): Promise<number> {
  const [folder = ".", ...more] = input.operands;
  if (more.length > 0) throw misuse(`Cannot use ${quote(more[0])}: there is one operand, a folder`);
  if (input.has("json")) await divertConsole();
  const listed: Listed[] = [];
  let broken = 0;
  for (const path of candidates(folder)) {
    try {
      listed.push(await listExperiment(path, await loadExperiment(path)));
    } catch (error) {
      broken++;
      printError(`error: ${messageOf(error)}`);
    }
  }
  if (input.has("json")) printJson({ experiments: listed });
  else show(listed, folder);
  return broken > 0 ? 1 : 0;
}

/** Modules that define an experiment and export something as default: no other module is run just to look at it. */
function candidates(folder: string): string[] {
  const skipped = /(^|[\\/])(\.[^\\/.][^\\/]*|node_modules)([\\/]|$)/;
  let files: string[];
  try {
    files = [...walkSync(folder, { includeDirs: false })].map(({ path }) => path);
  } catch (error) {
    throw misuse(`Cannot list the experiments in ${quote(folder)}: ${messageOf(error)}`);
  }
  return files.filter((path) => /\.(ts|js|mts|mjs)$/.test(path) && !skipped.test(path)).sort().filter(
    (path) => {
      const text = Deno.readTextFileSync(path);
      return text.includes("defineExperiment") && /^export\s+default\b/m.test(text);
    },
  );
}

async function listExperiment(path: string, experiment: Experiment): Promise<Listed> {
  const chosen = await chooseSets(experiment, {});
  const { procedures } = experiment;
  return {
    path,
    experiment: experiment.name,
    stages: [
      ...new Set(procedures.flatMap(({ stages }) => stages.map(({ description }) => description.name))),
    ],
    aggregates: experiment.aggregates.map(({ description }) => description.name),
    records: procedures.flatMap(({ name: procedure }, i) =>
      chosen[i]!.map(({ name, hash }) => ({ ...(procedure === null ? {} : { procedure }), name, hash }))
    ),
  };
}

function show(listed: readonly Listed[], folder: string): void {
  if (listed.length === 0) print(`no experiments in ${quote(folder)}`);
  for (const { path, experiment, stages, aggregates, records } of listed) {
    print(oneLine(`${experiment}  ${path}`));
    print(
      `  stages: ${stages.join(", ")}${
        aggregates.length > 0 ? `; aggregates: ${aggregates.join(", ")}` : ""
      }`,
    );
    for (const { procedure, name, hash } of records) {
      print(`  ${hash.slice(0, 8)}  ${procedure === undefined ? "" : `${procedure}/`}${name}`);
    }
  }
}
