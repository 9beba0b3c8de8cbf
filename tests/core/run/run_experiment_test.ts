import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { lazy, transient } from "../../../core/define/output.ts";
import type { Counts } from "../../../core/run/events.ts";
import { valueOf } from "../../../core/run/record.ts";
import { runExperiment, runToItsEnd } from "../../../core/run/run_experiment.ts";
import { describeRun } from "../../../core/run/told_run.ts";
import { counting } from "../../helpers/counting.ts";
import {
  aggregate,
  artifactPath,
  artifactsBelow,
  collect,
  experiment,
  filesBelow,
  gate,
  removeArtifacts,
  stage,
  testIn,
  verdictsOf,
} from "./helpers.ts";

/** load -> square (k) -> shift, and the sum of all. */
function pipeline() {
  const calls: string[] = [];
  const cachers = {
    n: counting(jsonCacher()),
    squared: counting(jsonCacher()),
    shifted: counting(jsonCacher()),
  };
  const load = stage("load", { params: [], outputs: { n: cachers.n } }, () => {
    calls.push("load");
    return { n: 10 };
  });
  const square = stage(
    "square",
    { inputs: ["n"], params: ["k"], outputs: { squared: cachers.squared } },
    ({ n, params }) => {
      calls.push(`square ${params.k}`);
      return { squared: (n + params.k) ** 2 };
    },
  );
  const shift = stage(
    "shift",
    { inputs: ["squared"], params: [], outputs: { shifted: cachers.shifted } },
    (state) => {
      calls.push(`shift ${state.squared}`);
      return { shifted: state.squared + 1 };
    },
  );
  const sum = aggregate("sum", { inputs: ["shifted"] }, (states) => {
    calls.push("sum");
    return { sum: states.map(({ name, params, shifted }) => [name, params.k, shifted]) };
  });
  const stages = [load, square, shift];
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }], stages, aggregates: [sum] });
  const uses = () => Object.values(cachers).map(({ counts }) => ({ ...counts }));
  return { calls, cachers, uses, exp, load, square, shift, sum };
}

const counts = ({ executed, reused, failed, skipped }: Counts) => ({ executed, reused, failed, skipped });

testIn("the first run executes, the second saves and loads nothing at all", async (dir) => {
  const { calls, uses, exp } = pipeline();
  const first = await runExperiment(exp, { dir, concurrency: 1 });
  assertEquals(counts(first), { executed: 6, reused: 1, failed: 0, skipped: 0 });
  assertEquals(calls.toSorted(), ["load", "shift 121", "shift 144", "square 1", "square 2", "sum"]);
  const saved = [{ save: 1, load: 0 }, { save: 2, load: 0 }, { save: 2, load: 0 }];
  assertEquals(uses(), saved, "what was just made is in memory: nothing is loaded");
  assertEquals(first.records.map(verdictsOf), [
    { load: "executed", square: "executed", shift: "executed" },
    { load: "reused", square: "executed", shift: "executed" },
  ]);
  assertEquals(await valueOf(first.aggregates[0]!, "sum"), [["k=1", 1, 122], ["k=2", 2, 145]]);

  const kept = () => {
    // That a run used something is noted; nothing else is new.
    const files = Object.entries(filesBelow(join(dir, "cache")));
    return Object.fromEntries(files.filter(([name]) => !name.startsWith(".cairn/uses/")));
  };
  const before = kept();
  const second = await runExperiment(exp, { dir });
  assertEquals(counts(second), { executed: 0, reused: 7, failed: 0, skipped: 0 });
  assertEquals(calls.length, 6);
  assertEquals(uses(), saved, "a hit never saves nor loads");
  assertEquals(kept(), before, "metadata is kept as it was");
  assertEquals(await valueOf(second.aggregates[0]!, "sum"), [["k=1", 1, 122], ["k=2", 2, 145]]);
  assertEquals(await valueOf(second.records[1]!, "shifted"), 145);
});

