import { Buffer } from "node:buffer";
import { join } from "@std/path";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  arrayCacher,
  csvCacher,
  fileReferenceCacher,
  jsonCacher,
  linesCacher,
  pathCacher,
  textCacher,
} from "../../../../cachers/mod.ts";
import { at } from "../../../../core/define/at.ts";
import type { AnyCacher, Cacher } from "../../../../core/define/cacher.ts";
import { gzipped } from "../../../../core/define/combinators/gzipped.ts";
import { zstd } from "../../../../core/define/combinators/zstd.ts";
import { tempDirSync } from "../../../helpers/temp_dir.ts";

/** What the program `zstd` 1.5.4 made: of one text, and of two that stand one after the other, the second unchecked. */
const ONE = Buffer.from("KLUv/SQjnQAAaGhlbGxvIHpzdGQsIAoBAFdKEkwk+P8=", "base64");
const TWO = Buffer.concat([ONE, Buffer.from("KLUv/QBYaQAAc2Vjb25kIGZyYW1lCg==", "base64")]);
const SKIPPED = new Uint8Array([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

async function loaded(bytes: Uint8Array): Promise<string> {
  const path = join(tempDirSync(), "a.txt.zst");
  Deno.writeFileSync(path, bytes);
  return await zstd(textCacher()).load(at(path));
}

Deno.test("a cacher says in its extension and kind that it is compressed, and is so once", () => {
  const { extension, kind } = zstd(jsonCacher());
  assertEquals({ extension, kind }, { extension: ".json.zst", kind: "json+zstd" });
  assertThrows(() => zstd(pathCacher()), TypeError, 'of kind "path"');
  assertThrows(() => zstd(fileReferenceCacher()), TypeError, 'of kind "file-reference"');
  assertThrows(() => zstd(zstd(jsonCacher())), TypeError, "compressed with zstd: once is enough");
  assertThrows(() => zstd(gzipped(jsonCacher())), TypeError, "compressed with gzip: once is enough");
  assertThrows(() => gzipped(zstd(jsonCacher())), TypeError, "compressed with zstd: once is enough");
});

Deno.test("what the program wrote is read, all frames of it, and others are left out", async () => {
  assertEquals(await loaded(ONE), "hello zstd, hello zstd, hello zstd\n");
  assertEquals(await loaded(TWO), "hello zstd, hello zstd, hello zstd\nsecond frame\n");
  assertEquals(await loaded(Buffer.concat([SKIPPED, TWO, SKIPPED])), await loaded(TWO));
});

Deno.test("a file that is cut anywhere, or goes on, is no shorter text but an error", async () => {
  for (let end = 0; end < TWO.length; end++) {
    if (end === ONE.length) continue;
    await assertRejects(() => loaded(TWO.subarray(0, end)), Error, "it is no whole zstd file");
  }
  for (const more of ["x", "more than eight bytes"]) {
    await assertRejects(() => loaded(Buffer.concat([ONE, Buffer.from(more)])), Error, "no whole zstd file");
  }
  await assertRejects(() => loaded(SKIPPED), Error, "there is no frame with data");
});

Deno.test("a byte that changed is an error, or changes nothing", async () => {
  const path = join(tempDirSync(), "a.json.zst");
  const value = { rows: Array.from({ length: 50 }, (_, i) => ({ i, text: `row ${i % 7}` })) };
  const cacher = zstd(jsonCacher());
  await cacher.save(value, at(path));
  const bytes = Deno.readFileSync(path);
  let errors = 0;
  for (let i = 0; i < bytes.length; i++) {
    Deno.writeFileSync(path, bytes.map((byte, k) => k === i ? byte ^ 1 << (i % 8) : byte));
    try {
      assertEquals(await cacher.load(at(path)), value, `byte ${i}`);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("Cannot decompress")) throw error;
      errors++;
    }
  }
  // Some bits of the header say how much memory is needed at most, or nothing.
  assertEquals(errors > bytes.length - 8, true, `${errors} of ${bytes.length}`);
});

Deno.test("blocks of all sorts, several hundred KB of them, come back", async () => {
  const path = join(tempDirSync(), "a.txt.zst");
  const text = "x".repeat(400_000) + Array.from({ length: 50_000 }, (_, i) => i * i).join();
  await zstd(textCacher()).save(text, at(path));
  assertEquals(await zstd(textCacher()).load(at(path)), text);
});

Deno.test("Cairn's own cachers need no folder to compress in", async () => {
  const { makeTempDirSync } = Deno;
  const dir = tempDirSync();
  Deno.makeTempDirSync = () => {
    throw new Error("a folder was made");
  };
  try {
    const cases: [AnyCacher, unknown][] = [
      [jsonCacher(), { a: [1, 2] }],
      [textCacher(), "text"],
      [csvCacher(), [{ a: 1 }]],
      [arrayCacher({ format: "npy" }), { data: new Float64Array([1, 2]), shape: [2, 1] }],
    ];
    for (const [i, [cacher, value]] of cases.entries()) {
      for (const compressed of [zstd(cacher), gzipped(cacher)]) {
        const place = at(join(dir, `${i}${compressed.extension}`));
        await compressed.save(value, place);
        assertEquals(await compressed.load(place), value);
      }
    }
  } finally {
    Deno.makeTempDirSync = makeTempDirSync;
  }
  assertEquals([...Deno.readDirSync(dir)].length, 8);
});

Deno.test("a cacher of one's own has its files and folders compressed, and finds them as it wrote them", async () => {
  const own: Cacher<string> = {
    extension: ".own",
    save: (value, artifact) => {
      Deno.writeTextFileSync(artifact.path(), value);
      Deno.writeTextFileSync(artifact.path("_more.bin"), value);
      Deno.writeTextFileSync(join(artifact.dir("_d"), "part"), value);
    },
    load: (artifact) =>
      [artifact.path(), artifact.path("_more.bin"), join(artifact.dir("_d"), "part")]
        .map((path) => Deno.readTextFileSync(path)).join("+"),
  };
  const dir = tempDirSync();
  const place = at(join(dir, "a.own.zst"));
  await zstd(own).save("x", place);
  assertEquals(await zstd(own).load(place), "x+x+x");
  const names = [...Deno.readDirSync(dir), ...Deno.readDirSync(join(dir, "a.own_d"))].map(({ name }) => name);
  assertEquals(names.sort(), ["a.own.zst", "a.own_d", "a.own_more.bin.zst", "part.zst"]);
});

Deno.test("Cairn's own streams need no folder either, while they are saved and gone through", async () => {
  const { makeTempDirSync } = Deno;
  const dir = tempDirSync();
  Deno.makeTempDirSync = () => {
    throw new Error("a folder was made");
  };
  try {
    for (const cacher of [zstd(linesCacher()), gzipped(linesCacher())]) {
      const place = at(join(dir, `a${cacher.extension}`));
      await cacher.save(three(), place);
      assertEquals(await Array.fromAsync(await cacher.load(place)), ["a", "b", "c"]);
    }
  } finally {
    Deno.makeTempDirSync = makeTempDirSync;
  }
  assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), ["a.txt.gz", "a.txt.zst"]);
});

