/**
 * One job, run by a worker: what is sent, what comes back, and what is said of one that comes to grief.
 *
 * @module
 */
import { dirname } from "@std/path";
import { quote } from "../../params/names.ts";
import { messageOf } from "../../params/paths.ts";
import { valueOfBytes } from "../../../cachers/structured_cacher.ts";
import type { Saved } from "../../store/save.ts";
import type { Job, JobResult } from "../executor.ts";
import type { LocatedInput, LocatedInputs } from "../located_inputs.ts";
import { runDigest } from "./find_in_module.ts";
import { type FromWorker, type SentArtifact, type SentJob, sentValue, type StageRef } from "./messages.ts";
import { missingFlag, type Needs } from "./permission_flags.ts";
import type { Pool } from "./pool.ts";
import { describeThrown, revived } from "./thrown.ts";
import { type Ending, howEnded, type WorkerProcess } from "./worker_process.ts";

/**
 * Runs a job in a worker.
 *
 * @param job The job.
 * @param pool Where workers come from.
 * @returns What it came to: what is kept in memory only is among the values, all else lies in staging alone.
 * @throws What the stage threw, as an error of this process; an error that says how its worker ended, where it did.
 */
export async function runInWorker(job: Job, pool: Pool): Promise<JobResult> {
  const located = job.locate();
  const sent = sentJob(job, located);
  const check = () => {
    const changed = job.changedCode();
    if (changed === undefined) return;
    throw new Error(
      `Cannot run in a worker what was changed after it was loaded here: ${quote(changed)}; start again`,
    );
  };
  const { worker, giveBack } = await pool.borrow(needsOf(job, located), check);
  try {
    return await runOn(worker, job, located, sent);
  } finally {
    giveBack();
  }
}

async function runOn(
  worker: WorkerProcess,
  job: Job,
  located: LocatedInputs,
  sent: SentJob,
): Promise<JobResult> {
  const { promise, resolve, reject } = Promise.withResolvers<JobResult>();
  let refusal: { readonly error: unknown } | undefined;
  let isKilled = false;
  let isOver = false;
  const abort = () => worker.send({ type: "abort", reason: describeThrown(job.signal.reason) });
  const over = () => {
    isOver = true;
    job.signal.removeEventListener("abort", abort);
    job.givenUp?.removeEventListener("abort", worker.kill);
  };
  const tell = (take: () => void) => {
    try {
      take();
    } catch (error) {
      // The stage goes on in the worker, for nothing: it is over when that has ended.
      refusal = { error };
      isKilled = true;
      worker.kill();
    }
  };
  worker.listen = (message) => {
    if (isOver || isKilled) return;
    switch (message.type) {
      case "loaded":
        try {
          located.loaded();
          return worker.send({ type: "go" });
        } catch (error) {
          refusal = { error };
          return worker.send({ type: "drop" });
        }
      case "log":
        return tell(() => job.log(message.message));
      case "saving":
        return tell(() => job.onSave?.(message.output));
      case "done":
        over();
        try {
          return resolve(resultOf(message));
        } catch (error) {
          return reject(error);
        }
      case "failed":
        over();
        return reject(refusal === undefined ? errorOf(message, job, located) : refusal.error);
    }
  };
  worker.ended.then((ending) => {
    if (isOver) return;
    over();
    reject(refusal === undefined ? endOf(ending) : refusal.error);
  });
  worker.send({ type: "run", job: sent });
  job.signal.addEventListener("abort", abort);
  if (job.signal.aborted) abort();
  job.givenUp?.addEventListener("abort", worker.kill);
  return await promise;
}

function resultOf({ saved, values }: FromWorker & { type: "done" }): JobResult {
  return {
    saved: new Map<string, Saved>(saved),
    values: new Map(
      values.map(([name, bytes]) => [name, valueOfBytes(bytes, `Cannot read output ${quote(name)}`)]),
    ),
  };
}

function errorOf(
  { thrown, isReason, input }: FromWorker & { type: "failed" },
  job: Job,
  located: LocatedInputs,
): unknown {
  if (isReason) return job.signal.reason;
  if (input !== undefined) return located.unloadable(input.state, input.name, input.reason);
  const error = revived(thrown);
  const flag = missingFlag(messageOf(error));
  if (flag === undefined) return error;
  return new Deno.errors.NotCapable(
    `${
      messageOf(error)
    }: this process may, and its workers were not told so, as it can't be found out what ` +
      `is allowed in part; add --worker-flag=${flag}`,
    { cause: error },
  );
}

/** Only a stage can be at work when a job's worker ends. */
function endOf(ending: Ending): Error {
  const { signal, cause, uncaught } = ending;
  if (cause !== undefined) {
    return new Error(`what its worker process said can't be understood: ${messageOf(cause)}`, { cause });
  }
  if (uncaught !== undefined) {
    const error = messageOf(uncaught.error);
    return new Error(
      `its worker process ${
        howEnded(ending)
      }, as nothing caught an error of the stage, or of what one before it ` +
        `left running: ${error}`,
      { cause: uncaught.error },
    );
  }
  const why = signal === null
    ? "the stage or a cacher called Deno.exit, or threw where nothing could catch it"
    : ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"].includes(signal)
    ? "somebody stopped it, or the system did, where memory runs out"
    : "it ran out of memory, or the runtime came to grief; a stage gets more with " +
      "--worker-flag=--v8-flags=--max-old-space-size=8192";
  return new Error(`its worker process ${howEnded(ending)}: ${why}`);
}

function sentJob(job: Job, { states }: LocatedInputs): SentJob {
  const { description, outputs, files, own, record, strict } = job;
  const what = `${description.kind} ${quote(description.name)}`;
  const value = (input: string, value: unknown) =>
    sentValue(value, `Cannot hand ${input} of ${what} to a worker`);
  const inputOf = (name: string, input: LocatedInput) =>
    input.kind === "value" ? value(`input ${quote(name)}`, input.value) : sentArtifact(job.experiment, input);
  return {
    stage: refOf(job),
    code: runDigest(description),
    states: states.map(({ name, params, inputs }) => ({
      ...(name === undefined ? {} : { name }),
      params: value("the parameters", params),
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, inputOf(name, input)])),
    })),
    outputs: outputs.map(({ name, cacher: { lazy }, place, final }) => ({ name, lazy, place, final })),
    files,
    ...(own === undefined ? {} : { own }),
    record,
    strict,
    tellsSaves: job.onSave !== undefined,
  };
}

function refOf({ experiment, procedure, description: { kind, name } }: Job): StageRef {
  return { experiment, kind, procedure, name };
}

function sentArtifact(
  experiment: string,
  { spec, procedure, place, digest, lazy }: LocatedInput & { kind: "artifact" },
): SentArtifact {
  const { cacher: _, ...rest } = spec;
  const stage: StageRef = { experiment, kind: "stage", procedure, name: spec.stage };
  // Its parameters are for the name of its path, which is known.
  return { stage, spec: { ...rest, params: {} }, place, digest, lazy };
}

function needsOf({ description, outputs, files, reads }: Job, { states }: LocatedInputs): Needs {
  const artifacts = states.flatMap(({ inputs }) => Object.values(inputs))
    .flatMap((input) => input.kind === "artifact" ? [input.place] : []);
  return {
    reads: [...reads, ...artifacts.flatMap(({ dir, files }) => [dir, dirname(files)])],
    // What is staged lies below where it is to end.
    writes: [dirname(files.final), ...outputs.map(({ final }) => final.dir)],
    env: description.env,
  };
}
