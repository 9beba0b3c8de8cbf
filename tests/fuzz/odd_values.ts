/**
 * Values that are lost, changed or misread by one way of saving or another.
 *
 * @module
 */

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
