/** What is too large for the engine or for a format is refused in words and never cut. */
import { join } from "@std/path";
import { assertEquals, assertRejects } from "@std/assert";
import {
  csvCacher,
  jsonCacher,
  jsonTableCacher,
  notebookCacher,
  structuredCacher,
  textCacher,
} from "../../cachers/mod.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import { at } from "../../core/define/at.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { tree } from "../helpers/tree.ts";
import { runs } from "./runs.ts";

Deno.test("a typed array of 4 GiB is refused by structuredCacher, by its path", async () => {
  // The system gives the memory when it is written to, which nobody does.
  const bytes = new Uint8Array(2 ** 32 + 8);
  await withTempDir(async (dir) => {
    for (const value of [{ model: [bytes] }, new Map([["model", new Float64Array(bytes.buffer)]])]) {
      await assertRejects(
        async () => await structuredCacher().save(value, at(join(dir, "a.bin"))),
        TypeError,
        "of 4294967304 bytes, more than the 4294967295 that would come back",
      );
    }
    assertEquals(tree(dir), []);
  });
});

/** 513 MiB, of which one is there. */
const lines = new Array<string>(513).fill("x".repeat(2 ** 20));

const tooLong: readonly (readonly [name: string, cacher: AnyCacher, value: unknown])[] = [
  ["notebookCacher", notebookCacher(), [lines]],
  ["jsonCacher", jsonCacher(), lines],
  ["jsonTableCacher", jsonTableCacher(), lines.map((text) => ({ text }))],
  // More rows than that make a file of more than that: one row must not.
  ["csvCacher", csvCacher(), [Object.fromEntries(lines.entries())]],
];
for (const [name, cacher, value] of tooLong) {
  // Each takes a second and a gigabyte of memory: all but one in the long version alone.
  Deno.test({
    name: `${name}: a text that is too long for the engine is refused`,
    ignore: name !== "notebookCacher" && runs(1) === 1,
    fn: async () => {
      await withTempDir(async (dir) => {
        await assertRejects(
          async () => await cacher.save(value, at(join(dir, "a.txt"))),
          RangeError,
          "it makes a text of more than 512 MiB, the most that one text can hold",
        );
        assertEquals(tree(dir), []);
      });
    },
  });
}

Deno.test({
  name: "csvCacher: a table of more than 512 MiB comes back",
  ignore: runs(1) === 1,
  fn: async () => {
    await withTempDir(async (dir) => {
      const place = at(join(dir, "a.csv"));
      await csvCacher().save(lines.map((text, i) => ({ text, i })), place);
      const loaded = await csvCacher().load(place) as { text: string; i: number }[];
      assertEquals(loaded.length, lines.length);
      // Compared one by one: a difference would be printed whole.
      assertEquals(loaded.findIndex(({ text, i }, at) => i !== at || text !== lines[at]), -1);
    });
  },
});

Deno.test({
  name: "a file that is too long for a text is said to be so, and not to be no UTF-8",
  ignore: runs(1) === 1,
  fn: async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "a.txt");
      Deno.writeFileSync(path, new Uint8Array());
      Deno.truncateSync(path, 2 ** 29 + 5);
      for (const cacher of [textCacher(), jsonCacher()]) {
        await assertRejects(
          async () => await cacher.load(at(path)),
          TypeError,
          "a text of more than 512 MiB",
        );
      }
      await Deno.writeFile(path, new Uint8Array([0xff]), { append: true });
      await assertRejects(
        async () => await textCacher().load(at(path)),
        TypeError,
        "536870918 bytes are not UTF-8",
      );
    });
  },
});
