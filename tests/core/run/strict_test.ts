/** What a stage does to its inputs, in a strict run and without. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { structuredCacher } from "../../../cachers/structured_cacher.ts";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import { lazy, type LazyValue, transient } from "../../../core/define/output.ts";
import { createRecord, runAggregate, runStage, valueOf } from "../../../core/run/record.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { deepFreeze, handedOn } from "../../../core/run/strict.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import { aggregate, artifactsBelow, experiment, type Loose, stage, testIn } from "./helpers.ts";

const quiet = { onEvent: () => {} };

/** Values in all the ways in which a stage may get one, each with something that it may be changed by. */
const fresh = (): Loose => ({
  rows: [{ n: 1 }, { n: 2 }],
  sizes: new Map([["a", { n: 1 }]]),
  names: new Set(["a"]),
  weights: new Float64Array([1, 2]),
  when: new Date(0),
});

const spoils: Readonly<Record<string, (value: Loose) => void>> = {
  "a row": ({ rows }) => rows[0].n = 9,
  "a list": ({ rows }) => rows.push({ n: 3 }),
  "a key": (value) => value.more = 1,
  "a key that is dropped": (value) => delete value.rows,
  "a value in a map": ({ sizes }) => sizes.get("a").n = 9,
  "a map": ({ sizes }) => sizes.set("b", { n: 2 }),
  "a set": ({ names }) => names.add("b"),
  "a typed array": ({ weights }) => weights[0] = 9,
  "a date": ({ when }) => when.setTime(1),
};

const kinds: Readonly<Record<string, () => Cacher<unknown> | ReturnType<typeof transient>>> = {
  "cached": () => structuredCacher(),
  "lazy": () => lazy(structuredCacher<unknown>()),
  "in memory only": () => transient(),
};

for (const [kind, output] of Object.entries(kinds)) {
  for (const [what, spoil] of Object.entries(spoils)) {
    testIn(
      `strict, ${kind}: a stage that changes ${what} of its input changes nothing for others`,
      async (dir) => {
        const make = stage("make", { outputs: { value: output() } }, () => ({ value: fresh() }));
        const bad = stage("bad", { inputs: ["value"] }, ({ value }) => {
          try {
            spoil(value);
            return { bad: "changed its own" };
          } catch (error) {
            assert(error instanceof TypeError, String(error));
            return { bad: "could not" };
          }
        });
        const seen = stage(
          "seen",
          { inputs: ["value", "bad"], outputs: { seen: structuredCacher() } },
          ({ value }) => ({ seen: value }),
        );
        const exp = experiment({ stages: [make, bad, seen] });
        const first = await runExperiment(exp, { dir, strict: true, concurrency: 1, ...quiet });
        assertEquals([first.failed, first.executed], [0, 3]);
        assertEquals(await valueOf(first.records[0]!, "seen"), fresh());
        // What was saved is what an honest run saves, and a run over what is there gives the same.
        const saved = artifactsBelow(join(dir, "cache"));
        const again = await runExperiment(exp, {
          dir,
          strict: true,
          concurrency: 1,
          overwriteStages: ["bad", "seen"],
          ...quiet,
        });
        assertEquals(again.failed, 0);
        assertEquals(artifactsBelow(join(dir, "cache")), saved);
      },
    );
  }
}

testIn("strict: a change that nobody catches fails the stage, in words that say what to do", async (dir) => {
  const make = stage("make", { outputs: { list: jsonCacher() } }, () => ({ list: [2, 1] }));
  const sort = stage("sort", { inputs: ["list"] }, ({ list }) => ({ sort: list.sort() }));
  const exp = experiment({ stages: [make, sort] });
  const { errors, failed } = await runExperiment(exp, { dir, strict: true, ...quiet });
  assertEquals(failed, 1);
  assertStringIncludes(errors[0]!.message, 'tage "sort"');
  assertStringIncludes(
    errors[0]!.message,
    "in a strict run what a stage reads is frozen: if it is that, change a copy of it",
  );
  assertEquals((await runExperiment(exp, { dir: join(dir, "free"), ...quiet })).failed, 0);
});

testIn("strict: what a stage says of its own failures is left as it is", async (dir) => {
  const fail = stage("fail", {}, () => {
    throw new TypeError("no such thing");
  });
  const { errors } = await runExperiment(experiment({ stages: [fail] }), { dir, strict: true, ...quiet });
  assert(errors[0]!.message.endsWith("no such thing"), errors[0]!.message);
});

testIn("strict: parameters are frozen, and each attempt reads its inputs afresh", async (dir) => {
  const make = stage("make", { params: [], outputs: { sizes: structuredCacher() } }, () => ({
    sizes: new Map([["a", 1]]),
  }));
  let attempts = 0;
  const use = stage("use", { inputs: ["sizes"], retries: 1 }, ({ sizes, params }) => {
    assertThrows(() => params.list.push(1), TypeError);
    sizes.set("b", 2);
    if (++attempts === 1) throw new Error("the first attempt");
    return { use: sizes.size };
  });
  const exp = experiment({ params: [{ list: [1] }], stages: [make, use] });
  const { records, failed } = await runExperiment(exp, { dir, strict: true, ...quiet });
  assertEquals([failed, attempts, await valueOf(records[0]!, "use")], [0, 2, 2]);
});

