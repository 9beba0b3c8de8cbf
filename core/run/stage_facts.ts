/**
 * What the keys of stages take from outside of the graph: their code, environment variables, and declared files.
 *
 * @module
 */
import type { AggregateDescription } from "../define/aggregate.ts";
import type { Experiment } from "../define/experiment.ts";
import type { StageDescription } from "../define/stage.ts";
import { canonicalDigest, type Digest } from "../params/canonical.ts";
import { quote } from "../params/names.ts";
import type { StageFacts, Task } from "../plan/task.ts";
import { type KeptAnalysis, readAnalysis, writeAnalysis } from "../store/code_cache.ts";
import { isRefused } from "../store/disk/disk_error.ts";
import { openInputFiles } from "../store/input_files.ts";
import { changedSince, changedSinceRead } from "../store/sources.ts";
import type { Workspace } from "../store/workspace.ts";
import { codeOfStages } from "./stage_code.ts";

type AnyDescription = StageDescription | AggregateDescription;

/**
 * Facts of stages as they were when they were gathered: a record goes on with those that it began with.
 *
 * @internal
 */
export interface GatheredFacts {
  /** The stages that there are facts of. */
  readonly known: ReadonlySet<AnyDescription>;
  /** The facts of a stage. */
  readonly of: (description: AnyDescription) => StageFacts;
  /** The first file that a task declares and that is another by now. */
  readonly changedFile: (task: Task) => string | undefined;
  /** The first file of their code that is another by now than when it was read. */
  readonly changedCode: () => string | undefined;
  /** What is worth a warning, one line each. */
  readonly warnings: readonly string[];
  /** Keeps what was found out for the next run. */
  readonly save: () => void;
}

/** Where the code of stages is read from. */
export interface StageModule {
  readonly url: string;
  /** Whether the command line loaded it, or a script gave it. */
  readonly by: "experiment-module" | "script-module";
  /** When it began to be loaded, in milliseconds since 1970; undefined where nobody knows. */
  readonly loading?: number;
}

/** Facts of no stage. */
export const NO_FACTS: GatheredFacts = {
  known: new Set(),
  of: ({ kind, name }) => {
    throw new Error(`The facts of ${kind} ${quote(name)} were not gathered`);
  },
  changedFile: () => undefined,
  changedCode: () => undefined,
  warnings: [],
  save: () => {},
};

/**
 * The facts of several records together.
 *
 * @param all The facts of each.
 * @returns The facts of all their stages; the first to know a stage tells.
 */
export function mergedFacts(all: readonly GatheredFacts[]): GatheredFacts {
  const distinct = [...new Set(all)];
  if (distinct.length === 1) return distinct[0]!;
  const knowing = (description: AnyDescription) =>
    distinct.find(({ known }) => known.has(description)) ?? NO_FACTS;
  return {
    known: new Set(distinct.flatMap(({ known }) => [...known])),
    of: (description) => knowing(description).of(description),
    changedFile: (task) => knowing(task.description).changedFile(task),
    changedCode: () => distinct.map(({ changedCode }) => changedCode()).find((file) => file !== undefined),
    warnings: [],
    save: () => {},
  };
}

const loaded = new WeakMap<Experiment, StageModule>();

/**
 * Remembers the module that an experiment was loaded from.
 *
 * @param experiment The experiment.
 * @param url The module's URL.
 * @param loading When it began to be loaded, in milliseconds since 1970.
 */
export function rememberModule(experiment: Experiment, url: string, loading: number): void {
  loaded.set(experiment, { url, by: "experiment-module", loading });
}

/**
 * The module that the stages of an experiment are defined in.
 *
 * @param experiment The experiment.
 * @param given What a script gave.
 * @returns The module; undefined where nobody knows it.
 */
export function moduleOf(experiment: Experiment, given: string | undefined): StageModule | undefined {
  if (given !== undefined) return scriptModule(given);
  return loaded.get(experiment);
}

/**
 * The module that a script gave. All that the main module imports was loaded before anything ran; when others were
 * loaded, nobody knows.
 *
 * @param url Its URL.
 * @returns The module.
 */
