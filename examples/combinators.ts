/**
 * Combinators: each takes a cacher and returns it with one thing changed, so they can be put into each other.
 *
 * ```sh
 * deno run --allow-read=. --allow-write=data examples/combinators.ts
 * ```
 *
 * @module
 */
import {
  atPath,
  defineExperiment,
  defineStage,
  grid,
  gzipped,
  lazy,
  runExperiment,
  untracked,
  validated,
  withPrefix,
  withSubdir,
} from "@cairn/cairn";
import { csvCacher, jsonCacher, textCacher } from "@cairn/cairn/cachers";
import * as v from "valibot";

interface Reading {
  hour: number;
  celsius: number;
}

/** Any Standard Schema will do. What does not fit is refused when it is saved, and is a miss when it is loaded. */
const summarySchema = v.object({
  mean: v.pipe(v.number(), v.minValue(-90), v.maxValue(60)),
  hours: v.pipe(v.number(), v.integer()),
});
export const summaryCacher = validated(jsonCacher<v.InferOutput<typeof summarySchema>>(), summarySchema);

export const measure = defineStage({
  name: "measure",
  params: ["station"],
  outputs: {
    // cache/raw/shared_<key>_measure_readings.csv.gz: every experiment that asks for this prefix shares it. It is
    // compressed, and not in memory until a stage needs it. `lazy` changes when a value is loaded, not where it lies.
    readings: lazy(withPrefix(withSubdir(gzipped(csvCacher<Reading>()), "raw"), "shared")),
    // Cached as ever; but nobody will miss it in a full store.
    checksum: untracked(jsonCacher<number>()),
  },
  run: ({ params }: { params: { station: "coast" | "summit" } }) => {
    const base = params.station === "coast" ? 12 : -4;
    const readings = Array.from(
      { length: 24 },
      (_, hour) => ({ hour, celsius: base + Math.abs(hour - 12) / 2 }),
    );
    return { readings, checksum: readings.reduce((sum, { celsius }) => sum + celsius, 0) };
  },
});

/** The reports' folder is an argument, so that this can run anywhere. */
export function weather(reports: string) {
  const summarise = defineStage({
    name: "summarise",
    inputs: ["readings"],
    params: ["station"],
    outputs: {
      summary: withSubdir(summaryCacher, "results"),
      // Exactly this path, for whoever wants to link to it; what stands in braces is filled in.
      report: atPath(textCacher(), `${reports}/{params.station}_{name}.txt`),
    },
    run: ({ readings, params }: { readings: Reading[]; params: { station: string } }) => {
      const mean = readings.reduce((sum, { celsius }) => sum + celsius, 0) / readings.length;
      return {
        summary: { mean, hours: readings.length },
        report: `${params.station}: ${mean.toFixed(1)} °C over ${readings.length} hours\n`,
      };
    },
  });
  return defineExperiment({
    name: "weather",
    params: grid({ station: ["coast", "summit"] }),
    stages: [measure, summarise],
  });
}

/** Runs it with a full store, and returns the run: its `records` say where each artifact lies. */
export async function main(dir: string) {
  const result = await runExperiment(weather(`${dir}/reports`), {
    dir,
    module: import.meta.url,
    storeFull: true,
  });
  if (result.failed > 0) throw result.errors[0]; // a stage that fails is counted, not thrown
  return result;
}

if (import.meta.main) {
  const { records } = await main("data");
  for (const { name, stages } of records) console.log(name, stages.map(({ artifacts }) => artifacts));
}
