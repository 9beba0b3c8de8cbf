/**
 * What the runner knows while it runs.
 *
 * @module
 */
import type { RunInfo } from "../define/metadata.ts";
import type { Digest } from "../params/canonical.ts";
import type { Graph, Source, Task, TaskOutput } from "../plan/task.ts";
import type { Plan } from "../plan/plan.ts";
import type { TaskLookups } from "../plan/staleness.ts";
import type { Ancestors } from "../store/ancestors.ts";
import type { ContentIndex } from "../store/content_index.ts";
import { placeOf as placeOfArtifact } from "../store/lookup.ts";
import type { Place } from "../store/place.ts";
import type { Workspace } from "../store/workspace.ts";
import type { Emit, StageName, Verdict } from "./events.ts";
import type { Executor } from "./executor.ts";
import type { Slots } from "./slots.ts";

/** What became of a task. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly milliseconds: number;
  readonly error?: Error;
  /** The content digests of what it cached, by output. */
  readonly digests: ReadonlyMap<string, Digest>;
  /** Where that lies: made when it is asked for. */
  readonly placeOf: (output: string) => Place | undefined;
  readonly contentKey: Digest | null;
  /** The content digests of all that it was made from. */
  readonly ancestors: Ancestors;
}

/** Values in memory, and what stands for them in the keys of what is made from them. */
export interface Held {
  /** By output; a promise while the value is being loaded. */
  readonly values: Map<string, unknown>;
  /** The content key of the task. */
  readonly contentKey: Digest | null;
  /** The content digests of all that it was made from. */
  readonly ancestors: Ancestors;
}

/** What an engine works with. */
export interface EngineOptions {
  readonly workspace: Workspace;
  readonly graph: Graph;
  readonly executor: Executor;
  readonly slots: Slots;
  readonly emit: Emit;
  /** The values that each record starts with. */
  readonly values: readonly Readonly<Record<string, unknown>>[];
  /** The run, for the metadata; asked for when something is first executed. */
  readonly runInfo: () => Promise<RunInfo>;
  readonly overwrite: "all" | ReadonlySet<string>;
  /** Nothing new starts once it has fired; stages get it as their own. */
  readonly signal: AbortSignal;
  /** Nothing new starts once it has fired; what is under way goes on. */
  readonly drain: AbortSignal;
  /** Values that are in memory from before, by task. */
  readonly held?: ReadonlyMap<number, Held>;
  /** Tasks whose values are wanted in memory, and why. */
  readonly wanted?: ReadonlyMap<number, string>;
  /** Tasks whose artifacts are known not to be usable, and why. */
  readonly known?: ReadonlyMap<number, string>;
  /** Whether values stay in memory after their last use: a script may yet ask for them. */
  readonly keepValues: boolean;
  /** Whether all runs that does not depend on a failure; else nothing new starts after one. */
  readonly keepGoing: boolean;
  /** The first file that a task declares and that is another by now than its key says. */
  readonly changedFile: (task: Task) => string | undefined;
  /** The first file of the code that the keys know that is another by now. */
  readonly changedCode: () => string | undefined;
}

/** What decides whether a task has to run. */
export interface KeyFacts {
  /** The content digests of all ancestors. */
  readonly ancestors: Ancestors;
  readonly contentKey: Digest;
}

/** The runner's state. */
export interface Engine extends Omit<EngineOptions, "graph"> {
  /** An aggregate that does without some records takes the place of the one that was planned. */
  graph: Graph;
  plan: Plan;
  /** What was found of each task's outputs, newest. */
  lookups: TaskLookups[];
  /** The content digests of all artifacts that are there by now, by the names that ancestors have. */
  digests: Map<string, Digest>;
  /** What became of each task so far. */
  readonly outcomes: Map<number, Outcome>;
  /** What is on its way to an outcome. */
  readonly settling: Map<number, Promise<Outcome>>;
  readonly memory: Map<number, Held>;
  /** Which tasks may yet want the values of a task. */
  readers: Map<number, Set<number>>;
  /** Who reads from a task; made when it is first asked for. */
  consumers?: ReadonlyMap<number, readonly { readonly consumer: number }[]>;
  /** Tasks whose artifacts turned out not to be usable, and why. */
  readonly distrusted: Map<number, string>;
  /** How often an artifact of a task could not be loaded. */
  readonly misses: Map<number, number>;
  /** Which content lies under which recipes. */
  readonly content: ContentIndex;
  /** Which task is about to compute some content: others that come to the same wait for it. */
  readonly making: Map<Digest, number>;
  /** Which task failed to compute some content: others that come to the same need not try. */
  readonly failures: Map<Digest, number>;
  /** What the inputs of tasks come to, and what that follows from. */
  readonly facts: WeakMap<Task, { readonly basis: readonly unknown[]; readonly facts: KeyFacts }>;
  /** Under which recipe some content was computed in this run. */
  readonly made: Map<Digest, Digest>;
  /** When the run began, in milliseconds since 1970. */
  readonly now: number;
  /** Lets others have a turn: awaited before each stage. */
  readonly turn: () => Promise<void> | undefined;
  /** Called after each stage, with how long it took in milliseconds: see {@linkcode makeCollector}. */
  readonly collect: (spent: number) => void;
  readonly warned: Set<string>;
  /** Why nothing new starts. */
  stopped: string | undefined;
  /** Whether something turned out otherwise than the plan had it. */
  surprised: boolean;
  /** Whether this is no longer the first plan: what was to be overwritten has been. */
  isReplanned: boolean;
}

/**
 * Why nothing new starts.
 *
 * @param engine The engine.
 * @returns The reason; undefined where work goes on.
 */
