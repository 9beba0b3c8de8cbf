import { assertEquals, assertRejects } from "@std/assert";
import { jsonTableCacher } from "../../cachers/json_table_cacher.ts";
import { at } from "../../core/define/at.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

function temporary(): string {
  return `${tempDirSync()}/a.json`;
}

Deno.test("a row is a line, and only columns that JSON has no word for are in the metadata", async () => {
  const place = at(temporary());
  await jsonTableCacher().save([{ n: 1, x: NaN, when: new Date(0), b: 1n, s: "NaN" }, {
    x: 0.5,
    n: 2,
    when: null,
  }], place);
  assertEquals(
    Deno.readTextFileSync(place.path()),
    '[\n{"n":1,"x":"NaN","when":"1970-01-01T00:00:00.000Z","b":"1","s":"NaN"},\n{"n":2,"x":0.5,"when":null}\n]\n'
      .replace('{"n":2,"x":0.5', '{"x":0.5,"n":2'),
  );
  assertEquals(place.extra, {
    columns: [{ name: "x", type: "number" }, { name: "when", type: "date" }, { name: "b", type: "bigint" }],
  });
});

Deno.test("each row keeps the order of its keys", async () => {
  const place = at(temporary());
  await jsonTableCacher().save([{ b: 1n, a: 2 }, { a: 4, b: 5n }], place);
  assertEquals((await jsonTableCacher().load(place)).map((row) => Object.keys(row)), [["b", "a"], [
    "a",
    "b",
  ]]);
});

Deno.test("saving changes nothing in the rows it was given", async () => {
  const rows = [Object.freeze({ b: 1n, x: -0 })];
  await jsonTableCacher().save(rows, at(temporary()));
  assertEquals(rows, [{ b: 1n, x: -0 }]);
});

Deno.test("without metadata the records are as the file has them", async () => {
  const path = temporary();
  Deno.writeTextFileSync(path, '[{"a": "1", "b": {"c": []}}]');
  assertEquals(await jsonTableCacher().load(at(path)), [{ a: "1", b: { c: [] } }]);
});

Deno.test("a cell that is not what the metadata says is an error that names it", async () => {
  for (
    const [cell, type] of [['"soon"', "date"], ["5", "date"], ['"x"', "bigint"], ["true", "number"], [
      '""',
      "number",
    ]]
  ) {
    const path = temporary();
    Deno.writeTextFileSync(path, `[{"a": null}, {"a": ${cell}}]`);
    const place = { ...at(path), extra: { columns: [{ name: "a", type }] } };
    await assertRejects(async () => await jsonTableCacher().load(place), SyntaxError, `$[1].a is`);
  }
});
