/**
 * Saves or loads a table as one of the subjects does, and prints how long that took in milliseconds: making the rows
 * is not counted, as that would hide the differences.
 *
 *     table.ts FORMAT SUBJECT save|load PATH ROWS
 *
 * @module
 */
import { rowsOf, SUBJECTS } from "../table_subjects.ts";

const [format, name, way, path, rows] = Deno.args as [string, string, "save" | "load", string, string];
const { save, load } = SUBJECTS[format]![name]!;
const table = way === "save" ? rowsOf(Number(rows)) : [];
const clock = performance.now();
const loaded = way === "save" ? await save!(table, path) : await load(path);
const milliseconds = performance.now() - clock;
if (way === "load") {
  const found = loaded as unknown[];
  const same = JSON.stringify(found.slice(0, 10)) === JSON.stringify(rowsOf(10));
  if (found.length !== Number(rows) || !same) {
    throw new Error(`${name} loads ${found.length} rows, of which the first are not those that were saved`);
  }
}
console.log(milliseconds);
