/** When things fail: retries, limits, what goes on and what does not, and what a rerun makes of it. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { pathCacher } from "../../../cachers/path_cacher.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import type { StageContext } from "../../../core/define/context.ts";
import type { ArtifactMetadata } from "../../../core/define/metadata.ts";
import { transient } from "../../../core/define/output.ts";
import type { Counts } from "../../../core/run/events.ts";
import { valueOf } from "../../../core/run/record.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import type { RunOptions } from "../../../core/run/run_options.ts";
import { cairn, eachOf, fixture } from "../cli/helpers.ts";
import { tree } from "../../helpers/tree.ts";
import {
  aggregate,
  artifactPath,
  artifactsBelow,
  collect,
  experiment,
  filesBelow,
  flipByte,
  gate,
  type Loose,
  type LooseStage,
  removeArtifacts,
  stage,
  testIn,
  verdictsOf,
} from "./helpers.ts";

const counts = ({ executed, reused, failed, skipped }: Counts) => ({ executed, reused, failed, skipped });
const never = () => new Promise<never>(() => {});
const quietly = { onEvent: () => {} };

/** What lies in staging; nothing should after a run. */
function staged(dir: string): readonly string[] {
  return tree(join(dir, "cache", ".cairn", "staging"));
}

testIn("a stage that waits for its next attempt leaves its slot to others", async (dir) => {
  const order: string[] = [];
  const flaky = stage("flaky", { params: [], retries: 1, backoff: 20 }, () => {
    order.push("flaky");
    if (order.length === 1) throw new Error("not yet");
    return { flaky: 1 };
  });
  const other = stage("other", { params: [] }, () => {
    order.push("other");
    return { other: 1 };
  });
  const exp = experiment({ stages: [flaky, other] });
  const { failed } = await runExperiment(exp, { dir, concurrency: 1, onEvent: () => {} });
  assertEquals([failed, order], [0, ["flaky", "other", "flaky"]]);
});

testIn(
  "a stage is tried as often as it says, and each failure but the last is told as it comes",
  async (dir) => {
    let calls = 0;
    const fetch = stage("fetch", { retries: 3 }, () => {
      if (++calls < 3) throw new Error(`down ${calls}`);
      return { fetch: calls };
    });
    const { events, onEvent } = collect();
    const result = await runExperiment(experiment({ params: [{ k: 1 }], stages: [fetch] }), { dir, onEvent });
    assertEquals([counts(result), calls], [{ executed: 1, reused: 0, failed: 0, skipped: 0 }, 3]);
    assertEquals(result.errors, []);
    assertEquals(await valueOf(result.records[0]!, "fetch"), 3);
    const told = events.flatMap((event) => event.type === "stage-retried" ? [event] : []);
    assertEquals(told.map(({ attempt, of, message }) => [attempt, of, message]), [
      [1, 4, "down 1"],
      [2, 4, "down 2"],
    ]);
    assertEquals(events.filter(({ type }) => type === "stage-started").length, 1);
    assertEquals(staged(dir), []);
  },
);

testIn("what a failed attempt left is gone before the next begins", async (dir) => {
  const seen: number[] = [];
  const make = stage("make", { retries: 2, outputs: { plot: pathCacher() } }, (_, { path }) => {
    const plot = path("plot.txt");
    seen.push(staged(dir).filter((name) => name.endsWith(".txt")).length);
    Deno.writeTextFileSync(plot, "plot");
    if (seen.length < 3) throw new Error("broken");
    return { plot };
  });
  assertEquals((await runExperiment(experiment({ stages: [make] }), { dir, ...quietly })).failed, 0);
  assertEquals(seen, [0, 0, 0]);
});

testIn("where all attempts fail, the error is the last one's, and says how many there were", async (dir) => {
  let calls = 0;
  const fetch = stage("fetch", { retries: 2, backoff: 1 }, ({ params }) => {
    throw new Error(`down ${++calls} for ${params.k}`);
  });
  const exp = experiment({ params: [{ k: 1 }], stages: [fetch] });
  const result = await runExperiment(exp, { dir, ...quietly });
  assertEquals([result.failed, calls], [1, 3]);
  assertEquals(result.errors.map(({ message }) => message), [
    'Stage "fetch" in record "default" of experiment "exp" failed: down 3 for 1 (attempt 3 of 3)',
  ]);
  await runExperiment(exp, { dir, ...quietly });
  assertEquals(calls, 6, "a rerun has as many attempts again");
});

