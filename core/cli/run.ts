/**
 * `cairn run`: runs an experiment.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import type { Experiment } from "../define/experiment.ts";
import type { Executor } from "../run/executor.ts";
import { refusing } from "../run/refusal.ts";
import { runToItsEnd } from "../run/run_experiment.ts";
import { moduleOf } from "../run/stage_facts.ts";
import { describeRun } from "../run/told_run.ts";
import { type Command, type Input, misuse } from "./flags.ts";
import { loadExperiment } from "./load_experiment.ts";
import { divertConsole, printError, printJson } from "./output.ts";
import { makeRenderer } from "./render.ts";
import { onlyOperand, RUN_FLAGS, runOptions } from "./run_flags.ts";

/** The subcommand. */
export const run: Command = {
  name: "run",
  operands: "EXPERIMENT",
  summary: "run an experiment; what is in the cache and true is used again",
  flags: [
    ...RUN_FLAGS,
    { name: "concurrency", value: "N", help: "How many stages run at a time; 4 where it is left out" },
    { name: "parallel", value: "N", help: "Run N stages at a time, each in a process of its own" },
    {
      name: "worker-flag",
      value: "FLAG",
      repeatable: true,
      help: "A flag of deno for those processes, after =: --worker-flag=--allow-net=example.org",
    },
    { name: "keep-going", help: "After a failure, run all that does not depend on it" },
    { name: "store-full", help: "Keep every tracked artifact, made or re-used, in the run's folder" },
    { name: "dry", help: "Run, but write nothing at all in the workspace" },
    { name: "dry-cache", help: "Write nothing to the cache" },
    { name: "strict", help: "Freeze what stages read, and hand on what their cachers load" },
    { name: "notes", value: "TEXT", help: "Kept with the run" },
    { name: "quiet", help: "Show warnings and errors alone" },
    { name: "verbose", help: "Show every stage with its reason, and what stages log" },
  ],
  examples: [
    "cairn run examples/penguins.ts",
    "cairn run examples/penguins.ts --name method=knn,k=5,seed=1 --overwrite-stage fit",
    "cairn run examples/penguins.ts --set seed=7 --store-full --notes 'for the paper'",
    "cairn run examples/penguins.ts --parallel 4",
    "cairn run examples/penguins.ts --cache data/runs/REFERENCE/artifacts --dry-cache",
  ],
  run: runCommand,
};

async function runCommand(input: Input): Promise<number> {
  const json = input.has("json");
  if (input.has("quiet") && input.has("verbose")) {
    throw misuse("Cannot be both quiet and verbose: choose one");
  }
  if (json) await divertConsole();
  const experiment = await loadExperiment(onlyOperand(input, "an experiment module"));
  const options = await runOptions(input);
  const notes = input.value("notes");
  const concurrency = readCount("concurrency", input.value("concurrency"));
  const executor = await readExecutor(input, experiment, json);
  const renderer = makeRenderer({ silent: json || input.has("quiet"), verbose: input.has("verbose") });
  const interruption = listenForInterrupt();
  const all = {
    ...options,
    ...(notes === undefined ? {} : { notes }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(executor === undefined ? {} : { executor }),
    keepGoing: input.has("keep-going"),
    storeFull: input.has("store-full"),
    dry: input.has("dry"),
    dryCache: input.has("dry-cache"),
    strict: input.has("strict"),
    drain: interruption.drain,
    onEvent: renderer.emit,
  };
  try {
    const explain = json ? await (await import("./reasons.ts")).explainRun(experiment, all) : undefined;
    const ended = await runToItsEnd(experiment, all);
    renderer.close();
    if (input.has("keep-going")) { for (const line of renderer.failures()) printError(line); }
    if (explain !== undefined) printJson(describeRun(ended, explain));
    return ended.interrupted ? 130 : ended.failed > 0 ? 1 : 0;
  } finally {
    renderer.close();
    interruption.close();
  }
}

function readCount(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw misuse(`Cannot run with --${flag} ${quote(text)}: it is a whole number from 1`);
}

/** Who runs the stages, where that is not this process. */
async function readExecutor(
  input: Input,
  experiment: Experiment,
  json: boolean,
): Promise<Executor | undefined> {
  const workers = readCount("parallel", input.value("parallel"));
  const flags = input.values("worker-flag");
  if (workers === undefined) {
    if (flags.length === 0) return undefined;
    throw misuse("Cannot run with --worker-flag alone: there are no workers without --parallel");
  }
  if (input.value("concurrency") !== undefined) {
    throw misuse(
      "Cannot run with both --parallel and --concurrency: of N workers, each runs one stage at a time",
    );
  }
  const module = moduleOf(experiment, undefined)!.url; // it was loaded from there
  // Standard output is for the JSON document.
  const printTo = json ? "stderr" : "stdout";
  const { parallelExecutor } = await import("../run/parallel/parallel_executor.ts");
  return await refusing(() => Promise.resolve(parallelExecutor({ workers, module, flags, printTo })));
}

/** Ctrl-C once: what is under way ends and is saved. Twice: at once; what is in staging is no artifact. */
function listenForInterrupt(): { readonly drain: AbortSignal; readonly close: () => void } {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) Deno.exit(130);
    controller.abort();
    printError("stopping: what is under way ends and is saved; press Ctrl-C again to stop at once");
  };
  Deno.addSignalListener("SIGINT", listener);
  return { drain: controller.signal, close: () => Deno.removeSignalListener("SIGINT", listener) };
}
