import { assertEquals } from "@std/assert";
import { differenceBetween } from "../../../core/params/difference.ts";

class Model {
  constructor(readonly weights: number[]) {}
}

const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};

const cyclic = (last: number) => {
  const value: { self?: unknown; n: number } = { n: last };
  value.self = value;
  return value;
};

for (
  const [wanted, found] of [
    [1, 1],
    [NaN, NaN],
    [{ a: [1, { b: "x" }] }, { a: [1, { b: "x" }] }],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }],
    [new Map([["a", new Set([1])]]), new Map([["a", new Set([1])]])],
    [new Model([1, 2]), new Model([1, 2])],
    [{ f: () => 1 }, { f: () => 2 }],
    [new Map([["f", () => 1]]), new Map([["f", () => 2]])],
    [new Float64Array([0.5, -0]), new Float64Array([0.5, -0])],
    [cyclic(1), cyclic(1)],
    [undefined, undefined],
    [{ a: 1 }, Object.assign(Object.create(null), { a: 1 })],
    [new Map([[{ id: 1 }, () => 1]]), new Map([[{ id: 1 }, () => 2]])],
    [new Map([[{ id: 1 }, "a"], [{ id: 2 }, "b"]]), new Map([[{ id: 2 }, "b"], [{ id: 1 }, "a"]])],
    [deep(20_000), deep(20_000)],
    [new Error("a"), new Error("a")],
    [new URL("https://example.org/a"), new URL("https://example.org/a")],
  ] as const
) {
  Deno.test(`no difference between ${Deno.inspect(wanted).split("\n", 1)[0]!.slice(0, 60)} and the like`, () => {
    assertEquals(differenceBetween(wanted, found), undefined);
  });
}

for (
  const [wanted, found, difference] of [
    [1, 2, "$ is 2, wanted 1"],
    [1, "1", '$ is "1", wanted 1 (number)'],
    [1, 1n, "$ is 1n, wanted 1 (number)"],
    [0, -0, "$ is -0, wanted 0"],
    [null, undefined, "$ is undefined, wanted null (object)"],
    [{ rows: [1, 2, 3] }, { rows: [1, 2, "3"] }, '$.rows[2] is "3", wanted 3 (number)'],
    [{ rows: [1, 2, 3] }, { rows: [1, 2] }, "$.rows has 2 elements, wanted 3"],
    [{ a: 1, b: 2 }, { a: 1 }, '$ lacks "b"'],
    [{ a: 1 }, { a: 1, "odd key": 2 }, '$ has "odd key", which was not there'],
    [
      { at: new Date(0) },
      { at: new Date(1) },
      "$.at is Date 1970-01-01T00:00:00.001Z, wanted Date 1970-01-01T00:00:00.000Z",
    ],
    [{ w: new Float64Array([1, 2]) }, { w: new Float64Array([1, -2]) }, "$.w[1] is -2, wanted 2"],
    [
      new Float64Array([1, 2]),
      new Float64Array([1]),
      "$ has 1 elements, wanted 2",
    ],
    [new Model([1]), { weights: [1] }, "$ is an object, wanted an instance of Model"],
    [new Model([1]), new Model([2]), "$.weights[0] is 2, wanted 1"],
    [new Map([["a", 1]]), new Map([["a", 2]]), '$.get("a") is 2, wanted 1'],
    [
      new Float64Array([1]),
      new Float32Array([1]),
      "$ is an instance of Float32Array, wanted an instance of Float64Array",
    ],
    [cyclic(1), cyclic(2), "$.n is 2, wanted 1"],
    [new Error("a"), new Error("b"), '$ is Error "Error: b", wanted Error "Error: a"'],
    [/a/g, /a/, '$ is RegExp "/a/", wanted RegExp "/a/g"'],
    [
      { at: new URL("https://example.org/a") },
      { at: new URL("https://example.org/b") },
      '$.at is URL "https://example.org/b", wanted URL "https://example.org/a"',
    ],
    [new Set([1]), new Set([2]), "$ is another Set, wanted another Set"],
    [new Map([["a", 1]]), new Map([["b", 1]]), '$ lacks the key "a"'],
    [{ [Symbol("s")]: 1, a: 1 }, { a: 1 }, "$ is another object"],
    [
      Object.assign(new Error("a"), { code: 1 }),
      Object.assign(new Error("b"), { code: 1 }),
      "$ is another Error",
    ],
    [{ f: () => 1 }, { f: 1 }, '$.f is 1 (number), wanted the function "f"'],
  ] as const
) {
  Deno.test(`the difference is told: ${difference}`, () => {
    assertEquals(differenceBetween(wanted, found), difference);
  });
}