testIn("what can't be saved is tried again too", async (dir) => {
  let saves = 0;
  const fickle: Cacher<number> = {
    extension: ".n",
    save: async (value, artifact) => {
      await Deno.writeTextFile(artifact.path(), `${value}`);
      if (++saves === 1) throw new Error("disk full");
    },
    load: async (artifact) => Number(await Deno.readTextFile(artifact.path())),
  };
  const make = stage("make", { retries: 1, outputs: { n: fickle } }, () => ({ n: 5 }));
  const result = await runExperiment(experiment({ stages: [make] }), { dir, ...quietly });
  assertEquals([result.failed, saves, await valueOf(result.records[0]!, "n")], [0, 2, 5]);
});

testIn("an aggregate is tried again like a stage", async (dir) => {
  let calls = 0;
  const make = stage("make", {}, () => ({ make: 1 }));
  const sum = aggregate("sum", { inputs: ["make"], retries: 1 }, () => {
    if (++calls < 2) throw new Error("not yet");
    return { sum: calls };
  });
  const exp = experiment({ stages: [make], aggregates: [sum] });
  const result = await runExperiment(exp, { dir, ...quietly });
  assertEquals([result.failed, await valueOf(result.aggregates[0]!, "sum")], [0, 2]);
});

testIn("retries, timeout and backoff are no part of the key", async (dir) => {
  let calls = 0;
  const run = () => ({ make: ++calls });
  const first = stage("make", {}, run);
  const second = stage("make", { retries: 3, timeout: "1h", backoff: "1s" }, run);
  await runExperiment(experiment({ stages: [first] }), { dir });
  assertEquals((await runExperiment(experiment({ stages: [second] }), { dir })).reused, 1);
});

testIn("a stage that takes too long has failed, though it never ends", async (dir) => {
  let signal: AbortSignal | undefined;
  const slow = stage("slow", { timeout: 20 }, (_, context) => {
    signal = context.signal;
    Deno.writeTextFileSync(context.path("half.txt"), "half");
    return never();
  });
  const result = await runExperiment(experiment({ stages: [slow] }), { dir, ...quietly });
  assertEquals(counts(result), { executed: 0, reused: 0, failed: 1, skipped: 0 });
  assertStringIncludes(result.errors[0]!.message, 'its "timeout" of 20 ms');
  assert(signal!.aborted);
  assertStringIncludes(signal!.reason.message, 'its "timeout" of 20 ms');
  assertEquals([artifactsBelow(join(dir, "cache")), staged(dir)], [{}, []]);
});

testIn("a cacher whose save never ends is no way round the limit", async (dir) => {
  const stuck: Cacher<number> = { extension: ".n", save: never, load: () => 1 };
  const make = stage("make", { timeout: 20, outputs: { n: stuck } }, () => ({ n: 1 }));
  const result = await runExperiment(experiment({ stages: [make] }), { dir, ...quietly });
  assertEquals(result.failed, 1);
  assertStringIncludes(result.errors[0]!.message, "20 ms");
  assertEquals(artifactsBelow(join(dir, "cache")), {});
});

testIn(
  "one that heeds its signal: the limit is what failed it, and what it threw is the cause",
  async (dir) => {
    const thrown = new DOMException("aborted", "AbortError");
    const slow = stage(
      "slow",
      { timeout: 20 },
      (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(thrown))),
    );
    const { errors } = await runExperiment(experiment({ stages: [slow] }), { dir, ...quietly });
    assertStringIncludes(errors[0]!.message, "20 ms");
    assertStrictEquals((errors[0]!.cause as Error).cause, thrown);
  },
);

