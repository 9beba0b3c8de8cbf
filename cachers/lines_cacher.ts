/**
 * Streams of lines.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { sortOf } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { readLines } from "./read_lines.ts";
import { cannotSave } from "./read_text.ts";
import { writeLines } from "./write_lines.ts";

/**
 * Keeps lines of text that come one after the other, in memory that does not grow with their number.
 *
 * `save` goes through the lines once, and writes each as it comes, in UTF-8 with `\n` at its end. `load` gives an iterable
 * that reads the file each time that it is gone through, so that a stage gets lines that were not gone through yet, in
 * every run. Files of other programs are read too: with `\r\n`, with a byte order mark, without a line break at the end.
 *
 * @returns A cacher: `.txt`, kind `lines`. Its `save` rejects with a `TypeError` that names the line (`$[3]`) what is no
 * text, holds a line break or half of a surrogate pair, or would lose its beginning or end when it is read; what the
 * iterable throws is thrown as it is. What its `load` gives throws a `TypeError` with the line's number where that is no
 * UTF-8, and a miss where the file was changed, replaced or removed since it was loaded.
 * @throws Nothing by itself.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { linesCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * async function* visits() {
 *   for (let day = 1; day <= 3; day++) yield `day ${day}`;
 * }
 * const path = `${await Deno.makeTempDir()}/visits.txt`;
 * await linesCacher().save(visits(), at(path));
 * const lines = await linesCacher().load(at(path));
 * assertEquals(await Array.fromAsync(lines), ["day 1", "day 2", "day 3"]);
 * for await (const line of lines) {
 *   if (line === "day 2") break; // reads no further, and closes the file
 * }
 * ```
 */
export function linesCacher(): Cacher<AsyncIterable<string>> {
  return ownCacher({
    extension: ".txt",
    kind: "lines",
    streams: true,
    save: async (lines, artifact) => {
      await writeLines(artifact, lines, "lines", (line, index) => {
        const fault = faultOf(line, index);
        if (fault === undefined) return line;
        throw new TypeError(`${cannotSave(artifact.path(), "lines")}: $[${index}] ${fault}`);
      });
    },
    load: (artifact) => readLines(artifact, "lines", apart),
  });
}

function faultOf(line: unknown, index: number): string | undefined {
  if (typeof line !== "string") return `is ${sortOf(line)}, wanted a line of text`;
  if (line.includes("\n")) return "holds a line break, and would come back as two; split it there";
  if (line.charCodeAt(line.length - 1) === 13) {
    return "ends with a carriage return, which is lost as part of the line break; take it away first";
  }
  if (index === 0 && line.charCodeAt(0) === 0xfeff) {
    return "begins with a byte order mark, which is lost at the beginning of a file; take it away first";
  }
  if (line.isWellFormed()) return undefined;
  return "holds half of a surrogate pair, which UTF-8 cannot hold; call toWellFormed() on it";
}

/**
 * A line by itself, as whoever keeps one shall not keep all the text that was read with it. The engine's views of a text
 * hold that; a text that was put together and then read is copied.
 */
function apart(line: string): string {
  return ` ${line}`.slice(1);
}
