/**
 * Two recipes side by side, part by part.
 *
 * @module
 */
import type { JsonValue } from "../params/describe.ts";
import { isPlainObject } from "../params/paths.ts";
import { type JsonObject, objectOf, type Part, type PartKind, partsOf } from "./recipe_parts.ts";

/** A part of two recipes. */
export interface PartPair extends Omit<Part, "value"> {
  /** What it was, where it was there. */
  readonly was?: JsonValue;
  /** What it is, where it is there. */
  readonly is?: JsonValue;
  /** Whether it is the same in both. */
  readonly same: boolean;
}

/**
 * Sets two recipes side by side.
 *
 * @param earlier What the metadata of an artifact calls `recipe`.
 * @param now Another.
 * @returns One a part that either has: those of the second in its order, then those that only the first has.
 */
export function pairParts(earlier: JsonValue, now: JsonValue): readonly PartPair[] {
  const idOf = ({ what, file = "", name }: Part) => `${what}\0${file}\0${name}`;
  const before = new Map(partsOf(earlier).map((part) => [idOf(part), part]));
  const pairs = partsOf(now).map((part): PartPair => {
    const was = before.get(idOf(part))?.value;
    before.delete(idOf(part));
    const { value: is, ...rest } = part;
    return { ...rest, ...(was === undefined ? {} : { was }), is, same: isSamePart(part.what, was, is) };
  });
  const gone = [...before.values()].map(({ value: was, ...rest }): PartPair => ({
    ...rest,
    was,
    same: false,
  }));
  return [...pairs, ...gone];
}

function isSamePart(what: PartKind, was: JsonValue | undefined, is: JsonValue): boolean {
  if (was === undefined) return false;
  if (what === "code") {
    const digest = codeDigest(objectOf(was));
    return digest === undefined ? isEqualJson(was, is) : digest === codeDigest(objectOf(is));
  }
  if (what === "input") return isSameInput(objectOf(was), objectOf(is));
  if (what === "record") return pairParts(was, is).every(({ same }) => same);
  return isEqualJson(was, is);
}

/** An input whose stage has yet to run is the same as long as its recipe is. */
function isSameInput(was: JsonObject, is: JsonObject): boolean {
  const { digest: before, ...source } = was;
  const { digest: after, ...other } = is;
  return isEqualJson(source, other) && (before === undefined || after === undefined || before === after);
}

/**
 * What stands for the code of a stage in its key.
 *
 * @param code The code, as a recipe has it.
 * @returns Its digest, which older metadata calls by the algorithm; or the version that its author gave it.
 */
export function codeDigest({ digest, sha256, version }: JsonObject): JsonValue | undefined {
  return digest ?? sha256 ?? version;
}

/**
 * Whether two JSON values are equal, whatever the order of their properties.
 *
 * @param a One.
 * @param b The other; undefined where it is not there.
 * @returns Whether they are.
 */
export function isEqualJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqualJson(item, b[i]));
  }
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqualJson(a[name], b[name]));
}
