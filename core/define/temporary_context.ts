/**
 * The context of a stage that was called by hand.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { ensureDirSync } from "@std/fs";
import { isDeviceName, printable, quote } from "../params/names.ts";
import type { StageContext } from "./context.ts";

/**
 * A context for a stage called with no runner: its folder is made in the system's temporary folder at first use.
 *
 * @param stage The stage's name.
 * @returns A context whose `log` writes to standard error and whose signal never fires.
 */
export function temporaryContext(stage: string): StageContext {
  let folder: string | undefined;
  return {
    ...filesBelow(() => folder ??= Deno.makeTempDirSync({ prefix: `${stage}_` })),
    log: (message) => console.error(printable(`${stage}: ${message}`)),
    signal: new AbortController().signal,
    record: { name: "by hand", index: 0 },
  };
}

/**
 * The `path` and `dir` of a context, over a folder that is made when it is first asked for.
 *
 * @param folder Gives the folder; it need not be there yet.
 * @returns `path`, which makes the folders above a file, and `dir`, which makes the folder itself.
 */
export function filesBelow(folder: () => string): Pick<StageContext, "path" | "dir"> {
  return {
    path: (name) => {
      const path = join(folder(), checkRelative(name));
      ensureDirSync(dirname(path));
      return path;
    },
    dir: (name) => {
      const path = name === undefined ? folder() : join(folder(), checkRelative(name));
      ensureDirSync(path);
      return path;
    },
  };
}

/** Segments below the stage's folder: nothing absolute, hidden, or above it. */
function checkRelative(name: string): string {
  const isSegment = (part: string) => /^[^\\:.\t\n][^\\:\t\n]*$/.test(part) && !isDeviceName(part);
  const isPlain = typeof name === "string" && name.isWellFormed() && printable(name) === name;
  if (isPlain && name.split("/").every(isSegment)) return name;
  throw new TypeError(
    `Cannot use ${quote(name)} as a file of the stage: give a name such as "plot.png" or "plots/a.png", ` +
      "below the stage's own folder",
  );
}
