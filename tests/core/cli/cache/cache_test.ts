/** `cairn cache`, as a user has it: processes on one cache. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { copyTree } from "../../../../core/store/disk/move.ts";
import { tree } from "../../../helpers/tree.ts";
import { artifactsBelow, filesBelow, flipByte, testIn } from "../../run/helpers.ts";
import { cairn, cairnEach, eachOf, fixture, isFile, start, until } from "../helpers.ts";

const PIPELINE = fixture("pipeline.ts");
const ALL = ["cache", "gc", "--max-size", "0"];

async function json(args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await cairn([...args, "--json"], { cwd });
  assertEquals([code, stderr], [0, ""], args.join(" "));
  return JSON.parse(stdout);
}

/** Artifacts by experiment, stage and output, whatever their keys. */
function named(cache: string): Record<string, string> {
  const entries = Object.entries(artifactsBelow(cache));
  return Object.fromEntries(
    entries.map(([name, text]) => [name.replace(/_[0-9a-f]{16}_/, "_") + text, text]),
  );
}

testIn("help: of cache and of each of its commands, with every flag and examples", async (cwd) => {
  const flags: Record<string, string> = {
    ls: "dir cache json help",
    verify: "dir cache json help",
    gc: "max-size max-age keep-runs orphans ignore-damaged-notes dry verbose dir cache json help",
    rm: "stage ignore-damaged-notes dry verbose dir cache json help",
  };
  const calls = [[], ["--help"], ["-h"], ["help"], ...Object.keys(flags).map((name) => [name, "--help"])];
  const outputs = await cairnEach(
    calls.map((args) => ["cache", ...args]),
    { cwd, permissions: ["--allow-read"] },
  );
  assertEquals(outputs.map(({ code, stderr }) => [code, stderr]), [
    [2, ""],
    ...calls.slice(1).map(() => [0, ""]),
  ]);
  for (const [i, { stdout }] of outputs.entries()) {
    assertStringIncludes(stdout, "Examples:\n  cairn cache ");
    const name = calls[i]![0] ?? "";
    if (!Object.hasOwn(flags, name)) {
      for (const each of Object.keys(flags)) assertMatch(stdout, new RegExp(`^ {2}${each} +\\w`, "m"));
      continue;
    }
    assertStringIncludes(stdout, `Usage: cairn cache ${name}${name === "rm" ? " EXPERIMENT" : ""} [FLAGS]`);
    const listed = [...stdout.matchAll(/^ {2}(?:-\w, | {4})--([\w-]+)/gm)].map(([, flag]) => flag!);
    assertEquals(listed.toSorted(), flags[name]!.split(" ").toSorted());
  }
});

testIn("wrong use: status 2, one clear line, nothing touched", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet", "--store-full"], { cwd });
  const [reference] = tree(join(cwd, "data", "runs")).filter((name) => /^[^/]+\/$/.test(name));
  const before = filesBelow(cwd);
  const store = `data/runs/${reference}artifacts`;
  const wrong: [args: string[], words: string[]][] = [
    [["fly"], ['Cannot run cairn cache "fly"', "ls, verify, gc, rm"]],
    [["gc"], ["--max-size, --max-age or --keep-runs"]],
    [["gc", "--dry"], ["--max-size, --max-age or --keep-runs"]],
    [["gc", "--max-size", "many"], ['--max-size "many"', "10GB"]],
    [["gc", "--max-size=-1"], ['"-1"']],
    [["gc", "--max-age", "30 days"], ["--max-age", '"30 days"', '"12h"']],
    [["gc", "--keep-runs", "few"], ['--keep-runs "few"', "a whole number from 0"]],
    [["gc", "--keep-runs", "1.5"], ['"1.5"']],
    [["gc", "more", "--keep-runs", "1"], ['"more"', "no operands"]],
    [["gc", "--keep-runs", "1", "--cache", store], ["it is the full store of a run"]],
    [["gc", "--keep-runs", "1", "--cache", "nowhere"], ['"nowhere"', "there is no such folder"]],
    [["ls", "--dir", "nowhere"], ['"nowhere/cache"']],
    [["ls", "more"], ['"more"']],
    [["verify", "--cache", PIPELINE], ["there is no such folder"]],
    [["rm"], ["an experiment's name"]],
    [["rm", "pipeline", "more"], ['"more"']],
    [["rm", "pipelin"], ['"pipelin"', '"pipeline"']],
    [["rm", "pipeline", "--stage", "fitt"], ['stage "fitt"', '"compare", "fit", "load", "score"']],
    [["rm", "pipeline", "--cache", store], ["it is the full store of a run"]],
  ];
  const outputs = await cairnEach(wrong.map(([args]) => ["cache", ...args]), { cwd });
  for (const [i, { code, stdout, stderr }] of outputs.entries()) {
    const [args, words] = wrong[i]!;
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertMatch(stderr, /^error: Cannot [^\n]*\n$/);
    for (const word of words) assertStringIncludes(stderr, word);
  }
  assertEquals(filesBelow(cwd), before);
});

