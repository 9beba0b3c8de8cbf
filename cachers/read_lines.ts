/**
 * Reading a file line by line, as often as wanted, in memory that does not grow with its length.
 *
 * @module
 */
import { type ByteFile, byteFile } from "../core/define/byte_source.ts";
import type { Artifact } from "../core/define/cacher.ts";
import { decodeLines, makePieces } from "./line_pieces.ts";
import { cannotLoad } from "./read_text.ts";
import { takeTurns } from "./turns.ts";

/**
 * Gives what the lines of an artifact's main file hold. Each time that it is gone through, the file is opened, and
 * closed at the end, or when whoever reads breaks off.
 *
 * Lines end with `\n` or `\r\n`, the last one with nothing if it likes; a byte order mark is no part of the first. Where
 * the file was changed or replaced since it was loaded, that is an error and not the lines of another file.
 *
 * @typeParam T What a line holds.
 * @param artifact The artifact.
 * @param as What the file should hold, for messages: `lines`.
 * @param itemOf Gives what a line holds, undefined where that is nothing; lines count from 1.
 * @returns The items.
 * @throws What the file system throws if the file is not there.
 */
export function readLines<T>(
  artifact: Artifact,
  as: string,
  itemOf: (line: string, number: number) => T | undefined,
): AsyncIterable<T> {
  const file = byteFile(artifact);
  return { [Symbol.asyncIterator]: () => iterate(file, as, itemOf) };
}

/** Written out, as an async generator costs several times as much for each line. */
function iterate<T>(
  file: ByteFile,
  as: string,
  itemOf: (line: string, number: number) => T | undefined,
): AsyncIterableIterator<T> {
  const turns = takeTurns();
  let lines: Lines | undefined;
  let isDone = false;
  // How many were asked for that have to be waited for, and the last of them: they come in the order they were asked for.
  let waiting = 0;
  let last: Promise<unknown>;
  const end = () => {
    isDone = true;
    lines?.close();
  };
  const fail = (error: unknown): IteratorResult<T> => {
    // Whoever broke off while this was waited for has closed the file: what comes of that is nobody's error.
    if (isDone) return finish();
    end();
    throw error;
  };
  const step = (): IteratorResult<T> | Promise<IteratorResult<T>> => {
    while (!isDone) {
      lines ??= openLines(file, as);
      const line = lines.next();
      if (line !== undefined) {
        const item = itemOf(line, lines.number());
        if (item !== undefined) return { value: item, done: false };
        continue;
      }
      const more = lines.readOn();
      if (more instanceof Promise) return more.then((isMore) => isMore ? step() : finish());
      if (!more) end();
    }
    return finish();
  };
  const finish = (): IteratorResult<T> => {
    end();
    return { value: undefined, done: true };
  };
  const inTurn = (result: Promise<IteratorResult<T>>): Promise<IteratorResult<T>> => {
    const over = () => void waiting--;
    waiting++;
    last = result = result.catch(fail);
    result.then(over, over);
    return result;
  };
  return {
    next: () => {
      if (waiting > 0) return inTurn(last.then(step, step));
      try {
        const isAtHand = lines?.isAtHand() ?? false;
        const result = step();
        if (result instanceof Promise) return inTurn(result);
        if (isAtHand || !turns.areDue()) return Promise.resolve(result);
        return turns.give().then(() => result); // what reads may never wait for anything
      } catch (error) {
        end();
        return Promise.reject(error);
      }
    },
    return: (value) => {
      end();
      return Promise.resolve({ value, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The lines of a file that is open, one after the other. */
interface Lines {
  /** The next line; undefined where more has to be read. It is a view of a longer text: kept for long, it keeps all of it. */
  next(): string | undefined;
  /** Which line that was, from 1. */
  number(): number;
  /** Whether the next one need not be read first. */
  isAtHand(): boolean;
  /** Reads more; false at the end. */
  readOn(): boolean | Promise<boolean>;
  close(): void;
}

function openLines({ path, open }: ByteFile, as: string): Lines {
  const source = open();
  const pieces = makePieces(source.size);
  const what = cannotLoad(path, as);
  let lines: string[] = [];
  let at = 0;
  let before = 0;
  let isEnd = false;
  const take = (count: number | undefined): boolean => {
    if (count === undefined) isEnd = true;
    else pieces.add(count);
    return true;
  };
  return {
    next: () => {
      while (at === lines.length) {
        const piece = pieces.next(isEnd);
        if (piece === undefined) return undefined;
        before += lines.length;
        lines = decodeLines(piece, what, before);
        at = 0;
      }
      const line = lines[at++]!;
      return line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line;
    },
    number: () => before + at,
    isAtHand: () => at < lines.length,
    readOn: () => {
      if (isEnd) return false;
      const count = source.read(pieces.room());
      return count instanceof Promise ? count.then(take) : take(count);
    },
    close: source.close,
  };
}
