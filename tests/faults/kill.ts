/**
 * The campaign that kills runs: `deno run -A tests/faults/kill.ts --times 500 --seed 1`. After each kill a plain rerun
 * must leave all as an empty cache would have it.
 *
 * @module
 */
import { join } from "@std/path";
import { parseArgs } from "@std/cli";
import { randomFrom } from "../helpers/random.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { eachOf } from "../core/cli/helpers.ts";
import type { Moment } from "./kill_disk_calls.ts";
import { SCENARIOS } from "./kill_scenarios.ts";
import { type Fault, type Known, learner, tryOne } from "./kill_try.ts";

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
    const learn = learner(join(root, "known"));
    const known = await eachOf(scenarios, learn, atATime);
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
      for (const what of [`by ${fault.by}`, `size: ${size}`, known.scenario.name]) {
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

/** One kill. */
interface Try {
  readonly known: Known;
  readonly fault: Fault;
}

function allFaults(known: Known): Try[] {
  const steps = known.said.steps.map((_, i): Fault => ({ by: "step", at: i + 1 }));
  const calls = Array.from({ length: known.said.calls }, (_, i): Fault[] => [
    { by: "call", at: i + 1, moment: "midway" },
    { by: "call", at: i + 1, moment: "after" },
  ]).flat();
  return [...steps, ...calls].map((fault) => ({ known, fault }));
}

/**
 * Half are named steps, until each of each scenario is among them, and all the names before any comes again; the others
 * are any step, call and time.
 */
function someFaults(
  known: readonly Known[],
  times: number,
  random: () => number,
): Try[] {
  const below = (n: number) => Math.floor(random() * n);
  const named = known.flatMap((each) => {
    const { steps } = each.said;
    return [...new Set(steps)].map((step) => {
      const places = steps.flatMap((other, i) => other === step ? [i + 1] : []);
      const fault: Fault = { by: "step", at: places[below(places.length)]! };
      const one: Try = { known: each, fault };
      return { step, one };
    });
  });
  const shuffled = named.map((each) => ({ ...each, by: random() })).sort((a, b) => a.by - b.by);
  const met = new Map<string, number>();
  const again = shuffled.map(({ step, one }) => {
    const nth = met.get(step) ?? 0;
    met.set(step, nth + 1);
    return { one, nth };
  });
  const tries = again.sort((a, b) => a.nth - b.nth).slice(0, Math.ceil(times / 2)).map(({ one }) => one);
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
