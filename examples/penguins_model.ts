/**
 * What the experiment in penguins.ts computes with: two classifiers in a few lines, and numbers drawn by a seed.
 *
 * @module
 */
export const SPECIES = ["Adelie", "Chinstrap", "Gentoo"] as const;
export const FEATURES = [
  "Beak Length (mm)",
  "Beak Depth (mm)",
  "Flipper Length (mm)",
  "Body Mass (g)",
] as const;

export type Species = typeof SPECIES[number];
type Feature = typeof FEATURES[number];

/** What a classifier has to know of a penguin. */
export type Measured = { Species: Species } & Record<Feature, number>;

/** `knn` takes `k`, `centroid` takes `shrink`. */
export interface Classifier {
  method: "knn" | "centroid";
  k?: number;
  shrink?: number;
}

/** What both methods come to: the `k` points nearest to a penguin vote on its species. */
export interface Model {
  k: number;
  scales: { feature: Feature; mean: number; deviation: number }[];
  points: { species: Species; position: number[] }[];
}

/**
 * Fits k nearest neighbours, or nearest shrunken centroids (Tibshirani et al., 2002,
 * https://doi.org/10.1073/pnas.082099299) with the threshold `shrink`.
 */
export function fitModel(train: readonly Measured[], { method, k = 1, shrink = 0 }: Classifier): Model {
  const scales = FEATURES.map((feature) => {
    const mean = average(train.map((penguin) => penguin[feature]));
    const variance = average(train.map((penguin) => (penguin[feature] - mean) ** 2));
    return { feature, mean, deviation: Math.sqrt(variance) };
  });
  const points = train.map((each) => ({ species: each.Species, position: positionOf(each, scales) }));
  return { k, scales, points: method === "knn" ? points : centroidsOf(points, shrink) };
}

export function predict({ k, scales, points }: Model, penguin: Measured): Species {
  const place = positionOf(penguin, scales);
  const nearest = points
    .map(({ species, position }) => ({ species, distance: distance(position, place) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, k);
  // Nearest first: of two species with as many votes, the one with the nearest point wins.
  const votes = [...Map.groupBy(nearest, ({ species }) => species)];
  return votes.reduce((best, each) => each[1].length > best[1].length ? each : best)[0];
}

/** Where a penguin lies once every feature has mean 0 and deviation 1: grams must not outweigh millimetres. */
function positionOf(penguin: Measured, scales: Model["scales"]): number[] {
  return scales.map(({ feature, mean, deviation }) => (penguin[feature] - mean) / deviation);
}

/** The mean of each species, each coordinate moved toward that of all penguins, which is 0, by at most `shrink`. */
function centroidsOf(points: Model["points"], shrink: number): Model["points"] {
  return [...Map.groupBy(points, ({ species }) => species)].map(([species, members]) => {
    const means = FEATURES.map((_, i) => average(members.map(({ position }) => position[i]!)));
    return { species, position: means.map((mean) => mean - Math.max(-shrink, Math.min(shrink, mean))) };
  });
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((x, i) => x - b[i]!));
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** In an order that depends on the seed alone. */
export function shuffle<T>(values: readonly T[], seed: number): T[] {
  const random = mulberry32(seed);
  return values
    .map((value) => ({ value, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}

/** Numbers from 0 to 1: mulberry32 by Tommy Ettinger, in the public domain. */
function mulberry32(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
