/** The canonical encoding: over values of every sort it is equal just where they are, and nothing is skipped. */
import fc from "fast-check";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { canonicalDigest, writeCanonical } from "../../core/params/canonical.ts";
import { copyOf } from "../../core/params/copy.ts";
import { describe, type JsonValue } from "../../core/params/describe.ts";
import { isEqualJson } from "../../core/plan/recipe_pairs.ts";
import { decodeCanonical } from "./decode_canonical.ts";
import { nearTo } from "./near.ts";
import { options } from "./runs.ts";
import { isSame } from "./same.ts";
import { anything, hashable } from "./values.ts";

const pair = fc.tuple(hashable, fc.infiniteStream(fc.nat()), fc.integer({ min: 0, max: 2 })).map(
  ([value, numbers, times]) => {
    const choose = (bound: number) => numbers.next().value % bound;
    let other = value;
    for (let i = 0; i <= times; i++) other = nearTo(other, choose);
    return [value, other] as const;
  },
);

const byContent = { order: false, identity: false };

Deno.test("a value and one that is equal or nearly so have one digest just where they are equal", () => {
  let equal = 0;
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const same = isSame(a, b, byContent);
      if (same) equal++;
      assertEquals(canonicalDigest(a) === canonicalDigest(b), same);
    }),
    options(4000),
  );
  assert(equal > 100, `only ${equal} pairs were equal`);
});

Deno.test("a value and one that is equal or nearly so have one description just where they are equal", () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const [one, other] = [a, b].map((each) => JSON.parse(JSON.stringify(describe(each))) as JsonValue);
      assertEquals(isEqualJson(one, other), isSame(a, b, byContent));
      // What looks like a description is described as something else.
      assertEquals(isEqualJson(one, describe(one)), isSame(a, one, byContent));
    }),
    options(4000),
  );
});

Deno.test("a copy is equal to its source, shares nothing with it, and has its digest", () => {
  fc.assert(
    fc.property(hashable, (value) => {
      const copy = copyOf(value);
      assert(isSame(value, copy, { order: true, identity: true }));
      assertEquals(canonicalDigest(copy), canonicalDigest(value));
      const parts = objectsIn(value);
      for (const part of objectsIn(copy)) assert(!parts.has(part), "a part of the source is in the copy");
    }),
    options(1500),
  );
});

Deno.test("the bytes of an encoding give the value back, so no two values have the same", () => {
  fc.assert(
    fc.property(hashable, (value) => {
      const bytes = encoded(value);
      const { value: decoded, end } = decodeCanonical(bytes, 0);
      assertEquals(end, bytes.length, "nothing follows");
      assertEquals(
        reencoded(decoded),
        reencoded(decodeCanonical(new Uint8Array([...bytes, 0x7a, 0x66]), 0).value),
      );
      if (!objectsInclude(value, (part) => part instanceof Map || part instanceof Set)) {
        assert(isSame(decoded, value, byContent));
      }
    }),
    options(1500),
  );
});

Deno.test("whatever it is given, it is hashed whole or refused with the path of what is wrong", () => {
  let refused = 0;
  fc.assert(
    fc.property(anything, (value) => {
      let digest: string;
      try {
        digest = canonicalDigest(value, "params");
      } catch (error) {
        refused++;
        assert(error instanceof TypeError, String(error));
        assert(/^Cannot hash params/.test(error.message), error.message);
        return;
      }
      const copy = copyOf(value);
      assert(isSame(value, copy, { order: true, identity: true }), "what is hashed comes back whole");
      assertEquals(canonicalDigest(copy), digest);
    }),
    options(4000),
  );
  assert(refused > 500, `only ${refused} were refused`);
});

Deno.test("no getter and no proxy is asked anything: what is hashed is the value as it is", () => {
  const asked: string[] = [];
  const trap = new Proxy({}, {
    get: (_, name) => {
      asked.push(String(name));
      return undefined;
    },
  });
  const values = [
    {
      get a() {
        asked.push("a");
        return 1;
      },
    },
    Object.defineProperty([1], 0, {
      get: () => {
        asked.push("0");
        return 1;
      },
      enumerable: true,
    }),
    new Proxy({ a: 1 }, trap as ProxyHandler<object>),
    new Proxy([1], trap as ProxyHandler<unknown[]>),
  ];
  for (const value of values) {
    asked.length = 0;
    assertThrows(() => canonicalDigest({ v: [value] }, "params"), TypeError, "Cannot hash params.v[0]");
    // A proxy says what it is by its traps alone; its content is not asked for.
    assertEquals(asked.filter((name) => name === "a" || name === "0" || name === "get"), []);
  }
});

function encoded(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  const encoder = new TextEncoder();
  writeCanonical(value, "$", (part) => {
    parts.push(typeof part === "string" ? encoder.encode(part) : part.slice());
  });
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** Text of what was decoded, digests of maps and sets among it. */
function reencoded(value: unknown): string {
  return JSON.stringify(describe(value));
}

function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== "object" || value === null || found.has(value)) return found;
  found.add(value);
  const parts = value instanceof Map
    ? [...value].flat()
    : value instanceof Set
    ? [...value]
    : Object.values(value);
  if (ArrayBuffer.isView(value)) return found.add(value.buffer);
  for (const part of parts) objectsIn(part, found);
  return found;
}

function objectsInclude(value: unknown, is: (part: object) => boolean): boolean {
  return [...objectsIn(value)].some(is);
}
