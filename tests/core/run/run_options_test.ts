/** Each option of a run by what it visibly does. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { fileReferenceCacher } from "../../../cachers/file_reference_cacher.ts";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { pathCacher } from "../../../cachers/path_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { untracked } from "../../../core/define/combinators/untracked.ts";
import { withPrefix } from "../../../core/define/combinators/with_prefix.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import { lazy, transient } from "../../../core/define/output.ts";
import { inlineExecutor } from "../../../core/run/executor.ts";
import { planExperiment } from "../../../core/run/plan_experiment.ts";
import { valueOf } from "../../../core/run/record.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import type { RunOptions } from "../../../core/run/run_options.ts";
import { readMetadata } from "../../../core/store/inline.ts";
import { counting } from "../../helpers/counting.ts";
import { tree } from "../../helpers/tree.ts";
import {
  aggregate,
  artifactsBelow,
  collect,
  experiment,
  filesBelow,
  flipByte,
  removeArtifacts,
  stage,
  testIn,
} from "./helpers.ts";

const make = stage("make", { outputs: { m: jsonCacher() } }, ({ params }) => ({ m: params }));
const next = stage(
  "next",
  { inputs: ["m"], params: [], outputs: { n: jsonCacher() } },
  ({ m }) => ({ n: [m] }),
);
const all = aggregate("all", { inputs: ["n"], outputs: { names: jsonCacher() } }, (states) => ({
  names: states.map(({ name }) => name),
}));
const params = [{ k: 1, seed: 1 }, { k: 1, seed: 2 }, { k: 5, seed: 1 }, { k: 5, seed: 2 }];
const exp = experiment({ params, stages: [make, next], aggregates: [all] });

/** The names of the records that a run with these options has. */
async function namesOf(dir: string, options: RunOptions): Promise<string[]> {
  const { records } = await runExperiment(exp, { dir, ...options });
  return records.map(({ name }) => name);
}

testIn("names and indices choose records, together those that both choose", async (dir) => {
  assertEquals(await namesOf(dir, { names: ["k=5,seed=1"] }), ["k=5,seed=1"]);
  assertEquals(await namesOf(dir, { names: ["k=5,seed=1", "k=1,seed=1"] }), ["k=1,seed=1", "k=5,seed=1"]);
  assertEquals(await namesOf(dir, { indices: [3, 0, 0] }), ["k=1,seed=1", "k=5,seed=2"]);
  assertEquals(await namesOf(dir, { indices: "0-1, 3" }), ["k=1,seed=1", "k=1,seed=2", "k=5,seed=2"]);
  assertEquals(await namesOf(dir, { indices: "2-3", names: ["k=5,seed=1", "k=1,seed=1"] }), ["k=5,seed=1"]);
  const { records } = await runExperiment(exp, { dir, indices: "2" });
  assertEquals([records[0]!.index, records[0]!.name], [2, "k=5,seed=1"]);
});

testIn("names and indices that choose none are errors, and nothing is written", async (dir) => {
  const refused: [RunOptions, string][] = [
    [{ names: ["k=7"] }, 'Cannot run record "k=7": there is no such record; there are "k=1,seed=1", '],
    [{ indices: "4" }, "the records are 0 to 3"],
    [{ indices: [4] }, "the records are 0 to 3"],
    [{ indices: "2-1" }, "a range goes upward"],
    [{ indices: "" }, "they are numbers from 0 and ranges"],
    [{ indices: "1," }, "they are numbers from 0 and ranges"],
    [{ indices: "-1" }, "they are numbers from 0 and ranges"],
    [{ indices: [0.5] }, "they are numbers from 0 and ranges"],
    [{ indices: [-1] }, "they are numbers from 0 and ranges"],
  ];
  for (const [options, message] of refused) {
    const error = await assertRejects(() => runExperiment(exp, { dir: join(dir, "w"), ...options }));
    assertStringIncludes(error.message, message);
    assertEquals(/[\n]|\.$/.test(error.message), false, error.message);
  }
  assertEquals(tree(dir), []);
});

