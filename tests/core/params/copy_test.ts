/** Copies of values: nothing of the source is in them but what can't be copied. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { copyOf } from "../../../core/params/copy.ts";

class Model {
  layers = [1, 2];
}

Deno.test("an instance within a map, a set or a list is the same in the copy", () => {
  const model = new Model();
  const source = { map: new Map([["m", model]]), set: new Set([model]), list: [model] };
  const copy = copyOf(source);
  assertEquals(copy.map === source.map, false);
  assertStrictEquals(copy.map.get("m"), model);
  assertStrictEquals([...copy.set][0], model);
  assertStrictEquals(copy.list[0], model);
});

Deno.test("a cycle, and what is there twice, stay so in the copy", () => {
  const shared = { a: 1 };
  const source: Record<string, unknown> = { one: shared, two: [shared] };
  source.self = new Map([[shared, source]]);
  const copy = copyOf(source) as { one: object; two: object[]; self: Map<object, object> };
  assertEquals(copy.one === shared, false);
  assertStrictEquals(copy.one, copy.two[0]);
  assertStrictEquals(copy.self.get(copy.one), copy);
});

Deno.test("a part of a long buffer is copied without the rest of it", () => {
  const part = new Float64Array(new ArrayBuffer(8000), 16, 2);
  const copy = copyOf(part);
  assertEquals(copy, part);
  assertEquals(copy.buffer.byteLength, 16);
});

Deno.test("what a copy would flatten or cut from its memory is the same in the copy", () => {
  const given = new Uint8Array(8);
  structuredClone(given, { transfer: [given.buffer] });
  const values = [
    Buffer.from("a"),
    new Uint8Array(new SharedArrayBuffer(4)),
    given,
    new DataView(new ArrayBuffer(2)),
    (class extends Array {}).from([1]),
    Object.create(Map.prototype),
    new (class extends Map {})(),
  ];
  for (const value of values) assertStrictEquals(copyOf({ value }).value, value);
});

Deno.test("symbols, hidden properties, getters and keys beside elements are in the copy, and what they hold is copied", () => {
  const inner = { a: 1 };
  const key = Symbol("s");
  const source = {
    symbol: { [key]: inner },
    hidden: Object.defineProperty({}, "hidden", { value: inner }) as { hidden: object },
    list: Object.assign([1, inner], { note: inner }),
    getter: {
      get a() {
        return inner;
      },
    },
  };
  const copy = copyOf(source);
  assertEquals(copy, source);
  assertEquals(copy.hidden.hidden, inner);
  const copies = [copy.symbol[key], copy.hidden.hidden, copy.list[1], copy.list.note];
  assertEquals(copies.map((each) => each === inner), [false, false, false, false]);
  assertStrictEquals(copy.getter.a, inner);
});

Deno.test("a property called __proto__ is a property of the copy", () => {
  const copy = copyOf(JSON.parse('{"__proto__": {"a": 1}}'));
  assertEquals(Object.keys(copy), ["__proto__"]);
  assertStrictEquals(Object.getPrototypeOf(copy), Object.prototype);
});