async function* three(): AsyncGenerator<string> {
  yield* ["a", "b", "c"];
}

Deno.test("a stream of one's own can be gone through again and in part, and nothing is left of it", async () => {
  const [tmp, dir] = [tempDirSync(), tempDirSync()];
  const { makeTempDirSync } = Deno;
  const own: Cacher<AsyncIterable<string>> = {
    extension: ".own",
    streams: true,
    save: async (lines, artifact) => {
      Deno.writeTextFileSync(artifact.path(), (await Array.fromAsync(lines)).join());
      Deno.writeTextFileSync(artifact.path("_more.txt"), "more");
    },
    load: (artifact) => {
      const lines = [
        ...Deno.readTextFileSync(artifact.path()).split(","),
        Deno.readTextFileSync(artifact.path("_more.txt")),
      ];
      return (async function* () {
        yield* lines;
      })();
    },
  };
  Deno.makeTempDirSync = (options) => makeTempDirSync({ dir: tmp, ...options });
  try {
    for (const pack of [zstd, gzipped]) {
      const cacher = pack(own);
      const place = at(join(dir, `a${cacher.extension}`));
      await cacher.save(three(), place);
      const lines = await cacher.load(place);
      for (let time = 0; time < 2; time++) {
        assertEquals(await Array.fromAsync(lines), ["a", "b", "c", "more"]);
      }
      for await (const line of lines) {
        assertEquals([line, [...Deno.readDirSync(tmp)].length], ["a", 1]);
        break;
      }
      assertEquals([...Deno.readDirSync(tmp)], []);
      await assertRejects(
        async () => await cacher.load(at(join(tmp, `none${cacher.extension}`))),
        Deno.errors.NotFound,
      );
    }
  } finally {
    Deno.makeTempDirSync = makeTempDirSync;
  }
});