testIn("strict: what is handed on is what load gives, in the first run too", async (dir) => {
  let loads = 0;
  const json = jsonCacher<number[]>();
  const counted: Cacher<number[]> = { ...json, load: (artifact) => (loads++, json.load(artifact)) };
  const returned = [1, 2];
  const make = stage("make", { outputs: { list: counted } }, () => ({ list: returned }));
  const reads = ["a", "b"].map((name) =>
    stage(name, { inputs: ["list"] }, ({ list }) => ({ [name]: list === returned }))
  );
  const exp = experiment({ stages: [make, ...reads] });
  const { records } = await runExperiment(exp, { dir, strict: true, ...quiet });
  assertEquals([await valueOf(records[0]!, "a"), await valueOf(records[0]!, "b")], [false, false]);
  assertEquals(loads, 3, "once to see that it is what was saved, and once for each that reads it");
});

testIn("strict: a handle gives each of its readers a value of its own", async (dir) => {
  const make = stage(
    "make",
    { outputs: { sizes: lazy(structuredCacher<unknown>(), { resolve: false }) } },
    () => ({ sizes: new Map([["a", { n: 1 }]]) }),
  );
  const use = stage("use", { inputs: ["sizes"] }, async ({ sizes }) => {
    const handle = sizes as LazyValue<Map<string, { n: number }>>;
    const one = await handle.load();
    one.set("b", { n: 2 });
    assertThrows(() => one.get("a")!.n = 9, TypeError);
    return { use: (await handle.load()).size };
  });
  const { records, failed } = await runExperiment(experiment({ stages: [make, use] }), {
    dir,
    strict: true,
    ...quiet,
  });
  assertEquals([failed, await valueOf(records[0]!, "use")], [0, 1]);
});

testIn("strict, in a script: values to start with, and the states of an aggregate", async (dir) => {
  const workspace = openWorkspace({ dir, experiment: "exp", strict: true });
  const spoil = stage("spoil", { inputs: ["list", "sizes"] }, ({ list, sizes }) => {
    assertThrows(() => list.push(3), TypeError);
    sizes.set("b", 2);
    return { spoil: sizes.size };
  });
  const after = stage("after", { inputs: ["list", "sizes", "spoil"] }, ({ list, sizes }) => ({
    after: [list.length, sizes.size],
  }));
  const values = { list: [1, 2], sizes: new Map([["a", 1]]) };
  let record = await runStage(createRecord(workspace, { name: "a" }, values), spoil);
  record = await runStage(record, after);
  assertEquals(await valueOf(record, "after"), [2, 1]);
  const all = aggregate("all", { inputs: ["after"] }, (states) => {
    assertThrows(() => states[0]!.after.push(1), TypeError);
    return { all: states.length };
  });
  assertEquals(await valueOf(await runAggregate([record], all), "all"), 1);
});

testIn("without it, what is saved is safe, and what is read may be another's", async (dir) => {
  const make = stage("make", { outputs: { list: jsonCacher() } }, () => ({ list: [1] }));
  const spoil = stage("spoil", { inputs: ["list"] }, ({ list }) => ({ spoil: list.push(2) }));
  const after = stage("after", { inputs: ["list", "spoil"] }, ({ list }) => ({ after: list.length }));
  const exp = experiment({ stages: [make, spoil, after] });
  const { records } = await runExperiment(exp, { dir, concurrency: 1, ...quiet });
  // As README has it: the value is one and the same in memory for all that read it in one run...
  assertEquals(await valueOf(records[0]!, "after"), 2);
  // ... and what was saved is what the stage returned.
  const again = await runExperiment(exp, { dir, ...quiet });
  assertEquals([again.executed, await valueOf(again.records[0]!, "list")], [0, [1]]);
});

testIn("strict is no part of any key", async (dir) => {
  const exp = experiment({ stages: [stage("make", {}, () => ({ make: 1 }))] });
  assertEquals((await runExperiment(exp, { dir, strict: true, ...quiet })).executed, 1);
  assertEquals((await runExperiment(exp, { dir, ...quiet })).reused, 1);
});

Deno.test("what can be neither frozen nor copied is handed on as it is", () => {
  class Connection {
    queries = 0;
  }
  const value = { connection: new Connection(), ask: () => 1, list: [1] };
  assertEquals(handedOn(value), value);
  assert(Object.isFrozen(value) && Object.isFrozen(value.list) && !Object.isFrozen(value.connection));
  value.connection.queries++;
});

Deno.test("freezing goes through what holds itself, and through a million numbers", () => {
  const cyclic: Loose = { list: Array.from({ length: 1e6 }, (_, i) => i) };
  cyclic.self = cyclic;
  assert(Object.isFrozen(deepFreeze(cyclic).list));
});

testIn("strict: a copy of what is in memory only has all that the value has", async (dir) => {
  const key = Symbol("key");
  const make = stage("make", { outputs: { value: transient() } }, () => ({
    value: { [key]: 41, at: new Date(0), plain: Object.assign(Object.create(null), { n: 1 }) },
  }));
  const use = stage("use", { inputs: ["value"] }, ({ value }) => ({ use: value[key] + value.plain.n }));
  for (const strict of [false, true]) {
    const { records } = await runExperiment(experiment({ stages: [make, use] }), {
      dir: join(dir, `${strict}`),
      strict,
      ...quiet,
    });
    assertEquals(await valueOf(records[0]!, "use"), 42);
  }
});
