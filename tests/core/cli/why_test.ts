import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { artifactPath, filesBelow, removeArtifacts, testIn } from "../run/helpers.ts";
import { cairn, cairnEach, eachOf, fixture, type Output } from "./helpers.ts";

/** A copy of the project, to be edited, and the command line in its folder. */
function project(cwd: string) {
  for (const [name, text] of Object.entries(filesBelow(fixture("why")))) {
    Deno.mkdirSync(join(cwd, name, ".."), { recursive: true });
    Deno.writeTextFileSync(join(cwd, name), text);
  }
  Deno.writeTextFileSync(join(cwd, "raw.txt"), "1 2 3");
  const permissions = ["--allow-read", `--allow-write=${cwd}`, "--allow-env=MODEL"];
  const options = { cwd, permissions, env: { MODEL: "small" } };
  const call = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
    cairn([command, "experiment.ts", ...args], { ...options, env: { ...options.env, ...env } });
  return {
    data: join(cwd, "data"),
    run: async (...args: string[]) => assertEquals((await call("run", ["--quiet", ...args])).code, 0),
    why: (args: readonly string[], env?: Record<string, string>) => call("why", args, env),
    whys: (all: readonly (readonly string[])[]) =>
      cairnEach(all.map((args) => ["why", "experiment.ts", ...args]), options),
    edit: (name: string, what: string, by: string) => {
      const text = Deno.readTextFileSync(join(cwd, name));
      assertEquals(text.split(what).length, 2, what);
      Deno.writeTextFileSync(join(cwd, name), text.replace(what, by));
    },
  };
}

/** The lines of a command that went well, and warned of nothing. */
function lines({ code, stdout, stderr }: Output): readonly string[] {
  assertEquals([code, stderr], [0, ""]);
  return stdout.trimEnd().split("\n");
}

const HITS = [
  "k=1,seed=1: 3 hits",
  "k=1,seed=2: 3 hits",
  "k=2,seed=1: 3 hits",
  "k=2,seed=2: 3 hits",
  "aggregate / compare: hit",
];

testIn("why: before a first run nothing is known, and nothing is written", async (cwd) => {
  const { why } = project(cwd);
  const before = filesBelow(cwd);
  assertEquals(lines(await why([])).slice(0, 4), [
    "k=1,seed=1 / load: runs, nothing earlier is known of it",
    'k=1,seed=1 / fit: pending, nothing earlier is known of it; decided when "load" is done',
    'k=1,seed=1 / score: pending, nothing earlier is known of it; decided when "fit" is done',
    'k=1,seed=2 / load: shared with record "k=1,seed=1"',
  ]);
  assertEquals(filesBelow(cwd), before);
});

testIn("why: after a run all are hits, whatever comment or unrelated function was edited", async (cwd) => {
  const { run, why, edit } = project(cwd);
  await run();
  const before = filesBelow(cwd);
  assertEquals(lines(await why([])), HITS);
  assertEquals(lines(await why(["k=2,seed=1"])), [
    "k=2,seed=1 / load: hit",
    "k=2,seed=1 / fit: hit",
    "k=2,seed=1 / score: hit",
  ]);
  assertEquals(filesBelow(cwd), before);
  edit("lib/stats.ts", "What the stages reach", "Statistics: what the stages reach");
  edit("lib/stats.ts", "length / 2)", "length / 3)");
  assertEquals(lines(await why([])), HITS);
});

testIn("why: a helper in another file", async (cwd) => {
  const { run, why, edit } = project(cwd);
  await run();
  edit("lib/stats.ts", "sum + value, 0)", "sum + value, 1)");
  const because = '"mean" in lib/stats.ts was changed';
  assertEquals(lines(await why([])), [
    "k=1,seed=1 / load: hit",
    `k=1,seed=1 / fit: runs, ${because}`,
    `k=1,seed=1 / score: pending, input "model": stage "fit" runs, because ${because}`,
    "k=1,seed=2 / load: hit",
    'k=1,seed=2 / fit: shared with record "k=1,seed=1"',
    `k=1,seed=2 / score: pending, input "model": stage "fit" runs, because ${because}`,
    "k=2,seed=1 / load: hit",
    `k=2,seed=1 / fit: runs, ${because}`,
    `k=2,seed=1 / score: pending, input "model": stage "fit" runs, because ${because}`,
    "k=2,seed=2 / load: hit",
    'k=2,seed=2 / fit: shared with record "k=2,seed=1"',
    `k=2,seed=2 / score: pending, input "model": stage "fit" runs, because ${because}`,
    'aggregate / compare: pending, input "accuracy" of 4 records: stage "score" waits for stage "fit", which runs, ' +
    `because ${because}`,
  ]);
  await run();
  assertEquals(lines(await why([])), HITS);
});

