import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { arrowCacher, type ArrowCompression } from "../../cachers/arrow.ts";
import { batchRows } from "../../cachers/arrow_format.ts";
import { parquetCacher } from "../../cachers/parquet.ts";
import { at } from "../../core/define/at.ts";
import type { Cacher } from "../../core/define/cacher.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

/** The reader of the Apache project. */
const apache = () => import("apache-arrow");

Deno.test("apache-arrow reads what was saved, with its types", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "a.arrow");
    await arrowCacher().save([
      { whole: 1, large: 2 ** 40, x: NaN, text: "é, \ufeff", when: new Date(1e12), big: 12n, yes: true },
      { whole: null, large: -1, x: -0, text: "", when: null, big: -(2n ** 63n), yes: false, odd: [1] },
    ], at(path));
    const table = (await apache()).tableFromIPC(Deno.readFileSync(path));
    assertEquals(table.schema.fields.map(({ name, type }) => `${name} ${type}`), [
      "whole Int32",
      "large Int64",
      "x Float64",
      "text Utf8",
      "when Timestamp<MILLISECOND, UTC>",
      "big Int64",
      "yes Bool",
      "odd Utf8",
    ]);
    assertEquals(table.toArray().map((row) => row.toJSON()), [
      {
        whole: 1,
        large: BigInt(2 ** 40),
        x: NaN,
        text: "é, \ufeff",
        when: 1e12,
        big: 12n,
        yes: true,
        odd: null,
      },
      {
        whole: null,
        large: -1n,
        x: -0,
        text: "",
        when: null,
        big: -(2n ** 63n),
        yes: false,
        odd: "[1]",
      },
    ]);
  });
});

Deno.test("apache-arrow reads typed arrays as what they are", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "a.arrow");
    const columns = {
      i8: new Int8Array([-128, 127]),
      u8: new Uint8Array([0, 255]),
      i16: new Int16Array([-32768, 1]),
      u16: new Uint16Array([65535, 0]),
      i32: new Int32Array([-(2 ** 31), 5]),
      u32: new Uint32Array([2 ** 32 - 1, 0]),
      i64: new BigInt64Array([-1n, 1n]),
      u64: new BigUint64Array([2n ** 64n - 1n, 1n]),
      f32: new Float32Array([0.5, -0]),
      f64: new Float64Array([0.1, NaN]),
    };
    await arrowCacher<typeof columns>({ shape: "columns" }).save(columns, at(path));
    const table = (await apache()).tableFromIPC(Deno.readFileSync(path));
    for (const [name, array] of Object.entries(columns)) {
      assertEquals(table.getChild(name)!.toArray(), array as unknown, name);
    }
  });
});

Deno.test("numbers of 16 bits come back, each with its sign", async () => {
  await withTempDir(async (dir) => {
    const place = at(join(dir, "a.arrow"));
    const halves = new Float16Array(new Uint16Array(2 ** 16 / 4).map((_, i) => 4 * i).buffer);
    for (const cacher of [arrowCacher, parquetCacher]) {
      const columns = cacher<{ halves: Float16Array }>({ shape: "columns" });
      await columns.save({ halves }, place);
      const loaded = (await columns.load(place)).halves;
      assertEquals(halves.findIndex((value, i) => !Object.is(value, loaded[i])), -1);
    }
  });
});