testIn("ls: by experiment, stage and age, in columns and as JSON; nothing is written", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet"], { cwd });
  Deno.writeTextFileSync(join(cwd, "data", "cache", `pipeline_${"0".repeat(16)}_fit_x.json`), "12345");
  const before = filesBelow(cwd);
  const { code, stdout, stderr } = await cairn(["cache", "ls"], { cwd, permissions: ["--allow-read"] });
  assertEquals([code, stderr], [0, ""]);
  assertMatch(
    stdout,
    new RegExp(
      [
        /^experiment {2}stage {4}artifacts +size {2}last used\n/,
        /pipeline {4}compare {10}1 +[\d.]+ kB {2}[\d.]+ (ms|s) ago\n/,
        /pipeline {4}fit {14}2 +[\d.]+ kB {2}.* ago\n/,
        /pipeline {4}load {13}2 +[\d.]+ kB {2}.* ago\n/,
        /pipeline {4}score {12}4 +[\d.]+ kB {2}.* ago\n\n/,
        /last used {5}artifacts +size\nwithin a day {10}9 +[\d.]+ kB\n\n/,
        /"data\/cache": 9 artifacts, [\d.]+ kB; 1 leftover that no metadata claims, 5 B\n/,
        /"data\/cache\/\.cairn", which Cairn keeps for itself: [\d.]+ kB\n$/,
      ].map(({ source }) => source).join(""),
    ),
  );
  const listed = await json(["cache", "ls"], cwd);
  assertEquals(Object.keys(listed), ["cache", "stages", "ages", "artifacts", "bytes", "leftovers", "own"]);
  const own = Object.entries(before).filter(([name]) => name.startsWith("data/cache/.cairn/"));
  assertEquals(listed.own, own.reduce((sum, [, text]) => sum + text.length, 0));
  assertEquals([listed.artifacts, listed.leftovers], [9, { count: 1, bytes: 5 }]);
  const files = Object.entries(before).filter(([name]) => name.startsWith("data/cache/pipeline_"));
  assertEquals(listed.bytes, files.reduce((sum, [, text]) => sum + text.length, 0));
  assertEquals(filesBelow(cwd), before);
});

