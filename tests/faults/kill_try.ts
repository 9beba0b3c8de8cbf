/**
 * One kill, the plain rerun after it, and what must hold then.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { copyTree } from "../../core/store/disk/move.ts";
import type { Order, Said } from "./fixtures/kill_child.ts";
import type { Moment } from "./kill_disk_calls.ts";
import { plain, type Scenario } from "./kill_scenarios.ts";
import { type State, stateOf } from "./kill_state.ts";

/** Warnings that belong, each with the reason. */
const BELONGING: readonly RegExp[] = [
  // Killed while it added to the registry: a line is cut, which is told once, and made good for.
  /^warning: the registry "[^"]*" is damaged: 1 damaged line; it is kept as "[^"]*", and its whole lines stay in force$/,
];

/** How a run is killed. */
export type Fault =
  | { readonly by: "step"; readonly at: number }
  | { readonly by: "call"; readonly at: number; readonly moment: Moment }
  | { readonly by: "time"; readonly after: number };

/** What is known of a scenario when nobody kills it. */
export interface Known {
  readonly scenario: Scenario;
  /** What lies there before: a copy of it is made for each kill. */
  readonly base: string;
  /** What an empty cache gives, with each of the two salts. */
  readonly wanted: readonly {
    readonly state: State;
    readonly values: Said["values"];
    readonly env: Record<string, string>;
  }[];
  /** What the run does when it is not killed. */
  readonly said: Said;
}

// ---- Processes ----

const CHILD = fromFileUrl(import.meta.resolve("./fixtures/kill_child.ts"));

interface Ended {
  readonly code: number;
  readonly signal: string | null;
  readonly said: Said | undefined;
  readonly stderr: string;
}

async function runChild(
  dir: string,
  order: Order,
  env: Readonly<Record<string, string>> = {},
  killAfter?: number,
): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", "--frozen=false", CHILD, JSON.stringify(order)],
    cwd: dir,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  let text = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (killAfter !== undefined && timer === undefined && text.startsWith("go\n")) {
      timer = setTimeout(() => {
        try {
          child.kill("SIGKILL");
        } catch (error) {
          if (!(error instanceof TypeError)) throw error; // it was quicker
        }
      }, killAfter);
    }
  }
  const { code, signal } = await child.status;
  clearTimeout(timer);
  const [, line = ""] = text.split("\n");
  return { code, signal, said: line === "" ? undefined : JSON.parse(line), stderr: await stderr };
}

async function runWhole(dir: string, order: Order, env?: Readonly<Record<string, string>>): Promise<Said> {
  const { code, said, stderr } = await runChild(dir, order, env);
  if (code !== 0 || said === undefined || stderr !== "") {
    throw new Error(`A run that nobody killed failed: ${stderr}`);
  }
  return said;
}

function makeFolder(dir: string): void {
  Deno.mkdirSync(dir, { recursive: true });
  Deno.writeTextFileSync(join(dir, "given.json"), "4\n");
  Deno.utimeSync(join(dir, "given.json"), 1_000_000, 1_000_000);
}

/** What an empty cache gives. */
type Wanted = Known["wanted"][number];

/**
 * Runs scenarios that nobody kills, and what an empty cache gives. What several of them have in common is run once.
 *
 * @param root Where folders are made.
 * @returns Learns of a scenario.
 */
export function learner(root: string): (scenario: Scenario) => Promise<Known> {
  const bases = new Map<string, Promise<string>>();
  const empties = new Map<string, Promise<Pick<Wanted, "state" | "values">>>();
  let folders = 0;
  const newFolder = () => join(root, `${folders++}`);

  const baseOf = ({ before }: Scenario) =>
    once(bases, JSON.stringify(before ?? null), async () => {
      const base = newFolder();
      makeFolder(base);
      if (before !== undefined) await runWhole(base, before.order, before.env);
      return base;
    });

  const emptyWith = (order: Order, env: Wanted["env"]) => {
    const { CAIRN_SALT = "0", ...more } = env; // without it, it is as with 0
    return once(empties, JSON.stringify([order, CAIRN_SALT, more]), async () => {
      const empty = newFolder();
      makeFolder(empty);
      const { values } = await runWhole(empty, order, env);
      const state = stateOf(empty);
      Deno.removeSync(empty, { recursive: true });
      return { state, values };
    });
  };

  return async (scenario) => {
    const { order, env = {} } = scenario;
    const base = await baseOf(scenario);
    const dir = newFolder();
    copyTree(base, dir);
    const said = await runWhole(dir, order, env);
    Deno.removeSync(dir, { recursive: true });
    const wanted: Wanted[] = [];
    for (const each of [env, { ...env, CAIRN_SALT: "0" }]) {
      wanted.push({ ...await emptyWith(plain(order.experiment), each), env: each });
    }
    return { scenario, base, wanted, said };
  };
}

