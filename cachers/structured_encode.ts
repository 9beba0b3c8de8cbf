/**
 * V8's format of structured cloning, written so that equal values give equal bytes.
 *
 * V8's own writer shows how a value came about: `[]` from a file and `[]` from a literal differ, and so does
 * `{ loss: 1 }` once another object of that shape held 1.5. A digest over such bytes would change with what else the
 * process did. Its reader takes what is written here, and goes on taking what older versions wrote.
 *
 * @module
 */

import { keyBesideElements } from "../core/define/json_value.ts";

/** Version 15 of the format, which V8 12 and later read. */
const VERSION = [0xff, 15];

/** What the format leaves to its host. The order is part of what is on disk. */
export const VIEWS: readonly (new (buffer: ArrayBuffer) => ArrayBufferView)[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float16Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

const ERROR_TAGS = new Map<object, string>([
  [EvalError.prototype, "E"],
  [RangeError.prototype, "R"],
  [ReferenceError.prototype, "F"],
  [SyntaxError.prototype, "S"],
  [TypeError.prototype, "T"],
  [URIError.prototype, "U"],
]);

// The letters of a regular expression's flags by their bit.
const FLAGS = ["g", "i", "m", "y", "u", "s", "", "d", "v"];

interface Writer {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  length: number;
  readonly start: number;
  /** The number of each object met so far. */
  readonly ids: Map<object, number>;
}

/**
 * Writes a value.
 *
 * @param value A value that `checkStructuredValue` has passed.
 * @param header How many bytes to leave free at the start.
 * @returns The bytes.
 */
export function encodeStructured(value: unknown, header: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1024 + header);
  const writer: Writer = {
    bytes,
    view: new DataView(bytes.buffer),
    length: header,
    start: header,
    ids: new Map(),
  };
  for (const byte of VERSION) writeByte(writer, byte);
  writeValue(writer, value);
  return writer.bytes.subarray(0, writer.length);
}

function writeValue(writer: Writer, value: unknown): void {
  switch (typeof value) {
    case "string":
      return writeString(writer, value);
    case "number":
      if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
        writeTag(writer, "I");
        return writeVarint(writer, ((value << 1) ^ (value >> 31)) >>> 0);
      }
      writeTag(writer, "N");
      return writeDouble(writer, value);
    case "boolean":
      return writeTag(writer, value ? "T" : "F");
    case "undefined":
      return writeTag(writer, "_");
    case "bigint":
      writeTag(writer, "Z");
      return writeBigInt(writer, value);
    default:
      if (value === null) return writeTag(writer, "0");
      writeObject(writer, value as object);
  }
}

function writeObject(writer: Writer, value: object): void {
  const id = writer.ids.get(value);
  if (id !== undefined) {
    writeTag(writer, "^");
    return writeVarint(writer, id);
  }
  writer.ids.set(value, writer.ids.size);
  if (Array.isArray(value)) return writeArray(writer, value);
  if (ArrayBuffer.isView(value)) return writeView(writer, value);
  if (value instanceof Map) return writeMap(writer, value);
  if (value instanceof Set) return writeSet(writer, value);
  if (value instanceof Date) {
    writeTag(writer, "D");
    return writeDouble(writer, value.getTime());
  }
  if (value instanceof RegExp) return writeRegExp(writer, value);
  if (value instanceof Error) return writeError(writer, value);
  if (value instanceof ArrayBuffer) {
    writeTag(writer, "B");
    writeVarint(writer, value.byteLength);
    return writeBytes(writer, new Uint8Array(value));
  }
  if (
    value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt
  ) {
    return writeBoxed(writer, value.valueOf());
  }
  writeTag(writer, "o");
  const keys = Object.keys(value);
  writeProperties(writer, value, keys);
  writeTag(writer, "{");
  writeVarint(writer, keys.length);
}

function writeArray(writer: Writer, value: readonly unknown[]): void {
  // Whether there are holes decides the form, not how the array was made.
  const whole = !hasHole(value);
  writeTag(writer, whole ? "A" : "a");
  writeVarint(writer, value.length);
  if (whole) { for (let i = 0; i < value.length; i++) writeValue(writer, value[i]); }
  const keys = !whole
    ? Object.keys(value)
    : keyBesideElements(value) === undefined
    ? []
    : Object.keys(value).slice(value.length);
  writeProperties(writer, value, keys);
  writeTag(writer, whole ? "$" : "@");
  writeVarint(writer, keys.length);
  writeVarint(writer, value.length);
}

function hasHole(value: readonly unknown[]): boolean {
  for (let i = 0; i < value.length; i++) if (value[i] === undefined && !(i in value)) return true;
  return false;
}

function writeProperties(writer: Writer, value: object, keys: readonly string[]): void {
  for (const key of keys) {
    // The format has keys that are indices as numbers.
    const code = key.charCodeAt(0);
    const index = code >= 48 && code <= 57 ? Number(key) >>> 0 : NaN;
    writeValue(writer, index !== 2 ** 32 - 1 && String(index) === key ? index : key);
    writeValue(writer, (value as Record<string, unknown>)[key]);
  }
}

function writeMap(writer: Writer, value: ReadonlyMap<unknown, unknown>): void {
  writeTag(writer, ";");
  for (const [key, item] of value) {
    writeValue(writer, key);
    writeValue(writer, item);
  }
  writeTag(writer, ":");
  writeVarint(writer, value.size * 2);
}

