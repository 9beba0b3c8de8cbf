/** Keys beside those that a plain reading shows. */
import { assertEquals } from "@std/assert";
import { keyBesideElements, oddProperty } from "../../../core/params/own_keys.ts";

const symbol = Symbol("s");

for (const length of [0, 1, 99, 100, 101, 10_001, 100_000]) {
  Deno.test(`a key beside ${length} elements is found, and only such`, () => {
    const arrays = [
      () => new Array(length).fill(0),
      () => Array.from({ length }, (_, i) => ({ "[length]": i })),
      () => new Array(length).fill("] more items"),
      () => new Uint8Array(length),
      () => new BigInt64Array(length),
    ];
    for (const make of arrays) {
      assertEquals(keyBesideElements(make()), undefined);
      for (const key of ["a", "01", "-1", "1e3", " more items ]", "", String(2 ** 32), symbol]) {
        const array = make();
        // Some of these are neither keys nor elements of a typed array.
        if (!Reflect.defineProperty(array, key, { value: 1, enumerable: true })) continue;
        assertEquals(keyBesideElements(array), key);
      }
      assertEquals(keyBesideElements(Object.freeze([...make()])), undefined);
    }
  });

  Deno.test(`a hidden key beside ${length} elements is found in an array`, () => {
    const array = Object.defineProperty(new Array(length).fill(0), "hidden", { value: 1 });
    assertEquals(keyBesideElements(array), "hidden");
  });
}

Deno.test("holes and getters among the elements are elements", () => {
  const array = new Array(200);
  Object.defineProperty(array, 150, { get: () => 1, enumerable: true });
  assertEquals(keyBesideElements(array), undefined);
  assertEquals(keyBesideElements(new Array(2 ** 32 - 1)), undefined);
  assertEquals(keyBesideElements(Object.assign(new Array(150), { 1: "a", b: 1 })), "b");
});

Deno.test("a symbol, a hidden property and a getter are odd, and nothing else", () => {
  const getter = Object.defineProperty({}, "a", { get: () => 1, enumerable: true });
  const setter = Object.defineProperty({}, "a", { set: () => {}, enumerable: true });
  assertEquals(oddProperty({ a: 1, [symbol]: 1 }), { key: symbol, sort: "symbol" });
  assertEquals(oddProperty(Object.defineProperty({ b: 1 }, "a", { value: 1 })), { key: "a", sort: "hidden" });
  assertEquals(oddProperty(getter), { key: "a", sort: "getter" });
  assertEquals(oddProperty(setter), { key: "a", sort: "getter" });
  for (
    const value of [
      {},
      { a: undefined },
      Object.freeze({ a: 1 }),
      Object.create(null),
      JSON.parse('{"__proto__":1}'),
    ]
  ) {
    assertEquals(oddProperty(value), undefined);
  }
});
