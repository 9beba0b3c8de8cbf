/**
 * How outputs are cached in a run: as their stages declare it, all lazily, or none.
 *
 * @module
 */
import { structuredCacher } from "../../cachers/structured_cacher.ts";
import type { AnyCacher } from "../define/cacher.ts";
import { type AnyOutput, isTransient } from "../define/output.ts";

/** Which outputs are lazy: those declared so, all of them, or none. */
export type LazyMode = "declared" | "all" | "none";

/**
 * What an output counts as in a run.
 *
 * @param mode Which outputs are lazy.
 * @returns A function from the declared output to the one that counts. One that is lazy and has no cacher gets
 * `structuredCacher`.
 */
export function outputsAs(mode: LazyMode): (output: AnyOutput) => AnyOutput {
  return (output) => {
    const lazy = output.lazy ?? (mode === "all" ? { resolve: true } : undefined);
    if (lazy === undefined) return output;
    // A handle is what later stages were written for, so it stays one.
    return cacherOf(output, mode === "none" && lazy.resolve ? undefined : lazy);
  };
}

/**
 * The cacher of an output.
 *
 * @param output The output as it was declared.
 * @param lazy How it is lazy in a run; undefined where it is not.
 * @returns Its cacher, or `structuredCacher` where it has none, lazy in that way.
 */
export function cacherOf(output: AnyOutput, lazy: AnyCacher["lazy"]): AnyCacher {
  const { lazy: _, ...eager } = isTransient(output) ? structuredCacher<unknown>() : output;
  return lazy === undefined ? eager : { ...eager, lazy };
}
