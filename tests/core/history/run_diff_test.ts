import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { diffRuns, type RunDiff } from "../../../core/history/run_diff.ts";
import type { StageDiff } from "../../../core/history/stage_diff.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { aggregate, experiment, removeArtifacts, stage, testIn } from "../run/helpers.ts";

/** An experiment of two stages and an aggregate. */
function exp(k: number, names: readonly string[] = ["a"], version = "1") {
  const make = stage("make", { version, params: ["k"] }, ({ params }) => ({ make: params.k }));
  const parity = stage("parity", { inputs: ["make"], params: [] }, ({ make }) => ({ parity: make % 2 }));
  const all = aggregate("all", { inputs: ["parity"], params: [] }, (states) => ({ all: states.length }));
  return experiment({
    params: names.map((name, i) => ({ name, k, i })),
    stages: [make, parity],
    aggregates: [all],
  });
}

/** What a diff says of a stage, in short. */
function short({ record, stage, verdict, key, changes, outputs }: StageDiff) {
  return [
    record,
    stage,
    `${verdict.was}, ${verdict.is}`,
    key.was === key.is,
    changes?.map((change) => change.what) ?? null,
    outputs.map(({ content }) => content).join(),
  ];
}

async function diffOf(
  dir: string,
  first: ReturnType<typeof exp>,
  second: typeof first,
  options = {},
): Promise<RunDiff> {
  const [was, is] = [
    await runExperiment(first, { dir, ...options }),
    await runExperiment(second, { dir, ...options }),
  ];
  return diffRuns(dir, was.reference!, is.reference!);
}

testIn("two runs of the same: nothing differs but that the second reused", async (dir) => {
  const diff = await diffOf(dir, exp(1), exp(1));
  assertEquals([diff.facts, diff.added, diff.removed], [[], [], []]);
  assertEquals(diff.stages.map(short), [
    ["a", "make", "executed, reused", true, [], "same"],
    ["a", "parity", "executed, reused", true, [], "same"],
    [null, "all", "executed, reused", true, [], "same"],
  ]);
  assertEquals(diff.runs.was < diff.runs.is, true);
});

testIn("a parameter: how each key differs, and which contents do", async (dir) => {
  const diff = await diffOf(dir, exp(1), exp(3));
  assertEquals(diff.stages.map(short).slice(0, 2), [
    ["a", "make", "executed, executed", false, ["parameter"], "changed"],
    ["a", "parity", "executed, executed", false, ["input"], "same"],
  ]);
  const [make] = diff.stages;
  assertEquals(make!.changes, [{ what: "parameter", name: "k", how: "changed", was: 1, is: 3 }]);
  const [output] = make!.outputs;
  assertEquals([output!.output, output!.was?.length, output!.is?.length], ["make", 64, 64]);
});

testIn("what came out the same under another recipe is told to be the same", async (dir) => {
  const diff = await diffOf(dir, exp(1), exp(1, ["a"], "2"));
  assertEquals(diff.stages.map(short).slice(0, 2), [
    ["a", "make", "executed, executed", false, ["code"], "same"],
    ["a", "parity", "executed, reused", false, ["input"], "same"],
  ]);
});

testIn("records and notes come and go", async (dir) => {
  const first = await runExperiment(exp(1, ["a", "b"]), { dir, notes: "first" });
  const second = await runExperiment(
    experiment({
      params: [{ name: "a", k: 1 }, { name: "c", k: 2 }],
      stages: [stage("make", { version: "0" }, ({ params }) => ({ make: params.k }))],
    }),
    { dir },
  );
  const diff = diffRuns(dir, first.reference!, second.reference!);
  assertEquals(diff.facts, [{ name: "notes", was: "first", is: null }]);
  const owner = (record: string | null, stage: string) => ({ procedure: null, record, stage });
  assertEquals(diff.added, [owner("c", "make")]);
  assertEquals(diff.stages.map((each) => [each.record, each.stage]), [["a", "make"]]);
  assertEquals(diff.removed, [
    owner("a", "parity"),
    owner("b", "make"),
    owner("b", "parity"),
    owner(null, "all"),
  ]);
});

