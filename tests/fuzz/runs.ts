/**
 * How long properties are tried.
 *
 * @module
 */

/**
 * The number of runs of a property.
 *
 * @param count How many it takes by default; the environment variable `CAIRN_RUNS` multiplies it.
 * @returns The number.
 */
export function runs(count: number): number {
  const factor = Number(Deno.env.get("CAIRN_RUNS") ?? 1);
  if (!(factor > 0)) throw new TypeError("Cannot use CAIRN_RUNS: it is a number above 0");
  return Math.ceil(count * factor);
}

/**
 * What fast-check is told.
 *
 * @param count How many runs by default.
 * @returns Its options: a fixed seed by default, so that a failure is one of the change and not of the day; another
 * one each time where `CAIRN_RUNS` asks for more.
 */
export function options(count: number): { numRuns: number; seed?: number } {
  const numRuns = runs(count);
  return numRuns > count ? { numRuns } : { numRuns, seed: 1 };
}