testIn("verify: every digest; what is damaged and what is orphaned, each with its reason", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet"], { cwd });
  const cache = join(cwd, "data", "cache");
  const whole = await cairn(["cache", "verify"], { cwd, permissions: ["--allow-read"] });
  assertEquals([whole.code, whole.stderr], [0, ""]);
  assertMatch(whole.stdout, /^"data\/cache": 9 artifacts whole, [\d.]+ kB; 0 damaged, 0 orphaned\n$/);

  const find = (part: string) => tree(cache).filter((name) => name.includes(part)).toSorted();
  flipByte(join(cache, find("_compare_best.json")[0]!)); // neither its size nor its time tells
  flipByte(join(cache, find("_load_rows_metadata.json")[0]!), 30);
  Deno.removeSync(join(cache, find("_fit_model.json")[0]!));
  Deno.writeTextFileSync(join(cache, "notes.txt"), "mine");
  const before = filesBelow(cwd);
  const { code, stdout, stderr } = await cairn(["cache", "verify"], { cwd });
  assertEquals([code, stderr], [1, ""]);
  const lines = stdout.trimEnd().split("\n").map((line) => line.replaceAll(/[0-9a-f]{16}/g, "KEY"));
  assertEquals(lines.slice(0, -1).toSorted(), [
    `damaged: pipeline_KEY_compare_best: "data/cache/pipeline_KEY_compare_best.json" is not what was written`,
    `damaged: pipeline_KEY_fit_model: "data/cache/pipeline_KEY_fit_model.json" is missing`,
    "damaged: pipeline_KEY_load_rows_metadata.json: the metadata is cut short, or was changed",
    "orphaned: pipeline_KEY_load_rows.csv: no metadata claims it, 9 B",
  ]);
  assertMatch(lines.at(-1)!, /: 6 artifacts whole, .*; 3 damaged, 1 orphaned$/);
  const found = await cairn(["cache", "verify", "--json"], { cwd });
  assertEquals(found.code, 1);
  const { artifacts, damaged, orphaned } = JSON.parse(found.stdout);
  assertEquals([artifacts, damaged.length, orphaned.length], [6, 3, 1]);
  assertEquals(filesBelow(cwd), before);

  // What is damaged is a miss, and a run makes it anew.
  await cairn(["run", PIPELINE, "--quiet", "--overwrite"], { cwd });
  assertEquals((await cairn(["cache", "verify"], { cwd })).code, 0);
});

testIn(
  "gc: --dry says the same with would, and touches nothing; then it is done, and a rerun makes all anew",
  async (cwd) => {
    await cairn(["run", PIPELINE, "--quiet"], { cwd });
    const cache = join(cwd, "data", "cache");
    const expected = artifactsBelow(cache);
    const own = ["notes.txt", "sub/notes.txt", "pipeline_notes_fit.json"];
    Deno.mkdirSync(join(cache, "sub"));
    for (const name of own) Deno.writeTextFileSync(join(cache, name), "mine");
    Deno.symlinkSync(PIPELINE, join(cache, `pipeline_${"0".repeat(16)}_fit_linked.ts`));
    const before = filesBelow(cwd);
    const dry = await cairn([...ALL, "--dry"], { cwd, permissions: ["--allow-read"] });
    assertEquals([dry.code, dry.stderr], [0, ""]);
    assertEquals(filesBelow(cwd), before);
    const done = await cairn(ALL, { cwd });
    assertEquals([done.code, done.stderr], [0, ""]);
    const plain = (text: string) => text.replaceAll(/last used .* ago/g, "last used ago");
    const said = plain(dry.stdout).replace("would remove", "removed").replace("would free", "freed")
      .replace("would remain", "remain");
    assertEquals(plain(done.stdout), said);
    assertMatch(
      said,
      new RegExp(
        [
          /^pipeline \/ compare: 1 artifact, [\d.]+ kB, last used ago\n/,
          /pipeline \/ fit: 2 artifacts, .*\npipeline \/ load: 2 artifacts, .*\npipeline \/ score: 4 artifacts, .*\n/,
          /removed 9 artifacts, freed [\d.]+ kB; 0 artifacts, 0 B, remain in "data\/cache"\n$/,
        ].map(({ source }) => source).join(""),
      ),
    );
    own.push(`pipeline_${"0".repeat(16)}_fit_linked.ts`); // a link is the user's
    assertEquals(Object.keys(artifactsBelow(cache)).toSorted(), own.toSorted());
    assert(isFile(PIPELINE));

    const again = await json(["run", PIPELINE], cwd);
    assertEquals([again.reused, again.failed], [5, 0]); // shared among records, as at first
    for (const name of own) Deno.removeSync(join(cache, name));
    assertEquals(artifactsBelow(cache), expected);
  },
);

