/** What enters a key from outside of the code: declared files, environment variables, captures; and what grows old. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { planExperiment } from "../../../core/run/plan_experiment.ts";
import { createRecord, runStage, valueOf } from "../../../core/run/record.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { readMetadata } from "../../../core/store/inline.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import {
  aggregate,
  collect,
  experiment,
  filesBelow,
  type Loose,
  type LooseStage,
  stage,
  testIn,
  verdictsOf,
} from "./helpers.ts";

/** A stage that says of itself what a test gives, and how often it ran; and one that reads what it made. */
function readingWith(spec: LooseStage, run: (state: Loose) => unknown = () => 1) {
  const calls = { read: 0, use: 0 };
  const read = stage("read", spec, (state) => {
    calls.read++;
    return { read: run(state) };
  });
  const use = stage("use", { inputs: ["read"], params: [] }, ({ read }) => {
    calls.use++;
    return { use: read };
  });
  return { calls, stages: [read, use], read };
}

async function runs(dir: string, spec: LooseStage, run?: (state: Loose) => unknown) {
  const { calls, stages } = readingWith(spec, run);
  const { onEvent } = collect();
  const result = await runExperiment(experiment({ params: [{ k: 1 }, { k: 2 }], stages }), { dir, onEvent });
  if (result.errors.length > 0) throw result.errors[0]!.cause;
  return calls;
}

testIn(
  "a declared file counts by its content: what is touched, or written again as it was, does not run",
  async (dir) => {
    const path = join(dir, "raw.csv");
    Deno.writeTextFileSync(path, "a");
    const spec = { params: [], files: [path] };
    const read = () => Deno.readTextFileSync(path);
    assertEquals(await runs(dir, spec, read), { read: 1, use: 1 });
    assertEquals(await runs(dir, spec, read), { read: 0, use: 0 });
    Deno.utimeSync(path, 1, 1);
    assertEquals(await runs(dir, spec, read), { read: 0, use: 0 });
    Deno.writeTextFileSync(path, "b");
    assertEquals(await runs(dir, spec, read), { read: 1, use: 1 });
    Deno.writeTextFileSync(path, "a");
    assertEquals(await runs(dir, spec, read), { read: 0, use: 0 });
  },
);

testIn(
  "a change that leaves size and time as they were is seen, since the file was new when it was looked at",
  async (dir) => {
    const path = join(dir, "raw.csv");
    Deno.writeTextFileSync(path, "a");
    const { mtime } = Deno.statSync(path);
    const spec = { params: [], files: [path] };
    assertEquals((await runs(dir, spec)).read, 1);
    Deno.writeTextFileSync(path, "b");
    Deno.utimeSync(path, mtime!, mtime!);
    assertEquals((await runs(dir, spec)).read, 1);
  },
);

testIn("the digests of files that lie still are kept, in a file that may be lost or spoiled", async (dir) => {
  const path = join(dir, "raw.csv");
  Deno.writeTextFileSync(path, "a");
  const kept = join(dir, "cache", ".cairn", "files.json");
  const spec = { params: [], files: [path] };
  await runs(dir, spec);
  const before = Date.now;
  Date.now = () => before() + 10_000; // as if the file had lain there for a while
  try {
    await runs(dir, spec);
    assertEquals(JSON.parse(Deno.readTextFileSync(kept).slice(65)).length, 1);
    const spoiled = Deno.readTextFileSync(kept).replace(/"digest":"."/, '"digest":"_"').replace(
      "digest",
      "digset",
    );
    for (const text of [spoiled, "", "[]", "null"]) {
      Deno.writeTextFileSync(kept, text);
      assertEquals((await runs(dir, spec)).read, 0);
    }
  } finally {
    Date.now = before;
  }
});

testIn("a folder counts with all below it, by name; an empty folder in it too", async (dir) => {
  const folder = join(dir, "raw");
  Deno.mkdirSync(join(folder, "deep"), { recursive: true });
  Deno.writeTextFileSync(join(folder, "a"), "1");
  Deno.writeTextFileSync(join(folder, "deep", "b"), "2");
  const edits: readonly (readonly [string, () => void, number])[] = [
    ["at first", () => {}, 1],
    ["nothing", () => {}, 0],
    ["a file deep in it", () => Deno.writeTextFileSync(join(folder, "deep", "b"), "3"), 1],
    ["a new file", () => Deno.writeTextFileSync(join(folder, "c"), ""), 1],
    ["a file with another name", () => Deno.renameSync(join(folder, "c"), join(folder, "d")), 1],
    ["a new folder", () => Deno.mkdirSync(join(folder, "empty")), 1],
    ["a file less", () => Deno.removeSync(join(folder, "d")), 1],
    ["one beside it", () => Deno.writeTextFileSync(join(dir, "other"), ""), 0],
  ];
  for (const [name, edit, expected] of edits) {
    edit();
    assertEquals([name, (await runs(dir, { params: [], files: [folder] })).read], [name, expected]);
  }
});

