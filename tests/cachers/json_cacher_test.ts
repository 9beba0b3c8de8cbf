import { assertEquals } from "@std/assert";
import { jsonCacher } from "../../cachers/json_cacher.ts";
import { at } from "../../core/define/at.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

function temporary(): string {
  return `${tempDirSync()}/a.json`;
}

Deno.test("the file is indented by two and ends with a line break", async () => {
  const path = temporary();
  await jsonCacher().save({ b: [1], a: {} }, at(path));
  assertEquals(Deno.readTextFileSync(path), '{\n  "b": [\n    1\n  ],\n  "a": {}\n}\n');
});

Deno.test("a key __proto__ comes back as a key and gives nothing a prototype", async () => {
  const path = temporary();
  await jsonCacher().save(JSON.parse('{"__proto__":{"polluted":true}}'), at(path));
  const value = await jsonCacher<Record<string, unknown>>().load(at(path));
  assertEquals(Object.keys(value), ["__proto__"]);
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  assertEquals("polluted" in {}, false);
});

Deno.test("a file that another program wrote with a byte order mark is read", async () => {
  const path = temporary();
  Deno.writeTextFileSync(path, "\ufeff[1]");
  assertEquals(await jsonCacher().load(at(path)), [1]);
});

Deno.test("an object without a prototype comes back with the usual one", async () => {
  const path = temporary();
  await jsonCacher().save(Object.groupBy([1, 2], (n) => n % 2 ? "odd" : "even"), at(path));
  assertEquals(await jsonCacher().load(at(path)), { odd: [1], even: [2] });
});
