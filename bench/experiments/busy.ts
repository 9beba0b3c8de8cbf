/** 64 records with one stage that keeps a core busy for about 200 ms. */
import { defineExperiment, defineStage } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";

const count = defineStage({
  name: "count",
  params: ["seed"],
  outputs: { inside: jsonCacher<number>() },
  run: ({ params }: { params: { seed: number } }) => {
    let state = params.seed;
    const next = () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return (state >>> 0) / 2 ** 32;
    };
    let inside = 0;
    for (let i = 0; i < 32_000_000; i++) if (next() ** 2 + next() ** 2 < 1) inside++;
    return { inside };
  },
});

export default defineExperiment({
  name: "busy",
  params: Array.from({ length: 64 }, (_, seed) => ({ seed })),
  stages: [count],
});
