/** The contract, over every cacher and over cachers put together. */
import * as v from "valibot";
import { join } from "@std/path";
import { assertEquals } from "@std/assert";
import * as cachers from "../../cachers/mod.ts";
import {
  arrayCacher,
  bytesCacher,
  csvCacher,
  fileReferenceCacher,
  jsonCacher,
  jsonLinesCacher,
  jsonTableCacher,
  linesCacher,
  notebookCacher,
  pathCacher,
  structuredCacher,
  tableCacher,
  textCacher,
} from "../../cachers/mod.ts";
import { arrowCacher } from "../../cachers/arrow.ts";
import { parquetCacher } from "../../cachers/parquet.ts";
import type { Cacher } from "../../core/define/cacher.ts";
import { lazy } from "../../core/define/output.ts";
import { gzipped } from "../../core/define/combinators/gzipped.ts";
import { untracked } from "../../core/define/combinators/untracked.ts";
import { validated } from "../../core/define/combinators/validated.ts";
import { withPrefix } from "../../core/define/combinators/with_prefix.ts";
import { withSubdir } from "../../core/define/combinators/with_subdir.ts";
import { zstd } from "../../core/define/combinators/zstd.ts";
import { type CacherContract, type Place, testCacher } from "./cacher_contract.ts";

/** Text that `JSON.stringify` writes as it is; the types do not know it yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): object }).rawJSON;

/** Longer than what is looked at key by key. */
const long = (): unknown[] => new Array(10_001).fill(1);

class Point {
  x = 1;
}

const proto = (): unknown => JSON.parse('{"__proto__": {"polluted": true}, "a": [{"__proto__": 1}]}');
const notUtf8 = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = { a: value };
  return value;
}

function cycle(): unknown {
  const rows: unknown[] = [1];
  rows.push({ up: rows });
  return { rows };
}

function givenAway(): unknown {
  const bytes = new Uint8Array(1);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return { bytes };
}

const array: Omit<CacherContract, "name" | "make"> = {
  values: {
    "numbers": () => new Float64Array([0.5, -0, NaN, Infinity, 5e-324]),
    "part of a longer array": () => new Uint16Array([1, 2, 3, 4]).subarray(1, 3),
    "large integers": () => new BigInt64Array([2n ** 62n, -1n]),
    "halves": () => new Float16Array([0.5, 65504]),
    "clamped bytes": () => new Uint8ClampedArray([0, 255]),
    "no number": () => new Int8Array(),
    "a table": () => ({ data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [2, 3] }),
    "a list with its shape": () => ({ data: new Int32Array(3), shape: [3] }),
    "a single number": () => ({ data: new Uint32Array([7]), shape: [] }),
    "a table of no rows": () => ({ data: new Float64Array(), shape: [0, 3] }),
  },
  refused: [
    [() => [1, 2], "$ is an array, wanted a typed array, or a record of data and shape"],
    [() => new DataView(new ArrayBuffer(8)), "$ is an instance of DataView"],
    [() => new (class Own extends Float64Array {})(1), "$ is an instance of Own"],
    [() => Object.assign(new Float64Array(1), { unit: "mm" }), '$ has the key "unit"'],
    [() => new Float32Array(new SharedArrayBuffer(4)), "$ lies in shared memory"],
    [() => new Int8Array(new ArrayBuffer(1, { maxByteLength: 2 })), "$ lies in a buffer that can be resized"],
    [() => (givenAway() as { bytes: Uint8Array }).bytes, "$ lies in a buffer that was given away"],
    [() => ({ shape: [1] }), "$.data is undefined, wanted a typed array"],
    [() => ({ data: [1], shape: [1] }), "$.data is an array, wanted a typed array"],
    [() => ({ data: new Int8Array(2) }), "$.shape is undefined, wanted a list of the numbers of elements"],
    [() => ({ data: new Int8Array(2), shape: [2, 2] }), "$.shape is [2, 2], which is 4 elements"],
    [() => ({ data: new Int8Array(2), shape: [-1, -2] }), "$.shape[0] is -1, wanted a number of elements"],
    [() => ({ data: new Int8Array(), shape: [1, -0] }), "$.shape[1] is -0, wanted a number of elements"],
    [() => ({ data: new Int8Array(2), shape: [, 2] }), "$.shape[0] is undefined"],
    [() => ({ data: new Int8Array(2), shape: [2], unit: "mm" }), '$ has the key "unit", which is lost'],
    [() => ({
      data: new Int8Array(),
      shape: [0],
      get unit() {
        return 1;
      },
    }), '"unit"'],
  ],
};

