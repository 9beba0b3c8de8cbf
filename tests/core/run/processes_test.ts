/** Processes that run one experiment at once, and processes that are killed. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { tree } from "../../helpers/tree.ts";
import { cairn, eachOf, fixture, isFile, start, until } from "../cli/helpers.ts";
import { artifactsBelow, filesBelow, testIn } from "./helpers.ts";

const args = ["run", fixture("processes.ts"), "--json"];
const ALL = ["fit 1", "fit 2", "fit 3", "load", "sum"];

function options(dir: string) {
  return { cwd: dir, permissions: ["-A"], env: { CAIRN_CONTROL: dir } };
}

function calls(dir: string): string[] {
  return Deno.readTextFileSync(join(dir, "calls")).trim().split("\n").toSorted();
}

function runsBelow(dir: string): number {
  return [...Deno.readDirSync(join(dir, "data", "runs"))].filter(({ name }) => name.startsWith("processes_"))
    .length;
}

/** What every run leaves: whole artifacts, nothing in staging, no lock, each set registered once. */
function checkCache(dir: string): void {
  const cache = join(dir, "data", "cache");
  assertEquals(tree(join(cache, ".cairn", "staging")), []);
  assertEquals(tree(join(cache, ".cairn", "locks")), []);
  const artifacts = artifactsBelow(cache);
  assertEquals(
    Object.entries(artifacts).map(([name, text]) => [name.replace(/_[0-9a-f]{16}_/, "_"), text]).toSorted(),
    [
      ["processes_fit_model.json", "3\n"],
      ["processes_fit_model.json", "6\n"],
      ["processes_fit_model.json", "9\n"],
      ["processes_load_raw.json", "[\n  1,\n  2,\n  3\n]\n"],
      ["processes_load_raw_parts/a", "part"],
      ["processes_sum_total.json", "18\n"],
    ],
  );
  const registry = filesBelow(join(cache, ".cairn"))["registry.jsonl"]!.trim().split("\n");
  assertEquals(registry.map((line) => JSON.parse(line).name).toSorted(), ["k=1", "k=2", "k=3"]);
}

testIn("eight processes at once on an empty cache: each stage is executed once in all", async (dir) => {
  const outputs = await eachOf(Array.from({ length: 8 }), () => cairn(args, options(dir)), 8);
  assertEquals(outputs.map(({ code, stderr }) => [code, stderr]), outputs.map(() => [0, ""]));
  assertEquals(calls(dir), ALL);
  const results = outputs.map(({ stdout }) => JSON.parse(stdout));
  assertEquals(results.reduce((sum, { executed }) => sum + executed, 0), ALL.length);
  assertEquals(new Set(results.map(({ reference }) => reference)).size, 8);
  const keys = results.map(({ records, aggregates }) =>
    JSON.stringify([...records.flatMap(({ stages }: { stages: unknown[] }) => stages), ...aggregates], [
      "stage",
      "key",
      "artifacts",
      "raw",
      "model",
      "total",
    ])
  );
  assertEquals(new Set(keys).size, 1, "the same keys and paths");
  checkCache(dir);
});

testIn(
  "killed while it saves: one that waited for its lock goes on, and nothing is left behind",
  async (dir) => {
    Deno.writeTextFileSync(join(dir, "block"), "");
    const killed = start(args, options(dir));
    const killedOutput = killed.output();
    await until("the save", () => isFile(join(dir, "saving")));
    assertEquals(artifactsBelow(join(dir, "data", "cache")), {}, "half a save is no artifact");
    Deno.removeSync(join(dir, "block"));
    const other = start(args, options(dir));
    const otherOutput = other.output();
    await until("the other run", () => runsBelow(dir) === 2);
    killed.kill("SIGKILL");
    assertEquals((await killedOutput).success, false);
    const { code, stdout } = await otherOutput;
    assertEquals(code, 0);
    assertEquals(JSON.parse(new TextDecoder().decode(stdout)).executed, 5);
    assertEquals(calls(dir), [...ALL, "load"].toSorted());

    const { code: again, stdout: second, stderr } = await cairn(args, options(dir));
    assertEquals([again, stderr, JSON.parse(second).executed], [0, "", 0]);
    checkCache(dir);
  },
);

testIn("killed while it saves, then a plain rerun: right results, staging empty", async (dir) => {
  Deno.writeTextFileSync(join(dir, "block"), "");
  const killed = start(args, options(dir));
  const killedOutput = killed.output();
  await until("the save", () => isFile(join(dir, "saving")));
  killed.kill("SIGKILL");
  await killedOutput;
  Deno.removeSync(join(dir, "block"));
  const { code, stdout, stderr } = await cairn(args, options(dir));
  assertEquals([code, stderr, JSON.parse(stdout).executed], [0, "", 5]);
  checkCache(dir);
});