testIn("only what a stage that runs needs is loaded", async (dir) => {
  const { calls, uses, exp } = pipeline();
  await runExperiment(exp, { dir });
  removeArtifacts(dir, "_load_n");
  removeArtifacts(dir, "_shift_");
  calls.length = 0;
  const before = uses();
  const result = await runExperiment(exp, { dir });
  assertEquals(counts(result), { executed: 0, reused: 3, failed: 0, skipped: 4 }, "the sum is there: enough");
  assertEquals(result.records.map(verdictsOf), [
    { load: "skipped", square: "reused", shift: "skipped" },
    { load: "skipped", square: "reused", shift: "skipped" },
  ]);
  assertEquals(result.records[0]!.stages[0]!.reason, "not needed");
  assertEquals(uses(), before);

  removeArtifacts(dir, "_sum_");
  const again = await runExperiment(exp, { dir });
  assertEquals(counts(again), { executed: 3, reused: 2, failed: 0, skipped: 2 });
  assertEquals(calls.toSorted(), ["shift 121", "shift 144", "sum"]);
  const [n, squared, shifted] = uses();
  assertEquals(n, before[0]!, "what nothing needs is neither made nor loaded");
  assertEquals(squared, { ...before[1]!, load: 2 });
  assertEquals(shifted, { save: before[2]!.save + 2, load: 0 });
});

testIn("one more parameter set: only what is new runs", async (dir) => {
  const { calls, exp, load, square, shift, sum } = pipeline();
  await runExperiment(exp, { dir });
  calls.length = 0;
  const more = experiment({
    params: [{ k: 1 }, { k: 2 }, { k: 3 }],
    stages: [load, square, shift],
    aggregates: [sum],
  });
  assertEquals(counts(await runExperiment(more, { dir })), { executed: 3, reused: 7, failed: 0, skipped: 0 });
  assertEquals(calls, ["square 3", "shift 169", "sum"]);
});

testIn("overwriting a stage whose outputs come out as before: what follows is reused", async (dir) => {
  const { calls, exp } = pipeline();
  await runExperiment(exp, { dir });
  calls.length = 0;
  const result = await runExperiment(exp, { dir, overwriteStages: ["load"] });
  assertEquals(calls, ["load"]);
  assertEquals(counts(result), { executed: 1, reused: 6, failed: 0, skipped: 0 });
  assertEquals(result.records[0]!.stages.map(({ reason }) => reason), [
    "overwritten",
    "its inputs came out as before",
    "its inputs came out as before",
  ]);
});

/** draw (never twice the same) -> use -> last; draw is loaded from the cache as long as it is there. */
function random() {
  let next = 0;
  const calls: string[] = [];
  const note = (name: string) => calls.push(name);
  const draw = stage("draw", { outputs: { drawn: jsonCacher() } }, () => {
    note("draw");
    return { drawn: ++next };
  });
  const left = stage("left", { inputs: ["drawn"], outputs: { l: jsonCacher() } }, ({ drawn }) => {
    note(`left ${drawn}`);
    return { l: drawn };
  });
  const right = stage("right", { inputs: ["drawn"], outputs: { r: jsonCacher() } }, ({ drawn }) => {
    note(`right ${drawn}`);
    return { r: drawn };
  });
  const pair = stage("pair", { inputs: ["l", "r"], outputs: { pair: jsonCacher() } }, ({ l, r }) => {
    note(`pair ${l} ${r}`);
    return { pair: [l, r] };
  });
  return { calls, exp: experiment({ stages: [draw, left, right, pair] }) };
}

