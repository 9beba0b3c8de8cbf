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
import { waitForLock } from "./locks.ts";
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
 * Adds to the registry the sets that it lacks. Processes that do so at once lose nothing: one write at the end of the
 * file adds them, and where there are locks no set is added twice.
 *
 * @param workspace The workspace.
 * @param sets The sets.
 */
export async function register(workspace: Workspace, sets: readonly ParameterSet[]): Promise<void> {
  if (missingSets(readRegistry(workspace).entries, sets).length === 0) return; // mostly there is nothing to add
  const lock = await waitForLock(join(ownFolder(workspace.cache), "registry.lock"));
  try {
    addMissing(workspace, sets);
  } finally {
    lock?.release();
  }
}

function missingSets(entries: readonly RegistryEntry[], sets: readonly ParameterSet[]): ParameterSet[] {
  const known = new Set(entries.map(({ hash }) => hash));
  return sets.filter(({ hash }) => !known.has(hash) && known.add(hash));
}

function addMissing(workspace: Workspace, sets: readonly ParameterSet[]): void {
  const { entries, whole } = readRegistry(workspace);
  const added = missingSets(entries, sets);
  if (added.length === 0) return;
  const text = added.map((set) => registryLine(workspace.experiment, set)).join("");
  ensureDirSync(ownFolder(workspace.cache));
  Deno.writeTextFileSync(registryPath(workspace.cache), whole ? text : `\n${text}`, { append: true });
}
