import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { parquetCacher, type ParquetCompression } from "../../cachers/parquet.ts";
import { at } from "../../core/define/at.ts";
import type { Cacher } from "../../core/define/cacher.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

/** What DuckDB answers, with its own words for values that JSON has none for. */
async function inDuckDb(sql: string): Promise<Record<string, unknown>[]> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function typesInDuckDb(path: string): Promise<unknown[]> {
  const columns = await inDuckDb(`DESCRIBE SELECT * FROM '${path}'`);
  return columns.map(({ column_name, column_type }) => `${column_name} ${column_type}`);
}

Deno.test("DuckDB reads what was saved, with its types", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "a.parquet");
    await parquetCacher().save([
      {
        whole: 1,
        large: 2 ** 40,
        x: NaN,
        text: "é, \ufeff",
        when: new Date(1e12),
        big: 12n,
        yes: true,
        bytes: new Uint8Array([65, 0]),
        odd: [1, { a: null }],
      },
      { whole: null, large: -1, x: -0.5, text: "", when: null, big: -(2n ** 63n), yes: false },
    ], at(path));
    assertEquals(await typesInDuckDb(path), [
      "whole INTEGER",
      "large BIGINT",
      "x DOUBLE",
      "text VARCHAR",
      "when TIMESTAMP WITH TIME ZONE",
      "big BIGINT",
      "yes BOOLEAN",
      "bytes BLOB",
      "odd VARCHAR",
    ]);
    const rows = await inDuckDb(`SELECT * REPLACE (epoch_ms("when") AS "when") FROM '${path}'`);
    assertEquals(rows, [
      {
        whole: 1,
        large: String(2 ** 40),
        x: "NaN",
        text: "é, \ufeff",
        when: "1000000000000",
        big: "12",
        yes: true,
        bytes: "A\\x00",
        odd: '[1,{"a":null}]',
      },
      {
        whole: null,
        large: "-1",
        x: -0.5,
        text: "",
        when: null,
        big: String(-(2n ** 63n)),
        yes: false,
        bytes: null,
        odd: null,
      },
    ]);
  });
});

Deno.test("DuckDB reads typed arrays as what they are", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "a.parquet");
    const columns = {
      i8: new Int8Array([-128, 127]),
      u8: new Uint8Array([0, 255]),
      i16: new Int16Array([-32768, 1]),
      u16: new Uint16Array([65535, 0]),
      i32: new Int32Array([-(2 ** 31), 5]),
      u32: new Uint32Array([2 ** 32 - 1, 0]),
      i64: new BigInt64Array([-1n, 1n]),
      u64: new BigUint64Array([2n ** 64n - 1n, 1n]),
      f32: new Float32Array([0.5, 1]),
      f64: new Float64Array([0.1, -1]),
    };
    await parquetCacher<typeof columns>({ shape: "columns" }).save(columns, at(path));
    assertEquals(await typesInDuckDb(path), [
      "i8 TINYINT",
      "u8 UTINYINT",
      "i16 SMALLINT",
      "u16 USMALLINT",
      "i32 INTEGER",
      "u32 UINTEGER",
      "i64 BIGINT",
      "u64 UBIGINT",
      "f32 FLOAT",
      "f64 DOUBLE",
    ]);
    const [first] = await inDuckDb(`SELECT * FROM '${path}'`);
    assertEquals(Object.values(first!).map(Number), Object.values(columns).map(([value]) => Number(value)));
  });
});

for (const compression of ["snappy", "zstd", "gzip", "none"] as const) {
  Deno.test(`a file of several row groups, compressed by ${compression}: DuckDB counts the same, and it comes back`, async () => {
    await withTempDir(async (dir) => {
      const place = at(join(dir, "a.parquet"));
      const columns = {
        i: Int32Array.from({ length: 100_001 }, (_, i) => i),
        text: Array.from({ length: 100_001 }, (_, i) => i % 7 === 0 ? null : `text ${i % 5}`),
      };
      await parquetCacher<typeof columns>({ shape: "columns", compression }).save(columns, place);
      const [counts] = await inDuckDb(
        `SELECT count(*)::INT n, sum(i)::DOUBLE s, count(text)::INT t FROM '${place.path()}'`,
      );
      assertEquals(counts, { n: 100_001, s: 5000050000, t: 85_715 });
      const loaded = await parquetCacher<typeof columns>({ shape: "columns" }).load(place);
      assertEquals(loaded.i.findIndex((value, i) => value !== i), -1);
      assertEquals(loaded.text.findIndex((text, i) => text !== columns.text[i]), -1);
    });
  });
}

const FOREIGN = `SELECT * FROM (VALUES
  (1::BIGINT, 1::BIGINT, 0.5::DOUBLE, 'é', DATE '2020-01-02', TIMESTAMP '2020-01-02 03:04:05.678901', 1.25::DECIMAL(9, 2),
    [1, 9007199254740993]::BIGINT[], {a: 1, b: 'x'}, 'A\\x00'::BLOB, true, 3::UTINYINT, '{"k": [1]}'::JSON),
  (NULL, 9007199254740993::BIGINT, 'NaN'::DOUBLE, NULL, NULL, NULL, NULL, [], NULL, NULL, NULL, 4::UTINYINT, NULL)
) t(id, big, x, text, "day", "when", "decimal", list, struct, bytes, yes, small, json)`;

