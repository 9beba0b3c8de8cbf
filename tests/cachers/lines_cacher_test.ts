/** What `linesCacher` writes, what it makes of files that others wrote, and what becomes of a stream that breaks off. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { linesCacher } from "../../cachers/lines_cacher.ts";
import { at } from "../../core/define/at.ts";
import { tree } from "../helpers/tree.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

const cacher = linesCacher();

async function read(path: string): Promise<string[]> {
  return await Array.fromAsync(await cacher.load(at(path)));
}

async function* stream(...lines: string[]): AsyncGenerator<string> {
  yield* lines;
}

const files: readonly [what: string, bytes: string, lines: string[]][] = [
  ["nothing", "", []],
  ["one empty line", "\n", [""]],
  ["no line break at the end", "a\nb", ["a", "b"]],
  ["empty lines at the end", "a\n\n\n", ["a", "", ""]],
  ["line breaks of Windows", "a\r\n\r\nb", ["a", "", "b"]],
  ["line breaks of both sorts", "a\r\nb\nc\r\n", ["a", "b", "c"]],
  ["a byte order mark", "\ufeffa\n\ufeffb\n", ["a", "\ufeffb"]],
  ["a byte order mark alone", "\ufeff", []],
  ["carriage returns within a line", "a\rb\r\n", ["a\rb"]],
  ["other separators of lines", "a\u2028b\u0085c\u000bd\n", ["a\u2028b\u0085c\u000bd"]],
];

for (const [what, bytes, lines] of files) {
  Deno.test(`linesCacher reads ${what}`, () =>
    withTempDir(async (dir) => {
      Deno.writeTextFileSync(join(dir, "a.txt"), bytes);
      assertEquals(await read(join(dir, "a.txt")), lines);
    }));
}

Deno.test("linesCacher reads lines of all lengths, wherever the pieces that are read end", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "a.txt");
    for (const length of [16_383, 16_384, 262_143, 262_145, 600_003]) {
      for (const letter of ["x", "€", "\u{1f600}"]) {
        const lines = ["", letter.repeat(length), "", letter.repeat(3), letter.repeat(length), "end"];
        await cacher.save(stream(...lines), at(path));
        assertEquals(await read(path), lines);
      }
    }
    for (const length of [262_142, 262_143, 262_144, 262_145]) {
      await cacher.save(stream("x".repeat(length), "end"), at(path));
      assertEquals((await read(path)).map(({ length }) => length), [length, 3]);
    }
    const many = Array.from({ length: 60_000 }, (_, i) => "é".repeat(i % 37) + i);
    await cacher.save(stream(...many), at(path));
    assertEquals(await read(path), many);
    assertEquals(Deno.readTextFileSync(path), many.join("\n") + "\n");
  }));

Deno.test("linesCacher names the line that is no UTF-8, in a file of many pieces", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "a.txt");
    const bytes = new TextEncoder().encode("a line of text\n".repeat(100_000));
    bytes[15 * 70_000 + 3] = 0xff;
    Deno.writeFileSync(path, bytes);
    let count = 0;
    const lines = await cacher.load(at(path));
    const error = await assertRejects(async () => {
      for await (const _ of lines) count++;
    }, TypeError);
    assertEquals(error.message, `Cannot load ${JSON.stringify(path)} as lines: line 70001 is not UTF-8`);
    assert(count > 60_000 && count <= 70_000);
  }));

Deno.test("each time that it is gone through, the stream begins anew; two may be under way at once", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "a.txt");
    await cacher.save(stream("a", "b", "c"), at(path));
    const lines = await cacher.load(at(path));
    const pairs: string[] = [];
    for await (const outer of lines) for await (const inner of lines) pairs.push(outer + inner);
    assertEquals(pairs, ["aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"]);
    const iterator = lines[Symbol.asyncIterator]();
    // Without waiting for one before the next is asked for.
    assertEquals(
      (await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()))).map(({ value }) => value),
      ["a", "b", "c", undefined, undefined],
    );
  }));

/** Paths of the files that this process has open below a folder. */
function openBelow(dir: string): string[] {
  return [...Deno.readDirSync("/proc/self/fd")].flatMap(({ name }) => {
    try {
      return [Deno.readLinkSync(`/proc/self/fd/${name}`)];
    } catch {
      return []; // that of the listing itself
    }
  }).filter((path) => path.startsWith(Deno.realPathSync(dir)));
}

