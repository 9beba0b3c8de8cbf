/**
 * Modules that are imported when they are first needed.
 *
 * @module
 */

/**
 * Imports something when it is first asked for.
 *
 * What only `save` and `load` use is imported so: a run with nothing to do calls neither, and each module takes its part
 * of the start. What came of it is kept: an `import()` for each artifact would take several times as long.
 *
 * @typeParam T What is imported.
 * @param load Imports it. The specifiers are written out, as what can't be told from the text needs permission.
 * @returns Gives it, the same each time.
 */
export function whenNeeded<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => loaded ??= load();
}