testIn("an attempt that was given up writes nothing into the next one's artifact", async (dir) => {
  const [givenUp, haunted] = [gate(), gate()];
  let calls = 0;
  const draw = stage(
    "draw",
    // More retries than it takes: on a machine that is busy, a good attempt may take too long as well.
    { timeout: 100, retries: 20, outputs: { plot: pathCacher(), all: pathCacher(), n: jsonCacher() } },
    async (_, { path, dir }) => {
      const [plot, all] = [path("plot.txt"), dir("all")];
      const write = (text: string) => {
        Deno.writeTextFileSync(plot, text);
        Deno.writeTextFileSync(join(all, `${text}.txt`), text);
      };
      if (++calls === 1) {
        await givenUp.opened;
        try {
          Deno.mkdirSync(all, { recursive: true });
          write("zombie");
          Deno.writeTextFileSync(path("plot.txt"), "zombie");
          Deno.writeTextFileSync(join(dir("all"), "zombie.txt"), "zombie");
        } catch { /* its folder may be gone */ }
        haunted.open();
        return await never();
      }
      write("good");
      givenUp.open();
      await haunted.opened;
      return { plot, all, n: 2 };
    },
  );
  const exp = experiment({ stages: [draw] });
  const { records, failed } = await runExperiment(exp, { dir, ...quietly });
  assertEquals([failed, calls > 1], [0, true]);
  const [plot, all] = [await valueOf(records[0]!, "plot"), await valueOf(records[0]!, "all")] as string[];
  assertEquals(Deno.readTextFileSync(plot!), "good");
  assertEquals(filesBelow(all!), { "good.txt": "good" });
  assertEquals(await valueOf(records[0]!, "n"), 2);
  assertEquals(
    Object.entries(artifactsBelow(join(dir, "cache"))).filter(([, text]) => text === "zombie"),
    [],
  );
  assertEquals(staged(dir), []);
  assertEquals((await runExperiment(exp, { dir })).reused, 1);
});

testIn(
  "an attempt that is over only after its run is nobody's, and leaves nothing that a run sees",
  async (dir) => {
    const [late, ended] = [gate(), gate()];
    let isSlow = true;
    const run = async (_: Loose, { path }: StageContext) => {
      if (isSlow) {
        await late.opened;
        queueMicrotask(ended.open);
      }
      const plot = path("plot.txt");
      Deno.writeTextFileSync(plot, isSlow ? "late" : "good");
      return { plot };
    };
    const experimentOf = (options: LooseStage) =>
      experiment({ stages: [stage("make", { ...options, outputs: { plot: pathCacher() } }, run)] });
    assertEquals((await runExperiment(experimentOf({ timeout: 20 }), { dir, ...quietly })).failed, 1);
    late.open();
    await ended.opened;
    await new Promise((resolve) => setTimeout(resolve, 0));
    isSlow = false;
    const { executed, records } = await runExperiment(experimentOf({}), { dir });
    assertEquals(executed, 1);
    assertEquals(Deno.readTextFileSync(await valueOf(records[0]!, "plot") as string), "good");
    assertEquals(Object.values(artifactsBelow(join(dir, "cache"))), ["good"]);
    assertEquals(staged(dir), []);
  },
);

/**
 * Records k=1 to k=4: `fit` fails in those that are broken. What follows it is `score` in each, and over all `sum`;
 * `size`, and `total` over all, come of `load` alone.
 */
