/**
 * The campaign that kills runs: `deno run -A tests/faults/kill.ts --times 500 --seed 1`. After each kill a plain rerun
 * must leave all as an empty cache would have it.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { parseArgs } from "@std/cli";
import { copyTree } from "../../core/store/move.ts";
import { randomFrom } from "../helpers/random.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { eachOf } from "../core/cli/helpers.ts";
import type { Order, Said } from "./fixtures/kill_child.ts";
import type { Moment } from "./kill_disk_calls.ts";
import { type State, stateOf } from "./kill_state.ts";

/** A run that is killed: of what, and what was there before. */
interface Scenario {
  readonly name: string;
  readonly order: Order;
  /** The environment of the killed run and of the rerun. */
  readonly env?: Readonly<Record<string, string>>;
  /** The run that came before it, where there was one. */
  readonly before?: { readonly order: Order; readonly env?: Readonly<Record<string, string>> };
  /** How often it is killed, among others. */
  readonly weight: number;
}

const plain = (experiment: Order["experiment"]): Order => ({ experiment, options: {} });
const over = (experiment: Order["experiment"], ...overwriteStages: string[]): Order => ({
  experiment,
  options: { overwriteStages },
});
const OTHER = { CAIRN_SALT: "5" };
const DIVIDED = { CAIRN_DIVIDED: "1" };

const SCENARIOS: readonly Scenario[] = [
  { name: "first run", order: plain("small"), weight: 6 },
  {
    name: "overwritten, and other values",
    order: over("small", "load"),
    env: OTHER,
    before: { order: plain("small") },
    weight: 6,
  },
  {
    name: "overwritten, a last stage",
    order: over("small", "report", "sum"),
    before: { order: plain("small") },
    weight: 3,
  },
  {
    name: "linked by early cutoff",
    order: plain("small"),
    env: { CAIRN_VERSION: "2" },
    before: { order: plain("small") },
    weight: 4,
  },
  { name: "paths on another file system", order: plain("small"), env: DIVIDED, weight: 3 },
  {
    name: "paths on another file system, overwritten, and other values",
    order: over("small", "load"),
    env: { ...DIVIDED, ...OTHER },
    before: { order: plain("small"), env: DIVIDED },
    weight: 3,
  },
  { name: "full store, first run", order: { experiment: "small", options: { storeFull: true } }, weight: 2 },
  {
    name: "full store, all re-used",
    order: { experiment: "small", options: { storeFull: true } },
    before: { order: plain("small") },
    weight: 2,
  },
  { name: "nothing to run", order: plain("small"), before: { order: plain("small") }, weight: 1 },
  { name: "many files", order: plain("many"), weight: 3 },
  {
    name: "many files, overwritten, and other values",
    order: over("many", "write"),
    env: OTHER,
    before: { order: plain("many") },
    weight: 3,
  },
  { name: "100 MB", order: plain("big"), weight: 1 },
  {
    name: "100 MB, overwritten, and other values",
    order: over("big", "fill"),
    env: OTHER,
    before: { order: plain("big") },
    weight: 1,
  },
  { name: "saveAs", order: plain("inline"), weight: 1 },
  {
    name: "saveAs, over another value",
    order: plain("inline"),
    env: OTHER,
    before: { order: plain("inline") },
    weight: 1,
  },
];

/** Warnings that belong, each with the reason. */
const BELONGING: readonly RegExp[] = [
  // Killed while it added to the registry: a line is cut, which is told once, and made good for.
  /^warning: the registry "[^"]*" is damaged: 1 damaged line; it is kept as "[^"]*", and its whole lines stay in force$/,
];

/** How a run is killed. */
type Fault =
  | { readonly by: "step"; readonly at: number }
  | { readonly by: "call"; readonly at: number; readonly moment: Moment }
  | { readonly by: "time"; readonly after: number };

