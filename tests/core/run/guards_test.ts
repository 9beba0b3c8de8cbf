/** What a stage, a cacher or a user does that must not spoil what others get. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { fileReferenceCacher } from "../../../cachers/file_reference_cacher.ts";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { textCacher } from "../../../cachers/text_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { untracked } from "../../../core/define/combinators/untracked.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import { miss } from "../../../core/define/miss.ts";
import { lazy } from "../../../core/define/output.ts";
import { createRecord, runStage, valueOf } from "../../../core/run/record.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import { experiment, type Loose, stage, testIn } from "./helpers.ts";

testIn("a file that was adopted is never replaced, whatever is overwritten", async (dir) => {
  const path = join(dir, "raw.txt");
  Deno.writeTextFileSync(path, "precious");
  const make = stage(
    "make",
    { outputs: { a: atPath(textCacher(), path, { adopt: true }) } },
    () => ({ a: "made" }),
  );
  const exp = experiment({ stages: [make] });
  const options = [{ overwriteStages: ["make"] }, {}, { overwrite: true }];
  for (const each of options) {
    const { records } = await runExperiment(exp, { dir, ...each, onEvent: () => {} });
    assertEquals(await valueOf(records[0]!, "a"), "precious");
    assertEquals(Deno.readTextFileSync(path), "precious");
  }
});

testIn("a cacher that never takes what it saved is a failure, not a run without end", async (dir) => {
  let calls = 0;
  const fickle: Cacher<number> = {
    extension: ".n",
    save: (value, artifact) => Deno.writeTextFile(artifact.path(), `${value}`),
    load: () => {
      throw miss("not mine");
    },
  };
  const make = stage("make", { outputs: { n: lazy(fickle) } }, () => ({ n: ++calls }));
  const use = stage("use", { inputs: ["n"] }, ({ n }) => ({ use: n }));
  const result = await runExperiment(experiment({ stages: [make, use] }), { dir, onEvent: () => {} });
  assertEquals(result.failed, 1);
  assertStringIncludes(result.errors[0]!.message, "not mine");
  assert(calls < 10, `${calls} calls`);
});

testIn("what a stage does to its parameters reaches no record, no key and no other stage", async (dir) => {
  const shared = { x: 1 };
  const spoil = stage(
    "spoil",
    { outputs: { seen: jsonCacher() } },
    ({ params }: Loose) => ({ seen: ++params.o.x }),
  );
  const after = stage("after", { inputs: ["seen"] }, ({ params }: Loose) => ({ after: params.o.x }));
  const exp = experiment({ params: [{ o: shared, k: 1 }, { o: shared, k: 2 }], stages: [spoil, after] });
  const { records } = await runExperiment(exp, { dir, concurrency: 1 });
  for (const record of records) {
    assertEquals(record.params.o, { x: 1 });
    assertEquals(await valueOf(record, "seen"), 2);
    assertEquals(await valueOf(record, "after"), 1);
  }
  assertEquals(shared, { x: 1 });
  assertEquals((await runExperiment(exp, { dir })).executed, 0);
});

testIn("what becomes of a value after a record was created with it does not count", async (dir) => {
  const length = stage("length", { inputs: ["list"] }, ({ list }) => ({ length: list.length }));
  const workspace = openWorkspace({ dir, experiment: "exp" });
  const list = [1];
  const record = createRecord(workspace, {}, { list });
  list.push(2, 3);
  assertEquals(await valueOf(await runStage(record, length), "length"), 1);
  assertEquals(
    await valueOf(await runStage(createRecord(workspace, {}, { list: [1] }), length), "length"),
    1,
  );
});

testIn("a file that an artifact refers to: changed, it counts for all that was made from it", async (dir) => {
  const [file, folder] = [join(dir, "big.txt"), join(dir, "folder")];
  Deno.writeTextFileSync(file, "one");
  Deno.mkdirSync(folder);
  const refer = stage(
    "refer",
    { outputs: { refs: fileReferenceCacher() } },
    () => ({ refs: [file, folder] }),
  );
  const read = stage("read", { inputs: ["refs"] }, ({ refs }) => ({
    read: [Deno.readTextFileSync(refs[0]), [...Deno.readDirSync(refs[1])].length],
  }));
  const exp = experiment({ stages: [refer, read] });
  const valueNow = async () => {
    const { executed, records } = await runExperiment(exp, { dir: join(dir, "data") });
    return [executed, await valueOf(records[0]!, "read")];
  };
  assertEquals(await valueNow(), [2, ["one", 0]]);
  assertEquals(await valueNow(), [0, ["one", 0]]);
  Deno.writeTextFileSync(file, "three");
  assertEquals(await valueNow(), [2, ["three", 0]]);
  Deno.writeTextFileSync(join(folder, "new"), "");
  assertEquals(await valueNow(), [2, ["three", 1]]);
});

testIn("a miss behind a handle is computed again, as any other", async (dir) => {
  let format = 1;
  const versioned: Cacher<number> = {
    extension: ".n",
    save: (value, artifact) => Deno.writeTextFile(artifact.path(), `${format} ${value}`),
    load: async (artifact) => {
      const [found, value] = (await Deno.readTextFile(artifact.path())).split(" ");
      if (Number(found) !== format) throw miss("an old format");
      return Number(value);
    },
  };
  const make = stage("make", { outputs: { n: lazy(versioned, { resolve: false }) } }, () => ({ n: 5 }));
  const use = stage("use", { inputs: ["n"], params: ["k"] }, async ({ n }: Loose) => ({
    use: await n.load(),
  }));
  const run = (k: number) =>
    runExperiment(experiment({ params: [{ k }], stages: [make, use] }), { dir, onEvent: () => {} });
  await run(1);
  format = 2;
  const { records, failed } = await run(2);
  assertEquals([failed, await valueOf(records[0]!, "use")], [0, 5]);
});

testIn("an artifact that was deleted is a cause for a warning only where it is needed", async (dir) => {
  const make = stage("make", { outputs: { n: jsonCacher() } }, () => ({ n: 5 }));
  const use = stage("use", { inputs: ["n"] }, ({ n }) => ({ use: n }));
  const exp = experiment({ stages: [make, use] });
  const { records } = await runExperiment(exp, { dir });
  Deno.removeSync(records[0]!.stages[0]!.artifacts.n!);
  const warnings: string[] = [];
  const again = await runExperiment(exp, { dir, warn: (message) => warnings.push(message) });
  assertEquals([again.executed, again.skipped, warnings], [0, 1, []]);
  await runExperiment(exp, { dir, overwriteStages: ["use"], warn: (message) => warnings.push(message) });
  assertEquals(warnings.length, 1);
});

testIn("what a stage wrote by itself goes into a full store with an output that does", async (dir) => {
  const make = stage(
    "make",
    { outputs: { big: untracked(jsonCacher()), small: jsonCacher() } },
    (_, { path }) => {
      Deno.writeTextFileSync(path("plot.txt"), "plot");
      return { big: 1, small: 2 };
    },
  );
  const { reference } = await runExperiment(experiment({ stages: [make] }), { dir, storeFull: true });
  const names = [...Deno.readDirSync(join(dir, "runs", reference!, "artifacts"))].map(({ name }) => name);
  assert(names.some((name) => name.endsWith("_make.files")), names.join());
  assert(!names.some((name) => name.includes("_make_big")), names.join());
});

testIn("options of the wrong sort are refused before anything is written", async (dir) => {
  const exp = experiment({ stages: [stage("make", { outputs: { n: jsonCacher() } }, () => ({ n: 5 }))] });
  const wrong = [{ dry: "false" }, { set: [1] }, { notes: 5n }, { names: [] }, { params: [] }, {
    onEvent: 1,
  }];
  for (const each of wrong) {
    await assertRejects(
      () => runExperiment(exp, { dir: join(dir, "w"), ...each as Loose }),
      TypeError,
      "Cannot run",
    );
  }
  assertEquals([...Deno.readDirSync(dir)], []);
});
