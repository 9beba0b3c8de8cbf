import { assertEquals } from "@std/assert";
import type { JsonValue } from "../../../core/params/describe.ts";
import { type Change, changesBetween } from "../../../core/plan/changes.ts";

type Json = { [name: string]: JsonValue };

const RECIPE: Json = {
  format: 1,
  kind: "stage",
  name: "fit",
  code: {
    by: "experiment-module",
    digest: "code 1",
    declarations: { "lib/stats.ts": { mean: "aa", "(module)": "bb" }, "fit.ts": { run: "cc" } },
    packages: { "npm:valibot": "1.4.0" },
  },
  captures: { k: 3 },
  outputs: { model: { extension: ".json", kind: "json" }, raw: null },
  env: { MODEL: "11", SEED: null },
  files: { "raw/data.csv": "22" },
  params: { seed: 1, model: { depth: 3, kind: "tree" } },
  inputs: {
    data: { stage: "load", output: "data", recipeKey: "33", digest: "44" },
    start: { value: "55" },
  },
};

/** The recipe, but for some of its fields. */
function but(fields: Json): Json {
  return { ...RECIPE, ...fields };
}

function code(fields: Json): Json {
  return but({ code: { ...RECIPE.code as Json, digest: "code 2", ...fields } });
}

const ROWS: readonly (readonly [what: string, now: Json, changes: readonly Change[]])[] = [
  ["nothing", RECIPE, []],
  ["the order of properties", Object.fromEntries(Object.entries(RECIPE).reverse()), []],
  ["a parameter", but({ params: { seed: 7, model: { depth: 3, kind: "tree" } } }), [
    { what: "parameter", name: "seed", how: "changed", was: 1, is: 7 },
  ]],
  ["a parameter's type", but({ params: { seed: "1", model: { depth: 3, kind: "tree" } } }), [
    { what: "parameter", name: "seed", how: "changed", was: 1, is: "1" },
  ]],
  ["within a parameter", but({ params: { seed: 1, model: { depth: 5, rate: 0.1 } } }), [
    { what: "parameter", name: "model.depth", how: "changed", was: 3, is: 5 },
    { what: "parameter", name: "model.kind", how: "removed", was: "tree" },
    { what: "parameter", name: "model.rate", how: "added", is: 0.1 },
  ]],
  ["parameters come and go", but({ params: { model: { depth: 3, kind: "tree" }, rate: null } }), [
    { what: "parameter", name: "rate", how: "added", is: null },
    { what: "parameter", name: "seed", how: "removed", was: 1 },
  ]],
  ["a captured value", but({ captures: { k: 4 } }), [
    { what: "capture", name: "k", how: "changed", was: 3, is: 4 },
  ]],
  [
    "a declaration",
    code({ declarations: { "lib/stats.ts": { mean: "a2", sum: "dd" }, "fit.ts": { run: "cc" } } }),
    [
      { what: "declaration", file: "lib/stats.ts", name: "mean", how: "changed", was: "aa", is: "a2" },
      { what: "declaration", file: "lib/stats.ts", name: "sum", how: "added", is: "dd" },
      { what: "declaration", file: "lib/stats.ts", name: "(module)", how: "removed", was: "bb" },
    ],
  ],
  ["a package", code({ packages: { "npm:valibot": "1.5.0" } }), [
    { what: "package", name: "npm:valibot", how: "changed", was: "1.4.0", is: "1.5.0" },
  ]],
  ["code that no detail tells", code({}), [
    {
      what: "code",
      how: "changed",
      was: { by: "experiment-module", digest: "code 1" },
      is: { by: "experiment-module", digest: "code 2" },
    },
  ]],
  ["details of code that count for nothing", but({ code: { ...RECIPE.code as Json, declarations: {} } }), []],
  ["another way to tell code", but({ code: { by: "version", version: "2", digest: "code 2" } }), [
    {
      what: "code",
      how: "changed",
      was: { by: "experiment-module", digest: "code 1" },
      is: { by: "version", version: "2", digest: "code 2" },
    },
  ]],
  [
    "an input's content",
    but({
      inputs: {
        ...RECIPE.inputs as Json,
        data: { stage: "load", output: "data", recipeKey: "33", digest: "45" },
      },
    }),
    [{
      what: "input",
      name: "data",
      stage: "load",
      content: "changed",
      how: "changed",
      was: (RECIPE.inputs as Json).data!,
      is: { stage: "load", output: "data", recipeKey: "33", digest: "45" },
    }],
  ],
  [
    "an input of the same recipe that is yet to be made",
    but({
      inputs: { ...RECIPE.inputs as Json, data: { stage: "load", output: "data", recipeKey: "33" } },
    }),
    [],
  ],
  [
    "an input of another recipe that is yet to be made",
    but({
      inputs: { ...RECIPE.inputs as Json, data: { stage: "load", output: "data", recipeKey: "34" } },
    }),
    [{
      what: "input",
      name: "data",
      stage: "load",
      content: "unknown",
      how: "changed",
      was: (RECIPE.inputs as Json).data!,
      is: { stage: "load", output: "data", recipeKey: "34" },
    }],
  ],
  [
    "an input of another recipe that came out the same",
    but({
      inputs: {
        ...RECIPE.inputs as Json,
        data: { stage: "load", output: "data", recipeKey: "34", digest: "44" },
      },
    }),
    [{
      what: "input",
      name: "data",
      stage: "load",
      content: "same",
      how: "changed",
      was: (RECIPE.inputs as Json).data!,
      is: { stage: "load", output: "data", recipeKey: "34", digest: "44" },
    }],
  ],
  [
    "a value that the record starts with",
    but({ inputs: { ...RECIPE.inputs as Json, start: { value: "56" } } }),
    [{
      what: "input",
      name: "start",
      stage: null,
      content: "changed",
      how: "changed",
      was: { value: "55" },
      is: { value: "56" },
    }],
  ],
  ["inputs come and go", but({ inputs: { start: { value: "55" }, more: { value: "66" } } }), [
    { what: "input", name: "more", stage: null, content: "unknown", how: "added", is: { value: "66" } },
    {
      what: "input",
      name: "data",
      stage: "load",
      content: "unknown",
      how: "removed",
      was: (RECIPE.inputs as Json).data!,
    },
  ]],
  ["a file", but({ files: { "raw/data.csv": "23" } }), [
    { what: "file", name: "raw/data.csv", how: "changed", was: "22", is: "23" },
  ]],
  ["files come and go", but({ files: { "raw/other.csv": "24" } }), [
    { what: "file", name: "raw/other.csv", how: "added", is: "24" },
    { what: "file", name: "raw/data.csv", how: "removed", was: "22" },
  ]],
  ["a file that only has another name", but({ files: { "raw/moved.csv": "22" } }), []],
  ["environment variables", but({ env: { MODEL: null, SEED: "12" } }), [
    { what: "env", name: "MODEL", how: "changed", was: "11", is: null },
    { what: "env", name: "SEED", how: "changed", was: null, is: "12" },
  ]],
  [
    "outputs",
    but({
      outputs: { model: { extension: ".bin", kind: "bytes" }, raw: { extension: ".txt", kind: "text" } },
    }),
    [
      {
        what: "output",
        name: "model",
        how: "changed",
        was: { extension: ".json", kind: "json" },
        is: { extension: ".bin", kind: "bytes" },
      },
      { what: "output", name: "raw", how: "changed", was: null, is: { extension: ".txt", kind: "text" } },
    ],
  ],
  ["the format", but({ format: 2 }), [{ what: "format", how: "changed", was: 1, is: 2 }]],
  ["a part that this version does not know", but({ moon: "full" }), [
    { what: "other", name: "moon", how: "added", is: "full" },
  ]],
];