Deno.test("tables of several batches come back, as apache-arrow counts them, compressed or not", async () => {
  await withTempDir(async (dir) => {
    for (const compression of ["none", "zstd"] as const) {
      const place = at(join(dir, `${compression}.arrow`));
      const columns = {
        i: Int32Array.from({ length: 140_000 }, (_, i) => i),
        text: Array.from({ length: 140_000 }, (_, i) => i % 7 === 0 ? null : `text ${i % 5}`),
        yes: Array.from({ length: 140_000 }, (_, i) => i % 3 === 0),
      };
      await arrowCacher<typeof columns>({ shape: "columns", compression }).save(columns, place);
      if (compression === "none") {
        const table = (await apache()).tableFromIPC(Deno.readFileSync(place.path()));
        assertEquals([table.numRows, table.batches.length], [140_000, 3]);
        assertEquals(table.getChild("text")!.nullCount, 20_000);
      }
      const loaded = await arrowCacher<typeof columns>({ shape: "columns" }).load(place);
      assertEquals(loaded.i.findIndex((value, i) => value !== i), -1);
      assertEquals(loaded.text.findIndex((text, i) => text !== columns.text[i]), -1);
      assertEquals(loaded.yes.findIndex((yes, i) => yes !== columns.yes[i]), -1);
    }
  });
});

Deno.test("a batch has as many rows as its texts and bytes leave room for", () => {
  const of = (values: unknown[], storage: "string" | "bytes" | "int32") => ({
    columns: [{ name: "a", values, storage, nullable: true }],
  });
  const texts = of(new Array(100).fill("four"), "string");
  assertEquals(batchRows(texts), 2 ** 16);
  assertEquals(batchRows(texts, 12 * 100), 2 ** 16);
  assertEquals(batchRows(texts, 12 * 100 - 1), 64);
  assertEquals(batchRows(texts, 1), 1);
  assertEquals(batchRows(of([new Uint8Array(9), null, new Uint8Array(9)], "bytes"), 9), 2);
  assertEquals(batchRows(of(new Array(100).fill(5), "int32"), 1), 2 ** 16);
});

Deno.test("files and streams of apache-arrow are read", async () => {
  const {
    Bool,
    Int64,
    List,
    TimestampMicrosecond,
    tableFromArrays,
    Table,
    tableToIPC,
    vectorFromArray,
    Field,
  } = await apache();
  const dictionaries = tableFromArrays({ category: ["x", "y", "x"], x: new Float64Array([0.5, NaN, -0]) });
  const table = new Table({
    id: vectorFromArray([1n, null, -1n], new Int64()),
    big: vectorFromArray([1n, 2n ** 60n, null], new Int64()),
    when: vectorFromArray(
      [1n, null, 1_000_001n].map((us) => us === null ? null : Number(us)),
      new TimestampMicrosecond(),
    ),
    list: vectorFromArray([[1n, 2n], [], null], new List(new Field("item", new Int64()))),
    yes: vectorFromArray([true, null, false], new Bool()),
    category: dictionaries.getChild("category")!,
    x: dictionaries.getChild("x")!,
  });
  await withTempDir(async (dir) => {
    for (const format of ["file", "stream"] as const) {
      const place = at(join(dir, `${format}.arrow`));
      Deno.writeFileSync(place.path(), tableToIPC(table, format));
      const rows = await arrowCacher().load(place) as Record<string, unknown>[];
      assertEquals(rows.map(({ when: _, ...row }) => row), [
        { id: 1, big: 1n, list: [1, 2], yes: true, category: "x", x: 0.5 },
        { id: null, big: 2n ** 60n, list: [], yes: null, category: "y", x: NaN },
        { id: -1, big: null, list: null, yes: false, category: "x", x: -0 },
      ]);
      assertEquals(rows.map(({ when }) => when === null ? null : when instanceof Date), [true, null, true]);
      const { x, id } = await arrowCacher({ shape: "columns" }).load(place) as Record<string, unknown>;
      assertEquals([x, id], [new Float64Array([0.5, NaN, -0]), [1, null, -1]]);
    }
  });
});

Deno.test("texts of a dictionary of apache-arrow come back whole", async () => {
  const { Dictionary, Int32, Table, Utf8, tableToIPC, vectorFromArray } = await apache();
  const texts = ["\ufeffa", "a", null, "\ufeffa", "é"];
  const table = new Table({ c: vectorFromArray(texts, new Dictionary(new Utf8(), new Int32())) });
  await withTempDir(async (dir) => {
    const place = at(join(dir, "a.arrow"));
    Deno.writeFileSync(place.path(), tableToIPC(table.concat(table), "file"));
    assertEquals(await arrowCacher({ shape: "columns" }).load(place), { c: [...texts, ...texts] });
  });
});