testIn("set changes a parameter in every set, and those that become equal run once", async (dir) => {
  assertEquals(await namesOf(dir, { set: { seed: 7 } }), ["k=1", "k=5"]);
  assertEquals(await namesOf(dir, { set: { added: true } }), [
    "k=1,seed=1",
    "k=1,seed=2",
    "k=5,seed=1",
    "k=5,seed=2",
  ]);
  const { records } = await runExperiment(exp, { dir, set: { k: { deep: [1] }, seed: null }, indices: "0" });
  assertEquals(await valueOf(records[0]!, "m"), { k: { deep: [1] }, seed: null });
});

testIn("set with what can't be hashed is an error that names it", async (dir) => {
  await assertRejects(
    () => runExperiment(exp, { dir: join(dir, "w"), set: { k: () => {} } }),
    TypeError,
    "params.k",
  );
  assertEquals(tree(dir), []);
});

testIn("params replace the experiment's own: a list, a function, several of them", async (dir) => {
  assertEquals(await namesOf(dir, { params: [{ name: "mine", k: 9 }] }), ["mine"]);
  assertEquals(await namesOf(dir, { params: () => Promise.resolve([{ k: 2 }, { k: 3 }]) }), ["k=2", "k=3"]);
  assertEquals(await namesOf(dir, { params: [[{ k: 2 }], () => [{ k: 3 }]] }), ["k=2", "k=3"]);
  await assertRejects(() => namesOf(dir, { params: [[{ k: 2 }], [{ k: 2 }]] }), TypeError, "alike");
});

testIn("until ends with a stage: nothing after it, no aggregate", async (dir) => {
  const result = await runExperiment(exp, { dir, until: "make" });
  assertEquals([result.executed, result.aggregates], [4, []]);
  assertEquals(result.records[0]!.stages.map(({ stage }) => stage), ["make"]);
  await assertRejects(() => runExperiment(exp, { dir, until: "mak" }), TypeError, 'Cannot run until "mak"');
});

testIn("prefix: file names begin with it, and a cacher's own prefix is left", async (dir) => {
  const own = stage("own", { outputs: { o: withPrefix(jsonCacher(), "shared") } }, () => ({ o: 1 }));
  await runExperiment(experiment({ params: [{ k: 1 }], stages: [make, own] }), { dir, prefix: "mine" });
  const names = Object.keys(artifactsBelow(join(dir, "cache"))).map((name) => name.split("_")[0]);
  assertEquals(names, ["mine", "shared"]);
  assertMatch([...Deno.readDirSync(join(dir, "runs"))].map(({ name }) => name).join(), /exp_1_/);
  assertEquals(
    (await runExperiment(experiment({ params: [{ k: 1 }], stages: [make, own] }), { dir })).executed,
    1,
  );
  for (const prefix of ["", "a/b", "..", "a b"]) {
    await assertRejects(() => runExperiment(exp, { dir, prefix }), TypeError, "the name of a prefix");
  }
});

testIn("experiments with one prefix share an artifact", async (dir) => {
  const shared = stage("load", { outputs: { raw: withPrefix(jsonCacher(), "shared") } }, () => ({ raw: 1 }));
  await runExperiment(experiment({ name: "one", stages: [shared] }), { dir });
  assertEquals((await runExperiment(experiment({ name: "two", stages: [shared] }), { dir })).reused, 1);
});

testIn("cache: artifacts lie there, the run in dir", async (dir) => {
  const cache = join(dir, "elsewhere");
  const result = await runExperiment(exp, { dir: join(dir, "w"), cache });
  assertEquals(result.executed, 9);
  assertEquals(Object.keys(artifactsBelow(cache)).length, 9);
  assertEquals([...Deno.readDirSync(join(dir, "w"))].map(({ name }) => name), ["runs"]);
  assertEquals((await runExperiment(exp, { dir: join(dir, "other"), cache })).reused, 9);
});

