/**
 * What Cairn does for a stage on its second run, call by call, and nothing that decides any of it: no graph, no plan.
 * First argument: a file that lists the paths of artifacts, one a line.
 *
 * @module
 */
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";

const REST = ',\n  "record": ';
const paths = readFileSync(Deno.args[0]!, "utf8").split("\n");
const found: unknown[] = [];
for (const path of paths) {
  const metadata = path.replace(/\.json$/, "_metadata.json");
  hash("sha256", `recipe of ${path}`, "hex");
  if (!Deno.lstatSync(metadata).isFile) throw new Error(metadata);
  const text = Deno.readTextFileSync(metadata);
  hash("sha256", text, "hex");
  const head = JSON.parse(`${text.slice(0, text.indexOf(REST))}\n}`);
  if (Deno.lstatSync(path).size !== head.files[0].size) throw new Error(path);
  found.push(head);
}
console.log(found.length);
