/** Whatever is edited in whatever pipeline: just what never was computed from the same before is computed. */
import { assertEquals } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { type AnyOutput, lazy, transient } from "../../../core/define/output.ts";
import { planExperiment } from "../../../core/run/plan_experiment.ts";
import { valueOf } from "../../../core/run/record.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { randomFrom } from "../../helpers/random.ts";
import { aggregate, experiment, type Loose, stage, testIn } from "./helpers.ts";

const SEEDS = Array.from({ length: 30 }, (_, i) => i + 1);
const EDITS = 8;

/** A stage of the model: its value is a small number, so that it often comes out as before. */
interface Part {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly usesK: boolean;
  readonly output: AnyOutput;
  /** What `version` says: another one is another recipe, whether or not anything comes out different. */
  edition: number;
  /** What it adds. */
  added: number;
}

function partsFrom(random: () => number): Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < 3 + Math.floor(random() * 5); i++) {
    const inputs = parts.filter(() => random() < 0.5).map(({ name }) => name);
    const output = random() < 0.25 ? transient() : random() < 0.3 ? lazy(jsonCacher()) : jsonCacher();
    parts.push({ name: `s${i}`, inputs, usesK: random() < 0.5, output, edition: 0, added: i });
  }
  // What is final and kept in memory only always runs, which says nothing here.
  const read = new Set([...parts.flatMap(({ inputs }) => inputs), parts.at(-1)!.name]);
  return parts.map((part) => read.has(part.name) ? part : { ...part, output: jsonCacher() });
}

const valueIn = (added: number, usesK: boolean, k: number, inputs: readonly number[]) =>
  (added + (usesK ? k : 0) + inputs.reduce((sum, each) => sum + each, 0)) % 3;

/** The experiment, and what was executed of it. */
function build(parts: readonly Part[]) {
  const calls: string[] = [];
  const stages = parts.map(({ name, inputs, usesK, output, edition, added }) =>
    stage(
      name,
      { version: `${edition}`, inputs, params: usesK ? ["k"] : [], outputs: { [name]: output } },
      (state: Loose) => {
        const values = inputs.map((each) => state[each] as number);
        calls.push(`${name} ${edition} ${usesK ? state.params.k : ""} ${JSON.stringify(values)}`);
        return { [name]: valueIn(added, usesK, state.params.k, values) };
      },
    )
  );
  const last = parts.at(-1)!.name;
  const all = aggregate(
    "all",
    { inputs: [last], version: "1" },
    (states) => ({ all: states.map((each) => each[last]) }),
  );
  return { exp: experiment({ params: [{ k: 0 }, { k: 1 }, { k: 2 }], stages, aggregates: [all] }), calls };
}

/** What an empty cache would give, and what each stage's content key takes in. */
function evaluate(parts: readonly Part[]) {
  return [0, 1, 2].map((k) => {
    const values: Record<string, number> = {};
    const keys: Record<string, string> = {};
    for (const { name, inputs, usesK, edition, added } of parts) {
      values[name] = valueIn(added, usesK, k, inputs.map((each) => values[each]!));
      // What is kept in memory only stands for what it is made from.
      const seen = inputs.map((each) => isKept(parts, each) ? values[each] : keys[each]);
      keys[name] = JSON.stringify([name, edition, usesK ? k : null, seen]);
    }
    return { values, keys };
  });
}

function isKept(parts: readonly Part[], name: string): boolean {
  const { output } = parts.find((part) => part.name === name)!;
  return !("transient" in output) || output.lazy !== undefined;
}

for (const seed of SEEDS) {
  testIn(`pipeline ${seed}: after whatever edit, just what is new is computed`, async (dir) => {
    const random = randomFrom(seed);
    const parts = partsFrom(random);
    const known = new Set<string>();
    for (let edit = 0; edit < EDITS; edit++) {
      const { exp, calls } = build(parts);
      const model = evaluate(parts);
      const kept = parts.filter(({ name }) => isKept(parts, name));
      const expected = new Set(model.flatMap(({ keys }) => kept.map(({ name }) => keys[name]!)));
      const fresh = [...expected].filter((key) => !known.has(key));
      const plan = await planExperiment(exp, { dir });
      const result = await runExperiment(exp, { dir, concurrency: random() < 0.5 ? 1 : 4 });
      const when = `edit ${edit}: ${parts.map(({ edition, added }) => `${edition}/${added}`)}`;
      const executed = calls.filter((call) => kept.some(({ name }) => call.startsWith(`${name} `)));
      assertEquals(
        executed.map((call) => call.split(" ")[0]).sort(),
        fresh.map((key) => JSON.parse(key)[0]).sort(),
        when,
      );
      const ran = result.executed;
      assertEquals(
        [plan.atLeast <= ran, ran <= plan.atMost],
        [true, true],
        `${when}: ${plan.atLeast} ${ran} ${plan.atMost}`,
      );
      const last = parts.at(-1)!.name;
      assertEquals(
        await valueOf(result.aggregates[0]!, "all"),
        model.map(({ values }) => values[last]),
        when,
      );
      for (const key of expected) known.add(key);
      const again = build(parts);
      await runExperiment(again.exp, { dir });
      assertEquals(again.calls, [], `${when}, again`);

      const part = parts[Math.floor(random() * parts.length)]!;
      const what = random();
      part.edition = what < 0.3 ? Math.max(0, part.edition - 1) : part.edition + 1;
      // An edition says what is added, so that an older one comes back as it was.
      part.added = Math.floor(part.edition / 2) + Number(part.name.slice(1));
    }
  });
}
