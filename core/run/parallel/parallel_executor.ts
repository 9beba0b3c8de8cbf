/**
 * The executor that runs stages in processes of their own, several at a time.
 *
 * @module
 */
import { quote } from "../../params/names.ts";
import { writeAll } from "../../params/write_all.ts";
import type { Executor, Job } from "../executor.ts";
import { checkFlags, requireDeno } from "./permission_flags.ts";
import type { Pool } from "./pool.ts";

/** What {@linkcode parallelExecutor} is made with. */
export interface ParallelOptions {
  /** How many stages run at a time, each in a process of its own. */
  readonly workers: number;
  /**
   * The URL of the module that defines the stages and exports the experiment: `import.meta.url`. Each worker loads it, and
   * so what runs the experiment must not do so when it is imported: `if (import.meta.main) ...`.
   */
  readonly module: string;
  /**
   * More flags of `deno run` for the workers, such as `--v8-flags=--max-old-space-size=8192`, or what they may do of what
   * this process may in part: `--allow-net=example.org`.
   */
  readonly flags?: readonly string[];
  /** Where what stages print on standard output goes. */
  readonly printTo?: "stdout" | "stderr";
}

/** Milliseconds that a worker may take to tell how a stage ended that was told to stop. */
const GRACE = 200;

/**
 * An executor that runs stages in worker processes of Deno. The run plans and commits as ever; a worker loads the inputs of
 * its stage by itself, runs it, and saves what it returns.
 *
 * A process is started when the first stage needs it, and ends with the run. One that dies fails the stage that it was at,
 * and nothing else. Workers may do no more than this process. Runs that go on at the same time may share the executor.
 *
 * @param options How many workers, and where the experiment is defined.
 * @returns The executor, for the option `executor` of `runExperiment`; its option `parallel` makes one by itself.
 * @throws {RangeError} If `workers` is no whole number from 1.
 * @throws {TypeError} If `module` is no URL, or a flag can't be used.
 * @throws {Deno.errors.NotCapable} If this process may not run Deno, naming the flag that allows it; or if a flag would
 * allow workers more than this process may do.
 *
 * @example
 * ```ts
 * // squares.ts
 * import { defineExperiment, defineStage, grid, parallelExecutor, runExperiment } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 *
 * const square = defineStage({
 *   name: "square",
 *   outputs: { squared: jsonCacher<number>() },
 *   run: ({ params }: { params: { n: number } }) => ({ squared: params.n ** 2 }),
 * });
 * const experiment = defineExperiment({ name: "squares", params: grid({ n: [1, 2, 3] }), stages: [square] });
 * export default experiment;
 *
 * if (import.meta.main) {
 *   const module = import.meta.url;
 *   const flags = ["--v8-flags=--max-old-space-size=8192"];
 *   const executor = parallelExecutor({ workers: 4, module, flags });
 *   await runExperiment(experiment, { module, executor });
 * }
 * ```
 */
export function parallelExecutor(options: ParallelOptions): Executor {
  const { workers, module, flags = [], printTo = "stdout" } = options;
  if (!(Number.isInteger(workers) && workers >= 1)) {
    throw new RangeError(`Cannot run in ${quote(workers)} workers: it is a whole number from 1`);
  }
  if (!(typeof module === "string" && URL.canParse(module))) {
    throw new TypeError(
      `Cannot run in workers: "module" is a URL, as import.meta.url gives it, found ${quote(module)}`,
    );
  }
  requireDeno();
  checkFlags(flags);
  const print = (bytes: Uint8Array) => writeAll(Deno[printTo], bytes);
  let use: Use | undefined;
  // A run that finds everything in the cache loads none of it.
  const poolOf = async () => (await import("./pool.ts")).makePool({ workers, module, flags, print });
  return {
    name: "parallel",
    concurrency: workers,
    grace: GRACE,
    execute: async (job) => {
      const { runInWorker } = await import("./run_in_worker.ts");
      const mine = use ??= { pool: poolOf(), jobs: new Set(), isLeft: false };
      mine.jobs.add(job);
      const over = () => {
        mine.jobs.delete(job);
        if (mine.isLeft && mine.jobs.size === 0) close(mine);
      };
      job.givenUp?.addEventListener("abort", over);
      try {
        return await runInWorker(job, await mine.pool);
      } finally {
        job.givenUp?.removeEventListener("abort", over);
        over();
      }
    },
    close: async () => {
      if (use === undefined) return;
      use.isLeft = true;
      if (use.jobs.size === 0) await close(use);
    },
  };
  async function close(mine: Use): Promise<void> {
    if (use === mine) use = undefined;
    await (await mine.pool).close();
  }
}

/** Workers, and the jobs for them that somebody waits for. */
interface Use {
  readonly pool: Promise<Pool>;
  readonly jobs: Set<Job>;
  /** Whether a run that used them is over: another may still be at it, and they end with its last job then. */
  isLeft: boolean;
}
