import { assertEquals } from "@std/assert";
import { inputsOf, plannedStages } from "../../../core/history/planned_stages.ts";
import type { PlanDetail } from "../../../core/run/plan_experiment.ts";
import { planned } from "./helpers.ts";

/** A stage whose key is its name, and that reads from others. */
function stage(name: string, verdict: PlanDetail["verdict"], ...from: string[]): PlanDetail {
  const inputs = Object.fromEntries(
    from.map((key) => [`from_${key}`, { stage: key, output: "x", recipeKey: key }]),
  );
  return planned({ stage: name, key: name, verdict, recipe: { inputs } });
}

Deno.test("the inputs of a stage, and of each record of an aggregate", () => {
  assertEquals(inputsOf(stage("c", "execute", "a", "b")), [
    { record: null, name: "from_a", key: "a" },
    { record: null, name: "from_b", key: "b" },
  ]);
  const inputs = { x: { stage: "a", output: "x", recipeKey: "a" }, start: { value: "1" } };
  const states = [{ record: "one", inputs }, { record: "two", inputs }, 5];
  assertEquals(inputsOf(planned({ recipe: { states } })), [
    { record: "one", name: "x", key: "a" },
    { record: "two", name: "x", key: "a" },
  ]);
  for (const recipe of [null, {}, { inputs: 5 }, { states: null }]) {
    assertEquals(inputsOf(planned({ recipe })), []);
  }
});

Deno.test("of several records that share a stage, the one that runs it is found", () => {
  const [shared, runs] = [stage("a", "reuse"), stage("a", "execute")];
  assertEquals(plannedStages([shared, runs]).withKey("a"), runs);
  assertEquals(plannedStages([runs, shared]).withKey("a"), runs);
  assertEquals(plannedStages([runs]).withKey("b"), undefined);
});

Deno.test("what runs before a stage is seen through what is pending or skipped", () => {
  const { runningBefore } = plannedStages([
    stage("load", "execute"),
    stage("tune", "execute", "load"),
    stage("split", "skipped", "load"),
    stage("fit", "pending", "split", "tune"),
    stage("score", "pending", "fit", "split"),
    stage("done", "reuse", "load"),
  ]);
  const transient = plannedStages([
    stage("load", "execute"),
    { ...stage("split", "execute", "load"), artifacts: {} },
    stage("fit", "pending", "split"),
  ]);
  assertEquals(transient.runningBefore("fit").map(({ stage }) => stage), ["load"]);
  const names = (key: string) => runningBefore(key).map(({ stage }) => stage);
  assertEquals(names("score"), ["load", "tune"]);
  assertEquals([names("tune"), names("load"), names("done"), names("none")], [["tune"], ["load"], [], []]);
});
