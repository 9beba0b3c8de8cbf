/**
 * Any value that can be hashed, as JSON that a person reads: what metadata and the registry keep.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { types } from "node:util";
import { byCodeUnit } from "./canonical.ts";

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/** The key of what stands for a parameter in a hash, in the object that stands in its place. */
export const REPRESENTED: unique symbol = Symbol("represented");

/**
 * A value as JSON. What JSON has no word for is one object with a name that begins with `$`: `{ "$bigint": "12" }`.
 *
 * It is for people and for comparing; nothing is ever loaded from it. Two values that can be hashed have one
 * description just where they have one digest, the order of names aside: a typed array is its type and the digest of
 * its bytes, a name that is one of these itself has one more `$`, and the entries of a `Map` or a `Set` are in an order
 * that depends on them alone.
 *
 * @param value A value that {@linkcode canonicalDigest} takes. Of any other, such as one that is in no hash, as much as
 * can be told.
 * @returns The same in JSON.
 */
export function describe(value: unknown): JsonValue {
  return described(value, []);
}

function described(value: unknown, above: readonly object[]): JsonValue {
  switch (typeof value) {
    case "bigint":
      return { $bigint: String(value) };
    case "number":
      if (Object.is(value, -0)) return { $number: "-0" };
      return Number.isFinite(value) ? value : { $number: String(value) };
    case "string":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : describedObject(value, above);
    default:
      return { $other: typeof value };
  }
}

function describedObject(value: object, above: readonly object[]): JsonValue {
  // Neither can be hashed.
  if (above.includes(value)) return { $other: "itself" };
  if (above.length > 1000) return { $other: "nested more than 1000 deep" };
  const under = [...above, value];
  const inside = (item: unknown) => described(item, under);
  if (Array.isArray(value)) return Array.from(value, inside);
  if (types.isDate(value)) {
    return { $date: Number.isNaN(Number(value)) ? "invalid" : new Date(Number(value)).toISOString() };
  }
  if (types.isMap(value)) return { $map: sorted([...value].map((entry) => entry.map(inside))) };
  if (types.isSet(value)) return { $set: sorted([...value].map(inside)) };
  if (types.isAnyArrayBuffer(value)) return bytesOf(new Uint8Array(value.slice(0)));
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return { $array: value.constructor.name, ...bytesOf(new Uint8Array(buffer, byteOffset, byteLength)) };
  }
  if (REPRESENTED in value) return { $hash: inside(value[REPRESENTED]) };
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [nameIn(name), inside(item)]));
}

/** A name of the user's is never one of those that stand for what JSON has no word for. */
function nameIn(name: string): string {
  return /^\$+(bigint|number|date|map|set|bytes|sha256|array|hash|other)$/.test(name) ? `$${name}` : name;
}

function bytesOf(bytes: Uint8Array): { $bytes: number; $sha256: string } {
  return { $bytes: bytes.length, $sha256: createHash("sha256").update(bytes).digest("hex").slice(0, 16) };
}

/** Equal maps and sets have one description, in whatever order they were filled. */
function sorted(items: readonly JsonValue[]): JsonValue[] {
  return items.map((item) => ({ item, text: orderText(item) }))
    .sort((a, b) => byCodeUnit(a.text, b.text))
    .map(({ item }) => item);
}

/** One text, in whatever order the names of an object stand, and that no list has. */
function orderText(item: JsonValue): string {
  return JSON.stringify(
    item,
    (_, value) =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? value
        : { $: Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b)) },
  );
}
