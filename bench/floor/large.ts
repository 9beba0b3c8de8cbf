/**
 * Writes a large value and hashes the bytes, or reads and hashes them, and does no more: in pieces, which is the quickest
 * way there is, and takes no copy. Arguments: the sort, `save` or `load`, a file. Prints the milliseconds that took,
 * without those to make the value.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { largeValue, type Sort } from "../large_values.ts";

const [sort = "", operation = "", path = ""] = Deno.args;
const PIECE = 1 << 20;

function write(bytes: Iterable<Uint8Array>): string {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const hash = createHash("sha256");
  for (const piece of bytes) {
    hash.update(piece);
    for (let done = 0; done < piece.length;) done += file.writeSync(piece.subarray(done));
  }
  return hash.digest("hex");
}

function* pieces({ buffer, byteLength }: ArrayBufferView): Generator<Uint8Array> {
  for (let at = 0; at < byteLength; at += PIECE) {
    yield new Uint8Array(buffer, at, Math.min(PIECE, byteLength - at));
  }
}

/** All signs of it are ASCII, so that no piece can split one. */
function* encoded(text: string): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let at = 0; at < text.length; at += PIECE) yield encoder.encode(text.slice(at, at + PIECE));
}

function read(): [bytes: Uint8Array<ArrayBuffer>, digest: string] {
  using file = Deno.openSync(path);
  const hash = createHash("sha256");
  const bytes = new Uint8Array(file.statSync().size);
  for (let at = 0; at < bytes.length;) {
    const n = file.readSync(bytes.subarray(at, at + PIECE))!;
    hash.update(bytes.subarray(at, at + n));
    at += n;
  }
  return [bytes, hash.digest("hex")];
}

const value = operation === "save" ? largeValue(sort as Sort) : undefined;
const clock = performance.now();
let result: unknown;
if (operation === "save") {
  result = write(
    sort === "json" ? encoded(JSON.stringify(value, null, 2)) : pieces(value as ArrayBufferView),
  );
} else {
  const [bytes, digest] = read();
  const loaded = sort === "float64"
    ? new Float64Array(bytes.buffer)
    : sort === "json"
    ? JSON.parse(Buffer.from(bytes.buffer).toString())
    : bytes;
  result = [digest, loaded];
}
const milliseconds = performance.now() - clock;
if (result === undefined) throw new Error("nothing was done");
console.log(milliseconds);
