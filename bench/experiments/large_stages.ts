/**
 * A stage that makes 200 MB of doubles, and one that reads them.
 *
 * @module
 */
import { defineExperiment, defineStage } from "@cairn/cairn";
import { arrayCacher, jsonCacher } from "@cairn/cairn/cachers";
import { largeValue } from "../large_values.ts";

const make = defineStage({
  name: "make",
  outputs: { values: arrayCacher<Float64Array>() },
  run: () => ({ values: largeValue("float64") as Float64Array }),
});

const last = defineStage({
  name: "last",
  inputs: ["values"],
  outputs: { value: jsonCacher<number>() },
  run: ({ values }: { values: Float64Array }) => ({ value: values.at(-1)! }),
});

export default defineExperiment({ name: "large", params: [{ name: "one" }], stages: [make, last] });
