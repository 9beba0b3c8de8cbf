/**
 * Values of every sort, and pairs of values that are equal or nearly so.
 *
 * @module
 */
import fc from "fast-check";
import { ODD_VALUES } from "./odd_values.ts";

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
