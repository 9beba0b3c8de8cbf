/** What the runner does when an artifact turns out not to be usable, when it is told to stop, and when it is raced. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import type { AnyCacher } from "../../../core/define/cacher.ts";
import { miss } from "../../../core/define/miss.ts";
import { lazy, transient } from "../../../core/define/output.ts";
import { valueOf } from "../../../core/run/record.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import {
  artifactPath,
  artifactsBelow,
  collect,
  experiment,
  filesBelow,
  flipByte,
  gate,
  removeArtifacts,
  stage,
  testIn,
  verdictsOf,
} from "./helpers.ts";

/** make -> use (k) for four records; `draws` counts, and is in what is made where `isRandom`. */
function shared(cacher: AnyCacher, isRandom = false) {
  const draws = { count: 0 };
  const make = stage("make", { params: [], outputs: { big: cacher } }, () => {
    draws.count++;
    return { big: [1000, isRandom ? draws.count : 0] };
  });
  const use = stage(
    "use",
    { inputs: ["big"], params: ["k"] },
    ({ big, params }) => ({ use: [...big, params.k] }),
  );
  const last = stage("last", { inputs: ["use"], params: [] }, ({ use }) => ({ last: use }));
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }, { k: 3 }, { k: 4 }], stages: [make, use, last] });
  return { draws, exp };
}

for (const [how, wrap] of [["eager", (c: AnyCacher) => c], ["lazy", (c: AnyCacher) => lazy(c)]] as const) {
  for (const concurrency of [1, 4]) {
    testIn(
      `a flipped byte, ${how}, ${concurrency} at a time: made again, one warning, right values`,
      async (dir) => {
        const { draws, exp } = shared(wrap(jsonCacher()));
        await runExperiment(exp, { dir });
        removeArtifacts(dir, "_use_");
        removeArtifacts(dir, "_last_");
        flipByte(artifactPath(dir, "_make_big"), 4);
        const { warnings, onEvent } = collect();
        const result = await runExperiment(exp, { dir, concurrency, onEvent });
        assertEquals(result.failed, 0);
        assertEquals(draws.count, 2);
        assertEquals(warnings.length, 1, warnings.join("\n"));
        assertMatch(
          warnings[0]!,
          /^output "big" of stage "make" in record "k=1" can't be loaded: .*not what was written; it is computed again$/,
        );
        for (const [i, record] of result.records.entries()) {
          assertEquals(await valueOf(record, "last"), [1000, 0, i + 1]);
        }
        const again = collect();
        assertEquals((await runExperiment(exp, { dir, onEvent: again.onEvent })).executed, 0);
        assertEquals(again.warnings, []);
      },
    );

    testIn(`load throws a miss, ${how}, ${concurrency} at a time: made again, one warning`, async (dir) => {
      let misses = 0;
      const cacher: AnyCacher = {
        ...jsonCacher(),
        load: async (artifact) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (misses > 0) throw miss("a newer layout is wanted");
          return await jsonCacher().load(artifact);
        },
        save: (value, artifact) => {
          misses = 0;
          return jsonCacher().save(value, artifact);
        },
      };
      const { draws, exp } = shared(wrap(cacher));
      await runExperiment(exp, { dir });
      removeArtifacts(dir, "_use_");
      removeArtifacts(dir, "_last_");
      misses = 1;
      const { warnings, onEvent } = collect();
      const result = await runExperiment(exp, { dir, concurrency, onEvent });
      assertEquals([result.failed, draws.count], [0, 2]);
      assertEquals(warnings.length, 1, warnings.join("\n"));
      assertStringIncludes(warnings[0]!, "a newer layout is wanted");
      for (const [i, record] of result.records.entries()) {
        assertEquals(await valueOf(record, "last"), [1000, 0, i + 1]);
      }
    });
  }
}

