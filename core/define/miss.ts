/**
 * A miss: what is stored can't serve, so compute it again.
 *
 * @module
 */
const MISS = Symbol.for("cairn.miss");

/**
 * What a cacher's `load` throws where the artifact is not to be used after all: it is computed again, with a warning.
 *
 * @param reason Why, as the end of a sentence: `written by an older version`.
 * @returns An error to throw.
 *
 * @example
 * ```ts
 * import { type Cacher, miss } from "@cairn/cairn";
 *
 * const versioned: Cacher<{ version: number }> = {
 *   extension: ".json",
 *   save: (value, artifact) => Deno.writeTextFile(artifact.path(), JSON.stringify(value)),
 *   load: async (artifact) => {
 *     const value = JSON.parse(await Deno.readTextFile(artifact.path()));
 *     if (value.version !== 2) throw miss(`version ${value.version}, wanted 2`);
 *     return value;
 *   },
 * };
 * ```
 */
export function miss(reason: string): Error {
  return Object.assign(new Error(reason), { name: "Miss", [MISS]: true });
}

/**
 * Whether an error was made by {@linkcode miss}.
 *
 * @param error Anything that was thrown.
 * @returns Whether it is a miss.
 */
export function isMiss(error: unknown): error is Error {
  return error instanceof Error && MISS in error;
}
