import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { transient } from "../../../core/define/output.ts";
import { createRecord, runAggregate, runStage, runStages, valueOf } from "../../../core/run/record.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import { counting } from "../../helpers/counting.ts";
import { tree } from "../../helpers/tree.ts";
import { aggregate, artifactsBelow, flipByte, removeArtifacts, stage, testIn } from "./helpers.ts";

const open = (dir: string, warnings: string[] = []) =>
  openWorkspace({ dir, experiment: "exp", warn: (message) => warnings.push(message) });

/** double (n) -> add (by), and the total of `sum`. */
function pipeline() {
  const calls: string[] = [];
  const cacher = counting(jsonCacher());
  const double = stage("double", { inputs: ["n"], params: [], outputs: { twice: cacher } }, ({ n }) => {
    calls.push(`double ${n}`);
    return { twice: 2 * n };
  });
  const add = stage("add", { inputs: ["twice"], params: ["by"], outputs: { sum: jsonCacher() } }, (state) => {
    calls.push(`add ${state.params.by}`);
    return { sum: state.twice + state.params.by };
  });
  const total = aggregate("total", { inputs: ["sum"] }, (states) => {
    calls.push("total");
    return { total: states.map(({ name, sum }) => [name, sum]) };
  });
  return { calls, cacher, double, add, total };
}

/** Freezes a value and all below it. */
function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value) && !(value instanceof Map)) {
    Object.freeze(value);
    for (const each of Object.values(value)) if (typeof each !== "function") deepFreeze(each);
  }
  return value;
}

testIn("a record is never changed: each step gives a new one", async (dir) => {
  const { calls, double, add } = pipeline();
  const first = Object.freeze(createRecord(open(dir), { name: "a", by: 1 }, { n: 5 }));
  deepFreeze(first.lineage);
  assertEquals(tree(dir), [], "nothing is written");
  const second = Object.freeze(await runStage(first, double));
  const third = await runStage(second, add);
  assertEquals([first, second, third].map(({ stages }) => stages.map(({ stage }) => stage)), [
    [],
    ["double"],
    ["double", "add"],
  ]);
  assertEquals(await valueOf(third, "sum"), 11);
  await assertRejects(() => valueOf(second, "sum"), TypeError, 'record "a" has no such output');
  const other = await runStages(first, [double, add]);
  assertEquals(await valueOf(other, "sum"), 11);
  assertEquals(calls, ["double 5", "add 1"]);
  assertEquals([third.name, third.params, third.index], ["a", { by: 1 }, 0]);
});

testIn("values to start with are hashed: others run anew, the same do not", async (dir) => {
  const { calls, double } = pipeline();
  for (const n of [5, 6, 5]) await runStage(createRecord(open(dir), {}, { n }), double);
  assertEquals(calls, ["double 5", "double 6"]);
  const record = createRecord(open(dir), {}, { n: [1, { a: new Map([[1, 2]]) }] });
  assertEquals(await valueOf(record, "n"), [1, { a: new Map([[1, 2]]) }]);
});

testIn("a value or parameter that can't be hashed is named by its path", (dir) => {
  const workspace = open(dir);
  assertThrows(() => createRecord(workspace, {}, { n: { f: [() => 1] } }), TypeError, "n.f[0]");
  assertThrows(() => createRecord(workspace, { f: Symbol("x") }), TypeError, "params.f");
  assertThrows(() => createRecord(workspace, { url: new URL("http://a/") }), TypeError, "params.url");
  assertThrows(() => createRecord(workspace, {}, { "a b": 1 }), TypeError, "the name of a value");
  assertThrows(() => createRecord(workspace, { name: "a\u001b[31m" }), TypeError, "printable");
  assertThrows(() => createRecord(workspace, [] as never), TypeError);
  assertThrows(() => createRecord(workspace, {}, [1] as never), TypeError, "plain object");
  assertEquals(tree(dir), []);
});

testIn("stages that don't fit are refused", async (dir) => {
  const { double, add } = pipeline();
  const record = createRecord(open(dir), { by: 1 });
  await assertRejects(() => runStage(record, add), TypeError, 'its input "twice" is not produced');
  const started = createRecord(open(dir), { by: 1 }, { n: 1 });
  const done = await runStage(started, double);
  await assertRejects(() => runStage(done, double), TypeError, "another stage bears that name");
});

testIn("runStages works backward: in between may be gone", async (dir) => {
  const { calls, cacher, double, add } = pipeline();
  const start = () => createRecord(open(dir), { by: 1 }, { n: 5 });
  await runStages(start(), [double, add]);
  removeArtifacts(dir, "_double_");
  const again = await runStages(start(), [double, add]);
  assertEquals(again.stages.map(({ verdict }) => verdict), ["skipped", "reused"]);
  assertEquals([calls.length, cacher.counts.load], [2, 0]);
  assertEquals(await valueOf(again, "twice"), 10, "asked for, it is computed after all");
  assertEquals(calls.length, 3);
  const alone = await runStage(start(), double);
  assertEquals(alone.stages[0]!.verdict, "reused");
});

testIn("values stay in memory for a script, and are loaded in another", async (dir) => {
  const { cacher, double, add } = pipeline();
  const record = await runStage(createRecord(open(dir), { by: 1 }, { n: 5 }), double);
  await valueOf(record, "twice");
  await valueOf(await runStage(record, add), "twice");
  assertEquals(cacher.counts, { save: 1, load: 0 });
  const other = await runStage(createRecord(open(dir), { by: 1 }, { n: 5 }), double);
  assertEquals([await valueOf(other, "twice"), cacher.counts.load], [10, 1]);
});

