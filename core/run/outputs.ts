/**
 * How outputs are cached in a run: as their stages declare it, all lazily, or none.
 *
 * @module
 */
import { structuredCacher } from "../../cachers/structured_cacher.ts";
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
    const cacher = isTransient(output) ? structuredCacher<unknown>() : output;
    if (mode !== "none") return { ...cacher, lazy };
    // A handle is what later stages were written for, so it stays one.
    const { lazy: _, ...eager } = cacher;
    return lazy.resolve ? eager : { ...cacher, lazy };
  };
}