testIn("overwrite runs everything, overwriteStages what they name", async (dir) => {
  await runExperiment(exp, { dir });
  assertEquals((await runExperiment(exp, { dir, overwrite: true })).executed, 9);
  assertEquals((await runExperiment(exp, { dir, overwriteStages: ["next"] })).executed, 4);
  assertEquals((await runExperiment(exp, { dir, overwriteStages: ["all"] })).executed, 1);
  assertEquals((await runExperiment(exp, { dir, overwriteStages: ["make", "next"] })).executed, 8);
  assertEquals((await runExperiment(exp, { dir, overwriteStages: [] })).executed, 0);
  const error = await assertRejects(() => runExperiment(exp, { dir, overwriteStages: ["nxt"] }), TypeError);
  assertEquals(
    error.message,
    'Cannot overwrite stage "nxt": there is no such stage; there are "make", "next", "all"',
  );
});

testIn("lazy makes every output lazy, ignoreLazy none, but those that hand on a handle", async (dir) => {
  const [a, b, c] = [counting(jsonCacher()), counting(jsonCacher()), counting(jsonCacher())];
  const first = stage("first", {
    outputs: { a, b: lazy(b), c: lazy(c, { resolve: false }), d: transient() },
  }, () => ({ a: 1, b: 1, c: 1, d: 1 }));
  const second = stage("second", { inputs: ["a", "b", "c", "d"] }, ({ a, b, c, d }) => ({
    second: [a, b, typeof c.load, d],
  }));
  const exp = experiment({ stages: [first, second] });
  const loads = async (options: RunOptions) => {
    for (const { counts } of [a, b, c]) counts.load = 0;
    const { records } = await runExperiment(exp, {
      dir: join(dir, Object.keys(options).join("_") || "none"),
      ...options,
    });
    const loads = [a, b, c].map(({ counts }) => counts.load);
    assertEquals(await valueOf(records[0]!, "second"), [1, 1, "function", 1]);
    return loads;
  };
  assertEquals(await loads({}), [0, 1, 0]);
  assertEquals(await loads({ lazy: true }), [1, 1, 0]);
  assertEquals(await loads({ ignoreLazy: true }), [0, 0, 0]);
  assertEquals(
    Object.keys(artifactsBelow(join(dir, "lazy", "cache"))).length,
    5,
    "transient too has an artifact",
  );
  assertEquals(Object.keys(artifactsBelow(join(dir, "none", "cache"))).length, 4);
});

testIn("dry: everything runs, and the workspace does not even come to be", async (dir) => {
  const result = await runExperiment(exp, { dir: join(dir, "w"), dry: true });
  assertEquals([result.executed, result.reference], [9, null]);
  assertEquals(await valueOf(result.aggregates[0]!, "names"), [
    "k=1,seed=1",
    "k=1,seed=2",
    "k=5,seed=1",
    "k=5,seed=2",
  ]);
  assertEquals(tree(dir), []);
  await runExperiment(exp, { dir });
  const before = filesBelow(dir);
  assertEquals((await runExperiment(exp, { dir, dry: true })).reused, 9, "what is there is used");
  assertEquals((await runExperiment(exp, { dir, dry: true, overwrite: true })).executed, 9);
  assertEquals(filesBelow(dir), before);
});

testIn("dryCache: the run is kept, the cache does not even come to be", async (dir) => {
  const result = await runExperiment(exp, { dir, dryCache: true });
  assertEquals(result.executed, 9);
  assertEquals(tree(dir).filter((path) => !path.startsWith("runs/")), []);
  assert(Deno.statSync(join(dir, "runs", result.reference!, "run.json")).isFile);
  await runExperiment(exp, { dir });
  const before = filesBelow(join(dir, "cache"));
  await runExperiment(exp, { dir, dryCache: true, overwrite: true });
  assertEquals(filesBelow(join(dir, "cache")), before);
});

