/**
 * Deep equality of two kinds, written apart from all that the product uses for it.
 *
 * @module
 */

/** What counts beside types and contents. */
export interface Strictness {
  /** Whether the order of keys and entries does. */
  readonly order: boolean;
  /** Whether it does which objects are one and the same, cycles among them. */
  readonly identity: boolean;
}

const BOXES = [Date, Number, String, Boolean, BigInt].map(({ prototype }) => prototype as object);

/**
 * Whether two values are the same in type and content.
 *
 * An object without a prototype is as good as one with the usual prototype.
 *
 * @param a One.
 * @param b The other.
 * @param strictness What else counts.
 * @returns Whether they are.
 */
export function isSame(a: unknown, b: unknown, strictness: Strictness): boolean {
  return same(a, b, { ...strictness, there: new Map(), back: new Map() });
}

interface Pairs extends Strictness {
  readonly there: Map<object, object>;
  readonly back: Map<object, object>;
}

function same(a: unknown, b: unknown, pairs: Pairs): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const [prototypeA, prototypeB] = [a, b].map((each) => Object.getPrototypeOf(each) ?? Object.prototype);
  if (prototypeA !== prototypeB) return false;
  if (pairs.identity) {
    const [met, other] = [pairs.there.get(a), pairs.back.get(b)];
    if (met !== undefined || other !== undefined) return met === b && other === a;
    pairs.there.set(a, b);
    pairs.back.set(b, a);
  }
  if (!sameInside(a, b, pairs)) return false;
  const [keysA, keysB] = [keysOf(a), keysOf(b)];
  if (keysA.length !== keysB.length) return false;
  if (pairs.order && keysA.some((key, i) => key !== keysB[i])) return false;
  return keysA.every((key) => {
    const [one, two] = [a, b].map((each) => Object.getOwnPropertyDescriptor(each, key));
    return one !== undefined && two !== undefined && one.enumerable === two.enumerable &&
      same((a as Record<PropertyKey, unknown>)[key], (b as Record<PropertyKey, unknown>)[key], pairs);
  });
}

/** Elements of typed arrays are compared as bytes; all else that has keys is compared by them. */
function keysOf(value: object): readonly PropertyKey[] {
  const keys = Reflect.ownKeys(value);
  if (ArrayBuffer.isView(value)) return keys.filter((key) => typeof key === "symbol" || !/^\d+$/.test(key));
  // Nobody orders the properties of an error.
  return value instanceof Error ? keys.map(String).sort() : keys;
}

function sameInside(a: object, b: object, pairs: Pairs): boolean {
  if (ArrayBuffer.isView(a)) return sameBytes(a, b as ArrayBufferView);
  if (a instanceof ArrayBuffer) return sameBytes(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  if (a instanceof Map) return sameEntries([...a], [...b as Map<unknown, unknown>], pairs);
  if (a instanceof Set) {
    return sameEntries([...a].map((item) => [item]), [...b as Set<unknown>].map((item) => [item]), pairs);
  }
  if (a instanceof RegExp) return String(a) === String(b);
  return !BOXES.includes(Object.getPrototypeOf(a)) || Object.is(a.valueOf(), b.valueOf());
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const [one, two] = [a, b].map(({ buffer, byteOffset, byteLength }) =>
    new Uint8Array(buffer, byteOffset, byteLength)
  );
  return one!.length === two!.length && one!.every((byte, i) => byte === two![i]);
}

function sameEntries(a: readonly unknown[][], b: readonly unknown[][], pairs: Pairs): boolean {
  if (a.length !== b.length) return false;
  const sameEntry = (entry: unknown[], other: unknown[] | undefined) =>
    other !== undefined && entry.every((part, i) => same(part, other[i], pairs));
  if (pairs.order) return a.every((entry, i) => sameEntry(entry, b[i]));
  // Equality is an equivalence, so the first that fits will do.
  const rest = [...b];
  return a.every((entry) => {
    const found = rest.findIndex((other) => sameEntry(entry, other));
    if (found === -1) return false;
    rest.splice(found, 1);
    return true;
  });
}