testIn("why: a declared file, an environment variable, a version", async (cwd) => {
  const { run, why, edit } = project(cwd);
  await run();
  assertEquals(lines(await why(["k=1,seed=1", "fit"], { MODEL: "large" })), [
    'k=1,seed=1 / fit: runs, environment variable "MODEL" was changed',
  ]);
  edit("experiment.ts", 'version: "1"', 'version: "2"');
  assertEquals(lines(await why(["k=1,seed=1", "score"])), [
    'k=1,seed=1 / score: runs, its version was "1", is "2"',
  ]);
  Deno.writeTextFileSync(join(cwd, "raw.txt"), "1 2 4");
  assertEquals(lines(await why(["k=1,seed=1"])), [
    'k=1,seed=1 / load: runs, file "raw.txt" was changed',
    'k=1,seed=1 / fit: pending, input "rows": stage "load" runs, because file "raw.txt" was changed',
    'k=1,seed=1 / score: pending, its version was "1", is "2"; input "model": stage "fit" waits for stage "load", ' +
    'which runs, because file "raw.txt" was changed',
  ]);
});

testIn("why: parameters, as --set changes them, and what became of their records", async (cwd) => {
  const { run, why } = project(cwd);
  await run();
  const [set, seed] = await eachOf([["--set", "k=5"], ["--set", "seed=7"]], (args) => why(args));
  const [load, fit, score] = lines(set!);
  assertEquals(load, "seed=1 / load: hit");
  assertMatch(fit!, /^seed=1 \/ fit: runs, parameter "k" was [12], is 5$/);
  const [, because] = fit!.split("runs, ");
  assertEquals(score, `seed=1 / score: pending, input "model": stage "fit" runs, because ${because}`);
  assertMatch(
    lines(set!).at(-1)!,
    /^aggregate \/ compare: pending, record "seed=1" is new; .*; and \d more$/,
  );
  assertMatch(lines(seed!)[2]!, /^k=1 \/ score: runs, parameter "seed" was [12], is 7$/);
});

