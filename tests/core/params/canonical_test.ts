/** The canonical encoding: equal exactly where values are, and nothing skipped. */
import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { byCodeUnit, canonicalDigest, ownDigest, type OwnValue } from "../../../core/params/canonical.ts";

/** Each differs from each other. */
const distinct: readonly (readonly [string, unknown])[] = [
  ["1", 1],
  ['"1"', "1"],
  ["1n", 1n],
  ["0", 0],
  ["-0", -0],
  ["0n", 0n],
  ['"0"', "0"],
  ["NaN", NaN],
  ['"NaN"', "NaN"],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["1e21", 1e21],
  ["10n ** 21n", 10n ** 21n],
  ["null", null],
  ['"null"', "null"],
  ["true", true],
  ["false", false],
  ['"true"', "true"],
  ['"t"', "t"],
  ['""', ""],
  ["[]", []],
  ["{}", {}],
  ["[[]]", [[]]],
  ["[null]", [null]],
  ["{ a: null }", { a: null }],
  ['{ a: "null" }', { a: "null" }],
  ["{ a: 1 }", { a: 1 }],
  ['{ a: "1" }', { a: "1" }],
  ["{ a: 1, b: 2 }", { a: 1, b: 2 }],
  ["{ a: 2, b: 1 }", { a: 2, b: 1 }],
  ["{ a: { b: 1 } }", { a: { b: 1 } }],
  ["{ a: {}, b: 1 }", { a: {}, b: 1 }],
  ['["ab", "c"]', ["ab", "c"]],
  ['["a", "bc"]', ["a", "bc"]],
  ['["abc"]', ["abc"]],
  ['["a", ["bc"]]', ["a", ["bc"]]],
  ['[["a"], "bc"]', [["a"], "bc"]],
  ['{ ab: "c" }', { ab: "c" }],
  ['{ a: "bc" }', { a: "bc" }],
  ["[1, 2]", [1, 2]],
  ["[2, 1]", [2, 1]],
  ["[12]", [12]],
  ["{ 0: 1, 1: 2 }", { 0: 1, 1: 2 }],
  ["the encoding of 1 as text", "n1;"],
  ["the encoding of a text as text", "s1:a"],
  ["a text", "s"],
  ["date 0", new Date(0)],
  ["date 1", new Date(1)],
  ["no date", new Date(NaN)],
  ["the text of date 0", new Date(0).toISOString()],
  ["empty map", new Map()],
  ["empty set", new Set()],
  ["map of null", new Map([["a", null]])],
  ["map of a text key", new Map<unknown, unknown>([["1", 2]])],
  ["map of a number key", new Map<unknown, unknown>([[1, 2]])],
  ["map turned round", new Map<unknown, unknown>([[2, 1]])],
  ["set of a number", new Set([1])],
  ["set of a text", new Set(["1"])],
  ["list of a pair", [[1, 2]]],
  ["set of a pair", new Set([[1, 2]])],
  ["no bytes", new Uint8Array()],
  ["no signed bytes", new Int8Array()],
  ["two bytes", new Uint8Array([1, 0])],
  ["two clamped bytes", new Uint8ClampedArray([1, 0])],
  ["two signed bytes", new Int8Array([1, 0])],
  ["one short", new Uint16Array(new Uint8Array([1, 0]).buffer)],
  ["a buffer", new Uint8Array([1, 0]).buffer],
  ["no buffer", new ArrayBuffer(0)],
  ["the bytes as a list", [1, 0, 0]],
  ["floats", new Float32Array([1])],
  ["doubles", new Float64Array([1])],
  ["big integers", new BigInt64Array([1n])],
  ["high half", "\ud800"],
  ["other high half", "\ud801"],
  ["low half", "\udc00"],
  ["replacement", "\ufffd"],
  ["the pair", "\ud800\udc00"],
  ["the halves the wrong way round", "\udc00\ud800"],
  ["the code unit in hexadecimal", "d800"],
  ["a high half as a key", { "\ud800": 1 }],
  ["the replacement as a key", { "\ufffd": 1 }],
  ["composed", "\u00e9"],
  ["decomposed", "e\u0301"],
];

Deno.test("values that differ have digests that differ", () => {
  const seen = new Map<string, string>();
  for (const [name, value] of distinct) {
    const digest = canonicalDigest(value);
    assertMatch(digest, /^[0-9a-f]{64}$/);
    assertEquals(seen.get(digest), undefined, `${name} has the digest of ${seen.get(digest)}`);
    seen.set(digest, name);
  }
});