testIn("valueOf with a stage tells outputs of that stage alone", async (dir) => {
  const { double, add } = pipeline();
  const record = await runStages(createRecord(open(dir), { by: 1 }, { n: 5 }), [double, add]);
  assertEquals(await valueOf(record, double, "twice" as never), 10);
  await assertRejects(() => valueOf(record, add, "twice" as never), TypeError, 'of stage "add"');
});

testIn("valueOf of an artifact that was damaged computes it again", async (dir) => {
  const { calls, double } = pipeline();
  await runStage(createRecord(open(dir), {}, { n: 5 }), double);
  const warnings: string[] = [];
  const record = await runStage(createRecord(open(dir, warnings), {}, { n: 5 }), double);
  flipByte(Object.values(record.stages[0]!.artifacts)[0]!);
  assertEquals(await valueOf(record, "twice"), 10);
  assertEquals(calls, ["double 5", "double 5"]);
});

testIn("a transient value is there, and computed again in another script that asks", async (dir) => {
  let runs = 0;
  const make = stage(
    "make",
    { outputs: { big: transient(), n: jsonCacher() } },
    () => ({ big: [++runs], n: 1 }),
  );
  const record = await runStage(createRecord(open(dir)), make);
  assertEquals([await valueOf(record, "big"), runs], [[1], 1]);
  const other = await runStage(createRecord(open(dir)), make);
  assertEquals([other.stages[0]!.verdict, runs], ["reused", 1]);
  assertEquals(await valueOf(other, "big"), [2]);
});

testIn("an aggregate over records: states in order, names in the key, a second time reused", async (dir) => {
  const { calls, double, add, total } = pipeline();
  const workspace = open(dir);
  const make = (name: string, by: number) =>
    runStages(createRecord(workspace, { name, by }, { n: by }), [double, add]);
  const records = [await make("b", 2), await make("a", 1)];
  const bare = createRecord(workspace, { name: "c", by: 3 });
  calls.length = 0;
  const sum = await runAggregate([...records, bare], total);
  assertEquals(await valueOf(sum, total, "total" as never), [["b", 6], ["a", 3]]);
  assertEquals((await runAggregate(records, total)).stages[0]!.verdict, "reused", "c brings nothing to it");
  assertEquals(calls, ["total"]);
  await runAggregate(records.toReversed(), total);
  assertEquals(calls, ["total", "total"]);
  assertEquals(sum.name, "total");
  await assertRejects(() => runAggregate([], total), TypeError, "it was given no records");
  await assertRejects(() => runAggregate([bare], total), TypeError, 'no record produces its inputs "sum"');
  await assertRejects(() => runAggregate([records[0]!, records[0]!], total), TypeError, 'called "b"');
  await assertRejects(() => runStage(sum, double), TypeError, "the record of an aggregate");
});

testIn(
  "a stage that fails throws: record and stage named, the cause kept, what was made stays",
  async (dir) => {
    const { double } = pipeline();
    const cause = new RangeError("too large");
    const fail = stage("fail", { inputs: ["twice"] }, () => {
      throw cause;
    });
    const error = await assertRejects(
      () => runStages(createRecord(open(dir), { name: "a" }, { n: 5 }), [double, fail]),
      Error,
      'Stage "fail" in record "a" of experiment "exp" failed: too large',
    );
    assertEquals(error.cause, cause);
    assertEquals(Object.keys(artifactsBelow(join(dir, "cache"))).length, 1);
  },
);

testIn("a script and an experiment share what they make", async (dir) => {
  const { calls, double, add } = pipeline();
  const record = await runStages(createRecord(open(dir), { by: 1 }, { n: 5 }), [double, add]);
  const again = await runStages(createRecord(open(dir), { name: "other", by: 1 }, { n: 5 }), [double, add]);
  assertEquals(calls.length, 2);
  assertEquals(
    again.stages.map(({ artifacts }) => artifacts),
    record.stages.map(({ artifacts }) => artifacts),
  );
  assert(again.stages.every(({ verdict }) => verdict === "reused"));
});

testIn("two scripts' steps at once for one record: right values", async (dir) => {
  const { calls, double, add } = pipeline();
  const start = createRecord(open(dir), { by: 1 }, { n: 5 });
  const both = await Promise.all([runStages(start, [double, add]), runStages(start, [double, add])]);
  assertEquals(await Promise.all(both.map((record) => valueOf(record, "sum"))), [11, 11]);
  assertEquals(calls.toSorted(), ["add 1", "double 5"]);
});

testIn(
  "what a stage wrote before it failed is not among what it writes when it is tried again",
  async (dir) => {
    let isBroken = true;
    const write = stage("write", {}, (_state, { path }) => {
      Deno.writeTextFileSync(path(isBroken ? "old.txt" : "new.txt"), "");
      if (isBroken) throw new Error("broken");
      return { write: 1 };
    });
    const record = createRecord(open(dir));
    await assertRejects(() => runStage(record, write), Error, "broken");
    isBroken = false;
    await runStage(record, write);
    const names = Object.keys(artifactsBelow(join(dir, "cache"))).map((name) => name.split("/").at(-1)!);
    assertEquals(names.filter((name) => name.endsWith(".txt")), ["new.txt"]);
  },
);