testIn("a stage that never gives the same twice: what came of the old one is run again", async (dir) => {
  const { calls, exp } = random();
  await runExperiment(exp, { dir });
  await runExperiment(exp, { dir, overwriteStages: ["draw"], until: "draw" });
  assertEquals(calls.splice(0).toSorted(), ["draw", "draw", "left 1", "pair 1 1", "right 1"]);
  const result = await runExperiment(exp, { dir });
  assertEquals(calls.splice(0).toSorted(), ["left 2", "pair 2 2", "right 2"]);
  assertEquals(await valueOf(result.records[0]!, "pair"), [2, 2]);

  await runExperiment(exp, { dir, overwriteStages: ["draw"] });
  assertEquals(calls.splice(0).toSorted(), ["draw", "left 3", "pair 3 3", "right 3"]);
  assertEquals(counts(await runExperiment(exp, { dir })), { executed: 0, reused: 4, failed: 0, skipped: 0 });
});

testIn("it is run again although what lies between is gone", async (dir) => {
  const { calls, exp } = random();
  await runExperiment(exp, { dir });
  await runExperiment(exp, { dir, overwriteStages: ["draw"], until: "draw" });
  removeArtifacts(dir, "_left_");
  removeArtifacts(dir, "_right_");
  calls.length = 0;
  const result = await runExperiment(exp, { dir });
  assertEquals(calls.toSorted(), ["left 2", "pair 2 2", "right 2"]);
  assertEquals(await valueOf(result.records[0]!, "pair"), [2, 2]);
});

testIn("a mixed artifact of two executions never comes out: all stems from one draw", async (dir) => {
  const { calls, exp } = random();
  await runExperiment(exp, { dir });
  removeArtifacts(dir, "_draw_");
  removeArtifacts(dir, "_left_");
  removeArtifacts(dir, "_pair_");
  calls.length = 0;
  // `left` needs a new draw, so that `right`, made from the old one, can't stay.
  const result = await runExperiment(exp, { dir });
  assertEquals(await valueOf(result.records[0]!, "pair"), [2, 2]);
  assertEquals(calls.toSorted(), ["draw", "left 2", "pair 2 2", "right 2"]);
  assertEquals((await runExperiment(exp, { dir })).executed, 0);
});

testIn(
  "a transient output: its stage runs again when one that runs needs it, and not before",
  async (dir) => {
    const calls: string[] = [];
    const draw = stage("draw", { outputs: { big: transient(), size: jsonCacher() } }, () => {
      calls.push("draw");
      return { big: [1, 2, 3], size: 3 };
    });
    const use = stage("use", { inputs: ["big"], outputs: { sum: jsonCacher() } }, ({ big }) => {
      calls.push("use");
      return { sum: big.length };
    });
    const exp = experiment({ stages: [draw, use] });
    assertEquals((await runExperiment(exp, { dir })).executed, 2);
    const second = await runExperiment(exp, { dir });
    assertEquals(counts(second), { executed: 0, reused: 2, failed: 0, skipped: 0 });
    assertEquals(calls.splice(0), ["draw", "use"]);
    removeArtifacts(dir, "_use_");
    assertEquals((await runExperiment(exp, { dir })).executed, 2);
    assertEquals(calls.splice(0), ["draw", "use"]);
    const [record] = (await runExperiment(exp, { dir })).records;
    assertEquals(await valueOf(record!, "big"), [1, 2, 3], "computed again since it is asked for");
    assertEquals(calls, ["draw"]);
  },
);

testIn("a final stage that caches nothing always runs, and its value is there", async (dir) => {
  let runs = 0;
  const last = stage("last", { outputs: { shown: transient() } }, () => ({ shown: ++runs }));
  const exp = experiment({ stages: [last] });
  await runExperiment(exp, { dir });
  const { records, executed } = await runExperiment(exp, { dir });
  assertEquals(executed, 1);
  assertEquals(await valueOf(records[0]!, "shown"), 2);
  assertEquals(runs, 2, "valueOf takes the value from memory");
});

