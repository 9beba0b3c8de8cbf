/** Stand-in for `@std/fs`: the same names, from `node:fs`. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

export { existsSync } from "node:fs";

export function ensureDirSync(dir: string): void {
  mkdirSync(dir, { recursive: true });
}

export interface WalkOptions {
  includeFiles?: boolean;
  includeDirs?: boolean;
  skip?: RegExp[];
}

export interface WalkEntry {
  path: string;
  name: string;
  isFile: boolean;
  isDirectory: boolean;
  isSymlink: boolean;
}

/** Like `@std/fs`, the root itself is the first entry and links are not followed. */
export function* walkSync(root: string, options: WalkOptions = {}): IterableIterator<WalkEntry> {
  const { includeFiles = true, includeDirs = true, skip = [] } = options;
  const isSkipped = (path: string) => skip.some((pattern) => pattern.test(path));
  if (isSkipped(root)) return;
  const entry = (path: string, name: string): WalkEntry => {
    const info = Deno.lstatSync(path);
    return { path, name, isFile: info.isFile, isDirectory: info.isDirectory, isSymlink: info.isSymlink };
  };
  if (includeDirs) yield entry(root, root.split("/").at(-1) ?? root);
  for (const item of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, item.name);
    if (item.isDirectory()) yield* walkSync(path, options);
    else if (includeFiles && !isSkipped(path)) yield entry(path, item.name);
  }
}
