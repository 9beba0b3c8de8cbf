import { assertEquals, assertThrows } from "@std/assert";
import { arrowCacher } from "../../cachers/arrow.ts";
import { csvCacher } from "../../cachers/csv_cacher.ts";
import { parquetCacher } from "../../cachers/parquet.ts";
import { tableCacher } from "../../cachers/table_cacher.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import { at } from "../../core/define/at.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

Deno.test("the format decides the extension and kind, which are those of its own cacher", () => {
  const { extension, kind } = csvCacher();
  assertEquals(tableCacher({ format: "csv" }).kind, kind);
  assertEquals([extension, kind], [".csv", "csv"]);
  assertEquals(tableCacher({ format: "json" }).kind, "json-table");
  for (const [format, make] of [["arrow", arrowCacher], ["parquet", parquetCacher]] as const) {
    for (const shape of ["rows", "columns"] as const) {
      const [own, found] = [
        (make as (options: object) => AnyCacher)({ shape }),
        tableCacher({ format, shape } as never),
      ];
      assertEquals([found.extension, found.kind], [own.extension, own.kind]);
    }
  }
});

Deno.test("a format that is none is refused", () => {
  for (const options of [undefined, {}, { format: "xlsx" }]) {
    assertThrows(() => tableCacher(options as never), TypeError, 'it is "csv", "json", "arrow" or "parquet"');
  }
});

Deno.test("options that a format does not have are refused where they are given", () => {
  for (const options of [{ format: "arrow", compression: "snappy" }, { format: "parquet", shape: "list" }]) {
    assertThrows(() => tableCacher(options as never), TypeError, "it is one of");
  }
});

Deno.test("the options of Parquet are passed on, and what it saves is a file as any other", async () => {
  const dir = tempDirSync();
  const columns = {
    x: Float64Array.from({ length: 1000 }, (_, i) => i),
    text: new Array<string | null>(1000).fill(null),
  };
  const sizes = await Promise.all((["none", "zstd"] as const).map(async (compression) => {
    const place = at(`${dir}/${compression}.parquet`);
    const cacher = tableCacher<typeof columns>({ format: "parquet", shape: "columns", compression });
    await cacher.save(columns, place);
    assertEquals(await parquetCacher<typeof columns>({ shape: "columns" }).load(place), columns);
    return Deno.statSync(place.path()).size;
  }));
  assertEquals(sizes[1]! < sizes[0]!, true, String(sizes));
});

Deno.test("the options of CSV are passed on", async () => {
  const path = `${tempDirSync()}/a.csv`;
  Deno.writeTextFileSync(path, "a,b\n1,2\n");
  assertEquals(await tableCacher({ format: "csv", columns: { a: "number" } }).load(at(path)), [{
    a: 1,
    b: "2",
  }]);
});