Deno.test("they differ just as well where they are nested", () => {
  for (
    const wrap of [
      (value: unknown) => [value],
      (value: unknown) => ({ a: value }),
      (value: unknown) => new Set([value]),
    ]
  ) {
    // A Set makes 0 of -0.
    const values = distinct.filter(([name]) => name !== "-0").map(([, value]) =>
      canonicalDigest(wrap(value))
    );
    assertEquals(new Set(values).size, values.length);
  }
});

const equal: readonly (readonly [string, unknown, unknown])[] = [
  ["the order of properties", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
  ["numeric property names", { 10: 1, 9: 2, a: 3 }, { a: 3, 9: 2, 10: 1 }],
  ["the order of a Map", new Map([["a", 1], ["b", 2]]), new Map([["b", 2], ["a", 1]])],
  ["the order of a Set", new Set(["a", "b", 3]), new Set([3, "b", "a"])],
  ["Maps in a Set", new Set([new Map([[1, 2]]), [3]]), new Set([[3], new Map([[1, 2]])])],
  ["a missing prototype", { a: 1 }, Object.assign(Object.create(null), { a: 1 })],
  ["the way a number is written", 100, 1e2],
  ["another view of the same bytes", new Uint8Array([2, 3]), new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
  ["another object", [new Date(5), new Uint8Array([1])], [new Date(5), new Uint8Array([1])]],
  ["one object twice, or two", ((one) => [one, one])({ a: 1 }), [{ a: 1 }, { a: 1 }]],
  ["frozen or not", Object.freeze({ a: 1 }), { a: 1 }],
];
for (const [name, a, b] of equal) {
  Deno.test(`${name} does not count`, () => assertEquals(canonicalDigest(a), canonicalDigest(b)));
}

Deno.test("a property called __proto__ is a property", () => {
  const odd = JSON.parse('{ "__proto__": { "a": 1 } }');
  assertNotEquals(canonicalDigest(odd), canonicalDigest({}));
  assertNotEquals(canonicalDigest(odd), canonicalDigest(JSON.parse('{ "__proto__": { "a": 2 } }')));
});

Deno.test("the digests are the same in every release", () => {
  assertEquals(
    [null, 1, "a", [1, "1"], { b: 1n, a: true }].map((value) => canonicalDigest(value).slice(0, 16)),
    ["594e519ae499312b", "9474fb1cdec61961", "e34d1fb77f49bbb6", "921b9f7dc5426637", "15f3ba9487527832"],
  );
});

class Weights {
  a = 1;
}
class Named extends Map {
  label = "x";
}
class Labelled extends Map<string, number> {
  #label: string;
  constructor(label: string) {
    super();
    this.#label = label;
  }
  get label(): string {
    return this.#label;
  }
}
const cycle: Record<string, unknown> = { a: { b: [] } };
(cycle.a as { b: unknown[] }).b.push(cycle);
const deepMap = new Map<string, unknown>();
deepMap.set("self", [deepMap]);
const given = new Uint8Array(1);
structuredClone(given, { transfer: [given.buffer] });
function hole(): unknown[] {
  const list: unknown[] = [1, 2, 3];
  delete list[1];
  return list;
}

const refused: readonly (readonly [string, unknown, readonly string[]])[] = [
  ["undefined", { a: undefined }, ["params.a", "undefined"]],
  ["undefined in a list", [1, [undefined]], ["params[1][0]", "undefined"]],
  ["a function", { model: { run: () => 1 } }, ["params.model.run", 'the function "run"']],
  ["a class", { model: Weights }, ["params.model", '"Weights"']],
  ["a symbol", { a: [Symbol("x")] }, ["params.a[0]", "symbol"]],
  ["a class instance", { list: [{ w: new Weights() }] }, ["params.list[0].w", "an instance of Weights"]],
  ["a URL", { "a b": new URL("https://example.com") }, ['params["a b"]', "an instance of URL"]],
  ["a boxed text", { a: new String("a") }, ["params.a", "an instance of String"]],
  ["a RegExp", { a: /x/ }, ["params.a", "an instance of RegExp"]],
  ["an error", { a: new Error("x") }, ["params.a", "an instance of Error"]],
  ["a promise", { a: Promise.resolve(1) }, ["params.a", "an instance of Promise"]],
  ["a WeakMap", { a: new WeakMap() }, ["params.a", "an instance of WeakMap"]],
  ["a DataView", { a: new DataView(new ArrayBuffer(1)) }, ["params.a", "an instance of DataView"]],
  ["a hole", { rows: hole() }, ["params.rows[1]", "hole"]],
  ["a hole at the end", { rows: new Array(1) }, ["params.rows[0]", "hole"]],
  ["a cycle", cycle, ["params.a.b[0]", "holds itself"]],
  ["a cycle through a Map", { m: deepMap }, ["params.m", "holds itself"]],
  ["a symbol property", { a: { [Symbol("tag")]: 1, b: 2 } }, ["params.a", "Symbol(tag)"]],
  ["a hidden property", { a: Object.defineProperty({ b: 1 }, "secret", { value: 1 }) }, [
    "params.a",
    "secret",
  ]],
  ["a property beside the elements", { a: Object.assign([1], { note: "x" }) }, ["params.a", "note"]],
  ["a symbol beside the elements", { a: Object.assign([1], { [Symbol("tag")]: 1 }) }, [
    "params.a",
    "Symbol(tag)",
  ]],
  [
    "a property and a hole, as many as elements",
    { a: Object.assign(hole(), { note: "x" }) },
    ["params.a"],
  ],
  ["a property that only looks like an element", { a: Object.assign([1], { "01": 2 }) }, ["params.a", "01"]],
  ["a value in a Map", { m: new Map([["x", () => 1]]) }, ["params.m[0]", "function"]],
  ["a key of a Map", { m: new Map([[Symbol("k"), 1]]) }, ["params.m[0].key", "symbol"]],
  ["an element of a Set", { s: new Set([1, new Weights()]) }, ["params.s[1]", "Weights"]],
  ["a property of a Date", { d: Object.assign(new Date(0), { zone: "UTC" }) }, ["params.d", "zone"]],
  ["a property of a Map", { m: Object.assign(new Map(), { note: 1 }) }, ["params.m", "note"]],
  ["a property of a Set", { s: Object.assign(new Set(), { note: 1 }) }, ["params.s", "note"]],
  ["a property of bytes", { b: Object.assign(new Uint8Array(1), { unit: "mm" }) }, ["params.b", "unit"]],
  ["a property of long bytes", { b: Object.assign(new Uint8Array(20_000), { unit: "mm" }) }, [
    "params.b",
    "unit",
  ]],
  ["a getter", {
    a: {
      get b() {
        return 1;
      },
    },
  }, ["params.a.b", "a getter"]],
  ["an element that is a getter", { a: Object.defineProperty([1], 0, { get: () => 1 }) }, [
    "params.a[0]",
    "a getter",
  ]],
  ["a proxy", { a: [new Proxy({ b: 1 }, {})] }, ["params.a[0]", "a Proxy"]],
  ["shared memory", { a: new Uint8Array(new SharedArrayBuffer(1)) }, ["params.a", "shared"]],
  ["a buffer that can be resized", { a: new ArrayBuffer(1, { maxByteLength: 2 }) }, ["params.a", "resized"]],
  [
    "a view of a buffer that can be resized",
    { a: new Uint8Array(new ArrayBuffer(1, { maxByteLength: 2 })) },
    [
      "params.a",
      "resized",
    ],
  ],
  ["a buffer that was given away", { a: given.buffer }, ["params.a", "given away"]],
  ["a view of a buffer that was given away", { a: given }, ["params.a", "given away"]],
  ["what has but the prototype of a Map", { a: Object.create(Map.prototype) }, [
    "params.a",
    "an instance of Map",
  ]],
  ["what has but the prototype of a Date", { a: Object.create(Date.prototype) }, [
    "params.a",
    "an instance of Date",
  ]],
  ["an instance of a subclass of Map", { m: new Named() }, ["params.m", "Named"]],
  ["an instance of a subclass with private fields", { m: new Labelled("x") }, ["params.m", "Labelled"]],
];
for (const [name, value, words] of refused) {
  Deno.test(`${name} is refused, and the message names where`, () => {
    const { message } = assertThrows(() => canonicalDigest(value, "params"), TypeError, "Cannot hash");
    for (const word of words) assert(message.includes(word), `${JSON.stringify(message)} names no ${word}`);
  });
}

Deno.test("what no stack can follow is refused in words", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  assertThrows(() => canonicalDigest(deep), TypeError, "more than 1000 deep");
});

Deno.test("a value without a name for itself is called $", () => {
  assertThrows(() => canonicalDigest({ a: undefined }), TypeError, "$.a");
});

Deno.test("long texts are hashed as short ones are, their surrogate pairs whole", () => {
  // What is hashed at once ends within a pair, whichever of these it is.
  const texts = ["", "a"].map((start) => `${start}${"\u{1f600}".repeat((1 << 25) + 8)}`);
  for (const text of texts) {
    const wanted = createHash("sha256").update(`s${text.length}:`).update(new TextEncoder().encode(text))
      .digest("hex");
    assertEquals(canonicalDigest(text), wanted);
  }
});

Deno.test("large bytes and long texts are hashed whole", () => {
  const bytes = new Uint8Array(200_000);
  const before = canonicalDigest({ text: "x".repeat(200_000), bytes });
  bytes[199_999] = 1;
  assertNotEquals(canonicalDigest({ text: "x".repeat(200_000), bytes }), before);
  bytes[199_999] = 0;
  assertNotEquals(canonicalDigest({ text: `${"x".repeat(199_999)}y`, bytes }), before);
  assertEquals(canonicalDigest({ bytes, text: "x".repeat(200_000) }), before);
});

// ---- Properties ----

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, 1, -1, NaN, 0n, 1n, "", "0", "1", "a", "b", "ab"),
    fc.string({ unit: "binary", maxLength: 3 }),
    fc.double(),
    fc.bigInt(),
    fc.date(),
    fc.uint8Array({ maxLength: 3 }),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 2 }), tie("any"), { maxKeys: 3 }),
    fc.array(fc.tuple(tie("any"), tie("any")), { maxLength: 2 }).map((entries) => new Map(entries)),
  ),
})).any;

