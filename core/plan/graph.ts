/**
 * The task graph: which work there is, for which records, with which keys. Known before anything runs.
 *
 * @module
 */
import type { AggregateDescription, AnyAggregate } from "../define/aggregate.ts";
import type { AnyOutput } from "../define/output.ts";
import { checkPaths } from "../define/stage_options.ts";
import { isTransient } from "../define/output.ts";
import { pickParams } from "../define/description.ts";
import type { AnyStage, StageDescription } from "../define/stage.ts";
import type { Digest } from "../params/canonical.ts";
import { copyOf } from "../params/copy.ts";
import { quote } from "../params/names.ts";
import {
  hashedParams,
  type HashOptions,
  type ParameterSet,
  type Params,
  paramsHash,
} from "../params/sets.ts";
import { artifactName } from "../define/at.ts";
import { artifactSpec, exactPath } from "../store/place.ts";
import { resolve } from "@std/path";
import { checkStages } from "./check_stages.ts";
import { textCode } from "./code/text_code.ts";
import { type Keyed, recipeKeyOf, stageKeyPart } from "./keys.ts";
import type {
  FactsOf,
  Graph,
  PlannedRecord,
  Source,
  StageFacts,
  StageKeyPart,
  Task,
  TaskOutput,
  TaskState,
} from "./task.ts";

/** What a graph is made from. */
export interface GraphInput {
  readonly experiment: string;
  readonly prefix: string;
  /** The cache's folder, for paths that contain it. */
  readonly cache: string;
  readonly hash: HashOptions;
  readonly procedures: readonly {
    readonly name: string | null;
    readonly stages: readonly AnyStage[];
    readonly records: readonly RecordInput[];
  }[];
  readonly aggregates: readonly AnyAggregate[];
  /** The stage or aggregate to end with. */
  readonly until?: string | undefined;
  /** What an output counts as: where all are to be lazy, or none. */
  readonly outputAs?: (output: AnyOutput) => AnyOutput;
  /** What else enters the keys; without it the text of the code, and neither files nor environment variables. */
  readonly factsOf?: FactsOf;
  /** The records that the aggregates do without, since they failed: by their places. */
  readonly missing?: readonly number[];
}

/** The facts of a stage of which nothing was gathered. */
function plainFacts(description: StageDescription | AggregateDescription): StageFacts {
  return {
    code: textCode(description),
    env: () => null,
    file: (path) => {
      throw new Error(`Cannot read ${quote(path)} for ${description.kind} ${quote(description.name)}`);
    },
  };
}

/** A record to be: its parameter set, and the digests of the values that it starts with. */
export interface RecordInput extends ParameterSet {
  readonly values?: Readonly<Record<string, Digest>>;
  readonly index?: number;
}

/**
 * Makes the task graph of an experiment.
 *
 * @param input The stages, records and aggregates.
 * @returns The graph.
 * @throws {TypeError} If a stage's input is produced by none before it, two stages bear one name or produce one
 * output, `until` names none, an aggregate has no record, or two recipes want one path.
 * @throws {Error} If a file that a stage declares is missing.
 */
export function makeGraph(input: GraphInput): Graph {
  const { procedures, aggregates } = untilStage(input);
  const build = startBuild(input);
  for (const procedure of procedures) {
    // Of thousands of records, nearly all start with the same values: with none.
    const starts = new Set(procedure.records.map(({ values = {} }) => JSON.stringify(Object.keys(values))));
    if (starts.size === 0) starts.add("[]");
    for (const names of starts) checkStages(procedure, JSON.parse(names));
    for (const record of procedure.records) addRecord(build, procedure.name, procedure.stages, record);
  }
  const names = new Set(procedures.flatMap(({ stages }) => stages.map((stage) => stage.description.name)));
  const aggregateTasks = aggregates.map((aggregate) => addAggregate(build, aggregate, names));
  const { tasks, records } = build;
  refuseSharedPaths(input, tasks);
  return {
    experiment: input.experiment,
    records,
    tasks,
    aggregates: aggregateTasks,
    finals: finalTasks(tasks, input.until),
  };
}

/** The stages up to the one to end with, and the aggregates where that is one of them, or none is named. */
function untilStage(input: GraphInput): Pick<GraphInput, "procedures" | "aggregates"> {
  const { until, procedures, aggregates } = input;
  if (until === undefined) return input;
  const aggregate = aggregates.find(({ description }) => description.name === until);
  if (aggregate !== undefined) return { procedures, aggregates: [aggregate] };
  const cut = procedures.flatMap((procedure) => {
    const at = procedure.stages.findIndex(({ description }) => description.name === until);
    return at === -1 ? [] : [{ ...procedure, stages: procedure.stages.slice(0, at + 1) }];
  });
  if (cut.length > 0) return { procedures: cut, aggregates: [] };
  const names = [...procedures.flatMap(({ stages }) => stages), ...aggregates].map(({ description }) =>
    quote(description.name)
  );
  throw new TypeError(
    `Cannot run until ${quote(until)}: there is no such stage; there are ${[...new Set(names)].join(", ")}`,
  );
}