function project(options: { readonly partial?: boolean; readonly load?: Loose } = {}) {
  const broken = new Set<number>([2, 3]);
  const calls: string[] = [];
  const load = stage("load", { params: [], outputs: { n: jsonCacher() } }, () => {
    calls.push("load");
    return { n: 1 };
  });
  const size = stage("size", { inputs: ["n"], params: ["k"] }, ({ n, params }) => {
    calls.push(`size ${params.k}`);
    return { size: n + params.k };
  });
  const fit = stage(
    "fit",
    { inputs: ["n"], params: ["k"], outputs: { model: jsonCacher() } },
    ({ params }) => {
      calls.push(`fit ${params.k}`);
      if (broken.has(params.k)) throw new RangeError(`k=${params.k} is too large`);
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
  const sum = aggregate("sum", { inputs: ["s"], partial: options.partial ?? false }, (states) => {
    calls.push(`sum ${states.map(({ name }) => name)}`);
    return { sum: states.map(({ s }) => s) };
  });
  const total = aggregate("total", { inputs: ["size"] }, (states) => {
    calls.push("total");
    return { total: states.length };
  });
  const exp = experiment({
    params: [{ k: 1 }, { k: 2 }, { k: 3 }, { k: 4 }],
    stages: [load, size, fit, score],
    aggregates: [sum, total],
  });
  const run = async (runOptions: RunOptions & { readonly dir: string }) => {
    calls.length = 0;
    return await runExperiment(exp, { concurrency: 1, ...quietly, ...runOptions });
  };
  return { broken, calls, exp, run };
}

testIn("keepGoing: all that does not depend on a failure runs, and every failure is told", async (dir) => {
  const { calls, run } = project();
  const result = await run({ dir, keepGoing: true });
  // 1 load, 4 size, 2 fit, 2 score, total; load is shared by three more
  assertEquals(counts(result), { executed: 10, reused: 3, failed: 2, skipped: 3 });
  assertEquals(result.errors.map(({ message }) => message), [
    'Stage "fit" in record "k=2" of experiment "exp" failed: k=2 is too large',
    'Stage "fit" in record "k=3" of experiment "exp" failed: k=3 is too large',
  ]);
  assertEquals(result.records.map(verdictsOf), [
    { load: "executed", size: "executed", fit: "executed", score: "executed" },
    { load: "reused", size: "executed", fit: "failed", score: "skipped" },
    { load: "reused", size: "executed", fit: "failed", score: "skipped" },
    { load: "reused", size: "executed", fit: "executed", score: "executed" },
  ]);
  for (const record of result.records.slice(1, 3)) assertMatch(record.stages[3]!.reason, /^blocked: .*"fit"/);
  assertEquals(await valueOf(result.aggregates[1]!, "total"), 4);
  assertEquals(calls.filter((call) => call.startsWith("sum")), []);
  const { status, errors } = JSON.parse(
    Deno.readTextFileSync(join(dir, "runs", result.reference!, "run.json")),
  );
  assertEquals([status, errors.length], ["failed", 2]);
  assertEquals(staged(dir), []);
});

testIn("keepGoing: a rerun runs just what failed and what waits on it, and so once more", async (dir) => {
  const { broken, calls, run } = project();
  await run({ dir, keepGoing: true });
  broken.delete(2);
  const second = await run({ dir, keepGoing: true });
  assertEquals([...calls].sort(), ["fit 2", "fit 3", "score 2"]);
  assertEquals(second.failed, 1);
  broken.delete(3);
  const third = await run({ dir });
  assertEquals([...calls].sort(), ["fit 3", "score 3", "sum k=1,k=2,k=3,k=4"]);
  assertEquals(third.failed, 0);
  assertEquals(await valueOf(third.aggregates[0]!, "sum"), [10, 20, 30, 40]);
  assertEquals((await run({ dir })).executed, 0);
  assertEquals(calls, []);
});

testIn("keepGoing with nothing that fails is as without", async (dir) => {
  const { broken, run } = project();
  broken.clear();
  const result = await run({ dir, keepGoing: true });
  assertEquals(counts(result), { executed: 15, reused: 3, failed: 0, skipped: 0 });
});

testIn("keepGoing: a stage that all records share and that fails is told once", async (dir) => {
  const load = stage("load", { params: [], outputs: { n: jsonCacher() } }, () => {
    throw new Error("no data");
  });
  const other = stage("other", { params: ["k"] }, ({ params }) => ({ other: params.k }));
  const fit = stage("fit", { inputs: ["n", "other"], params: ["k"] }, () => ({ fit: 1 }));
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }], stages: [load, other, fit] });
  const result = await runExperiment(exp, { dir, keepGoing: true, ...quietly });
  assertEquals([result.errors.length, counts(result)], [
    1,
    { executed: 2, reused: 0, failed: 1, skipped: 3 },
  ]);
});

testIn("keepGoing: what takes too long holds up nobody else", async (dir) => {
  const slow = stage("slow", { params: ["k"], timeout: 20 }, never);
  const other = stage("other", { params: ["k"] }, ({ params }) => ({ other: params.k }));
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }, { k: 3 }], stages: [slow, other] });
  const result = await runExperiment(exp, { dir, keepGoing: true, concurrency: 1, ...quietly });
  assertEquals(counts(result), { executed: 3, reused: 0, failed: 3, skipped: 0 });
  for (const { message } of result.errors) assertStringIncludes(message, "20 ms");
});

