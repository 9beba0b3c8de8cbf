import { assertEquals } from "@std/assert";
import { partText } from "../../../core/plan/part_text.ts";
import { type Part, partsOf } from "../../../core/plan/recipe_parts.ts";

Deno.test("every part of a recipe in words, and no value of an environment variable", () => {
  const recipe = {
    format: 1,
    kind: "stage",
    name: "fit",
    code: {
      by: "experiment-module",
      digest: "1",
      declarations: { "a.ts": { run: "2" } },
      packages: { "npm:a": "1.0.0" },
    },
    captures: { k: 3 },
    outputs: { model: { extension: ".json", kind: "json" }, raw: null },
    env: { MODEL: "secret", SEED: null },
    files: { "raw/data.csv": "4" },
    params: { seed: 1 },
    inputs: { data: { stage: "load", output: "rows", recipeKey: "5", digest: "6" }, start: { value: "7" } },
    moon: "full",
  };
  assertEquals(partsOf(recipe).map(partText), [
    'parameter "seed": 1',
    'captured value "k": 3',
    '"run" in a.ts',
    "package npm:a: 1.0.0",
    "code: what the experiment's module reaches",
    'file "raw/data.csv"',
    'environment variable "MODEL"',
    'environment variable "SEED", not set',
    'output "model": json in ".json"',
    'output "raw": kept in memory only',
    'input "data": "rows" of stage "load"',
    'input "start": a value given to the record',
    "format of keys: 1",
    '"moon": "full"',
  ]);
});

Deno.test("the parts of an aggregate in words", () => {
  const recipe = {
    partial: ["b"],
    states: [{ record: "a", params: {}, inputs: {} }],
    code: { by: "version", version: "2" },
  };
  assertEquals(partsOf(recipe).map(partText), ['code: version "2"', 'record "a"', 'records left out: "b"']);
});

Deno.test("a long value is cut", () => {
  const part: Part = { what: "parameter", name: "x", value: "a".repeat(200) };
  assertEquals(partText(part), `parameter "x": "${"a".repeat(79)}...`);
});
