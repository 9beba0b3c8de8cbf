/**
 * Values of every sort, and pairs of values that are equal or nearly so.
 *
 * @module
 */
import fc from "fast-check";

/** Keys and texts that some reader or other has taken for something else. */
export const ODD_TEXTS: readonly string[] = [
  ...["", " ", "0", "1", "-0", "007", "1e3", "NaN", "null", "true", "undefined", "Infinity", "12n", "1.0"],
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "valueOf",
    "length",
    "toJSON",
    "then",
    "hasOwnProperty",
  ],
  ...["$date", "$bigint", "$$map", "$hash", "{cwd}", "{}", "=1+1", "#", ",", ";", '"', '""', "'", "\\", "\t"],
  ...["\n", "\r", "\r\n", "a\r\nb", "a\nb", "\0", "\ufeff", "\ufeffa", "\u2028", "\u0085", "\u001b[31m"],
  ...["\ud800", "\udc00", "\udc00\ud800", "a\ud800", "\u{1f600}", "é", "e\u0301", "\uffff", "\ufffd"],
  ...[
    "(null)",
    "(absent)",
    "(blank)",
    "(null 2)",
    "Invalid Date",
    "1970-01-01T00:00:00.000Z",
    "[]",
    "[1]",
    "{",
  ],
  ...["4294967294", "4294967295", "4294967296", "-1", "1.5", "a,b", 'a"b', " padded ", "n1;", "s1:a", "z"],
];

/** A text: often an odd one. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.string({ maxLength: 6 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 }).map((units) =>
    String.fromCharCode(...units)
  ),
);

/** A number: often an odd one. */
export const number: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    -(2 ** 31),
    2 ** 53,
    5e-324,
    1e21,
    1.5,
    1e-7,
  ),
  fc.double(),
  fc.integer(),
);

const bytes = fc.uint8Array({ maxLength: 16 }).map((array) =>
  array.slice(0, array.length - array.length % 8)
);

/** A typed array, a view or a buffer over some bytes. */
export const binary: fc.Arbitrary<ArrayBuffer | ArrayBufferView> = fc.tuple(
  bytes,
  fc.constantFrom(
    ...[
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float16Array,
    ],
    ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array, ArrayBuffer],
  ),
).map(([array, type]) =>
  type === ArrayBuffer ? array.buffer : new (type as Uint8ArrayConstructor)(array.buffer)
);

/** Something that no key, no element and no prototype of its own is in: what may be a part of any value. */
const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false),
  number,
  fc.oneof(fc.constantFrom(0n, 1n, -1n, 2n ** 64n, -(2n ** 64n), 10n ** 21n), fc.bigInt()),
  text,
  fc.oneof(fc.constantFrom(0, 1, NaN, 8.64e15), fc.date().map(Number)).map((time) => new Date(time)),
  binary,
);

function nested(leaves: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      { weight: 5, arbitrary: leaves },
      { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
      { weight: 2, arbitrary: fc.dictionary(text, tie("value"), { maxKeys: 4 }) },
      {
        weight: 1,
        arbitrary: fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((entries) =>
          new Map(entries)
        ),
      },
      { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)) },
    ),
  })).value;
}

/** Any value that can be hashed. */
export const hashable: fc.Arbitrary<unknown> = nested(leaf);

class Point {
  x = 1;
}
class Table extends Map<unknown, unknown> {}
class Rows extends Array<unknown> {}
class Bytes extends Uint8Array<ArrayBuffer> {}

/** Text that `JSON.stringify` writes as it is; the types do not know it yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): object }).rawJSON;

/** A getter that gives another value each time. */
function changing(): object {
  const values = [1, NaN, undefined, () => 1, Symbol("late")];
  let i = 0;
  return {
    get a() {
      return values[i++ % values.length];
    },
  };
}

function sparse(length: number, key: string, value: unknown): unknown[] {
  const array = new Array(length);
  (array as unknown as Record<string, unknown>)[key] = value;
  return array;
}

/** With one thing more than what its sort has. */
function withKey(value: object, key: PropertyKey, descriptor: PropertyDescriptor): object {
  return Object.defineProperty(value, key, { configurable: true, ...descriptor });
}