testIn(
  "what is made again and comes out otherwise: all that was made from the old one is made again",
  async (dir) => {
    const { draws, exp } = shared(jsonCacher(), true);
    await runExperiment(exp, { dir });
    removeArtifacts(dir, "_last_");
    // One record's `use` is gone too: it alone needs `big`, finds it damaged, and the others' `use` stems from the old one.
    const key = (await runExperiment(exp, { dir, dry: true })).records[2]!.stages[1]!.key.slice(0, 16);
    removeArtifacts(dir, `${key}_use_`);
    flipByte(artifactPath(dir, "_make_big"), 4);
    const result = await runExperiment(exp, { dir });
    assertEquals(draws.count, 2);
    for (const [i, record] of result.records.entries()) {
      assertEquals(await valueOf(record, "last"), [1000, 2, i + 1]);
      assertEquals(await valueOf(record, "use"), [1000, 2, i + 1]);
    }
    assertEquals((await runExperiment(exp, { dir })).executed, 0);
  },
);

testIn(
  "any other error of load fails the stage that wanted the value, and names file and output",
  async (dir) => {
    let isBroken = false;
    const cacher: AnyCacher = {
      ...jsonCacher(),
      load: (artifact) => {
        if (isBroken) throw new SyntaxError("no such thing");
        return jsonCacher().load(artifact);
      },
    };
    const { draws, exp } = shared(lazy(cacher));
    await runExperiment(exp, { dir });
    removeArtifacts(dir, "_use_");
    removeArtifacts(dir, "_last_");
    isBroken = true;
    const result = await runExperiment(exp, { dir, concurrency: 1, names: ["k=1"] });
    assertEquals([result.failed, draws.count], [1, 1]);
    assertEquals(verdictsOf(result.records[0]!), { make: "reused", use: "failed", last: "skipped" });
    assertStringIncludes(result.errors[0]!.message, 'Cannot load output "big" of stage "make" from ');
    assertStringIncludes(result.errors[0]!.message, "no such thing");
  },
);

testIn(
  "an artifact cut short, seen by its size: a warning, and made again only where it is needed",
  async (dir) => {
    const { draws, exp } = shared(jsonCacher());
    await runExperiment(exp, { dir });
    Deno.truncateSync(artifactPath(dir, "_make_big"), 3);
    const one = collect();
    assertEquals((await runExperiment(exp, { dir, onEvent: one.onEvent })).executed, 0);
    assertEquals([one.warnings.length, draws.count], [1, 1]);
    removeArtifacts(dir, "_last_");
    removeArtifacts(dir, "_use_");
    const two = collect();
    const result = await runExperiment(exp, { dir, onEvent: two.onEvent });
    assertEquals([two.warnings.length, draws.count, result.failed], [1, 2, 0]);
  },
);

testIn("metadata that was changed, cut short, or is no metadata: a miss with a warning", async (dir) => {
  const { draws, exp } = shared(jsonCacher());
  await runExperiment(exp, { dir });
  const metadata = artifactPath(dir, "_make_big").replace(/\.json$/, "_metadata.json");
  const whole = Deno.readTextFileSync(metadata);
  const damages = [whole.replace('"big"', '"bug"'), whole.slice(0, -20), "{}", "", "\u0000", `${whole}\n`];
  for (const [i, text] of damages.entries()) {
    removeArtifacts(dir, "_use_");
    removeArtifacts(dir, "_last_");
    Deno.writeTextFileSync(metadata, text);
    const { warnings, onEvent } = collect();
    const result = await runExperiment(exp, { dir, onEvent });
    assertEquals([result.failed, draws.count, warnings.length], [0, i + 2, 1]);
  }
});

testIn(
  "a transient output whose stage also caches one that is damaged: all from one execution",
  async (dir) => {
    let count = 0;
    const make = stage("make", { outputs: { kept: jsonCacher(), loose: transient() } }, () => {
      count++;
      return { kept: count, loose: count };
    });
    const use = stage("use", { inputs: ["kept"] }, ({ kept }) => ({ use: kept }));
    const both = stage("both", { inputs: ["loose", "use"] }, ({ loose, use }) => ({ both: [loose, use] }));
    const exp = experiment({ stages: [make, use, both] });
    await runExperiment(exp, { dir });
    removeArtifacts(dir, "_both_");
    const { records } = await runExperiment(exp, { dir });
    assertEquals(await valueOf(records[0]!, "both"), [2, 2], "`use` was made from the first execution");
    assertEquals((await runExperiment(exp, { dir })).executed, 0);
  },
);

