/**
 * Reads what `structured_encode.ts` writes, from bytes that anybody may have changed.
 *
 * V8's own reader takes the same bytes. But it makes whatever length a few bytes claim, 256 MB at a time, and how deep
 * it can go depends on the stack of its C++ code. Here nothing is made that is longer than the bytes that are left,
 * and each error says at which byte it is.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { FLAGS, VIEWS } from "./structured_encode.ts";
import {
  checkLeft,
  peekTag,
  readBigInt,
  readByte,
  readBytes,
  readDouble,
  type Reader,
  readTag,
  readText,
  readVarint,
  wrong,
} from "./structured_reader.ts";

/**
 * Reads a value.
 *
 * @param bytes The bytes of one value, from the version of the format on.
 * @returns The value.
 * @throws {SyntaxError} If they are no such bytes; the message says at which of them.
 * @throws {RangeError} If it is nested more deeply than the stack.
 */
export function decodeStructured(bytes: Uint8Array): unknown {
  const { buffer, byteOffset, byteLength } = bytes;
  const reader: Reader = {
    bytes: Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength),
    view: new DataView(buffer, byteOffset, byteLength),
    at: 0,
    objects: [],
    keys: [],
  };
  const [mark, version] = [readByte(reader), readByte(reader)];
  if (mark !== 0xff || version !== 15) throw wrong(0, "the format is none that this version knows");
  const value = readValue(reader);
  if (reader.at !== byteLength) throw wrong(reader.at, "more follows the value");
  return value;
}

function readValue(reader: Reader): unknown {
  const at = reader.at;
  const tag = readTag(reader);
  switch (tag) {
    case '"':
    case "c":
      return readText(reader, tag);
    case "I": {
      const zigzag = readVarint(reader);
      return (zigzag >>> 1) ^ -(zigzag & 1);
    }
    case "N":
      return readDouble(reader);
    case "T":
      return true;
    case "F":
      return false;
    case "0":
      return null;
    case "_":
      return undefined;
    case "Z":
      return readBigInt(reader);
    case "^": {
      const known = reader.objects[readVarint(reader)];
      if (known === undefined) throw wrong(at, "an object is named that was not met before");
      return known;
    }
    default:
      return readObject(reader, tag, at);
  }
}

function readObject(reader: Reader, tag: string, at: number): object {
  switch (tag) {
    case "o": {
      const value = met(reader, {});
      readEnd(reader, at, readProperties(reader, value, "{"));
      return value;
    }
    case "A":
      return readWhole(reader, at);
    case "a":
      return readSparse(reader, at);
    case ";":
      return readMap(reader, at);
    case "'":
      return readSet(reader, at);
  }
  // What has no objects within can be made before it is met. An error can have one, in its cause.
  if (tag === "r") return readError(reader, at);
  return met(reader, readLeaf(reader, tag, at));
}

function met<T extends object>(reader: Reader, value: T): T {
  reader.objects.push(value);
  return value;
}

function readLeaf(reader: Reader, tag: string, at: number): object {
  switch (tag) {
    case "D":
      return new Date(readDouble(reader));
    case "R":
      return readRegExp(reader, at);
    case "B":
      return readBytes(reader, readVarint(reader)).buffer;
    case "\\": {
      const view = VIEWS[readVarint(reader)];
      if (view === undefined) throw wrong(at, "a typed array is of no known type");
      const { buffer } = readBytes(reader, readVarint(reader));
      const size = (view as unknown as Uint8ArrayConstructor).BYTES_PER_ELEMENT ?? 1;
      if (buffer.byteLength % size !== 0) throw wrong(at, "a typed array ends within an element");
      return new view(buffer);
    }
    case "n":
      return new Number(readDouble(reader));
    case "z":
      return Object(readBigInt(reader));
    case "s":
      return new String(readText(reader, readTag(reader)));
    case "y":
      return new Boolean(true);
    case "x":
      return new Boolean(false);
    default:
      throw wrong(at, `there is ${JSON.stringify(tag)}, which begins no value`);
  }
}

