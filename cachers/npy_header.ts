/**
 * The header of `.npy` files, as numpy's documentation of `numpy.lib.format` has it.
 *
 * @module
 */
import { quote } from "../core/define/json_value.ts";
import type { ArrayType } from "./array_types.ts";
import type { ArrayLayout } from "./array_value.ts";

/** What numpy calls the types, less the byte order. A clamped array is one of bytes like any other there. */
const DESCRIPTIONS: Readonly<Record<ArrayType, string>> = {
  int8: "i1",
  uint8: "u1",
  uint8clamped: "u1",
  int16: "i2",
  uint16: "u2",
  int32: "i4",
  uint32: "u4",
  int64: "i8",
  uint64: "u8",
  float16: "f2",
  float32: "f4",
  float64: "f8",
};

/** The types by what numpy calls them. Its booleans are bytes of 0 and 1. */
const TYPES: Readonly<Record<string, ArrayType>> = {
  ...Object.fromEntries(
    Object.entries(DESCRIPTIONS).filter(([type]) => type !== "uint8clamped").map((
      [type, text],
    ) => [text, type]),
  ),
  b1: "uint8",
};

/** What each letter of numpy's that is not among the types stands for. */
const OTHERS: Readonly<Record<string, string>> = {
  c: "complex numbers",
  f: "floats of another length",
  m: "spans of time",
  M: "dates",
  O: "Python objects",
  S: "byte strings",
  a: "byte strings",
  U: "texts",
  V: "raw bytes or records",
};

const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY")];

/** Numbers begin at a multiple of this, so that they can be mapped into memory. */
const ALIGN = 64;

/** numpy leaves room for so many digits, so that the first dimension may grow in place. */
const DIGITS = 21;

/** The most dimensions that an array of numpy's has. */
const DIMENSIONS = 64;

/** What the header of a file says. */
export interface NpyHeader extends ArrayLayout {
  /** Bytes that it takes. */
  readonly length: number;
  /** Whether the highest byte of a number comes first. */
  readonly isBigEndian: boolean;
  /** Whether the numbers of the first dimension lie side by side, as Fortran has them. */
  readonly isFortran: boolean;
}

/**
 * The header that numpy writes for the same array, byte for byte: version 1.0.
 *
 * @param layout What the file holds.
 * @param what What was tried, as a message begins.
 * @returns Its bytes; the numbers follow.
 * @throws {TypeError} If there are more dimensions than numpy takes.
 */
export function npyHeader({ type, shape }: ArrayLayout, what: string): Uint8Array<ArrayBuffer> {
  if (shape.length > DIMENSIONS) {
    throw new TypeError(
      `${what}: $.shape has ${shape.length} dimensions, and numpy takes no more than ${DIMENSIONS}`,
    );
  }
  const description = DESCRIPTIONS[type];
  const order = description.endsWith("1") ? "|" : "<";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const room = shape.length === 0 ? "" : " ".repeat(Math.max(0, DIGITS - String(shape[0]).length));
  const text = `{'descr': '${order}${description}', 'fortran_order': False, 'shape': ${tuple}, }${room}`;
  const start = MAGIC.length + 4;
  const padded = `${text}${" ".repeat(ALIGN - (start + text.length + 1) % ALIGN)}\n`;
  const bytes = new Uint8Array(start + padded.length);
  bytes.set([...MAGIC, 1, 0, padded.length & 0xff, padded.length >> 8]);
  new TextEncoder().encodeInto(padded, bytes.subarray(start));
  return bytes;
}

/**
 * Reads the header of a file: of version 1.0, 2.0 or 3.0, which differ in how long it may be and in texts of structures.
 *
 * @param start The first bytes of the file: all of the header, at least.
 * @param what What was tried, as a message begins.
 * @returns What it says.
 * @throws {SyntaxError} If it is no header, or that of something else than numbers.
 */
export function readNpyHeader(start: Uint8Array, what: string): NpyHeader {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (start.length < 12 || MAGIC.some((byte, i) => start[i] !== byte)) {
    throw new SyntaxError(`${what}: it does not begin as a .npy file does`);
  }
  const [major, minor] = [start[6]!, start[7]!];
  if (major < 1 || major > 3 || minor !== 0) {
    throw new SyntaxError(`${what}: its format is version ${major}.${minor}, wanted 1.0, 2.0 or 3.0`);
  }
  const textAt = major === 1 ? 10 : 12;
  const length = textAt + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (length > start.length) {
    throw new SyntaxError(`${what}: its header should take ${length} bytes, and ${start.length} are there`);
  }
  const text = new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(start.subarray(textAt, length))
    .trim();
  return { ...parse(text, what), length };
}

/** A dictionary of Python's, with the keys in any order. */
function parse(text: string, what: string): Omit<NpyHeader, "length"> {
  const descr = /['"]descr['"]\s*:\s*(\[.*\]|'[^']*'|"[^"]*")/s.exec(text)?.[1];
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1];
  const sizes = /['"]shape['"]\s*:\s*\(([\d\sL,]*)\)/.exec(text)?.[1]; // Python 2 writes 3L
  if (descr === undefined || order === undefined || sizes === undefined) {
    throw new SyntaxError(`${what}: its header is ${quote(text)}, which is none of a .npy file`);
  }
  return {
    ...typeOf(descr, what),
    isFortran: order === "True",
    shape: [...sizes.matchAll(/\d+/g)].map(([size]) => Number(size)),
  };
}

function typeOf(descr: string, what: string): Pick<NpyHeader, "type" | "isBigEndian"> {
  const [, order, letters = ""] = /^['"]([<>|=]?)(.*)['"]$/.exec(descr) ?? [];
  const type = Object.hasOwn(TYPES, letters) ? TYPES[letters] : undefined;
  if (type !== undefined) return { type, isBigEndian: order === ">" };
  const sort = descr.startsWith("[") ? "records" : OTHERS[letters[0] ?? ""] ?? "of a type that is not known";
  throw new SyntaxError(
    `${what}: it holds ${sort} (${quote(descr)}), wanted integers or floats of 1, 2, 4 or 8 bytes; ` +
      "save it with another type, such as array.astype('f8')",
  );
}