testIn("storeFull keeps every tracked artifact, made or re-used, with its metadata", async (dir) => {
  const first = stage("first", {
    outputs: { a: withSubdir(jsonCacher(), "models/large"), b: untracked(jsonCacher()) },
  }, () => ({ a: 1, b: 2 }));
  const second = stage("second", { inputs: ["a", "b"] }, ({ a, b }) => ({ second: a + b }));
  const exp = experiment({ stages: [first, second] });
  await runExperiment(exp, { dir });
  removeArtifacts(dir, "_second_");
  const { reference, executed, reused } = await runExperiment(exp, { dir, storeFull: true });
  assertEquals([executed, reused], [1, 1]);
  const store = join(dir, "runs", reference!, "artifacts");
  const cache = filesBelow(join(dir, "cache"));
  const wanted = Object.entries(cache).filter(([name]) =>
    !name.startsWith(".cairn/") && !name.includes("_first_b")
  );
  assertEquals(wanted.length, 4);
  assertEquals(filesBelow(store), Object.fromEntries(wanted), "byte for byte, metadata too");
  const environment = JSON.parse(Deno.readTextFileSync(join(dir, "runs", reference!, "environment.json")));
  assertEquals(environment.reference, reference);
  assertEquals(environment.versions.deno, Deno.version.deno);
});

testIn("a full store serves another workspace as its cache, and nothing is written to it", async (dir) => {
  const { reference } = await runExperiment(exp, { dir: join(dir, "one"), storeFull: true });
  const store = join(dir, "one", "runs", reference!, "artifacts");
  await Deno.remove(join(dir, "one", "cache"), { recursive: true });
  const before = filesBelow(store);
  const result = await runExperiment(exp, { dir: join(dir, "two"), cache: store, dryCache: true });
  assertEquals([result.executed, result.reused], [0, 9]);
  assertEquals(await valueOf(result.records[0]!, "n"), [{ k: 1, seed: 1 }]);
  const more = experiment({
    params: [...params, { k: 9, seed: 1 }],
    stages: [make, next],
    aggregates: [all],
  });
  assertEquals(
    (await runExperiment(more, { dir: join(dir, "two"), cache: store, dryCache: true })).executed,
    3,
  );
  assertEquals(filesBelow(store), before);
  assertEquals(tree(join(dir, "two")).filter((path) => !path.startsWith("runs/")), []);
});

testIn(
  "notes are kept with the run and in the metadata of what it makes, not of what it re-uses",
  async (dir) => {
    await runExperiment(exp, { dir, notes: "first", until: "make" });
    const { records, reference } = await runExperiment(exp, { dir, notes: "second" });
    const [made, after] = records[0]!.stages;
    assertEquals((await readMetadata(made!.artifacts.m!)).run.notes, "first");
    const { run } = await readMetadata(after!.artifacts.n!);
    assertEquals([run.notes, run.reference], ["second", reference]);
  },
);

testIn("options that make no sense are refused before anything is written", async (dir) => {
  const refused: [Record<string, unknown>, string][] = [
    [{ concurrency: 0 }, "it is a whole number from 1"],
    [{ concurrency: 1.5 }, "it is a whole number from 1"],
    [{ concurrency: "4" }, "it is a whole number from 1"],
    [{ parallel: 0 }, "Cannot run with parallel 0: it is a whole number from 1"],
    [{ parallel: "2" }, "it is a whole number from 1"],
    [{ parallel: 2, concurrency: 2 }, "choose one"],
    [{ parallel: 2, executor: inlineExecutor() }, "choose one"],
    [{ workerFlags: ["--allow-net"] }, 'no workers without "parallel"'],
    [{ parallel: 2, workerFlags: "--allow-net" }, "it is a list of flags"],
    [{ lazy: true, ignoreLazy: true }, "choose one"],
    [{ dry: true, storeFull: true }, "choose one"],
    [{ overwriteStages: "make" }, "it is a list of names"],
    [{ overwriteStage: ["make"] }, 'the option "overwriteStage": there is none'],
    [{ dir: "" }, '"dir" is the path of a folder'],
    [{ cache: 5 }, '"cache" is the path of a folder'],
    [{ params: "params.ts" }, "wanted a list"],
    [{ names: ["x"] }, "no such record"],
  ];
  for (const [options, message] of refused) {
    const error = await assertRejects(() => runExperiment(exp, { dir: join(dir, "w"), ...options }));
    assertStringIncludes(error.message, message);
    await assertRejects(() => planExperiment(exp, { dir: join(dir, "w"), ...options }));
  }
  assertEquals(tree(dir), []);
});

