/** `cairn cache rm` and full stores. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { artifactsBelow, testIn } from "../../run/helpers.ts";
import { cairn, fixture } from "../helpers.ts";

const PIPELINE = fixture("pipeline.ts");

testIn("rm leaves what a full store needs and has no copy of, and names it", async (cwd) => {
  const { stdout } = await cairn(["run", PIPELINE, "--store-full", "--json"], { cwd });
  const store = `data/runs/${JSON.parse(stdout).reference}/artifacts`;
  const left = /^left alone: pipeline \/ load pipeline_[0-9a-f]{16}_load_\w+: a full store needs it; /m;
  const dry = await cairn(["cache", "rm", "pipeline", "--dry"], { cwd });
  assertMatch(dry.stdout, left);
  const done = await cairn(["cache", "rm", "pipeline"], { cwd });
  assertEquals([done.code, done.stderr], [0, ""]);
  assertMatch(done.stdout, left);
  assertMatch(done.stdout, /^removed 7 artifacts, freed .*; 2 artifacts, .*, remain in "data\/cache"$/m);
  const cache = join(cwd, "data", "cache");
  const names = Object.keys(artifactsBelow(cache)).map((name) => name.replace(/_[0-9a-f]{16}_/, "_"));
  assertEquals(names.toSorted(), ["pipeline_load_about.txt", "pipeline_load_rows.csv"]);
  const again = await cairn(["run", PIPELINE, "--cache", store, "--dry-cache", "--json"], { cwd });
  assertEquals([JSON.parse(again.stdout).executed, JSON.parse(again.stdout).failed], [0, 0]);
  const none = await cairn(["cache", "rm", "pipeline", "--stage", "load", "--json"], { cwd });
  assertEquals([JSON.parse(none.stdout).removed.length, JSON.parse(none.stdout).left.length], [0, 1]);
  Deno.removeSync(join(cwd, "data", "runs"), { recursive: true });
  await cairn(["cache", "rm", "pipeline"], { cwd });
  assertEquals(artifactsBelow(cache), {});
});
