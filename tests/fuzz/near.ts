/**
 * Values that differ from another in one place, or look as if they did.
 *
 * @module
 */

/** Gives whole numbers below a bound. */
export type Choose = (bound: number) => number;

/**
 * A copy of a value with one part, chosen at will, put another way: of another type, moved, or only written otherwise.
 *
 * @param value A value that can be hashed.
 * @param choose Chooses.
 * @returns The other value; it may well be equal.
 */
export function nearTo(value: unknown, choose: Choose): unknown {
  let left = choose(countOf(value)); // how many parts come before the one to change
  const rebuilt = (part: unknown): unknown => {
    if (left-- === 0) {
      const others = variantsOf(part);
      return others[choose(others.length)];
    }
    if (typeof part !== "object" || part === null) return part;
    if (Array.isArray(part)) return part.map(rebuilt);
    if (part instanceof Map) return new Map([...part].map(([key, item]) => [rebuilt(key), rebuilt(item)]));
    if (part instanceof Set) return new Set([...part].map(rebuilt));
    if (part instanceof Date || part instanceof ArrayBuffer || ArrayBuffer.isView(part)) {
      return structuredClone(part);
    }
    return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, rebuilt(item)]));
  };
  return rebuilt(value);
}

function countOf(value: unknown): number {
  return 1 + partsOf(value).reduce<number>((sum, part) => sum + countOf(part), 0);
}

function partsOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set || Array.isArray(value)) return [...value];
  if (value instanceof Date || value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return [];
  return Object.values(value);
}

const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float16Array,
]
  .concat(
    [Float32Array, Float64Array, BigInt64Array, BigUint64Array] as never[],
  ) as unknown as Uint8ArrayConstructor[];

function variantsOf(value: unknown): unknown[] {
  switch (typeof value) {
    case "number":
      return [
        String(value),
        -value,
        value + 1,
        [value],
        new Date(value),
        { a: value },
        value,
        value === 1,
        null,
      ]
        .concat(Number.isInteger(value) ? [BigInt(value)] as never : []);
    case "bigint":
      return [String(value), Number(value), -value, value + 1n, `${value}n`, value];
    case "boolean":
      return [Number(value), String(value), !value, BigInt(value), value, null];
    case "string":
      return [
        Number(value),
        [value],
        `${value}\0`,
        value.normalize("NFD"),
        value.toWellFormed(),
        [...value],
        value,
      ]
        .concat(
          [
            `s${value}`,
            value.slice(1),
            `${value}\ud800`,
            { [value]: 1 },
            `${value.length}:${value}`,
          ] as never[],
        )
        .concat(value === "" ? [null, 0] as never[] : []);
    case "object":
      return value === null ? ["null", {}, [], 0, false, [null], null] : variantsOfObject(value);
    default:
      return [value];
  }
}

function variantsOfObject(value: object): unknown[] {
  if (value instanceof Date) {
    return [Number(value), String(value), new Date(Number(value) + 1), new Date(Number(value)), {}];
  }
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return variantsOfBytes(value);
  if (value instanceof Map) {
    const entries = [...value];
    return [
      entries,
      new Map(entries.toReversed()),
      new Set(entries),
      new Set(value.keys()),
      new Map(entries.slice(1)),
    ]
      .concat(
        [new Map([...entries, [null, null]]), new Map(entries.map(([key, item]) => [item, key]))] as never[],
      );
  }
  if (value instanceof Set) {
    const items = [...value];
    return [
      items,
      new Set(items.toReversed()),
      new Map(items.map((item) => [item, item])),
      new Set([...items, {}]),
    ]
      .concat([new Set(items.slice(1)), new Set([items])] as never[]);
  }
  if (Array.isArray(value)) {
    return [value.toReversed(), new Set(value), new Map(value.entries()), { ...value }, [value], [
      ...value,
      null,
    ]]
      .concat([value.slice(1), value.flat(), [...value], [value.slice(0, 1), ...value.slice(1)]] as never[]);
  }
  const entries = Object.entries(value);
  const [[name, item] = ["", null], ...rest] = entries;
  return [Object.fromEntries(entries.toReversed()), new Map(entries), entries, Object.values(value), {
    ...value,
    z: null,
  }]
    .concat(
      [Object.fromEntries(rest), { [`${name}\0`]: item, ...Object.fromEntries(rest) }, {
        a: value,
      }] as never[],
    )
    .concat([Object.assign(Object.create(null), value), { [name]: Object.fromEntries(entries) }] as never[]);
}

function variantsOfBytes(value: ArrayBuffer | ArrayBufferView): unknown[] {
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
    : new Uint8Array(value.slice(0));
  const shifted = new Uint8Array(bytes.length + 8);
  shifted.set(bytes, 8);
  return [
    bytes.buffer,
    [...bytes],
    bytes.toReversed(),
    bytes.slice(1),
    // The same bytes as other types, at the start of their memory and further on.
    ...VIEWS.filter(({ BYTES_PER_ELEMENT: size }) => bytes.length % size === 0)
      .flatMap((type) => [new type(bytes.buffer), new type(shifted.buffer, 8)]),
  ];
}
