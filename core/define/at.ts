/**
 * An artifact at a path of one's own choice, for using a cacher by itself.
 *
 * @module
 */
import { basename, dirname, extname, join } from "@std/path";
import { ensureDirSync } from "@std/fs";
import type { Artifact } from "./cacher.ts";

/** Where an artifact lies: its folder, its name, and what follows the name of its main file. */
export interface ArtifactName {
  readonly dir: string;
  readonly base: string;
  readonly main: string;
}

/**
 * Splits a path into the folder, name and ending of an artifact.
 *
 * @param path The main file's path.
 * @param extension The cacher's extension, which may have several dots; else the path's last ending counts.
 * @returns Its parts; joined they give the path again.
 */
export function artifactName(path: string, extension?: string): ArtifactName {
  const file = basename(path);
  const long = extension !== undefined && extension !== "" && file.endsWith(extension) && file !== extension;
  const main = long ? extension : extname(file);
  return { dir: dirname(path), base: file.slice(0, file.length - main.length), main };
}

/**
 * An artifact at exactly this path, with no metadata: for a cacher used by itself, or by another cacher.
 *
 * @param path The main file. Other suffixes replace its last ending: `at("a/b.json").path("_x")` is `a/b_x`.
 * @returns A place to save to or load from; its `extra` is kept nowhere.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/scores.json`;
 * await jsonCacher().save([1, 2], at(path));
 * assertEquals(await jsonCacher().load(at(path)), [1, 2]);
 * ```
 */
export function at(path: string): Artifact {
  const { dir, base } = artifactName(path);
  return {
    path: (suffix) => suffix === undefined ? path : join(dir, base + suffix),
    dir: (suffix = "") => {
      const folder = join(dir, base + suffix);
      ensureDirSync(folder);
      return folder;
    },
    extra: {},
  };
}
