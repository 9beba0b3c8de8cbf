/**
 * A strict run: what a stage reads can't be changed by it for others.
 *
 * What has a cacher is handed on as its cacher loads it, to each stage a value of its own; all that is read is frozen, as
 * far as JavaScript can freeze it.
 *
 * @module
 */
import { copyOf } from "../params/copy.ts";
import { isPlainObject } from "../params/paths.ts";

/** How far a value can be kept from change: `copyable` ones hold what is never frozen, such as a `Map`. */
type Hardness = "frozen" | "copyable" | "soft";

/**
 * Freezes a value: its plain objects and arrays, with all in them. Maps, sets, dates and typed arrays can't be frozen;
 * functions and instances of classes are left as they are.
 *
 * @param value Any value; it is changed in place.
 * @returns The same value.
 */
export function deepFreeze<T>(value: T): T {
  harden(value, new Set());
  return value;
}

/**
 * A value that is in memory only, as one of several stages gets it: frozen; or else a copy, frozen as far as it can be.
 *
 * @param value The value; it is frozen in place.
 * @returns The value itself, or a copy; the value itself too where it holds functions or instances of classes.
 */
export function handedOn(value: unknown): unknown {
  return harden(value, new Set()) === "copyable" ? deepFreeze(copyOf(value)) : value;
}

const COPYABLE = [Date, RegExp, ArrayBuffer, DataView].map(({ prototype }) => prototype as object);
const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object;

function harden(value: unknown, seen: Set<object>): Hardness {
  if (typeof value === "function") return "soft";
  if (typeof value !== "object" || value === null || seen.has(value)) return "frozen";
  seen.add(value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Array.prototype || isPlainObject(value)) {
    Object.freeze(value);
    return hardenAll(Array.isArray(value) ? value : Object.values(value), seen, "frozen");
  }
  if (prototype === Map.prototype) {
    return hardenAll([...value as Map<unknown, unknown>].flat(), seen, "copyable");
  }
  if (prototype === Set.prototype) return hardenAll(value as Set<unknown>, seen, "copyable");
  const isBytes = Object.getPrototypeOf(prototype) === TYPED_ARRAY;
  return isBytes || COPYABLE.includes(prototype) ? "copyable" : "soft";
}

/** The softest of what is held, and no harder than what holds it. */
function hardenAll(values: Iterable<unknown>, seen: Set<object>, holder: Hardness): Hardness {
  let softest = holder;
  for (const value of values) {
    const found = harden(value, seen);
    if (found === "soft" || softest === "frozen") softest = found;
  }
  return softest;
}

/** What V8 says to whoever changes what is frozen. */
const CHANGE = /read only property|not extensible|Cannot (delete|redefine) property|Cannot define property/;

/**
 * Adds to an error that a frozen input may have caused what to do about it.
 *
 * @param error What a stage of a strict run threw.
 * @returns An error that says so; any other error as it is.
 */
export function explainFrozen(error: unknown): unknown {
  const thrown = error instanceof Error && error.cause instanceof TypeError ? error.cause : error;
  if (!(thrown instanceof TypeError) || !(error instanceof Error) || !CHANGE.test(thrown.message)) {
    return error;
  }
  return new TypeError(
    `${error.message}; in a strict run what a stage reads is frozen: if it is that, change a copy of it`,
    { cause: thrown },
  );
}
