import { assertEquals } from "@std/assert";
import { originsOf } from "../../../core/history/origins.ts";
import { plannedStages } from "../../../core/history/planned_stages.ts";
import type { JsonValue } from "../../../core/params/describe.ts";
import type { Change } from "../../../core/plan/changes.ts";
import { found, past, planned } from "./helpers.ts";

function from(stage: string, recipeKey: string, digest: string): JsonValue {
  return { stage, output: "x", recipeKey, digest };
}

function input(was: JsonValue, is: JsonValue): Change & { readonly what: "input" } {
  return { what: "input", name: "x", stage: "fit", content: "changed", how: "changed", was, is };
}

Deno.test("what made an input differ is told back to where no input is the cause", () => {
  const stages = plannedStages([
    planned({ stage: "load", key: "load 2", recipe: { params: { path: "b" } } }),
    planned({
      stage: "fit",
      key: "fit 2",
      recipe: { params: { k: 2 }, inputs: { rows: from("load", "load 2", "4") } },
    }),
  ]);
  const artifacts = past({}, {
    "load 1": found({ params: { path: "a" } }),
    "fit 1": found({ params: { k: 1 }, inputs: { rows: from("load", "load 1", "3") } }),
    "fit 0": found({ params: { k: 2 }, inputs: { rows: from("load", "gone", "3") } }),
  });
  const origins = originsOf(stages, artifacts);
  assertEquals(origins(input(from("fit", "fit 1", "1"), from("fit", "fit 2", "2"))), [
    'parameter "k" was 1, is 2',
    'parameter "path" was "a", is "b"',
  ]);
  const unknown = [["fit 0", "fit 2"], ["gone", "fit 2"], ["fit 1", "gone"], ["fit 2", "fit 2"]];
  for (const [was, is] of unknown) {
    assertEquals(origins(input(from("fit", was!, "1"), from("fit", is!, "2"))), [], `${was}, ${is}`);
  }
  assertEquals(origins(input({ value: "1" }, from("fit", "fit 2", "2"))), []);
});
