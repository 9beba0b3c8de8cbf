/**
 * Attempts: a job is tried as often as its stage says, each time for no longer than it says.
 *
 * @module
 */
import type { StageSettings } from "../define/stage_options.ts";
import { durationText } from "../params/duration.ts";
import { quote } from "../params/names.ts";
import { messageOf } from "../params/paths.ts";
import { after, BUSY } from "../params/timer.ts";
import type { Executor, Job, JobResult } from "./executor.ts";

/** What {@linkcode executeAttempts} needs. */
export interface AttemptOptions {
  /** Who runs the job. */
  readonly executor: Executor;
  /** How often, how long, and how far apart. */
  readonly settings: Pick<StageSettings, "retries" | "timeout" | "backoff">;
  /**
   * Makes the job of an attempt, with a staging folder of its own: what an attempt that was given up still writes must
   * not get into the next one.
   */
  readonly jobFor: (attempt: number, signal: AbortSignal) => Job;
  /** The run's: when it fires, the attempt is told to stop, waiting ends, and there is no further attempt. */
  readonly signal: AbortSignal;
  /** When it fires, waiting ends, and there is no further attempt; one that is under way goes on. */
  readonly drain?: AbortSignal;
  /** Whether an error is no failure of the stage (inputs that moved): it is thrown on as it is. */
  readonly isFinal: (error: unknown) => boolean;
  /** Takes the failure of each attempt that another follows. */
  readonly onRetry: (retry: Retry) => void;
  /** What is told of a failure; its own message where it is left out. */
  readonly told?: (error: unknown) => string;
  /** Takes the wait before each retry, and gives it back when the next attempt may begin: others may run meanwhile. */
  readonly whileWaiting?: (wait: Promise<void>) => Promise<void>;
  /**
   * Removes what a failed attempt left in staging. Once more for one that was given up, when it comes to its end: that
   * may be after the run, and so it goes by the job's own places.
   */
  readonly discard: (job: Job) => void;
}

/** An attempt that failed, and that another follows. */
export interface Retry {
  /** Which it was, from 1. */
  readonly attempt: number;
  /** How many there may be. */
  readonly of: number;
  /** What was thrown. */
  readonly error: unknown;
  /** Milliseconds until the next. */
  readonly wait: number;
}

/**
 * Executes a job until it succeeds, or was tried as often as its stage says.
 *
 * @param options The executor, the stage's settings, and how a job is made.
 * @returns What the first attempt that succeeded gave.
 * @throws {Error} What the last attempt threw; where there may be several, with how many there were, and what was
 * thrown as its cause. An error that {@linkcode AttemptOptions.isFinal} takes is thrown as it is.
 */
export async function executeAttempts(options: AttemptOptions): Promise<JobResult> {
  const { executor, settings, jobFor, signal, drain, isFinal, onRetry } = options;
  const { whileWaiting = (wait) => wait, told = messageOf } = options;
  const { retries, timeout } = settings;
  const of = retries + 1;
  const ended = retries === 0 || drain === undefined ? signal : AbortSignal.any([signal, drain]);
  let wait = settings.backoff;
  for (let attempt = 1;; attempt++) {
    const limit = timeout === undefined ? undefined : new AbortController();
    const job = jobFor(attempt, limit === undefined ? signal : AbortSignal.any([signal, limit.signal]));
    const discard = () => discardQuietly(options, job);
    try {
      return await (limit === undefined
        ? executor.execute(job)
        : executeWithin(timeout!, limit, executor, job, isFinal, discard));
    } catch (error) {
      discard();
      if (of === 1 || isFinal(error)) throw error;
      if (attempt < of && !ended.aborted) {
        onRetry({ attempt, of, error, wait });
        await whileWaiting(sleep(wait, ended));
        wait *= 2;
      }
      if (attempt === of || ended.aborted) {
        throw new Error(`${told(error)} (attempt ${attempt} of ${of})`, { cause: error });
      }
    }
  }
}

/** What stays in staging is no artifact: that it can't be removed just now must not hide why the stage failed. */
function discardQuietly({ discard }: AttemptOptions, job: Job): void {
  try {
    discard(job);
  } catch { /* an attempt that was given up may be writing there; it goes with the staging folder */ }
}

/** One attempt, given up when its time is over, whatever becomes of it then. */
function executeWithin(
  timeout: number,
  limit: AbortController,
  executor: Executor,
  job: Job,
  isFinal: (error: unknown) => boolean,
  discard: () => void,
): Promise<JobResult> {
  const { promise, resolve, reject } = Promise.withResolvers<JobResult>();
  const gone = new AbortController();
  let [start, cancel, isGivenUp] = [Infinity, () => {}, false];
  let saving: string | undefined;
  const expire = () => {
    const error = tookTooLong(timeout, performance.now() - start, saving);
    limit.abort(error);
    // One that heeds its signal has a turn to say how it ended; one that does not is not waited for.
    cancel = after(executor.grace ?? 0, () => {
      isGivenUp = true;
      reject(error);
      gone.abort();
    });
  };
  const begin = () => {
    start = performance.now(); // what comes before is no work of the stage
    cancel = after(timeout, expire);
  };
  const inputs = async () => {
    const state = await job.inputs();
    begin();
    return state;
  };
  const locate = () => {
    const located = job.locate();
    const loaded = () => {
      located.loaded();
      begin();
    };
    return { ...located, loaded };
  };
  // Once it is given up it is nobody's, and its run may be over, with the log closed.
  const log = (message: string) => isGivenUp ? undefined : job.log(message);
  const end = (): Error | undefined => {
    cancel();
    if (isGivenUp) discard();
    const spent = performance.now() - start;
    return limit.signal.reason ?? (spent > timeout ? tookTooLong(timeout, spent, saving) : undefined);
  };
  const onSave = (output: string) => saving = output;
  executor.execute({ ...job, inputs, locate, log, onSave, givenUp: gone.signal }).then(
    (result) => {
      const late = end();
      if (late === undefined) resolve(result);
      else reject(late);
    },
    (error) => {
      end();
      const { aborted, reason } = limit.signal;
      if (!aborted || error === reason || isFinal(error)) reject(error);
      else reject(new Error(reason.message, { cause: error }));
    },
  );
  return promise;
}

function tookTooLong(timeout: number, spent: number, saving: string | undefined): Error {
  const when = saving === undefined ? "" : `, and was at saving output ${quote(saving)}`;
  const what = `it took longer than its "timeout" of ${durationText(timeout)}${when}`;
  return new Error(
    spent - timeout < BUSY
      ? what
      : `${what}, and could not be stopped before ${durationText(spent)} were over, ` +
        "as something kept this process busy: a loop that never yields can be stopped only in a worker, with --parallel",
  );
}

/** Waits, or until a signal fires; at least one turn, so that Ctrl-C has one between attempts that fail at once. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = after(milliseconds, end);
    signal.addEventListener("abort", end);
  });
}