testIn("of the commit and the versions, what differs is told one by one", (dir) => {
  const write = (reference: string, fields: object) => {
    Deno.mkdirSync(join(dir, "runs", reference), { recursive: true });
    Deno.writeTextFileSync(join(dir, "runs", reference, "run.json"), JSON.stringify(fields));
  };
  write("exp_1", { status: "done", git: { commit: "1", dirty: false }, versions: { deno: "2", v8: "1" } });
  write("exp_2", { status: "failed", git: { commit: "2", dirty: false }, versions: { deno: "3", v8: "1" } });
  write("exp_3", { status: "running", git: null });
  assertEquals(diffRuns(dir, "exp_1", "exp_2").facts, [
    { name: "status", was: "done", is: "failed" },
    { name: "git.commit", was: "1", is: "2" },
    { name: "versions.deno", was: "2", is: "3" },
  ]);
  assertEquals(diffRuns(dir, "exp_1", "exp_3").facts.map(({ name }) => name), ["status", "git", "versions"]);
});

testIn("an artifact that is gone: how its key differs can no longer be told", async (dir) => {
  const [was, is] = [await runExperiment(exp(1), { dir }), await runExperiment(exp(3), { dir })];
  removeArtifacts(dir, "_make_make");
  const diff = diffRuns(dir, was.reference!, is.reference!);
  assertEquals(short(diff.stages[0]!), ["a", "make", "executed, executed", false, null, "unknown"]);
});

testIn(
  "an artifact that was made anew since is not that of the earlier run, but in its full store",
  async (dir) => {
    let count = 0;
    const make = stage("make", {}, () => ({ make: count++ }));
    const counted = experiment({ params: [{ name: "a" }], stages: [make] });
    const first = await runExperiment(counted, { dir });
    const second = await runExperiment(counted, { dir, overwrite: true, storeFull: true });
    const third = await runExperiment(counted, { dir, overwrite: true });
    const content = (was: typeof first, is: typeof first) =>
      diffRuns(dir, was.reference!, is.reference!).stages.map(short);
    assertEquals(content(first, third), [["a", "make", "executed, executed", true, [], "unknown"]]);
    assertEquals(content(second, third), [["a", "make", "executed, executed", true, [], "changed"]]);
  },
);

testIn("an artifact at a path of its own is that of the run that wrote it last", async (dir) => {
  const at = (k: number) =>
    experiment({
      params: [{ name: "a", k }],
      stages: [
        stage("make", { outputs: { make: atPath(jsonCacher(), join(dir, "own.json")) } }, ({ params }) => ({
          make: params.k,
        })),
      ],
    });
  const first = await runExperiment(at(1), { dir });
  const second = await runExperiment(at(2), { dir, overwriteStages: ["make"] });
  const third = await runExperiment(at(2), { dir });
  const stages = (was: typeof first, is: typeof first) =>
    diffRuns(dir, was.reference!, is.reference!).stages.map(short);
  assertEquals(stages(first, second), [["a", "make", "executed, executed", false, null, "unknown"]]);
  assertEquals(stages(second, third), [["a", "make", "executed, reused", true, [], "same"]]);
});

testIn("a workspace that was moved still tells", async (dir) => {
  const [was, is] = [
    await runExperiment(exp(1), { dir: join(dir, "old") }),
    await runExperiment(exp(3), { dir: join(dir, "old") }),
  ];
  Deno.renameSync(join(dir, "old"), join(dir, "new"));
  const diff = diffRuns(join(dir, "new"), was.reference!, is.reference!);
  assertEquals(short(diff.stages[0]!), ["a", "make", "executed, executed", false, ["parameter"], "changed"]);
});

testIn("a run without a run.json that can be read is refused", (dir) => {
  Deno.mkdirSync(join(dir, "runs", "exp_1"), { recursive: true });
  assertThrows(() => diffRuns(dir, "exp_1", "exp_1"), TypeError, 'Cannot read run "exp_1": ');
  Deno.writeTextFileSync(join(dir, "runs", "exp_1", "run.json"), "{");
  assertThrows(() => diffRuns(dir, "exp_1", "exp_1"), TypeError, 'Cannot read run "exp_1": ');
});
