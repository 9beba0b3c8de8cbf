/**
 * Running an experiment.
 *
 * @module
 */
import type { Experiment } from "../define/experiment.ts";
import type { RunInfo } from "../define/metadata.ts";
import { canonicalDigest } from "../params/canonical.ts";
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
import { type EngineResult, runGraph } from "./engine.ts";
import type { EngineOptions } from "./engine_state.ts";
import { type Counts, countVerdicts, type Emit, type StageReport } from "./events.ts";
import type { Executor } from "./executor.ts";
import { type Log, openLog } from "./log.ts";
import { lookupTasks } from "./lookups.ts";
import { outputsAs } from "./outputs.ts";
import { asSeenBy, followRecords } from "./progress.ts";
import { type ExperimentRecord, knownTasks, type Lineage, reportOf } from "./lineage.ts";
import { refuseWhileLoading } from "./parallel/loading.ts";
import { executorFor, lazyMode, prepare, type Prepared, type RunOptions } from "./run_options.ts";
import { refusing } from "./refusal.ts";
import { makeSlots } from "./slots.ts";
import { storeFull } from "./store_full.ts";

/** What a run came to. */
export interface RunResult extends Counts {
  /** The experiment's name. */
  readonly experiment: string;
  /** `penguins_3_2026-01-31T120000Z`, the run's folder; null for a dry run. */
  readonly reference: string | null;
  /** One a parameter set that was chosen: read its outputs with `valueOf`. */
  readonly records: readonly ExperimentRecord[];
  /** One an aggregate. */
  readonly aggregates: readonly ExperimentRecord[];
  /** What failed: each names experiment, record and stage, and keeps what was thrown as its cause. */
  readonly errors: readonly Error[];
  /** Whether `signal` or `drain` ended it early. */
  readonly interrupted: boolean;
}

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
): Promise<RunResult> {
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
  let told: RunResult;
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
      values: graph.records.map(() => ({})),
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
    const { records, aggregates } = recordsOf(experiment, prepared, result, options);
    const counts = countVerdicts([...records, ...aggregates].flatMap(({ stages }) => stages));
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
        ...describeRecords(records, aggregates, (told) => told),
        errors: errors.map(({ message }) => message),
      });
    });
    emit({ type: "run-finished", reference: document.reference, counts, milliseconds });
    told = { ...document, ...counts, records, aggregates, errors, interrupted };
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
    const ended = endAll(endings(news));
    if (ended !== undefined) throw ended.error;
  });
  return told;
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
  const lookups = await lookupTasks(workspace, graph);
  const { problems } = makePlan(graph, lookups, { overwrite });
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/**
 * The records and aggregates of a run as plain JSON, as `--json` and `run.json` have them.
 *
 * @param result What a run came to.
 * @param explain Adds reasons to what is told of a stage.
 * @returns `records` and `aggregates`.
 */
export function describeResult(
  result: RunResult,
  explain: (told: StageReport) => StageReport = (told) => told,
): Record<string, unknown> {
  const { experiment, reference, executed, reused, failed, skipped, records, aggregates } = result;
  return {
    experiment,
    reference,
    executed,
    reused,
    failed,
    skipped,
    ...describeRecords(records, aggregates, explain),
  };
}

function describeRecords(
  records: readonly ExperimentRecord[],
  aggregates: readonly ExperimentRecord[],
  explain: (told: StageReport) => StageReport,
) {
  return {
    records: records.map(({ name, hash, stages, lineage }) => {
      const { procedure } = lineage.members[0]!;
      return {
        ...(procedure === null ? {} : { procedure }),
        name,
        hash,
        stages: stages.map(explain),
      };
    }),
    aggregates: aggregates.flatMap(({ stages }) => stages.map(explain)),
  };
}

function recordsOf(
  experiment: Experiment,
  { workspace, sets, facts }: Prepared,
  result: EngineResult,
  options: RunOptions,
): { readonly records: ExperimentRecord[]; readonly aggregates: ExperimentRecord[] } {
  const { graph } = result;
  let known: Lineage["known"] | undefined;
  // Only scripts that go on with a record ever ask for what is known: not before, then.
  const lineageOf = (rest: Pick<Lineage, "members" | "aggregate" | "missing">): Lineage => ({
    hash: experiment.hash,
    outputAs: outputsAs(lazyMode(options)),
    facts,
    get known() {
      return known ??= knownTasks(graph, result);
    },
    ...rest,
  });
  const bySet = new Map(sets.map((set) => [set.index, set]));
  const stagesOf = new Map(experiment.procedures.map(({ name, stages }) => [name, stages]));
  const members = graph.records.map(({ index, procedure, steps }) => ({
    set: bySet.get(index)!,
    index,
    procedure,
    stages: stagesOf.get(procedure)!.slice(0, steps.length),
    values: {},
    digests: {},
  }));
  const report = (task: number, stage: string, record: number | null) => {
    const outcome = result.outcome(task);
    const whole = reportOf(graph, task, stage, outcome);
    return { ...whole, ...asSeenBy(graph, task, record, whole) };
  };
  const records = graph.records.map(({ index, name, params, hash, steps }, i): ExperimentRecord => {
    const lineage = lineageOf({ members: [members[i]!], aggregate: null });
    const stages = steps.map(({ stage, task }) => report(task, stage, i));
    return { workspace, name, params, hash, index, stages, lineage };
  });
  const aggregates = graph.aggregates.map((task, i): ExperimentRecord => {
    const { description: { name }, missing } = graph.tasks[task]!;
    const aggregate = experiment.aggregates.find(({ description }) => description.name === name)!;
    const lineage = lineageOf({ members, aggregate, missing });
    const hash = canonicalDigest(members.map(({ set }) => set.hash));
    return { workspace, name, params: {}, hash, index: i, stages: [report(task, name, null)], lineage };
  });
  return { records, aggregates };
}