testIn(
  "a value is freed when the last stage that reads it is done, and loaded for one that comes later",
  async (dir) => {
    const big = counting(jsonCacher());
    const make = stage("make", { params: [], outputs: { big } }, () => ({ big: [1] }));
    const use = stage("use", { inputs: ["big"], params: ["k"] }, ({ params }) => ({ use: params.k }));
    const exp = experiment({ params: [{ k: 1 }, { k: 2 }, { k: 3 }], stages: [make, use] });
    const { records } = await runExperiment(exp, { dir, concurrency: 1 });
    assertEquals(big.counts, { save: 1, load: 0 }, "kept for all that read it");
    assertEquals(
      records[0]!.lineage.known.get(records[0]!.stages[0]!.key)!.held,
      undefined,
      "and freed then",
    );
    await valueOf(records[0]!, "big");
    assertEquals(big.counts.load, 1);

    removeArtifacts(dir, "_use_");
    await runExperiment(exp, { dir, concurrency: 4 });
    assertEquals(big.counts, { save: 1, load: 2 }, "loaded once for all that read it");
  },
);

testIn("a lazy value is freed at once, and loaded for each stage that runs", async (dir) => {
  const big = counting(jsonCacher());
  const make = stage("make", { params: [], outputs: { big: lazy(big) } }, () => ({ big: [1] }));
  const use = stage(
    "use",
    { inputs: ["big"], params: ["k"] },
    ({ big, params }) => ({ use: [...big, params.k] }),
  );
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }, { k: 3 }], stages: [make, use] });
  const { records } = await runExperiment(exp, { dir });
  assertEquals(big.counts, { save: 1, load: 3 });
  assertEquals(await valueOf(records[2]!, "use"), [1, 3]);
  await runExperiment(exp, { dir });
  assertEquals(big.counts, { save: 1, load: 3 }, "a hit loads nothing");
});

testIn("a lazy handle loads when it is asked to", async (dir) => {
  const big = counting(jsonCacher());
  const make = stage("make", { outputs: { big: lazy(big, { resolve: false }) } }, () => ({ big: { a: 1 } }));
  const use = stage("use", { inputs: ["big"] }, async ({ big: handle }) => {
    const before = big.counts.load;
    const value = await handle.load();
    return { use: [before, value, handle.metadata.artifact, handle.path().endsWith("_make_big.json")] };
  });
  const { records } = await runExperiment(experiment({ stages: [make, use] }), { dir });
  assertEquals(await valueOf(records[0]!, "use"), [0, { a: 1 }, "big", true]);
});

/** Three records: the second fails in `fit` while `isBroken`. */
function failing() {
  const state = { isBroken: true };
  const cause = new RangeError("k is \u001b[31mtoo large");
  const calls: string[] = [];
  const load = stage("load", { params: [], outputs: { n: jsonCacher() } }, () => ({ n: 1 }));
  const fit = stage(
    "fit",
    { inputs: ["n"], params: ["k"], outputs: { model: jsonCacher() } },
    ({ params }) => {
      calls.push(`fit ${params.k}`);
      if (state.isBroken && params.k === 2) throw cause;
      return { model: params.k };
    },
  );
  const score = stage(
    "score",
    { inputs: ["model"], params: [], outputs: { s: jsonCacher() } },
    ({ model }) => {
      calls.push(`score ${model}`);
      return { s: model * 10 };
    },
  );
  const sum = aggregate("sum", { inputs: ["s"] }, (states) => ({ sum: states.map(({ s }) => s) }));
  const exp = experiment({
    params: [{ k: 1 }, { k: 2 }, { k: 3 }],
    stages: [load, fit, score],
    aggregates: [sum],
  });
  return { state, cause, calls, exp };
}

