/**
 * Many stages, each of which makes one large array, and a last one that reads them all by turns: `LAZY=1` makes them lazy.
 *
 * @module
 */
import { defineExperiment, defineStage, grid, lazy } from "@cairn/cairn";
import { arrayCacher, jsonCacher } from "@cairn/cairn/cachers";

const LENGTH = 50_000_000 / Float64Array.BYTES_PER_ELEMENT;
const isLazy = Deno.env.get("LAZY") === "1";

const make = defineStage({
  name: "make",
  params: ["i"],
  outputs: { values: isLazy ? lazy(arrayCacher<Float64Array>()) : arrayCacher<Float64Array>() },
  run: ({ params: { i } }: { params: { i: number } }) => ({ values: new Float64Array(LENGTH).fill(i + 0.5) }),
});

const sum = defineStage({
  name: "sum",
  inputs: ["values"],
  params: [],
  outputs: { total: jsonCacher<number>() },
  run: ({ values }: { values: Float64Array }) => ({ total: values.reduce((a, b) => a + b, 0) }),
});

export default defineExperiment({
  name: "large_chain",
  params: grid({ i: Array.from({ length: 50 }, (_, i) => i) }),
  stages: [make, sum],
});
