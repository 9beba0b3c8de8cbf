/** Where in a value something lies, and what sort of thing it is. */
import { assertEquals } from "@std/assert";
import { runInNewContext } from "node:vm";
import { below, isPlainObject, sortOf } from "../../../core/params/paths.ts";

Deno.test("a path is what one would write to get there", () => {
  assertEquals(below(below(below("$", "rows"), 3), "when"), "$.rows[3].when");
  assertEquals(below("$", "a b"), '$["a b"]');
  assertEquals(below("$", "0"), '$["0"]');
  assertEquals(below("$", ""), '$[""]');
  assertEquals(below("$", 'say "x"\n'), '$["say \\"x\\"\\n"]');
  assertEquals(below("$", "$id_1"), "$.$id_1");
});

class Weights {}

const sorts: readonly (readonly [unknown, string])[] = [
  [null, "null"],
  [undefined, "undefined"],
  [[], "an array"],
  [{}, "an object"],
  [Object.create(null), "an object"],
  [new Weights(), "an instance of Weights"],
  [new URL("https://example.com"), "an instance of URL"],
  [() => 1, "a function"],
  [function named() {}, 'the function "named"'],
  [1, "a number"],
  [1n, "a bigint"],
  ["a", "a string"],
  [true, "a boolean"],
  [Symbol("s"), "a symbol"],
];
for (const [value, words] of sorts) {
  Deno.test(`something is called ${words}`, () => assertEquals(sortOf(value), words));
}

Deno.test("plain objects are told from all else", () => {
  assertEquals([{}, Object.create(null), Object.freeze({ a: 1 })].map(isPlainObject), [true, true, true]);
  const others = [
    [],
    null,
    undefined,
    1,
    "a",
    () => 1,
    new Weights(),
    new Date(),
    new Map(),
    Object.create({ a: 1 }),
  ];
  assertEquals(others.map(isPlainObject), others.map(() => false));
});

Deno.test("a plain object of another realm is plain", () => {
  assertEquals(isPlainObject(runInNewContext("({ a: 1 })")), true);
});