const json: Omit<CacherContract, "name" | "make"> = {
  values: {
    "a record": () => ({
      b: [1, -1.5e-7, 2 ** 53, 1e21],
      a: { x: null, y: true },
      "": "",
      "é\n": "\u2028\u0000",
    }),
    "a text with half a surrogate pair": () => ["\ud800", "\udc00\ud800", "\u{1f600}", { "\udfff": 1 }],
    "__proto__ as a key": proto,
    "null": () => null,
    "an empty list": () => [],
    "one object twice": () => {
      const one = { a: 1 };
      return [one, one];
    },
  },
  refused: [
    [() => ({ rows: [0, 1, 2, { when: new Date(0) }] }), "$.rows[3].when is an instance of Date"],
    [() => undefined, "$ is undefined"],
    [() => ({ a: undefined }), "$.a is undefined"],
    [() => [undefined], "$[0] is undefined"],
    [() => [1, , 3], "$[1] is a hole"],
    [() => [NaN], "$[0] is NaN"],
    [() => ({ a: Infinity }), "$.a is Infinity"],
    [() => [-Infinity], "$[0] is -Infinity"],
    [() => -0, "$ is -0"],
    [() => ({ n: 1n }), "$.n is a bigint"],
    [() => ({ f: () => 1 }), "$.f is the function"],
    [() => [Symbol("s")], "$[0] is a symbol"],
    [() => ({ [Symbol("s")]: 1 }), "$ is an object with the key Symbol(s)"],
    [() => ({ m: new Map() }), "$.m is an instance of Map"],
    [() => ({ m: new Set() }), "$.m is an instance of Set"],
    [() => [{ "odd key": new Point() }], '$[0]["odd key"] is an instance of Point'],
    [() => [new Number(1)], "$[0] is an instance of Number"],
    [() => ({
      a: {
        get b() {
          return 1;
        },
      },
    }), "$.a.b is a getter"],
    [() => [Object.defineProperty({}, "b", { value: 1 })], '$[0] is an object with the hidden key "b"'],
    [() => ({ a: Object.assign([1], { [Symbol("s")]: 1 }) }), "$.a is an array with the key Symbol(s)"],
    [() => ({ a: Object.defineProperty([1], "b", { value: 1 }) }), '$.a is an array with the key "b"'],
    [() => ({ a: Object.assign(long(), { b: 1 }) }), '$.a is an array with the key "b"'],
    [() => [rawJson("1")], "$[0] is raw JSON"],
    [() => [new Uint8Array(1)], "$[0] is an instance of Uint8Array"],
    [() => ({ a: { toJSON: () => 1 } }), "$.a is an object with toJSON"],
    [() => Object.create({ inherited: 1 }), "$ is an object with a prototype of its own"],
    [() => "abc".match(/b/), '$ is an array with the key "index"'],
    [() => [class extends Array {}.from([1])], "$[0] is an array of the class"],
    [cycle, "$.rows[1].up is $.rows again"],
  ],
  garbage: ["", "{", "[1,]", notUtf8],
};