testIn("a stage that fails: counted, told with all names, and what waits on it is blocked", async (dir) => {
  const { cause, exp } = failing();
  const result = await runExperiment(exp, { dir, concurrency: 1 });
  assertEquals(result.failed, 1);
  assertEquals(result.errors.length, 1);
  const [error] = result.errors;
  assertEquals(
    error!.message,
    'Stage "fit" in record "k=2" of experiment "exp" failed: k is \u001b[31mtoo large',
  );
  assertEquals(error!.cause, cause);
  assertEquals(verdictsOf(result.records[1]!), { load: "reused", fit: "failed", score: "skipped" });
  assertMatch(result.records[1]!.stages[2]!.reason, /^blocked/);
  const [sum] = result.aggregates[0]!.stages;
  assertEquals(sum!.verdict, "skipped");
  assertMatch(sum!.reason, /^blocked/);
  assertEquals(sum!.artifacts, {});
  const { status, errors } = JSON.parse(
    Deno.readTextFileSync(join(dir, "runs", result.reference!, "run.json")),
  );
  assertEquals([status, errors], ["failed", [error!.message]]);
});

testIn("what others made before a failure is there, and a rerun resumes", async (dir) => {
  const { state, calls, exp } = failing();
  const result = await runExperiment(exp, { dir, concurrency: 1 });
  const done = result.records.flatMap(({ stages }) => stages).filter(({ verdict }) => verdict === "executed");
  for (const { artifacts } of done) {
    for (const path of Object.values(artifacts)) assert(Deno.statSync(path).isFile);
  }
  assertEquals(
    Object.keys(artifactsBelow(join(dir, "cache"))).length,
    done.length,
    "and nothing else",
  );
  state.isBroken = false;
  const before = calls.splice(0).filter((call) => call !== "fit 2");
  const again = await runExperiment(exp, { dir });
  assertEquals(again.failed, 0);
  assertEquals(calls.filter((call) => before.includes(call)), [], "what was made is not made again");
  assertEquals(await valueOf(again.aggregates[0]!, "sum"), [10, 20, 30]);
});

// The contract says only that what waits on a failure is skipped; today nothing else starts either.
testIn("a shared stage that fails is counted once, and every record of it is blocked", async (dir) => {
  const load = stage("load", { params: [], outputs: { n: jsonCacher() } }, () => {
    throw new Error("no data");
  });
  const fit = stage("fit", { inputs: ["n"], params: ["k"] }, () => ({ fit: 1 }));
  const result = await runExperiment(experiment({ params: [{ k: 1 }, { k: 2 }], stages: [load, fit] }), {
    dir,
  });
  assertEquals(counts(result), { executed: 0, reused: 0, failed: 1, skipped: 3 });
  assertEquals(result.records.map(verdictsOf), [
    { load: "failed", fit: "skipped" },
    { load: "skipped", fit: "skipped" },
  ]);
  for (const { reason } of [result.records[0]!.stages[1]!, ...result.records[1]!.stages]) {
    assertMatch(reason, /^blocked/);
  }
  assertEquals(filesBelow(join(dir, "cache", ".cairn", "staging")), {});
});

testIn("an aggregate that fails is told by its name", async (dir) => {
  const make = stage("make", {}, () => ({ make: 1 }));
  const sum = aggregate("sum", { inputs: ["make"] }, () => Promise.reject("just text"));
  const result = await runExperiment(experiment({ stages: [make], aggregates: [sum] }), { dir });
  assertEquals(counts(result), { executed: 1, reused: 0, failed: 1, skipped: 0 });
  assertEquals(result.errors.map(({ message, cause }) => [message, cause]), [
    ['Aggregate "sum" of experiment "exp" failed: just text', "just text"],
  ]);
});

testIn("what a stage returns is checked: too little, too much, nothing", async (dir) => {
  const returns: [string, unknown, string][] = [
    ["little", {}, 'did not return its output "x"'],
    ["much", { x: 1, y: 2 }, 'returned "y", which is not among its outputs'],
    ["nothing", undefined, "returned undefined"],
    ["undef", { x: undefined }, 'did not return its output "x"'],
    ["unsavable", { x: new Date(0) }, "$"],
  ];
  for (const [name, value, words] of returns) {
    const make = stage(name, { outputs: { x: jsonCacher() } }, () => value);
    const result = await runExperiment(experiment({ stages: [make] }), { dir });
    assertEquals(result.failed, 1, name);
    assertStringIncludes(result.errors[0]!.message, words);
  }
  assertEquals(artifactsBelow(join(dir, "cache")), {});
});

