/**
 * 200 stages that wait 50 ms each, as for a network.
 *
 * @module
 */
import { defineExperiment, defineStage, grid } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";

const wait = defineStage({
  name: "wait",
  params: ["i"],
  outputs: { value: jsonCacher<number>() },
  run: async ({ params: { i } }: { params: { i: number } }) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { value: i };
  },
});

export default defineExperiment({
  name: "waiting",
  params: grid({ i: Array.from({ length: 200 }, (_, i) => i) }),
  stages: [wait],
});
