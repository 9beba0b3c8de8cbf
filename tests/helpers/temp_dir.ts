/**
 * A folder for one test.
 *
 * @module
 */

/**
 * Makes a temporary folder, and removes it with all in it when the test is done, failed or not.
 *
 * @param use The test.
 * @returns What the test returns.
 */
export async function withTempDir<T>(use: (dir: string) => Promise<T> | T): Promise<T> {
  const dir = await Deno.makeTempDir({ prefix: "cairn_test_" });
  try {
    return await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
