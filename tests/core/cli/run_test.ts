import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { tree } from "../../helpers/tree.ts";
import { artifactsBelow, filesBelow, testIn } from "../run/helpers.ts";
import { cairn, eachOf, fixture } from "./helpers.ts";

const PIPELINE = fixture("pipeline.ts");

/** Runs the pipeline with --json, and gives its document. */
async function document(cwd: string, ...flags: string[]) {
  const { code, stdout, stderr } = await cairn(["run", PIPELINE, "--json", ...flags], { cwd });
  assertEquals([code, stderr], [0, ""], flags.join(" "));
  return JSON.parse(stdout);
}

const names = ({ records }: { records: { name: string }[] }) => records.map(({ name }) => name);

testIn(
  "run: a line a record, one for the aggregate, one for all; the second time nothing to run",
  async (cwd) => {
    const first = await cairn(["run", PIPELINE, "--concurrency", "1"], { cwd });
    assertEquals([first.code, first.stderr], [0, ""]);
    assertEquals(first.stdout.trim().split("\n").slice(0, -1).toSorted(), [
      "aggregate compare: executed",
      "k=1,seed=1: 3 executed (load, fit, score)",
      "k=1,seed=2: 1 executed (score), 2 reused",
      "k=2,seed=1: 2 executed (fit, score), 1 reused",
      "k=2,seed=2: 1 executed (score), 2 reused",
    ]);
    assertMatch(first.stdout, /\npipeline_1_\S+Z: 8 executed, 5 reused in \d+\.\d\d s\n$/);
    assertEquals([...Deno.readDirSync(cwd)].map(({ name }) => name), ["data"]);

    const second = await cairn(["run", PIPELINE], { cwd });
    assertEquals([second.code, second.stderr], [0, ""]);
    const lines = second.stdout.trim().split("\n");
    assertEquals(lines.filter((line) => line.endsWith(": nothing to run, 3 reused")).length, 4);
    assert(lines.length <= 6, second.stdout);
    assertMatch(lines.at(-1)!, /^pipeline_2_\S+Z: 0 executed, 13 reused in/);
  },
);

testIn("run --json: one document with keys, reasons and paths", async (cwd) => {
  const result = await document(cwd);
  assertEquals(Object.keys(result), [
    "experiment",
    "reference",
    "executed",
    "reused",
    "failed",
    "skipped",
    "records",
    "aggregates",
  ]);
  assertEquals(
    [result.experiment, result.executed, result.reused, result.failed, result.skipped],
    ["pipeline", 8, 5, 0, 0],
  );
  assert(Deno.statSync(join(cwd, "data", "runs", result.reference)).isDirectory);
  const [record] = result.records;
  assertEquals(Object.keys(record), ["name", "hash", "stages"]);
  assertMatch(record.hash, /^[0-9a-f]{64}$/);
  const [load] = record.stages;
  assertEquals(Object.keys(load), ["stage", "verdict", "reason", "key", "artifacts", "changes"]);
  assertEquals([load.stage, load.verdict], ["load", "executed"]);
  assertMatch(load.key, /^[0-9a-f]{64}$/);
  const stem = `data/cache/pipeline_${load.key.slice(0, 16)}_load`;
  assertEquals(load.artifacts, { rows: `${stem}_rows.csv`, about: `${stem}_about.txt` });
  assertEquals(Deno.readTextFileSync(join(cwd, load.artifacts.about)), "two rows");
  const [compare] = result.aggregates;
  assertEquals(Object.keys(compare), ["stage", "verdict", "reason", "key", "artifacts", "changes"]);
  assertEquals([compare.stage, compare.verdict], ["compare", "executed"]);
});

testIn(
  "run --json: the reason of a stage that ran says what differs from the nearest earlier artifact",
  async (cwd) => {
    const reasonsOf = async (command: string, ...flags: string[]) => {
      const { records } = JSON.parse((await cairn([command, PIPELINE, "--json", ...flags], { cwd })).stdout);
      return records[0].stages.map(({ reason }: { reason: string }) => reason);
    };
    await reasonsOf("run");
    for (const command of ["plan", "run"]) {
      const [load, fit, score] = await reasonsOf(command, "--set", "k=7");
      assertEquals(load, "in the cache");
      assertMatch(fit, /^parameter "k" was [12], is 7$/);
      assertMatch(score, /^input "model": stage "fit" runs, because parameter "k" was [12], is 7$/);
    }
    assertEquals(await reasonsOf("run", "--set", "k=7"), ["in the cache", "in the cache", "in the cache"]);
  },
);

