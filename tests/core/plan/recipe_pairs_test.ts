import { assertEquals } from "@std/assert";
import { isEqualJson, pairParts } from "../../../core/plan/recipe_pairs.ts";

Deno.test("two recipes side by side, part by part", () => {
  const was = { params: { k: 1, seed: 1 }, env: { MODEL: null } };
  const is = { params: { k: 1, seed: 2, more: null }, env: {} };
  assertEquals(pairParts(was, is), [
    { what: "parameter", name: "k", was: 1, is: 1, same: true },
    { what: "parameter", name: "seed", was: 1, is: 2, same: false },
    { what: "parameter", name: "more", is: null, same: false },
    { what: "env", name: "MODEL", was: null, same: false },
  ]);
});

Deno.test("code is the same as long as what enters the key is, whatever told it", () => {
  const same = (was: string, is: string) =>
    pairParts({ code: JSON.parse(was) }, { code: JSON.parse(is) }).at(-1)!.same;
  assertEquals(same('{"by":"text","digest":"1"}', '{"by":"script-module","digest":"1"}'), true);
  assertEquals(same('{"by":"text","digest":"1"}', '{"by":"text","digest":"2"}'), false);
  assertEquals(same('{"by":"text","sha256":"1"}', '{"by":"text","digest":"1"}'), true);
  assertEquals(same('{"by":"text"}', '{"by":"text"}'), true);
  assertEquals(same('{"by":"text"}', '{"by":"other"}'), false);
});

Deno.test("declarations of one name in two files are two", () => {
  const code = (one: string, other: string) => ({
    code: { declarations: { "a.ts": { f: one }, "b.ts": { f: other } } },
  });
  const pairs = pairParts(code("1", "2"), code("1", "3")).filter(({ what }) => what === "declaration");
  assertEquals(pairs.map(({ file, same }) => [file, same]), [["a.ts", true], ["b.ts", false]]);
});

Deno.test("JSON is equal whatever the order of its properties", () => {
  assertEquals(isEqualJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }), true);
  for (
    const [a, b] of [[1, "1"], [[1], [1, 2]], [[], {}], [{ a: 1 }, { b: 1 }], [null, {}], [{}, null], [{
      a: 1,
    }, {}]] as const
  ) {
    assertEquals(isEqualJson(a as never, b as never), false, JSON.stringify([a, b]));
  }
  assertEquals(isEqualJson(null, undefined), false);
});
