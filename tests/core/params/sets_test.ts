/** Parameter sets: checked, named, told apart and hashed. */
import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { grid } from "../../../core/params/grid.ts";
import { checkLabel } from "../../../core/params/names.ts";
import { parameterSets, paramsHash } from "../../../core/params/sets.ts";

function namesOf(raw: readonly unknown[], options?: Parameters<typeof parameterSets>[1]): string[] {
  return parameterSets(raw, options).map(({ name }) => name);
}

Deno.test("a set keeps its parameters without the name, and its name is not hashed", () => {
  const [a] = parameterSets([{ name: "a", k: 1 }]);
  const [b] = parameterSets([{ name: "b", k: 1 }]);
  assertEquals(a?.name, "a");
  assertEquals({ ...a?.params }, { k: 1 });
  assertMatch(a!.hash, /^[0-9a-f]{64}$/);
  assertEquals(a!.hash, b!.hash);
  assertEquals(a!.hash, paramsHash({ k: 1 }));
});

Deno.test("the sets that were given are left alone", () => {
  const raw = Object.freeze([Object.freeze({ name: "a", k: 1 })]);
  const [set] = parameterSets(raw);
  assertEquals(raw, [{ name: "a", k: 1 }]);
  assert(set!.params !== (raw[0] as unknown));
});

// ---- Names ----

const named: readonly (readonly [string, readonly unknown[], readonly string[]])[] = [
  ["what differs", grid({ k: [1, 5], seed: [1, 2], fixed: [0] }), [
    "k=1,seed=1",
    "k=1,seed=2",
    "k=5,seed=1",
    "k=5,seed=2",
  ]],
  ["one set alone", [{ k: 1 }], ["default"]],
  ["one set with nothing in it", [{}], ["default"]],
  ["names that were given", [{ name: "x", k: 1 }, { k: 2 }], ["x", "k=2"]],
  ["a parameter that is absent in some", [{ k: 1 }, { k: 1, extra: true }], ["default", "extra=true"]],
  ["a text as it is", grid({ model: ["knn", "ridge"] }), ["model=knn", "model=ridge"]],
  ["types told apart", [{ v: 1 }, { v: "1" }, { v: 1n }], ["v=1", 'v="1"', "v=1n"]],
  ["null and its text", [{ v: null }, { v: "null" }], ["v=null", 'v="null"']],
  ["both zeros", [{ v: 0 }, { v: -0 }], ["v=0", "v=-0"]],
  ["no number", [{ v: NaN }, { v: 1 }], ["v=NaN", "v=1"]],
  ["an empty text", [{ v: "" }, { v: "a" }], ["v=", "v=a"]],
  ["an equals sign in a name", [{ a: "b=c" }, { "a=b": "c" }], ['a="b=c"', 'a=b="c"']],
];
for (const [name, raw, wanted] of named) {
  Deno.test(`derived names: ${name}`, () => assertEquals(namesOf(raw), wanted));
}

Deno.test("derived names: what is long, odd or no text goes by its digest", () => {
  const values = ["x".repeat(41), "a,b=c", "a\nb", "a\u202eb", "\ud800", [1, 2], { a: 1 }, new Date(0)];
  for (const name of namesOf(grid({ v: values }))) assertMatch(name, /^v=[0-9a-f]{8}$/);
});

Deno.test("derived names do not depend on the order of properties", () => {
  assertEquals(namesOf([{ a: { x: 1, y: 2 } }, { a: 3 }])[0], namesOf([{ a: { y: 2, x: 1 } }, { a: 3 }])[0]);
});

Deno.test("derived names are printable, whatever the parameters are called", () => {
  for (const name of namesOf(grid({ "a\n\x1b[31m": [1, 2] }))) checkLabel("record", name);
});

Deno.test("property: derived names are printable, and no two are alike", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, NaN, -0, "1", 1, 1n),
    fc.array(fc.integer(), { maxLength: 2 }),
  );
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.constantFrom("a", "b", "c"), value), { maxLength: 6 }), (raw) => {
      const sets = parameterSets(raw, { alike: "merge" });
      assertEquals(new Set(sets.map(({ name }) => name)).size, sets.length);
      for (const { name } of sets) checkLabel("record", name);
    }),
    { numRuns: 60, seed: 1 },
  );
});