testIn("one output of two can't be saved: neither is there", async (dir) => {
  const make = stage("make", { outputs: { good: jsonCacher(), bad: jsonCacher() } }, () => ({
    good: 1,
    bad: () => 1,
  }));
  const result = await runExperiment(experiment({ stages: [make] }), { dir });
  assertEquals(result.failed, 1);
  assertStringIncludes(result.errors[0]!.message, 'output "bad" of stage "make"');
  assertEquals(Object.keys(filesBelow(join(dir, "cache"))).filter((name) => !name.startsWith(".cairn/")), []);
  assertEquals(filesBelow(join(dir, "cache", ".cairn", "staging")), {});
});

testIn("stages run at a time: never more than are allowed, and as many where they can", async (dir) => {
  const inFlight = { now: 0, most: 0, mostOfOne: 0, ofOne: 0 };
  const barrier = gate();
  const wide = stage("wide", { params: ["k"] }, async () => {
    inFlight.most = Math.max(inFlight.most, ++inFlight.now);
    if (inFlight.now === 3) barrier.open(); // as many as are allowed: if they were fewer this would never end
    await barrier.opened;
    await new Promise((resolve) => setTimeout(resolve, 2));
    inFlight.now--;
    return { wide: 1 };
  });
  const narrow = stage("narrow", { inputs: ["wide"], params: ["k"], concurrency: 1 }, async () => {
    inFlight.mostOfOne = Math.max(inFlight.mostOfOne, ++inFlight.ofOne);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inFlight.ofOne--;
    return { narrow: 1 };
  });
  const params = Array.from({ length: 9 }, (_, k) => ({ k }));
  const result = await runExperiment(experiment({ params, stages: [wide, narrow] }), { dir, concurrency: 3 });
  assertEquals(result.executed, 18);
  assertEquals([inFlight.most, inFlight.mostOfOne], [3, 1]);
});

testIn("one at a time or eight: the same artifacts, by name and by byte", async (dir) => {
  const { exp } = pipeline();
  const many = experiment({
    params: Array.from({ length: 12 }, (_, k) => ({ k })),
    stages: exp.procedures[0]!.stages,
    aggregates: exp.aggregates,
  });
  await runExperiment(many, { dir: join(dir, "one"), concurrency: 1 });
  await runExperiment(many, { dir: join(dir, "eight"), concurrency: 8 });
  const one = artifactsBelow(join(dir, "one", "cache"));
  assertEquals(Object.keys(one).length, 1 + 12 + 12 + 1);
  assertEquals(artifactsBelow(join(dir, "eight", "cache")), one);
});

testIn("procedures: pipelines of their own, one aggregate over those that fit", async (dir) => {
  const one = stage(
    "one",
    { params: ["a"], outputs: { s: jsonCacher() } },
    ({ params }) => ({ s: params.a }),
  );
  const two = stage(
    "two",
    { params: ["b"], outputs: { s: jsonCacher() } },
    ({ params }) => ({ s: -params.b }),
  );
  const other = stage("other", { outputs: { t: jsonCacher() } }, () => ({ t: 0 }));
  const sum = aggregate(
    "sum",
    { inputs: ["s"] },
    (states) => ({ sum: states.map(({ name, s }) => [name, s]) }),
  );
  const exp = experiment({
    procedures: [
      { name: "first", stages: [one], params: [{ name: "same", a: 1 }, { a: 2 }] },
      { name: "second", stages: [other] },
      { name: "third", stages: [two], params: () => [{ name: "same", b: 3 }] },
    ],
    aggregates: [sum],
  });
  const result = await runExperiment(exp, { dir });
  assertEquals(counts(result), { executed: 5, reused: 0, failed: 0, skipped: 0 });
  assertEquals(await valueOf(result.aggregates[0]!, "sum"), [["same", 1], ["a=2", 2], ["same", -3]]);
  const { records } = describeRun(await runToItsEnd(exp, { dir })) as {
    records: { procedure: string; name: string }[];
  };
  assertEquals(records.map(({ procedure, name }) => `${procedure}/${name}`), [
    "first/same",
    "first/a=2",
    "second/default",
    "third/same",
  ]);
});

