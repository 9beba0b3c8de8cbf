import { assertEquals } from "@std/assert";
import { ownerId, toldStages } from "../../../core/history/told_stages.ts";

Deno.test("the stages that a run tells of, those of records first", () => {
  const stage = { stage: "fit", verdict: "executed", key: "1", artifacts: { model: "a.json", odd: 5 } };
  const told = toldStages({
    records: [{ name: "a", stages: [stage] }, { procedure: "left", name: "b", stages: [stage] }],
    aggregates: [{ ...stage, stage: "compare" }],
  } as never);
  const common = { verdict: "executed", key: "1", artifacts: { model: "a.json" } };
  assertEquals(told, [
    { procedure: null, record: "a", stage: "fit", ...common },
    { procedure: "left", record: "b", stage: "fit", ...common },
    { procedure: null, record: null, stage: "compare", ...common },
  ]);
  assertEquals(new Set(told.map(ownerId)).size, 3);
});

Deno.test("what is not as it should be is passed over", () => {
  for (const run of [{}, { records: null, aggregates: 5 }, { records: [null, 5, { stages: "x" }] }]) {
    assertEquals(toldStages(run as never), [], JSON.stringify(run));
  }
  assertEquals(toldStages({ aggregates: [null] } as never)[0]!.artifacts, {});
  const odd = { toString: 1, valueOf: 1 }; // has no text
  const [told] = toldStages(
    { records: [{ name: odd, stages: [{ stage: odd, key: odd, verdict: odd }] }] } as never,
  );
  assertEquals(told, { procedure: null, record: "", stage: "", verdict: "", key: "", artifacts: {} });
});
