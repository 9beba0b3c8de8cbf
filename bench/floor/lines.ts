/**
 * Makes lines, writes and hashes them, and goes through them again with a hash, and does no more. Arguments: a file, how
 * many lines, `text` or `json`, and `read` where the file is there already.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { rowOf, rowText } from "../line_rows.ts";

const [path = "", count = "0", sort = "text", mode = ""] = Deno.args;

async function* lines(): AsyncGenerator<string> {
  for (let i = 0; i < Number(count); i++) yield sort === "text" ? rowText(i) : JSON.stringify(rowOf(i));
}

async function write(): Promise<string> {
  const hash = createHash("sha256");
  const file = openSync(path, "w");
  let batch: string[] = [];
  const flush = () => {
    const bytes = Buffer.from(batch.join("\n") + "\n");
    hash.update(bytes);
    writeSync(file, bytes);
    batch = [];
  };
  for await (const line of lines()) if (batch.push(line) === 1000) flush();
  if (batch.length > 0) flush();
  closeSync(file);
  return hash.digest("hex");
}

function read(): [hash: string, sum: number] {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  const bytes = Buffer.alloc(1 << 16);
  const decoder = new TextDecoder();
  let sum = 0;
  let rest = "";
  const take = (line: string) => sum += sort === "text" ? line.length + 1 : JSON.parse(line).value;
  for (let n = readSync(file, bytes); n > 0; n = readSync(file, bytes)) {
    const piece = bytes.subarray(0, n);
    hash.update(piece);
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  }
  if (rest !== "") take(rest);
  closeSync(file);
  return [hash.digest("hex"), sum];
}

if (mode !== "read") await write();
console.log(...read());
