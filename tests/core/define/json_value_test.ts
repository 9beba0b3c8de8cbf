import { assertEquals, assertThrows } from "@std/assert";
import { checkJsonValue, isPlainArray, withinLimits } from "../../../core/define/json_value.ts";

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = { n: value };
  return value;
}

Deno.test("a message begins with what was tried and calls the value by the name given", () => {
  const error = assertThrows(() => checkJsonValue([{ a: 1n }], "Cannot keep it", "extra"), TypeError);
  assertEquals(
    error.message,
    "Cannot keep it: extra[0].a is a bigint, which would not come back equal; convert it first, or use another cacher",
  );
});

Deno.test("a cycle is named at its first return, however long it is", () => {
  const ring: Record<string, unknown> = {};
  let last = ring;
  for (let i = 0; i < 200; i++) last = last.next = {} as Record<string, unknown>;
  last.next = ring;
  const path = `$${".next".repeat(201)}`;
  assertThrows(() => checkJsonValue(ring, "x"), TypeError, `${path} is $ again`);
});

Deno.test("what is nested deeply passes, and what no stack can follow is said so", () => {
  checkJsonValue(nested(1000), "x");
  assertThrows(() => checkJsonValue(nested(200_000), "x"), RangeError, "x: it is nested too deeply");
});

Deno.test("an object met many times over is no cycle", () => {
  const leaf = { a: 1 };
  const wide = Array.from({ length: 200 }, () => leaf);
  checkJsonValue({ wide, again: { wide } }, "x");
});

Deno.test("toJSON is refused where it is inherited or hidden, and is a name like others where it is no function", () => {
  checkJsonValue({ toJSON: 1 }, "x");
  const hidden = Object.defineProperty({ a: 1 }, "toJSON", { value: () => 2, enumerable: false });
  assertThrows(() => checkJsonValue([hidden], "x"), TypeError, "$[0] is an object with toJSON");
});

Deno.test("the fault that comes first is the one that is named", () => {
  assertThrows(() => checkJsonValue({ a: [1, NaN, undefined], b: 1n }, "x"), TypeError, "$.a[1] is NaN");
});

Deno.test("a list with keys of its own is not plain, nor one of a subclass", () => {
  assertEquals(isPlainArray([1, 2]), true);
  assertEquals(isPlainArray(Object.assign([1], { k: 1 })), false);
  assertEquals(isPlainArray(class extends Array {}.from([1])), false);
  assertEquals(isPlainArray(Object.assign(new Array(20_000).fill(0), { k: 1 })), false);
  assertEquals(isPlainArray(Object.defineProperty([1], "k", { value: 1 })), false);
  assertEquals(isPlainArray(Object.assign([1], { [Symbol("k")]: 1 })), false);
});

Deno.test("a text that no engine can hold is said to be too long; other errors pass as they are", () => {
  const long = "x".repeat(2 ** 28);
  assertThrows(() => withinLimits("Cannot save it", () => long.repeat(4)), RangeError);
  assertThrows(
    () => withinLimits("Cannot save it", () => `${long}${long}`.concat(long)),
    RangeError,
    "512 MiB",
  );
  assertThrows(() => withinLimits("x", () => JSON.parse("{")), SyntaxError);
});
