/**
 * Which classifier tells three species of penguins apart best, and how much does its parameter matter?
 *
 * Run it twice: the second time nothing is computed. Add a value of `k` below: only what is new is computed.
 *
 * ```sh
 * deno run --allow-read=. --allow-write=data cli.ts run examples/penguins.ts
 * ```
 *
 * Data: Gorman, Williams and Fraser (2014), https://doi.org/10.1371/journal.pone.0090081, from vega-datasets.
 *
 * @module
 */
import { defineAggregate, defineExperiment, defineStage, grid, lazy, withSubdir } from "@cairn/cairn";
import { csvCacher, jsonCacher } from "@cairn/cairn/cachers";
import rows from "vega-datasets/penguins.json" with { type: "json" };
import { average, FEATURES, fitModel, type Measured, predict, shuffle, SPECIES } from "./penguins_model.ts";
import type { Classifier, Model, Species } from "./penguins_model.ts";

type Row = typeof rows[number];
type Penguin = Row & Measured;

interface Confusion {
  actual: Species;
  predicted: Species;
  count: number;
}

interface Ranking {
  classifier: string;
  meanAccuracy: number;
  worstAccuracy: number;
  seeds: number;
}

/** The rows as they were published: whoever doubts what `clean` drops can look it up. */
export const load = defineStage({
  name: "load",
  params: [], // no parameter reaches it, so all records share what it makes
  outputs: { raw: csvCacher<Row>() },
  run: () => ({ raw: rows }),
});

export const clean = defineStage({
  name: "clean",
  inputs: ["raw"],
  params: [],
  outputs: { penguins: csvCacher<Penguin>() },
  run: ({ raw }: { raw: Row[] }, { log }) => {
    const penguins = raw.filter((row): row is Penguin =>
      FEATURES.every((feature) => row[feature] !== null) && (row.Sex === "MALE" || row.Sex === "FEMALE")
    );
    log(`dropped ${raw.length - penguins.length} of ${raw.length} rows: no measurements, or no sex`);
    return { penguins };
  },
});

export const split = defineStage({
  name: "split",
  inputs: ["penguins"],
  params: ["seed"], // records that differ in the classifier alone share one split
  // Only `score` needs the test part: lazy, it is not in memory until then.
  outputs: { train: csvCacher<Penguin>(), test: lazy(csvCacher<Penguin>()) },
  run: ({ penguins, params }: { penguins: Penguin[]; params: { seed: number } }) => {
    const shuffled = shuffle(penguins, params.seed);
    const size = Math.round(shuffled.length / 4);
    return { train: shuffled.slice(size), test: shuffled.slice(0, size) };
  },
});

export const fit = defineStage({
  name: "fit",
  inputs: ["train"],
  params: ["method", "k", "shrink"],
  outputs: { model: withSubdir(jsonCacher<Model>(), "models") },
  run: ({ train, params }: { train: Penguin[]; params: Classifier }) => ({ model: fitModel(train, params) }),
});

export const score = defineStage({
  name: "score",
  inputs: ["model", "test"],
  params: [], // what matters of them is in the model
  outputs: { accuracy: jsonCacher<number>(), confusion: csvCacher<Confusion>() },
  run: ({ model, test }: { model: Model; test: Penguin[] }) => {
    const results = test.map((each) => ({ actual: each.Species, predicted: predict(model, each) }));
    const count = (actual: Species, predicted: Species) =>
      results.filter((result) => result.actual === actual && result.predicted === predicted).length;
    const confusion = SPECIES.flatMap((actual) =>
      SPECIES.map((predicted) => ({ actual, predicted, count: count(actual, predicted) }))
    );
    return { accuracy: average(results.map((each) => Number(each.actual === each.predicted))), confusion };
  },
});

/** One table of all records: each classifier with its accuracy over the seeds, the best first. */
export const compare = defineAggregate({
  name: "compare",
  inputs: ["accuracy"],
  params: ["method", "k", "shrink"],
  outputs: { ranking: withSubdir(csvCacher<Ranking>(), "results") },
  run: (states: readonly { accuracy: number; params: Classifier }[]) => {
    const groups = Map.groupBy(states, ({ params }) => labelOf(params));
    const ranking = [...groups].map(([classifier, states]): Ranking => {
      const accuracies = states.map(({ accuracy }) => accuracy);
      const [meanAccuracy, worstAccuracy] = [average(accuracies), Math.min(...accuracies)];
      return { classifier, meanAccuracy, worstAccuracy, seeds: states.length };
    });
    return { ranking: ranking.sort((a, b) => b.meanAccuracy - a.meanAccuracy) };
  },
});

function labelOf({ method, k, shrink }: Classifier): string {
  return method === "knn" ? `knn with k=${k}` : `centroid with shrink=${shrink}`;
}

const seed = [1, 2, 3];

export default defineExperiment({
  name: "penguins",
  params: [
    ...grid({ method: ["knn"], k: [1, 5, 15], seed }),
    ...grid({ method: ["centroid"], shrink: [0, 1], seed }),
  ],
  stages: [load, clean, split, fit, score],
  aggregates: [compare],
});
