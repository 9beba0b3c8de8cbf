import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { pastStages } from "../../../core/history/past_stages.ts";
import { testIn } from "../run/helpers.ts";

function writeRun(dir: string, number: number, key: string): void {
  const reference = `exp_${number}_2026-01-31T120000Z`;
  const stages = [{ stage: "fit", verdict: "executed", key, artifacts: {} }];
  Deno.mkdirSync(join(dir, "runs", reference), { recursive: true });
  Deno.writeTextFileSync(
    join(dir, "runs", reference, "run.json"),
    JSON.stringify({ experiment: "exp", reference, status: "done", records: [{ name: "a", stages }] }),
  );
}

testIn("what past runs tell is found by its names and by its key, newest first", (dir) => {
  for (const [i, key] of ["one", "two", "one"].entries()) writeRun(dir, i + 1, key);
  const past = pastStages(dir, "exp");
  const numbers = (runs: Iterable<{ reference: string }>) =>
    [...runs].map(({ reference }) => reference.split("_")[1]);
  const owner = { procedure: null, record: "a", stage: "fit" };
  assertEquals(numbers(past.ofKey("one")), ["3", "1"]);
  assertEquals(numbers(past.ofOwner(owner)), ["3", "2", "1"]);
  assertEquals(numbers(past.ofOwner(owner)), ["3", "2", "1"]);
  assertEquals(numbers(past.ofOwner({ ...owner, record: "b" })), []);
  assertEquals(numbers(past.ofOwner({ ...owner, procedure: "left" })), []);
  assertEquals(numbers(pastStages(dir, "other").ofKey("one")), []);
});

testIn("a run is read when it is first asked for, and no more than the newest are", (dir) => {
  for (let i = 1; i <= 30; i++) writeRun(dir, i, `key ${i}`);
  const past = pastStages(dir, "exp");
  assertEquals([...past.ofKey("key 30")].length, 1);
  assertEquals([...past.ofKey("key 11")].length, 1);
  assertEquals([...past.ofKey("key 10")].length, 0);
  const lazy = pastStages(dir, "exp");
  const [first] = lazy.ofKey("key 30");
  assertEquals(first?.reference, "exp_30_2026-01-31T120000Z");
  Deno.removeSync(join(dir, "runs"), { recursive: true });
  assertEquals([...lazy.ofKey("key 30")].length, 1);
});
