/**
 * Waits for 200 promises of 50 ms, 50 at a time, and writes a file for each. First argument: an empty folder.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";

const [dir = ""] = Deno.args;
mkdirSync(dir, { recursive: true });
let next = 0;
await Promise.all(Array.from({ length: 50 }, async () => {
  while (next < 200) {
    const i = next++;
    await new Promise((resolve) => setTimeout(resolve, 50));
    writeFileSync(`${dir}/${i}.json`, JSON.stringify(i));
  }
}));
