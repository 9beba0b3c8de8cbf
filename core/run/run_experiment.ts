/**
 * Running an experiment.
 *
 * @module
 */
import type { Experiment } from "../define/experiment.ts";
import type { RunInfo } from "../define/metadata.ts";
import { NO_VALUES } from "../plan/graph.ts";
import { makePlan } from "../plan/plan.ts";
import { clearError, clearly, clearMessage, isFromSystem } from "../store/disk/disk_error.ts";
import { endAll } from "../store/disk/endings.ts";
import { commandLine, gitState, versions } from "../store/environment.ts";
import { fullStoreOf } from "../store/full_store.ts";
import { removeIfThere } from "../store/disk/move.ts";
import { register } from "../store/registry.ts";
import { makeRunFolder, type RunFolder, writeRun } from "../store/run_folder.ts";
import { endUses } from "../store/uses/uses.ts";
import { closeStaging } from "../store/workspace.ts";
import { runGraph } from "./engine.ts";
import type { EngineOptions } from "./engine_state.ts";
import { countVerdicts, type Emit } from "./events.ts";
import type { Executor } from "./executor.ts";
import { type Log, openLog } from "./log.ts";
import { lookupTasks } from "./lookups.ts";
import { followRecords } from "./progress.ts";
import { refuseWhileLoading } from "./parallel/loading.ts";
import { executorFor, lazyMode, prepare, type Prepared, type RunOptions } from "./run_options.ts";
import { refusing } from "./refusal.ts";
import { recordsOf, type RunResult } from "./results.ts";
import { makeSlots } from "./slots.ts";
import { storeFull } from "./store_full.ts";
import { type ToldRun, toldRun } from "./told_run.ts";

const CONCURRENCY = 4;

/**
 * Runs an experiment: what is in the cache and true is used again, what is not is computed.
 *
 * @param experiment What `defineExperiment` returned.
 * @param options The flags of the command line, in camelCase.
 * @returns How many stages and aggregates were `executed`, `reused`, `failed` and `skipped`, and the records. A stage
 * that fails is counted, and its error is in `errors`; it is not thrown.
 * @throws {TypeError} If the experiment, its parameters or the options can't be used: before anything is written.
 * @throws {Error} If a file that Cairn did not write is in the way, or the file system refuses: the message says what to
 * do. Where a stage failed before that, it is among the `errors` too.
 *
 * @example
 * ```ts
 * import { defineExperiment, defineStage, grid, runExperiment, valueOf } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const square = defineStage({
 *   name: "square",
 *   outputs: { squared: jsonCacher<number>() },
 *   run: ({ params }: { params: { n: number } }) => ({ squared: params.n ** 2 }),
 * });
 * const experiment = defineExperiment({ name: "squares", params: grid({ n: [1, 2, 3] }), stages: [square] });
 *
 * const dir = await Deno.makeTempDir();
 * assertEquals((await runExperiment(experiment, { dir })).executed, 3);
 * const again = await runExperiment(experiment, { dir });
 * assertEquals(again.reused, 3);
 * assertEquals(await valueOf(again.records[2]!, square, "squared"), 9);
 * ```
 */
export async function runExperiment(experiment: Experiment, options: RunOptions = {}): Promise<RunResult> {
  const { told: _, records, errors, interrupted, ...known } = await runToItsEnd(experiment, options);
  return { ...known, ...records(), errors, interrupted };
}

/** A run that has ended. */
export interface EndedRun extends Omit<RunResult, "records" | "aggregates"> {
  /** What is told of it. */
  readonly told: ToldRun;
  /** Makes its records, which scripts go on with. */
  readonly records: () => Pick<RunResult, "records" | "aggregates">;
}

/**
 * Runs an experiment as {@linkcode runExperiment} does, for the command line: it goes on with no record, and of
 * thousands they are much.
 *
 * @param experiment The experiment.
 * @param options The options.
 * @returns What came of it.
 * @throws As {@linkcode runExperiment} does.
 */
export async function runToItsEnd(experiment: Experiment, options: RunOptions = {}): Promise<EndedRun> {
  const clock = performance.now();
  refuseWhileLoading();
  const { prepared, executor } = await refusing(() =>
    clearly(async () => {
      const prepared = await prepare(experiment, options);
      const executor = await executorFor(experiment, options);
      await refuseForeignFiles(prepared);
      return { prepared, executor };
    })
  );
  return await clearly(() => runPrepared(experiment, options, prepared, executor, clock));
}

