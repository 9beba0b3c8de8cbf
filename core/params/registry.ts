/**
 * The registry's format: one line of JSON for each parameter set that was ever hashed.
 *
 * @module
 */
import { describe, type JsonValue } from "./describe.ts";
import type { ParameterSet } from "./sets.ts";

/** What the registry keeps of a parameter set. */
export interface RegistryEntry {
  /** SHA-256 of the set, 64 hexadecimal digits. */
  readonly hash: string;
  /** The experiment that hashed it first. */
  readonly experiment: string;
  /** Its name there. */
  readonly name: string;
  /** The parameters, as JSON that a person reads. */
  readonly params: JsonValue;
}

/**
 * A parameter set as a line of the registry.
 *
 * @param experiment The experiment that hashed it.
 * @param set The set.
 * @returns One line of JSON with its line feed.
 */
export function registryLine(experiment: string, set: ParameterSet): string {
  const entry: RegistryEntry = { hash: set.hash, experiment, name: set.name, params: describe(set.params) };
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Reads the registry's text.
 *
 * @param text The file.
 * @returns The entries, and the numbers of the lines (from 1) that hold none: cut short, or damaged.
 */
export function parseRegistry(
  text: string,
): { readonly entries: RegistryEntry[]; readonly damaged: number[] } {
  const entries: RegistryEntry[] = [];
  const damaged: number[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const entry = parseLine(line);
    if (entry === undefined) damaged.push(i + 1);
    else entries.push(entry);
  }
  return { entries, damaged };
}

function parseLine(line: string): RegistryEntry | undefined {
  try {
    const entry = JSON.parse(line);
    const isText = [entry?.hash, entry?.experiment, entry?.name].every((value) => typeof value === "string");
    return isText && /^[0-9a-f]{64}$/.test(entry.hash) ? entry : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
