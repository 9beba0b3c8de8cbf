/**
 * What a worker may run: the stages that it is given, and nothing that the module of the experiment runs when it is
 * loaded.
 *
 * @module
 */
import type { AsyncLocalStorage } from "node:async_hooks";

/** In a worker: what tells the work of a stage from all else that goes on there. */
let stages: AsyncLocalStorage<true> | undefined;

/**
 * Loads a module in a worker.
 *
 * @param module Its URL.
 * @returns The module.
 */
export async function loadInWorker(module: string): Promise<Record<string, unknown>> {
  const { AsyncLocalStorage } = await import("node:async_hooks");
  stages = new AsyncLocalStorage();
  return await import(module);
}

/**
 * Does the work of a stage in a worker: it may run what it likes.
 *
 * @param work The work.
 * @returns What it gives.
 */
export function asStage<T>(work: () => T): T {
  return stages === undefined ? work() : stages.run(true, work);
}

/**
 * Refuses to run what the module of the experiment runs by itself in a worker, while it is loaded or later: each worker
 * would run it once more, and take from the run what that waits for.
 *
 * @throws {Error} If that is so.
 */
export function refuseWhileLoading(): void {
  if (stages === undefined || stages.getStore() === true) return;
  throw new Error(
    "Cannot run anything just because a worker loads the module that defines the stages: put what runs under " +
      "if (import.meta.main) { ... }",
  );
}