const structured: Omit<CacherContract, "name" | "make"> = {
  values: {
    "what JSON has no word for": () => ({
      numbers: [NaN, -0, Infinity, -Infinity],
      bigints: [0n, -(2n ** 70n)],
      nothing: undefined,
      dates: [new Date(5), new Date(NaN)],
      map: new Map<unknown, unknown>([[{ k: 1 }, new Set([1, "a"])], [NaN, null]]),
      // With a stack of its own: each error else says on which line it was made.
      error: Object.assign(new RangeError("too far", { cause: { why: 1 } }), {
        stack: "RangeError: too far",
      }),
      pattern: /a+/gi,
      boxed: [new Number(-0), new String("ab"), new Boolean(false)],
    }),
    "typed arrays": () => [
      new Uint8Array([1, 2, 3]).subarray(1),
      new Float64Array([0.5, NaN]),
      new BigInt64Array([-1n]),
      new Float16Array([1.5]),
      new DataView(new Uint8Array([9, 8, 7]).buffer, 1),
      new Uint8Array([1, 2]).buffer,
    ],
    "lists with holes, and with keys": () => [[1, , 3], new Array(3), "abc".match(/b/)],
    "a cycle": () => {
      const node: Record<string, unknown> = { name: "a" };
      node.self = node;
      node.map = new Map([[node, [node]]]);
      return node;
    },
    "texts of all sorts": () => ["", "é", "\u0100", "\u20ac", "\ud800", "\u0000", "\ufeff"],
    "__proto__ as a key": proto,
    "undefined": () => undefined,
  },
  refused: [
    [() => ({ model: { layers: [new Point()] } }), "$.model.layers[0] is an instance of Point"],
    [() => [new URL("http://localhost/")], "$[0] is an instance of URL"],
    [() => [new Headers()], "$[0] is an instance of Headers"],
    [() => [[() => 1]], "$[0][0] is a function"],
    [() => Symbol("s"), "$ is a symbol"],
    [() => ({ [Symbol("s")]: 1 }), "$ is an object with the key Symbol(s)"],
    [() => new Map([["k", new Point()]]), '$.get("k") is an instance of Point'],
    [() => new Map([[new Point(), 1]]), "$.keys()[0] is an instance of Point"],
    [() => new Set([1, new Point()]), "$.values()[1] is an instance of Point"],
    [() => Object.assign(new Error("x"), { code: 5 }), '$ is an instance of Error with the key "code"'],
    [() => new AggregateError([]), "$ is an instance of AggregateError"],
    [() => [new Error("x", { cause: new Point() })], "$[0].cause is an instance of Point"],
    [() => [new SharedArrayBuffer(1)], "$[0] is an instance of SharedArrayBuffer"],
    [
      () => [new Uint8Array(new SharedArrayBuffer(1))],
      "$[0] is an instance of Uint8Array over shared memory",
    ],
    [
      () => new ArrayBuffer(1, { maxByteLength: 2 }),
      "$ is an instance of ArrayBuffer over a buffer that can be resized",
    ],
    [givenAway, "$.bytes is an instance of Uint8Array over a buffer that was given away"],
    [() => Object.assign(/a/g, { lastIndex: 2 }), "$ is a regular expression at lastIndex 2"],
    [() => new (class Table extends Map {})(), "$ is an instance of Table"],
    [() => Promise.resolve(), "$ is an instance of Promise"],
    [() => ({
      a: {
        get b() {
          return 1;
        },
      },
    }), "$.a.b is a getter"],
    [() => [Object.defineProperty({}, "b", { value: 1 })], '$[0] is an object with the hidden key "b"'],
    [() => ({ a: Object.defineProperty([1], "b", { value: 1 }) }), '$.a is an array with the hidden key "b"'],
    [() => ({ a: Object.assign([1], { [Symbol("s")]: 1 }) }), "$.a is an array with the key Symbol(s)"],
    [() => Object.assign(long(), { b: { c: () => 1 } }), "$.b.c is the function"],
    [
      () => ({ a: Object.assign(new Float32Array(2), { shape: 1 }) }),
      '$.a is an instance of Float32Array with the key "shape"',
    ],
    [
      () => ({ a: Object.assign(new Float32Array(20_000), { shape: 1 }) }),
      'Float32Array with the key "shape"',
    ],
    [
      () => Object.assign(new ArrayBuffer(2), { unit: 1 }),
      '$ is an instance of ArrayBuffer with the key "unit"',
    ],
    [() => Object.assign(new Date(0), { lastIndex: 1 }), '$ is an instance of Date with the key "lastIndex"'],
    [() => [Object.assign(new Error(), { message: 5 })], "$[0].message is a number"],
    [() => [Object.assign(new Error(), { stack: 5 })], "$[0].stack is a number"],
    [() => Object.create(Map.prototype), "$ is an instance of Map"],
    [() => Object.create(Date.prototype), "$ is an instance of Date"],
    [() => nest(1001), "is nested more than 1000 deep"],
    [() => Object.assign(new Date(0), { zone: 1 }), '$ is an instance of Date with the key "zone"'],
    [() => class extends Map {}, "$ is a function"],
    [() => class extends Array {}.from([1]), "$ is an array of the class"],
  ],
  garbage: ["", "{}", "cairnv8\u0002aaaaaaaaaaaaaaaa", "cairnv8\u0001", "cairnv8\u0001\u0001\0\0\0\0\0\0\0!"],
};