testIn("gc --keep-runs: what the newest runs need stays, with or without the journal", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet", "--set", "seed=7"], { cwd });
  const seven = named(join(cwd, "data", "cache"));
  await cairn(["run", PIPELINE, "--quiet", "--set", "seed=8", "--overwrite"], { cwd });
  await cairn(["run", PIPELINE, "--quiet", "--set", "seed=9"], { cwd });
  copyTree(join(cwd, "data"), join(cwd, "lost"));
  Deno.removeSync(join(cwd, "lost", "cache", ".cairn"), { recursive: true });
  for (const dir of ["data", "lost"]) {
    const { removed } = await json(["cache", "gc", "--keep-runs", "1", "--dir", dir], cwd);
    assertEquals(removed.length, 6, "of each of two runs: two of score and one of compare");
    assertEquals(new Set(removed.map(({ cause }: { cause: string }) => cause)).size, 1);
    const again = await json(["run", PIPELINE, "--set", "seed=9", "--dir", dir], cwd);
    assertEquals([again.executed, again.failed], [0, 0], dir);
  }
  const back = await json(["run", PIPELINE, "--set", "seed=7"], cwd);
  assertEquals(back.executed, 3);
  for (const [name, text] of Object.entries(seven)) {
    assertEquals(named(join(cwd, "data", "cache"))[name], text);
  }
});

testIn("gc --max-age: what no run has used for so long goes", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet"], { cwd });
  const none = await json(["cache", "gc", "--max-age", "1h"], cwd);
  assertEquals([none.removed, none.freed], [[], 0]);
  const cache = join(cwd, "data", "cache");
  for (const name of tree(cache).filter((name) => name.startsWith("pipeline_"))) {
    Deno.utimeSync(join(cache, name), 1_000_000_000, 1_000_000_000);
  }
  assertEquals((await json(["cache", "gc", "--max-age", "1h"], cwd)).removed, [], "a run has used it since");
  const all = await json(["cache", "gc", "--max-age", "0s"], cwd);
  assertEquals(all.removed.length, 8);
});

testIn("gc --max-size: what comes last outlives what it was made from, and a rerun finds it", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet"], { cwd });
  const { bytes, stages } = await json(["cache", "ls"], cwd);
  const last = stages.filter(({ stage }: { stage: string }) => stage === "compare")[0].bytes;
  const { removed } = await json(["cache", "gc", "--max-size", `${bytes - 1}`], cwd);
  assertEquals(removed.length, 1);
  assert(removed[0].stage !== "compare");
  const more = await json(["cache", "gc", "--max-size", `${last}`], cwd);
  assertEquals([more.removed.length, more.remaining], [6, { artifacts: 1, bytes: last }]);
  const again = await json(["run", PIPELINE], cwd);
  assertEquals([again.executed, again.failed, again.aggregates[0].verdict], [0, 0, "reused"]);
});

testIn("rm: an experiment, or stages of it; others stay", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet"], { cwd });
  await cairn(["run", fixture("listed/first.ts"), "--quiet"], { cwd });
  const cache = join(cwd, "data", "cache");
  const before = filesBelow(cwd);
  const dry = await cairn(["cache", "rm", "pipeline", "--stage", "fit", "--dry", "--verbose"], { cwd });
  assertMatch(
    dry.stdout,
    /^pipeline \/ fit: 2 artifacts, .*\n(?: {4}pipeline_[0-9a-f]{16}_fit_model\n){2}would remove 2 artifacts, would free .*\n$/,
  );
  assertEquals(filesBelow(cwd), before);
  const some = await json(["cache", "rm", "pipeline", "--stage", "fit", "--stage", "load"], cwd);
  assertEquals(some.removed.length, 3);
  assert(Object.keys(artifactsBelow(cache)).every((name) => !/_(fit|load)_/.test(name)));
  const rest = await json(["cache", "rm", "pipeline"], cwd);
  assertEquals(rest.removed.length, 5);
  assertEquals(
    (await json(["cache", "ls"], cwd)).stages.map(({ experiment }: { experiment: string }) => experiment),
    [
      "first",
    ],
  );
});