/** Reads keys and values up to a tag. Gives how many there were. */
function readProperties(reader: Reader, value: object, end: string, limit = 0): number {
  const properties = value as Record<string, unknown>;
  for (let count = 0;; count++) {
    const at = reader.at;
    if (peekTag(reader) === end) {
      reader.at++;
      return count;
    }
    const name = readKey(reader, count);
    if (typeof name !== "string" && typeof name !== "number") throw wrong(at, "a key is no text");
    if (Array.isArray(value) && !(typeof name === "number" ? name < limit : name !== "length")) {
      throw wrong(at, "a key lies beyond the length of its list");
    }
    const item = readValue(reader);
    // Where a runtime has that accessor, assigning to it would give the object another prototype.
    if (name !== "__proto__") properties[name] = item;
    else {Object.defineProperty(value, name, {
        value: item,
        writable: true,
        enumerable: true,
        configurable: true,
      });}
  }
}

/** Rows of a table have the same keys at the same places: each is put together once, not once a row. */
function readKey(reader: Reader, place: number): unknown {
  const { bytes, at, keys } = reader;
  const last = keys[place];
  if (last !== undefined) {
    let i = 0;
    while (i < last.size && bytes[at + i] === bytes[last.at + i]) i++;
    if (i === last.size) {
      reader.at += last.size;
      return last.name;
    }
  }
  const name = readValue(reader);
  if (place < 100 && typeof name === "string") keys[place] = { at, size: reader.at - at, name };
  return name;
}

/** At the end of an object its size is told again. */
function readEnd(reader: Reader, at: number, ...sizes: readonly number[]): void {
  for (const size of sizes) {
    if (readVarint(reader) !== size) {
      throw wrong(at, "an object has more or fewer parts than it says at its end");
    }
  }
}

function readWhole(reader: Reader, at: number): unknown[] {
  const length = readVarint(reader);
  checkLeft(reader, length);
  const value: unknown[] = met(reader, []);
  for (let i = 0; i < length; i++) value.push(readValue(reader));
  readEnd(reader, at, readProperties(reader, value, "$"), length);
  return value;
}

function readSparse(reader: Reader, at: number): unknown[] {
  const length = readVarint(reader);
  const value: unknown[] = met(reader, []);
  // Shortened from the greatest length there is, the engine keeps what is there and no place for what is not.
  if (length > reader.bytes.length - reader.at) value.length = 2 ** 32 - 1;
  value.length = length;
  readEnd(reader, at, readProperties(reader, value, "@", length), length);
  return value;
}

function readMap(reader: Reader, at: number): Map<unknown, unknown> {
  const value = met(reader, new Map());
  while (peekTag(reader) !== ":") {
    const key = readValue(reader);
    value.set(key, readValue(reader));
  }
  reader.at++;
  readEnd(reader, at, value.size * 2);
  return value;
}

function readSet(reader: Reader, at: number): Set<unknown> {
  const value = met(reader, new Set());
  while (peekTag(reader) !== ",") value.add(readValue(reader));
  reader.at++;
  readEnd(reader, at, value.size);
  return value;
}

const ERRORS: Readonly<Record<string, ErrorConstructor>> = {
  E: EvalError,
  R: RangeError,
  F: ReferenceError,
  S: SyntaxError,
  T: TypeError,
  U: URIError,
};

function readError(reader: Reader, at: number): Error {
  const type = ERRORS[peekTag(reader)];
  if (type !== undefined) reader.at++;
  const error = met(reader, new (type ?? Error)());
  let stack: string | undefined;
  for (;;) {
    const tag = readTag(reader);
    if (tag === "m") hide(error, "message", readText(reader, readTag(reader)));
    else if (tag === "s") stack = readText(reader, readTag(reader));
    else if (tag === "c") hide(error, "cause", readValue(reader));
    else if (tag === ".") break;
    else throw wrong(at, "an error has a part that no error has");
  }
  if (stack === undefined) Reflect.deleteProperty(error, "stack");
  else hide(error, "stack", stack);
  return error;
}

function hide(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, enumerable: false, configurable: true });
}

function readRegExp(reader: Reader, at: number): RegExp {
  const source = readText(reader, readTag(reader));
  const bits = readVarint(reader);
  const flags = FLAGS.filter((_, i) => bits & (1 << i)).join("");
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw wrong(at, `a regular expression is none: ${(error as Error).message}`);
  }
}
