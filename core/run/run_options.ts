/**
 * What a run of an experiment can be told: the flags of the command line, in camelCase.
 *
 * @module
 */
import type { Experiment } from "../define/experiment.ts";
import { quote } from "../params/names.ts";
import { isPlainObject, sortOf } from "../params/paths.ts";
import { makeGraph } from "../plan/graph.ts";
import type { Graph } from "../plan/task.ts";
import { refuseLinks } from "../store/symbolic_links.ts";
import type { ArtifactSpec } from "../store/place.ts";
import { openWorkspace, type Workspace } from "../store/workspace.ts";
import { refuseLongNames } from "../store/name_length.ts";
import { chooseSets, type ChosenSet, type SetOptions } from "./experiment_sets.ts";
import { type Executor, inlineExecutor } from "./executor.ts";
import type { RunEvent } from "./events.ts";
import { type LazyMode, outputsAs } from "./outputs.ts";
import { type GatheredFacts, gatherFacts, moduleOf } from "./stage_facts.ts";

/** Options of `runExperiment` and `planExperiment`. */
export interface RunOptions extends SetOptions {
  /** The workspace; `data` where it is left out. */
  readonly dir?: string;
  /** A cache elsewhere, in place of `<dir>/cache`. */
  readonly cache?: string;
  /** What file names begin with, in place of the experiment's name. */
  readonly prefix?: string;
  /** The module that the stages are defined in: `import.meta.url`. The command line knows it by itself. */
  readonly module?: string;
  /** Keep every tracked artifact, made or re-used, in the run's folder. */
  readonly storeFull?: boolean;
  /** Run, but write nothing at all in the workspace. */
  readonly dry?: boolean;
  /** Write nothing to the cache. */
  readonly dryCache?: boolean;
  /** Freeze what stages read, and hand on what their cachers load. */
  readonly strict?: boolean;
  /** Run every stage, whatever is in the cache. */
  readonly overwrite?: boolean;
  /** Run these stages, whatever is in the cache; what follows runs where its inputs changed. */
  readonly overwriteStages?: readonly string[];
  /** The stage or aggregate to end with. */
  readonly until?: string;
  /** Make every output lazy. */
  readonly lazy?: boolean;
  /** Make no output lazy, but those that hand on a handle. */
  readonly ignoreLazy?: boolean;
  /** Kept with the run and in the metadata of what it makes. */
  readonly notes?: string;
  /** After a failure, run all that does not depend on it; else what is under way ends, and nothing new starts. */
  readonly keepGoing?: boolean;
  /** How many stages run at a time; 4 where it is left out. */
  readonly concurrency?: number;
  /**
   * Run that many stages at a time, each in a process of its own: see {@linkcode parallelExecutor}. The module that
   * `module` names, or that the command line loaded, has to export the experiment.
   */
  readonly parallel?: number;
  /** More flags of `deno run` for those processes: `--allow-net=example.org`, `--v8-flags=...`. */
  readonly workerFlags?: readonly string[];
  /** When it fires, stages are told to stop, and nothing new starts. */
  readonly signal?: AbortSignal;
  /** When it fires, nothing new starts; what is under way ends and is saved. */
  readonly drain?: AbortSignal;
  /** Takes each event of the run. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Who runs the stages; this process where it is left out. */
  readonly executor?: Executor;
  /** Takes each warning where no `onEvent` does; standard error where it is left out. */
  readonly warn?: (message: string) => void;
}

/** An experiment made ready: its workspace and its task graph. Nothing was written. */
export interface Prepared {
  readonly workspace: Workspace;
  readonly graph: Graph;
  readonly sets: readonly ChosenSet[];
  readonly overwrite: "all" | ReadonlySet<string>;
  readonly facts: GatheredFacts;
}

/**
 * Checks the options, chooses the records, and makes the task graph.
 *
 * @param experiment The experiment.
 * @param options The options.
 * @returns What a plan and a run need.
 * @throws {TypeError} If anything of the experiment, its parameters or the options can't be used.
 */
export async function prepare(experiment: Experiment, options: RunOptions): Promise<Prepared> {
  if (experiment?.kind !== "experiment") {
    throw new TypeError(`Cannot run ${sortOf(experiment)}: an experiment is what defineExperiment returns`);
  }
  checkOptions(options);
  const workspace = openWorkspace({
    experiment: experiment.name,
    ...(options.dir === undefined ? {} : { dir: options.dir }),
    ...(options.cache === undefined ? {} : { cache: options.cache }),
    ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
    ...(options.module === undefined ? {} : { module: options.module }),
    ...(options.warn === undefined ? {} : { warn: options.warn }),
    dry: options.dry ?? false,
    dryCache: options.dryCache ?? false,
    strict: options.strict ?? false,
  });
  checkOverwriteStages(experiment, options.overwriteStages ?? []);
  const chosen = await chooseSets(experiment, options);
  const stages = [...experiment.procedures.flatMap(({ stages }) => stages), ...experiment.aggregates];
  refuseLinks(workspace, stages);
  const module = moduleOf(experiment, options.module);
  const facts = await gatherFacts(workspace, stages.map(({ description }) => description), module, true);
  const graph = makeGraph({
    experiment: experiment.name,
    prefix: workspace.prefix,
    cache: workspace.cache,
    hash: experiment.hash,
    procedures: experiment.procedures.map(({ name, stages }, i) => ({ name, stages, records: chosen[i]! })),
    aggregates: experiment.aggregates,
    until: options.until,
    outputAs: outputsAs(lazyMode(options)),
    factsOf: facts.of,
  });
  refuseLongNames(workspace.cache, specsOf(graph));
  const overwrite = options.overwrite ? "all" : new Set(options.overwriteStages);
  return { workspace, graph, sets: chosen.flat(), overwrite, facts };
}

