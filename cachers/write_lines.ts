/**
 * Writing lines as they come, in memory that does not grow with their number.
 *
 * @module
 */
import { sortOf } from "../core/define/json_value.ts";
import { isStream } from "../core/params/iterables.ts";
import { cannotSave } from "./read_text.ts";
import { takeTurns } from "./turns.ts";

/** Characters that are put together before they are encoded: what is at hand of more outlives the first collections. */
const BATCH = 1 << 13;

/** Bytes that are written at a time. */
const PIECE = 1 << 16;

/**
 * Writes a line for each item of a stream, each with a line break at its end. The file is there when all is written,
 * and not before: what lies there meanwhile may be what the stream reads from.
 *
 * @typeParam T An item.
 * @param path The file.
 * @param source What is gone through, once: an iterable, async or not. When a line is refused or can't be written, it is
 * told to end.
 * @param as What the file is to hold, for messages: `lines`.
 * @param lineOf Gives the line of an item, without line break; the index counts from 0. What it throws ends all.
 * @throws {TypeError} If the source is no iterable, or a text, which would be taken apart.
 * @throws What the source throws, as it is, and what the file system does; nothing is left then.
 */
export async function writeLines<T>(
  path: string,
  source: AsyncIterable<T> | Iterable<T>,
  as: string,
  lineOf: (item: T, index: number) => string,
): Promise<void> {
  if (!isStream(source)) {
    throw new TypeError(
      `${cannotSave(path, as)}: $ is ${sortOf(source)}, wanted an iterable of them, as an async generator ` +
        "returns",
    );
  }
  const file = newFile(path);
  try {
    let [batch, length, index] = [[] as string[], 0, 0];
    const turns = takeTurns();
    for await (const item of source) {
      const line = lineOf(item, index++);
      batch.push(line);
      length += line.length;
      if (length < BATCH) continue;
      file.write(batch);
      [batch, length] = [[], 0];
      if (turns.areDue()) await turns.give(); // the source may never wait for anything
    }
    file.write(batch);
    file.finish();
  } finally {
    file.close();
  }
}

/** A file that is being written, under another name until it is finished. */
interface NewFile {
  /** Adds lines. */
  write(lines: readonly string[]): void;
  /** Puts it where it belongs. */
  finish(): void;
  /** Closes it; unless it is finished, nothing is left. */
  close(): void;
}

function newFile(path: string): NewFile {
  const partial = `${path}.partial-${crypto.randomUUID().slice(0, 8)}`;
  const bytes = new Uint8Array(PIECE);
  const encoder = new TextEncoder();
  let used = 0;
  let isFinished = false;
  const file = Deno.openSync(partial, { write: true, createNew: true });
  const flush = () => {
    try {
      for (let done = 0; done < used;) done += file.writeSync(bytes.subarray(done, used));
    } catch (error) {
      // The system names no path of a file that is open.
      if (error instanceof Error) error.message += `: write '${path}'`;
      throw error;
    }
    used = 0;
  };
  const add = (text: string) => {
    for (let rest = text; rest !== "";) {
      const { read, written } = encoder.encodeInto(rest, bytes.subarray(used));
      used += written;
      rest = rest.slice(read);
      if (rest !== "") flush();
    }
    if (used === PIECE) flush();
    bytes[used++] = 0x0a;
  };
  return {
    write: (lines) => {
      if (lines.length === 0) return;
      // One call for many lines; the last may be as long as a text can be, and so it is not made longer.
      if (lines.length > 1) add(lines.slice(0, -1).join("\n"));
      add(lines.at(-1)!);
    },
    finish: () => {
      flush();
      Deno.renameSync(partial, path);
      isFinished = true;
    },
    close: () => {
      file.close();
      if (!isFinished) Deno.removeSync(partial);
    },
  };
}