testIn("run: flags that choose and change records", async (cwd) => {
  const cases: [string[], string[]][] = [
    [["--name", "k=1,seed=2"], ["k=1,seed=2"]],
    [["--name=k=1,seed=2", "-n", "k=2,seed=1"], ["k=1,seed=2", "k=2,seed=1"]],
    [["--indices", "0,2-3"], ["k=1,seed=1", "k=2,seed=1", "k=2,seed=2"]],
    [["--set", "seed=7"], ["k=1", "k=2"]],
    [["--set", "seed=7", "--set", "note=a=b"], ["k=1", "k=2"]],
    [["--params", fixture("params.ts")], ["default"]],
    [["-p", fixture("params.ts"), "--params", fixture("more_params.ts")], ["k=7", "k=8"]],
  ];
  for (const [i, result] of (await eachOf(cases, ([flags]) => document(cwd, "--dry", ...flags))).entries()) {
    assertEquals(names(result), cases[i]![1], cases[i]![0].join(" "));
  }
  assertEquals(tree(cwd), [], "--dry");
});

testIn("run --set: JSON where it parses, else text", async (cwd) => {
  const flags = ["n=1", "t=true", 'o={"a":[1]}', "s=text", 'q="1"', "e=", "z=null"].flatMap((
    pair,
  ) => ["--set", pair]);
  await document(cwd, "--indices", "0", ...flags);
  const registry = filesBelow(join(cwd, "data", "cache", ".cairn"))["registry.jsonl"]!;
  assertEquals(JSON.parse(registry).params, {
    k: 1,
    seed: 1,
    n: 1,
    t: true,
    o: { a: [1] },
    s: "text",
    q: "1",
    e: "",
    z: null,
  });
});

testIn("run: flags for what runs", async (cwd) => {
  await document(cwd);
  assertEquals((await document(cwd, "--overwrite")).executed, 8);
  assertEquals((await document(cwd, "--overwrite-stage", "fit")).executed, 2);
  assertEquals((await document(cwd, "--overwrite-stage=fit", "--overwrite-stage", "load")).executed, 3);
  const until = await document(cwd, "--until", "fit");
  assertEquals([until.aggregates, until.records[0].stages.length], [[], 2]);
});

testIn("run: flags for where things lie", async (cwd) => {
  const there = await document(
    cwd,
    "--dir",
    "w/deep",
    "--cache",
    "c",
    "--prefix",
    "mine",
    "--notes",
    "for me",
  );
  assertEquals(Object.keys(artifactsBelow(join(cwd, "c"))).every((name) => name.startsWith("mine_")), true);
  assertEquals(tree(cwd).filter((path) => /^[^/]+\/$|^w\/[^/]+\/[^/]+\/$/.test(path)), [
    "c/",
    "w/",
    "w/deep/runs/",
  ]);
  const run = JSON.parse(Deno.readTextFileSync(join(cwd, "w/deep/runs", there.reference, "run.json")));
  assertEquals(run.notes, "for me");
});

testIn("run --store-full, then from that store with --cache and --dry-cache", async (cwd) => {
  const { reference } = await document(cwd, "--store-full");
  const store = join("data", "runs", reference, "artifacts");
  const before = filesBelow(join(cwd, store));
  assertEquals(Object.keys(before).some((name) => name.includes("_load_about")), false, "untracked");
  await Deno.remove(join(cwd, "data", "cache"), { recursive: true });
  const again = await document(cwd, "--dir", "other", "--cache", store, "--dry-cache");
  assertEquals([again.executed, again.failed], [0, 0]);
  assertEquals(filesBelow(join(cwd, store)), before);
  assertEquals(tree(join(cwd, "other")).filter((path) => !path.startsWith("runs/")), []);
});

