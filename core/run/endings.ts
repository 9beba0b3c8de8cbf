/**
 * The end of a run: all that has to be closed is, and the first error is the one that is told.
 *
 * @module
 */

/**
 * Closes all of several things, whichever of them throws.
 *
 * @param endings Each closes one thing.
 * @returns What the first of them threw that threw at all; undefined where none did.
 */
export function endAll(endings: readonly (() => void)[]): { readonly error: unknown } | undefined {
  let first: { readonly error: unknown } | undefined;
  for (const end of endings) {
    try {
      end();
    } catch (error) {
      first ??= { error };
    }
  }
  return first;
}
