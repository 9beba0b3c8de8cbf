import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { filesBelow, testIn } from "../run/helpers.ts";
import { cairn, cairnEach, fixture } from "./helpers.ts";

testIn("show: by name and by path, metadata and a preview, as text and as JSON", async (cwd) => {
  const run = await cairn(["run", fixture("pipeline.ts"), "--json", "--notes", "the first", "--dir", "w"], {
    cwd,
  });
  const { records, aggregates, reference } = JSON.parse(run.stdout);
  const before = filesBelow(cwd);
  const best = aggregates[0].artifacts.best;
  const rows = records[0].stages[0].artifacts.rows;
  const calls = [
    ["show", "pipeline/compare/best", "--dir", "w"],
    ["show", best],
    ["show", "pipeline/k=2,seed=1/fit/model", "--dir=w", "--json"],
    ["show", rows, "--json"],
    ["show", "pipeline/k=1,seed=1/load/about", "--dir=w"],
  ];
  const [named, byPath, model, table, text] = await cairnEach(calls, { cwd, permissions: ["--allow-read"] });
  for (const each of [named, byPath, model, table, text]) assertEquals([each!.code, each!.stderr], [0, ""]);
  assertEquals(named!.stdout, byPath!.stdout);
  assertEquals(named!.stdout.split("\n")[0], best);
  assertMatch(named!.stdout, /\n {2}artifact: +pipeline \/ compare \/ best\n/);
  assertMatch(named!.stdout, new RegExp(`\n {2}run: +${reference}\n`));
  assertMatch(named!.stdout, /\n {2}notes: +the first\n/);
  assertMatch(named!.stdout, /\n\n6\n$/);
  const document = JSON.parse(model!.stdout);
  assertEquals(Object.keys(document), ["path", "metadata", "preview"]);
  assertEquals(document.metadata.record, "k=2,seed=1");
  assertEquals(document.metadata.params, { k: 2, seed: 1 });
  assertEquals(document.path, records[2].stages[1].artifacts.model);
  assertStringIncludes(document.preview, "k: 2");
  assertStringIncludes(JSON.parse(table!.stdout).preview, "{ x: 1 }");
  assertMatch(text!.stdout, /\n\ntwo rows\n$/);
  assertEquals(filesBelow(cwd), before);
});

testIn("show: what is not there, or has no metadata, is status 2 with one line", async (cwd) => {
  Deno.writeTextFileSync(join(cwd, "plain.json"), "1");
  const calls = [
    ["show", "pipeline/compare/best"],
    ["show", "plain.json"],
    ["show"],
    ["show", "a", "b"],
    ["show", "a\u001b[31m"],
  ];
  for (const { code, stdout, stderr } of await cairnEach(calls, { cwd })) {
    assertEquals([code, stdout], [2, ""]);
    // deno-lint-ignore no-control-regex -- control characters are just what must not be there
    assertMatch(stderr, /^error: Cannot [^\u0000-\u001f]+\n$/);
  }
});

testIn("show: control characters in an artifact don't reach the terminal", async (cwd) => {
  Deno.writeTextFileSync(
    join(cwd, "evil.ts"),
    `import { defineExperiment, defineStage } from "@cairn/cairn";
    import { textCacher, jsonCacher } from "@cairn/cairn/cachers";
    const evil = "\\u001b[2J\\u0007\\u009b31m";
    const make = defineStage({
      name: "make",
      outputs: { text: textCacher(), json: jsonCacher<string[]>() },
      run: () => ({ text: evil, json: [evil] }),
    });
    export default defineExperiment({ name: "evil", params: [{ p: evil }], stages: [make] });`,
  );
  const run = await cairn(["run", "evil.ts", "--json", "--notes", "\u001b[2J"], { cwd });
  assertEquals(run.code, 0, run.stderr);
  const { name } = JSON.parse(run.stdout).records[0];
  for (const output of ["text", "json"]) {
    const { code, stdout } = await cairn(["show", `evil/${name}/make/${output}`], { cwd });
    assertEquals(code, 0);
    // deno-lint-ignore no-control-regex -- control characters are just what must not be there
    assertEquals(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.exec(stdout), null);
  }
});

testIn("show: of a stream the first items, however long it is", async (cwd) => {
  Deno.writeTextFileSync(
    join(cwd, "streams.ts"),
    `import { defineExperiment, defineStage } from "@cairn/cairn";
    import { jsonLinesCacher, linesCacher } from "@cairn/cairn/cachers";
    const make = defineStage({
      name: "make",
      outputs: { lines: linesCacher(), rows: jsonLinesCacher<{ i: number }>(), none: linesCacher() },
      run: () => ({
        lines: (async function* () { for (let i = 0; i < 1000; i++) yield "line " + i + "x".repeat(1000); })(),
        rows: (async function* () { yield { i: 1 }; yield { i: 2 }; })(),
        none: (async function* () {})(),
      }),
    });
    export default defineExperiment({ name: "streams", params: [{ k: 1 }], stages: [make] });`,
  );
  const run = await cairn(["run", "streams.ts", "--json"], { cwd });
  assertEquals(run.code, 0, run.stderr);
  const { name } = JSON.parse(run.stdout).records[0];
  const [lines, rows, none] = await cairnEach(
    ["lines", "rows", "none"].map((output) => ["show", `streams/${name}/make/${output}`]),
    { cwd },
  );
  assertMatch(
    lines!.stdout,
    /\n\n"line 0x+"\.\.\. 806 more characters\n(?:"line \dx+"\.\.\. 806 more characters\n){9}\.\.\.\n$/,
  );
  assertMatch(rows!.stdout, /\n\n{ i: 1 }\n{ i: 2 }\n$/);
  assertMatch(none!.stdout, /\n\nno items\n$/);
});
