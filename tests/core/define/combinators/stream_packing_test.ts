/** Streams that are compressed as they are saved, and decompressed as they are gone through. */
import { Buffer } from "node:buffer";
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { join } from "@std/path";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { jsonLinesCacher, linesCacher } from "../../../../cachers/mod.ts";
import { at } from "../../../../core/define/at.ts";
import { gzipped } from "../../../../core/define/combinators/gzipped.ts";
import { zstd } from "../../../../core/define/combinators/zstd.ts";
import { isMiss } from "../../../../core/define/miss.ts";
import { loadFrom, saveAs } from "../../../../core/store/inline.ts";
import { tempDirSync } from "../../../helpers/temp_dir.ts";
import { tree } from "../../../helpers/tree.ts";

const LINES = Array.from({ length: 30_000 }, (_, i) => `line ${i * 7919 % 30_011}, é`);
const TEXT = LINES.map((line) => `${line}\n`).join("");

async function* stream(lines: Iterable<string> = LINES): AsyncGenerator<string> {
  yield* lines;
}

const ways = [
  { name: "gzipped", cacher: gzipped(linesCacher()), pack: gzipSync, unpack: gunzipSync },
  { name: "zstd", cacher: zstd(linesCacher()), pack: zstdCompressSync, unpack: zstdDecompressSync },
];

for (const { name, cacher, pack, unpack } of ways) {
  const placeIn = (dir: string) => at(join(dir, `a${cacher.extension}`));
  const read = async (dir: string) => await Array.fromAsync(await cacher.load(placeIn(dir)));

  Deno.test(`${name}: what others can decompress is written, and what they compressed is read`, async () => {
    const dir = tempDirSync();
    const path = placeIn(dir).path();
    await cacher.save(stream(), placeIn(dir));
    const bytes = Deno.readFileSync(path);
    assertEquals(unpack(bytes).toString(), TEXT);
    assert(bytes.length < TEXT.length / 2, `${bytes.length} bytes`);
    assertEquals(await read(dir), LINES);
    Deno.writeFileSync(path, pack(Buffer.from("\ufeffa\r\n\r\nb")));
    assertEquals(await read(dir), ["a", "", "b"]);
    // Several such files one after the other are one; so log files are often kept.
    Deno.writeFileSync(
      path,
      Buffer.concat(["a\nb", "c\n", "", "d\n"].map((text) => pack(Buffer.from(text)))),
    );
    assertEquals(await read(dir), ["a", "bc", "d"]);
  });

  Deno.test(`${name}: a file that is cut short, goes on or is another is an error, and no shorter stream`, async () => {
    const dir = tempDirSync();
    const path = placeIn(dir).path();
    const whole = pack(Buffer.from(TEXT));
    const small = pack(Buffer.from("a\n"));
    const cuts = Array.from({ length: small.length }, (_, end) => small.subarray(0, end));
    const others = [
      Buffer.from("no compression"),
      Buffer.concat([small, Buffer.from("more of it, and more")]),
    ];
    const flipped = Buffer.from(whole);
    flipped[whole.length >> 1]! ^= 1;
    const all = [...cuts, ...others, whole.subarray(0, -1), whole.subarray(0, whole.length >> 1)];
    for (const bytes of name === "zstd" ? all : [...all, flipped]) {
      Deno.writeFileSync(path, bytes);
      const error = await assertRejects(() => read(dir), Error);
      assertStringIncludes(error.message, `Cannot decompress ${JSON.stringify(path)}: it is no whole`);
    }
  });

  Deno.test(`${name}: a bit that changed in what was saved is an error`, async () => {
    const dir = tempDirSync();
    const path = placeIn(dir).path();
    await cacher.save(stream(), placeIn(dir));
    const bytes = Deno.readFileSync(path);
    for (const at of [40, bytes.length >> 1, bytes.length - 6]) {
      Deno.writeFileSync(path, bytes.map((byte, i) => i === at ? byte ^ 4 : byte));
      const error = await assertRejects(() => read(dir), Error);
      // What comes of it may be seen to be no text before its checksum is come to.
      assertStringIncludes(error.message, JSON.stringify(path));
    }
  });

  Deno.test(`${name}: lines come in the order in which they were asked for, and a break ends it`, async () => {
    const dir = tempDirSync();
    await cacher.save(stream(), placeIn(dir));
    const lines = await cacher.load(placeIn(dir));
    const iterator = lines[Symbol.asyncIterator]();
    const results = await Promise.all(LINES.map(() => iterator.next()));
    assertEquals(results.map(({ value }) => value), LINES);
    assertEquals(await iterator.next(), { value: undefined, done: true });
    let count = 0;
    for await (const _ of lines) if (++count === 10) break;
    const broken = lines[Symbol.asyncIterator]();
    const waiting = broken.next();
    await broken.return!();
    assertEquals(await waiting, { value: undefined, done: true });
    const two = [lines, lines].map((each) => Array.fromAsync(each));
    assertEquals(await Promise.all(two), [LINES, LINES]);
  });

  Deno.test(`${name}: what a stream throws is thrown as it is, and what lay there is as it was`, async () => {
    const dir = tempDirSync();
    await cacher.save(stream(["a"]), placeIn(dir));
    const thrown = new RangeError("no more rows");
    const failing = async function* () {
      yield* LINES;
      throw thrown;
    };
    assert(await assertRejects(async () => await cacher.save(failing(), placeIn(dir))) === thrown);
    assertEquals([tree(dir), await read(dir)], [[`a${cacher.extension}`], ["a"]]);
  });

  Deno.test(`${name}: a file that was replaced since it was loaded is a miss, and no other stream`, async () => {
    const path = join(tempDirSync(), `a${cacher.extension}`);
    await saveAs(path, cacher, stream());
    const lines = await loadFrom(path, cacher);
    await saveAs(path, cacher, stream(), { overwrite: true });
    assertEquals((await Array.fromAsync(lines)).length, LINES.length, "the same again");
    await saveAs(path, cacher, stream(["a"]), { overwrite: true });
    assert(isMiss(await assertRejects(() => Array.fromAsync(lines))));
  });

  if (Deno.build.os === "linux") {
    Deno.test(`${name}: a disk that is full is an error that names the file`, async () => {
      const { openSync } = Deno;
      Deno.openSync = (path, options) => {
        openSync(path, options).close();
        return openSync("/dev/full", { write: true });
      };
      try {
        const dir = tempDirSync();
        const error = await assertRejects(async () => await cacher.save(stream(), placeIn(dir)));
        assertStringIncludes(error.message, `write '${placeIn(dir).path()}'`);
        assertEquals(tree(dir), []);
      } finally {
        Deno.openSync = openSync;
      }
    });
  }
}

Deno.test("a cacher of streams with functions of one's own is compressed through them", async () => {
  const path = join(tempDirSync(), "a.jsonl.gz");
  const inner = jsonLinesCacher<number>();
  const doubling = {
    ...inner,
    save: (rows: AsyncIterable<number>, artifact: Parameters<typeof inner.save>[1]) =>
      inner.save(
        (async function* () {
          for await (const row of rows) yield 2 * row;
        })(),
        artifact,
      ),
  };
  await gzipped(doubling).save(
    (async function* () {
      yield* [1, 2];
    })(),
    at(path),
  );
  assertEquals(gunzipSync(Deno.readFileSync(path)).toString(), "2\n4\n");
  assertEquals(await Array.fromAsync(await gzipped(doubling).load(at(path))), [2, 4]);
});
