/** `grid`: every combination, the last axis quickest. */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { grid } from "../../../core/params/grid.ts";

Deno.test("the last axis changes quickest", () => {
  assertEquals(grid({ model: ["knn", "ridge"], k: [1, 5], seed: [0] }), [
    { model: "knn", k: 1, seed: 0 },
    { model: "knn", k: 5, seed: 0 },
    { model: "ridge", k: 1, seed: 0 },
    { model: "ridge", k: 5, seed: 0 },
  ]);
});

Deno.test("no axis gives one empty set", () => assertEquals(grid({}) as unknown, [{}]));

Deno.test("values of any type stay as they are", () => {
  const layers = [8, 8];
  const sets = grid({ layers: [layers, [16]], on: [null, undefined, NaN, 1n] });
  assertEquals(sets.length, 8);
  assertEquals(sets[0]?.layers === layers, true);
  assertEquals(sets.map(({ on }) => on).slice(0, 4), [null, undefined, NaN, 1n]);
});

Deno.test("the sets are objects of their own", () => {
  const axes = { k: [1, 2], seed: [1] };
  const sets = grid(axes) as { k: number; seed: number }[];
  sets[0]!.seed = 9;
  assertEquals(sets[1]!.seed, 1);
  assertEquals(axes, { k: [1, 2], seed: [1] });
});

Deno.test("an axis called __proto__ is an axis", () => {
  const [set] = grid(JSON.parse('{ "__proto__": [{ "a": 1 }] }')) as object[];
  assertEquals(Object.keys(set!), ["__proto__"]);
  assertNotEquals(set, {});
});

Deno.test("what is no list, or an empty one, is refused by name", () => {
  assertThrows(() => grid({ k: [1], seed: [] }), TypeError, '"seed" has no values');
  assertThrows(() => grid({ k: 5 } as never), TypeError, '"k" needs a list of values, found a number');
  assertThrows(() => grid({ k: "abc" } as never), TypeError, '"k" needs a list of values, found a string');
  assertThrows(() => grid({ k: new Set([1]) } as never), TypeError, "found an instance of Set");
  assertThrows(() => grid({ k: null } as never), TypeError, "found null");
});

Deno.test("property: there are as many sets as combinations, all different", () => {
  const axis = fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), axis, { maxKeys: 4 }), (axes) => {
      const sets = grid(axes) as unknown as Record<string, number>[];
      const wanted = Object.values(axes).reduce((product, values) => product * values.length, 1);
      assertEquals(sets.length, wanted);
      assertEquals(new Set(sets.map((set) => JSON.stringify(set))).size, wanted);
      for (const set of sets) {
        for (const [name, values] of Object.entries(axes)) assertEquals(values.includes(set[name]!), true);
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});
