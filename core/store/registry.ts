/**
 * The registry in the cache: every parameter set that was ever hashed.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import { join } from "@std/path";
import { parseRegistry, type RegistryEntry, registryLine } from "../params/registry.ts";
import type { ParameterSet } from "../params/sets.ts";
import { isAbsent } from "./digest.ts";
import { ownFolder } from "./staging.ts";
import type { Workspace } from "./workspace.ts";

/**
 * The registry's file.
 *
 * @param cache The cache's folder.
 * @returns `<cache>/.cairn/registry.jsonl`.
 */
export function registryPath(cache: string): string {
  return join(ownFolder(cache), "registry.jsonl");
}

/**
 * Reads the registry.
 *
 * @param workspace The workspace; a damaged line is a warning.
 * @returns The entries, and whether the file ends with a whole line.
 */
export function readRegistry(
  workspace: Workspace,
): { readonly entries: RegistryEntry[]; readonly whole: boolean } {
  const path = registryPath(workspace.cache);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (isAbsent(error)) return { entries: [], whole: true };
    throw error;
  }
  const { entries, damaged } = parseRegistry(text);
  if (damaged.length > 0) {
    workspace.warn(`${path}: ${damaged.length} damaged line${damaged.length > 1 ? "s" : ""} skipped`);
  }
  return { entries, whole: text === "" || text.endsWith("\n") };
}

/**
 * Adds to the registry the sets that it lacks, in one write at its end: processes that do so at once lose nothing.
 *
 * @param workspace The workspace.
 * @param sets The sets.
 */
export function register(workspace: Workspace, sets: readonly ParameterSet[]): void {
  const { entries, whole } = readRegistry(workspace);
  const known = new Set(entries.map(({ hash }) => hash));
  const added = sets.filter(({ hash }) => {
    if (known.has(hash)) return false;
    known.add(hash);
    return true;
  });
  if (added.length === 0) return;
  const text = added.map((set) => registryLine(workspace.experiment, set)).join("");
  ensureDirSync(ownFolder(workspace.cache));
  Deno.writeTextFileSync(registryPath(workspace.cache), whole ? text : `\n${text}`, { append: true });
}