testIn("names or overwriteStages as one text is refused, not read letter by letter", async (dir) => {
  const one = experiment({ params: [{ name: "a", k: 1 }, { name: "b", k: 2 }], stages: [make] });
  await assertRejects(() => runExperiment(one, { dir: join(dir, "w"), names: "ab" as never }), TypeError);
  assertEquals(tree(dir), []);
});

// ---- files of the stage's own, and paths that the user chose ----

testIn("what a stage writes at context.path and below context.dir is kept with its outputs", async (dir) => {
  const draw = stage("draw", { outputs: { d: jsonCacher() } }, (_state, { path, dir }) => {
    Deno.writeTextFileSync(path("plots/a.txt"), "a");
    Deno.writeTextFileSync(join(dir("more"), "b.txt"), "b");
    Deno.writeTextFileSync(join(dir(), "c.txt"), "c");
    return { d: 1 };
  });
  const exp = experiment({ stages: [draw] });
  const { records, reference } = await runExperiment(exp, { dir, storeFull: true });
  const { key } = records[0]!.stages[0]!;
  const files = `exp_${key.slice(0, 16)}_draw.files`;
  const wanted = { [`${files}/c.txt`]: "c", [`${files}/more/b.txt`]: "b", [`${files}/plots/a.txt`]: "a" };
  const pick = (root: string) =>
    Object.fromEntries(Object.entries(filesBelow(root)).filter(([name]) => name.startsWith(files)));
  assertEquals(pick(join(dir, "cache")), wanted);
  assertEquals(pick(join(dir, "runs", reference!, "artifacts")), wanted);
  assertEquals((await runExperiment(exp, { dir })).reused, 1);
  Deno.removeSync(join(dir, "cache", files, "plots", "a.txt"));
  assertEquals(
    (await runExperiment(exp, { dir, onEvent: () => {} })).executed,
    1,
    "one that is gone is a miss",
  );
  assertEquals(pick(join(dir, "cache")), wanted);
});

testIn("context.path leads nowhere else", async (dir) => {
  const names = ["../x", "/x", "a/../../x", ".x", "", "a//b", "a\\b", "a/", "C:x"];
  const draw = stage("draw", {}, (_state, { path }) => {
    return {
      draw: names.filter((name) => {
        try {
          path(name);
          return true;
        } catch (error) {
          if (error instanceof TypeError) return false;
          throw error;
        }
      }),
    };
  });
  const { records } = await runExperiment(experiment({ stages: [draw] }), { dir });
  assertEquals(await valueOf(records[0]!, "draw"), []);
});

/** Two outputs that are paths, and a stage that reads through them. */
function paths() {
  const seen: string[] = [];
  const write = stage(
    "write",
    { outputs: { plot: pathCacher(), table: fileReferenceCacher() } },
    (_s, { path, dir }) => {
      const plot = path("plot.svg");
      Deno.writeTextFileSync(plot, "<svg/>");
      Deno.writeTextFileSync(join(dir("tables"), "a.csv"), "1");
      Deno.writeTextFileSync(join(dir("tables"), "b.csv"), "2");
      return { plot, table: ["a", "b"].map((name) => path(`tables/${name}.csv`)) };
    },
  );
  const read = stage("read", { inputs: ["plot", "table"] }, ({ plot, table }) => {
    seen.push(plot, ...table);
    return { read: [plot, ...table].map((path) => Deno.readTextFileSync(path)) };
  });
  return { seen, exp: experiment({ stages: [write, read] }) };
}

