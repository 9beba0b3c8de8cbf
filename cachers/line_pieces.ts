/**
 * Files in pieces of whole lines.
 *
 * @module
 */
import { isUtf8 } from "node:buffer";
import type { OpenFile } from "./watched_file.ts";

/** Bytes that are read at a time, of a file that has as many. */
const READ = 1 << 18;

/** Bytes that a piece has, more or less: what is at hand of them in larger ones outlives the engine's first collections. */
const PIECE = 1 << 14;

const LINE_FEED = 0x0a;

/** A file, piece by piece. */
export interface Pieces {
  /** The next lines, whole, in memory that is used again; undefined at the end. The last may lack its line feed. */
  readonly next: () => Uint8Array | undefined;
  /** Closes the file. */
  readonly close: () => void;
}

/**
 * Reads a file in pieces of whole lines.
 *
 * @param file The file.
 * @returns Its pieces.
 */
export function openPieces(file: OpenFile): Pieces {
  const room = Math.min(READ, file.size + 1);
  let bytes = new Uint8Array(room);
  let [start, end] = [0, 0]; // what was read and not handed out
  const handOut = (to: number) => {
    const piece = bytes.subarray(start, to);
    start = to;
    return piece;
  };
  const readOn = (): boolean => {
    const rest = bytes.subarray(start, end);
    // A line may be longer than all that is read at a time; what it took is given back when it is done.
    const size = rest.length > room / 2 ? 2 * rest.length + room : room;
    if (size !== bytes.length) bytes = new Uint8Array(size);
    bytes.set(rest);
    [start, end] = [0, rest.length];
    const count = file.read(bytes.subarray(end));
    end += count ?? 0;
    return count !== undefined;
  };
  const next = (): Uint8Array | undefined => {
    for (let known = 0;;) {
      const near = bytes.subarray(start, Math.min(start + PIECE, end)).lastIndexOf(LINE_FEED);
      if (near !== -1) return handOut(start + near + 1);
      const far = bytes.subarray(start + known, end).indexOf(LINE_FEED);
      if (far !== -1) return handOut(start + known + far + 1);
      known = end - start; // a long line is not searched again and again
      if (!readOn()) return end === start ? undefined : handOut(end);
    }
  };
  return { next, close: file.close };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The lines of a piece, without the line feeds between them.
 *
 * @param piece The piece.
 * @param what What was tried, as a message begins.
 * @param before How many lines there were before it; of the first, a byte order mark is no part.
 * @returns The lines, which are views of one text: kept for long, each keeps all of that.
 * @throws {TypeError} If one of them is no UTF-8, or longer than a text can be.
 */
export function decodeLines(piece: Uint8Array, what: string, before: number): string[] {
  const isMarked = before === 0 && piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf;
  let text: string;
  try {
    text = decoder.decode(isMarked ? piece.subarray(3) : piece);
  } catch (error) {
    throw new TypeError(`${what}: ${whyNoText(piece, before)}`, { cause: error });
  }
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function whyNoText(piece: Uint8Array, before: number): string {
  let number = before;
  for (let start = 0; start < piece.length;) {
    number++;
    const found = piece.indexOf(LINE_FEED, start);
    const end = found === -1 ? piece.length : found;
    if (!isUtf8(piece.subarray(start, end))) return `line ${number} is not UTF-8`;
    start = end + 1;
  }
  // The engine has but one sort of error for both, and a piece of more than one line is small.
  return `line ${number} is a text of more than 512 MiB, the most that one text can hold`;
}
