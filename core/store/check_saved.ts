/**
 * What a cacher of the user's saved, checked before it is kept: it wrote where it was told to, and loads what it saved.
 *
 * @module
 */
import { basename, join } from "@std/path";
import type { AnyCacher } from "../define/cacher.ts";
import { isMiss } from "../define/miss.ts";
import { quote } from "../params/names.ts";
import { messageOf } from "../params/paths.ts";
import { artifactInStaging } from "./artifact.ts";
import { filesProblem } from "./lookup.ts";
import { topEntries } from "./ownership.ts";
import { entryAt } from "./place.ts";
import type { Saved } from "./save.ts";

/**
 * Refuses files in staging that belong to nothing: they would be lost, and `load` would miss them.
 *
 * @param root A folder in staging that nothing else writes to.
 * @param saved What was saved into it so far.
 * @param files The folder of what the stage wrote by itself.
 * @throws {Error} If there is anything else.
 */
export function refuseStrays(root: string, saved: Iterable<Saved>, files: string): void {
  const known = new Set([files]);
  const folders = new Set([root]);
  for (const { place, files } of saved) {
    for (const path of topEntries(files)) known.add(entryAt(place, { path }));
    for (let dir = place.dir; dir.length > root.length; dir = join(dir, "..")) folders.add(dir);
  }
  for (const folder of folders) {
    for (const { name } of Deno.readDirSync(folder)) {
      const path = join(folder, name);
      if (known.has(path) || folders.has(path)) continue;
      throw new Error(
        `its cacher wrote ${
          quote(basename(path))
        }, which is no part of the artifact; write to artifact.path() with a ` +
          "suffix, or below artifact.dir()",
      );
    }
  }
}

/**
 * Loads what was saved, as a later run would, and looks whether it is still as it was saved.
 *
 * @param cacher The cacher.
 * @param value What was saved.
 * @param saved Where it lies in staging.
 * @throws {Error} If it can't be loaded, or is something else, or is changed by that.
 */
export async function refuseOther(cacher: AnyCacher, value: unknown, saved: Saved): Promise<void> {
  let loaded: unknown;
  try {
    loaded = await cacher.load(artifactInStaging(saved.place, saved.extra));
  } catch (error) {
    const what = isMiss(error) ? "calls what it saved a miss" : "can't load what it saved";
    throw new Error(`its cacher ${what}: ${messageOf(error)}`, { cause: error });
  }
  try {
    await compare(cacher, value, loaded);
  } finally {
    if (loaded !== value) close(loaded);
  }
  const problem = filesProblem(saved.place, saved, "content");
  if (problem !== undefined) {
    throw new Error(`its cacher's load changes what it saved: ${problem}; open it for reading alone`);
  }
}

async function compare(cacher: AnyCacher, value: unknown, loaded: unknown): Promise<void> {
  if (cacher.lossy || cacher.streams || cacher.paths !== undefined) return; // a stream was used up by saving it
  const { differenceBetween } = await import("../params/difference.ts");
  const difference = differenceBetween(value, loaded);
  if (difference === undefined) return;
  throw new Error(
    `its cacher loads something else than it saved: ${difference}; mend its load, or say "lossy: true" where what it ` +
      "loads is to stand for the value",
  );
}

/** What was loaded to be compared is of no more use: a file that it holds open would stay so. */
function close(loaded: unknown): void {
  const dispose = (loaded as Partial<Disposable> | null | undefined)?.[Symbol.dispose];
  if (typeof dispose === "function") dispose.call(loaded);
}