testIn("files as a function of the parameters: a record runs where its own file changed", async (dir) => {
  for (const k of [1, 2]) Deno.writeTextFileSync(join(dir, `${k}.csv`), `${k}`);
  const spec = { params: ["k"], files: ({ k }: { k: number }) => [join(dir, `${k}.csv`)] };
  const read = ({ params }: Loose) => Deno.readTextFileSync(join(dir, `${params.k}.csv`));
  assertEquals(await runs(dir, spec, read), { read: 2, use: 2 });
  Deno.writeTextFileSync(join(dir, "2.csv"), "other");
  assertEquals(await runs(dir, spec, read), { read: 1, use: 1 });
  Deno.writeTextFileSync(join(dir, "2.csv"), "1");
  assertEquals(await runs(dir, spec, read), { read: 1, use: 0 }, "it comes out as that of the other record");
});

testIn("a file that is missing is an error that names it, before anything is written", async (dir) => {
  const { stages } = readingWith({ files: [join(dir, "raw.csv")] });
  const exp = experiment({ stages });
  const error = await assertRejects(() => runExperiment(exp, { dir: join(dir, "w") }), Deno.errors.NotFound);
  assertStringIncludes(error.message, `Cannot run stage "read": "${join(dir, "raw.csv")}"`);
  await assertRejects(() => planExperiment(exp, { dir: join(dir, "w") }), Deno.errors.NotFound);
  assertEquals(filesBelow(dir), {});
  const odd = readingWith({ files: () => "raw.csv" as never });
  const wrong = await assertRejects(
    () => runExperiment(experiment({ stages: odd.stages }), { dir }),
    TypeError,
  );
  assertStringIncludes(wrong.message, '"files" of stage "read"');
});

testIn(
  "a file that changes while its stage runs fails it: nobody knows which of the two it read",
  async (dir) => {
    const path = join(dir, "raw.csv");
    Deno.writeTextFileSync(path, "a");
    const spec = { params: [], files: [path] };
    const error = await assertRejects(
      () => runs(dir, spec, () => Deno.writeTextFileSync(path, "other") ?? 1),
      Error,
    );
    assertStringIncludes(error.message, `"${path}", which it declares, was changed while it ran`);
    assertEquals((await runs(dir, spec)).read, 1);
    Deno.writeTextFileSync(path, "a third time");
    assertEquals(
      (await runs(dir, spec, () => Deno.utimeSync(path, 1, 1) ?? 1)).read,
      1,
      "touched is not changed",
    );
  },
);

testIn(
  "environment variables count by value, and an unset one is not an empty one; the value is kept nowhere",
  async (dir) => {
    const name = "CAIRN_TEST_MODEL";
    const spec = { params: [], env: [name] };
    const read = () => Deno.env.get(name) ?? "unset";
    try {
      Deno.env.delete(name);
      assertEquals(await runs(dir, spec, read), { read: 1, use: 1 });
      for (const [value, expected] of [["", 1], ["secret-large", 1], ["secret-large", 0], ["", 0]] as const) {
        Deno.env.set(name, value);
        assertEquals((await runs(dir, spec, read)).read, expected);
      }
    } finally {
      Deno.env.delete(name);
    }
    const texts = Object.entries(filesBelow(dir)).filter(([name]) => name.endsWith("_metadata.json"));
    assertEquals(texts.filter(([, text]) => text.includes("secret-large")), []);
  },
);

testIn("captures count by value", async (dir) => {
  const calls: number[] = [];
  const make = (k: number) =>
    experiment({
      stages: [stage("scale", { captures: { k } }, () => {
        calls.push(k);
        return { scale: k };
      })],
    });
  for (const k of [1, 1, 2, 1]) await runExperiment(make(k), { dir });
  assertEquals(calls, [1, 2]);
  const { records } = await runExperiment(make(2), { dir });
  const { recipe } = await readMetadata(records[0]!.stages[0]!.artifacts.scale!);
  assertEquals((recipe as { captures: unknown }).captures, { k: 2 });
});

testIn(
  "maxAge 0: it always runs, once a run, and what follows runs only where it comes out different",
  async (dir) => {
    const spec = { params: [], maxAge: 0 };
    assertEquals(await runs(dir, spec), { read: 1, use: 1 });
    assertEquals(await runs(dir, spec), { read: 1, use: 0 });
    let news = 1;
    assertEquals((await runs(dir, spec, () => ++news)).use, 1);
    const { stages } = readingWith(spec);
    const plan = await planExperiment(experiment({ stages }), { dir });
    assertEquals(plan.records[0]!.stages[0]!.reason, "its maxAge is 0: it always runs");
  },
);

