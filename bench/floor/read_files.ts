/**
 * Reads and parses every artifact of a cache, and does no more. First argument: a file that lists their paths, one a line.
 *
 * @module
 */
import { readFileSync } from "node:fs";

let count = 0;
for (const path of readFileSync(Deno.args[0]!, "utf8").split("\n")) {
  if (JSON.parse(readFileSync(path, "utf8")) !== null) count++;
}
console.log(count);
