/**
 * One byte sequence for each value: the ground of every key and digest.
 *
 * The encoding is typed and length-prefixed, so that no two different values meet, and sorted by code
 * unit, so that the order in which properties were set, or the machine's language, does not count.
 *
 * @module
 */
import { createHash, type Hash, hash as hashOnce } from "node:crypto";
import { types } from "node:util";
import { keyBesideElements, oddMemory, oddProperty } from "./own_keys.ts";
import { below, isPlainObject, sortOf } from "./paths.ts";

/** Bytes in hexadecimal: 64 digits of SHA-256. */
export type Digest = string;

/** Takes the parts of an encoding, in order. */
export type Sink = (part: string | Uint8Array) => void;

/**
 * The SHA-256 of a value's canonical encoding.
 *
 * Equal for values that are equal in type and content; property order, and the order in which entries
 * entered a `Map` or `Set`, do not count. `1`, `"1"`, `1n`, `-0`, `NaN`, `null` and an absent property all
 * differ. No code of the value runs: getters and proxies are refused, so that the digest is that of the value as it
 * is at this moment.
 *
 * @param value Plain objects, arrays, strings, numbers, bigints, booleans, null, `Date`, `Map`, `Set`,
 * `ArrayBuffer` and typed arrays, nested at will.
 * @param path What the value is, for messages: `params`.
 * @returns 64 hexadecimal digits.
 * @throws {TypeError} If the value holds anything else, or itself; the message names where.
 */
export function canonicalDigest(value: unknown, path = "$"): Digest {
  return digestOf((sink) => writeCanonical(value, path, sink));
}

/** A value of Cairn's own making: literals of text, numbers, null, arrays and records, and nothing of a user's. */
export type OwnValue = string | number | null | readonly OwnValue[] | { readonly [name: string]: OwnValue };

/**
 * {@linkcode canonicalDigest} of a value that was made here: without a look at each array and record for what only a
 * user's could hold, which takes longer than all else. Every task has several such keys.
 *
 * @param value The value.
 * @returns 64 hexadecimal digits.
 */
export function ownDigest(value: OwnValue): Digest {
  return hashOnce("sha256", ownEncoding(value), "hex");
}

function ownEncoding(value: OwnValue): string {
  if (value === null) return "z";
  if (typeof value === "string") return textParts("s", value).join("");
  if (typeof value === "number") return numberPart(value);
  if (isList(value)) {
    let text = `a${value.length}:`;
    for (const item of value) text += ownEncoding(item);
    return text;
  }
  const names = Object.keys(value);
  if (names.length > 1) names.sort(byCodeUnit);
  let text = `o${names.length}:`;
  for (const name of names) text += textParts("", name).join("") + ownEncoding(value[name]!);
  return text;
}

function isList(value: OwnValue): value is readonly OwnValue[] {
  return Array.isArray(value);
}

/**
 * Writes a value's canonical encoding.
 *
 * @param value The value.
 * @param path What it is, for messages.
 * @param sink Takes the parts of the encoding in order; texts count as UTF-8.
 * @throws {TypeError} If the value has none; the message names where.
 */
export function writeCanonical(value: unknown, path: string, sink: Sink): void {
  encode(value, { root: path, keys: [], parents: [] }, sink);
}

/** Where in a value the encoding is: its path is made only where a message needs it. */
interface Walk {
  readonly root: string;
  readonly keys: (string | number)[];
  readonly parents: object[];
}

function pathOf({ root, keys }: Walk): string {
  return keys.reduce(below, root);
}

function encodeBelow(value: unknown, key: string | number, walk: Walk, sink: Sink): void {
  walk.keys.push(key);
  encode(value, walk, sink);
  walk.keys.pop();
}