testIn("a full store is as good as before when all is gone from the cache", async (cwd) => {
  const first = await json(["run", PIPELINE, "--store-full"], cwd);
  const store = `data/runs/${first.reference}/artifacts`;
  const before = filesBelow(join(cwd, store));
  const { removed, shortfall } = await json(ALL, cwd);
  // It has no copy of what is not tracked, so the cache keeps that.
  assertEquals(removed.length, 7);
  assertEquals(shortfall, "what is left is more than 0 B: it is needed by full stores");
  const left = Object.keys(artifactsBelow(join(cwd, "data", "cache")));
  assertEquals(left.map((name) => name.replace(/_[0-9a-f]{16}_/, "_")).toSorted(), [
    "pipeline_load_about.txt",
    "pipeline_load_rows.csv",
  ]);
  const again = await json(["run", PIPELINE, "--cache", store, "--dry-cache"], cwd);
  assertEquals([again.executed, again.failed, again.skipped + again.reused], [0, 0, 13]);
  assertEquals(filesBelow(join(cwd, store)), before);
  Deno.removeSync(join(cwd, "data", "runs"), { recursive: true });
  assertEquals((await json(ALL, cwd)).removed.length, 1, "with the store gone, nobody needs it");
});

testIn(
  "what a script needs that shares the cache stays while it lives, and so does a full store elsewhere",
  async (cwd) => {
    const elsewhere = await json(
      ["run", PIPELINE, "--store-full", "--dir", "other", "--cache", "data/cache"],
      cwd,
    );
    assert(elsewhere.executed > 0);
    const cache = join(cwd, "data", "cache");
    const script = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", fixture("shared_cache.ts"), cwd, cache],
      cwd,
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const output = script.output();
    await until("the script", () => isFile(join(cwd, "there")));
    const { removed, left, shortfall } = await json(ALL, cwd);
    assertEquals([removed.length, left], [7, []]);
    assertEquals(
      shortfall,
      "what is left is more than 0 B: it is needed by runs or scripts under way and full stores",
    );
    const rm = await json(["cache", "rm", "script"], cwd);
    assertEquals([rm.removed.length, rm.left.length], [0, 1]);
    assertMatch(rm.left[0].what, /^script \/ slow script_[0-9a-f]{16}_slow_value$/);
    Deno.writeTextFileSync(join(cwd, "go"), "");
    assertEquals(new TextDecoder().decode((await output).stdout), "7 reused\n");
    assertEquals(Deno.readTextFileSync(join(cwd, "calls")), "slow\n");
    assertEquals((await json(["cache", "rm", "script"], cwd)).removed.length, 1, "it has ended");
  },
);

testIn("a file that artifacts share by a hard link counts once, and is freed with the last", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet"], { cwd });
  const cache = join(cwd, "data", "cache");
  const before = await json(["cache", "ls"], cwd);
  const [one, two] = tree(cache).filter((name) => name.endsWith("_fit_model.json")) as [string, string];
  const size = Deno.statSync(join(cache, two)).size;
  Deno.removeSync(join(cache, two));
  Deno.linkSync(join(cache, one), join(cache, two));
  assertEquals((await json(["cache", "ls"], cwd)).bytes, before.bytes - size);
  const rest = await json(["cache", "gc", "--max-size", "0", "--dry"], cwd);
  assertEquals(rest.freed, before.bytes - size);
  Deno.linkSync(join(cache, one), join(cwd, "kept.json"));
  const { freed, removed } = await json(["cache", "rm", "pipeline", "--stage", "fit"], cwd);
  const metadata = removed.reduce((sum: number, { bytes }: { bytes: number }) => sum + bytes, 0) - 2 * size;
  assertEquals(freed, metadata, "the file has another name yet");
});

testIn("names from metadata do not reach the terminal as they are", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet"], { cwd });
  const cache = join(cwd, "data", "cache");
  Deno.mkdirSync(join(cache, ".cairn", "uses", "sets"), { recursive: true });
  Deno.writeTextFileSync(
    join(cache, ".cairn", "uses", "journal.jsonl"),
    '\n0123456789abcdef {"\u001b[31m"}\n',
  );
  for (const args of [["ls"], ["verify"], ["gc", "--max-size", "0", "--dry"]]) {
    const { stdout, stderr } = await cairn(["cache", ...args], { cwd });
    assert(!(stdout + stderr).includes("\u001b"));
  }
});

