/**
 * The configuration of a worker: that which this process has, as far as it can be told.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, fromFileUrl, join } from "@std/path";
import { mayRead } from "../../store/sources.ts";

/**
 * The flags that give a worker the deno.json of this process: what the names in imports stand for.
 *
 * Deno looks for it from the main module upward, and the main module of a worker lies elsewhere.
 *
 * @returns `--config` and the file; nothing where none was found, or none may be looked for.
 */
export function configFlags(): string[] {
  const main = Deno.mainModule;
  for (let folder = main.startsWith("file:") ? dirname(fromFileUrl(main)) : Deno.cwd();;) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const path = join(folder, name);
      if (mayRead(path) && existsSync(path)) return ["--config", path];
    }
    const above = dirname(folder);
    if (above === folder) return [];
    folder = above;
  }
}
