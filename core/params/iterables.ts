/**
 * What can be gone through item by item, and how often.
 *
 * @module
 */

/**
 * Whether a value stands for its items, one after the other.
 *
 * @param value Any value.
 * @returns Whether it is an async iterable, a list, or an iterator, such as a generator returns. A text, a map or a typed
 * array is a value of its own kind.
 */
export function isStream(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return Array.isArray(value) || isIterator(value) || hasMethod(value, Symbol.asyncIterator);
}

/**
 * Whether a value can be gone through but once, such as what a generator returns.
 *
 * @param value Any value.
 * @returns Whether it is an iterator, which gives itself each time that it is iterated, or a `ReadableStream`.
 */
export function isOneTime(value: unknown): boolean {
  return isIterator(value) || value instanceof ReadableStream;
}

function isIterator(value: unknown): boolean {
  return hasMethod(value, "next") &&
    (hasMethod(value, Symbol.asyncIterator) || hasMethod(value, Symbol.iterator));
}

function hasMethod(value: unknown, name: PropertyKey): boolean {
  if (typeof value !== "object" || value === null) return false;
  return typeof (value as Record<PropertyKey, unknown>)[name] === "function";
}
