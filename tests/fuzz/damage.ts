/**
 * Files and JSON values with something changed in them.
 *
 * @module
 */
import fc from "fast-check";
import type { Choose } from "./near.ts";

/** Gives whole numbers below a bound, as fast-check thinks of them. */
export const chooser: fc.Arbitrary<Choose> = fc.infiniteStream(fc.nat()).map((numbers) => (bound) =>
  numbers.next().value % bound
);

/** What readers of lengths, tags and texts stumble over. */
const PIECES: readonly (readonly number[])[] = [
  ...[[0], [0xff], [0x7f], [0x80], [0x22], [0x0a], [0x0d], [0x2c], [0x5b], [0x7b], [0xef, 0xbb, 0xbf]],
  ...[[0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x80, 0x80, 0x10], [
    0xff,
    0xff,
    0xff,
    0x7f,
  ]],
  ...[[0x61, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x41, 0x80, 0x80, 0x80, 0x08], [
    0x5c,
    0x09,
    0xff,
    0xff,
    0xff,
    0xff,
    0x0f,
  ]],
  ...[[0x5e, 0], [0x5e, 0x05], [0x6f], [0x3b], [0x27], [0x72], [0x42, 0xff, 0xff, 0xff, 0xff, 0x0f], [
    0x5a,
    0xfe,
    0xff,
    0x3f,
  ]],
];

/**
 * A copy of a file's bytes with a few changes: bits turned, parts cut out, put in twice, or taken from another file.
 *
 * @param bytes The file.
 * @param other Another file.
 * @param choose Chooses.
 * @returns The changed bytes.
 */
export function damaged(bytes: Uint8Array, other: Uint8Array, choose: Choose): Uint8Array {
  let parts = [...bytes];
  for (let i = choose(4); i >= 0; i--) {
    const [from, to] = [choose(parts.length + 1), choose(parts.length + 1)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    switch (choose(7)) {
      case 0:
        if (from < parts.length) parts[from] = parts[from]! ^ (1 << choose(8));
        break;
      case 1:
        parts = parts.slice(0, from);
        break;
      case 2:
        parts.splice(from, to - from);
        break;
      case 3:
        parts.splice(to, 0, ...parts.slice(from, to));
        break;
      case 4:
        parts.splice(from, choose(8), ...PIECES[choose(PIECES.length)]!);
        break;
      case 5: {
        const [start, end] = [choose(other.length + 1), choose(other.length + 1)];
        parts.splice(from, to - from, ...other.subarray(Math.min(start, end), Math.max(start, end)));
        break;
      }
      default:
        if (from < parts.length) parts[from] = choose(256);
    }
  }
  return new Uint8Array(parts.slice(0, 100_000));
}

const ODD_JSON: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    2 ** 32,
    2 ** 53,
    "",
    "a",
    "__proto__",
    "../..",
    "/etc/passwd",
    "a\0b",
    "\ud800",
  ],
  ...[
    [],
    [null],
    [[]],
    {},
    { a: 1 },
    { toString: 1, valueOf: 1 },
    { name: 1 },
    [{ name: null }],
    { length: 2 ** 32 - 1 },
    JSON.parse('{"__proto__": {"polluted": 1}}'),
  ],
];

const ODD_KEYS = ["", "a", "__proto__", "constructor", "toString", "toJSON", "length", "name", "then"];

/**
 * A copy of a JSON value with one of its parts put another way, left out or given more.
 *
 * @param value The value.
 * @param choose Chooses.
 * @returns The changed value.
 */
export function oddJson(value: unknown, choose: Choose): unknown {
  const odd = () => structuredClone(ODD_JSON[choose(ODD_JSON.length)]);
  if (typeof value !== "object" || value === null || choose(8) === 0) return odd();
  if (Array.isArray(value)) {
    const at = choose(value.length + 1);
    if (at === value.length) return [...value, odd()];
    return choose(4) === 0 ? value.toSpliced(at, 1) : value.with(at, oddJson(value[at], choose));
  }
  const entries = Object.entries(value);
  const at = choose(entries.length + 1);
  if (at === entries.length) {
    return Object.fromEntries([...entries, [ODD_KEYS[choose(ODD_KEYS.length)]!, odd()]]);
  }
  const [name, item] = entries[at]!;
  return Object.fromEntries(
    choose(4) === 0 ? entries.toSpliced(at, 1) : entries.with(at, [name, oddJson(item, choose)]),
  );
}
