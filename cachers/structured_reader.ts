/**
 * The parts that structured values are made of on disk: numbers, texts, bytes. None is longer than the bytes that are
 * left, whatever they claim.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Bytes, and how far they are read. */
export interface Reader {
  readonly bytes: Buffer;
  readonly view: DataView;
  at: number;
  /** The objects met so far, by number. */
  readonly objects: object[];
  /** The last key at each place within an object: where its bytes are, and what it is. */
  readonly keys: { readonly at: number; readonly size: number; readonly name: string }[];
}

/** What is wrong with the bytes, and at which of them. */
export function wrong(at: number, what: string): SyntaxError {
  return new SyntaxError(`at byte ${at}, ${what}`);
}

/** A sign and a number of bytes, then the bytes from the lowest on. */
export function readBigInt(reader: Reader): bigint {
  const start = readVarint(reader);
  const bytes = readBytes(reader, Math.floor(start / 2));
  const digits = Buffer.from(bytes.buffer).reverse().toString("hex");
  const value = BigInt(`0x${digits || "0"}`);
  return start % 2 === 1 ? -value : value;
}

/** Calls with more arguments than this may not find room for them. */
const PIECE = 4096;

/** A text: in one byte a character after one tag, in two after another. */
export function readText(reader: Reader, tag: string): string {
  const size = readVarint(reader);
  checkLeft(reader, size);
  const { bytes, at } = reader;
  reader.at += size;
  if (tag === '"') {
    return size < 12 ? shortText(bytes, at, at + size) : bytes.toString("latin1", at, at + size);
  }
  if (tag !== "c" || size % 2 !== 0) throw wrong(at, "a text was to come");
  // A copy, since units of two bytes can be looked at from an even place alone.
  const units = new Uint16Array(new Uint8Array(bytes.subarray(at, at + size)).buffer);
  if (units.length <= PIECE) return String.fromCharCode.apply(null, units as unknown as number[]);
  const parts: string[] = [];
  for (let i = 0; i < units.length; i += PIECE) {
    parts.push(String.fromCharCode.apply(null, units.subarray(i, i + PIECE) as unknown as number[]));
  }
  return parts.join("");
}

/** Most keys are short, and asking for their text takes longer than to put it together. */
function shortText(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** A number in eight bytes. */
export function readDouble(reader: Reader): number {
  checkLeft(reader, 8);
  reader.at += 8;
  return reader.view.getFloat64(reader.at - 8, true);
}

/** A copy: what is loaded shall not keep the whole file in memory, nor share it with its neighbours. */
export function readBytes(reader: Reader, size: number): Uint8Array<ArrayBuffer> {
  checkLeft(reader, size);
  const bytes = new Uint8Array(size);
  bytes.set(reader.bytes.subarray(reader.at, reader.at + size));
  reader.at += size;
  return bytes;
}

/** A whole number of at most 32 bits, seven in a byte. */
export function readVarint(reader: Reader): number {
  let value = 0;
  for (let shift = 1; shift <= 2 ** 28; shift *= 128) {
    const byte = readByte(reader);
    value += (byte & 127) * shift;
    if (byte < 128) {
      if (value < 2 ** 32) return value;
      break;
    }
  }
  throw wrong(reader.at, "a number has more than 32 bits");
}

/** The tag that comes next, which is then behind. */
export function readTag(reader: Reader): string {
  const tag = peekTag(reader);
  reader.at++;
  return tag;
}

/** The tag that comes next. Before it there may be a byte that makes what follows begin at an even place. */
export function peekTag(reader: Reader): string {
  while (reader.bytes[reader.at] === 0) reader.at++;
  const byte = reader.bytes[reader.at];
  if (byte === undefined) throw wrong(reader.at, "it ends within a value");
  return String.fromCharCode(byte);
}

/** The byte that comes next. */
export function readByte(reader: Reader): number {
  const byte = reader.bytes[reader.at++];
  if (byte === undefined) throw wrong(reader.at - 1, "it ends within a value");
  return byte;
}

/** Refuses a length beyond the end. */
export function checkLeft(reader: Reader, size: number): void {
  const left = reader.bytes.length - reader.at;
  if (size > left) throw wrong(reader.at, `${size} bytes were to come and ${left} are left`);
}
