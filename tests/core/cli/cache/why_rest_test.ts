/** Why something stays, in what gc says. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { testIn } from "../../run/helpers.ts";
import { cairn, fixture } from "../helpers.ts";

const PIPELINE = fixture("pipeline.ts");

testIn("gc says how much is needed by whom, whatever limit was given", async (cwd) => {
  await cairn(["run", PIPELINE, "--quiet", "--store-full"], { cwd });
  const { stdout: none } = await cairn(["cache", "gc", "--max-age", "0s", "--dry"], { cwd });
  assertMatch(none, /^of these, full stores need 2 artifacts, [\d.]+ kB\n$/m);
  const kept = await cairn(["cache", "gc", "--keep-runs", "1"], { cwd });
  assertMatch(
    kept.stdout,
    /^of these, full stores need 2 artifacts, [\d.]+ kB; the runs to keep need 7 artifacts, [\d.]+ kB\n$/m,
  );
  const { stdout } = await cairn(["cache", "gc", "--keep-runs", "0", "--json"], { cwd });
  const { needed, remaining } = JSON.parse(stdout);
  assertEquals(needed, [{ who: "full stores", ...remaining }]);
  const rm = await cairn(["cache", "rm", "pipeline"], { cwd });
  assertMatch(rm.stdout, /^of these, full stores need 2 artifacts, /m);
  Deno.removeSync(`${cwd}/data/runs`, { recursive: true });
  const { stdout: all } = await cairn(["cache", "gc", "--keep-runs", "0"], { cwd });
  assertStringIncludes(all, "0 artifacts, 0 B, remain");
  assertEquals(all.includes("need "), false);
});
