/**
 * Streams of JSON values.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { checkJsonValue, withinLimits } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { readLines } from "./read_lines.ts";
import { cannotLoad, cannotSave } from "./read_text.ts";
import { writeLines } from "./write_lines.ts";

/**
 * Keeps JSON values that come one after the other, one a line, in memory that does not grow with their number.
 *
 * `save` goes through the values once, and writes each as it comes. `load` gives an iterable that reads the file each time
 * that it is gone through, so that a stage gets values that were not gone through yet, in every run. Empty lines in the
 * files of other programs are passed over.
 *
 * @typeParam T One value: what `jsonCacher` keeps.
 * @returns A cacher: `.jsonl`, kind `json-lines`. Its `save` rejects with a `TypeError` that names the path of what it
 * refuses (`$[3].when`); what the iterable throws is thrown as it is. What its `load` gives throws a `SyntaxError` with
 * the line's number where that is no JSON, and a miss where the file was changed, replaced or removed since it was loaded.
 * @throws Nothing by itself.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { jsonLinesCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * async function* visits() {
 *   for (let day = 1; day <= 3; day++) yield { day, count: day * 10 };
 * }
 * const path = `${await Deno.makeTempDir()}/visits.jsonl`;
 * await jsonLinesCacher<{ day: number; count: number }>().save(visits(), at(path));
 * let sum = 0;
 * for await (const { count } of await jsonLinesCacher<{ count: number }>().load(at(path))) sum += count;
 * assertEquals(sum, 60);
 * ```
 */
export function jsonLinesCacher<T = unknown>(): Cacher<AsyncIterable<T>> {
  return ownCacher({
    extension: ".jsonl",
    kind: "json-lines",
    streams: true,
    save: async (values, artifact) => {
      const what = cannotSave(artifact.path(), "JSON lines");
      await writeLines(artifact, values, "JSON lines", (value, index) => {
        check(value, index, what);
        return withinLimits(what, () => JSON.stringify(value));
      });
    },
    load: (artifact) => {
      const what = cannotLoad(artifact.path(), "JSON lines");
      return readLines(artifact, "JSON lines", (line, number) => parse(line, number, what) as T | undefined);
    },
  });
}

/** The path of a value is put together only where something is wrong with it: there are many. */
function check(value: unknown, index: number, what: string): void {
  try {
    checkJsonValue(value, what);
  } catch (error) {
    checkJsonValue(value, what, `$[${index}]`);
    throw error; // it was another by then
  }
}

function parse(line: string, number: number, what: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (/^[ \t\r]*$/.test(line)) return undefined;
    const found = (error as Error).message.replace(/ \(line 1 column \d+\)$/, ""); // it knows of this line alone
    throw new SyntaxError(`${what}: line ${number}: ${found}`, { cause: error });
  }
}
