/**
 * The registry in the cache: every parameter set that was ever hashed.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import { join } from "@std/path";
import { parseRegistry, type RegistryEntry, registryHashes, registryLine } from "../params/registry.ts";
import type { ParameterSet } from "../params/sets.ts";
import { quote } from "../params/names.ts";
import { fileError } from "./disk/disk_error.ts";
import { closing } from "./disk/endings.ts";
import { waitForLock } from "./disk/locks.ts";
import { removeQuietly } from "./disk/move.ts";
import { readOwnFile, replaceOwnFile } from "./own_file.ts";
import { isThere } from "./ownership.ts";
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

/** What the registry holds. */
export interface Registry {
  readonly entries: RegistryEntry[];
  /** Whether the file ends with a whole line. */
  readonly whole: boolean;
  /** What is wrong with it, as the end of a sentence. */
  readonly damage?: string;
}

/**
 * Reads the registry. Nothing is written.
 *
 * @param workspace The workspace.
 * @returns The entries that are whole, and what is wrong with the file.
 */
export function readRegistry(workspace: Pick<Workspace, "cache">): Registry {
  const read = readOwnFile(registryPath(workspace.cache));
  if ("absent" in read) return { entries: [], whole: true };
  if ("odd" in read) return { entries: [], whole: true, damage: `it is ${read.odd}` };
  const { entries, damaged } = parseRegistry(read.text);
  const whole = endsWhole(read.text);
  if (damaged.length === 0) return { entries, whole };
  return { entries, whole, damage: damagedLines(damaged.length) };
}

function endsWhole(text: string): boolean {
  return text === "" || text.endsWith("\n");
}

function damagedLines(count: number): string {
  return `${count} damaged line${count > 1 ? "s" : ""}`;
}

/**
 * Adds to the registry the sets that it lacks. Processes that do so at once lose nothing: one write at the end of the
 * file adds them, and where there are locks no set is added twice. A damaged registry is set aside, with a warning, and
 * one that holds all its whole lines takes its place.
 *
 * @param workspace The workspace.
 * @param sets The sets.
 */
export async function register(workspace: Workspace, sets: readonly ParameterSet[]): Promise<void> {
  const known = knownSets(workspace);
  if (known.damage === undefined && missingSets(known, sets).length === 0) return; // mostly there is nothing to add
  const lock = await waitForLock(join(ownFolder(workspace.cache), "registry.lock"));
  await closing(() => lock?.release(), () => addMissing(workspace, sets, known, lock !== undefined));
}

/** What a run has to know of the registry that it adds to, which may hold what hundreds of others hashed. */
interface KnownSets extends Pick<Registry, "whole" | "damage"> {
  readonly text: string;
  readonly hashes: Set<string>;
}

function knownSets(workspace: Workspace, before?: KnownSets): KnownSets {
  const read = readOwnFile(registryPath(workspace.cache));
  if ("absent" in read) return { text: "", hashes: new Set(), whole: true };
  if ("odd" in read) return { text: "", hashes: new Set(), whole: true, damage: `it is ${read.odd}` };
  const { text } = read;
  if (before !== undefined && before.text === text && text !== "") return before;
  const { hashes, damaged } = registryHashes(text);
  const damage = damaged === 0 ? {} : { damage: damagedLines(damaged) };
  return { text, hashes, whole: endsWhole(text), ...damage };
}

function missingSets({ hashes }: KnownSets, sets: readonly ParameterSet[]): ParameterSet[] {
  const added = new Set<string>();
  return sets.filter(({ hash }) => !hashes.has(hash) && !added.has(hash) && added.add(hash));
}

function addMissing(
  workspace: Workspace,
  sets: readonly ParameterSet[],
  before: KnownSets,
  isLocked: boolean,
): void {
  const known = knownSets(workspace, before); // somebody may have added to it
  if (known.damage !== undefined) setAside(workspace, known.damage);
  const whole = known.damage !== undefined || known.whole;
  const added = missingSets(known, sets);
  if (added.length === 0) return;
  const text = added.map((set) => registryLine(workspace.experiment, set)).join("");
  ensureDirSync(ownFolder(workspace.cache));
  append(registryPath(workspace.cache), whole ? text : `\n${text}`, isLocked);
}

/** A disk that is full may take half of it; what is there already is to stay as it was. */
function append(path: string, text: string, isLocked: boolean): void {
  const file = Deno.openSync(path, { create: true, append: true });
  try {
    const { size } = file.statSync();
    try {
      const bytes = new TextEncoder().encode(text);
      for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    } catch (error) {
      if (isLocked) file.truncateSync(size);
      throw fileError("write the registry", path, error);
    }
  } finally {
    file.close();
  }
}

/** Nothing of what is there is lost: whoever damaged it may know what it was. */
function setAside(workspace: Workspace, damage: string): void {
  const path = registryPath(workspace.cache);
  const aside = freeName(path);
  const read = readOwnFile(path);
  if ("text" in read) {
    const lines = read.text.split("\n").filter((line) => parseRegistry(line).entries.length > 0);
    try {
      Deno.copyFileSync(path, aside);
      replaceOwnFile(path, lines.map((line) => `${line}\n`).join(""));
    } catch (error) {
      removeQuietly(aside);
      throw error;
    }
  } else Deno.renameSync(path, aside);
  workspace.warn(
    `the registry ${quote(path)} is damaged: ${damage}; it is kept as ${quote(aside)}, ` +
      ("text" in read ? "and its whole lines stay in force" : "and a new one is begun"),
  );
}

function freeName(path: string): string {
  for (let n = 1;; n++) if (!isThere(`${path}.damaged-${n}`)) return `${path}.damaged-${n}`;
}