const ROUNDS = 6;

testIn(
  "gc while runs go on: none fails, none of what it needs is gone, and results are those of an empty cache",
  async (cwd) => {
    const alone = join(cwd, "alone");
    Deno.mkdirSync(alone);
    await cairn(["run", PIPELINE, "--quiet"], { cwd: alone });
    const expected = artifactsBelow(join(alone, "data", "cache"));
    let isOver = false;
    const collecting = (async () => {
      const kinds = [["--max-size", "0"], ["--keep-runs", "0"], ["--max-age", "0s"]];
      for (let i = 0; !isOver && i < 1000; i++) {
        const { code, stderr } = await cairn(["cache", "gc", ...kinds[i % 3]!], {
          cwd,
        });
        // Before the first run there is no cache at all.
        assert(code === 0 && stderr === "" || stderr.includes("there is no such folder"), stderr);
      }
    })();
    const runs = await eachOf(
      Array.from({ length: 2 * ROUNDS }),
      () => cairn(["run", PIPELINE, "--json"], { cwd }),
      2,
    );
    isOver = true;
    await collecting;
    for (const { code, stdout, stderr } of runs) {
      assertEquals([code, stderr], [0, ""]);
      const { executed, reused, skipped, failed } = JSON.parse(stdout);
      assertEquals([executed + reused + skipped, failed], [13, 0]);
    }
    const last = await json(["run", PIPELINE], cwd);
    assertEquals(last.failed, 0);
    const left = artifactsBelow(join(cwd, "data", "cache"));
    for (const [name, text] of Object.entries(left)) assertEquals(text, expected[name], name);
    assert(Object.keys(left).some((name) => name.includes("_compare_best")));
    assertEquals((await cairn(["cache", "verify"], { cwd })).code, 0);
    const own = tree(join(cwd, "data", "cache", ".cairn"));
    assertEquals(own.filter((name) => /^(locks|staging|uses\/live)\/.|lock$/.test(name)), []);
  },
);

testIn("what a run under way has made or found is there until it ends", async (dir) => {
  const options = { cwd: dir, permissions: ["-A"], env: { CAIRN_CONTROL: dir } };
  const args = ["run", fixture("processes.ts"), "--json"];
  await cairn(args, options);
  const before = artifactsBelow(join(dir, "data", "cache"));
  // Its last stage is asked for again, and blocks; all that is before it was found.
  Deno.writeTextFileSync(join(dir, "block"), "");
  const blocked = start([...args, "--overwrite-stage", "load"], options);
  const output = blocked.output();
  try {
    await until("the save", () => isFile(join(dir, "saving")));
    const { removed } = await json(["cache", "gc", "--max-size", "0"], dir);
    assertEquals(removed, []);
    assertEquals(artifactsBelow(join(dir, "data", "cache")), before);
  } finally {
    blocked.kill("SIGKILL");
    await output;
  }
  Deno.removeSync(join(dir, "block"));
  const { removed } = await json(["cache", "gc", "--keep-runs", "1"], dir);
  assertEquals(removed, [], "one that was killed is the newest that ended");
  assertEquals((await json(["cache", "gc", "--max-size", "0"], dir)).removed.length, 5);
  assertEquals(tree(join(dir, "data", "cache", ".cairn", "staging")), []);
});

