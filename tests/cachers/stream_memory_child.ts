/**
 * Saves some megabytes of lines, as they are and compressed, goes through them, and keeps one in a hundred. First argument: how many megabytes, second:
 * a folder. Prints the peak of its memory and what stays on the heap, in kilobytes.
 *
 * @module
 */
import { jsonLinesCacher, linesCacher } from "../../cachers/mod.ts";
import { loadFrom, saveAs, zstd } from "../../mod.ts";

const [megabytes, dir] = Deno.args;
const count = Number(megabytes) * 1000;
const text = (i: number) => `${i} `.padEnd(999, "x");

async function* texts() {
  for (let i = 0; i < count; i++) yield text(i);
}

async function* rows() {
  for (let i = 0; i < count; i++) yield { i, text: text(i) };
}

const kept: string[] = [];
await saveAs(`${dir}/a.txt`, linesCacher(), texts());
let number = 0;
for await (const line of await loadFrom(`${dir}/a.txt`, linesCacher())) {
  if (number++ % 100 === 0) kept.push(line);
}
const rowsCacher = zstd(jsonLinesCacher<{ i: number; text: string }>());
await saveAs(`${dir}/b.jsonl.zst`, rowsCacher, rows());
for await (const { i, text } of await loadFrom(`${dir}/b.jsonl.zst`, rowsCacher)) {
  if (i % 100 === 0) kept.push(text);
}
if (kept.length !== count / 50) throw new Error(`it kept ${kept.length} of ${count} lines`);
const [, peak] = /VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))!;
(globalThis as unknown as { gc(): void }).gc();
console.log(JSON.stringify([Number(peak), Deno.memoryUsage().heapUsed / 1024]));