/**
 * Who runs the stages. Nothing is started.
 *
 * @param experiment The experiment.
 * @param options The options.
 * @returns The executor.
 * @throws {TypeError} If stages are to run in parallel, and nobody knows the module that defines them.
 * @throws {Deno.errors.NotCapable} If this process may not start workers, or one would be allowed more than it is.
 */
export async function executorFor(experiment: Experiment, options: RunOptions): Promise<Executor> {
  const { parallel, workerFlags = [], executor = inlineExecutor() } = options;
  if (parallel === undefined) return executor;
  const module = moduleOf(experiment, options.module)?.url;
  if (module === undefined) {
    throw new TypeError(
      'Cannot run in parallel without "module": workers load the experiment from there; give import.meta.url',
    );
  }
  const { parallelExecutor } = await import("./parallel/parallel_executor.ts");
  return parallelExecutor({ workers: parallel, module, flags: workerFlags });
}

/**
 * The artifacts of a graph.
 *
 * @param graph The graph.
 * @returns One for each output that is cached.
 */
export function* specsOf({ tasks }: Graph): Generator<ArtifactSpec> {
  for (const { outputs } of tasks) {
    for (const { spec } of outputs) if (spec !== undefined) yield spec;
  }
}

/**
 * Which outputs the options make lazy.
 *
 * @param options The options.
 * @returns The mode.
 */
export function lazyMode(options: RunOptions): LazyMode {
  return options.lazy ? "all" : options.ignoreLazy ? "none" : "declared";
}

// deno-fmt-ignore -- a list to read
const KNOWN = new Set([
  "dir", "cache", "prefix", "storeFull", "dry", "dryCache", "overwrite", "overwriteStages", "until", "lazy",
  "ignoreLazy", "notes", "module", "strict", "keepGoing", "concurrency", "parallel", "workerFlags", "signal", "drain", "onEvent", "executor", "warn", "params", "set",
  "names", "indices",
]);

function checkOptions(options: RunOptions): void {
  const unknown = Object.keys(options).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot run with the option ${quote(unknown)}: there is none; there are ${[...KNOWN].join(", ")}`,
    );
  }
  const { concurrency, parallel, overwriteStages } = options;
  for (const [what, count] of Object.entries({ "a concurrency of": concurrency, "parallel": parallel })) {
    if (count !== undefined && !(Number.isInteger(count) && count >= 1)) {
      throw new RangeError(`Cannot run with ${what} ${quote(count)}: it is a whole number from 1`);
    }
  }
  const { names, workerFlags } = options;
  for (const [name, list] of Object.entries({ overwriteStages, names, workerFlags })) {
    if (list !== undefined && !Array.isArray(list)) {
      const what = name === "workerFlags" ? "flags" : "names";
      throw new TypeError(
        `Cannot run with ${quote(name)} as it is: it is a list of ${what}, found ${sortOf(list)}`,
      );
    }
  }
  if (workerFlags !== undefined && options.parallel === undefined) {
    throw new TypeError('Cannot run with "workerFlags" alone: there are no workers without "parallel"');
  }
  checkTypes(options);
  const pairs = [
    ["lazy", "ignoreLazy"],
    ["dry", "storeFull"],
    ["parallel", "concurrency"],
    ["parallel", "executor"],
  ] as const;
  for (const [one, other] of pairs) {
    if (options[one] && options[other]) {
      throw new TypeError(`Cannot run with both ${quote(one)} and ${quote(other)}: choose one`);
    }
  }
}

const TYPES = {
  boolean: ["storeFull", "keepGoing", "dry", "dryCache", "strict", "overwrite", "lazy", "ignoreLazy"],
  string: ["notes", "until"],
  function: ["onEvent", "warn"],
} as const;

function checkTypes(options: RunOptions): void {
  for (const [type, names] of Object.entries(TYPES)) {
    for (const name of names) {
      const value = options[name];
      if (value === undefined || typeof value === type) continue;
      throw new TypeError(`Cannot run with ${quote(name)} as it is: it is a ${type}, found ${sortOf(value)}`);
    }
  }
  if (options.set !== undefined && !isPlainObject(options.set)) {
    throw new TypeError(`Cannot run with "set" as it is: it is a plain object, found ${sortOf(options.set)}`);
  }
  for (const name of ["names", "indices"] as const) {
    if (Array.isArray(options[name]) && options[name].length === 0) {
      throw new TypeError(
        `Cannot run with ${quote(name)} as it is: it chooses nothing; leave it out to run all`,
      );
    }
  }
}

function checkOverwriteStages(experiment: Experiment, names: readonly string[]): void {
  const known = [...experiment.procedures.flatMap(({ stages }) => stages), ...experiment.aggregates]
    .map(({ description }) => description.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new TypeError(
      `Cannot overwrite stage ${quote(name)}: there is no such stage; there are ${
        [...new Set(known)].map(quote).join(", ")
      }`,
    );
  }
}