for (const codec of ["snappy", "zstd", "gzip", "brotli", "lz4_raw", "uncompressed"]) {
  Deno.test(`what DuckDB wrote is read, compressed by ${codec}`, async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "a.parquet");
      await inDuckDb(`COPY (${FOREIGN}) TO '${path}' (FORMAT parquet, COMPRESSION ${codec})`);
      assertEquals(await parquetCacher().load(at(path)), [
        {
          id: 1,
          big: 1n,
          x: 0.5,
          text: "é",
          day: new Date("2020-01-02"),
          when: new Date("2020-01-02T03:04:05.678Z"),
          decimal: 1.25,
          list: [1, 9007199254740993n],
          struct: { a: 1, b: "x" },
          bytes: new Uint8Array([65, 0]),
          yes: true,
          small: 3,
          json: { k: [1] },
        },
        {
          id: null,
          big: 9007199254740993n,
          x: NaN,
          text: null,
          day: null,
          when: null,
          decimal: null,
          list: [],
          struct: null,
          bytes: null,
          yes: null,
          small: 4,
          json: null,
        },
      ]);
    });
  });
}

Deno.test("columns of what DuckDB wrote are typed arrays where they are numbers without null", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "a.parquet");
    await inDuckDb(`COPY (SELECT id, big, x, text FROM (${FOREIGN})) TO '${path}' (FORMAT parquet)`);
    assertEquals(await parquetCacher({ shape: "columns" }).load(at(path)), {
      id: [1, null],
      big: new BigInt64Array([1n, 9007199254740993n]),
      x: new Float64Array([0.5, NaN]),
      text: ["é", null],
    });
    await inDuckDb(`COPY (SELECT 18446744073709551615::UBIGINT AS large) TO '${path}' (FORMAT parquet)`);
    assertEquals(await parquetCacher({ shape: "columns" }).load(at(path)), {
      large: new BigUint64Array([2n ** 64n - 1n]),
    });
  });
});

Deno.test("what was saved in one shape loads in the other", async () => {
  await withTempDir(async (dir) => {
    const place = at(join(dir, "a.parquet"));
    await parquetCacher().save([{ a: 1, b: "x" }, { a: 2 }], place);
    assertEquals(await parquetCacher({ shape: "columns" }).load(place), { a: [1, 2], b: ["x", null] });
    await parquetCacher({ shape: "columns" }).save({ a: new Uint8Array([1, 2]), b: ["x", null] }, place);
    assertEquals(await parquetCacher().load(place), [{ a: 1, b: "x" }, { a: 2, b: null }]);
  });
});

Deno.test("a file that is not as its metadata says is an error that says in what", async () => {
  await withTempDir(async (dir) => {
    const place = at(join(dir, "a.parquet"));
    await parquetCacher().save([{ a: 1, b: "x" }], place);
    const cases: [Record<string, unknown>, string][] = [
      [{ rows: 2 }, "it has 1 rows, wanted 2 as its metadata says"],
      [{ columns: [{ name: "a", type: "number" }] }, 'its columns are "a", "b", wanted "a" as'],
      [
        { columns: [{ name: "a", type: "date" }, { name: "b", type: "string" }] },
        "$[0].a is a number, wanted a date",
      ],
      [
        { columns: [{ name: "a", type: "number" }, { name: "b", type: "json" }] },
        "$[0].b is a string, wanted a json",
      ],
      [{ columns: [{ name: "a", type: "float" }] }, "is not what this cacher writes"],
    ];
    for (const [extra, message] of cases) {
      const changed = { ...place, extra: { ...place.extra, ...extra } };
      await assertRejects(async () => await parquetCacher().load(changed), SyntaxError, message);
    }
    const array = {
      ...place.extra,
      columns: [{ name: "a", type: "number", array: "int64" }, { name: "b", type: "string" }],
    };
    const columns = parquetCacher({ shape: "columns" });
    await assertRejects(
      async () => await columns.load({ ...place, extra: array }),
      SyntaxError,
      "$.a[0] is a number, wanted a bigint",
    );
  });
});

Deno.test("two columns of one name are an error", async () => {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  await withTempDir(async (dir) => {
    const path = join(dir, "a.parquet");
    const column = { name: "a", data: [1], type: "INT32" as const };
    Deno.writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData: [column, column] })));
    await assertRejects(
      async () => await parquetCacher().load(at(path)),
      SyntaxError,
      'two of its columns are called "a"',
    );
  });
});

Deno.test("the shape is in the type and in the kind, and options that are none are refused", () => {
  const rows: Cacher<{ a: number }[]> = parquetCacher<{ a: number }>();
  const columns: Cacher<{ a: Float64Array }> = parquetCacher<{ a: Float64Array }>({ shape: "columns" });
  assertEquals([rows, columns].map(({ extension, kind }) => [extension, kind]), [
    [".parquet", "parquet"],
    [".parquet", "parquet-columns"],
  ]);
  // @ts-expect-error without the shape it is rows that are kept
  const _: Cacher<{ a: Float64Array }> = parquetCacher<{ a: Float64Array }>();
  assertThrows(
    () => parquetCacher({ compression: "lz4" as ParquetCompression }),
    TypeError,
    'Cannot use "lz4" as the compression of Parquet: it is one of "snappy", "zstd", "gzip", "none"',
  );
  assertThrows(
    () => parquetCacher({ shape: "table" as "rows" }),
    TypeError,
    '"table" as the shape of a table',
  );
});

Deno.test("the entry point exports just the cacher", async () => {
  assertEquals(Object.keys(await import("../../cachers/parquet.ts")), ["parquetCacher"]);
});