/** The SHA-256 of the parts that are written. */
function digestOf(write: (sink: Sink) => void): Digest {
  let hash: Hash | undefined;
  let pending = "";
  const flush = () => {
    hash ??= createHash("sha256");
    if (pending !== "") hash.update(pending);
    pending = "";
    return hash;
  };
  write((part) => {
    if (typeof part === "string" && part.length < 65_536) {
      pending += part;
      if (pending.length > 65_536) flush();
    } else updateInPieces(flush(), part);
  });
  // Nearly all fit in one piece, for which there is a quicker way.
  return hash === undefined ? hashOnce("sha256", pending, "hex") : flush().digest("hex");
}

/** What is hashed at once is held twice, and has a limit. */
function updateInPieces(hash: Hash, part: string | Uint8Array): void {
  const piece = 1 << 26;
  for (let start = 0; start < part.length;) {
    let end = Math.min(start + piece, part.length);
    // The halves of a surrogate pair stay together.
    if (typeof part === "string" && isHighSurrogate(part.charCodeAt(end - 1))) {
      end = Math.min(end + 1, part.length);
    }
    hash.update(typeof part === "string" ? part.slice(start, end) : part.subarray(start, end));
    start = end;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function encode(value: unknown, walk: Walk, sink: Sink): void {
  switch (typeof value) {
    case "string":
      return encodeText("s", value, sink);
    case "number":
      return sink(numberPart(value));
    case "bigint":
      return sink(`i${value};`);
    case "boolean":
      return sink(value ? "t" : "f");
    case "object":
      return value === null ? sink("z") : encodeObject(value, walk, sink);
    case "undefined":
      throw new TypeError(`Cannot hash ${pathOf(walk)}: it is undefined; leave it out, or use null`);
    default:
      throw new TypeError(
        `Cannot hash ${pathOf(walk)}: it is ${sortOf(value)}, which has no content to hash`,
      );
  }
}

function numberPart(value: number): string {
  return Object.is(value, -0) ? "n-0;" : `n${value};`;
}

function encodeText(tag: string, text: string, sink: Sink): void {
  for (const part of textParts(tag, text)) sink(part);
}

/** A lone surrogate has no UTF-8, so text that holds one goes by its code units, under a tag of its own. */
function textParts(tag: string, text: string): readonly string[] {
  if (!text.isWellFormed()) return [`${tag}!${text.length}:${codeUnits(text)}`];
  if (text.length < 1000) return [`${tag}${text.length}:${text}`];
  // One text of both could be longer than a text can be.
  return [`${tag}${text.length}:`, text];
}

function codeUnits(text: string): string {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16)).join(",") + ";";
}

function encodeObject(value: object, walk: Walk, sink: Sink): void {
  const { parents } = walk;
  if (parents.includes(value)) throw new TypeError(`Cannot hash ${pathOf(walk)}: it holds itself`);
  if (parents.length > 1000) {
    throw new TypeError(`Cannot hash ${pathOf(walk)}: it is nested more than 1000 deep`);
  }
  if (types.isProxy(value)) {
    throw new TypeError(
      `Cannot hash ${pathOf(walk)}: it is a Proxy, which may show another content each time; copy it first`,
    );
  }
  parents.push(value);
  if (Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype) {
    encodeArray(value, walk, sink);
  } else if (isPlainObject(value)) encodeRecord(value, walk, sink);
  else encodeBuiltIn(value, walk, sink);
  parents.pop();
}

function encodeArray(value: readonly unknown[], walk: Walk, sink: Sink): void {
  const odd = keyBesideElements(value);
  if (odd !== undefined) {
    throw new TypeError(
      `Cannot hash ${pathOf(walk)}: its property ${String(odd)} is a symbol, hidden, or not an element`,
    );
  }
  sink(`a${value.length}:`);
  for (let i = 0; i < value.length; i++) {
    const element = Object.getOwnPropertyDescriptor(value, i);
    if (element === undefined) {
      throw new TypeError(`Cannot hash ${below(pathOf(walk), i)}: the array has a hole there`);
    }
    if (!("value" in element)) throw isGetter(below(pathOf(walk), i));
    encodeBelow(element.value, i, walk, sink);
  }
}

