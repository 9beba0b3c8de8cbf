import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { filesBelow, removeArtifacts, testIn } from "../run/helpers.ts";
import { cairn, cairnEach, fixture } from "./helpers.ts";

const PIPELINE = fixture("pipeline.ts");

/** Runs the pipeline several times, each with some flags more. */
async function runs(cwd: string, ...flags: readonly (readonly string[])[]): Promise<void> {
  for (const each of flags) {
    assertEquals((await cairn(["run", PIPELINE, "--quiet", ...each], { cwd })).code, 0);
  }
}

async function diff(cwd: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await cairn(["diff", ...args], { cwd, permissions: ["--allow-read"] });
  assertEquals([code, stderr], [0, ""]);
  return stdout.trimEnd().split("\n");
}

testIn("diff: two runs of the same differ in nothing but what they were told", async (cwd) => {
  await runs(cwd, [], ["--notes", "again"]);
  const before = filesBelow(cwd);
  const [names, command, ...rest] = await diff(cwd, "previous", "latest");
  assertMatch(names!, /^pipeline_1_\S+ and pipeline_2_\S+$/);
  assertMatch(command!, /^command was ".*--quiet", is ".*--quiet --notes again"$/);
  assertEquals(rest, ['notes was null, is "again"', "0 of 13 stages differ"]);
  const verbose = await diff(cwd, "pipeline_1", "pipeline_2", "--verbose");
  assertEquals(verbose.slice(3, 5), [
    'k=1,seed=1 / load: executed, then reused; output "rows" is the same; output "about" is the same',
    'k=1,seed=1 / fit: executed, then reused; output "model" is the same',
  ]);
  assertEquals(verbose.length, 3 + 13 + 1);
  assertEquals(filesBelow(cwd), before);
});

testIn("diff: what differs of the keys and the contents, and which records come and go", async (cwd) => {
  await runs(cwd, ["-n", "k=1,seed=1"], ["-n", "k=1,seed=1", "-n", "k=2,seed=1"]);
  const [, , added, ...changed] = await diff(cwd, "pipeline_1", "pipeline_2");
  assertEquals(added, "k=2,seed=1: only in the second (load, fit, score)");
  assertEquals(changed, [
    'aggregate / compare: record "k=2,seed=1" is new; output "best" differs',
    "1 of 4 stages differ",
  ]);
  const removed = await diff(cwd, "pipeline_2", "pipeline_1");
  assertEquals(removed[2], "k=2,seed=1: only in the first (load, fit, score)");
});

testIn("diff: an experiment that was edited", async (cwd) => {
  const text = Deno.readTextFileSync(PIPELINE);
  const module = join(cwd, "edited.ts");
  const run = async (...flags: string[]) => {
    const { code } = await cairn(["run", module, "-n", "k=1,seed=1", ...flags], { cwd });
    return code;
  };
  Deno.writeTextFileSync(module, text);
  assertEquals(await run(), 0);
  Deno.writeTextFileSync(module, text.replace("{ x: 2 }]", "{ x: 3 }, { x: 4 }]"));
  assertEquals(await run(), 0);
  assertEquals((await diff(cwd, "previous", "latest")).slice(1), [
    'k=1,seed=1 / load: "run of load" in edited.ts was changed; output "rows" differs; output "about" is the same',
    'k=1,seed=1 / fit: input "rows" from stage "load" came out different; output "model" differs',
    'k=1,seed=1 / score: input "model" from stage "fit" came out different; output "accuracy" differs',
    'aggregate / compare: record "k=1,seed=1": input "accuracy" from stage "score" came out different; ' +
    'output "best" differs',
    "4 of 4 stages differ",
  ]);
  removeArtifacts(join(cwd, "data"), "_fit_");
  assertEquals(
    (await diff(cwd, "previous", "latest"))[2],
    "k=1,seed=1 / fit: its recipe differs, and an artifact that would tell how is gone",
  );
  Deno.writeTextFileSync(module, text.replace("model.k * model.n", "model.nothing.at"));
  assertEquals(await run(), 1);
  const failed = await diff(cwd, "previous", "latest");
  assertEquals(failed[1], 'status was "done", is "failed"');
  const score = failed.find((line) => line.startsWith("k=1,seed=1 / score: "));
  assertEquals(
    score,
    "k=1,seed=1 / score: executed, then failed; its recipe differs, and an artifact that would tell how is gone",
  );
});

testIn("diff --json: one document with all of it", async (cwd) => {
  await runs(cwd, ["-n", "k=1,seed=1"], ["-n", "k=1,seed=1", "--notes", "x"]);
  const document = JSON.parse((await diff(cwd, "pipeline_1", "pipeline_2", "--json")).join("\n"));
  assertEquals(Object.keys(document), ["runs", "facts", "added", "removed", "stages"]);
  assertEquals(document.facts.map(({ name }: { name: string }) => name), ["command", "notes"]);
  assertEquals(Object.keys(document.stages[0]), [
    "procedure",
    "record",
    "stage",
    "verdict",
    "key",
    "changes",
    "outputs",
  ]);
});

testIn("diff: runs that are none are wrong use", async (cwd) => {
  await runs(cwd, ["-n", "k=1,seed=1"], ["-n", "k=1,seed=1"]);
  const ROWS: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [[], /^error: Cannot compare without two runs: name them, as in cairn diff previous latest\n$/],
    [["latest"], /^error: Cannot compare without two runs/],
    [["latest", "previous", "x"], /^error: Cannot use "x": there are two operands, both runs\n$/],
    [
      ["latest", "pipe"],
      /^error: Cannot tell which run is "pipe": there are "pipeline_2_.*", "pipeline_1_.*"; give /,
    ],
    [["latest", "x"], /^error: Cannot find run "x": there is no such run in "data"; there are "pipeline_2_/],
    [["latest", "x", "--dir", "y"], /^error: Cannot find run "latest": there are no runs in "y"\n$/],
  ];
  const outputs = await cairnEach(ROWS.map(([args]) => ["diff", ...args]), { cwd });
  for (const [i, [, message]] of ROWS.entries()) {
    const { code, stdout, stderr } = outputs[i]!;
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, message);
  }
});
