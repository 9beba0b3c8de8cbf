/**
 * One byte sequence for each value: the ground of every key and digest.
 *
 * The encoding is typed and length-prefixed, so that no two different values meet, and sorted by code
 * unit, so that the order in which properties were set, or the machine's language, does not count.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { below, isPlainObject, sortOf } from "./paths.ts";

/** Bytes in hexadecimal: 64 digits of SHA-256. */
export type Digest = string;

/** Takes the parts of an encoding, in order. */
type Sink = (part: string | Uint8Array) => void;

/**
 * The SHA-256 of a value's canonical encoding.
 *
 * Equal for values that are equal in type and content; property order, and the order in which entries
 * entered a `Map` or `Set`, do not count. `1`, `"1"`, `1n`, `-0`, `NaN`, `null` and an absent property all
 * differ.
 *
 * @param value Plain objects, arrays, strings, numbers, bigints, booleans, null, `Date`, `Map`, `Set`,
 * `ArrayBuffer` and typed arrays, nested at will.
 * @param path What the value is, for messages: `params`.
 * @returns 64 hexadecimal digits.
 * @throws {TypeError} If the value holds anything else, or itself; the message names where.
 */
export function canonicalDigest(value: unknown, path = "$"): Digest {
  const hash = createHash("sha256");
  let pending = "";
  const flush = () => {
    if (pending !== "") hash.update(pending);
    pending = "";
  };
  encode(value, path, [], (part) => {
    if (typeof part === "string") {
      pending += part;
      if (pending.length > 65_536) flush();
    } else {
      flush();
      updateInPieces(hash, part);
    }
  });
  flush();
  return hash.digest("hex");
}

function updateInPieces(hash: Hash, bytes: Uint8Array): void {
  const piece = 1 << 30;
  for (let start = 0; start < bytes.length; start += piece) {
    hash.update(bytes.subarray(start, start + piece));
  }
}

function encode(value: unknown, path: string, parents: object[], sink: Sink): void {
  switch (typeof value) {
    case "string":
      return encodeText("s", value, sink);
    case "number":
      return sink(Object.is(value, -0) ? "n-0;" : `n${value};`);
    case "bigint":
      return sink(`i${value};`);
    case "boolean":
      return sink(value ? "t" : "f");
    case "object":
      return value === null ? sink("z") : encodeObject(value, path, parents, sink);
    case "undefined":
      throw new TypeError(`Cannot hash ${path}: it is undefined; leave it out, or use null`);
    default:
      throw new TypeError(`Cannot hash ${path}: it is ${sortOf(value)}, which has no content to hash`);
  }
}

/** A lone surrogate has no UTF-8, so text that holds one goes by its code units, under a tag of its own. */
function encodeText(tag: string, text: string, sink: Sink): void {
  sink(text.isWellFormed() ? `${tag}${text.length}:${text}` : `${tag}!${text.length}:${codeUnits(text)}`);
}

function codeUnits(text: string): string {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16)).join(",") + ";";
}

function encodeObject(value: object, path: string, parents: object[], sink: Sink): void {
  if (parents.includes(value)) throw new TypeError(`Cannot hash ${path}: it holds itself`);
  if (parents.length > 1000) throw new TypeError(`Cannot hash ${path}: it is nested more than 1000 deep`);
  parents.push(value);
  if (Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype) {
    encodeArray(value, path, parents, sink);
  } else if (isPlainObject(value)) encodeRecord(value, path, parents, sink);
  else encodeBuiltIn(value, path, parents, sink);
  parents.pop();
}

function encodeArray(value: readonly unknown[], path: string, parents: object[], sink: Sink): void {
  refuseOddProperties(value, path, value.length + 1);
  sink(`a${value.length}:`);
  for (let i = 0; i < value.length; i++) {
    if (!(i in value)) throw new TypeError(`Cannot hash ${below(path, i)}: the array has a hole there`);
    encode(value[i], below(path, i), parents, sink);
  }
}