testIn("gc and rm: no link out of Cairn's own folder is followed", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet"], { cwd });
  const outside = join(cwd, "outside");
  const own = join(cwd, "data", "cache", ".cairn");
  for (const name of ["staging", "locks", "gc.lock", "uses"]) {
    Deno.mkdirSync(join(outside, "sub"), { recursive: true });
    Deno.writeTextFileSync(join(outside, "thesis.txt"), "the work of a year");
    const place = join(own, name);
    const aside = join(cwd, "aside");
    if (await Deno.lstat(place).then(() => true, () => false)) Deno.renameSync(place, aside);
    Deno.symlinkSync(outside, place);
    for (const args of [ALL, ["cache", "rm", "pipeline"]]) {
      const { code, stderr } = await cairn(args, { cwd, permissions: ["-A"] });
      assertEquals(code, 1, `${name}: ${stderr}`);
      assertMatch(
        stderr,
        /^error: Cannot use "data\/cache\/\.cairn\/[^\n]*it is a link that leads to [^\n]*\n$/,
      );
    }
    assertEquals(tree(outside), ["sub/", "thesis.txt"], name);
    Deno.removeSync(place);
    if (await Deno.lstat(aside).then(() => true, () => false)) Deno.renameSync(aside, place);
  }
});

testIn("gc and rm refuse what is no cache, but holds caches and runs", async (cwd) => {
  await cairn(["run", PIPELINE, "--store-full", "--quiet"], { cwd });
  const [run] = [...Deno.readDirSync(join(cwd, "data", "runs"))].filter(({ isDirectory }) => isDirectory);
  Deno.symlinkSync(join(cwd, "data", "runs", run!.name, "artifacts"), join(cwd, "store"));
  const before = filesBelow(join(cwd, "data"));
  for (
    const cache of [
      "data",
      "data/runs",
      `data/runs/${run!.name}`,
      `data/runs/${run!.name}/artifacts`,
      "store",
    ]
  ) {
    for (const args of [ALL, ["cache", "rm", "pipeline"]]) {
      const { code, stderr } = await cairn([...args, "--cache", cache], { cwd });
      assertEquals(code, 2, `${cache}: ${stderr}`);
      assertMatch(stderr, /^error: Cannot remove anything from "[^\n]*\n$/);
    }
  }
  assertEquals(filesBelow(join(cwd, "data")), before);
  // Another cache within a cache is another's.
  assertEquals((await json(["cache", "ls", "--cache", "data"], cwd)).artifacts, 0);
});

testIn(
  "gc: a file of the user's whose name begins like an artifact's stays, unless they say otherwise",
  async (cwd) => {
    await cairn(["run", PIPELINE, "--quiet"], { cwd });
    const cache = join(cwd, "data", "cache");
    const [name] = Object.keys(artifactsBelow(cache)).filter((name) => name.includes("_load_rows"));
    const mine = [`${name}.bak`, `${name}.notes.md`, "backup_deadbeefdeadbeef_final.tar"];
    for (const each of mine) Deno.writeTextFileSync(join(cache, each), "mine");
    assertEquals((await cairn(["cache", "gc", "--max-size", "100GB"], { cwd })).code, 0);
    const { stdout } = await cairn(ALL, { cwd });
    assertEquals(Object.keys(artifactsBelow(cache)).toSorted(), mine.toSorted());
    assertStringIncludes(stdout, "--orphans");
    assertEquals((await cairn([...ALL, "--orphans"], { cwd })).code, 0);
    assertEquals(artifactsBelow(cache), {});
  },
);

testIn("two experiments with the same stages in one cache: rm of one leaves the other whole", async (cwd) => {
  const source = Deno.readTextFileSync(PIPELINE);
  for (const name of ["aline", "bline"]) {
    const text = source.replace('name: "pipeline"', `name: ${JSON.stringify(name)}`);
    assert(text !== source);
    Deno.writeTextFileSync(join(cwd, `${name}.ts`), text);
    await cairn(["run", `${name}.ts`, "--quiet"], { cwd, permissions: ["-A"] });
  }
  const cache = join(cwd, "data", "cache");
  const of = (name: string) => Object.keys(artifactsBelow(cache)).filter((path) => path.startsWith(name));
  const other = of("bline");
  assert(other.length > 0 && of("aline").length > 0);
  const { removed } = await json(["cache", "rm", "aline"], cwd);
  assert(removed.length > 0);
  assertEquals([of("aline"), of("bline")], [[], other]);
  assertEquals((await json(["run", "bline.ts"], cwd)).executed, 0);
});
