/**
 * Which classifier tells three species of penguins apart, and how much does its parameter matter?
 *
 * Run it twice: the second time nothing is computed. Add a value of `k` to the grid: only its records are.
 *
 * ```sh
 * deno run --allow-read --allow-write=data cli.ts run examples/penguins.ts
 * ```
 *
 * Data: Gorman, Williams and Fraser (2014), https://doi.org/10.1371/journal.pone.0090081, as vega-datasets has them.
 *
 * @module
 */
import { defineAggregate, defineExperiment, defineStage, grid, lazy, withSubdir } from "@cairn/cairn";
import { csvCacher, jsonCacher } from "@cairn/cairn/cachers";
import rows from "vega-datasets/penguins.json" with { type: "json" };

type Row = typeof rows[number];
type Species = "Adelie" | "Chinstrap" | "Gentoo";

export interface Penguin {
  species: Species;
  /** Length and depth of the beak and length of the flipper, in millimetres, and body mass, in grams. */
  beakLength: number;
  beakDepth: number;
  flipperLength: number;
  mass: number;
}

/** A classifier and its parameter: each record has those of one method. */
type Method = { method: "knn"; k: number } | { method: "centroid"; shrink: number };

/** What both methods fit: a new penguin belongs to the species of most of the `k` points nearest to it. */
interface Model {
  k: number;
  means: number[];
  deviations: number[];
  points: { species: Species; features: number[] }[];
}

/** The rows as they were published, missing values and all: what was dropped later can be looked up. */
export const load = defineStage({
  name: "load",
  params: [], // no parameter reaches it, so all records share one artifact
  outputs: { raw: csvCacher<Row>() },
  run: () => ({ raw: rows }),
});

export const clean = defineStage({
  name: "clean",
  inputs: ["raw"],
  params: [],
  outputs: { penguins: csvCacher<Penguin>() },
  run: ({ raw }: { raw: Row[] }, { log }) => {
    const penguins = raw.flatMap((row): Penguin[] => {
      return [];
    });
    log(`dropped ${raw.length - penguins.length} of ${raw.length} penguins: a measurement or the sex is missing`);
    return { penguins };
  },
});

export const fit = defineStage({
  name: "fit",
  inputs: ["penguins"],
  params: ["method", "k", "shrink"],
  outputs: { model: jsonCacher<Model>() },
  run: ({ params, penguins }: { penguins: Penguin[]; params: Method }) => ({ model: null as never as Model }),
});
export default defineExperiment({
  name: "penguins",
  params: [
    ...grid({ method: ["knn"], k: [1, 5, 15], seed: [1, 2, 3] }),
    ...grid({ method: ["centroid"], shrink: [0, 0.5], seed: [1, 2, 3] }),
  ],
  stages: [load, clean, fit],
});