async function runPrepared(
  experiment: Experiment,
  options: RunOptions,
  prepared: Prepared,
  executor: Executor,
  clock: number,
): Promise<EndedRun> {
  const { workspace, graph, overwrite, sets, facts } = prepared;
  const started = new Date();
  const folder = workspace.dry === "all" ? undefined : await makeRunFolder(workspace, started);
  workspace.session.owner = {
    reference: folder?.reference ?? null,
    store: folder !== undefined && options.storeFull ? fullStoreOf(folder.dir) : null,
  };
  const info = gitState().then((git): RunInfo => ({
    reference: folder?.reference ?? null,
    command: commandLine(),
    git,
    versions: versions(),
    notes: options.notes ?? null,
  }));
  const run = () => info;
  const log = folder === undefined ? undefined : openLogOf(folder);
  const errors: Error[] = [];
  const emit: Emit = (event) => {
    log?.write(event);
    if (event.type === "error") errors.push(event.error);
    if (options.onEvent !== undefined) options.onEvent(event);
    else if (event.type === "warning") workspace.warn(event.message);
    else if (event.type === "error") workspace.warn(event.error.message); // a script may never look at the counts
  };
  const never = new AbortController().signal;
  const { signal = never, drain = never } = options;
  const progress = followRecords(graph, emit);
  const document = { experiment: experiment.name, reference: folder?.reference ?? null };
  // After a failure, what could not be noted either is no news.
  const news = (message: string) => errors.length === 0 && emit({ type: "warning", message });
  const endings = (warn: (message: string) => void) => [
    () => closeStaging(workspace),
    () => endUses({ ...workspace, warn }),
    () => log?.close(),
  ];
  // Where a stage failed, that is what went wrong first: what comes after it is listed, and takes nothing's place.
  const late = async (work: () => void | Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (errors.length === 0 || !isFromSystem(error)) throw error;
      errors.push(clearError(error) as Error);
    }
  };
  let ended: EndedRun;
  try {
    if (folder !== undefined) {
      writeRun(folder, { ...document, status: "running", started: started.toISOString() });
    }
    const warn = (message: string) => emit({ type: "warning", message });
    if (workspace.dry === "no") await register({ ...workspace, warn }, sets);
    for (const message of facts.warnings) emit({ type: "warning", message });
    emit({ type: "run-started", ...document, records: graph.records.length, tasks: graph.tasks.length });
    const engine: EngineOptions = {
      workspace,
      graph,
      executor,
      slots: makeSlots(options.concurrency ?? executor.concurrency ?? CONCURRENCY),
      emit: progress.emit,
      values: graph.records.map(() => NO_VALUES),
      runInfo: run,
      overwrite,
      signal,
      drain,
      keepValues: false,
      keepGoing: options.keepGoing ?? false,
      changedFile: facts.changedFile,
      changedCode: facts.changedCode,
    };
    let result = await runGraph(engine);
    await late(() => {
      if (workspace.dry === "no") facts.save();
    });
    await late(async () => {
      if (folder === undefined || !options.storeFull) return;
      const again = (known: ReadonlyMap<number, string>) =>
        runGraph({ ...engine, overwrite: new Set(), known, wanted: known });
      result = await storeFull({ workspace, result, folder, run: await run(), emit, again });
    });
    await executor.close?.();
    progress.finish();
    const interrupted = signal.aborted || drain.aborted;
    const told = toldRun(result);
    const counts = countVerdicts(told.verdicts());
    const milliseconds = performance.now() - clock;
    await late(async () => {
      if (folder === undefined) return;
      writeRun(folder, {
        ...document,
        status: interrupted ? "interrupted" : counts.failed > 0 ? "failed" : "done",
        started: started.toISOString(),
        finished: new Date().toISOString(),
        ...await run(),
        ...counts,
        // One after another: of thousands of records, all reports are much.
        records: told.records(),
        aggregates: told.aggregates(),
        errors: errors.map(({ message }) => message),
      });
    });
    emit({ type: "run-finished", reference: document.reference, counts, milliseconds });
    const records = () => recordsOf(experiment, prepared, result, lazyMode(options));
    ended = { ...document, ...counts, errors, interrupted, told, records };
  } catch (error) {
    await executor.close?.();
    const errors = [clearMessage(error)];
    // Why it failed is what counts; that the disk takes no word of it either is no news.
    endAll([
      () =>
        folder && writeRun(folder, { ...document, status: "failed", started: started.toISOString(), errors }),
      ...endings(() => {}),
    ]);
    throw error;
  }
  await late(() => {
    const failed = endAll(endings(news));
    if (failed !== undefined) throw failed.error;
  });
  return ended;
}

/** Without a log there is no run. */
function openLogOf(folder: RunFolder): Log {
  try {
    return openLog(folder.dir);
  } catch (error) {
    endAll([() => removeIfThere(folder.dir)]);
    throw error;
  }
}

/** Files of the user's that would be replaced are found before the run has a folder. */
async function refuseForeignFiles({ workspace, graph, overwrite }: Prepared): Promise<void> {
  const chosen = graph.tasks.filter(({ outputs }) =>
    outputs.some(({ spec }) => spec?.cacher.placement?.path)
  );
  if (chosen.length === 0) return;
  const { lookups, digests } = await lookupTasks(workspace, graph);
  const { problems } = makePlan(graph, lookups, { overwrite, digests });
  if (problems.length > 0) throw new Error(problems.join("\n"));
}
