/** Files read and written whole. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { at } from "../../../core/define/at.ts";
import type { Artifact, FileData } from "../../../core/define/cacher.ts";
import { readBytes, readFile, writeBytes, writeFile } from "../../../core/define/whole_file.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";

const PIECE = 1 << 20;

function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 2654435761) >>> 24;
  return bytes;
}

const CASES: Record<string, FileData> = {
  "no bytes": new Uint8Array(),
  "no text": "",
  "no parts": [],
  "a few bytes": noise(10),
  "part of a buffer": noise(100).subarray(10, 20),
  "bytes of just a piece": noise(PIECE),
  "bytes of several pieces": noise(2 * PIECE + 3),
  "small parts": [noise(3), noise(0), noise(4)],
  "a large part after a small one": [noise(128), noise(PIECE + 1)],
  "texts and bytes": ["wört", noise(3), "", "😀"],
  "a long text and a short one": ["wört".repeat(PIECE), "\n"],
  "a short text": "wörter 😀",
  "a text of several pieces": "wört".repeat(PIECE),
  "a pair that a border would split": `${"a".repeat(PIECE - 1)}😀${"b".repeat(PIECE)}`,
  "half of a pair at a border, which has no bytes of its own": `${"a".repeat(PIECE - 1)}\ud83d${
    "b".repeat(9)
  }`,
};

function bytesOf(data: FileData): Uint8Array {
  if (typeof data === "string") return new TextEncoder().encode(data);
  return new Uint8Array(
    Buffer.concat(data instanceof Uint8Array ? [data] : data.map((part) => Buffer.from(part as string))),
  );
}

for (const [name, data] of Object.entries(CASES)) {
  Deno.test(`${name}: written and read whole, and every byte told once`, () =>
    withTempDir((dir) => {
      const wanted = bytesOf(data);
      const digest = createHash("sha256").update(wanted).digest("hex");
      const [written, read] = [createHash("sha256"), createHash("sha256")];
      Deno.writeTextFileSync(`${dir}/a`, "what was there is longer, and goes");
      writeFile(`${dir}/a`, data, (piece) => written.update(piece));
      const bytes = readFile(`${dir}/a`, { take: (piece) => read.update(piece) });
      assertEquals([written.digest("hex"), read.digest("hex")], [digest, digest]);
      assertEquals(bytes.length, wanted.length);
      assertEquals([bytes.byteOffset, bytes.buffer.byteLength], [0, wanted.length]);
      assertEquals(createHash("sha256").update(bytes).digest("hex"), digest);
      return Promise.resolve();
    }));
}

for (const length of [0, 10, 1 << 16, (1 << 16) + 1, 2 * PIECE]) {
  Deno.test(`of ${length} bytes a head is left out, and still told`, () =>
    withTempDir((dir) => {
      const data = noise(length);
      Deno.writeFileSync(`${dir}/a`, data);
      const hash = createHash("sha256");
      let shown = 0;
      const skip = (start: Uint8Array) => {
        shown = start.length;
        return Math.min(start.length, 7);
      };
      const bytes = readFile(`${dir}/a`, { take: (piece) => hash.update(piece), skip });
      assertEquals(shown, Math.min(length, 1 << 16));
      assertEquals(hash.digest("hex"), createHash("sha256").update(data).digest("hex"));
      assertEquals(Deno.inspect(bytes), Deno.inspect(data.slice(7)));
      assertEquals(bytes.every((byte, i) => byte === data[i + 7]), true);
      assertEquals(bytes.buffer.byteLength, Math.max(0, length - 7));
      return Promise.resolve();
    }));
}

Deno.test("what grew since is read as far as it was known, and what was cut as far as it goes", () =>
  withTempDir((dir) => {
    Deno.writeFileSync(`${dir}/a`, noise(10));
    assertEquals(readFile(`${dir}/a`, { size: 4 }), noise(10).slice(0, 4));
    assertEquals(readFile(`${dir}/a`, { size: 12 }), noise(10));
    return Promise.resolve();
  }));

Deno.test("an error names the file, as that of a call that takes its path", () =>
  withTempDir((dir) => {
    const none = assertThrows(() => readFile(`${dir}/none`), Deno.errors.NotFound);
    assertEquals(none.message, `No such file or directory (os error 2): readfile '${dir}/none'`);
    const folder = assertThrows(() => readFile(dir), Error);
    assertEquals(folder.message, `Is a directory (os error 21): readfile '${dir}'`);
    for (const data of [noise(1), noise(PIECE + 1)]) {
      const error = assertThrows(() => writeFile(`${dir}/no/such`, data), Deno.errors.NotFound);
      assertEquals(error.message, `No such file or directory (os error 2): writefile '${dir}/no/such'`);
    }
    if (Deno.build.os === "linux") {
      const full = assertThrows(() => writeFile("/dev/full", noise(PIECE + 1)), Error);
      assertEquals(full.message, "No space left on device (os error 28): writefile '/dev/full'");
    }
    return Promise.resolve();
  }));

Deno.test("an artifact's own read and write are used, with the main file unless another is named", () =>
  withTempDir(async (dir) => {
    const calls: unknown[] = [];
    const artifact: Artifact = {
      ...at(`${dir}/a.bin`),
      read: (path) => {
        calls.push(["read", path]);
        return noise(3);
      },
      write: (path, data) => void calls.push(["write", path, data]),
    };
    await writeBytes(artifact, "x");
    await writeBytes(artifact, "y", artifact.path("_more"));
    assertEquals([await readBytes(artifact), await readBytes(artifact, `${dir}/b`)], [noise(3), noise(3)]);
    const pooled = { ...artifact, read: () => Buffer.from("abc") as unknown as Uint8Array<ArrayBuffer> };
    const bytes = await readBytes(pooled);
    assertEquals([bytes, bytes.buffer.byteLength], [new Uint8Array([97, 98, 99]), 3]);
    assertEquals(calls, [
      ["write", `${dir}/a.bin`, "x"],
      ["write", `${dir}/a_more`, "y"],
      ["read", `${dir}/a.bin`],
      ["read", `${dir}/b`],
    ]);
    assertEquals([...Deno.readDirSync(dir)], []);
    await writeBytes(at(`${dir}/a.bin`), "x");
    assertEquals(await readBytes(at(`${dir}/a.bin`)), new TextEncoder().encode("x"));
    await assertRejects(() => readBytes(at(`${dir}/b`)), Deno.errors.NotFound);
  }));
