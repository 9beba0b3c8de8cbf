/**
 * A full store: a run keeps all that it made or re-used, so that it can be run again when the cache is gone.
 *
 * ```sh
 * deno run --allow-read=. --allow-write=data examples/full_store.ts
 * ```
 *
 * @module
 */
import { defineAggregate, defineExperiment, defineStage, grid, runExperiment } from "@cairn/cairn";
import { csvCacher, jsonCacher } from "@cairn/cairn/cachers";

const draw = defineStage({
  name: "draw",
  params: ["size"],
  outputs: { values: jsonCacher<number[]>() },
  run: ({ params }: { params: { size: number } }) => ({
    values: Array.from({ length: params.size }, (_, i) => Math.sin(i)),
  }),
});

const measure = defineStage({
  name: "measure",
  inputs: ["values"],
  params: ["statistic"],
  outputs: { result: jsonCacher<number>() },
  run: ({ values, params }: { values: number[]; params: { statistic: "mean" | "max" } }) => ({
    result: params.statistic === "max"
      ? Math.max(...values)
      : values.reduce((sum, value) => sum + value, 0) / values.length,
  }),
});

const tabulate = defineAggregate({
  name: "tabulate",
  inputs: ["result"],
  outputs: { table: csvCacher<{ record: string; result: number }>() },
  run: (states: readonly { name: string; result: number }[]) => ({
    table: states.map(({ name, result }) => ({ record: name, result })),
  }),
});

export const experiment = defineExperiment({
  name: "statistics",
  params: grid({ size: [10, 100], statistic: ["mean", "max"] }),
  stages: [draw, measure],
  aggregates: [tabulate],
});

/** Runs it twice, and returns both runs: the second finds everything in the full store of the first. */
export async function main(dir: string) {
  const module = import.meta.url; // the code that the stages reach from here counts
  const first = await runExperiment(experiment, { dir, module, storeFull: true });
  const store = `${dir}/runs/${first.reference}/artifacts`;
  await Deno.remove(`${dir}/cache`, { recursive: true }); // as on another machine

  // What the store holds is what a cache holds. `dryCache` leaves it as it is, whatever has to be computed.
  const second = await runExperiment(experiment, { dir, module, cache: store, dryCache: true });
  return { first, second, store };
}

if (import.meta.main) {
  // A folder of its own, since it removes the cache.
  const { first, second, store } = await main("data/full_store");
  console.log(`${first.reference}: ${first.executed} executed, ${first.reused} reused`);
  console.log(`from ${store}: ${second.executed} executed, ${second.reused} reused`);
}
