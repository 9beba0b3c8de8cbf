/**
 * A job, in the worker that runs it.
 *
 * @module
 */
import type { Experiment } from "../../define/experiment.ts";
import { quote } from "../../params/names.ts";
import { valueOfBytes } from "../../../cachers/structured_cacher.ts";
import { inlineExecutor, type Job } from "../executor.ts";
import { loadLocated } from "../located_inputs.ts";
import { cacherOf } from "../outputs.ts";
import { deepFreeze } from "../strict.ts";
import { runDigest, stageNamed } from "./find_in_module.ts";
import { type FromWorker, type SentArtifact, type SentJob, sentValue } from "./messages.ts";
import { describeThrown } from "./thrown.ts";

/** What a job has to do with the run that it belongs to. */
export interface RunSide {
  readonly send: (message: FromWorker) => void;
  /** Asks whether the inputs that were loaded are still what they were; rejects where they are not. */
  readonly mayGo: () => Promise<void>;
  /** Fires when the stage is to stop. */
  readonly signal: AbortSignal;
}

const INPUT = Symbol("the input that can't be loaded");

/**
 * Runs a job, and says what it came to.
 *
 * @param sent The job.
 * @param experiments What the module exports.
 * @param run The run that it belongs to.
 */
export async function runJob(sent: SentJob, experiments: readonly Experiment[], run: RunSide): Promise<void> {
  let isOver = false;
  // What a stage has left running may still log: the run would take that for words of the next one.
  const send = (message: FromWorker) => isOver ? undefined : run.send(message);
  try {
    send(await doneOf(sent, experiments, { ...run, send }));
  } catch (error) {
    const isReason = run.signal.aborted && error === run.signal.reason;
    const input = problemOf(error);
    const thrown = describeThrown(error);
    send({ type: "failed", thrown, isReason, ...(input === undefined ? {} : { input }) });
  } finally {
    isOver = true;
  }
}

async function doneOf(
  sent: SentJob,
  experiments: readonly Experiment[],
  run: RunSide,
): Promise<FromWorker> {
  const { kind, name } = sent.stage;
  const description = stageNamed(experiments, sent.stage);
  const isSame = runDigest(description) === sent.code &&
    sent.outputs.every((output) => Object.hasOwn(description.outputs, output.name));
  if (!isSame) {
    throw new Error(
      `Cannot run ${kind} ${quote(name)} in a worker: there its module defines something else than here; ` +
        "what it defines must not depend on when and where it is loaded",
    );
  }
  const job: Job = {
    ...sent,
    experiment: sent.stage.experiment,
    procedure: sent.stage.procedure,
    description,
    inputs: async () => {
      const states: unknown[] = [];
      for (const index of sent.states.keys()) states.push(await stateOf(sent, index, experiments));
      run.send({ type: "loaded" });
      await run.mayGo();
      return kind === "aggregate" ? states : states[0];
    },
    outputs: sent.outputs.map((output) => ({
      ...output,
      cacher: cacherOf(description.outputs[output.name]!, output.lazy),
    })),
    signal: run.signal,
    log: (message) => run.send({ type: "log", message: String(message) }),
    ...(sent.tellsSaves ? { onSave: (output) => run.send({ type: "saving", output }) } : {}),
    locate: never,
    reads: [],
    changedCode: () => undefined,
  };
  const { values, saved } = await inlineExecutor().execute(job);
  // What has a cacher is loaded by whoever reads it.
  const inMemory = [...values].filter(([name]) => !saved.has(name));
  return {
    type: "done",
    saved: [...saved],
    values: inMemory.map(([output, value]) => [
      output,
      sentValue(value, `Cannot hand on output ${quote(output)} of ${kind} ${quote(name)} from a worker`),
    ]),
  };
}

function never(): never {
  throw new Error("A job in a worker is at its last place");
}

async function stateOf(
  { states, strict }: SentJob,
  index: number,
  experiments: readonly Experiment[],
): Promise<Record<string, unknown>> {
  const { name, params, inputs } = states[index]!;
  const fitting = (bytes: Uint8Array) => {
    const value = valueOfBytes(bytes, "Cannot read an input");
    return strict ? deepFreeze(value) : value;
  };
  const state: Record<string, unknown> = name === undefined ? {} : { name };
  for (const [input, from] of Object.entries(inputs)) {
    const refuse = (reason: string) => unloadable({ state: index, name: input, reason });
    state[input] = from instanceof Uint8Array
      ? fitting(from)
      : await loadLocated({ ...from, ...specOf(from, experiments) }, strict, refuse);
  }
  return { ...state, params: fitting(params) };
}

type InputProblem = NonNullable<(FromWorker & { type: "failed" })["input"]>;

/** A stage may tell in its own words that a handle could not be loaded. */
function problemOf(error: unknown): InputProblem | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (INPUT in cause) return cause[INPUT] as InputProblem;
  }
  return undefined;
}

function unloadable(problem: InputProblem): Error {
  return Object.assign(new Error(problem.reason), { [INPUT]: problem });
}

function specOf({ stage, spec, lazy }: SentArtifact, experiments: readonly Experiment[]) {
  const output = stageNamed(experiments, stage).outputs[spec.output];
  if (output === undefined) {
    throw new Error(
      `Cannot load output ${quote(spec.output)} of stage ${
        quote(stage.name)
      } in a worker: there it has no such output`,
    );
  }
  return { procedure: stage.procedure, spec: { ...spec, cacher: cacherOf(output, lazy) } };
}
