/**
 * Whether the module of an experiment is just being loaded by a worker: nothing may run then.
 *
 * @module
 */
let loading: string | undefined;

/**
 * Loads a module in a worker.
 *
 * @param module Its URL.
 * @returns The module.
 */
export async function loadInWorker(module: string): Promise<Record<string, unknown>> {
  loading = module;
  try {
    return await import(module);
  } finally {
    loading = undefined;
  }
}

/**
 * Refuses to run anything while a worker loads the module: each worker would run it once more.
 *
 * @throws {Error} If that is so.
 */
export function refuseWhileLoading(): void {
  if (loading === undefined) return;
  throw new Error(
    "Cannot run anything while a worker loads the module that defines the stages: put what runs under " +
      "if (import.meta.main) { ... }",
  );
}