testIn("keepGoing: a plan made anew tries nothing again that failed", async (dir) => {
  let calls = 0;
  const make = stage("make", { params: [] }, () => ({ make: { a: 1 } }));
  const use = stage("use", { inputs: ["make"], params: ["k"] }, ({ make }) => ({ use: make.a }));
  const bad = stage("bad", { params: ["k"] }, () => {
    calls++;
    throw new Error("broken");
  });
  const run = (k: number, stages: Parameters<typeof experiment>[0]["stages"]) =>
    runExperiment(experiment({ params: [{ k }], stages: stages! }), { dir, keepGoing: true, ...quietly });
  await run(1, [make, use]);
  flipByte(artifactPath(dir, "_make_make"), 2); // it is found out only when it is loaded
  const result = await run(2, [make, use, bad]);
  assertEquals([calls, result.errors.length, counts(result)], [
    1,
    1,
    { executed: 2, reused: 0, failed: 1, skipped: 0 },
  ]);
});

testIn("keepGoing and an interruption: nothing new starts", async (dir) => {
  const drain = new AbortController();
  const make = stage("make", { params: ["k"] }, ({ params }) => {
    if (params.k === 1) throw new Error("broken");
    if (params.k === 2) drain.abort();
    return { make: params.k };
  });
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }, { k: 3 }], stages: [make] });
  const options = { dir, keepGoing: true, concurrency: 1, drain: drain.signal, ...quietly };
  const result = await runExperiment(exp, options);
  assertEquals(counts(result), { executed: 1, reused: 0, failed: 1, skipped: 1 });
  assertEquals(result.interrupted, true);
  assertEquals(result.records[2]!.stages[0]!.reason, "not started: interrupted");
});

testIn(
  "a stage that waits for its next attempt when the run is to end fails with what it has",
  async (dir) => {
    const drain = new AbortController();
    let calls = 0;
    const fetch = stage("fetch", { retries: 5, backoff: "1h" }, () => {
      calls++;
      throw new Error("down");
    });
    const onEvent = ({ type }: { readonly type: string }) => {
      if (type === "stage-retried") drain.abort();
    };
    const result = await runExperiment(experiment({ stages: [fetch] }), {
      dir,
      drain: drain.signal,
      onEvent,
    });
    assertEquals([result.failed, result.interrupted, calls], [1, true, 1]);
    assertStringIncludes(result.errors[0]!.message, "down (attempt 1 of 6)");
  },
);

testIn("without keepGoing: what is under way ends and is saved, and nothing new starts", async (dir) => {
  const [failed, underWay] = [gate(), gate()];
  const calls: string[] = [];
  let isBroken = true;
  const fit = stage("fit", { params: ["k"], outputs: { model: jsonCacher() } }, async ({ params }) => {
    calls.push(`fit ${params.k}`);
    if (!isBroken) return { model: params.k };
    if (params.k === 1) {
      await underWay.opened;
      throw new Error("broken");
    }
    underWay.open();
    await failed.opened;
    return { model: params.k };
  });
  const score = stage("score", { inputs: ["model"] }, ({ model }) => {
    calls.push(`score ${model}`);
    return { score: model };
  });
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }, { k: 3 }], stages: [fit, score] });
  const result = await runExperiment(exp, {
    dir,
    concurrency: 2,
    onEvent: (event) => event.type === "error" && failed.open(),
  });
  assertEquals(counts(result), { executed: 1, reused: 0, failed: 1, skipped: 4 });
  assertEquals(result.records.map(verdictsOf), [
    { fit: "failed", score: "skipped" },
    { fit: "executed", score: "skipped" },
    { fit: "skipped", score: "skipped" },
  ]);
  assertMatch(result.records[1]!.stages[1]!.reason, /^not started: .*"fit"/);
  assertMatch(result.records[2]!.stages[0]!.reason, /^not started: .*"fit"/);
  assertEquals(calls, ["fit 1", "fit 2"]);
  assertEquals(Object.values(artifactsBelow(join(dir, "cache"))), ["2\n"]);
  calls.length = 0;
  isBroken = false;
  const again = await runExperiment(exp, { dir });
  assertEquals(counts(again), { executed: 5, reused: 1, failed: 0, skipped: 0 });
  assertEquals([...calls].sort(), ["fit 1", "fit 3", "score 1", "score 2", "score 3"]);
});

