/**
 * Executors: who runs a stage's function and saves what it returns.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import type { AggregateDescription } from "../define/aggregate.ts";
import { filesBelow } from "../define/temporary_context.ts";
import { checkProduced } from "../define/description.ts";
import type { StageDescription } from "../define/stage.ts";
import type { AnyCacher } from "../define/cacher.ts";
import { isOwnCacher } from "../define/own_save.ts";
import type { LocatedInputs } from "./located_inputs.ts";
import { quote } from "../params/names.ts";
import { refuseOther, refuseStrays } from "../store/check_saved.ts";
import { messageWithin } from "../store/disk/disk_error.ts";
import { ensureFolder } from "../store/disk/move.ts";
import { fileAt, type Place } from "../store/place.ts";
import { type Saved, saveValue } from "../store/save.ts";
import { endedBy, isKept, refuseOneTime } from "./used_up.ts";

/** One stage to run: all that an executor needs. */
export interface Job {
  /** The stage or aggregate. */
  readonly description: StageDescription | AggregateDescription;
  /** The experiment that it belongs to. */
  readonly experiment: string;
  /** The procedure that it stands in, where the experiment has several; null for an aggregate. */
  readonly procedure: string | null;
  /** Gives the state, or the states of an aggregate: values are loaded when it is called, not before. */
  readonly inputs: () => Promise<unknown>;
  /** In place of `inputs`, for an executor that has them loaded elsewhere: says where they lie. */
  readonly locate: () => LocatedInputs;
  /** The outputs to save, and where in staging. */
  readonly outputs: readonly {
    readonly name: string;
    readonly cacher: AnyCacher;
    readonly place: Place;
    /** Where it will be in the end, for messages. */
    readonly final: Place;
  }[];
  /** The folder in staging for what the stage writes by itself, and where that will end. */
  readonly files: { readonly staged: string; readonly final: string };
  /** The folder in staging that nothing but this job writes to; undefined where it shares one. */
  readonly own?: string;
  /** Whose stage it is, for messages. */
  readonly record: { readonly name: string; readonly index: number };
  /** Fires when the stage should stop. */
  readonly signal: AbortSignal;
  /** Takes what the stage logs. */
  readonly log: (message: string) => void;
  /** Takes the name of each output when its `save` begins: where it never ends, that says which. */
  readonly onSave?: (output: string) => void;
  /** Fires when nobody waits for it any more: whatever it still does is for nothing. */
  readonly givenUp?: AbortSignal;
  /** Whether what it reads is frozen. */
  readonly strict: boolean;
  /** The paths that it declares as its `files`. */
  readonly reads: readonly string[];
  /** The first file of the code that its key knows that is another by now: whoever loads it anew has other code. */
  readonly changedCode: () => string | undefined;
}

/** What an executor gives back. */
export interface JobResult {
  /** The values that are still in memory, by output; a lazy one is not among them. */
  readonly values: ReadonlyMap<string, unknown>;
  /** What lies in staging, by output. */
  readonly saved: ReadonlyMap<string, Saved>;
  /** Whether nobody was ever told of the folder for what the stage writes by itself: then nothing lies there. */
  readonly isWithoutFiles?: boolean;
}

/** Runs jobs. The runner does not know which one it has. */
export interface Executor {
  /** What it is called. */
  readonly name: string;
  /** Runs one stage and saves its outputs into staging. */
  readonly execute: (job: Job) => Promise<JobResult>;
  /** How many jobs it runs at a time, where that is its own to say: the run then starts no more. */
  readonly concurrency?: number;
  /** Milliseconds that a stage which heeds its signal may take to say how it ended; none where it is left out. */
  readonly grace?: number;
  /** Frees what it holds; the run calls it at its end. It can be used again. */
  readonly close?: () => Promise<void>;
}

/**
 * The executor that runs every stage in this process.
 *
 * @returns The executor.
 */
export function inlineExecutor(): Executor {
  return { name: "inline", execute: executeInline };
}

async function executeInline(job: Job): Promise<JobResult> {
  const { description, files, log, signal, record } = job;
  // A cacher is told by its artifact where the stage writes.
  let isTold = job.outputs.some(({ cacher }) => cacher.paths !== undefined || !isOwnCacher(cacher));
  const stagedFiles = () => {
    isTold = true;
    return files.staged;
  };
  const context = { ...filesBelow(stagedFiles), log, signal, record };
  const produced = await description.run(await job.inputs(), context);
  checkProduced(description.name, description.outputs, produced);
  const cachers = new Map(job.outputs.map(({ name, cacher }) => [name, cacher]));
  refuseOneTime(description, cachers, produced ?? {});
  const values = new Map(Object.entries(produced ?? {}));
  const saved = new Map<string, Saved>();
  const taken = new Set<string>();
  const root = dirname(files.staged);
  for (const { name, cacher, place, final } of job.outputs) {
    // A cacher of paths knows what lies in staging; for all others a path is text like any other.
    const value = cacher.paths === undefined ? rewritePaths(values.get(name), files) : values.get(name);
    job.onSave?.(name);
    const what = `output ${quote(name)} of ${description.kind} ${quote(description.name)}`;
    try {
      if (place.dir !== root) ensureFolder(place.dir);
      const source = cacher.streams ? endedBy(value, signal) : value;
      const one = await saveValue(place, cacher, source, what, taken);
      saved.set(name, value === values.get(name) ? one : { ...one, located: true });
      if (!isOwnCacher(cacher)) {
        if (job.own !== undefined) refuseStrays(job.own, saved.values(), files.staged);
        await refuseOther(cacher, value, one);
        if (job.own !== undefined) refuseStrays(job.own, saved.values(), files.staged); // its load writes too
      }
    } catch (error) {
      const roots = [root, dirname(files.final)];
      const message = messageWithin(error, roots, fileAt(final)).replaceAll(files.staged, files.final);
      throw new Error(`Cannot save ${what}: ${message.replaceAll(fileAt(place, ""), fileAt(final, ""))}`, {
        cause: error,
      });
    }
    if (isKept(cacher)) values.set(name, value);
    else values.delete(name);
  }
  for (const [name, value] of values) values.set(name, rewritePaths(value, files));
  return { values, saved, isWithoutFiles: !isTold };
}

/** Paths of what a stage wrote by itself, in a value that is a path or a list of them, as they will be in the end. */
function rewritePaths(value: unknown, files: Job["files"]): unknown {
  if (typeof value === "string") {
    return value === files.staged || value.startsWith(join(files.staged, "/"))
      ? files.final + value.slice(files.staged.length)
      : value;
  }
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")) {
    return value.some((item) => item.startsWith(files.staged))
      ? value.map((item) => rewritePaths(item, files))
      : value;
  }
  return value;
}
