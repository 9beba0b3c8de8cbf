/**
 * Links in the workspace that lead out of it: what would be written there, or read, is not the workspace's.
 *
 * The folder of a workspace and that of a cache may be links: users put them on other disks. Below them there are none
 * but those that lead back in. A link that is put there while a run is under way is not seen: file systems know a
 * safe way to follow a path, but Deno does not offer it.
 *
 * @module
 */
import { isAbsolute, join, relative } from "@std/path";
import type { Outputs } from "../define/output.ts";
import { quote } from "../params/names.ts";
import { isAbsent } from "./disk/digest.ts";
import { ownFolder } from "./staging.ts";
import type { Workspace } from "./workspace.ts";

/** Files that are locked: to open one makes it. */
const LOCKS = ["registry.lock", "uses.lock", "gc.lock", "uses/journal.lock"];

/**
 * Refuses links that lead out of a workspace, in the places that Cairn reads and writes. What is no such link is looked
 * at once a workspace.
 *
 * @param workspace The workspace.
 * @param stages The stages whose artifacts lie in it.
 * @throws {Error} If there is such a link; the message names it.
 */
export function refuseLinks(
  workspace: Workspace,
  stages: Iterable<{ readonly description: { readonly outputs: Outputs } }>,
): void {
  const { cache, dir, runs, session: { checked } } = workspace;
  const own = ownFolder(cache);
  if (!checked.has(own)) {
    refuseOwnLinks(cache, [dir, cache]);
    for (const path of [runs, join(runs, ".lock")]) refuseLink(path, [dir, cache]);
    checked.add(own);
  }
  for (const { description: { outputs } } of stages) {
    for (const output of Object.values(outputs)) {
      const subdir = "transient" in output ? undefined : output.placement?.subdir;
      if (subdir === undefined || checked.has(subdir)) continue;
      for (const folder of foldersTo(cache, subdir)) refuseLink(folder, [dir, cache]);
      checked.add(subdir);
    }
  }
}

/**
 * Refuses links that lead out, in what Cairn keeps for itself in a cache.
 *
 * @param cache The cache.
 * @param roots The folders that they may lead into.
 * @throws {Error} If there is such a link; the message names it.
 */
export function refuseOwnLinks(cache: string, roots: readonly string[]): void {
  const own = ownFolder(cache);
  // Through the rest, which is plain files or made again, no link is followed.
  const below = ["staging", "locks", "uses", "uses/live", "uses/sets", ...LOCKS].map((name) =>
    join(own, name)
  );
  const inside = ["staging", "locks"].flatMap((name) => linksIn(join(own, name)));
  for (const path of [own, ...below, ...inside]) refuseLink(path, roots);
}

/**
 * Whether a folder of artifacts lies behind a link that leads out of the workspace.
 *
 * @param workspace The workspace.
 * @param subdir The folder below the cache.
 * @returns Whether it does.
 */
export function leadsOut({ cache, dir, session: { checked } }: Workspace, subdir: string): boolean {
  if (subdir === "" || checked.has(subdir)) return false;
  if (foldersTo(cache, subdir).some((folder) => linkProblem(folder, [dir, cache]) !== undefined)) return true;
  checked.add(subdir);
  return false;
}

/**
 * Refuses a link that leads out of some folders.
 *
 * @param path What may be a link.
 * @param roots The folders, which may be links themselves.
 * @throws {Error} If it is one.
 */
export function refuseLink(path: string, roots: readonly string[]): void {
  const problem = linkProblem(path, roots);
  if (problem === undefined) return;
  throw new Error(
    `Cannot use ${
      quote(path)
    }: it is a link that leads ${problem}; put what it stands for in its place (only the ` +
      "workspace as a whole, or its cache, may lie elsewhere)",
  );
}

function linkProblem(path: string, roots: readonly string[]): string | undefined {
  if (!isLink(path)) return undefined;
  const target = realPath(path);
  if (target === undefined) return "nowhere";
  const isInside = roots.some((root) => isBelow(realPath(root), target));
  return isInside ? undefined : `to ${quote(target)}, out of the workspace`;
}

function foldersTo(cache: string, subdir: string): string[] {
  const segments = subdir.split("/");
  return segments.map((_, i) => join(cache, ...segments.slice(0, i + 1)));
}

function isBelow(root: string | undefined, path: string): boolean {
  if (root === undefined) return false;
  const rest = relative(root, path);
  return rest !== "" && !/^\.\.([\\/]|$)/.test(rest) && !isAbsolute(rest);
}

/**
 * Whether a link lies at a path.
 *
 * @param path The path.
 * @returns Whether it is one, wherever it leads.
 */
export function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** The links directly in a folder; none in what is itself a link, or is not there. */
function linksIn(folder: string): string[] {
  try {
    if (!Deno.lstatSync(folder).isDirectory) return [];
    return [...Deno.readDirSync(folder)].flatMap(({ name, isSymlink }) =>
      isSymlink ? [join(folder, name)] : []
    );
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