testIn("an aggregate some of whose records failed does not run, and says which", async (dir) => {
  const { calls, run } = project();
  const { aggregates } = await run({ dir, keepGoing: true });
  const { verdict, reason } = aggregates[0]!.stages[0]!;
  assertEquals(verdict, "skipped");
  assertMatch(reason, /^blocked: /);
  for (const name of ['"k=2"', '"k=3"']) assertStringIncludes(reason, name);
  for (const name of ['"k=1"', '"k=4"']) assert(!reason.includes(name), reason);
  assert(!calls.some((call) => call.startsWith("sum")));
});

/** The metadata of the aggregate's artifact, which lies where the result says. */
function metadataOf(
  result: { readonly aggregates: readonly { readonly stages: readonly Loose[] }[] },
): ArtifactMetadata {
  const path = result.aggregates[0]!.stages[0]!.artifacts.sum.replace(/\.json$/, "_metadata.json");
  return JSON.parse(Deno.readTextFileSync(path));
}

testIn(
  "a partial aggregate runs over the rest; its key says so, and the full one is another",
  async (dir) => {
    const { broken, calls, run } = project({ partial: true });
    const part = await run({ dir, keepGoing: true });
    assertEquals(calls.filter((call) => call.startsWith("sum")), ["sum k=1,k=4"]);
    assertEquals(part.aggregates[0]!.stages[0]!.verdict, "executed");
    assertEquals(await valueOf(part.aggregates[0]!, "sum"), [10, 40]);
    const partOf = metadataOf(part);
    assertEquals((partOf.recipe as Loose).partial, ["k=2", "k=3"]);
    assertEquals(partOf.priorRecords, ["k=1", "k=4"]);
    assertEquals(part.aggregates[0]!.stages[0]!.key, partOf.recipeKey);

    broken.clear();
    const full = await run({ dir });
    assertEquals([...calls].sort(), ["fit 2", "fit 3", "score 2", "score 3", "sum k=1,k=2,k=3,k=4"]);
    assertEquals(await valueOf(full.aggregates[0]!, "sum"), [10, 20, 30, 40]);
    const fullOf = metadataOf(full);
    assertEquals("partial" in (fullOf.recipe as Loose), false);
    assertNotEquals(fullOf.recipeKey, partOf.recipeKey);
    assertNotEquals(fullOf.contentKey, partOf.contentKey);
    assertEquals(full.aggregates[0]!.stages[0]!.key, fullOf.recipeKey);

    const again = await run({ dir, keepGoing: true });
    assertEquals([again.executed, calls], [0, []]);
    assertEquals(await valueOf(again.aggregates[0]!, "sum"), [10, 20, 30, 40]);
  },
);

testIn("a partial aggregate is found again while the same records are missing", async (dir) => {
  const { broken, calls, run } = project({ partial: true });
  const first = await run({ dir, keepGoing: true });
  const again = await run({ dir, keepGoing: true });
  assertEquals([...calls].sort(), ["fit 2", "fit 3"]);
  assertEquals(again.aggregates[0]!.stages[0]!.verdict, "reused");
  assertEquals(await valueOf(again.aggregates[0]!, "sum"), [10, 40]);
  assertEquals(metadataOf(again), metadataOf(first));
  broken.delete(2);
  const less = await run({ dir, keepGoing: true });
  assertEquals([...calls].sort(), ["fit 2", "fit 3", "score 2", "sum k=1,k=2,k=4"]);
  assertEquals((metadataOf(less).recipe as Loose).partial, ["k=3"]);
  assertEquals(await valueOf(less.aggregates[0]!, "sum"), [10, 20, 40]);
});

testIn("what is partial is not what an experiment with just those records has", async (dir) => {
  const { calls, run } = project({ partial: true });
  await run({ dir, keepGoing: true });
  const fewer = await run({ dir, names: ["k=1", "k=4"] });
  assertEquals(calls, ["sum k=1,k=4", "total"]);
  assertEquals(fewer.failed, 0);
  assertEquals("partial" in (metadataOf(fewer).recipe as Loose), false);
});

testIn("partial without keepGoing: neither runs, nor is one found", async (dir) => {
  const { calls, run } = project({ partial: true });
  await run({ dir, keepGoing: true });
  const { aggregates } = await run({ dir });
  assertEquals(aggregates[0]!.stages[0]!.verdict, "skipped", "though there is a partial one");
  assert(!calls.some((call) => call.startsWith("sum")));
});