const table: Omit<CacherContract, "name" | "make"> = {
  values: {
    "numbers":
      () => [{ i: 1, x: 0.1 }, { i: -0, x: NaN }, { i: 2 ** 53, x: -Infinity }, { i: 1e300, x: Infinity }],
    "texts": () => [
      { t: "a,b", u: 'say "hi"' },
      { t: "007", u: " padded " },
      { t: "\ufeffbom", u: "line\nbreak" },
      { t: "", u: "\ttab" },
      { t: "#no comment", u: "'=1+1" },
      { t: "null", u: "NaN" },
    ],
    "texts that CSV readers change":
      () => [{ t: "a\r\nb", u: "\u0000" }, { t: "\r", u: "\ud800" }, { t: "", u: "x" }],
    "empty, null and absent apart":
      () => [{ a: "", b: 1 }, { a: null, b: 2 }, { b: null }, { a: "x" }, { a: "(null)" }],
    "one column of empty, null and absent":
      () => [{ a: "" }, { a: null }, {}, { a: "(null)" }, { a: "(blank)" }],
    "one column of null": () => [{ a: null }, { a: null }],
    "one column of JSON, absent at times": () => [{}, { a: [1] }, { a: null }],
    "one column with an empty name": () => [{ "": "" }, { "": "x" }],
    "booleans, dates and bigints": () => [
      { yes: true, when: new Date(1e12), big: 2n ** 80n },
      { yes: false, when: new Date(NaN), big: -1n },
      { yes: null, when: null },
      { when: new Date(-8.64e15), big: null },
    ],
    "a mixed column, and nested values": () => [
      { m: 1, n: { a: [1, "x"] } },
      { m: "1", n: [] },
      { m: true, n: null },
      { m: null, n: "text" },
      { m: "", n: proto() },
      { n: { "a,b": '"' } },
    ],
    "no row": () => [],
    "rows without keys": () => [{}, {}, {}],
    "a column __proto__":
      () => [JSON.parse('{"__proto__": "x", "b": 1}'), JSON.parse('{"__proto__": null}'), { b: 2 }],
    "odd column names":
      () => [{ "a,b": 1, 'c"d': 2, "": 3, "e\nf": 4, "g\r": 5, constructor: 6, toString: 7 }],
    "a first column that begins with a byte order mark": () => [{ "\ufeffa": 1, b: 2 }],
    "keys that appear late": () => [{ b: 1 }, { a: 2, b: 3 }, { c: 4 }],
  },
  refused: [
    [() => [{ a: 1 }, { a: 1 }, { a: 1 }, { when: new Point() }], "$[3].when is an instance of Point"],
    [() => [{ a: 1 }, { a: undefined }], "$[1].a is undefined"],
    [() => [{ a: "x" }, { a: new Date(0) }], "$[1].a is an instance of Date"],
    [() => [{ a: "x" }, { a: NaN }], "$[1].a is NaN"],
    [() => [{ a: { b: [1n] } }], "$[0].a.b[0] is a bigint"],
    [() => [{ a: 1 }, new Point()], "$[1] is an instance of Point"],
    [() => [{ a: 1 }, , { a: 1 }], "$[1] is a hole"],
    [() => Object.assign([{ a: 1 }], { note: 1 }), "$ is not a plain array"],
    [() => [{ a: 1 }, Object.defineProperty({}, "b", { value: 1 })], "$[1].b is a hidden property"],
    [() => [{
      get a() {
        return 1;
      },
    }], "$[0].a is a getter"],
    [() => [{ a: Object.assign(new Date(0), { zone: 1 }) }], "$[0].a is an instance of Date"],
    [() => [{ a: [rawJson("1")] }], "$[0].a[0] is raw JSON"],
    [() => [rawJson("1")], "$[0] is raw JSON"],
    [() => [null], "$[0] is null"],
    [() => [[1]], "$[0] is an array"],
    [() => ({ a: 1 }), "$ is an object"],
    [() => [{ [Symbol("s")]: 1 }], "$[0] has a key that is a symbol"],
  ],
};

/** A stream of these items; each call makes one that can be gone through once. */
async function* stream(...items: unknown[]): AsyncGenerator<unknown> {
  yield* items;
}

const collected = (value: unknown) => Array.fromAsync(value as AsyncIterable<unknown>);

/** What a row may hold where a file keeps one type a column. */
const columnar: Omit<CacherContract, "name" | "make"> = {
  values: {
    ...Object.fromEntries(
      Object.entries(table.values).filter(([title]) => !/^booleans|byte order mark$/.test(title)),
    ),
    "whole numbers of more than 32 bits": () => [{ a: 2 ** 31, b: null }, { a: -(2 ** 53 - 1), b: 2 ** 40 }],
    "-0 among numbers that are repeated": () =>
      Array.from({ length: 300 }, (_, i) => ({ x: i % 2 ? 0 : -0 })),
    "booleans, dates and bigints": () => [
      { yes: true, when: new Date(1e12), big: 2n ** 63n - 1n },
      { yes: false, when: new Date(-8.64e15), big: -(2n ** 63n) },
      { yes: null, when: null, big: null },
    ],
    "keys that are absent, and never null": () => [{ a: 1, d: new Date(0) }, { b: "x" }, { a: 2, b: "" }],
    "bytes": () => [{ b: new Uint8Array([0, 255]) }, { b: new Uint8Array() }, { b: null }],
    "texts of all planes": () => [{ t: "\ufeffa" }, { t: "é€😀" }, { t: "" }, { t: null }],
  },
  refused: [
    ...table.refused!,
    [() => [{ n: 1n }, { n: 2n ** 63n }], "$[1].n is a bigint of more than 64 bits"],
    [() => [{ d: new Date(NaN) }], "$[0].d is an invalid date"],
    [() => [{ d: new Date(0) }, { d: null }, {}], "$[0].d is an instance of Date"],
    [() => [{ b: Object.assign(new Uint8Array(1), { unit: 1 }) }], "$[0].b is an instance of Uint8Array"],
    [() => [{ x: new Float64Array(1) }], "$[0].x is an instance of Float64Array"],
    [() => [{ "\ufeffa": 1 }], "name begins with a byte order mark"],
    [() => [{ "\ud800": 1 }], "name holds half of a surrogate pair"],
  ],
};