testIn("drain: what is under way ends and is saved, nothing new starts", async (dir) => {
  const controller = new AbortController();
  const started = gate();
  const goOn = gate();
  const calls: string[] = [];
  const slow = stage("slow", {}, async ({ params }, { signal }) => {
    calls.push(`slow ${params.k}`);
    if (calls.length === 2) started.open();
    await goOn.opened;
    return { slow: signal.aborted };
  });
  const next = stage("next", { inputs: ["slow"] }, () => ({ next: 1 }));
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }, { k: 3 }, { k: 4 }], stages: [slow, next] });
  const running = runExperiment(exp, { dir, concurrency: 2, drain: controller.signal });
  await started.opened;
  controller.abort();
  goOn.open();
  const result = await running;
  assertEquals([result.interrupted, result.executed, result.failed, result.skipped], [true, 2, 0, 6]);
  assertEquals(await valueOf(result.records[0]!, "slow"), false, "the stages' own signal did not fire");
  assertEquals(result.records[3]!.stages.map(({ reason }) => reason), [
    "not started: interrupted",
    "not started: interrupted",
  ]);
  const run = JSON.parse(Deno.readTextFileSync(join(dir, "runs", result.reference!, "run.json")));
  assertEquals(run.status, "interrupted");
  assertEquals(filesBelow(join(dir, "cache", ".cairn", "staging")), {});
  assertEquals((await runExperiment(exp, { dir })).executed, 6, "a rerun resumes");
});

testIn("a signal that fired before: nothing runs", async (dir) => {
  const make = stage("make", {}, () => ({ make: 1 }));
  for (const option of ["drain", "signal"]) {
    const result = await runExperiment(experiment({ stages: [make] }), {
      dir,
      [option]: AbortSignal.abort(),
    });
    assertEquals([result.interrupted, result.executed, result.skipped], [true, 0, 1]);
  }
  assertEquals(artifactsBelow(join(dir, "cache")), {});
});

testIn("signal: stages are told, and nothing new starts", async (dir) => {
  const controller = new AbortController();
  const slow = stage("slow", {}, async (_state, { signal }) => {
    controller.abort();
    await Promise.resolve();
    signal.throwIfAborted();
    return { slow: 1 };
  });
  const next = stage("next", { inputs: ["slow"] }, () => ({ next: 1 }));
  const result = await runExperiment(experiment({ stages: [slow, next] }), {
    dir,
    signal: controller.signal,
  });
  assertEquals([result.interrupted, result.failed, result.skipped], [true, 1, 1]);
});

testIn("two runs of one process at once: each stage is executed once in all", async (dir) => {
  const { draws, exp } = shared(jsonCacher(), true);
  const results = await Promise.all([1, 2, 3].map(() => runExperiment(exp, { dir })));
  assertEquals(draws.count, 1);
  assertEquals(results.reduce((sum, { executed }) => sum + executed, 0), 9);
  assertEquals(new Set(results.map(({ reference }) => reference)).size, 3);
  for (const { records, failed } of results) {
    assertEquals(failed, 0);
    assertEquals(await valueOf(records[3]!, "last"), [1000, 1, 4]);
  }
  assertEquals(filesBelow(join(dir, "cache", ".cairn", "staging")), {});
  assertEquals(filesBelow(join(dir, "cache", ".cairn", "locks")), {});
});

