/** Values as JSON that a person reads. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { describe } from "../../../core/params/describe.ts";
import { hashedParams } from "../../../core/params/sets.ts";

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

const cases: readonly (readonly [string, unknown, unknown])[] = [
  ["JSON as it is", { a: [1, "x", null, true, {}] }, { a: [1, "x", null, true, {}] }],
  ["a bigint", 12n, { $bigint: "12" }],
  ["NaN", NaN, { $number: "NaN" }],
  ["infinity", -Infinity, { $number: "-Infinity" }],
  ["-0", -0, { $number: "-0" }],
  ["a date", new Date(0), { $date: "1970-01-01T00:00:00.000Z" }],
  ["no date", new Date(NaN), { $date: "invalid" }],
  ["a Map", new Map<unknown, unknown>([[1n, new Date(0)]]), {
    $map: [[{ $bigint: "1" }, { $date: "1970-01-01T00:00:00.000Z" }]],
  }],
  ["a Set", new Set([1, NaN]), { $set: [1, { $number: "NaN" }] }],
  ["bytes", new Uint8Array(5), { $array: "Uint8Array", $bytes: 5, $sha256: "8855508aade16ec5" }],
  ["doubles", new Float64Array(2), { $array: "Float64Array", $bytes: 16, $sha256: "374708fff7719dd5" }],
  ["a buffer", new ArrayBuffer(3), { $bytes: 3, $sha256: "709e80c88487a241" }],
  ["a name that is one of these", { $bigint: "12", $$map: [], $scale: 1 }, {
    $$bigint: "12",
    $$$map: [],
    $scale: 1,
  }],
  ["what stands for a parameter", hashedParams({ m: 1 }, { m: () => 2 }), { m: { $hash: 2 } }],
  ["an ignored cycle", cycle, { self: { $other: "itself" } }],
  ["an ignored function", () => 1, { $other: "function" }],
  ["an ignored undefined", { a: undefined }, { a: { $other: "undefined" } }],
  ["an ignored symbol", Symbol("x"), { $other: "symbol" }],
];
for (const [name, value, wanted] of cases) {
  Deno.test(`${name} is described`, () => assertEquals(describe(value), wanted as never));
}

Deno.test("the order in which a map or a set was filled does not show", () => {
  const items = [[], {}, [["a", 1]], { a: 1 }, { b: 1, a: 1 }, 1, "1", new Map(), new Set(), null];
  const turned = items.toReversed().map((item) => item === items[4] ? { a: 1, b: 1 } : item);
  assertEquals(describe(new Set(items)), describe(new Set(turned)));
  const [one, other] = [items, turned].map((keys) => describe(new Map(keys.map((key) => [key, 0]))));
  assertEquals(one, other);
});

Deno.test("a property called __proto__ is kept", () => {
  assertEquals(JSON.stringify(describe(JSON.parse('{ "__proto__": 1 }'))), '{"__proto__":1}');
});

Deno.test("property: a description goes through JSON unchanged", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }), (value) => {
      const described = describe(value);
      const text = JSON.stringify(described);
      assertEquals(JSON.stringify(JSON.parse(text)), text);
    }),
    { numRuns: 200, seed: 1 },
  );
});