/** What is known of a scenario when nobody kills it. */
interface Known {
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

/** What came of a campaign. */
export interface Campaign {
  /** How many kills, by what they were. */
  readonly counts: Readonly<Record<string, number>>;
  /** How many runs came to their end before they were killed. */
  readonly survived: number;
  readonly failures: readonly string[];
}

/** What a campaign is told. */
export interface CampaignOptions {
  readonly times: number;
  readonly seed: number;
  /** Every step and every call of these scenarios in turn, in place of a number of them. */
  readonly exhaustive?: boolean;
  /** A text in the name of each scenario. */
  readonly only?: string;
  /** Takes each failure as it comes. */
  readonly tell?: (failure: string) => void;
  /** How many processes at a time. */
  readonly atATime?: number;
}

/** Kills runs, and says what came of it. */
export async function killRuns(
  { times, seed, exhaustive = false, only = "", tell = () => {}, atATime = 2 }: CampaignOptions,
): Promise<Campaign> {
  return await withTempDir(async (root) => {
    const scenarios = SCENARIOS.filter(({ name }) => name.includes(only));
    const known: Known[] = [];
    for (const [i, scenario] of scenarios.entries()) {
      known.push(await knowledgeOf(scenario, join(root, `base-${i}`)));
    }
    const random = randomFrom(seed);
    const tries = exhaustive ? known.flatMap(allFaults) : someFaults(known, times, random);
    const counts: Record<string, number> = {};
    const failures: string[] = [];
    let survived = 0;
    await eachOf([...tries.entries()], async ([i, { known, fault }]) => {
      const dir = join(root, `try-${i}`);
      const problems: string[] = [];
      try {
        const wasKilled = await tryOne(known, fault, dir, problems);
        if (!wasKilled) survived++;
      } catch (error) {
        problems.push(String(error));
      }
      const where = `${known.scenario.name}, ${describe(fault, known)}`;
      if (problems.length > 0) {
        failures.push(`${where}: ${problems.join("; ")}`);
        tell(failures.at(-1)!);
      }
      const size = {
        small: "small",
        inline: "small",
        many: "many files",
        big: "100 MB",
      }[known.scenario.order.experiment];
      for (const what of [`by ${fault.by}`, size, known.scenario.name]) {
        counts[what] = (counts[what] ?? 0) + 1;
      }
      if (fault.by === "step") {
        const step = `step: ${known.said.steps[fault.at - 1]}`;
        counts[step] = (counts[step] ?? 0) + 1;
      }
      Deno.removeSync(dir, { recursive: true });
    }, atATime);
    return { counts, survived, failures };
  });
}

function describe(fault: Fault, { said }: Known): string {
  if (fault.by === "time") return `after ${fault.after.toFixed(1)} ms`;
  if (fault.by === "step") return `at step ${fault.at} of ${said.steps.length}, ${said.steps[fault.at - 1]}`;
  return `${fault.moment} call ${fault.at} of ${said.calls}`;
}

function allFaults(known: Known): { known: Known; fault: Fault }[] {
  const steps = known.said.steps.map((_, i): Fault => ({ by: "step", at: i + 1 }));
  const calls = Array.from({ length: known.said.calls }, (_, i): Fault[] => [
    { by: "call", at: i + 1, moment: "midway" },
    { by: "call", at: i + 1, moment: "after" },
  ]).flat();
  return [...steps, ...calls].map((fault) => ({ known, fault }));
}

/** Every named step of each scenario first, then any step, call and time. */
function someFaults(
  known: readonly Known[],
  times: number,
  random: () => number,
): { known: Known; fault: Fault }[] {
  const below = (n: number) => Math.floor(random() * n);
  const named = known.flatMap((each) => {
    const { steps } = each.said;
    return [...new Set(steps)].map((step) => {
      const places = steps.flatMap((other, i) => other === step ? [i + 1] : []);
      return { known: each, fault: { by: "step", at: places[below(places.length)]! } as Fault };
    });
  });
  const shuffled = named.map((each) => ({ each, by: random() })).sort((a, b) => a.by - b.by).map(({ each }) =>
    each
  );
  const tries = shuffled.slice(0, times);
  const drawn = known.flatMap((each) => Array.from({ length: each.scenario.weight }, () => each));
  const moments: readonly Moment[] = ["before", "midway", "after"];
  while (tries.length < times) {
    const one = drawn[below(drawn.length)]!;
    const { steps, calls, milliseconds } = one.said;
    const kind = below(3);
    const fault: Fault = kind === 0 && steps.length > 0
      ? { by: "step", at: 1 + below(steps.length) }
      : kind === 1
      ? { by: "call", at: 1 + below(calls), moment: moments[below(3)]! }
      : { by: "time", after: random() * milliseconds };
    tries.push({ known: one, fault });
  }
  return tries;
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

/** Runs a scenario that nobody kills, and what an empty cache gives. */
async function knowledgeOf(scenario: Scenario, base: string): Promise<Known> {
  const { before, order, env = {} } = scenario;
  makeFolder(base);
  if (before !== undefined) await runWhole(base, before.order, before.env);
  const dir = `${base}-whole`;
  copyTree(base, dir);
  const said = await runWhole(dir, order, env);
  const wanted: Known["wanted"][number][] = [];
  for (const each of [env, { ...env, CAIRN_SALT: "0" }]) {
    const empty = `${base}-empty-${wanted.length}`;
    makeFolder(empty);
    const { values } = await runWhole(empty, plain(order.experiment), each);
    wanted.push({ state: stateOf(empty), values, env: each });
    Deno.removeSync(empty, { recursive: true });
  }
  Deno.removeSync(dir, { recursive: true });
  return { scenario, base, wanted, said };
}

// ---- One kill ----

function faulty(order: Order, fault: Fault): Order {
  if (fault.by === "time") return order;
  return fault.by === "step" ? { ...order, step: fault.at } : { ...order, call: fault };
}

async function tryOne(known: Known, fault: Fault, dir: string, problems: string[]): Promise<boolean> {
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

// ---- The command line ----

/** What a campaign came to, in lines. */
export function campaignText({ counts, survived, failures }: Campaign, seed: number): string {
  const lines = Object.entries(counts).sort(([a], [b]) => a < b ? -1 : 1).map(([what, count]) =>
    `${`${count}`.padStart(6)}  ${what}`
  );
  return [
    `seed ${seed}`,
    ...lines,
    `${survived} came to their end before the signal`,
    `${failures.length} failures`,
    ...failures,
  ].join("\n");
}

if (import.meta.main) {
  const args = parseArgs(Deno.args, { string: ["times", "seed", "only"], boolean: ["exhaustive"] });
  const seed = Number(args.seed ?? Date.now() % 1_000_000);
  const clock = performance.now();
  const campaign = await killRuns({
    times: Number(args.times ?? "500"),
    seed,
    exhaustive: args.exhaustive === true,
    only: String(args.only ?? ""),
    tell: console.log,
  });
  console.log(campaignText(campaign, seed));
  console.log(`${((performance.now() - clock) / 1000).toFixed(1)} s`);
  if (campaign.failures.length > 0) Deno.exit(1);
}
