/**
 * Where two values differ, for a message that says so.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { quote } from "./names.ts";
import { below, sortOf } from "./paths.ts";

/** A pair of values, and where in both they lie. */
interface Pair {
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

/**
 * The first place in which two values differ.
 *
 * Equal is what `isDeepStrictEqual` of node:util takes to be: types and prototypes count, `-0` differs from `0`, and
 * properties that are hidden or private do not count. Two functions are taken to be alike, since nobody can tell.
 *
 * @param wanted What a value should be.
 * @param found What it is.
 * @returns Such as `$.rows[3] is "a", wanted 1`; undefined where they are equal.
 */
export function differenceBetween(wanted: unknown, found: unknown): string | undefined {
  if (isDeepStrictEqual(wanted, found)) return undefined;
  const seen = new Map<object, Set<object>>();
  const pairs: Pair[] = [{ path: "$", one: wanted, other: found }];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const { path, one, other } = pair;
    const inside = partsOf(one, other, path);
    if (inside === undefined) {
      if (!isAlike(one, other)) return `${path} is ${shown(other, one)}, wanted ${shown(one, other)}`;
    } else if (typeof inside === "string") return inside;
    else if (isNew(seen, one as object, other as object)) pairs.push(...inside.toReversed());
  }
  return undefined;
}

/** What two values hold that may be told apart one by one: undefined where they hold nothing of the kind. */
function partsOf(one: unknown, other: unknown, path: string): readonly Pair[] | string | undefined {
  if (!isObject(one) || !isObject(other)) return undefined;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return undefined;
  if (ArrayBuffer.isView(one) && !(one instanceof DataView)) return partOfBytes(one, other, path);
  if (
    one instanceof DataView || one instanceof ArrayBuffer || one instanceof Date || one instanceof RegExp ||
    one instanceof Set
  ) {
    return undefined;
  }
  if (one instanceof Map) return partsOfMap(one, other as Map<unknown, unknown>, path);
  if (Array.isArray(one) && one.length !== (other as unknown[]).length) {
    return `${path} has ${(other as unknown[]).length} elements, wanted ${one.length}`;
  }
  const keys = Object.keys(one);
  const missing = keys.find((key) => !Object.hasOwn(other, key));
  if (missing !== undefined) return `${path} lacks ${quote(missing)}`;
  const more = Object.keys(other).find((key) => !Object.hasOwn(one, key));
  if (more !== undefined) return `${path} has ${quote(more)}, which was not there`;
  return keys.map((key) => ({
    path: below(path, Array.isArray(one) ? Number(key) : key),
    one: (one as Record<string, unknown>)[key],
    other: (other as Record<string, unknown>)[key],
  }));
}

/** Of typed arrays, the first element that differs. */
function partOfBytes(one: object, other: object, path: string): readonly Pair[] | undefined {
  const [wanted, found] = [one as Uint8Array, other as Uint8Array];
  const at = wanted.length === found.length ? wanted.findIndex((item, i) => !Object.is(item, found[i])) : -1;
  return at === -1 ? undefined : [{ path: below(path, at), one: wanted[at], other: found[at] }];
}

function partsOfMap(
  one: Map<unknown, unknown>,
  other: Map<unknown, unknown>,
  path: string,
): readonly Pair[] | undefined {
  const keys = [...one.keys()];
  // Keys that are objects are the same in nobody's eyes but by what they hold: such maps are compared as a whole.
  if (one.size !== other.size || keys.some((key) => isObject(key) || !other.has(key))) return undefined;
  return keys.map((key) => ({
    path: `${path}.get(${quote(key)})`,
    one: one.get(key),
    other: other.get(key),
  }));
}

function isAlike(one: unknown, other: unknown): boolean {
  if (typeof one === "function" && typeof other === "function") return true;
  return isDeepStrictEqual(one, other);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether two objects were not held against each other yet: what holds itself is looked at once. */
function isNew(seen: Map<object, Set<object>>, one: object, other: object): boolean {
  const others = seen.get(one) ?? new Set();
  if (others.has(other)) return false;
  seen.set(one, others.add(other));
  return true;
}

/** A value in few words; its sort where that is what differs, or there are no words for it. */
function shown(value: unknown, other: unknown): string {
  if (value instanceof Date && other instanceof Date) return `Date ${value.toJSON()}`;
  if (isObject(value) || typeof value === "function") return sortOf(value);
  if (Object.is(value, -0)) return "-0";
  return typeof value === typeof other || typeof value === "bigint" || typeof value === "string"
    ? quote(value)
    : `${quote(value)} (${typeof value})`;
}