/** An encoding of another kind that is just as strict: two values are equal where it is. */
function shape(value: unknown): unknown {
  if (typeof value === "number") return Object.is(value, -0) ? ["number", "-0"] : ["number", String(value)];
  if (typeof value === "bigint") return ["bigint", String(value)];
  if (typeof value === "string") {
    return [
      "string",
      [...value].map((each) => each.codePointAt(0)),
      value.length,
    ];
  }
  if (typeof value !== "object" || value === null) return [typeof value, value];
  if (value instanceof Date) return ["date", String(value.getTime())];
  if (value instanceof Uint8Array) return ["bytes", [...value]];
  if (Array.isArray(value)) return ["array", value.map(shape)];
  if (value instanceof Map) {
    return ["map", [...value].map((entry) => JSON.stringify(shape(entry))).sort()];
  }
  return [
    "object",
    Object.entries(value).map(([name, item]) => JSON.stringify([shape(name), shape(item)])).sort(),
  ];
}

Deno.test("property: two values have one digest exactly where they are equal", () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const same = JSON.stringify(shape(a)) === JSON.stringify(shape(b));
      assertEquals(canonicalDigest(a) === canonicalDigest(b), same);
    }),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("property: a copy has the same digest, and one with its properties turned round", () => {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (value instanceof Map) {
      return new Map([...value].reverse().map(([key, item]) => [turned(key), turned(item)]));
    }
    if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array) {
      return value;
    }
    return Object.fromEntries(Object.entries(value).reverse().map(([name, item]) => [name, turned(item)]));
  };
  fc.assert(
    fc.property(value, (a) => {
      assertEquals(canonicalDigest(turned(a)), canonicalDigest(a));
      assertEquals(canonicalDigest(structuredClone(a)), canonicalDigest(a));
    }),
    { numRuns: 200, seed: 2 },
  );
});

Deno.test("property: lists of texts are told apart, however they are cut", () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "1", ":", "s", ";", "\ud800", "!") }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const same = a.length === b.length && a.every((text, i) => text === b[i]);
      assertEquals(canonicalDigest(a) === canonicalDigest(b), same);
    }),
    { numRuns: 300, seed: 3 },
  );
});

Deno.test("byCodeUnit orders as the code units do, on every machine", () => {
  const texts = ["b", "a", "B", "ä", "\u{1f600}", "\uffff", "", "aa", "Z"];
  assertEquals(texts.toSorted(byCodeUnit), ["", "B", "Z", "a", "aa", "b", "ä", "\u{1f600}", "\uffff"]);
  assertEquals(byCodeUnit("a", "a"), 0);
});

Deno.test("what is made here has the digest that it would have as anybody's", () => {
  const own = fc.letrec<{ any: OwnValue }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<OwnValue>(null, "", -0, 0, 1, NaN, Infinity, "\ud800", "ü".repeat(1000)),
      fc.string({ unit: "binary", maxLength: 5 }),
      fc.double(),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: "binary", maxLength: 3 }), tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(fc.property(own, (value) => assertEquals(ownDigest(value), canonicalDigest(value))), {
    numRuns: 2000,
  });
});
