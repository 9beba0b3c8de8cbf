/**
 * Reading a file line by line, as often as wanted, in memory that does not grow with its length.
 *
 * @module
 */
import type { Artifact } from "../core/define/cacher.ts";
import { decodeLines, openPieces } from "./line_pieces.ts";
import { cannotLoad } from "./read_text.ts";
import { takeTurns } from "./turns.ts";
import { type WatchedFile, watchFile } from "./watched_file.ts";

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
  const file = watchFile(artifact, as);
  return { [Symbol.asyncIterator]: () => iterate(file, as, itemOf) };
}

/** Written out, as an async generator costs several times as much for each line. */
function iterate<T>(
  file: WatchedFile,
  as: string,
  itemOf: (line: string, number: number) => T | undefined,
): AsyncIterableIterator<T> {
  const turns = takeTurns();
  let lines: Lines | undefined;
  let isDone = false;
  const end = () => {
    isDone = true;
    lines?.close();
  };
  const step = (): IteratorResult<T> => {
    while (!isDone) {
      lines ??= openLines(file, as);
      const line = lines.next();
      if (line === undefined) end();
      else {
        const item = itemOf(line, lines.number());
        if (item !== undefined) return { value: item, done: false };
      }
    }
    return { value: undefined, done: true };
  };
  return {
    next: () => {
      try {
        const isAtHand = lines !== undefined && !lines.isUsedUp();
        const result = step();
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
  /** The next line; undefined at the end. It is a view of a longer text: kept for long, it keeps all of that. */
  next(): string | undefined;
  /** Which line that was, from 1. */
  number(): number;
  /** Whether the next one has to be read first. */
  isUsedUp(): boolean;
  close(): void;
}

function openLines({ path, open }: WatchedFile, as: string): Lines {
  const pieces = openPieces(open());
  const what = cannotLoad(path, as);
  let lines: string[] = [];
  let at = 0;
  let before = 0;
  const refill = (): boolean => {
    const bytes = pieces.next();
    if (bytes === undefined) return false;
    before += lines.length;
    lines = decodeLines(bytes, what, before);
    at = 0;
    return true;
  };
  return {
    next: () => {
      while (at === lines.length) if (!refill()) return undefined;
      const line = lines[at++]!;
      return line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line;
    },
    number: () => before + at,
    isUsedUp: () => at === lines.length,
    close: () => pieces.close(),
  };
}
