/**
 * Three small stages: what a run costs that has next to nothing to do.
 *
 * @module
 */
import { defineExperiment, defineStage } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";

const one = defineStage({ name: "one", outputs: { a: jsonCacher<number>() }, run: () => ({ a: 1 }) });

const two = defineStage({
  name: "two",
  inputs: ["a"],
  outputs: { b: jsonCacher<number>() },
  run: ({ a }: { a: number }) => ({ b: a + 1 }),
});

const three = defineStage({
  name: "three",
  inputs: ["b"],
  outputs: { c: jsonCacher<number>() },
  run: ({ b }: { b: number }) => ({ c: b + 1 }),
});

export default defineExperiment({ name: "three", params: [{ k: 1 }], stages: [one, two, three] });
