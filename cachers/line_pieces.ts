/**
 * Bytes that come in pieces of any length, in pieces of whole lines.
 *
 * @module
 */
import { isUtf8 } from "node:buffer";

/** Bytes that are read at a time, where there are as many. */
const READ = 1 << 18;

/** Bytes that a piece has, more or less: what is at hand of them in larger ones outlives the engine's first collections. */
const PIECE = 1 << 14;

const LINE_FEED = 0x0a;

/** Takes bytes, and gives whole lines. */
export interface Pieces {
  /** Memory to put more bytes into. */
  readonly room: () => Uint8Array;
  /** Says how many were put there. */
  readonly add: (count: number) => void;
  /**
   * The next lines, whole, in memory that is used again.
   *
   * @param isEnd Whether no more bytes come: the last line may lack its line feed.
   * @returns The lines; undefined where more has to be added first, or nothing is left.
   */
  readonly next: (isEnd: boolean) => Uint8Array | undefined;
}

/**
 * Makes room for bytes.
 *
 * @param size How many there are in all, where that is known.
 * @returns What takes them.
 */
export function makePieces(size: number = READ): Pieces {
  const usual = Math.min(READ, size + 1);
  let bytes = new Uint8Array(usual);
  let [start, end] = [0, 0]; // what was added and not handed out
  let known = 0; // how much of that holds no line feed: a long line is not searched again and again
  const handOut = (to: number) => {
    const piece = bytes.subarray(start, to);
    [start, known] = [to, 0];
    return piece;
  };
  return {
    room: () => {
      const rest = bytes.subarray(start, end);
      // A line may be longer than all that is read at a time; what it took is given back when it is done.
      const length = rest.length > usual / 2 ? 2 * rest.length + usual : usual;
      if (length !== bytes.length) bytes = new Uint8Array(length);
      bytes.set(rest);
      [start, end] = [0, rest.length];
      return bytes.subarray(end);
    },
    add: (count) => end += count,
    next: (isEnd) => {
      const near = bytes.subarray(start, Math.min(start + PIECE, end)).lastIndexOf(LINE_FEED);
      if (near !== -1) return handOut(start + near + 1);
      const far = bytes.subarray(start + known, end).indexOf(LINE_FEED);
      if (far !== -1) return handOut(start + known + far + 1);
      if (isEnd && end > start) return handOut(end);
      known = end - start;
      return undefined;
    },
  };
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