testIn("partial with no record left: it does not run, and says which are missing", async (dir) => {
  const { broken, calls, run } = project({ partial: true });
  for (const k of [1, 4]) broken.add(k);
  const { aggregates, failed } = await run({ dir, keepGoing: true });
  assertEquals([failed, aggregates[0]!.stages[0]!.verdict], [4, "skipped"]);
  assertStringIncludes(aggregates[0]!.stages[0]!.reason, '"k=4"');
  assert(!calls.some((call) => call.startsWith("sum")));
});

testIn(
  "partial: when the full one is there, and a record fails anew, the partial one is another",
  async (dir) => {
    const { broken, calls, run } = project({ partial: true });
    broken.clear();
    const full = await run({ dir });
    broken.add(4);
    const part = await run({ dir, keepGoing: true, overwriteStages: ["fit"] });
    assertEquals(part.failed, 1);
    assertEquals(calls.filter((call) => call.startsWith("sum")), ["sum k=1,k=2,k=3"]);
    assertEquals(await valueOf(part.aggregates[0]!, "sum"), [10, 20, 30]);
    assertNotEquals(metadataOf(part).recipeKey, metadataOf(full).recipeKey);
  },
);

testIn(
  "partial: an artifact that was deleted meanwhile is computed again, over the same records",
  async (dir) => {
    const { calls, run } = project({ partial: true });
    const { aggregates } = await run({ dir, keepGoing: true });
    calls.length = 0;
    removeArtifacts(dir, "_sum_sum");
    assertEquals(await valueOf(aggregates[0]!, "sum"), [10, 40]);
    assertEquals(calls, ["sum k=1,k=4"]);
  },
);

testIn("partial: --overwrite makes it anew", async (dir) => {
  const { calls, run } = project({ partial: true });
  await run({ dir, keepGoing: true });
  await run({ dir, keepGoing: true, overwriteStages: ["sum"] });
  assertEquals([...calls].sort(), ["fit 2", "fit 3", "sum k=1,k=4"]);
});

testIn("partial: an output that nothing caches is there for who asks", async (dir) => {
  const fit = stage("fit", { params: ["k"], outputs: { model: transient() } }, ({ params }) => {
    if (params.k === 2) throw new Error("broken");
    return { model: params.k };
  });
  const all = aggregate(
    "all",
    { inputs: ["model"], partial: true, outputs: { all: transient() } },
    (states) => ({ all: states.map(({ model }) => model) }),
  );
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }, { k: 3 }], stages: [fit], aggregates: [all] });
  const { aggregates } = await runExperiment(exp, { dir, keepGoing: true, ...quietly });
  assertEquals(await valueOf(aggregates[0]!, "all"), [1, 3]);
});

testIn("partial: a full store has it, and a run from there finds it again", async (dir) => {
  const { calls, run } = project({ partial: true });
  const { reference } = await run({ dir, keepGoing: true, storeFull: true });
  const cache = join(dir, "runs", reference!, "artifacts");
  const own = Object.keys(artifactsBelow(join(dir, "cache"))).sort();
  assertEquals(Object.keys(artifactsBelow(cache)).sort(), own);
  const again = await run({ dir: join(dir, "other"), cache, dryCache: true, keepGoing: true });
  assertEquals([...calls].sort(), ["fit 2", "fit 3"]);
  assertEquals(again.aggregates[0]!.stages[0]!.verdict, "reused");
  assertEquals(await valueOf(again.aggregates[0]!, "sum"), [10, 40]);
});

testIn(
  "partial: what is missing since the run was interrupted is no failure: it does not run",
  async (dir) => {
    const drain = new AbortController();
    const make = stage("make", { params: ["k"] }, ({ params }) => {
      if (params.k === 1) throw new Error("broken");
      if (params.k === 2) drain.abort();
      return { make: params.k };
    });
    let sums = 0;
    const sum = aggregate("sum", { inputs: ["make"], partial: true }, () => ({ sum: ++sums }));
    const exp = experiment({ params: [{ k: 1 }, { k: 2 }, { k: 3 }], stages: [make], aggregates: [sum] });
    const options = { dir, keepGoing: true, concurrency: 1, drain: drain.signal, ...quietly };
    const { aggregates } = await runExperiment(exp, options);
    assertEquals([aggregates[0]!.stages[0]!.verdict, sums], ["skipped", 0]);
  },
);