testIn("paths end where they lie in the cache, and later stages see those", async (dir) => {
  const { seen, exp } = paths();
  const first = await runExperiment(exp, { dir });
  assertEquals(first.errors, []);
  for (const path of seen) {
    assert(!path.includes("staging"), path);
    assert(path.startsWith(join(dir, "cache")), path);
    assert(Deno.statSync(path).isFile);
  }
  assertEquals(await valueOf(first.records[0]!, "read"), ["<svg/>", "1", "2"]);
  assertEquals(await valueOf(first.records[0]!, "table"), seen.slice(1));

  const made = seen.splice(0);
  removeArtifacts(dir, "_read_");
  const second = await runExperiment(exp, { dir });
  assertEquals([second.executed, second.reused], [1, 1]);
  assertEquals(seen, made, "loaded, they are the same");
});

testIn("paths survive a full store, from which another workspace runs", async (dir) => {
  const { seen, exp } = paths();
  const { reference } = await runExperiment(exp, { dir: join(dir, "one"), storeFull: true });
  await Deno.rename(join(dir, "one", "runs", reference!, "artifacts"), join(dir, "moved"));
  await Deno.remove(join(dir, "one"), { recursive: true });
  seen.length = 0;
  const again = await runExperiment(exp, {
    dir: join(dir, "two"),
    cache: join(dir, "moved"),
    dryCache: true,
    overwriteStages: ["read"],
  });
  assertEquals([again.executed, again.reused, again.errors], [1, 1, []]);
  assert(seen.every((path) => path.startsWith(join(dir, "moved"))), seen.join());
});

testIn("a referenced file that is changed or gone is no hit", async (dir) => {
  const outside = join(dir, "outside.txt");
  let runs = 0;
  const write = stage("write", { outputs: { f: fileReferenceCacher() } }, () => {
    Deno.writeTextFileSync(outside, `run ${++runs}`);
    return { f: outside };
  });
  const exp = experiment({ stages: [write] });
  await runExperiment(exp, { dir });
  assertEquals((await runExperiment(exp, { dir })).reused, 1);
  Deno.writeTextFileSync(outside, "changed");
  assertEquals((await runExperiment(exp, { dir })).executed, 1);
  Deno.removeSync(outside);
  assertEquals((await runExperiment(exp, { dir })).executed, 1);
  assertEquals(runs, 3);
});

testIn("a path that the stage did not get from its context is an error", async (dir) => {
  const write = stage("write", { outputs: { plot: pathCacher() } }, () => {
    Deno.writeTextFileSync(join(dir, "mine.svg"), "");
    return { plot: join(dir, "mine.svg") };
  });
  const { failed, errors } = await runExperiment(experiment({ stages: [write] }), { dir });
  assertEquals(failed, 1);
  assertStringIncludes(errors[0]!.message, "context.path");
});

function writing(dir: string, version: string, options: { adopt?: true } = {}) {
  const path = join(dir, "raw", "data.json");
  const write = stage(
    "write",
    { version, outputs: { d: atPath(jsonCacher(), path, options) } },
    () => ({ d: version }),
  );
  const read = stage("read", { inputs: ["d"] }, ({ d }) => ({ read: d }));
  return { path, exp: experiment({ stages: [write, read] }) };
}

testIn("atPath: just there, whatever the recipe, and replaced by Cairn alone", async (dir) => {
  const { path, exp } = writing(dir, "1");
  const first = await runExperiment(exp, { dir });
  assertEquals(first.records[0]!.stages[0]!.artifacts, { d: path });
  assertEquals(Deno.readTextFileSync(path), '"1"\n');
  assertEquals((await runExperiment(exp, { dir })).reused, 2);
  assertEquals((await runExperiment(writing(dir, "2").exp, { dir })).executed, 2);
  assertEquals(Deno.readTextFileSync(path), '"2"\n');
  assertEquals(tree(join(dir, "raw")), ["data.json", "data_metadata.json"]);
});