/** What is the same in all tasks of a stage. */
interface StageParts {
  readonly outputs: readonly (readonly [name: string, output: AnyOutput])[];
  readonly key: StageKeyPart;
}

interface Build {
  readonly input: GraphInput;
  readonly tasks: Task[];
  readonly records: PlannedRecord[];
  /** For each record, who produces what. */
  readonly produced: Map<string, Source>[];
  /** Tasks by recipe key: records that share it share the task. */
  readonly known: Map<string, number>;
  readonly stages: Map<object, StageParts>;
}

function startBuild(input: GraphInput): Build {
  return { input, tasks: [], records: [], produced: [], known: new Map(), stages: new Map() };
}

function stageParts(build: Build, description: StageDescription | AggregateDescription): StageParts {
  let parts = build.stages.get(description);
  if (parts === undefined) {
    const { outputAs: as = (output) => output, factsOf = plainFacts } = build.input;
    const outputs = Object.entries(description.outputs).map(([name, output]) => [name, as(output)] as const);
    const key = stageKeyPart(description, Object.fromEntries(outputs), factsOf(description));
    parts = { outputs, key };
    build.stages.set(description, parts);
  }
  return parts;
}

function addRecord(
  build: Build,
  procedure: string | null,
  stages: readonly AnyStage[],
  input: RecordInput,
): void {
  const position = build.records.length;
  const values = input.values ?? NO_VALUES;
  const produced = new Map<string, Source>(
    Object.entries(values).map(([name, digest]) => [name, { kind: "value", record: position, digest }]),
  );
  const steps = stages.map(({ description }) => {
    const names = inputsOf(description, produced);
    const state = taskState(build, position, description, input, names, produced);
    const task = addTask(build, description, [state], position);
    for (const [name] of stageParts(build, description).outputs) {
      produced.set(name, { kind: "output", task, output: name });
    }
    return { stage: description.name, task };
  });
  const { name, params, hash, index = position } = input;
  build.records.push({ index, procedure, name, params, hash, values, steps });
  build.produced.push(produced);
}

/** Those that it needs, and those of the others that are there. */
function inputsOf(
  { inputs, optional }: StageDescription | AggregateDescription,
  produced: ReadonlyMap<string, Source>,
): readonly string[] {
  return optional.length === 0 ? inputs : [...inputs, ...optional.filter((name) => produced.has(name))];
}

function taskState(
  build: Build,
  record: number,
  description: StageDescription | AggregateDescription,
  { params, hash: whole }: Pick<RecordInput, "params" | "hash">,
  names: readonly string[],
  produced: ReadonlyMap<string, Source>,
): TaskState {
  const picked = paramsOf(description, params);
  const { hash } = build.input;
  return {
    record,
    params: picked,
    hashedParams: hashedParams(picked, hash),
    paramsHash: takesAll(description, params) ? whole : paramsHash(params, hash, description.params),
    inputs: names.map((name) => ({ name, source: produced.get(name)! })),
  };
}

/** Whether all of a record's parameters reach a stage: then the hash of all is that of those. */
function takesAll({ params: names }: StageDescription | AggregateDescription, params: Params): boolean {
  return names === undefined || Object.keys(params).every((name) => names.includes(name));
}

/** One object for as many tasks as can share it. */
function paramsOf({ params: names }: StageDescription | AggregateDescription, params: Params): Params {
  if (names === undefined && !Object.hasOwn(params, "name")) return params;
  return names?.length === 0 ? NO_PARAMS : pickParams(params, names);
}

function addAggregate(build: Build, { description }: AnyAggregate, stages: ReadonlySet<string>): number {
  const of = `aggregate ${quote(description.name)}`;
  if (stages.has(description.name)) {
    throw new TypeError(`Cannot use ${of}: a stage bears that name too; rename one`);
  }
  if (build.tasks.some((task) => task.owner === null && task.description.name === description.name)) {
    throw new TypeError(`Cannot use ${of} twice; rename one, or leave it out`);
  }
  const states = build.records.flatMap((record, i) => {
    const produced = build.produced[i]!;
    if (build.input.missing?.includes(i)) return [];
    if (!description.inputs.every((name) => produced.has(name))) return [];
    const names = inputsOf(description, produced);
    return [taskState(build, i, description, record, names, produced)];
  });
  if (states.length === 0) {
    const inputs = description.inputs.map(quote).join(", ");
    throw new TypeError(
      build.records.length === 0
        ? `Cannot use ${of}: there are no records`
        : `Cannot use ${of}: no record produces its inputs ${inputs}`,
    );
  }
  return addTask(build, description, states, null);
}

