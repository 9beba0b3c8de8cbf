/**
 * Files and folders that a stage writes itself.
 *
 * @module
 */
import { dirname, extname, relative, resolve, SEPARATOR } from "@std/path";
import { ensureDirSync, existsSync } from "@std/fs";
import type { Artifact, Cacher } from "../core/define/cacher.ts";
import { checkExtension } from "../core/define/check_outputs.ts";
import { sortOf } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { cannotLoad, cannotSave } from "./read_text.ts";

/**
 * Keeps a file or folder that the stage wrote itself, at `context.path("name")` or `context.dir("name")`: the stage
 * returns that path, and later stages get the path where it lies then.
 *
 * @param extension What its name ends with: `.png`. Where it is left out, the ending that the stage gave it.
 * @returns A cacher of paths: kind `path`. Its `save` rejects any other path with a `TypeError`, and one where nothing
 * is with `Deno.errors.NotFound`.
 * @throws {TypeError} If the extension is no end of a file name.
 *
 * @example
 * ```ts
 * import { defineStage } from "@cairn/cairn";
 * import { pathCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const draw = defineStage({
 *   name: "draw",
 *   outputs: { plot: pathCacher(".svg") },
 *   run: async (_state: object, { path }) => {
 *     const plot = path("plot.svg");
 *     await Deno.writeTextFile(plot, "<svg/>");
 *     return { plot };
 *   },
 * });
 * assertEquals(await Deno.readTextFile((await draw({})).plot), "<svg/>");
 * ```
 */
export function pathCacher(extension = ""): Cacher<string> {
  checkExtension("pathCacher", extension);
  return ownCacher({
    extension,
    kind: "path",
    save: (value, artifact) => savePath(value, artifact, extension),
    load: (artifact) => loadPath(artifact),
    paths: (value) => [value],
  });
}

function savePath(value: unknown, artifact: Artifact, extension: string): void {
  const what = cannotSave(artifact.path(), "a path");
  const wanted = artifact.files === undefined
    ? JSON.stringify(artifact.path())
    : `a path below ${JSON.stringify(artifact.files)}, from context.path(...) or context.dir(...)`;
  if (typeof value !== "string") {
    throw new TypeError(`${what}: the stage returned ${sortOf(value)}, wanted ${wanted}`);
  }
  const own = value === artifact.path();
  if (!own && !liesBelow(artifact.files, value)) {
    throw new TypeError(`${what}: the stage returned ${JSON.stringify(value)}, wanted ${wanted}`);
  }
  if (!existsSync(value)) {
    throw new Deno.errors.NotFound(
      `${what}: there is nothing at ${JSON.stringify(value)}; the stage writes it first`,
    );
  }
  if (!own) move(value, artifact, extension);
}

function liesBelow(folder: string | undefined, path: string): boolean {
  if (folder === undefined) return false;
  const rest = relative(resolve(folder), resolve(path));
  return rest !== "" && rest !== ".." && !rest.startsWith(`..${SEPARATOR}`);
}

function move(from: string, artifact: Artifact, extension: string): void {
  const suffix = extension === "" ? endingOf(from) : extension;
  artifact.extra.suffix = suffix;
  if (Deno.statSync(from).isDirectory) {
    artifact.extra.folder = true;
    const to = artifact.dir(suffix);
    // It is there and empty. Not every system moves a folder onto another, even so.
    Deno.removeSync(to);
    Deno.renameSync(from, to);
  } else {
    const to = artifact.path(suffix);
    ensureDirSync(dirname(to));
    Deno.renameSync(from, to);
  }
}

/** The path's ending, where an artifact may have such a one. */
function endingOf(path: string): string {
  const ending = extname(path);
  return /^\.[A-Za-z0-9_-]+$/.test(ending) ? ending : "";
}

function loadPath(artifact: Artifact): string {
  const { suffix, folder } = artifact.extra;
  const given = typeof suffix === "string" ? suffix : undefined;
  // Looked for as a file first: asking for a folder may make it.
  const path = artifact.path(given);
  if (!existsSync(path)) {
    throw new Deno.errors.NotFound(`${cannotLoad(path, "a path")}: there is nothing there`);
  }
  return folder === true ? artifact.dir(given) : path;
}
