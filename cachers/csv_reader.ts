/**
 * Reading CSV (RFC 4180) from bytes, a record at a time.
 *
 * No text is made of more than a cell, so a file may be longer than a text can be, and a number of few digits needs
 * none.
 *
 * @module
 */
import { Buffer, isUtf8 } from "node:buffer";
import { sliceText } from "./read_text.ts";

/** The records of a file; each method but `next` is about the one that `next` came to. */
export interface CsvRecords {
  /** Goes to the next record, past empty lines, and returns how many cells it has: 0 after the last. */
  readonly next: () => number;
  /** The text of a cell; within quotes, each line ends with a line feed alone. */
  readonly text: (cell: number) => string;
  /** The number that a cell stands for; undefined where it takes its text to tell, or it is none. */
  readonly number: (cell: number) => number | undefined;
}

const [LF, CR, QUOTE, COMMA, MINUS, POINT, ZERO] = [10, 13, 34, 44, 45, 46, 48];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** What is to be done with a cell's bytes. */
const WIDE = 1;
const FOLDED = 2;

/** The powers of ten that a number holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);

/**
 * The records of a CSV file.
 *
 * @param bytes The file: UTF-8, with a byte order mark or without.
 * @param what What was tried, as a message begins.
 * @returns The records, of which none is read yet. They read from `bytes`.
 * @throws {TypeError} If it is no UTF-8; `next`, a `SyntaxError` where quotes are not as they must be; `text`, a
 * `TypeError` if a cell is longer than a text can be.
 */
export function csvRecords(bytes: Uint8Array, what: string): CsvRecords {
  if (!isUtf8(bytes)) throw new TypeError(`${what}: its ${bytes.length} bytes are not UTF-8`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // One carriage return at the very end is half of an end of line.
  const end = bytes[bytes.length - 1] === CR ? bytes.length - 1 : bytes.length;
  const starts: number[] = [];
  const ends: number[] = [];
  const marks: number[] = [];
  let at = BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0;

  const refused = (place: number, why: string) => {
    let line = 1;
    for (let i = 0; i < place; i++) if (bytes[i] === LF) line++;
    return new SyntaxError(`${what}: on line ${line}, ${why}`);
  };
  const endsLine = () =>
    bytes[at] === LF ? 1 : bytes[at] === CR && at + 1 < end && bytes[at + 1] === LF ? 2 : 0;

  /** From an opening quote to behind the closing one. */
  const skipQuoted = (cell: number) => {
    const start = ++at;
    let bits = 0;
    let mark = 0;
    for (;; at++) {
      if (at >= end) throw refused(start, "a quote is opened that is never closed");
      const byte = bytes[at]!;
      bits |= byte;
      if (byte === QUOTE) {
        if (at + 1 >= end || bytes[at + 1] !== QUOTE) break;
        at++;
        mark = FOLDED;
      } else if (byte === CR) mark = FOLDED;
    }
    starts[cell] = start;
    ends[cell] = at++;
    marks[cell] = bits < 0x80 ? mark : mark | WIDE;
    if (at < end && bytes[at] !== COMMA && endsLine() === 0) {
      throw refused(at, "something follows a closing quote; write a quote within quotes twice");
    }
  };

  /** To the separator or line feed that ends a cell. */
  const skipPlain = (cell: number) => {
    const start = at;
    let bits = 0;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === COMMA || byte === LF) break;
      if (byte === QUOTE) {
        throw refused(at, "a quote is within a cell that does not begin with one; quote the whole cell");
      }
      bits |= byte;
    }
    starts[cell] = start;
    ends[cell] = at < end && bytes[at] === LF && bytes[at - 1] === CR ? at - 1 : at;
    marks[cell] = bits < 0x80 ? 0 : WIDE;
  };

  return {
    next: () => {
      for (let skip = 1; at < end && skip > 0; at += skip) skip = endsLine();
      if (at >= end) return 0;
      for (let cell = 0;; cell++, at++) {
        if (at < end && bytes[at] === QUOTE) skipQuoted(cell);
        else skipPlain(cell);
        if (at < end && bytes[at] === COMMA) continue;
        if (at < end) at += endsLine();
        return cell + 1;
      }
    },
    text: (cell) => {
      const [start, stop, mark] = [starts[cell]!, ends[cell]!, marks[cell]!];
      const text = decoded(buffer, start, stop, mark, what);
      return mark & FOLDED ? text.replaceAll('""', '"').replaceAll("\r\n", "\n") : text;
    },
    number: (cell) => shortNumber(bytes, starts[cell]!, ends[cell]!),
  };
}

function decoded(buffer: Buffer, start: number, end: number, mark: number, what: string): string {
  try {
    return sliceText(buffer, mark & WIDE ? "utf8" : "latin1", start, end);
  } catch (error) {
    const why = `a cell of ${end - start} bytes is more than the 512 MiB that one text can hold`;
    throw new TypeError(`${what}: ${why}`, { cause: error });
  }
}

/**
 * A number whose digits make a whole number below 2 ** 53, divided by a power of ten that is exact as well: the
 * quotient of the two is then the nearest number there is, as `Number` would give it.
 */
function shortNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let digits = 0;
  let point = end;
  for (let i = first; i < end; i++) {
    const digit = bytes[i]! - ZERO!;
    if (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit;
      if (digits >= 2 ** 53) return undefined;
    } else if (bytes[i] === POINT && point === end && i > first && i < end - 1) point = i;
    else return undefined;
  }
  const power = POWERS[Math.max(end - point - 1, 0)];
  if (first === end || power === undefined) return undefined;
  const number = digits / power;
  return first === start ? number : -number;
}
