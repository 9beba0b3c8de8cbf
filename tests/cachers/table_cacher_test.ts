import { assertEquals, assertThrows } from "@std/assert";
import { tableCacher } from "../../cachers/table_cacher.ts";
import { at } from "../../core/define/at.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

Deno.test("the format decides the extension and kind", () => {
  const of = (format: "csv" | "json") => {
    const { extension, kind } = tableCacher({ format });
    return { extension, kind };
  };
  assertEquals(of("csv"), { extension: ".csv", kind: "csv" });
  assertEquals(of("json"), { extension: ".json", kind: "json-table" });
});

Deno.test("a format that is none is refused", () => {
  for (const options of [undefined, {}, { format: "parquet" }]) {
    assertThrows(() => tableCacher(options as never), TypeError, 'it is "csv" or "json"');
  }
});

Deno.test("the options of CSV are passed on", async () => {
  const path = `${tempDirSync()}/a.csv`;
  Deno.writeTextFileSync(path, "a,b\n1,2\n");
  assertEquals(await tableCacher({ format: "csv", columns: { a: "number" } }).load(at(path)), [{
    a: 1,
    b: "2",
  }]);
});