testIn("why: an artifact that was deleted or damaged, and a stage that is overwritten", async (cwd) => {
  const { data, run, why } = project(cwd);
  await run();
  const overwritten = await why(["k=1,seed=1", "--overwrite-stage", "load"]);
  assertEquals(lines(overwritten), [
    "k=1,seed=1 / load: runs, overwritten",
    'k=1,seed=1 / fit: pending, input "rows": stage "load" runs, because overwritten',
    'k=1,seed=1 / score: pending, input "model": stage "fit" waits for stage "load", which runs, because overwritten',
  ]);
  removeArtifacts(data, "_load_"); // nobody needs it
  removeArtifacts(data, "_compare_");
  const gone = lines(await why([]));
  assertEquals(gone[0], "k=1,seed=1: 2 hits, 1 not needed");
  assertEquals(
    gone.at(-1),
    'aggregate / compare: runs, its artifact is gone: output "best": not in the cache',
  );
  await run();
  const path = artifactPath(data, "_compare_");
  Deno.writeTextFileSync(path, "5 and more");
  const { code, stdout, stderr } = await why(["compare"]);
  assertEquals(code, 0);
  assertMatch(stdout, /^aggregate \/ compare: runs, output "best": ".*" is not what was written\n$/);
  assertMatch(stderr, /^warning: output "best" of aggregate "compare" can't be used/);
});

testIn("why: what failed says so", async (cwd) => {
  const { run, why, edit } = project(cwd);
  await run();
  edit(
    "lib/stats.ts",
    "return values.reduce",
    "if (values.length > 2) throw new Error();\n  return values.reduce",
  );
  await cairn(["run", "experiment.ts", "--quiet"], { cwd, permissions: ["-A"], env: { MODEL: "small" } });
  assertMatch(
    lines(await why(["k=1,seed=1", "fit"]))[0]!,
    /^k=1,seed=1 \/ fit: runs, it failed in run "why_2_.*"; "mean" in lib\/stats.ts was changed$/,
  );
});

testIn("why --verbose: every part of the key, and where the earlier artifact lies", async (cwd) => {
  const { run, whys, edit } = project(cwd);
  await run();
  edit("lib/stats.ts", "sum + value, 0)", "sum + value, 1)");
  const calls = [["k=1", "fit", "--set", "seed=2"], ["k=1,seed=1", "load"], ["load", "--dir", "new"]];
  const [fit, hit, first] = await whys(calls.map((args) => [...args, "--verbose"]));
  const [line, beside, ...parts] = lines(fit!);
  assertEquals(line, 'k=1 / fit: runs, "mean" in lib/stats.ts was changed');
  assertMatch(
    beside!,
    /^ {4}beside data\/cache\/why_[0-9a-f]{16}_fit_model\.json, made for record "k=.,seed=." in why_1_\S+$/,
  );
  assertEquals(parts, [
    '      changed  "mean" in lib/stats.ts was changed',
    "      changed  its code was changed",
    '      same     parameter "k": 1',
    '      same     "run of fit" in experiment.ts',
    '      same     environment variable "MODEL"',
    '      same     output "model": json in ".json"',
    '      same     input "rows": "rows" of stage "load"',
    "      same     format of keys: 1",
  ]);
  assertEquals(lines(hit!).filter((line) => line.includes("changed")), []);
  assertEquals(lines(hit!).includes('      same     file "raw.txt"'), true);
  assertEquals(lines(first!)[1], "    nothing to compare it with");
  assertEquals(lines(first!).includes('      file "raw.txt"'), true);
});

testIn("why --json: one document with all of it", async (cwd) => {
  const { run, why, edit } = project(cwd);
  await run();
  edit("lib/stats.ts", "sum + value, 0)", "sum + value, 1)");
  const document = JSON.parse(lines(await why(["--json"])).join("\n"));
  assertEquals(Object.keys(document), ["experiment", "records", "aggregates"]);
  assertEquals(document.records.map(({ name }: { name: string }) => name), [
    "k=1,seed=1",
    "k=1,seed=2",
    "k=2,seed=1",
    "k=2,seed=2",
  ]);
  const [load, fit, score] = document.records[0].stages;
  assertEquals([load.verdict, load.causes, load.changes], ["reuse", [], []]);
  assertEquals(Object.keys(fit), [
    "stage",
    "verdict",
    "reason",
    "key",
    "causes",
    "changes",
    "upstream",
    "waitsFor",
    "comparedWith",
    "parts",
  ]);
  const { was, is, ...change } = fit.changes[0];
  assertEquals(change, { what: "declaration", file: "lib/stats.ts", name: "mean", how: "changed" });
  assertEquals(was !== is && /^[0-9a-f]{16}$/.test(was) && /^[0-9a-f]{16}$/.test(is), true);
  assertEquals(fit.parts.find(({ name }: { name: string }) => name === "k"), {
    what: "parameter",
    name: "k",
    was: 1,
    is: 1,
    same: true,
  });
  assertEquals([score.verdict, score.waitsFor], ["pending", ["fit"]]);
  const because = ['"mean" in lib/stats.ts was changed'];
  assertEquals(score.upstream, [{ record: null, input: "model", stage: "fit", runs: "fit", because }]);
  assertEquals(document.aggregates[0].upstream.length, 4);
});

testIn("why: names that are none are wrong use, and the message lists what there is", async (cwd) => {
  const { whys } = project(cwd);
  const ROWS: readonly (readonly [args: readonly string[], message: string])[] = [
    [
      ["fitt"],
      'Cannot tell why of "fitt": there is no such record or stage; there are "load", "fit", "score", "compare", ',
    ],
    [["k=9", "fit"], 'Cannot tell why of "k=9": there is no such record; there are "k=1,seed=1", '],
    [
      ["k=1,seed=1", "fitt"],
      'Cannot tell why of "fitt": there is no such stage; there are "load", "fit", "score"\n',
    ],
    [["a", "b", "c"], 'Cannot use "c": after the experiment come a record and a stage, no more\n'],
  ];
  const outputs = await whys(ROWS.map(([args]) => args));
  for (const [i, [, message]] of ROWS.entries()) {
    const { code, stdout, stderr } = outputs[i]!;
    assertEquals([code, stdout, stderr.slice(0, message.length + 7)], [2, "", `error: ${message}`]);
  }
  const [none, stage, aggregate] = await cairnEach(
    [["why"], ["why", "experiment.ts", "fit"], ["why", "experiment.ts", "aggregate", "compare"]],
    { cwd, permissions: ["-A"] },
  );
  assertEquals([none!.code, none!.stderr], [
    2,
    "error: Cannot go on without an experiment module: name one\n",
  ]);
  assertEquals(lines(stage!).map((line) => line.split(":")[0]), [
    "k=1,seed=1 / fit",
    "k=1,seed=2 / fit",
    "k=2,seed=1 / fit",
    "k=2,seed=2 / fit",
  ]);
  assertEquals(lines(aggregate!).map((line) => line.split(":")[0]), ["aggregate / compare"]);
});