testIn(
  "an optional input is in the state where a stage before produces it, and absent otherwise",
  async (dir) => {
    const notes = stage("notes", { outputs: { note: jsonCacher() } }, () => ({ note: "hello" }));
    const draw = stage("draw", { optional: ["note"] }, (state) => ({ draw: Object.keys(state).toSorted() }));
    const exp = experiment({
      procedures: [{ name: "a", stages: [notes, draw] }, { name: "b", stages: [draw] }],
    });
    const { records } = await runExperiment(exp, { dir });
    assertEquals(await valueOf(records[0]!, "draw"), ["note", "params"]);
    assertEquals(await valueOf(records[1]!, "draw"), ["params"]);
  },
);

testIn("hash: an ignored parameter, and one that something else stands for", async (dir) => {
  let runs = 0;
  const make = stage("make", {}, ({ params }) => ({ make: [++runs, params.model.id] }));
  const exp = (gpus: number, weights: number[]) =>
    experiment({
      params: [{ name: "a", gpus, model: { id: 7, weights } }],
      stages: [make],
      hash: { gpus: "ignore", model: (model: { id: number }) => model.id },
    });
  await runExperiment(exp(1, [1]), { dir });
  const result = await runExperiment(exp(8, [2, 3]), { dir });
  assertEquals([result.reused, runs], [1, 1]);
  const plain = experiment({
    params: [{ name: "a", gpus: 1, model: { id: 7, weights: [1] } }],
    stages: [make],
  });
  assertEquals((await runExperiment(plain, { dir })).executed, 1);
});

testIn("params may come from a function, async too, called once a run", async (dir) => {
  let calls = 0;
  const make = stage("make", {}, ({ params }) => ({ make: params.k }));
  const params = async () => {
    calls++;
    await Promise.resolve();
    return [{ k: 1 }, { k: 2 }];
  };
  const { records } = await runExperiment(experiment({ params, stages: [make] }), { dir });
  assertEquals([records.length, calls], [2, 1]);
  const broken = experiment({ params: () => Promise.reject(new Error("no file")), stages: [make] });
  const error = await assertRejects(() => runExperiment(broken, { dir: join(dir, "none") }), Error);
  assertEquals(error.message, 'Cannot get the parameter sets of experiment "exp": no file');
  assertEquals(filesBelow(join(dir, "none")), {});
  const odd = experiment({ params: () => ({ k: 1 }), stages: [make] });
  await assertRejects(() => runExperiment(odd, { dir }), TypeError, "wanted a list, found an object");
});

testIn("the result: a reference that is the run's folder, artifacts that are there", async (dir) => {
  const { exp } = pipeline();
  const result = await runExperiment(exp, { dir });
  assertMatch(result.reference!, /^exp_1_\d{4}-\d\d-\d\dT\d{6}Z$/);
  assertEquals(
    [...Deno.readDirSync(join(dir, "runs", result.reference!))].map(({ name }) => name).toSorted(),
    [
      "log",
      "run.json",
    ],
  );
  assertEquals(result.interrupted, false);
  for (const { artifacts, key, stage } of result.records.flatMap(({ stages }) => stages)) {
    for (const [output, path] of Object.entries(artifacts)) {
      assertEquals(path, join(dir, "cache", `exp_${key.slice(0, 16)}_${stage}_${output}.json`));
      assert(Deno.statSync(path).isFile);
    }
  }
  const { reference } = await runExperiment(exp, { dir });
  assertMatch(reference!, /^exp_2_/);
});

