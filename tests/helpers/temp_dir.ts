/**
 * A folder for one test.
 *
 * @module
 */

import { existsSync } from "@std/fs";

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

const made: string[] = [];
globalThis.addEventListener("unload", () => {
  for (const dir of made) if (existsSync(dir)) Deno.removeSync(dir, { recursive: true });
});

/** A temporary folder that is there until all tests of the file are done. */
export function tempDirSync(): string {
  const dir = Deno.makeTempDirSync({ prefix: "cairn_test_" });
  made.push(dir);
  return dir;
}
