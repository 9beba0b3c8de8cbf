/**
 * The runner: plans, has every task that the plan left open settled, and plans anew where that turned out otherwise.
 *
 * @module
 */
import { makeTurns } from "../params/timer.ts";
import type { Graph, Task } from "../plan/task.ts";
import { openContentIndex } from "../store/content_index.ts";
import { closing } from "../store/disk/endings.ts";
import { clearLeftovers } from "../store/upkeep/leftovers.ts";
import { noteUse } from "../store/uses/uses.ts";
import { makeCollector } from "./collect.ts";
import {
  type Engine,
  type EngineOptions,
  type Held,
  isCurrent,
  isOpen,
  type Outcome,
  outcomeOf,
  stopReason,
  verdictOf,
  warnOnce,
} from "./engine_state.ts";
import { planWithContent } from "./find_content.ts";
import { hold } from "./holding.ts";
import { lookupTasks } from "./lookups.ts";
import { tidyReused } from "./tidy.ts";
import { findTwin } from "./twins.ts";

/** What a run of all tasks came to. */
export interface EngineResult {
  /** The graph, in which aggregates that did without some records have taken their own places. */
  readonly graph: Graph;
  /** What became of a task: made when it is asked for, as those of thousands are much to hold. */
  readonly outcome: (task: number) => Outcome;
  /** The verdict of that alone. */
  readonly verdict: (task: number) => Pick<Outcome, "verdict" | "reason">;
  /** What is still in memory, by task. */
  readonly memory: ReadonlyMap<number, Held>;
}

/**
 * Runs what has to run, and says what became of each task.
 *
 * @param options The graph, and all that it takes to run it.
 * @returns The outcomes; a failure is one of them, not a throw.
 * @throws {Error} If the plan is impossible: a file of the user's would be replaced.
 */
export async function runGraph(options: EngineOptions): Promise<EngineResult> {
  clearLeftovers(options.workspace);
  const engine: Engine = {
    ...options,
    plan: { tasks: [], warnings: [], problems: [] },
    lookups: [],
    digests: new Map(),
    outcomes: new Map(),
    settling: new Map(),
    memory: new Map(options.held),
    readers: new Map(),
    distrusted: new Map(options.known),
    misses: new Map(),
    warned: new Set(),
    content: openContentIndex(options.workspace.cache, options.workspace.dry === "no" ? "disk" : "memory"),
    making: new Map(),
    failures: new Map(),
    facts: new WeakMap(),
    made: new Map(),
    now: Date.now(),
    turn: makeTurns(),
    collect: makeCollector(),
    stopped: undefined,
    surprised: false,
    isReplanned: false,
  };
  await closing(engine.content.close, async () => {
    // What comes out otherwise than planned (an artifact that can't be loaded after all) makes a new plan necessary.
    do {
      await planAnew(engine);
      await runPlan(engine);
    } while (engine.surprised && stopReason(engine) === undefined);
  });
  const { graph } = engine;
  return {
    graph,
    outcome: (task) => outcomeOf(engine, task),
    verdict: (task) => verdictOf(engine, task),
    memory: engine.memory,
  };
}

async function planAnew(engine: Engine): Promise<void> {
  const { graph, workspace, overwrite, distrusted, outcomes, memory } = engine;
  engine.surprised = false;
  await noteUse(workspace, graph.tasks.map(({ recipeKey }) => recipeKey)); // before anything is looked up
  const { lookups, digests } = await lookupTasks(workspace, graph);
  engine.lookups = lookups;
  engine.digests = digests;
  // What is in memory, or was made in this run, counts only while it belongs to what is there now.
  for (const [task, { ancestors }] of [...memory]) if (!isCurrent(engine, ancestors)) memory.delete(task);
  for (const [task, { verdict, ancestors }] of [...outcomes]) {
    // What failed is not tried again in this run.
    const isSettled = verdict === "failed" || verdict === "executed" && isCurrent(engine, ancestors);
    if (!isSettled) outcomes.delete(task);
  }
  const options = {
    overwrite: engine.isReplanned ? new Set<string>() : overwrite,
    done: new Set([...outcomes].flatMap(([task, { verdict }]) => verdict === "executed" ? [task] : [])),
    held: new Set(memory.keys()),
    ...(engine.wanted === undefined ? {} : { wanted: engine.wanted }),
    distrusted,
    digests,
    now: engine.now,
  };
  const find = async (task: Task, contentKey: string) => {
    const twin = await findTwin(engine, task, contentKey);
    if (twin !== undefined) await noteUse(workspace, [twin.recipeKey], "end"); // to be linked from when it is its turn
    return twin?.digests;
  };
  engine.plan = await planWithContent(graph, engine.lookups, options, find);
  engine.isReplanned = true;
  if (engine.plan.problems.length > 0) throw new Error(engine.plan.problems.join("\n"));
  for (const warning of engine.plan.warnings) warnOnce(engine, warning);
  engine.emit({ type: "planned", tasks: engine.plan.tasks });
}

async function runPlan(engine: Engine): Promise<void> {
  const { graph, plan } = engine;
  const open = graph.tasks.filter(({ index }) => isOpen(engine, index));
  engine.settling.clear();
  engine.readers.clear();
  for (const task of open) {
    if (engine.outcomes.get(task.index)?.verdict === "failed") continue;
    engine.outcomes.delete(task.index); // it was executed, and has to be again
    hold(engine, task);
  }
  for (const task of graph.tasks) {
    if (plan.tasks[task.index]!.verdict === "reuse") tidyReused(engine, task);
  }
  if (open.length === 0) return;
  const { settle } = await import("./settle.ts"); // all that runs a stage: most runs of an experiment need none of it
  // What is under way ends, even where another comes to grief on the file system.
  const settled = await Promise.allSettled(open.map(({ index }) => settle(engine, index)));
  for (const each of settled) if (each.status === "rejected") throw each.reason;
}