for (const [what, now, changes] of ROWS) {
  Deno.test(`changes: ${what}`, () => assertEquals(changesBetween(RECIPE, now), changes));
}

Deno.test("changes: a list is told by its elements, unless most of them differ", () => {
  const params = (list: JsonValue) => ({ params: { list } });
  const names = (was: JsonValue, is: JsonValue) =>
    changesBetween(params(was), params(is)).map((change) => "name" in change && change.name);
  assertEquals(names([1, 2, { a: 1 }], [1, 3, { a: 2 }]), ["list[1]", "list[2].a"]);
  assertEquals(names([1, 2, 3, 4], [5, 6, 7, 8]), ["list"]);
  assertEquals(names([1, 2, 3, 4], [5, 6, 7, 4]), ["list[0]", "list[1]", "list[2]"]);
  assertEquals(names([1, 2], [1, 2, 3]), ["list"]);
  assertEquals(names({ $map: [], more: 1 }, { $map: [], more: 2 }), ["list"]);
  assertEquals(names({ $date: "2026-01-01" }, { $date: "2026-01-02" }), ["list"]);
});

Deno.test("changes: declarations are told wherever both recipes have some, or tell code in the same way", () => {
  const recipe = (by: string, digest: string, declarations: Json) => ({ code: { by, digest, declarations } });
  const kinds = (was: Json, is: Json) => changesBetween(was, is).map(({ what }) => what);
  const [one, other] = [{ "a.ts": { run: "1" } }, { "a.ts": { run: "2" } }];
  assertEquals(kinds(recipe("script-module", "1", one), recipe("experiment-module", "2", other)), [
    "declaration",
  ]);
  assertEquals(kinds(recipe("script-module", "1", {}), recipe("script-module", "2", one)), ["declaration"]);
  assertEquals(kinds(recipe("script-module", "1", {}), recipe("experiment-module", "2", one)), ["code"]);
  assertEquals(kinds(recipe("script-module", "1", one), recipe("experiment-module", "2", {})), ["code"]);
});