const columnsOfFiles: Omit<CacherContract, "name" | "make"> = {
  values: {
    "typed arrays": () => ({
      a: new Int8Array([-128, 127]),
      b: new Uint8Array([0, 255]),
      c: new Uint8ClampedArray([1, 255]),
      d: new Int16Array([-32768, 1]),
      e: new Uint16Array([65535, 0]),
      f: new Int32Array([-(2 ** 31), 5]),
      g: new Uint32Array([2 ** 32 - 1, 0]),
      h: new Float16Array([1.5, -0]),
      i: new Float32Array([0.1, -0]),
      j: new Float64Array([NaN, -0]),
      k: new BigInt64Array([-(2n ** 63n), 1n]),
      l: new BigUint64Array([2n ** 64n - 1n, 1n]),
    }),
    "part of a longer array": () => ({ x: new Float64Array([1, 2, 3]).subarray(1) }),
    "lists": () => ({
      a: [1, null, -0],
      b: ["x", null, "\ufeff"],
      c: [new Date(0), null, new Date(1)],
      d: [1n, null, -1n],
      e: [true, null, false],
      f: [[1], { a: 2 }, null],
      g: [null, null, null],
      h: [new Uint8Array([1]), null, new Uint8Array()],
    }),
    "columns without values": () => ({ a: [], b: new Float32Array(), c: new BigInt64Array() }),
    "no column": () => ({}),
    "a column __proto__": () => JSON.parse('{"__proto__": [1, 2], "b": ["x", null]}'),
  },
  refused: [
    [() => [{ a: 1 }], "$ is an array"],
    [() => ({ a: [1], b: [1, 2] }), "$.b has 2 values, wanted 1 as $.a has"],
    [() => ({ a: 5 }), "$.a is a number"],
    [() => ({ a: new DataView(new ArrayBuffer(8)) }), "$.a is an instance of DataView"],
    [() => ({ a: Object.assign([1], { b: 1 }) }), "$.a is not a plain array"],
    [() => ({ a: [1, undefined] }), "$.a[1] is undefined"],
    [() => ({ a: [1, , 2] }), "$.a[1] is undefined"],
    [() => ({ a: ["x", NaN] }), "$.a[1] is NaN"],
    [() => ({ a: new (class Own extends Float64Array {})(1) }), "$.a is an instance of Own"],
    [() => ({ a: Object.assign(new Float32Array(2), { unit: 1 }) }), '$.a has the key "unit"'],
    [() => ({ a: new Uint8Array(new SharedArrayBuffer(1)) }), "$.a lies in shared memory"],
    [() => ({ a: (givenAway() as { bytes: Uint8Array }).bytes }), "$.a lies in a buffer that was given away"],
    [() => Object.defineProperty({}, "a", { value: [1] }), '$ has the hidden property "a"'],
    [() => ({ [Symbol("s")]: [1] }), "$ has the symbol"],
  ],
};

const notColumnar = [
  "",
  "PAR1",
  "ARROW1",
  "PAR1\0\0\0\0PAR1",
  "ARROW1\0\0\0\0\0\0ARROW1",
  "a,b\n1,2\n",
  notUtf8,
];

const csvGarbage = [
  'a,b\n1,"',
  "",
  "i,x,z\n1,2,3\n",
  "i,x\n1,2\n",
  "i,x\n1,0.1\n-0,NaN\n1,one\n1,1\n",
  notUtf8,
];
const jsonTableGarbage = ["", "{}", "[1]", '[{"i":1,"x":"one"}]', notUtf8];

