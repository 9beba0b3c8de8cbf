/**
 * What was reached, as one digest, and as names for people.
 *
 * @module
 */
import type { Digest } from "../../params/canonical.ts";
import { textDigest } from "./normal_text.ts";
import type { NodeNumber, Reach } from "./reach.ts";

/**
 * One digest over all that was reached.
 *
 * @param reach What was reached.
 * @param roots What is hashed of where it began.
 * @returns The digest. What was looked at but is of no account has no part in it.
 */
export function reachDigest(reach: Reach, roots: unknown): Digest {
  const places = new Map<number, number>();
  const pending: number[] = [];
  const encode = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(encode);
    if (!isNodeNumber(value)) return value ?? null;
    const known = places.get(value.number);
    if (known !== undefined) return { at: known };
    pending.push(value.number);
    places.set(value.number, places.size);
    return { at: places.size - 1 };
  };
  const texts = [JSON.stringify(encode(roots))];
  for (let i = 0; i < pending.length; i++) texts.push(JSON.stringify(encode(reach.nodes[pending[i]!])));
  return textDigest(texts.join("\n"));
}

function isNodeNumber(value: unknown): value is NodeNumber {
  return typeof value === "object" && value !== null && "number" in value;
}

/**
 * The names of what was reached, for people.
 *
 * @param reach What was reached.
 * @returns By file, then by name: the beginning of a digest. A module that counts as a whole is one name.
 */
export function reachedDeclarations(reach: Reach): { [file: string]: { [name: string]: string } } {
  const all = new Map([...reach.declarations].map(([file, names]) => [file, Object.fromEntries(names)]));
  for (const url of reach.whole) {
    const analysis = reach.graph.modules.get(url);
    const digest = analysis?.unread ??
      textDigest((analysis?.units ?? []).map((unit) => unit.digest).join(" "));
    const { [`(content)`]: _, ...own } = all.get(reach.pathOf(url)) ?? {};
    const stages = Object.entries(own).filter(([name]) => /^(run|output) /.test(name));
    all.set(reach.pathOf(url), { ...Object.fromEntries(stages), "(module)": digest.slice(0, 16) });
  }
  return Object.fromEntries([...all].sort(([a], [b]) => a < b ? -1 : 1));
}