/** What was made for a key, or is made now. */
function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

// ---- One kill ----

function faulty(order: Order, fault: Fault): Order {
  if (fault.by === "time") return order;
  return fault.by === "step" ? { ...order, step: fault.at } : { ...order, call: fault };
}

/** Kills one run, and says whether it was killed; what is wrong after that is added to the problems. */
export async function tryOne(known: Known, fault: Fault, dir: string, problems: string[]): Promise<boolean> {
  const { scenario: { order, env = {} }, base } = known;
  copyTree(base, dir);
  const killed = await runChild(
    dir,
    faulty(order, fault),
    env,
    fault.by === "time" ? fault.after : undefined,
  );
  const wasKilled = killed.signal === "SIGKILL";
  if (!wasKilled && fault.by !== "time") problems.push(`it was not killed: ${killed.code}, ${killed.stderr}`);
  const before = stateOf(dir).runs;

  const rerun = plain(order.experiment);
  const { code, said, stderr } = await runChild(dir, rerun, env);
  if (code !== 0 || said === undefined) {
    problems.push(`the rerun ended with ${code}: ${stderr}`);
    return wasKilled;
  }
  const unwanted = stderr.split("\n").filter((line) =>
    line !== "" && !BELONGING.some((each) => each.test(line))
  );
  if (unwanted.length > 0) problems.push(`it said ${unwanted.join(", ")}`);
  const state = stateOf(dir);
  // What was overwritten is either what it was before or what it is now; but all of it is one of the two.
  const possible = known.wanted.filter(({ values }) => isPart(said.values, values));
  if (possible.length === 0) problems.push("values are not those of an empty cache");
  const [wanted] = possible.filter(({ state: { artifacts } }) =>
    isPart(mine(known, state.artifacts, artifacts), artifacts)
  );
  if (wanted === undefined) return problems.push("artifacts are not those of an empty cache"), wasKilled;
  checkRuns(known, before, state, problems);
  checkLeft(state, said, problems);
  if (said.skipped === 0) checkAll(state, said, wanted, problems);
  else {
    // What is between, nobody needed; where it is asked for, it comes as from an empty cache.
    const asked = await runChild(dir, { ...rerun, all: true }, wanted.env);
    if (asked.said === undefined || asked.stderr !== "") problems.push(`asked for all: ${asked.stderr}`);
    else checkAll(stateOf(dir), asked.said, wanted, problems);
  }
  return wasKilled;
}

/** Artifacts of another version of the code lie there too, and are no part of it. */
function mine(
  { scenario }: Known,
  found: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
) {
  if (scenario.env?.CAIRN_VERSION === undefined) return found;
  return Object.fromEntries(Object.entries(found).filter(([path]) => Object.hasOwn(wanted, path)));
}

function isPart(part: Readonly<Record<string, string>>, whole: Readonly<Record<string, string>>): boolean {
  return Object.entries(part).every(([name, digest]) => whole[name] === digest);
}

function checkRuns(
  { scenario, wanted }: Known,
  before: State["runs"],
  { runs, registry, sets }: State,
  problems: string[],
): void {
  if (registry !== "") problems.push(`registry: ${registry}`);
  if (sets !== wanted[0]!.state.sets) problems.push(`registry: ${sets} sets`);
  if (scenario.order.experiment === "inline") return;
  const numbers = runs.map(({ number }) => number);
  if (numbers.some((number, i) => number !== i + 1)) problems.push(`runs are numbered ${numbers}`);
  if (runs.length !== before.length + 1 || runs.at(-1)?.status !== "done") {
    problems.push(`the last run is ${runs.at(-1)?.status}`);
  }
}

function checkLeft({ leftovers }: State, { skipped }: Said, problems: string[]): void {
  // At a path of the user's it says that what lies there is Cairn's, until the stage runs again.
  const left = leftovers.filter((path) => skipped === 0 || !path.endsWith(".pending"));
  if (left.length > 0) problems.push(`left over: ${some(left)}`);
}

function checkAll(
  state: State,
  said: Said,
  wanted: Known["wanted"][number],
  problems: string[],
): void {
  if (!isPart(wanted.values, said.values)) {
    problems.push("values are missing, or are not those of an empty cache");
  }
  if (!isPart(wanted.state.artifacts, state.artifacts)) problems.push("artifacts are missing");
  const others = state.others.filter((path) => !wanted.state.others.includes(path));
  if (others.length > 0) problems.push(`these belong to no artifact: ${some(others)}`);
  if (state.leftovers.length > 0) problems.push(`left over in the end: ${some(state.leftovers)}`);
}

function some(paths: readonly string[]): string {
  return paths.slice(0, 3).join(", ") + (paths.length > 3 ? ` and ${paths.length - 3} more` : "");
}