/** A cacher of one's own, of the sort that composition must not break: two files, a folder, and `extra`. */
function bundle(): Cacher<{ names: string[]; parts: Record<string, string> }> {
  return {
    extension: ".names",
    kind: "bundle",
    save: async ({ names, parts }, artifact) => {
      await Deno.writeTextFile(artifact.path(), names.join("\n"));
      await Deno.writeTextFile(artifact.path("_count.txt"), String(names.length));
      const dir = artifact.dir("_parts");
      for (const [name, text] of Object.entries(parts)) {
        await Deno.mkdir(join(dir, name), { recursive: true });
        await Deno.writeTextFile(join(dir, name, "part.txt.gz"), text);
      }
      await Deno.mkdir(join(dir, "empty"));
      artifact.extra.parts = Object.keys(parts);
    },
    load: async (artifact) => {
      const names = (await Deno.readTextFile(artifact.path())).split("\n");
      assertEquals(await Deno.readTextFile(artifact.path("_count.txt")), String(names.length));
      const dir = artifact.dir("_parts");
      assertEquals((await Deno.stat(join(dir, "empty"))).isDirectory, true);
      const parts: Record<string, string> = {};
      for (const name of artifact.extra.parts as string[]) {
        parts[name] = await Deno.readTextFile(join(dir, name, "part.txt.gz"));
      }
      return { names, parts };
    },
    check: (artifact) => Deno.readTextFileSync(artifact.path()).length > 0,
  };
}

const bundles: CacherContract["values"] = {
  "two files and a folder": () => ({ names: ["a", "b"], parts: { x: "1".repeat(1000), y: "" } }),
};

const notGzip = ["", "not gzip", new Uint8Array([31, 139, 8, 0, 0, 0, 0, 0, 0, 3])];
const numbers = v.array(v.number());
const numberValues = { "numbers": () => [1, 2, 3] };

function write(path: string, text: string): string {
  Deno.writeTextFileSync(path, text);
  return path;
}

/** Paths differ from place to place; what they lead to does not. */
function sameFiles(loaded: unknown): void {
  for (const path of [loaded].flat()) assertEquals(Deno.readTextFileSync(String(path)), "x");
}

