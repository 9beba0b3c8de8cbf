/** `withSubdir`, `withPrefix`, `untracked` and `atPath`: what each sets, and which pairs have no meaning. */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../../cachers/json_cacher.ts";
import type { Cacher } from "../../../../core/define/cacher.ts";
import { lazy, transient } from "../../../../core/define/output.ts";
import { atPath } from "../../../../core/define/combinators/at_path.ts";
import { gzipped } from "../../../../core/define/combinators/gzipped.ts";
import { untracked } from "../../../../core/define/combinators/untracked.ts";
import { validated } from "../../../../core/define/combinators/validated.ts";
import { withPrefix } from "../../../../core/define/combinators/with_prefix.ts";
import { withSubdir } from "../../../../core/define/combinators/with_subdir.ts";

Deno.test("a combinator changes one field of a copy", () => {
  const cacher: Cacher<number> = Object.freeze({
    ...jsonCacher<number>(),
    placement: Object.freeze({ prefix: "a" }),
  });
  const placed = untracked(withSubdir(cacher, "models/large"));
  assertEquals(cacher.placement, { prefix: "a" });
  assertEquals(placed.placement, { prefix: "a", subdir: "models/large", tracked: false });
  assertStrictEquals(placed.save, cacher.save);
  assertStrictEquals(placed.load, cacher.load);
});

Deno.test("lazy lives through every combinator, and the other way round", () => {
  const one = lazy(withPrefix(gzipped(jsonCacher<number>()), "p"), { resolve: false });
  const other = withPrefix(gzipped(lazy(jsonCacher<number>(), { resolve: false })), "p");
  // The compiler knows it of both.
  const marks: { readonly resolve: false }[] = [one.lazy, other.lazy];
  assertEquals(marks, [{ resolve: false }, { resolve: false }]);
  assertEquals(other.placement, one.placement);
  assertEquals(other.extension, ".json.gz");
});

Deno.test("of two subdirs, or two prefixes, the outer one counts", () => {
  assertEquals(withSubdir(withSubdir(jsonCacher(), "a"), "b/c").placement, { subdir: "b/c" });
  assertEquals(withPrefix(withPrefix(jsonCacher(), "a"), "b").placement, { prefix: "b" });
});

for (const subdir of ["", "/", "a/", "/a", "a//b", "..", "a/../b", ".hidden", "a b", "a\\b", "ü"]) {
  Deno.test(`the subdir ${JSON.stringify(subdir)} is refused`, () => {
    assertThrows(() => withSubdir(jsonCacher(), subdir), TypeError, "the name of a folder in the subdir");
  });
}

for (const prefix of ["", "a/b", "..", "a.b", "-a"]) {
  Deno.test(`the prefix ${JSON.stringify(prefix)} is refused`, () => {
    assertThrows(() => withPrefix(jsonCacher(), prefix), TypeError, "the name of a prefix");
  });
}

const allowed = [
  "raw/a.csv",
  "/abs/a.csv",
  "{key}{cache}{stage}{name}{experiment}{artifactFilename}",
  "raw/{params.set}/{params.a-b c}.csv",
  "../up.csv",
];
for (const template of allowed) {
  Deno.test(`atPath takes ${JSON.stringify(template)}`, () => {
    assertEquals(atPath(jsonCacher(), template).placement, { path: template });
  });
}

const refused: [string, string][] = [
  ["", "it is the path of a file"],
  ["raw/", "it is the path of a file"],
  ["a\u0000b", "it is the path of a file"],
  ["{stages}.csv", 'found "{stages}"'],
  ["{}.csv", 'found "{}"'],
  ["{params.}.csv", 'found "{params.}"'],
  ["{params}.csv", 'found "{params}"'],
  ["{key.csv", 'found "{key.csv"'],
  ["key}.csv", 'found "}"'],
  ["{{key}}.csv", "found"],
  ["{ key }.csv", 'found "{ key }"'],
];
for (const [template, message] of refused) {
  Deno.test(`atPath refuses ${JSON.stringify(template)}`, () => {
    assertThrows(() => atPath(jsonCacher(), template), TypeError, message);
  });
}

Deno.test("adopt is kept where it is asked for", () => {
  assertEquals(atPath(jsonCacher(), "a.json", { adopt: true }).placement, { path: "a.json", adopt: true });
  assertEquals(atPath(jsonCacher(), "a.json", {}).placement, { path: "a.json" });
});

Deno.test("an exact path goes with untracked, gzipped and validated, and with no other placement", () => {
  const placed = atPath(jsonCacher(), "a.json");
  assertEquals(untracked(gzipped(placed)).placement, { path: "a.json", tracked: false });
  assertThrows(
    () => withSubdir(placed, "a"),
    TypeError,
    'withSubdir(..., "a") on a cacher at the exact path "a.json"',
  );
  assertThrows(
    () => withPrefix(placed, "a"),
    TypeError,
    'withPrefix(..., "a") on a cacher at the exact path "a.json"',
  );
  assertThrows(() => atPath(placed, "b.json"), TypeError, "on a cacher at the exact path");
  assertThrows(() => atPath(withSubdir(jsonCacher(), "a"), "b.json"), TypeError, '"a" from withSubdir');
  assertThrows(() => atPath(withPrefix(jsonCacher(), "p"), "b.json"), TypeError, '"p" from withPrefix');
  assertThrows(
    () => atPath(lazy(gzipped(withSubdir(jsonCacher(), "a"))), "b.json"),
    TypeError,
    '"a" from withSubdir',
  );
});

const schema = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
} as const;
const combinators: Record<string, (cacher: never) => unknown> = {
  withSubdir: (cacher) => withSubdir(cacher, "a"),
  withPrefix: (cacher) => withPrefix(cacher, "a"),
  untracked: (cacher) => untracked(cacher),
  atPath: (cacher) => atPath(cacher, "a"),
  gzipped: (cacher) => gzipped(cacher),
  validated: (cacher) => validated(cacher, schema),
};
for (const [name, combinator] of Object.entries(combinators)) {
  Deno.test(`${name} is refused on what is no cacher`, () => {
    for (const output of [transient<number>(), lazy(transient<number>())]) {
      assertThrows(() => combinator(output as never), TypeError, `Cannot use ${name} on transient()`);
    }
    for (const odd of [undefined, null, 5, {}, jsonCacher]) {
      const error = assertThrows(() => combinator(odd as never), TypeError, `Cannot use ${name} on `);
      assert(error.message.includes("it takes a cacher"));
    }
  });
}