function addTask(
  build: Build,
  description: StageDescription | AggregateDescription,
  states: readonly TaskState[],
  owner: number | null,
): number {
  const { input, tasks } = build;
  const { outputs, key } = stageParts(build, description);
  const files = declaredFiles(build, description, states);
  const missing = owner === null ? build.input.missing ?? NONE : NONE;
  const keyed: Keyed = { key, states, owner, files, missing };
  const recipeKey = recipeKeyOf(keyed, {
    recipeKeyAt: (task) => tasks[task]!.recipeKey,
    nameOf: (record) => build.records[record]!.name,
  });
  const index = tasks.length;
  const params = owner === null ? {} : states[0]!.params;
  const taskOutputs = outputs.map(([name, output]): TaskOutput => {
    const spec = isTransient(output) ? undefined : artifactSpec({
      experiment: input.experiment,
      prefix: input.prefix,
      stage: description.name,
      output: name,
      recipeKey,
      params,
      cacher: output,
      timeout: description.timeout,
    });
    return { name, spec, lazy: output.lazy };
  });
  const twin = build.known.get(recipeKey);
  if (twin !== undefined) {
    refuseOtherPlaces(tasks[twin]!, taskOutputs);
    return twin;
  }
  build.known.set(recipeKey, index);
  // Field by field: to V8 an object that is put together of others is larger.
  tasks.push({
    index,
    description,
    key,
    recipeKey,
    states,
    outputs: taskOutputs,
    owner,
    producers: producersOf(states),
    files,
    missing,
  });
  return index;
}

function producersOf(states: readonly TaskState[]): readonly number[] {
  const producers = new Set<number>();
  for (const { inputs } of states) {
    for (const { source } of inputs) if (source.kind === "output") producers.add(source.task);
  }
  return producers.size === 0 ? NONE : [...producers];
}

/** One for all tasks: there may be a great many. */
const NONE: readonly never[] = [];
const NO_PARAMS: Params = {};

/** What the records of an experiment start with. */
export const NO_VALUES: PlannedRecord["values"] = {};

/** The files that a stage declares, in order; a function of the parameters is given those that reach the stage. */
function declaredFiles(
  build: Build,
  description: StageDescription | AggregateDescription,
  states: readonly TaskState[],
): Task["files"] {
  const { kind, name, files } = description;
  if (files === undefined) return NONE;
  const paths = typeof files === "function" ? files(copyOf(states[0]!.params)) : files;
  const { file } = (build.input.factsOf ?? plainFacts)(description);
  return checkPaths("files", paths, `${kind} ${quote(name)}`).map((path) => ({ path, digest: file(path) }));
}

/**
 * An aggregate over those records whose inputs are there, where others failed. It has a key of its own, which says
 * which records are missing.
 *
 * @param graph The graph.
 * @param task The aggregate's task.
 * @param missing The records that are to be left out.
 * @returns The task in its place; undefined where none is left.
 */
export function withoutRecords(graph: Graph, task: Task, missing: ReadonlySet<number>): Task | undefined {
  const states = task.states.filter(({ record }) => !missing.has(record));
  if (states.length === 0) return undefined;
  const keyed = { ...task, states, missing: [...missing].sort((a, b) => a - b) };
  const recipeKey = recipeKeyOf(keyed, {
    recipeKeyAt: (index) => graph.tasks[index]!.recipeKey,
    nameOf: (record) => graph.records[record]!.name,
  });
  const outputs = task.outputs.map((output) =>
    output.spec === undefined ? output : { ...output, spec: artifactSpec({ ...output.spec, recipeKey }) }
  );
  return { ...keyed, recipeKey, outputs, producers: producersOf(states) };
}

/** One recipe is run once, and what comes of it lies at one place. */
function refuseOtherPlaces(task: Task, outputs: readonly TaskOutput[]): void {
  const placements = (of: readonly TaskOutput[]) =>
    JSON.stringify(of.map(({ spec }) => spec?.cacher.placement ?? null));
  if (placements(task.outputs) === placements(outputs)) return;
  throw new TypeError(
    `Cannot use two stages ${
      quote(task.description.name)
    } that are alike but for where their outputs lie: give one ` +
      "another name or a version of its own",
  );
}

function finalTasks(tasks: readonly Task[], until: string | undefined): ReadonlySet<number> {
  if (until !== undefined) {
    return new Set(tasks.filter(({ description }) => description.name === until).map(({ index }) => index));
  }
  const used = new Set(tasks.flatMap(({ producers }) => producers));
  return new Set(tasks.filter(({ index }) => !used.has(index)).map(({ index }) => index));
}

/** At a path that the user chose there is room for one recipe. */
function refuseSharedPaths(input: GraphInput, tasks: readonly Task[]): void {
  const taken = new Map<string, { task: Task; output: string }>();
  for (const task of tasks) {
    for (const { name, spec } of task.outputs) {
      const exact = spec && exactPath(spec, input.cache);
      if (exact === undefined) continue;
      const { dir, base } = artifactName(exact, spec!.cacher.extension);
      const place = resolve(dir, base).toLowerCase(); // its metadata lies beside it, under its name without extension
      const twin = taken.get(place);
      if (twin === undefined) {
        taken.set(place, { task, output: name });
        continue;
      }
      throw new TypeError(
        `Cannot place output ${quote(name)} of stage ${quote(task.description.name)} at ${
          quote(exact)
        }: output ` +
          `${quote(twin.output)} of stage ${
            quote(twin.task.description.name)
          } lies there too, made by another recipe; ` +
          "put what differs between them in the path, as in {params.seed} or {key}",
      );
    }
  }
}