const contracts: CacherContract[] = [
  { name: "jsonCacher", make: () => jsonCacher(), ...json },
  { name: "structuredCacher", make: () => structuredCacher(), ...structured },
  {
    name: "textCacher",
    make: textCacher,
    values: {
      "a text": () => "one\r\ntwo\n\u0000 \u{1f600}",
      "an empty text": () => "",
      "a byte order mark": () => "\ufeff\ufeffa",
    },
    refused: [[() => "ab\ud800c", "$[2] is half of a surrogate pair"], [() => 5, "$ is a number"], [
      () => null,
      "$ is null",
    ]],
    garbage: [notUtf8],
  },
  { name: "arrayCacher", make: () => arrayCacher(), ...array, garbage: [new Uint8Array(7)] },
  {
    name: "arrayCacher of numpy's format",
    make: () => arrayCacher({ format: "npy" }),
    ...array,
    garbage: ["", "no header", new Uint8Array([0x93, 78, 85, 77, 80, 89, 1, 0, 2, 0, 123, 125])],
  },
  {
    name: "bytesCacher",
    make: bytesCacher,
    values: {
      "bytes": () => new Uint8Array([0, 255, 10, 13]),
      "part of a longer array": () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
      "no bytes": () => new Uint8Array(),
    },
    refused: [
      [() => [1, 2], "$ is an array"],
      [() => new Float64Array(1), "$ is an instance of Float64Array"],
      [() => new Uint8Array(1).buffer, "$ is an instance of ArrayBuffer"],
      [() => new (class Own extends Uint8Array {})(1), "$ is an instance of Own"],
      [() => Object.assign(new Uint8Array(1), { unit: "mm" }), '$ has the key "unit"'],
      [() => new Uint8Array(new SharedArrayBuffer(1)), "$ lies in shared memory"],
      [
        () => new Uint8Array(new ArrayBuffer(1, { maxByteLength: 2 })),
        "$ lies in a buffer that can be resized",
      ],
      [() => (givenAway() as { bytes: Uint8Array }).bytes, "$ lies in a buffer that was given away"],
    ],
  },
  {
    name: "linesCacher",
    make: linesCacher,
    read: collected,
    values: {
      "lines": () => stream("a", "", "b,\tc", "é\u2028\u{1f600}\u0000", ""),
      "no line": () => stream(),
      "one empty line": () => stream(""),
      "a byte order mark that is not at the beginning": () => stream("a", "\ufeffa\ufeff"),
      "a carriage return that is not at the end": () => stream("a\rb", "\r\u0000"),
      "a line of many pieces": () => stream("a", "é".repeat(400_000), "b"),
      "a plain list": () => ["a", "b"],
    },
    refused: [
      [() => "ab", "$ is a string"],
      [() => 5, "$ is a number"],
      [() => null, "$ is null"],
      [() => stream, "$ is the function"],
      [() => stream("a", 5), "$[1] is a number"],
      [() => stream("a", "b\nc"), "$[1] holds a line break"],
      [() => stream("a", "b\r"), "$[1] ends with a carriage return"],
      [() => stream("\ufeffa"), "$[0] begins with a byte order mark"],
      [() => stream("a", "b\ud800"), "$[1] holds half of a surrogate pair"],
      [() => stream(...new Array(100_000).fill("many lines"), 5), "$[100000] is a number"],
    ],
    garbage: [notUtf8, new Uint8Array([0x61, 0x0a, 0xc3])],
  },
  {
    name: "jsonLinesCacher",
    make: () => jsonLinesCacher(),
    read: collected,
    values: {
      "one stream of all that jsonCacher takes": (place) =>
        stream(...Object.values(json.values).map((value) => value(place))),
      "no value": () => stream(),
      "a value of many pieces": () => stream(1, "\n".repeat(200_000), [2]),
    },
    refused: [
      ...json.refused!.map(([make, message]): readonly [(place: Place) => unknown, string] => [
        (place) => stream(0, make(place)),
        message.replaceAll("$", "$[1]"),
      ]),
      [() => ({}), "$ is an object"],
    ],
    garbage: ["{", "[1,]", "1 2", notUtf8],
  },
  { name: "csvCacher", make: () => csvCacher(), ...table, garbage: csvGarbage },
  { name: "jsonTableCacher", make: () => jsonTableCacher(), ...table, garbage: jsonTableGarbage },
  { name: "tableCacher of CSV", make: () => tableCacher({ format: "csv" }), ...table, garbage: csvGarbage },
  {
    name: "tableCacher of JSON",
    make: () => tableCacher({ format: "json" }),
    ...table,
    garbage: jsonTableGarbage,
  },
  { name: "arrowCacher", make: () => arrowCacher(), ...columnar, garbage: notColumnar },
  {
    name: "arrowCacher of columns",
    make: () => arrowCacher({ shape: "columns" }),
    ...columnsOfFiles,
    garbage: notColumnar,
  },
  { name: "parquetCacher", make: () => parquetCacher(), ...columnar, garbage: notColumnar },
  {
    name: "parquetCacher of columns",
    make: () => parquetCacher({ shape: "columns" }),
    ...columnsOfFiles,
    garbage: notColumnar,
  },
  {
    name: "tableCacher of Arrow",
    make: () => tableCacher({ format: "arrow", compression: "zstd" }),
    ...columnar,
    garbage: notColumnar,
  },
  {
    name: "tableCacher of columns as Parquet",
    make: () => tableCacher({ format: "parquet", shape: "columns", compression: "zstd" }),
    ...columnsOfFiles,
    garbage: notColumnar,
  },
  {
    name: "fileReferenceCacher",
    make: () => fileReferenceCacher(),
    values: {
      "a path below the stage's files": ({ files }) => write(join(files, "a.txt"), "x"),
      "a list of them": ({ files }) => ["a.txt", "b.txt"].map((name) => write(join(files, name), "x")),
      "an empty list": () => [],
    },
    same: sameFiles,
    refused: [
      [({ files }) => join(files, "none.txt"), "there is nothing at"],
      [({ files }) => [write(join(files, "a.txt"), "x"), 5], "$[1] is a number"],
      [() => ({}), "$ is an object"],
      [() => [""], '$[0] is ""'],
    ],
    garbage: [
      "",
      "{}",
      "[1]",
      '"{home}/x"',
      '"{cwd}x"',
      '["{files}2/x"]',
      '""',
      '["a\\u0000b"]',
      '"\\ud800"',
      notUtf8,
    ],
  },
  {
    name: "pathCacher",
    make: () => pathCacher(),
    values: {
      "a file": ({ files }) => write(join(files, "a.txt"), "x"),
      "a file without an ending": ({ files }) => write(join(files, "a"), "x"),
    },
    same: sameFiles,
    refused: [
      [() => "elsewhere.txt", 'returned "elsewhere.txt", wanted a path below'],
      [({ files }) => files, "wanted a path below"],
      [({ files }) => `${files}/../a.txt`, "wanted a path below"],
      [({ files }) => join(files, "none.txt"), "there is nothing at"],
      [() => 5, "returned a number"],
    ],
  },
  {
    name: "notebookCacher",
    make: notebookCacher,
    values: {
      "cells": () => [["const a = 1;", "", "a"], ['console.log("é\u2028\\n");'], ["\tx "]],
      "empty cells, and cells of an empty line": () => [[], [""], ["", ""], ["a", ""], ["", "a"], []],
      "no cell": () => [],
    },
    refused: [
      [() => [["a"], ["b\nc"]], "$[1][0] holds a line break"],
      [() => [["a", "\r"]], "$[0][1] holds a line break"],
      [() => [["a"], "b"], "$[1] is a string"],
      [() => [[1]], "$[0][0] is a number"],
      [() => "a", "$ is a string"],
      [() => [["\ud800"]], "$[0][0] holds half of a surrogate pair"],
    ],
    garbage: [
      "",
      "{}",
      '{"nbformat":3,"cells":[]}',
      '{"nbformat":4,"cells":[1]}',
      '{"nbformat":4,"cells":[{"cell_type":"code","source":1}]}',
    ],
  },
  { name: "gzipped(jsonCacher)", make: () => gzipped(jsonCacher()), ...json, garbage: notGzip },
  {
    name: "gzipped(structuredCacher)",
    make: () => gzipped(structuredCacher()),
    ...structured,
    garbage: notGzip,
  },
  { name: "gzipped(csvCacher)", make: () => gzipped(csvCacher()), ...table, garbage: notGzip },
  {
    name: "gzipped(parquetCacher)",
    make: () => gzipped(parquetCacher({ compression: "none" })),
    values: columnar.values,
    garbage: notGzip,
  },
  {
    name: "gzipped(arrayCacher)",
    make: () => gzipped(arrayCacher({ format: "npy" })),
    ...array,
    garbage: notGzip,
  },
  { name: "zstd(jsonCacher)", make: () => zstd(jsonCacher()), ...json, garbage: notGzip },
  { name: "zstd(arrayCacher)", make: () => zstd(arrayCacher()), ...array, garbage: notGzip },
  {
    name: "zstd(linesCacher)",
    make: () => zstd(linesCacher()),
    read: collected,
    values: { "lines": () => stream("a", "", "é"), "no line": () => stream() },
    refused: [[() => stream("a", 5), "$[1] is a number"]],
    garbage: notGzip,
  },
  {
    name: "gzipped(lazy(validated(jsonLinesCacher)))",
    make: () => gzipped(lazy(validated(jsonLinesCacher(), v.object({ a: v.string() })))),
    read: collected,
    values: {
      "values": () => stream({ a: "1" }, { a: "\n" }),
      "many values": () => stream(...Array.from({ length: 5000 }, (_, i) => ({ a: `${i * i}`.repeat(9) }))),
    },
    refused: [
      [() => stream({ a: "1" }, { a: 1 }), "$[1].a: Invalid type"],
      [() => stream(...new Array(50_000).fill({ a: "many lines" }), 5), "$[50000]: Invalid type"],
    ],
    garbage: notGzip,
  },
  {
    name: "zstd(a cacher of one's own)",
    make: () => zstd(bundle()),
    values: bundles,
    garbage: notGzip,
  },
  { name: "a cacher of one's own", make: bundle, values: bundles },
  {
    name: "withSubdir(gzipped(a cacher of one's own))",
    make: () => withSubdir(gzipped(bundle()), "models/large"),
    values: bundles,
    garbage: notGzip,
  },
  {
    name: "validated(gzipped(lazy(jsonCacher)))",
    make: () => validated(gzipped(lazy(jsonCacher<number[]>())), numbers),
    values: numberValues,
    refused: [[() => [1, "2"], "$[1]: Invalid type"], [() => 5, "$: Invalid type"]],
    garbage: notGzip,
  },
  {
    name: "lazy(validated(jsonLinesCacher))",
    make: () => lazy(validated(jsonLinesCacher<number>(), v.number())),
    read: collected,
    values: { "a stream of numbers": () => stream(1, 2, 3) },
    refused: [
      [() => stream(1, "2"), "$[1]: Invalid type"],
      [() => stream(1, NaN), "$[1]: Invalid type"],
      [() => 5, "$ is a number"],
    ],
    garbage: ["1\n[", notUtf8],
  },
  {
    name: "lazy(untracked(withPrefix(validated(jsonCacher))))",
    make: () =>
      lazy(untracked(withPrefix(validated(jsonCacher<number[]>(), numbers), "shared")), { resolve: false }),
    values: numberValues,
    refused: [[() => [NaN], "$[0]: Invalid type"]],
    garbage: ["", "[1,", '["1"]'].slice(0, 2),
  },
];

for (const contract of contracts) testCacher(contract);

Deno.test("every cacher that cachers/mod.ts exports keeps to the contract", () => {
  const under = contracts.map(({ name }) => name);
  for (const name of Object.keys(cachers)) {
    assertEquals(under.some((each) => each.startsWith(name)), true, name);
  }
});