testIn(
  "atPath: a file of the user's is refused before anything is written, unless the stage is overwritten",
  async (dir) => {
    const { path, exp } = writing(dir, "1");
    Deno.mkdirSync(join(dir, "raw"));
    Deno.writeTextFileSync(path, "mine");
    const error = await assertRejects(() => runExperiment(exp, { dir: join(dir, "w") }));
    assertStringIncludes(error.message, JSON.stringify(path));
    assertStringIncludes(error.message, "not written by Cairn");
    assertEquals(tree(dir), ["raw/", "raw/data.json"]);
    const plan = await planExperiment(exp, { dir: join(dir, "w") });
    assertEquals(plan.problems.length, 1);
    await assertRejects(() => runExperiment(exp, { dir: join(dir, "w"), overwriteStages: ["read"] }));
    assertEquals((await runExperiment(exp, { dir: join(dir, "w"), overwriteStages: ["write"] })).failed, 0);
    assertEquals(Deno.readTextFileSync(path), '"1"\n');
  },
);

testIn("atPath: a file that was changed by hand is refused, and so it stays", async (dir) => {
  const { path, exp } = writing(dir, "1");
  await runExperiment(exp, { dir });
  Deno.writeTextFileSync(path, "changed by hand");
  await assertRejects(() => runExperiment(exp, { dir }), Error, "changed since");
  await assertRejects(() => runExperiment(writing(dir, "2").exp, { dir }), Error, "changed since");
  assertEquals(Deno.readTextFileSync(path), "changed by hand");
});

testIn(
  "atPath: a byte flipped with its time put back is not passed on, nor does it fail the run",
  async (dir) => {
    const { path, exp } = writing(dir, "1");
    await runExperiment(exp, { dir });
    flipByte(path, 1);
    removeArtifacts(dir, "_read_");
    const { warnings, onEvent } = collect();
    const result = await runExperiment(exp, { dir, onEvent });
    assertEquals([result.failed, warnings.length], [0, 1]);
    assertEquals(await valueOf(result.records[0]!, "read"), "1");
  },
);

testIn(
  "atPath with adopt: the file is taken as it is, digested afresh when it changes, never replaced",
  async (dir) => {
    const { path, exp } = writing(dir, "1", { adopt: true });
    Deno.mkdirSync(join(dir, "raw"));
    Deno.writeTextFileSync(path, '"mine"');
    const first = await runExperiment(exp, { dir });
    assertEquals([first.executed, first.reused], [1, 1]);
    assertEquals(await valueOf(first.records[0]!, "read"), "mine");
    assertEquals((await runExperiment(exp, { dir })).reused, 2);
    Deno.writeTextFileSync(path, '"changed"');
    const second = await runExperiment(exp, { dir });
    assertEquals([second.executed, second.reused], [1, 1]);
    assertEquals(await valueOf(second.records[0]!, "read"), "changed");
    await runExperiment(writing(dir, "2", { adopt: true }).exp, { dir });
    assertEquals(Deno.readTextFileSync(path), '"changed"');
    const plain = await assertRejects(() => runExperiment(writing(dir, "1").exp, { dir }));
    assertStringIncludes(plain.message, "was not written by Cairn");
  },
);

testIn("atPath with adopt and no file yet: the stage makes it", async (dir) => {
  const { path, exp } = writing(dir, "1", { adopt: true });
  assertEquals((await runExperiment(exp, { dir })).executed, 2);
  assertEquals(Deno.readTextFileSync(path), '"1"\n');
  assertEquals((await runExperiment(exp, { dir })).reused, 2);
});