Deno.test("changes: a file that was changed is told, though another has its content by now", () => {
  const changes = changesBetween({ files: { a: "1" } }, { files: { a: "2", b: "1" } });
  assertEquals(changes.map((change) => [change.how, "name" in change && change.name]), [
    ["changed", "a"],
    ["added", "b"],
  ]);
});

Deno.test("changes: code of older metadata is compared by what it has", () => {
  const recipe = (code: Json) => ({ code });
  const texts = [{ by: "text", sha256: "a" }, { by: "text", sha256: "b" }, { by: "text", digest: "a" }];
  assertEquals(changesBetween(recipe(texts[0]!), recipe(texts[2]!)), []);
  assertEquals(changesBetween(recipe(texts[0]!), recipe(texts[1]!)).map(({ what }) => what), ["code"]);
  const version = (version: string) => recipe({ by: "version", version });
  assertEquals(changesBetween(version("1"), version("1")), []);
  assertEquals(changesBetween(version("1"), version("2")).map(({ what }) => what), ["code"]);
  const now = recipe({
    by: "experiment-module",
    digest: "a2",
    declarations: { "a.ts": { run: "1", mean: "2" } },
  });
  assertEquals(changesBetween(recipe(texts[0]!), now).map(({ what }) => what), ["code"]);
});

const STATE = (record: string, k: number, digest = "1") => ({
  record,
  params: { k },
  inputs: { score: { stage: "fit", output: "score", recipeKey: `key ${k}`, digest } },
});

function aggregate(...states: JsonValue[]): Json {
  return { format: 1, kind: "aggregate", name: "compare", states };
}

Deno.test("changes: records of an aggregate, each with its own", () => {
  const changes = changesBetween(
    aggregate(STATE("a", 1), STATE("b", 2), STATE("c", 3)),
    aggregate(STATE("a", 1), STATE("b", 2, "2"), STATE("d", 4)),
  );
  assertEquals(changes, [
    {
      what: "record",
      name: "b",
      how: "changed",
      changes: [{
        what: "input",
        name: "score",
        stage: "fit",
        content: "changed",
        how: "changed",
        was: STATE("b", 2).inputs.score,
        is: STATE("b", 2, "2").inputs.score,
      }],
    },
    { what: "record", name: "d", how: "added", changes: [] },
    { what: "record", name: "c", how: "removed", changes: [] },
  ]);
});

Deno.test("changes: the order of an aggregate's records, and those left out", () => {
  const [a, b] = [STATE("a", 1), STATE("b", 2)];
  assertEquals(changesBetween(aggregate(a, b), aggregate(b, a)), [
    { what: "order", how: "changed", was: ["a", "b"], is: ["b", "a"] },
  ]);
  assertEquals(changesBetween(aggregate(a, b), { ...aggregate(a), partial: ["b"] }), [
    { what: "partial", how: "added", is: ["b"] },
    { what: "record", name: "b", how: "removed", changes: [] },
  ]);
});

Deno.test("changes: two records of one name, in two procedures, are two", () => {
  const names = (was: Json, is: Json) =>
    changesBetween(was, is).map((change) => "name" in change && change.name);
  const two = aggregate(STATE("a", 1), STATE("a", 2));
  assertEquals(names(two, aggregate(STATE("a", 1), STATE("a", 3))), ["a (2)"]);
  assertEquals(names(two, aggregate(STATE("a", 1))), ["a (2)"]);
});

Deno.test("changes: odd JSON never throws, and counts as not there", () => {
  const odd: JsonValue[] = [
    null,
    5,
    "text",
    [],
    [null],
    {},
    { params: 5, inputs: [], code: "x", states: {}, outputs: null },
    { states: [null, 5, { record: 3 }], files: [1], env: "x", code: { by: 1, declarations: { "a.ts": 5 } } },
    { inputs: { a: null, b: 5, c: [] }, code: null, partial: 7, format: null },
  ];
  for (const was of odd) {
    assertEquals(changesBetween(was, was), [], JSON.stringify(was));
    for (const is of [...odd, RECIPE]) {
      changesBetween(was, is);
      changesBetween(is, was);
    }
  }
  assertEquals(changesBetween(null, { params: { k: 1 } }), [
    { what: "parameter", name: "k", how: "added", is: 1 },
  ]);
});
