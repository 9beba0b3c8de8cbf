/**
 * A pipeline of 300 stages must check, in a time that hardly grows with their number.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const LENGTH = 300;

/** A module with one experiment: each stage reads what the two before it made, and a parameter. */
function longModule(lastReads: (length: number) => string, length = LENGTH): string {
  const from = (path: string) => JSON.stringify(new URL(`../../core/${path}`, import.meta.url).href);
  const stages = Array.from({ length }, (_, i) => {
    const inputs = i === length - 1
      ? [lastReads(length)]
      : [i - 2, i - 1].filter((n) => n >= 0).map((n) => `v${n}`);
    const state = [
      ...inputs.map((name) => `${name}: { n: number; at${name}: string }`),
      "params: { seed: number }",
    ];
    return `const s${i} = defineStage({
  name: "s${i}",
  inputs: ${JSON.stringify(inputs)},
  params: ["seed"],
  outputs: { v${i}: cacher<{ n: number; atv${i}: string }>(), w${i}: cacher<string[]>() },
  run: (state: { ${state.join("; ")} }) => ({ v${i}: { n: state.params.seed, atv${i}: "" }, w${i}: [] }),
});`;
  });
  return `import { defineStage } from ${from("define/stage.ts")};
import { defineAggregate } from ${from("define/aggregate.ts")};
import { defineExperiment } from ${from("define/experiment.ts")};
import type { Cacher } from ${from("define/cacher.ts")};
import { grid } from ${from("params/grid.ts")};
declare function cacher<T>(): Cacher<T>;
${stages.join("\n")}
const compare = defineAggregate({
  name: "compare",
  inputs: ["w7", "w${length - 1}"],
  outputs: { best: cacher<string>() },
  run: (states: readonly { name: string; w7: string[]; w${
    length - 1
  }: string[]; params: { seed: number } }[]) => ({
    best: states.map(({ name }) => name).join(),
  }),
});
export default defineExperiment({
  name: "long",
  params: grid({ seed: [1, 2] }),
  stages: [${stages.map((_, i) => `s${i}`).join(", ")}],
  aggregates: [compare],
});
`;
}

/** What \`deno check\` says of a module, with the compiler's own options of this repository. */
async function check(source: string): Promise<{ success: boolean; text: string; seconds: number }> {
  const dir = await Deno.makeTempDir({ prefix: "cairn-types-" });
  try {
    const file = join(dir, "long.ts");
    await Deno.writeTextFile(file, source);
    const start = performance.now();
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", join(ROOT, "deno.json"), file],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    return { success, text, seconds: (performance.now() - start) / 1000 };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("an experiment of 300 stages and an aggregate checks nearly as quickly as one of 10", async () => {
  const last = (length: number) => `v${length - 2}`;
  const short = await check(longModule(last, 10));
  const long = await check(longModule(last));
  assertEquals([short.success, long.success], [true, true], short.text + long.text);
  // Beside one another they take 1 and 1.5 to 2: what grows with the square of the stages takes hundreds.
  const times = long.seconds / short.seconds;
  assert(times < 10, `took ${times.toFixed(1)} times as long`);
});

Deno.test("the last of 300 stages is wrong, and the message names it and nothing else", async () => {
  const { success, text } = await check(longModule(() => "nowhere"));
  assertEquals(success, false);
  assertStringIncludes(
    text,
    `stage \\"s${LENGTH - 1}\\": input \\"nowhere\\" is not produced by any earlier stage`,
  );
  assertEquals(text.match(/TS\d+ \[ERROR\]/g)?.length, 1, text);
});
