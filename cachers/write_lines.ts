/**
 * Writing lines as they come, in memory that does not grow with their number.
 *
 * @module
 */
import type { Artifact } from "../core/define/cacher.ts";
import { sortOf } from "../core/define/json_value.ts";
import { isStream } from "../core/params/iterables.ts";
import { newFile } from "./new_file.ts";
import { cannotSave } from "./read_text.ts";
import { takeTurns } from "./turns.ts";

/** Characters that are put together before they are encoded: what is at hand of more outlives the first collections. */
const BATCH = 1 << 13;

/**
 * Writes a line for each item of a stream, each with a line break at its end. The file is there when all is written,
 * and not before: what lies there meanwhile may be what the stream reads from.
 *
 * @typeParam T An item.
 * @param artifact The artifact whose main file it is.
 * @param source What is gone through, once: an iterable, async or not. When a line is refused or can't be written, it is
 * told to end.
 * @param as What the file is to hold, for messages: `lines`.
 * @param lineOf Gives the line of an item, without line break; the index counts from 0. What it throws ends all.
 * @throws {TypeError} If the source is no iterable, or a text, which would be taken apart.
 * @throws What the source throws, as it is, and what the file system does; nothing is left then.
 */
export async function writeLines<T>(
  artifact: Artifact,
  source: AsyncIterable<T> | Iterable<T>,
  as: string,
  lineOf: (item: T, index: number) => string,
): Promise<void> {
  const path = artifact.path();
  if (!isStream(source)) {
    const found = sortOf(source);
    throw new TypeError(
      `${cannotSave(path, as)}: $ is ${found}, wanted an async iterable, as an async generator returns`,
    );
  }
  const file = await newFile(path, artifact.packing);
  try {
    let [batch, length, index] = [[] as string[], 0, 0];
    const turns = takeTurns();
    for await (const item of source) {
      const line = lineOf(item, index++);
      batch.push(line);
      length += line.length + 1; // empty lines fill a batch too
      if (length < BATCH) continue;
      const writing = file.write(batch);
      if (writing !== undefined) await writing;
      [batch, length] = [[], 0];
      if (turns.areDue()) await turns.give(); // the source may never wait for anything
    }
    await file.write(batch);
    await file.finish();
  } finally {
    file.close();
  }
}