testIn("atPath in a full store: below external, and found there", async (dir) => {
  const { path, exp } = writing(dir, "1");
  const { reference } = await runExperiment(exp, { dir, storeFull: true });
  const store = join(dir, "runs", reference!, "artifacts");
  assertEquals(Object.keys(filesBelow(store)).filter((name) => name.endsWith("raw/data.json")).length, 1);
  assert(Object.keys(filesBelow(store)).some((name) => name.startsWith("external/")));
  await Deno.remove(join(dir, "raw"), { recursive: true });
  const again = await runExperiment(exp, { dir: join(dir, "w"), cache: store, dryCache: true });
  assertEquals(again.reused, 2);
  assertEquals(await valueOf(again.records[0]!, "d"), "1");
  assertEquals(tree(join(dir, "raw")), [], "nothing was written back");
  assertNotEquals(path, again.records[0]!.stages[0]!.artifacts.d);
});

testIn("atPath in a dry run: the file does not come to be", async (dir) => {
  const { exp } = writing(dir, "1");
  for (const options of [{ dry: true }, { dryCache: true }]) {
    assertEquals((await runExperiment(exp, { dir: join(dir, "w"), ...options })).executed, 2);
  }
  assertEquals(tree(join(dir, "raw")), []);
});

testIn("atPath below what is filled in", async (dir) => {
  const path = join(dir, "{experiment}/{stage}/{params.k}/{name}_{key}.json");
  const write = stage("write", { outputs: { d: atPath(jsonCacher(), path) } }, () => ({ d: 1 }));
  const { records } = await runExperiment(experiment({ params: [{ k: 5 }], stages: [write] }), { dir });
  const { key, artifacts } = records[0]!.stages[0]!;
  assertEquals(artifacts.d, join(dir, "exp", "write", "5", `d_${key.slice(0, 16)}.json`));
  assert(Deno.statSync(artifacts.d!).isFile);
});

// ---- planning ----

testIn("a plan writes nothing, and foretells the run", async (dir) => {
  const plan = await planExperiment(exp, { dir: join(dir, "w") });
  assertEquals([plan.execute, plan.reuse, plan.pending, plan.skipped], [4, 0, 5, 0]);
  assertEquals([plan.atLeast, plan.atMost], [4, 9]);
  assertEquals(tree(dir), []);
  await runExperiment(exp, { dir });
  const before = filesBelow(dir);
  const full = await planExperiment(exp, { dir });
  assertEquals([full.execute, full.reuse], [0, 9]);
  removeArtifacts(dir, "_next_");
  removeArtifacts(dir, "_all_");
  const part = await planExperiment(exp, { dir });
  assertEquals([part.execute, part.reuse, part.pending, part.skipped], [4, 4, 1, 0]);
  assertEquals([part.atLeast, part.atMost], [4, 5]);
  const result = await runExperiment(exp, { dir });
  assertEquals([result.executed, result.reused], [5, 4]);
  const overwritten = await planExperiment(exp, { dir, overwriteStages: ["make"], indices: "0" });
  assertEquals(overwritten.records[0]!.stages.map(({ verdict }) => verdict), ["execute", "pending"]);
  assertEquals(overwritten.aggregates.map(({ verdict }) => verdict), ["pending"], "another set of records");
  assertEquals(Object.keys(filesBelow(dir)).length > Object.keys(before).length, true);
});

testIn("a plan of a shared stage executes it in the first record alone", async (dir) => {
  const shared = stage("shared", { params: [] }, () => ({ shared: 1 }));
  const own = stage("own", { inputs: ["shared"] }, () => ({ own: 1 }));
  const plan = await planExperiment(experiment({ params: [{ k: 1 }, { k: 2 }], stages: [shared, own] }), {
    dir,
  });
  assertEquals(plan.records.map(({ stages }) => stages.map(({ verdict }) => verdict)), [
    ["execute", "pending"],
    ["reuse", "pending"],
  ]);
  assertEquals(plan.records[1]!.stages[0]!.reason, 'shared with record "k=1"');
  assertEquals([plan.execute, plan.pending, plan.reuse], [1, 2, 1]);
  assertEquals([plan.atLeast, plan.atMost], [1, 3]);
});
