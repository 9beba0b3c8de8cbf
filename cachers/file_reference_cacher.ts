/**
 * Paths of files that lie elsewhere.
 *
 * @module
 */
import { isAbsolute, relative, resolve, SEPARATOR } from "@std/path";
import { existsSync } from "@std/fs";
import type { Artifact, Cacher } from "../core/define/cacher.ts";
import { isPlainArray, quote, sortOf } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { writeBytes } from "../core/define/whole_file.ts";
import { cannotLoad, cannotSave, readJson } from "./read_text.ts";

/**
 * Keeps one path, or a list of paths, of files or folders that a stage wrote. What they lead to counts as content:
 * the artifact is a hit only while all exist, unchanged.
 *
 * The file that holds them can be moved with the checkout: a path below the stage's own files is written
 * `{files}/rest`, an absolute one below the working folder `{cwd}/rest`, and `load` fills in where those are then.
 * Other paths are kept as they are; one that itself begins with a brace is written with `{}` before it. An absolute path
 * below one of those folders that gets there by a detour (`/a/../work/b`) comes back without it.
 *
 * @typeParam T `string` or `string[]`.
 * @returns A cacher: `.json`, kind `file-reference`. Its `save` rejects a path where nothing is with
 * `Deno.errors.NotFound`, and with a `TypeError` what is no path; its `load` with a `SyntaxError` where the file holds
 * no paths.
 * @throws Nothing by itself.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { fileReferenceCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const dir = await Deno.makeTempDir();
 * const plots = [`${dir}/a.svg`, `${dir}/b.svg`];
 * for (const plot of plots) await Deno.writeTextFile(plot, "<svg/>");
 *
 * const cacher = fileReferenceCacher<string[]>();
 * await cacher.save(plots, at(`${dir}/plots.json`));
 * assertEquals(await cacher.load(at(`${dir}/plots.json`)), plots);
 * assertEquals(await cacher.check?.(at(`${dir}/plots.json`)), true);
 * ```
 */
export function fileReferenceCacher<T extends string | readonly string[] = string | string[]>(): Cacher<T> {
  return ownCacher({
    extension: ".json",
    kind: "file-reference",
    save: async (value, artifact) => {
      const path = artifact.path();
      const what = cannotSave(path, "file references");
      checkPaths(value, what);
      for (const [i, each] of listed(value).entries()) {
        if (existsSync(each)) continue;
        const place = typeof value === "string" ? "$" : `$[${i}]`;
        throw new Deno.errors.NotFound(
          `${what}: there is nothing at ${JSON.stringify(each)}, which is ${place}; write it first`,
        );
      }
      const portable = typeof value === "string"
        ? toPortable(value, artifact)
        : value.map((each) => toPortable(each, artifact));
      await writeBytes(artifact, `${JSON.stringify(portable, null, 2)}\n`, path);
    },
    load: async (artifact) => await loadPaths(artifact) as T,
    check: async (artifact) => listed(await loadPaths(artifact)).every((each) => existsSync(each)),
    paths: listed,
  });
}

function listed(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

function checkPaths(value: unknown, what: string): asserts value is string | readonly string[] {
  if (Array.isArray(value) && !isPlainArray(value)) {
    throw new TypeError(`${what}: $ is not a plain array of paths`);
  }
  for (const [i, each] of Array.isArray(value) ? value.entries() : [["", value] as const]) {
    const place = i === "" ? "$" : `$[${i}]`;
    if (typeof each !== "string") {
      throw new TypeError(
        `${what}: ${place} is ${sortOf(each)}, wanted ${i === "" ? "a path or a list of paths" : "a path"}`,
      );
    }
    if (!isPath(each)) throw new TypeError(`${what}: ${place} is ${quote(each)}, which is no path`);
  }
}

function isPath(text: string): boolean {
  return text !== "" && !text.includes("\0") && text.isWellFormed();
}

async function loadPaths(artifact: Artifact): Promise<string | string[]> {
  const path = artifact.path();
  const what = cannotLoad(path, "file references");
  const value = await readJson(artifact, "file references");
  if (typeof value === "string") return fromPortable(value, artifact, what);
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) {
    return value.map((each) => fromPortable(each, artifact, what));
  }
  throw new SyntaxError(`${what}: it holds ${sortOf(value)}, wanted a path or a list of paths`);
}

function toPortable(path: string, { files }: Artifact): string {
  const ownFile = files === undefined ? undefined : restBelow(files, path);
  if (ownFile !== undefined) return `{files}${ownFile}`;
  const rest = isAbsolute(path) ? restBelow(Deno.cwd(), path) : undefined;
  if (rest !== undefined) return `{cwd}${rest}`;
  return path.startsWith("{") ? `{}${path}` : path;
}

/** What follows a folder in a path: empty for the folder itself, undefined for a path that is not below it. */
function restBelow(folder: string, path: string): string | undefined {
  const rest = relative(resolve(folder), resolve(path));
  if (rest === ".." || rest.startsWith(`..${SEPARATOR}`) || isAbsolute(rest)) return undefined;
  // As it was written, where it was written plainly: a slash at its end comes back then.
  if (path.startsWith(folder + SEPARATOR)) return path.slice(folder.length).replaceAll(SEPARATOR, "/");
  return rest === "" ? "" : `/${rest.replaceAll(SEPARATOR, "/")}`;
}

function fromPortable(portable: string, { files }: Artifact, what: string): string {
  if (!isPath(portable)) throw new SyntaxError(`${what}: it holds ${quote(portable)}, which is no path`);
  const [, name, rest] = /^\{([^{}]*)\}(.*)$/s.exec(portable) ?? [];
  if (name === undefined || rest === undefined) return portable;
  if (name === "") return rest;
  if ((name === "cwd" || name === "files") && !/^(\/|$)/.test(rest)) {
    throw new SyntaxError(
      `${what}: it holds ${quote(portable)}, which is no path below ${quote(`{${name}}`)}`,
    );
  }
  const folder = name === "cwd" ? Deno.cwd() : name === "files" ? files : undefined;
  if (folder !== undefined) return rest === "" ? folder : folder.replace(/[/\\]$/, "") + rest;
  if (name !== "files") {
    throw new SyntaxError(
      `${what}: ${quote(portable)} begins with ${quote(`{${name}}`)}, which is no folder`,
    );
  }
  throw new TypeError(
    `${what}: ${quote(portable)} lies among the files of a stage, and this artifact has none`,
  );
}
