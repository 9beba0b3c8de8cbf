/**
 * Any value that can be hashed, as JSON that a person reads: what metadata and the registry keep.
 *
 * @module
 */

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/**
 * A value as JSON. What JSON has no word for is one object with a name that begins with `$`: `{ "$bigint": "12" }`.
 *
 * It is for people and for comparing; nothing is ever loaded from it.
 *
 * @param value A value that {@linkcode canonicalDigest} takes.
 * @returns The same in JSON; a typed array by its type and length alone.
 */
export function describe(value: unknown): JsonValue {
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $number: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value === undefined || typeof value === "function" || typeof value === "symbol") {
    return { $other: typeof value };
  }
  if (typeof value !== "object" || value === null) return value as JsonValue;
  if (Array.isArray(value)) return value.map(describe);
  if (value instanceof Date) {
    return { $date: Number.isNaN(value.getTime()) ? "invalid" : value.toISOString() };
  }
  if (value instanceof Map) return { $map: [...value].map(([key, item]) => [describe(key), describe(item)]) };
  if (value instanceof Set) return { $set: [...value].map(describe) };
  if (value instanceof ArrayBuffer) return { $bytes: value.byteLength };
  if (ArrayBuffer.isView(value)) {
    return { $array: value.constructor.name, $bytes: value.byteLength };
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, describe(item)]));
}