testIn(
  "an artifact made again in the middle of a run: no later stage mixes what came of the old and the new",
  async (dir) => {
    let draw = 0;
    const source = stage("source", { outputs: { s: jsonCacher() } }, () => ({ s: 1000 + draw++ }));
    const left = stage("left", { inputs: ["s"], outputs: { l: jsonCacher() } }, ({ s }) => ({ l: s }));
    const right = stage("right", { inputs: ["s"], outputs: { r: jsonCacher() } }, ({ s }) => ({ r: s }));
    const pair = stage(
      "pair",
      { inputs: ["l", "r"], outputs: { p: jsonCacher() } },
      ({ l, r }) => ({ p: [l, r] }),
    );
    const exp = experiment({ stages: [source, left, right, pair] });
    await runExperiment(exp, { dir });
    removeArtifacts(dir, "_right_");
    removeArtifacts(dir, "_pair_");
    flipByte(artifactPath(dir, "_source_s"));
    // `left` is there, from the old source; `right` is made from the new one.
    const { records } = await runExperiment(exp, { dir, onEvent: () => {} });
    assertEquals(await valueOf(records[0]!, "p"), [1001, 1001]);
    const again = await runExperiment(exp, { dir, onEvent: () => {} });
    assertEquals(await valueOf(again.records[0]!, "p"), [1001, 1001]);
  },
);

testIn("two stages find at once that they need a third after all: it runs once", async (dir) => {
  let draw = 0;
  const calls: string[] = [];
  const source = stage("source", { outputs: { s: jsonCacher() } }, () => ({ s: draw++ }));
  const middle = stage("middle", { inputs: ["s"], outputs: { m: jsonCacher(), t: transient() } }, ({ s }) => {
    calls.push(`middle ${s}`);
    return { m: s, t: s };
  });
  const left = stage("left", { inputs: ["m", "t"] }, ({ m, t }) => ({ left: [m, t] }));
  const right = stage("right", { inputs: ["m", "t"] }, ({ m, t }) => ({ right: [m, t] }));
  const exp = experiment({ stages: [source, middle, left, right] });
  await runExperiment(exp, { dir });
  const { events, onEvent } = collect();
  const result = await runExperiment(exp, { dir, overwriteStages: ["source"], onEvent });
  assertEquals(calls, ["middle 0", "middle 1"]);
  assertEquals(result.executed, 4);
  const finished = events.flatMap((event) => event.type === "stage-finished" ? [event.name.stage] : []);
  assertEquals(finished.toSorted(), ["left", "middle", "right", "source"], "each has one end");
});

testIn(
  "a transient value stays in memory for all that will read it, so that the run comes to an end",
  async (dir) => {
    let [draw, calls] = [0, 0];
    const shared = stage("shared", { params: [], outputs: { t: transient() } }, () => {
      if (++calls > 20) throw new Error("this would never end");
      return { t: 1 };
    });
    const other = stage("other", { inputs: ["t"], params: [] }, ({ t }) => ({ other: t }));
    const source = stage("source", { params: [], outputs: { s: jsonCacher() } }, () => ({ s: draw++ }));
    const middle = stage(
      "middle",
      { inputs: ["t", "s"], params: ["k"], outputs: { m: jsonCacher() } },
      (state) => ({
        m: [state.t, state.s, state.params.k],
      }),
    );
    const left = stage("left", { inputs: ["m"], params: [] }, ({ m }) => ({ left: m }));
    const right = stage("right", { inputs: ["m"], params: [] }, ({ m }) => ({ right: m }));
    const exp = experiment({
      params: [{ k: 1 }, { k: 2 }],
      stages: [shared, other, source, middle, left, right],
    });
    const first = await runExperiment(exp, { dir });
    // The second record's middle runs for certain, that of the first only when its readers turn out to be stale.
    removeArtifacts(dir, "_other_");
    for (const { key } of first.records[1]!.stages.slice(3)) removeArtifacts(dir, key.slice(0, 16));
    calls = 0;
    const options = { dir, overwriteStages: ["source"], concurrency: 1, onEvent: () => {} };
    const result = await runExperiment(exp, options);
    assertEquals([result.failed, calls], [0, 1]);
    for (const [i, record] of result.records.entries()) {
      assertEquals(await valueOf(record, "right"), [
        1,
        1,
        i + 1,
      ]);
    }
  },
);