testIn("an artifact that is older than its maxAge is made again, once", async (dir) => {
  const { calls, stages } = readingWith({ params: [], maxAge: "1d" });
  const exp = experiment({ stages });
  await runExperiment(exp, { dir });
  assertEquals((await runExperiment(exp, { dir })).executed, 0);
  const before = Date.now;
  Date.now = () => before() + 90_000_000;
  try {
    const { records } = await runExperiment(exp, { dir });
    assertEquals([calls, verdictsOf(records[0]!)], [{ read: 2, use: 1 }, {
      read: "executed",
      use: "reused",
    }]);
  } finally {
    Date.now = before;
  }
});

testIn(
  "in a script: what a record has run is not run again for its age, nor for a file that changed since",
  async (dir) => {
    const path = join(dir, "raw.csv");
    Deno.writeTextFileSync(path, "a");
    const { calls, stages } = readingWith({ params: [], maxAge: 0, files: [path] });
    const workspace = openWorkspace({ dir, experiment: "exp" });
    let record = await runStage(createRecord(workspace), stages[0]!);
    Deno.writeTextFileSync(path, "b");
    record = await runStage(record, stages[1]!);
    assertEquals([await valueOf(record, "use"), calls], [1, { read: 1, use: 1 }]);
    await runStage(createRecord(workspace), stages[0]!);
    assertEquals(calls.read, 2);
  },
);

testIn(
  "a folder that holds the cache is refused, and a link in a folder that leads nowhere is not",
  async (dir) => {
    const exp = (path: string) => experiment({ stages: readingWith({ files: [path] }).stages });
    for (const path of [dir, `${dir}/`, join(dir, "cache")]) {
      const error = await assertRejects(() => runExperiment(exp(path), { dir }), TypeError);
      assertStringIncludes(error.message, "holds the cache");
    }
    const folder = join(dir, "raw");
    Deno.mkdirSync(folder);
    Deno.symlinkSync("nobody@nowhere", join(folder, ".#lock"));
    assertEquals((await runExperiment(exp(folder), { dir })).failed, 0);
    assertEquals((await runExperiment(exp(folder), { dir })).executed, 0);
  },
);

testIn("in a script: the environment counts as it was when the record took it in", async (dir) => {
  const name = "CAIRN_TEST_SCRIPT";
  try {
    Deno.env.set(name, "one");
    const { calls, stages } = readingWith({ params: [], env: [name] }, () => Deno.env.get(name));
    const workspace = openWorkspace({ dir, experiment: "exp" });
    let record = await runStage(createRecord(workspace), stages[0]!);
    Deno.env.set(name, "two");
    assertEquals(await valueOf(record, "read"), "one");
    record = await runStage(record, stages[1]!);
    assertEquals([await valueOf(record, "use"), calls], ["one", { read: 1, use: 1 }]);
    await runStage(createRecord(workspace), stages[0]!);
    assertEquals(calls.read, 2);
  } finally {
    Deno.env.delete(name);
  }
});

testIn(
  "a stage with an age is linked like any other, while what it is linked to is young enough",
  async (dir) => {
    const make = (version: string) => {
      let calls = 0;
      const load = stage("load", { version }, () => ({ load: 1 }));
      const fetch = stage("fetch", { inputs: ["load"], maxAge: "1d" }, () => ({ fetch: ++calls }));
      return { exp: experiment({ stages: [load, fetch] }), count: () => calls };
    };
    await runExperiment(make("1").exp, { dir });
    const young = make("2");
    await runExperiment(young.exp, { dir });
    assertEquals(young.count(), 0);
    const before = Date.now;
    Date.now = () => before() + 90_000_000;
    try {
      const old = make("3");
      await runExperiment(old.exp, { dir });
      assertEquals(old.count(), 1);
    } finally {
      Date.now = before;
    }
  },
);

testIn("a partial aggregate with an age is found again while it is young", async (dir) => {
  let calls = 0;
  const fit = stage("fit", {}, ({ params }: Loose) => {
    if (params.k === 2) throw new Error("broken");
    return { fit: params.k };
  });
  const all = aggregate("all", { inputs: ["fit"], partial: true, maxAge: "1h" }, () => ({ all: ++calls }));
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }], stages: [fit], aggregates: [all] });
  for (let i = 0; i < 3; i++) await runExperiment(exp, { dir, keepGoing: true, onEvent: () => {} });
  assertEquals(calls, 1);
});