export function stopReason(engine: Engine): string | undefined {
  if (engine.signal.aborted || engine.drain.aborted) engine.stopped ??= "interrupted";
  return engine.stopped;
}

/** The reason of a stage that nothing wanted. */
export const UNNEEDED = "not needed";

/**
 * Whether a task was left alone since nothing wanted it.
 *
 * @param outcome What became of it.
 * @returns Whether it may yet run, if something wants it after all.
 */
export function isUnneeded({ verdict, reason }: Outcome): boolean {
  return verdict === "skipped" && reason === UNNEEDED;
}

/**
 * An outcome of a task that was not run, or whose run came to nothing.
 *
 * @param verdict Whether it failed.
 * @param reason Why.
 * @param error What was thrown.
 * @returns The outcome.
 */
export function withoutArtifacts(verdict: "skipped" | "failed", reason: string, error?: Error): Outcome {
  return {
    verdict,
    reason,
    milliseconds: 0,
    digests: new Map(),
    placeOf: () => undefined,
    contentKey: null,
    ancestors: [],
    ...(error === undefined ? {} : { error }),
  };
}

/**
 * The outcome of a task whose artifacts are there.
 *
 * @param engine The engine.
 * @param index The task.
 * @param reason Why it is reused.
 * @returns The outcome.
 */
export function reusedOutcome(engine: Engine, index: number, reason: string): Outcome {
  const digests = new Map<string, Digest>();
  const held = engine.memory.get(index);
  let contentKey = held?.contentKey ?? null;
  let ancestors = held?.ancestors ?? [];
  const { workspace } = engine;
  const lookups = engine.lookups[index]!;
  const { outputs } = taskAt(engine, index);
  for (const [i, found] of lookups.entries()) {
    if (found?.state !== "found") continue;
    digests.set(outputs[i]!.name, found.digest);
    contentKey = found.contentKey ?? contentKey;
    ancestors = found.ancestors;
  }
  const placeOf = (output: string) => {
    const i = outputs.findIndex(({ name }) => name === output);
    const [spec, found] = [outputs[i]?.spec, lookups[i]];
    return spec !== undefined && found?.state === "found"
      ? placeOfArtifact(workspace, spec, found.where)
      : undefined;
  };
  return { verdict: "reused", reason, milliseconds: 0, digests, placeOf, contentKey, ancestors };
}

/**
 * What became of a task; where it has not come to it, what the plan says of it.
 *
 * @param engine The engine.
 * @param index The task.
 * @returns The outcome.
 */
export function outcomeOf(engine: Engine, index: number): Outcome {
  const outcome = engine.outcomes.get(index);
  if (outcome !== undefined) return outcome;
  const { verdict, reason } = verdictOf(engine, index);
  return verdict === "reused" ? reusedOutcome(engine, index, reason) : withoutArtifacts("skipped", reason);
}

/**
 * The verdict of {@linkcode outcomeOf} alone: of thousands of tasks, nobody wants to know more.
 *
 * @param engine The engine.
 * @param index The task.
 * @returns What became of it, and why.
 */
export function verdictOf(engine: Engine, index: number): Pick<Outcome, "verdict" | "reason"> {
  const outcome = engine.outcomes.get(index);
  if (outcome !== undefined) return outcome;
  const { verdict, reason } = engine.plan.tasks[index]!;
  if (verdict === "reuse") return { verdict: "reused", reason };
  return { verdict: "skipped", reason: verdict === "skipped" ? reason : `not started: ${engine.stopped}` };
}

/**
 * Whether the plan left a task open: it has to be settled.
 *
 * @param engine The engine.
 * @param index The task.
 * @returns Whether it is more than to be found where it is.
 */
export function isOpen(engine: Engine, index: number): boolean {
  const { verdict, isLinked } = engine.plan.tasks[index]!;
  return verdict === "execute" || verdict === "pending" || isLinked;
}

/**
 * Whether what was made of these ancestors still belongs to what is there by now.
 *
 * @param engine The engine.
 * @param ancestors The content digests of what something was made from.
 * @returns Whether none of those that are there is another by now.
 */
export function isCurrent(engine: Engine, ancestors: Ancestors): boolean {
  for (let i = 0; i < ancestors.length; i += 2) {
    const digest = engine.digests.get(ancestors[i]!);
    if (digest !== undefined && digest !== ancestors[i + 1]) return false;
  }
  return true;
}

/**
 * A task by its index.
 *
 * @param engine The engine.
 * @param index The index.
 * @returns The task.
 */
export function taskAt(engine: Engine, index: number): Task {
  return engine.graph.tasks[index]!;
}

/**
 * The output that an input comes from.
 *
 * @param engine The engine.
 * @param source Where the input comes from.
 * @returns The output.
 */
export function outputAt(engine: Engine, source: Source & { kind: "output" }): TaskOutput {
  return taskAt(engine, source.task).outputs.find(({ name }) => name === source.output)!;
}

/**
 * The names of a task, as events have them.
 *
 * @param graph The graph.
 * @param index The task.
 * @returns The procedure, the first record, and the stage.
 */
export function stageName(graph: Graph, index: number): StageName {
  const { description, owner } = graph.tasks[index]!;
  const record = owner === null ? undefined : graph.records[owner]!;
  return { procedure: record?.procedure ?? null, record: record?.name ?? null, stage: description.name };
}

/**
 * Tells a warning, once.
 *
 * @param engine The engine.
 * @param message One line.
 */
export function warnOnce(engine: Engine, message: string): void {
  if (engine.warned.has(message)) return;
  engine.warned.add(message);
  engine.emit({ type: "warning", message });
}