// ---- Refusals ----

Deno.test("a parameter that no key would hold is refused", () => {
  const hidden = Object.defineProperty({ a: 1 }, "b", { value: 2 });
  assertThrows(
    () => parameterSets([{ a: 1 }, hidden]),
    TypeError,
    "parameter set 2: its property b is hidden",
  );
  assertThrows(
    () => parameterSets([{ a: 1, [Symbol("b")]: 2 }]),
    TypeError,
    "its property Symbol(b) is a symbol",
  );
});

Deno.test("a set is a plain object", () => {
  for (
    const [set, found] of [[null, "null"], [[1], "an array"], ["a", "a string"], [
      new Map(),
      "an instance of Map",
    ]]
  ) {
    assertThrows(
      () => parameterSets([{}, set]),
      TypeError,
      `parameter set 2: a parameter set is a plain object, found ${found}`,
    );
  }
});

Deno.test("a name is printable text", () => {
  for (const name of ["", " ", "a\nb", 1, null]) {
    assertThrows(() => parameterSets([{ name }]), TypeError, "as the name of a parameter set");
  }
  assertEquals(namesOf([{ name: "Größe 1/2, rot" }]), ["Größe 1/2, rot"]);
});

Deno.test("a name that is undefined is no name", () =>
  assertEquals(namesOf([{ name: undefined, k: 1 }]), ["default"]));

Deno.test("two sets of one name are refused, and the message says what to do", () => {
  const { message } = assertThrows(
    () => parameterSets([{ name: "a", k: 1 }, { name: "a", k: 2 }]),
    TypeError,
  );
  assertEquals(message, 'Cannot use two parameter sets of one name: "a"; give each a name of its own');
});

Deno.test("two sets that differ in their names alone are refused", () => {
  const { message } = assertThrows(
    () => parameterSets([{ name: "a", m: { x: 1, y: [2] } }, { name: "b", m: { y: [2], x: 1 } }]),
    TypeError,
  );
  assertEquals(
    message,
    'Cannot use two parameter sets that are alike: "a" and "b" differ in nothing but their names; leave one out',
  );
  assertThrows(() => parameterSets([{}, {}]), TypeError, "alike");
});

Deno.test("sets that differ in type alone are not alike", () => {
  assertEquals(
    parameterSets([{ v: 1 }, { v: "1" }, { v: 1n }, { v: -0 }, { v: 0 }, {}, { v: null }]).length,
    7,
  );
});

Deno.test("merge keeps the first of equal sets", () => {
  const sets = parameterSets([{ name: "a", k: 1 }, { name: "b", k: 1 }, { name: "c", k: 2 }], {
    alike: "merge",
  });
  assertEquals(sets.map(({ name }) => name), ["a", "c"]);
});

Deno.test("merge changes no name", () => {
  assertEquals(namesOf([{ m: "x" }, { m: "x" }, { m: "y" }], { alike: "merge" }), ["m=x", "m=y"]);
});

Deno.test("what can't be hashed is refused, named by its path", () => {
  assertThrows(() => parameterSets([{ model: { init: () => 1 } }]), TypeError, "params.model.init");
  assertThrows(() => parameterSets([{ k: 1 }, { k: undefined }]), TypeError, "params.k");
});

// ---- Hash representations ----

Deno.test("an ignored parameter enters no hash, whatever it is", () => {
  const hash = { gpus: "ignore" } as const;
  const plain = paramsHash({ k: 1 });
  assertEquals(paramsHash({ k: 1, gpus: 4 }, hash), plain);
  assertEquals(paramsHash({ k: 1, gpus: () => 1 }, hash), plain);
  assertEquals(paramsHash({ k: 1, gpus: undefined }, hash), plain);
  assertNotEquals(paramsHash({ k: 1, gpus: 4 }), plain);
  assertEquals({ ...parameterSets([{ k: 1, gpus: 4 }], { hash })[0]?.params }, { k: 1, gpus: 4 });
});