testIn("run --lazy, --ignore-lazy, --concurrency: the same artifacts", async (cwd) => {
  const flags = [["--dir=a"], ["--dir=b", "--lazy"], ["--dir=c", "--ignore-lazy"], [
    "--dir=d",
    "--concurrency=1",
  ]];
  await eachOf(flags, (each) => document(cwd, ...each));
  const [a, ...others] = ["a", "b", "c", "d"].map((dir) => artifactsBelow(join(cwd, dir, "cache")));
  for (const other of others) assertEquals(other, a!);
});

testIn("run --quiet says nothing", async (cwd) => {
  assertEquals(await cairn(["run", PIPELINE, "--quiet"], { cwd }), { code: 0, stdout: "", stderr: "" });
});

testIn("run --verbose: each stage with its reason, and what it logs", async (cwd) => {
  const { code, stdout, stderr } = await cairn(["run", PIPELINE, "--verbose", "-n", "k=1,seed=1"], { cwd });
  assertEquals(code, 0);
  assertStringIncludes(stdout, '  k=1,seed=1, load: executed (output "rows": not in the cache)\n');
  assertStringIncludes(stdout, "aggregate compare: executed (");
  assertEquals(stderr, "k=1,seed=1, load: reading\n");
});

testIn(
  "run: a stage that fails gives status 1, its names and place, and no control characters",
  async (cwd) => {
    const { code, stdout, stderr } = await cairn(["run", fixture("failing.ts"), "--verbose"], { cwd });
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      'error: Stage "fit" in record "k=2" of experiment "failing" failed: bad \\u001b[31mvalue\\u0007\\u009b31m\\u202e\\u000d',
    );
    assertStringIncludes(stderr, "failing.ts:");
    assertStringIncludes(stdout, "k=2: 1 failed (fit)");
    checkPrintable(stdout + stderr);
  },
);

testIn("run --json of a failure: a document, status 1, and no control characters", async (cwd) => {
  const { code, stdout, stderr } = await cairn(["run", fixture("failing.ts"), "--json"], { cwd });
  const { executed, failed, records } = JSON.parse(stdout);
  assertEquals([code, executed, failed], [1, 1, 1]);
  assertMatch(records[1].stages[0].reason, /^bad /);
  checkPrintable(stderr);
  checkPrintable(stdout);
});

function checkPrintable(text: string): void {
  // deno-lint-ignore no-control-regex -- control characters are just what must not be there
  const found = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.exec(text);
  assertEquals(found, null, "a control character came through");
}

testIn(
  "run --json: exactly one document on standard output, whatever a module or stage prints",
  async (cwd) => {
    const { code, stdout, stderr } = await cairn(["run", fixture("noisy.ts"), "--json"], { cwd });
    assertEquals(code, 0);
    assertEquals(stdout.slice(0, stdout.indexOf("{")), "", "before the document");
    assertEquals(JSON.parse(stdout).executed, 1);
    for (const where of ["module", "params", "stage"]) {
      for (const method of ["log", "dirxml", "groupCollapsed"]) {
        assertStringIncludes(
          stderr,
          `${where} ${method}`,
        );
      }
    }
  },
);

testIn("run: the second time of a dry run is a run like the first", async (cwd) => {
  for (let i = 0; i < 2; i++) assertEquals((await document(cwd, "--dry")).executed, 8);
  assertEquals(tree(cwd), []);
});

testIn(
  "a cache that is the working folder holds what any other does, and nothing stays in staging",
  async (cwd) => {
    await cairn(["run", fixture("pipeline.ts"), "--dir", "data"], { cwd });
    const here = join(cwd, "here");
    await Deno.mkdir(here);
    for (const reused of [false, true]) {
      const args = ["run", fixture("pipeline.ts"), "--cache", ".", "--dir", "../other", "--json"];
      const { code, stdout, stderr } = await cairn(args, { cwd: here, permissions: ["-A"] });
      assertEquals([code, stderr, JSON.parse(stdout).executed === 0], [0, "", reused]);
      const namesIn = (folder: string) => tree(folder).filter((name) => !name.startsWith(".cairn/uses"));
      assertEquals(namesIn(here), namesIn(join(cwd, "data", "cache")));
    }
  },
);