testIn(
  "two recipes that come to the same: what fails is called once, told once, missing in both",
  async (dir) => {
    let calls = 0;
    const make = stage(
      "make",
      { params: ["k"] },
      ({ params }) => ({ make: params.k < 3 ? "same" : "other" }),
    );
    const fit = stage("fit", { inputs: ["make"], params: [] }, ({ make }) => {
      calls++;
      if (make === "same") throw new Error("broken");
      return { fit: make };
    });
    const all = aggregate("all", { inputs: ["fit"], partial: true }, (states) => ({
      all: states.map(({ name }) => name),
    }));
    const exp = experiment({
      params: [{ k: 1 }, { k: 2 }, { k: 3 }],
      stages: [make, fit],
      aggregates: [all],
    });
    const result = await runExperiment(exp, { dir, keepGoing: true, ...quietly });
    assertEquals([calls, result.errors.length, counts(result)], [
      2,
      1,
      { executed: 5, reused: 0, failed: 1, skipped: 1 },
    ]);
    const artifact = result.aggregates[0]!.stages[0]!.artifacts.all!;
    assertEquals(JSON.parse(Deno.readTextFileSync(artifact)), ["k=3"]);
  },
);

testIn("partial: a dry run makes it, and writes nothing", async (dir) => {
  const { run } = project({ partial: true });
  const { aggregates } = await run({ dir, keepGoing: true, dry: true });
  assertEquals(aggregates[0]!.stages[0]!.verdict, "executed");
  assertEquals(await valueOf(aggregates[0]!, "sum"), [10, 40]);
  assertEquals(filesBelow(dir), {});
});

/** How often each text occurs in another. */
function timesIn(text: string, ...parts: readonly string[]): readonly number[] {
  return parts.map((part) => text.split(part).length - 1);
}

testIn("--keep-going: status 1, each failure once as it comes, and once in the summary", async (cwd) => {
  const args = ["run", fixture("keep_going.ts"), "--keep-going"];
  const [plain, quiet, json] = await eachOf(
    ["plain", "quiet", "json"],
    (dir) => cairn([...args, "--dir", dir, ...dir === "plain" ? [] : [`--${dir}`]], { cwd }),
  );
  for (const { code, stderr } of [plain!, quiet!, json!]) {
    assertEquals(code, 1);
    const lines = stderr.trimEnd().split("\n");
    const errors = lines.filter((line) => line.startsWith("error: "));
    assertEquals(errors.length, 2);
    // The summary comes last, after where the last error was thrown.
    const summary = lines.slice(lines.findLastIndex((line) => /^ +at /.test(line)) + 1).join("\n");
    assertEquals(timesIn(summary, "k=1", "k=2", "k=3", "k=4", '"sum"'), [0, 1, 1, 0, 0], stderr);
    assertStringIncludes(summary, "2 failed");
    assertEquals(timesIn(errors.join("\n"), '"k=2"', '"k=3"'), [1, 1]);
  }
  assertStringIncludes(plain!.stdout, "8 executed, 2 failed, 3 skipped");
  assertEquals(quiet!.stdout, "");
  const { executed, failed, skipped } = JSON.parse(json!.stdout);
  assertEquals([executed, failed, skipped], [8, 2, 3]);
});

testIn("--keep-going: where nothing fails, status 0 and not a word more", async (cwd) => {
  const args = ["run", fixture("keep_going.ts"), "--keep-going", "--name", "k=1", "--name", "k=4"];
  const { code, stderr } = await cairn(args, { cwd });
  assertEquals([code, stderr], [0, ""]);
});

testIn("without --keep-going: status 1 as well, and a rerun with it goes on from there", async (cwd) => {
  const args = ["run", fixture("keep_going.ts"), "--concurrency", "1", "--json"];
  const first = await cairn(args, { cwd });
  const { executed, failed } = JSON.parse(first.stdout);
  assertEquals([first.code, failed], [1, 1]);
  const second = await cairn([...args, "--keep-going"], { cwd });
  const result = JSON.parse(second.stdout);
  assertEquals([second.code, result.executed, result.reused, result.failed], [1, 8 - executed, executed, 2]);
});