Deno.test("sets that differ in an ignored parameter are two, with one hash", () => {
  const sets = parameterSets([{ gpus: 1 }, { gpus: 2 }], { hash: { gpus: "ignore" } });
  assertEquals(sets.map(({ name }) => name), ["gpus=1", "gpus=2"]);
  assertEquals(sets[0]!.hash, sets[1]!.hash);
});

Deno.test("a function gives what stands for a value, and never equals a plain value", () => {
  const hash = { model: (model: { id: string }) => model.id };
  const run = () => 1;
  assertEquals(
    paramsHash({ model: { id: "a", run } }, hash),
    paramsHash({ model: { id: "a", run: () => 2 } }, hash),
  );
  assertNotEquals(paramsHash({ model: { id: "a" } }, hash), paramsHash({ model: { id: "b" } }, hash));
  assertNotEquals(paramsHash({ model: { id: "a" } }, hash), paramsHash({ model: "a" }));
  assertNotEquals(
    paramsHash({ model: "a" }, { model: (model: string) => model }),
    paramsHash({ model: "a" }),
  );
  const imitation = paramsHash({ model: ["represented", "a"] });
  assertNotEquals(paramsHash({ model: { id: "a" } }, hash), imitation);
});

Deno.test("what stands for one parameter never counts as another", () => {
  const id = (value: unknown) => value;
  assertNotEquals(paramsHash({ a: 1, b: 2 }, { a: id }), paramsHash({ a: 1, b: 2 }, { b: id }));
  assertNotEquals(paramsHash({ a: 1, b: 2 }, { a: id, b: id }), paramsHash({ a: 2, b: 1 }, { a: id, b: id }));
});

Deno.test("sets with one representation are alike", () => {
  const hash = { model: (model: { id: string }) => model.id };
  assertThrows(
    () => parameterSets([{ model: { id: "a", n: 1 } }, { model: { id: "a", n: 2 } }], { hash }),
    TypeError,
    "alike",
  );
});

Deno.test("a representation that can't be hashed is refused by the parameter's name", () => {
  const hash = { model: () => undefined };
  const { message } = assertThrows(
    () => parameterSets([{ model: 1 }], { hash }),
    TypeError,
    "hash representation",
  );
  assert(message.includes(".model"), message);
});

Deno.test("a representation of what no set has, or of the wrong sort, is refused", () => {
  assertThrows(
    () => parameterSets([{ k: 1 }], { hash: { gpu: "ignore" } }),
    TypeError,
    '"gpu": no parameter set',
  );
  assertThrows(
    () => parameterSets([{ k: 1 }], { hash: { ["toString" as string]: "ignore" } }),
    TypeError,
    '"toString"',
  );
  assertThrows(
    () => parameterSets([{ k: 1 }], { hash: { k: "skip" as "ignore" } }),
    TypeError,
    '"hash" takes "ignore" or a function, found a string',
  );
  // One set is enough, and with no set at all nothing is unknown.
  assertEquals(parameterSets([{ k: 1 }, { gpu: 1 }], { hash: { gpu: "ignore" } }).length, 2);
  assertEquals(parameterSets([], { hash: { gpu: "ignore" } }), []);
});

Deno.test("only the parameters that count are hashed", () => {
  assertEquals(paramsHash({ a: 1, b: 2 }, {}, ["a"]), paramsHash({ a: 1 }));
  assertEquals(paramsHash({ a: 1, b: 2 }, {}, []), paramsHash({}));
  assertEquals(paramsHash({ a: 1 }, {}, ["a", "absent"]), paramsHash({ a: 1 }));
  assertEquals(paramsHash({ a: 1 }, {}, ["a", "toString"]), paramsHash({ a: 1 }));
  assertEquals(paramsHash({ a: 1, b: () => 1 }, {}, ["a"]), paramsHash({ a: 1 }));
  assertEquals(paramsHash({ a: 1, b: 2 }, {}, ["b", "a"]), paramsHash({ b: 2, a: 1 }));
});

Deno.test("a parameter called __proto__ counts", () => {
  const params = JSON.parse('{ "__proto__": 1 }');
  assertNotEquals(paramsHash(params), paramsHash({}));
  assertNotEquals(parameterSets([params])[0]!.hash, paramsHash({}));
});
