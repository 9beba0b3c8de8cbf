/**
 * Where two values differ, for a message that says so.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { quote } from "./names.ts";
import { below, isPlainObject, sortOf } from "./paths.ts";

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
 * properties that are hidden or private do not count. Beyond that, two functions are taken to be alike, since nobody
 * can tell, and so are a plain object with a prototype and one without.
 *
 * @param wanted What a value should be.
 * @param found What it is.
 * @returns Such as `$.rows[3] is "a", wanted 1`; undefined where they are equal.
 */
export function differenceBetween(wanted: unknown, found: unknown): string | undefined {
  if (isEqual(wanted, found)) return undefined;
  const seen = new Map<object, Set<object>>();
  const pairs: Pair[] = [{ path: "$", one: wanted, other: found }];
  let isLenient = false;
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const { path, one, other } = pair;
    isLenient ||= isTakenAsAlike(one, other);
    const inside = partsOf(one, other, path);
    if (inside === undefined) {
      if (!isAlike(one, other)) return `${path} is ${shown(other, one)}, wanted ${shown(one, other)}`;
    } else if (typeof inside === "string") return inside;
    else if (isNew(seen, one as object, other as object)) pairs.push(...inside.toReversed());
  }
  // What differs is nothing that can be named: a key that is a symbol, the message of an error with keys of its own.
  return isLenient || isEqual(wanted, found) !== false ? undefined : `$ is another ${bare(sortOf(found))}`;
}

/** Undefined where nobody can tell: it is nested more deeply than the stack. */
function isEqual(one: unknown, other: unknown): boolean | undefined {
  try {
    return isDeepStrictEqual(one, other);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function isTakenAsAlike(one: unknown, other: unknown): boolean {
  if (typeof one === "function" && typeof other === "function") return true;
  return isObject(one) && isObject(other) && Object.getPrototypeOf(one) !== Object.getPrototypeOf(other) &&
    isPlainObject(one) && isPlainObject(other);
}

/** What two values hold that may be told apart one by one: undefined where they hold nothing of the kind. */
function partsOf(one: unknown, other: unknown, path: string): readonly Pair[] | string | undefined {
  if (!isObject(one) || !isObject(other)) return undefined;
  const isOfOneSort = Object.getPrototypeOf(one) === Object.getPrototypeOf(other);
  if (!isOfOneSort && !isTakenAsAlike(one, other)) return undefined;
  if (ArrayBuffer.isView(one) && !(one instanceof DataView)) return partOfBytes(one, other, path);
  if (one instanceof Map) return partsOfMap(one, other as Map<unknown, unknown>, path);
  if (Array.isArray(one) && one.length !== (other as unknown[]).length) {
    return lengthDiffers(path, one, other as unknown[]);
  }
  const keys = Object.keys(one);
  // Of dates, sets, addresses and the like the keys tell nothing.
  if (keys.length === 0 && Object.keys(other).length === 0 && !isPlainObject(one) && !Array.isArray(one)) {
    return undefined;
  }
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
function partOfBytes(one: object, other: object, path: string): readonly Pair[] | string {
  const [wanted, found] = [one as Uint8Array, other as Uint8Array];
  if (wanted.length !== found.length) return lengthDiffers(path, wanted, found);
  const at = wanted.findIndex((item, i) => !Object.is(item, found[i]));
  return at === -1 ? [] : [{ path: below(path, at), one: wanted[at], other: found[at] }];
}

function partsOfMap(
  one: Map<unknown, unknown>,
  other: Map<unknown, unknown>,
  path: string,
): readonly Pair[] | string {
  if (one.size !== other.size) return `${path} has ${other.size} entries, wanted ${one.size}`;
  const keys = [...one.keys()];
  const strange = keys.find((key) => !isObject(key) && !other.has(key));
  if (strange !== undefined) return `${path} lacks the key ${quote(strange)}`;
  // A key that is an object is found by its place.
  const others = [...other];
  return keys.flatMap((key, i) => {
    const at = `${path}.get(${isObject(key) ? sortOf(key) : quote(key)})`;
    if (!isObject(key)) return [{ path: at, one: one.get(key), other: other.get(key) }];
    const [otherKey, value] = others[i]!;
    return [{ path: `${path}.keys()[${i}]`, one: key, other: otherKey }, {
      path: at,
      one: one.get(key),
      other: value,
    }];
  });
}

function lengthDiffers(path: string, one: ArrayLike<unknown>, other: ArrayLike<unknown>): string {
  return `${path} has ${other.length} elements, wanted ${one.length}`;
}

function isAlike(one: unknown, other: unknown): boolean {
  if (typeof one === "function" && typeof other === "function") return true;
  return isEqual(one, other) !== false;
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
  if (isTold(value) && isTold(other)) return `${bare(sortOf(value))} ${quote(String(value))}`;
  if (isObject(value) || typeof value === "function") {
    return isObject(other) && sortOf(value) === sortOf(other)
      ? `another ${bare(sortOf(value))}`
      : sortOf(value);
  }
  if (Object.is(value, -0)) return "-0";
  return typeof value === typeof other || ["bigint", "string", "undefined"].includes(typeof value)
    ? quote(value)
    : `${quote(value)} (${typeof value})`;
}

/** What tells of itself as text. */
function isTold(value: unknown): boolean {
  return value instanceof RegExp || value instanceof Error || value instanceof URL;
}

/** `an instance of URL` as `URL`. */
function bare(sort: string): string {
  return sort.replace(/^an? (instance of )?/, "");
}