Deno.test({
  name: "a file is open only while it is gone through: to its end, to a break, or to what is thrown",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withTempDir(async (dir) => {
      const path = join(dir, "a.txt");
      await cacher.save(stream("a", "b"), at(path));
      const lines = await cacher.load(at(path));
      assertEquals(openBelow(dir), []);
      for await (const _ of lines) assertEquals(openBelow(dir).length, 1);
      assertEquals(openBelow(dir), []);
      for await (const _ of lines) break;
      assertEquals(openBelow(dir), []);
      await assertRejects(async () => {
        for await (const _ of lines) throw new Error("enough");
      });
      assertEquals(openBelow(dir), []);
      const iterator = lines[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return!();
      await iterator.return!();
      assertEquals([openBelow(dir), await iterator.next()], [[], { value: undefined, done: true }]);
      Deno.writeFileSync(path, new Uint8Array([0xff]));
      await assertRejects(async () => await read(path), TypeError);
      assertEquals(openBelow(dir), []);
      await assertRejects(async () => await cacher.save(stream("a", "\n"), at(path)));
      assertEquals(openBelow(dir), []);
    }),
});

Deno.test("what a stream throws is thrown as it is, and what lay there is as it was", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "a.txt");
    await cacher.save(stream("a"), at(path));
    const thrown = new RangeError("no more rows");
    async function* failing() {
      for (let i = 0; i < 100_000; i++) yield "a row";
      throw thrown;
    }
    const error = await assertRejects(async () => await cacher.save(failing(), at(path)));
    assert(error === thrown);
    assertEquals([tree(dir), await read(path)], [["a.txt"], ["a"]]);

    const folder = join(dir, "b");
    Deno.mkdirSync(folder);
    async function* removing() {
      yield "a row";
      Deno.removeSync(folder, { recursive: true });
      throw thrown;
    }
    assert(
      await assertRejects(async () => await cacher.save(removing(), at(join(folder, "b.txt")))) === thrown,
    );
  }));

Deno.test("empty lines are written as they come, as all others", () =>
  withTempDir(async (dir) => {
    async function* blanks() {
      for (let i = 0; i < 100_000; i++) yield "";
      const [partial] = [...Deno.readDirSync(dir)];
      assert(Deno.statSync(join(dir, partial!.name)).size > 0);
    }
    await cacher.save(blanks(), at(join(dir, "a.txt")));
    assertEquals(Deno.statSync(join(dir, "a.txt")).size, 100_000);
  }));

Deno.test("a stream whose line is refused, or can't be written, is told to end", () =>
  withTempDir(async (dir) => {
    let ends = 0;
    async function* stream(line: string) {
      try {
        for (;;) yield line;
      } finally {
        ends++;
      }
    }
    await assertRejects(async () => await cacher.save(stream("\n"), at(join(dir, "a.txt"))), TypeError);
    assertEquals([ends, tree(dir)], [1, []]);
    if (Deno.build.os !== "linux") return;
    // Of another sort of file nothing is left either.
    const full = Deno.openSync("/dev/full", { write: true });
    const openSync = Deno.openSync;
    Deno.openSync = (path, options) => {
      openSync(path, options).close();
      return full;
    };
    try {
      const path = join(dir, "full.txt");
      const error = await assertRejects(async () => await cacher.save(stream("x".repeat(1000)), at(path)));
      assertStringIncludes(error.message, `write '${path}'`);
    } finally {
      Deno.openSync = openSync;
    }
    assertEquals([ends, tree(dir)], [2, []]);
  }));

Deno.test("a stream may read the file that it is saved to", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "a.txt");
    await cacher.save(stream(...Array.from({ length: 100_000 }, (_, i) => `row ${i}`)), at(path));
    const before = await cacher.load(at(path));
    async function* even() {
      let i = 0;
      for await (const line of before) if (i++ % 2 === 0) yield line;
    }
    await cacher.save(even(), at(path));
    const after = await read(path);
    assertEquals([after.length, after[1], after.at(-1)], [50_000, "row 2", "row 99998"]);
  }));

Deno.test("others get their turn while a stream that never waits is saved and read", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "a.txt");
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    try {
      const spend = (milliseconds: number) => {
        for (const end = performance.now() + milliseconds; performance.now() < end;);
      };
      const slow = async function* () {
        for (let i = 0; i < 8; i++) {
          spend(25);
          yield "x".repeat(10_000);
        }
      };
      await cacher.save(slow(), at(path));
      assert(ticks >= 4, `${ticks} while it was saved`);
      ticks = 0;
      const lines = await cacher.load(at(path));
      for await (const _ of lines) spend(25);
      assert(ticks >= 3, `${ticks} while it was read`);
    } finally {
      clearInterval(timer);
    }
  }));