testIn("run.json is what --json prints, and more", async (dir) => {
  const { exp } = pipeline();
  const ended = await runToItsEnd(exp, { dir, notes: "for the paper" });
  const document = JSON.parse(JSON.stringify(describeRun(ended)));
  const run = JSON.parse(Deno.readTextFileSync(join(dir, "runs", ended.reference!, "run.json")));
  assertEquals({ ...run, ...document }, run);
  assertEquals(run.status, "done");
  assertEquals(run.notes, "for the paper");
  assertEquals(run.experiment, "exp");
  const told = ended.records().records.map(({ name, hash, stages }) => ({ name, hash, stages }));
  assertEquals(JSON.parse(JSON.stringify(told)), document.records);
});

testIn("events tell the run in order, and each record once", async (dir) => {
  const { exp } = pipeline();
  for (const shouldRun of [true, false]) {
    const { events, onEvent } = collect();
    await runExperiment(exp, { dir, onEvent });
    const types = events.map(({ type }) => type);
    assertEquals(types.slice(0, 2), ["run-started", "planned"]);
    assertEquals(types.at(-1), "run-finished");
    const records = events.flatMap((event) => event.type === "record-finished" ? [event.record] : []);
    assertEquals(records.toSorted(), ["k=1", "k=2"]);
    const starts = events.flatMap((event) => event.type === "stage-started" ? [event.name.stage] : []);
    const ends = events.flatMap((event) => event.type === "stage-finished" ? [event.name.stage] : []);
    assertEquals(starts.length, shouldRun ? 6 : 0);
    // An aggregate belongs to no record, so that it tells of itself when it is reused.
    assertEquals(ends.toSorted(), shouldRun ? starts.toSorted() : ["sum"]);
  }
});

testIn("what a stage logs, the record it is told of", async (dir) => {
  const { events, onEvent } = collect();
  const make = stage("make", {}, (_state, { log, record }) => {
    log(`hello from ${record.name}, ${record.index}`);
    return { make: 1 };
  });
  const { reference } = await runExperiment(experiment({ params: [{ k: 0 }, { k: 1 }], stages: [make] }), {
    dir,
    onEvent,
    indices: [1],
  });
  assertEquals(events.filter(({ type }) => type === "log"), [{
    type: "log",
    name: { procedure: null, record: "k=1", stage: "make" },
    message: "hello from k=1, 1",
  }]);
  assertStringIncludes(Deno.readTextFileSync(join(dir, "runs", reference!, "log")), "hello from k=1, 1");
});

testIn("the parameters that a stage gets are its own: changing them changes nothing else", async (dir) => {
  const params = [{ k: 1, list: [1] }];
  const one = stage("one", {}, ({ params }) => {
    params.k = 99;
    params.added = true;
    return { one: 1 };
  });
  const two = stage("two", { inputs: ["one"] }, ({ params }) => ({ two: params }));
  const { records } = await runExperiment(experiment({ params, stages: [one, two] }), { dir });
  assertEquals(await valueOf(records[0]!, "two"), { k: 1, list: [1] });
  assertEquals(params, [{ k: 1, list: [1] }]);
});

testIn("a result's artifact that is deleted meanwhile is computed again when asked for", async (dir) => {
  const { exp, calls } = pipeline();
  const { records } = await runExperiment(exp, { dir, names: ["k=1"] });
  Deno.removeSync(artifactPath(dir, "_shift_"));
  calls.length = 0;
  assertEquals(await valueOf(records[0]!, "shifted"), 122);
  assertEquals(calls, ["shift 121"]);
  await assertRejects(() => valueOf(records[0]!, "nothing"), TypeError, "has no such output");
});

testIn("what is no experiment is refused", async (dir) => {
  for (const odd of [null, {}, "exp", undefined]) {
    await assertRejects(
      () => runExperiment(odd as never, { dir: join(dir, "x") }),
      TypeError,
      "defineExperiment",
    );
  }
  assertEquals(filesBelow(dir), {});
});