function encodeRecord(value: Record<string, unknown>, walk: Walk, sink: Sink): void {
  // Nothing is ever skipped, and nothing read that another reading need not give.
  const odd = oddProperty(value);
  if (odd?.sort === "getter") throw isGetter(below(pathOf(walk), String(odd.key)));
  if (odd !== undefined) {
    throw new TypeError(
      `Cannot hash ${pathOf(walk)}: its property ${String(odd.key)} is a symbol, hidden, or not an element`,
    );
  }
  const names = Object.keys(value).sort(byCodeUnit);
  sink(`o${names.length}:`);
  for (const name of names) {
    encodeText("", name, sink);
    encodeBelow(value[name], name, walk, sink);
  }
}

function isGetter(path: string): TypeError {
  return new TypeError(
    `Cannot hash ${path}: it is a getter, which may give another value each time; copy it first`,
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

function encodeBuiltIn(value: object, walk: Walk, sink: Sink): void {
  // A subclass may hold more than what its base class shows; and a prototype alone makes no Map.
  if (!BUILT_INS.has(Object.getPrototypeOf(value)) || !isOfItsPrototype(value)) {
    throw cannotHash(value, pathOf(walk));
  }
  refuseOwnProperties(value, walk);
  if (value instanceof Date) return sink(`d${value.getTime()};`);
  if (value instanceof Map) {
    return encodeSorted("m", [...value], walk, sink, ([key, item], to) => {
      encodeBelow(key, "key", walk, to);
      encode(item, walk, to);
    });
  }
  if (value instanceof Set) {
    return encodeSorted("e", [...value], walk, sink, (item, to) => encode(item, walk, to));
  }
  // Somebody else may change such bytes meanwhile, or has them now.
  const memory = oddMemory(ArrayBuffer.isView(value) ? value.buffer : value as ArrayBuffer);
  if (memory !== undefined) {
    throw new TypeError(`Cannot hash ${pathOf(walk)}: its bytes lie in ${memory}; copy them first`);
  }
  if (value instanceof ArrayBuffer) {
    sink(`b11:ArrayBuffer${value.byteLength}:`);
    return sink(new Uint8Array(value));
  }
  const { buffer, byteOffset, byteLength, [Symbol.toStringTag]: name } = value as Uint8Array;
  sink(`b${name.length}:${name}${byteLength}:`);
  sink(new Uint8Array(buffer, byteOffset, byteLength));
}

function isOfItsPrototype(value: object): boolean {
  if (value instanceof Date) return types.isDate(value);
  if (value instanceof Map) return types.isMap(value);
  if (value instanceof Set) return types.isSet(value);
  if (value instanceof ArrayBuffer) return types.isArrayBuffer(value);
  return ArrayBuffer.isView(value) && value.constructor.name === (value as Uint8Array)[Symbol.toStringTag];
}

function cannotHash(value: object, path: string): TypeError {
  return new TypeError(
    `Cannot hash ${path}: it is ${
      sortOf(value)
    }; plain objects, arrays, text, numbers, bigints, booleans, null, ` +
      "Date, Map, Set and typed arrays have a content to hash",
  );
}

function refuseOwnProperties(value: object, walk: Walk): void {
  const odd = ArrayBuffer.isView(value) ? keyBesideElements(value) : Reflect.ownKeys(value)[0];
  if (odd !== undefined) {
    throw new TypeError(
      `Cannot hash ${pathOf(walk)}: it is ${sortOf(value)} with a property ${String(odd)} of its own`,
    );
  }
}

/** Entries in the order of their own digests, since a `Map` and a `Set` are equal in any order. */
function encodeSorted<T>(
  tag: string,
  entries: readonly T[],
  { keys }: Walk,
  sink: Sink,
  encodeEntry: (entry: T, sink: Sink) => void,
): void {
  const digests = entries.map((entry, i) => {
    keys.push(i);
    const digest = digestOf((to) => encodeEntry(entry, to));
    keys.pop();
    return digest;
  });
  sink(`${tag}${digests.length}:${digests.sort(byCodeUnit).join("")}`);
}

/** Orders text by code unit, alike on every machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
