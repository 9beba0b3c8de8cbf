import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { tree } from "../../helpers/tree.ts";
import { testIn } from "../run/helpers.ts";
import { cairn, cairnEach, eachOf, fixture } from "./helpers.ts";

const FOLDER = fixture("listed");

testIn(
  "ls: experiments with their stages and sets; no other module is loaded, nothing written",
  async (cwd) => {
    const options = { cwd, permissions: ["--allow-read"] };
    const [text, json] = await eachOf([[], ["--json"]], (flags) => cairn(["ls", FOLDER, ...flags], options));
    assertEquals([text!.code, text!.stderr], [0, ""]);
    assertMatch(
      text!.stdout,
      /^second {2}\S+second\.js\n {2}stages: one; aggregates: all\n {2}[0-9a-f]{8} {2}left\/default\n {2}[0-9a-f]{8} {2}right\/default\nfirst {2}\S+first\.ts\n {2}stages: one\n {2}[0-9a-f]{8} {2}k=1\n {2}[0-9a-f]{8} {2}mine\n$/,
    );
    assertEquals([json!.code, json!.stderr], [0, ""]);
    const { experiments } = JSON.parse(json!.stdout);
    assertEquals(experiments.map(({ experiment }: { experiment: string }) => experiment), [
      "second",
      "first",
    ]);
    const [second, first] = experiments;
    assertEquals(Object.keys(first), ["path", "experiment", "stages", "aggregates", "records"]);
    assertEquals(first.records.map(({ name }: { name: string }) => name), ["k=1", "mine"]);
    assertEquals(second.records.map(({ procedure }: { procedure: string }) => procedure), ["left", "right"]);
    assertEquals(tree(cwd), []);
  },
);

testIn("ls: an empty folder, one that is not there, a broken module among others", async (cwd) => {
  Deno.mkdirSync(`${cwd}/empty`);
  Deno.mkdirSync(`${cwd}/broken`);
  Deno.mkdirSync(`${cwd}/broken/node_modules`);
  Deno.mkdirSync(`${cwd}/broken/.hidden`);
  const text = 'throw new Error("broken \\u001b[31m");\n// defineExperiment\nexport default 1;\n';
  for (const name of ["a.ts", "node_modules/b.ts", ".hidden/c.ts"]) {
    Deno.writeTextFileSync(`${cwd}/broken/${name}`, text);
  }
  const calls = [["ls", "empty"], ["ls", "nowhere"], ["ls", "broken"], ["ls", "broken", "--json"], [
    "ls",
    "a",
    "b",
  ]];
  const [empty, nowhere, broken, json, two] = await cairnEach(calls, { cwd });
  assertEquals([empty!.code, empty!.stdout], [0, 'no experiments in "empty"\n']);
  assertEquals([nowhere!.code, nowhere!.stdout], [2, ""]);
  assertMatch(nowhere!.stderr, /^error: Cannot list the experiments in "nowhere": .*\n$/);
  assertEquals(broken!.code, 1);
  assertMatch(
    broken!.stderr,
    /^error: Cannot load the experiment module "broken\/a.ts": broken\n$/,
  );
  assertEquals(JSON.parse(json!.stdout), { experiments: [] });
  assertEquals(two!.code, 2);
  assertStringIncludes(two!.stderr, "there is one operand, a folder");
});

testIn("ls with no folder lists the working folder", async (cwd) => {
  const { code, stdout } = await cairn(["ls"], { cwd });
  assertEquals([code, stdout], [0, 'no experiments in "."\n']);
});

testIn("ls --json: exactly one document, whatever a module prints", async (cwd) => {
  Deno.copyFileSync(fixture("noisy.ts"), `${cwd}/noisy.ts`);
  const { code, stdout } = await cairn(["ls", cwd, "--json"], { cwd });
  assertEquals([code, stdout.slice(0, stdout.indexOf("{"))], [0, ""]);
  assertEquals(JSON.parse(stdout).experiments.length, 1);
});
