/** What comes back equals what went in, for whatever fast-check thinks of. */
import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { csvCacher, jsonCacher, jsonTableCacher, structuredCacher } from "../../cachers/mod.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import { contentOf, type Place, placeFor } from "./cacher_contract.ts";

const key = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 4, unit: "binary" }) },
  fc.constantFrom("__proto__", "constructor", "toString", "", "a", "b", "0", "1"),
);

/** `-0` is refused; all else that JSON has words for comes back. */
const jsonValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom(null, true, false, 0, 2 ** 53, 5e-324, 1e21),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.string({ unit: "binary" }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

const structuredValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom(undefined, null, true, NaN, -0, Infinity, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.string({ unit: "binary" }),
    fc.date({ noInvalidDate: false }),
    fc.float64Array(),
    fc.uint8Array(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.sparseArray(tie("value"), { maxLength: 6 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => new Set(items)),
  ),
})).value;

/** A column: the same sort of cell in most rows, and null or absent in others. */
const cells = fc.oneof(
  fc.constant(fc.double()),
  fc.constant(fc.integer()),
  fc.constant(fc.boolean()),
  fc.constant(fc.bigInt()),
  fc.constant(fc.date({ noInvalidDate: false })),
  fc.constant(fc.string({ maxLength: 5, unit: "binary" })),
  fc.constant(
    fc.constantFrom(
      "",
      " ",
      ",",
      '"',
      "\n",
      "\r\n",
      "\r",
      "007",
      "\ufeff",
      "(null)",
      "(absent)",
      "null",
      "#",
    ),
  ),
  fc.constant(jsonValue),
);

const rows = fc.uniqueArray(fc.tuple(key, cells), { maxLength: 4, selector: ([name]) => name }).chain((
  columns,
) =>
  fc.array(
    fc.tuple(
      ...columns.map(([name, cell]) =>
        fc.option(fc.option(cell, { freq: 4 }), { freq: 4, nil: undefined }).map((value) =>
          [name, value] as const
        )
      ),
    ).map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined))),
    { maxLength: 5 },
  )
);

// One place for all runs: a folder a run would take most of the time.
async function comesBack(cacher: AnyCacher, value: unknown, place: Place): Promise<void> {
  for (const name of Object.keys(place.artifact.extra)) delete place.artifact.extra[name];
  await cacher.save(value, place.artifact);
  const content = contentOf(place);
  const loaded = await cacher.load(placeFor(cacher, place).artifact);
  assertEquals(loaded, value);
  await cacher.save(loaded, place.artifact);
  assertEquals(contentOf(place), content, "what was loaded gives the same bytes");
}

function testRoundTrip(
  name: string,
  cacher: AnyCacher,
  values: fc.Arbitrary<unknown>,
  numRuns: number,
): void {
  Deno.test(`${name}: whatever it takes comes back`, async () => {
    const place = placeFor(cacher);
    await fc.assert(fc.asyncProperty(values, (value) => comesBack(cacher, value, place)), { numRuns });
    Deno.removeSync(`${place.folder}/..`, { recursive: true });
  });
}

testRoundTrip("jsonCacher", jsonCacher(), jsonValue, 300);
testRoundTrip("structuredCacher", structuredCacher(), structuredValue, 300);
testRoundTrip("csvCacher", csvCacher(), rows, 300);
testRoundTrip("jsonTableCacher", jsonTableCacher(), rows, 300);
