/**
 * The benchmark: `deno task bench`, or `deno task bench --only records --times 3`.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { join } from "@std/path";
import { type Group, TABLE_HEAD, tableRow } from "./harness.ts";
import { large } from "./large.ts";
import { lines } from "./lines.ts";
import { memory } from "./memory.ts";
import { parallel } from "./parallel.ts";
import { records } from "./records.ts";
import { start } from "./start.ts";
import { tables } from "./tables.ts";
import { waiting } from "./waiting.ts";

const GROUPS: readonly Group[] = [start, records, waiting, memory, large, tables, lines, parallel];

const flags = parseArgs(Deno.args, { string: ["only", "times"] });
const [only, times] = [String(flags.only ?? ""), Number(flags.times ?? 5)];
const groups = GROUPS.filter(({ name }) => name.includes(only));
if (groups.length === 0 || !(times >= 1)) {
  console.error(`Usage: deno task bench [--only ${GROUPS.map(({ name }) => name).join("|")}] [--times N]`);
  Deno.exit(2);
}
Deno.chdir(import.meta.dirname!);
console.log(TABLE_HEAD);
const all = Deno.makeTempDirSync({ prefix: "cairn_bench_" });
try {
  for (const { name, measure } of groups) {
    const dir = join(all, name);
    Deno.mkdirSync(dir);
    await measure(times, dir, (row) => console.log(tableRow(row)));
  }
} finally {
  Deno.removeSync(all, { recursive: true }); // not before: see setAside
}
