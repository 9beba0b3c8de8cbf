/**
 * The registry's format: one line of JSON for each parameter set that was ever hashed.
 *
 * @module
 */
import { describe, type JsonValue } from "./describe.ts";
import { lineBounds, lineSum } from "./line_sum.ts";
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
 * A parameter set as a line of the registry. A short sum over the line is its last part: no change of it goes unseen.
 *
 * @param experiment The experiment that hashed it.
 * @param set The set.
 * @returns One line of JSON with its line feed.
 */
export function registryLine(experiment: string, set: ParameterSet): string {
  const entry: RegistryEntry = { hash: set.hash, experiment, name: set.name, params: describe(set.params) };
  const body = JSON.stringify(entry);
  return `${body.slice(0, -1)}${sumOf(body)}\n`;
}

const SUM = /,"sum":"[0-9a-f]{8}"\}$/;
const SUM_PART = ',"sum":"00000000"}'.length;

function sumOf(body: string): string {
  return `,"sum":"${lineSum(body)}"}`;
}

/** What each line begins with; the hash follows. */
const START = '{"hash":"';
const HASH = 64;

/**
 * Reads of the registry's text which sets it holds, and no more: a line whose sum is right is as it was written.
 *
 * @param text The file.
 * @returns Their hashes, and how many lines hold none: cut short, or damaged.
 */
export function registryHashes(text: string): { readonly hashes: Set<string>; readonly damaged: number } {
  const hashes = new Set<string>();
  let damaged = 0;
  for (const [start, end] of lineBounds(text)) {
    const body = end - SUM_PART;
    const isSound = text.startsWith(START, start) &&
      text.startsWith(`,"sum":"${lineSum(text, start, body, "}")}"}`, body);
    const at = start + START.length;
    const hash = isSound ? text.slice(at, at + HASH) : parseLine(text.slice(start, end))?.hash;
    if (hash === undefined) damaged++;
    else hashes.add(hash);
  }
  return { hashes, damaged };
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

const PARTS = ["hash", "experiment", "name", "params"];

function parseLine(line: string): RegistryEntry | undefined {
  try {
    const sum = SUM.exec(line)?.[0];
    const body = sum === undefined ? line : `${line.slice(0, -sum.length)}}`;
    if (sum !== undefined && sum !== sumOf(body)) return undefined;
    const entry = JSON.parse(body);
    // Lines had no sum once; nothing else may stand where it should.
    if (Object.keys(entry ?? {}).some((key) => !PARTS.includes(key))) return undefined;
    const isText = [entry?.hash, entry?.experiment, entry?.name].every((value) => typeof value === "string");
    return isText && /^[0-9a-f]{64}$/.test(entry.hash) ? entry : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
