/** What the tests of all examples need: a folder of their own, and what lies in it. */
import { relative } from "@std/path";
import { walkSync } from "@std/fs";

/** Runs a test in a temporary folder, which is removed afterwards. */
export async function inTempDir(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "cairn_example_" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/**
 * The artifacts below a folder: how many there are of each name, `KEY` in place of the recipe key. Metadata
 * files are left out.
 */
export function artifactsIn(folder: string): Record<string, number> {
  const found = [...walkSync(folder)]
    .filter(({ isFile }) => isFile)
    .map(({ path }) => relative(folder, path).replaceAll("\\", "/"))
    .filter((path) => !path.startsWith(".cairn/"));
  const counts: Record<string, number> = {};
  for (const path of found.filter((path) => !path.endsWith("_metadata.json")).sort()) {
    const name = path.replace(/_[0-9a-f]{16}_/, "_KEY_");
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** How many metadata files there are below a folder. */
export function metadataFilesIn(folder: string): number {
  return [...walkSync(folder)].filter(({ path }) => path.endsWith("_metadata.json")).length;
}

/** Whether there is anything at a path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
