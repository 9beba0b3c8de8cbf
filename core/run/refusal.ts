/**
 * Refusals: what was asked for can't be done, and nothing was written.
 *
 * @module
 */
const refusals = new WeakSet<object>();

/**
 * Runs checks that come before anything is written; what they throw is a refusal.
 *
 * @param checks The checks.
 * @returns What they return.
 * @throws What they throw.
 */
export async function refusing<T>(checks: () => Promise<T>): Promise<T> {
  try {
    return await checks();
  } catch (error) {
    if (typeof error === "object" && error !== null) refusals.add(error);
    throw error;
  }
}

/**
 * Whether an error came from a check: the command line then exits with 2 and not with 1.
 *
 * @param error What was thrown.
 * @returns Whether nothing was written before.
 */
export function isRefusal(error: unknown): boolean {
  return typeof error === "object" && error !== null && refusals.has(error);
}