for (const ending of ["arrow", "parquet"] as const) {
  Deno.test(`a ${ending} file of pyarrow, compressed by LZ4, is read`, async () => {
    const path = fromFileUrl(import.meta.resolve(`./fixtures/pyarrow_lz4.${ending}`));
    const rows = await (ending === "arrow" ? arrowCacher() : parquetCacher()).load(at(path));
    assertEquals(rows.length, 120);
    const both = { day: new Date("2020-01-02"), when: new Date("2020-01-02T03:04:05.678Z"), decimal: 1.25 };
    const struct = { a: 1, b: "x" };
    assertEquals(
      rows.slice(117),
      [
        {
          i: 1,
          big: 1n,
          text: "\ufeffé",
          list: [1, 2],
          bytes: new Uint8Array([0, 1]),
          yes: true,
          x: 0.5,
          category: "x",
        },
        {
          i: 2,
          big: 2n ** 53n + 1n,
          text: null,
          list: [],
          bytes: new Uint8Array(),
          yes: false,
          x: NaN,
          category: "y",
        },
        { i: null, big: -1n, text: "", list: null, bytes: null, yes: null, x: -Infinity, category: "x" },
      ].map((row) => ({ ...row, ...both, struct })),
    );
  });
}

Deno.test("what is loaded lies in memory of its own", async () => {
  await withTempDir(async (dir) => {
    const place = at(join(dir, "a.arrow"));
    const value = { a: new Float64Array([1, 2]), b: new Int8Array([2, 3]), c: [new Uint8Array(500), null] };
    const cacher = arrowCacher<typeof value>({ shape: "columns", compression: "zstd" });
    await cacher.save(value, place);
    const { a, b, c } = await cacher.load(place);
    for (const array of [a, b, c[0]!]) {
      assertEquals(array.buffer.byteLength, array.byteLength);
      assertEquals(
        Object.getPrototypeOf(array),
        globalThis[array[Symbol.toStringTag] as "Int8Array"].prototype,
      );
    }
  });
});

Deno.test("a text that is not UTF-8 is an error", async () => {
  await withTempDir(async (dir) => {
    const place = at(join(dir, "a.arrow"));
    await arrowCacher().save([{ a: "text to break" }], place);
    const bytes = Deno.readFileSync(place.path());
    bytes[new TextDecoder("latin1").decode(bytes).indexOf("text to")] = 0xff;
    Deno.writeFileSync(place.path(), bytes);
    await assertRejects(
      async () => await arrowCacher().load(place),
      SyntaxError,
      "a text in it is not UTF-8",
    );
  });
});

Deno.test("the shape is in the type and in the kind, and options that are none are refused", () => {
  const rows: Cacher<{ a: number }[]> = arrowCacher<{ a: number }>();
  const columns: Cacher<{ a: Float64Array }> = arrowCacher<{ a: Float64Array }>({ shape: "columns" });
  assertEquals([rows, columns].map(({ extension, kind }) => [extension, kind]), [
    [".arrow", "arrow"],
    [".arrow", "arrow-columns"],
  ]);
  // @ts-expect-error without the shape it is rows that are kept
  const _: Cacher<{ a: Float64Array }> = arrowCacher<{ a: Float64Array }>();
  assertThrows(
    () => arrowCacher({ compression: "lz4" as ArrowCompression }),
    TypeError,
    'Cannot use "lz4" as the compression of Arrow: it is one of "none", "zstd"',
  );
});

Deno.test("the entry point exports just the cacher", async () => {
  assertEquals(Object.keys(await import("../../cachers/arrow.ts")), ["arrowCacher"]);
});