function givenAway(): Uint8Array {
  const bytes = new Uint8Array(8);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

function cyclic(make: (self: () => unknown) => object): object {
  const holder: { self?: unknown } = {};
  holder.self = make(() => holder);
  return holder;
}

/** What one or another cacher, or the canonical encoding, must refuse or keep whole: each made anew. */
export const ODD_VALUES: readonly (() => unknown)[] = [
  ...[() => undefined, () => () => 1, () => Symbol("s"), () => Symbol.iterator, () => class {}, () => Math],
  ...[
    () => new Point(),
    () => new Table([[1, 2]]),
    () => Rows.from([1, 2]),
    () => new Bytes(new ArrayBuffer(4)),
    () => new URL("a:b"),
  ],
  ...[
    () => new Number(1),
    () => new String("ab"),
    () => new Boolean(false),
    () => Object(1n),
    () => Object(Symbol()),
  ],
  ...[
    () => /a+/gi,
    () => Object.assign(/a/g, { lastIndex: 1 }),
    () => new Error("bad"),
    () => new RangeError("x"),
  ],
  ...[() => new Error("x", { cause: [1] }), () => new AggregateError([1]), () => new DOMException("x")],
  ...[() => Object.assign(new Error("x"), { code: 1 }), () => Object.assign(new Error(), { message: 5 })],
  ...[() => Object.assign(new Error("x"), { stack: 5 }), () => new WeakMap(), () => Promise.resolve(1)],
  ...[() => ({ [Symbol("s")]: 1 }), () => withKey({ a: 1 }, "b", { value: 2 }), changing],
  ...[
    () => withKey({}, "a", { get: () => 1, enumerable: true }),
    () => withKey([1], 0, { get: () => 2, enumerable: true }),
  ],
  ...[
    () => withKey([1], "b", { value: 2 }),
    () => Object.assign([1], { b: 2 }),
    () => Object.assign([1], { [Symbol()]: 1 }),
  ],
  ...[
    () => [1, , 3],
    () => new Array(3),
    () => sparse(5, "3", 1),
    () => sparse(20_000, "b", 1),
    () => sparse(2 ** 32 - 1, "7", 1),
  ],
  ...[
    () => Object.assign(new Array(10_001).fill(1), { b: 2 }),
    () => withKey(new Array(10_001).fill(1), "b", { value: 1 }),
  ],
  ...[
    () => Object.assign(new Array(10_001).fill(1), { [Symbol("s")]: 2 }),
    () => new Array(10_001).fill("x"),
  ],
  ...[
    () => Object.assign(new Uint8Array(2), { unit: "mm" }),
    () => Object.assign(new Float64Array(20_000), { unit: "mm" }),
  ],
  ...[
    () => Object.assign(new ArrayBuffer(2), { unit: "mm" }),
    () => Object.assign(new DataView(new ArrayBuffer(2)), { a: 1 }),
  ],
  ...[() => Object.assign(new Date(0), { zone: 1 }), () => Object.assign(new Date(0), { lastIndex: 1 })],
  ...[
    () => Object.assign(new Map(), { note: 1 }),
    () => Object.assign(new Set([1]), { note: 1 }),
    () => Object.assign(/a/, { b: 1 }),
  ],
  ...[() => Object.assign(new Number(1), { a: 1 }), () => Object.assign(new String("a"), { b: 1 })],
  ...[() => withKey(new String("a"), "b", { value: 1 }), () => withKey(new Map(), "b", { value: 1 })],
  ...[
    () => new ArrayBuffer(4, { maxByteLength: 8 }),
    () => new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })),
  ],
  ...[
    () => new SharedArrayBuffer(4),
    () => new Uint8Array(new SharedArrayBuffer(4)),
    givenAway,
    () => givenAway().buffer,
  ],
  ...[
    () => new Float64Array([0, 1, 2]).subarray(1, 2),
    () => new DataView(new ArrayBuffer(8), 2, 3),
    () => new DataView(new ArrayBuffer(8)),
  ],
  ...[
    () => new Proxy({ a: 1 }, {}),
    () => new Proxy([1, 2], {}),
    () => new Proxy(new Map(), {}),
    () => new Proxy(() => 1, {}),
  ],
  ...[
    () => Object.create(Map.prototype),
    () => Object.create(Date.prototype),
    () => Object.create(Uint8Array.prototype),
  ],
  ...[
    () => Object.create(Number.prototype),
    () => Object.create(RegExp.prototype),
    () => Object.create(ArrayBuffer.prototype),
  ],
  ...[
    () => Object.create(Error.prototype),
    () => Object.create(Set.prototype),
    () => Object.create({ inherited: 1 }),
  ],
  ...[
    () => Object.create(null),
    () => Object.assign(Object.create(null), { a: 1 }),
    () => Object.freeze({ a: [1] }),
  ],
  ...[
    () => JSON.parse('{"__proto__": {"polluted": true}}'),
    () => ({ toJSON: () => 1 }),
    () => ({ toJSON: 1 }),
  ],
  ...[
    () => withKey({ a: 1 }, "toJSON", { value: () => 2 }),
    () => rawJson("1"),
    () => [rawJson('"x"')],
  ],
  ...[
    () => cyclic((self) => [self()]),
    () => cyclic((self) => new Map([[1, self()]])),
    () => cyclic((self) => new Set([self()])),
  ],
  ...[
    () => ((one) => [one, { one }])({ a: 1 }),
    () => ((one) => [one, one])(new Date(0)),
    () => ((one) => [one, one])([NaN]),
  ],
  ...[
    () =>
      (function () {
        return arguments;
      })(),
    () => globalThis,
    () => (function* () {})(),
    () => new Intl.NumberFormat("en"),
    () => new Blob([]),
  ],
];

/** Any value of JavaScript at all: `odd` parts among plain ones. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: nested(fc.oneof({ weight: 8, arbitrary: leaf }, oddValue())) },
  {
    weight: 2,
    arbitrary: fc.anything({
      ...{ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withNullPrototype: true },
      ...{
        withObjectString: true,
        withSet: true,
        withTypedArray: true,
        withSparseArray: true,
        withUnicodeString: true,
      },
      maxDepth: 3,
    }),
  },
  { weight: 2, arbitrary: nested(leaf) },
  { weight: 1, arbitrary: oddValue() },
);

function oddValue(): fc.Arbitrary<unknown> {
  return fc.constantFrom(...ODD_VALUES).map((make) => make());
}
