/**
 * Writes, hashes and renames as many files as Cairn leaves, and does no more: an artifact and its metadata each, of the
 * sizes that Cairn's have. Arguments: an empty folder, how many artifacts.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";

const [dir = "", count = "0"] = Deno.args;
mkdirSync(`${dir}/staging`, { recursive: true });
const metadata = JSON.stringify({ text: "m".repeat(2200) });
for (let i = 0; i < Number(count); i++) {
  const value = JSON.stringify({ i, values: [i, 1, 2, 3], label: `a${i}bcde` }, null, 2);
  for (const [name, text] of [["value", value], ["metadata", metadata]] as const) {
    createHash("sha256").update(text).digest("hex");
    writeFileSync(`${dir}/staging/${i}_${name}.json`, text);
    renameSync(`${dir}/staging/${i}_${name}.json`, `${dir}/${i}_${name}.json`);
  }
}
