import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { tree } from "../../helpers/tree.ts";
import { filesBelow, removeArtifacts, testIn } from "../run/helpers.ts";
import { cairn, cairnEach, eachOf, fixture } from "./helpers.ts";

const PIPELINE = fixture("pipeline.ts");

testIn("plan: what would run, in order, with its reasons; nothing is written", async (cwd) => {
  const [plain, verbose] = await eachOf(
    [[], ["--verbose"]],
    (flags) => cairn(["plan", PIPELINE, ...flags], { cwd }),
  );
  assertEquals(plain, {
    code: 0,
    stderr: "",
    stdout: "k=1,seed=1: execute load; pending fit, score\n" +
      "k=1,seed=2: pending score; reuse load, fit\n" +
      "k=2,seed=1: pending fit, score; reuse load\n" +
      "k=2,seed=2: pending score; reuse load, fit\n" +
      "aggregate compare: pending\n" +
      "1 execute, 7 pending, 5 reuse: at least 1 and at most 8 will run\n",
  });
  assertStringIncludes(verbose!.stdout, '  load: execute (output "rows": not in the cache)\n');
  assertStringIncludes(verbose!.stdout, '  load: reuse (shared with record "k=1,seed=1")\n');
  assertEquals(tree(cwd), []);
});

testIn("plan: after a run, in part and overwritten, as text and as JSON; nothing is written", async (cwd) => {
  assertEquals((await cairn(["run", PIPELINE, "--quiet"], { cwd })).code, 0);
  removeArtifacts(join(cwd, "data"), "_load_");
  removeArtifacts(join(cwd, "data"), "_compare_");
  const before = filesBelow(cwd);
  const flags = [[], ["--overwrite-stage", "fit", "-n", "k=1,seed=1"], ["--until=load", "--json"], [
    "--json",
  ]];
  const [plain, overwritten, until, json] = await cairnEach(
    flags.map((each) => ["plan", PIPELINE, ...each]),
    { cwd },
  );
  assertMatch(plain!.stdout, /^k=1,seed=1: reuse fit, score; skipped load\n/);
  assertMatch(plain!.stdout, /\naggregate compare: execute\n1 execute, 8 reuse, 4 skipped\n$/);
  assertMatch(overwritten!.stdout, /^k=1,seed=1: execute load, fit; pending score\n/);
  const { records } = JSON.parse(until!.stdout);
  assertEquals(records[0].stages.map(({ verdict }: { verdict: string }) => verdict), ["execute"]);

  const document = JSON.parse(json!.stdout);
  assertEquals(Object.keys(document), [
    "experiment",
    "reference",
    "execute",
    "reuse",
    "pending",
    "skipped",
    "atLeast",
    "atMost",
    "records",
    "aggregates",
  ]);
  const { experiment, reference, execute, reuse, pending, skipped, atLeast, atMost } = document;
  assertEquals([experiment, reference, execute, reuse, pending, skipped], ["pipeline", null, 1, 8, 0, 4]);
  assertEquals([atLeast, atMost], [1, 1]);
  assertEquals(Object.keys(document.records[0].stages[0]), [
    "stage",
    "verdict",
    "reason",
    "key",
    "artifacts",
  ]);
  assertEquals(document.records[0].stages.map(({ verdict }: { verdict: string }) => verdict), [
    "skipped",
    "reuse",
    "reuse",
  ]);
  assertEquals(document.aggregates[0].verdict, "execute");
  assertEquals(filesBelow(cwd), before);
});

testIn("plan: a damaged artifact is a warning on standard error", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet"], { cwd });
  const [name] = Object.keys(filesBelow(join(cwd, "data", "cache"))).filter((name) =>
    name.endsWith("_load_rows.csv")
  );
  Deno.writeTextFileSync(join(cwd, "data", "cache", name!), "x");
  const { code, stdout, stderr } = await cairn(["plan", PIPELINE, "--json"], { cwd });
  assertEquals([code, JSON.parse(stdout).execute], [0, 0]);
  assertMatch(stderr, /^warning: output "rows" of stage "load" in record .* can't be used .*\n$/);
});

testIn("plan --json: exactly one document, whatever a module prints", async (cwd) => {
  const { code, stdout } = await cairn(["plan", fixture("noisy.ts"), "--json"], { cwd });
  assertEquals([code, stdout.slice(0, stdout.indexOf("{"))], [0, ""]);
  assertEquals(JSON.parse(stdout).execute, 1);
});

testIn("plan needs no leave to write", async (cwd) => {
  const { code } = await cairn(["plan", PIPELINE], { cwd, permissions: ["--allow-read"] });
  assertEquals(code, 0);
});
