/**
 * The end of what takes several steps: all that has to be closed is, and the first error is the one that is told.
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

/**
 * Does something, and closes what it used. Where both throw, why the work failed is what is told.
 *
 * @param end Closes what it used.
 * @param work What to do.
 * @returns What the work returns.
 * @throws What the work throws, or else what closing does.
 */
export async function closing<T>(end: () => void, work: () => T | Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    endAll([end]);
    throw error;
  }
  end();
  return result;
}
