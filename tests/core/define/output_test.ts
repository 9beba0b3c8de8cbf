/** `lazy`, `transient` and `miss`: what each makes, and what it leaves alone. */
import { assert, assertEquals } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { isMiss, miss } from "../../../core/define/miss.ts";
import { isTransient, lazy, transient } from "../../../core/define/output.ts";

Deno.test("lazy marks a copy; the outer mark counts", () => {
  const cacher = Object.freeze(jsonCacher<number>());
  assertEquals(lazy(cacher), { ...cacher, lazy: { resolve: true } });
  assertEquals(lazy(cacher, { resolve: true }).lazy, { resolve: true });
  assertEquals(lazy(lazy(cacher, { resolve: false })).lazy, { resolve: true });
  assertEquals(lazy(lazy(cacher), { resolve: false }).lazy, { resolve: false });
  assert(!("lazy" in cacher));
});

Deno.test("a transient output is told from a cacher", () => {
  assertEquals([transient(), lazy(transient())].map(isTransient), [true, true]);
  assertEquals([jsonCacher(), lazy(jsonCacher())].map(isTransient), [false, false]);
});

Deno.test("a miss is an error with its reason, and nothing else is one", () => {
  const error = miss("written by an older version");
  assertEquals([error instanceof Error, error.message, isMiss(error)], [
    true,
    "written by an older version",
    true,
  ]);
  const others = [
    new Error("Miss"),
    Object.assign(new Error("x"), { name: "Miss" }),
    undefined,
    null,
    "miss",
    {},
  ];
  assertEquals(others.map(isMiss), others.map(() => false));
});
