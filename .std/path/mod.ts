/** Stand-in for `@std/path`: the same names from `node:path` and `node:url`. */
import { fileURLToPath, pathToFileURL } from "node:url";

export { basename, dirname, extname, isAbsolute, join, normalize, relative, resolve } from "node:path";
export { sep as SEPARATOR } from "node:path";

export function toFileUrl(path: string): URL {
  return pathToFileURL(path);
}

export function fromFileUrl(url: string | URL): string {
  return fileURLToPath(url);
}