function encodeRecord(value: Record<string, unknown>, path: string, parents: object[], sink: Sink): void {
  const names = Object.keys(value).sort(byCodeUnit);
  refuseOddProperties(value, path, names.length);
  sink(`o${names.length}:`);
  for (const name of names) {
    encodeText("", name, sink);
    encode(value[name], below(path, name), parents, sink);
  }
}

/** Symbols, and properties that are hidden, would be left out of the key: nothing is ever skipped. */
function refuseOddProperties(value: object, path: string, expected: number): void {
  const keys = Reflect.ownKeys(value);
  if (keys.length === expected && typeof keys.at(-1) !== "symbol") return;
  const odd = keys.find((key) =>
    typeof key === "symbol" ||
    (Array.isArray(value) ? !/^(0|[1-9]\d*|length)$/.test(key) : !Object.keys(value).includes(key))
  );
  if (odd === undefined) return; // an array with holes, which are named one by one
  throw new TypeError(
    `Cannot hash ${path}: its property ${String(odd)} is a symbol, hidden, or not an element`,
  );
}

const BUILT_INS = new Set<unknown>([
  ...[
    Date,
    Map,
    Set,
    ArrayBuffer,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
  ],
  ...[Uint32Array, Float16Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array],
].map(({ prototype }) => prototype));

function encodeBuiltIn(value: object, path: string, parents: object[], sink: Sink): void {
  // A subclass may hold more than what its base class shows.
  if (!BUILT_INS.has(Object.getPrototypeOf(value))) throw cannotHash(value, path);
  refuseOwnProperties(value, path);
  if (value instanceof Date) return sink(`d${value.getTime()};`);
  if (value instanceof Map) {
    return encodeSorted("m", [...value], path, sink, ([key, item], at, to) => {
      encode(key, `${at}.key`, parents, to);
      encode(item, at, parents, to);
    });
  }
  if (value instanceof Set) {
    return encodeSorted("e", [...value], path, sink, (item, at, to) => encode(item, at, parents, to));
  }
  if (value instanceof ArrayBuffer) {
    sink(`b11:ArrayBuffer${value.byteLength}:`);
    return sink(new Uint8Array(value));
  }
  const { buffer, byteOffset, byteLength, constructor: { name } } = value as Uint8Array;
  sink(`b${name.length}:${name}${byteLength}:`);
  sink(new Uint8Array(buffer, byteOffset, byteLength));
}

function cannotHash(value: object, path: string): TypeError {
  return new TypeError(
    `Cannot hash ${path}: it is ${
      sortOf(value)
    }; plain objects, arrays, text, numbers, bigints, booleans, null, ` +
      "Date, Map, Set and typed arrays have a content to hash",
  );
}

/** To list the keys of a large typed array would cost far more than to hash it. */
const LISTED_KEYS = 10_000;

function refuseOwnProperties(value: object, path: string): void {
  const length = ArrayBuffer.isView(value) ? (value as Uint8Array).length : 0;
  if (length > LISTED_KEYS && Object.getOwnPropertySymbols(value).length === 0) return;
  const odd = Reflect.ownKeys(value)[length];
  if (odd !== undefined) {
    throw new TypeError(
      `Cannot hash ${path}: it is ${sortOf(value)} with a property ${String(odd)} of its own`,
    );
  }
}

/** Entries in the order of their own digests, since a `Map` and a `Set` are equal in any order. */
function encodeSorted<T>(
  tag: string,
  entries: readonly T[],
  path: string,
  sink: Sink,
  encodeEntry: (entry: T, path: string, sink: Sink) => void,
): void {
  const digests = entries.map((entry, i) => {
    const hash = createHash("sha256");
    encodeEntry(entry, below(path, i), (part) => hash.update(part));
    return hash.digest("hex");
  });
  sink(`${tag}${digests.length}:${digests.sort(byCodeUnit).join("")}`);
}

/** Orders text by code unit, alike on every machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