function writeSet(writer: Writer, value: ReadonlySet<unknown>): void {
  writeTag(writer, "'");
  for (const item of value) writeValue(writer, item);
  writeTag(writer, ",");
  writeVarint(writer, value.size);
}

function writeView(writer: Writer, value: ArrayBufferView): void {
  writeTag(writer, "\\");
  writeVarint(writer, VIEWS.findIndex((type) => Object.getPrototypeOf(value) === type.prototype));
  writeVarint(writer, value.byteLength);
  writeBytes(writer, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

function writeRegExp(writer: Writer, value: RegExp): void {
  writeTag(writer, "R");
  writeString(writer, value.source);
  writeVarint(
    writer,
    FLAGS.reduce((bits, flag, i) => flag && value.flags.includes(flag) ? bits | (1 << i) : bits, 0),
  );
}

function writeError(writer: Writer, value: Error): void {
  writeTag(writer, "r");
  const tag = ERROR_TAGS.get(Object.getPrototypeOf(value));
  if (tag !== undefined) writeTag(writer, tag);
  if (Object.hasOwn(value, "message")) {
    writeTag(writer, "m");
    writeString(writer, String(value.message));
  }
  if (typeof value.stack === "string") {
    writeTag(writer, "s");
    writeString(writer, value.stack);
  }
  // The reader wants the cause last.
  if (Object.hasOwn(value, "cause")) {
    writeTag(writer, "c");
    writeValue(writer, value.cause);
  }
  writeTag(writer, ".");
}

function writeBoxed(writer: Writer, value: unknown): void {
  if (typeof value === "boolean") return writeTag(writer, value ? "y" : "x");
  if (typeof value === "number") {
    writeTag(writer, "n");
    return writeDouble(writer, value);
  }
  if (typeof value === "bigint") {
    writeTag(writer, "z");
    return writeBigInt(writer, value);
  }
  writeTag(writer, "s");
  writeString(writer, String(value));
}

/** Its sign and number of bytes, then 64 bits at a time from the lowest. */
function writeBigInt(writer: Writer, value: bigint): void {
  let rest = value < 0n ? -value : value;
  const digits: bigint[] = [];
  for (; rest > 0n; rest >>= 64n) digits.push(BigInt.asUintN(64, rest));
  writeVarint(writer, digits.length * 16 + (value < 0n ? 1 : 0));
  for (const digit of digits) {
    reserve(writer, 8);
    writer.view.setBigUint64(writer.length, digit, true);
    writer.length += 8;
  }
}

/** One byte a character where that is enough, however the engine holds the text; else two. */
function writeString(writer: Writer, text: string): void {
  const { length } = text;
  reserve(writer, 16 + length * 2);
  const before = writer.length;
  writeTag(writer, '"');
  writeVarint(writer, length);
  if (writeLatin1(writer, text)) return;
  writer.length = before;
  // The two-byte units begin at an even place.
  const varint = length * 2 < 128 ? 1 : Math.ceil((32 - Math.clz32(length * 2)) / 7);
  if ((before - writer.start + 1 + varint) % 2 === 1) writeByte(writer, 0);
  writeTag(writer, "c");
  writeVarint(writer, length * 2);
  const { view } = writer;
  for (let i = 0; i < length; i++) view.setUint16(writer.length + i * 2, text.charCodeAt(i), true);
  writer.length += length * 2;
}

const ENCODER = new TextEncoder();

function writeLatin1(writer: Writer, text: string): boolean {
  const { bytes, length: at } = writer;
  // A long text is ASCII most of the time, and the engine copies that much faster than a loop.
  if (text.length > 32) {
    const { read, written } = ENCODER.encodeInto(text, bytes.subarray(at, at + text.length));
    if (read === text.length && written === text.length) {
      writer.length += written;
      return true;
    }
  }
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0xff) return false;
    bytes[at + i] = unit;
  }
  writer.length += text.length;
  return true;
}

function writeDouble(writer: Writer, value: number): void {
  reserve(writer, 8);
  // One NaN of the many that there are.
  if (Number.isNaN(value)) writer.view.setBigUint64(writer.length, 0x7ff8000000000000n, true);
  else writer.view.setFloat64(writer.length, value, true);
  writer.length += 8;
}

function writeVarint(writer: Writer, value: number): void {
  reserve(writer, 8);
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) writer.bytes[writer.length++] = (rest % 128) | 128;
  writer.bytes[writer.length++] = rest;
}

function writeTag(writer: Writer, tag: string): void {
  writeByte(writer, tag.charCodeAt(0));
}

function writeByte(writer: Writer, byte: number): void {
  reserve(writer, 1);
  writer.bytes[writer.length++] = byte;
}

function writeBytes(writer: Writer, bytes: Uint8Array): void {
  reserve(writer, bytes.length);
  writer.bytes.set(bytes, writer.length);
  writer.length += bytes.length;
}

function reserve(writer: Writer, more: number): void {
  const needed = writer.length + more;
  if (needed <= writer.bytes.length) return;
  const bytes = new Uint8Array(Math.max(needed, writer.bytes.length * 2));
  bytes.set(writer.bytes.subarray(0, writer.length));
  writer.bytes = bytes;
  writer.view = new DataView(bytes.buffer);
}