export function scriptModule(url: string): StageModule {
  const isMain = url === Deno.mainModule;
  return { url, by: "script-module", ...(isMain ? { loading: performance.timeOrigin } : {}) };
}

/**
 * Gathers the facts of stages. Nothing is written before they are saved.
 *
 * @param workspace Where earlier findings are kept.
 * @param descriptions The stages and aggregates.
 * @param whole Whether they are all stages of an experiment.
 * @param module Where their code is read from; without it the text of `run` counts.
 * @param earlier Facts of earlier stages, which stay as they are.
 * @returns The facts.
 * @throws {Error} If a module can't be read.
 */
export async function gatherFacts(
  workspace: Workspace,
  descriptions: readonly AnyDescription[],
  module: StageModule | undefined,
  whole: boolean,
  earlier: GatheredFacts = NO_FACTS,
): Promise<GatheredFacts> {
  const fresh = new Set(descriptions.filter((description) => !earlier.known.has(description)));
  const files = openInputFiles(workspace.cache);
  const { cache, experiment } = workspace;
  const { url, by = "script-module" } = module ?? {};
  const before = kept.get(workspace) ?? readAnalysis(cache, experiment);
  const code = { module: url, by, stages: [...fresh], whole };
  const found = await codeOfStages({ ...code, kept: before }).catch((error) => {
    // Somebody else may have written what is kept, and it is of no use then. What else is wrong comes again.
    if (before === undefined) throw error;
    return codeOfStages({ ...code, kept: undefined });
  });
  kept.set(workspace, found.kept);
  if (module !== undefined) refuseNewerCode(module, found.files);
  const facts = new Map<AnyDescription, StageFacts>();
  const values = new Map<string, Digest | null>();
  for (const description of fresh) {
    const what = `${description.kind} ${quote(description.name)}`;
    facts.set(description, {
      code: found.codes.get(description)!,
      env: (name) => {
        if (!values.has(name)) values.set(name, envDigest(name, what));
        return values.get(name)!;
      },
      file: (path) => files.digest(path, what),
    });
  }
  return {
    known: new Set([...earlier.known, ...fresh]),
    of: (description) => facts.get(description) ?? earlier.of(description),
    changedFile: (task) =>
      fresh.has(task.description)
        ? task.files.find(({ path }) => files.hasChanged(path))?.path
        : earlier.changedFile(task),
    changedCode: () => changedSinceRead(found.files) ?? earlier.changedCode(),
    warnings: [...new Set([...fresh].flatMap((description) => found.codes.get(description)!.warnings))],
    save: () => {
      unlessRefused(() => files.save());
      if (found.isNew) unlessRefused(() => writeAnalysis(cache, experiment, found.kept));
    },
  };
}

/** What is kept only to be quicker the next time is left out in a cache that may only be read. */
function unlessRefused(keep: () => void): void {
  try {
    keep();
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
}

/** What was analysed in this process, by workspace: a script gathers facts before every stage. */
const kept = new WeakMap<Workspace, KeptAnalysis>();

/** Files that were as they are loaded when they were read. */
const checked = new Set<string>();

/** Code that was changed on disk since it was loaded would make a key that is not that of what runs. */
function refuseNewerCode({ url, loading }: StageModule, files: readonly string[]): void {
  if (loading === undefined) return;
  // What was read while it was still what is loaded stays known as it was, however it is edited meanwhile.
  const changed = changedSince(files.filter((file) => !checked.has(file)), loading);
  if (changed === undefined) {
    for (const file of files) checked.add(file);
    return;
  }
  throw new Error(
    `Cannot follow the code of ${quote(url)}: ${quote(changed)} was changed after it was loaded; start again`,
  );
}

/** The value itself is kept nowhere: it may be a secret. */
function envDigest(name: string, what: string): Digest | null {
  let value: string | undefined;
  try {
    value = Deno.env.get(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Deno.errors.NotCapable(
      `Cannot run ${what}: it declares the environment variable ${
        quote(name)
      }, which takes --allow-env=${name}`,
      { cause: error },
    );
  }
  return value === undefined ? null : canonicalDigest(value);
}
