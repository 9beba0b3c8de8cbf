/**
 * Cachers, and the values that they are tried with: those that they take, nearly such, and any at all.
 *
 * @module
 */
import fc from "fast-check";
import { join } from "@std/path";
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
  structuredCacher,
  tableCacher,
  textCacher,
} from "../../cachers/mod.ts";
import { arrowCacher } from "../../cachers/arrow.ts";
import { parquetCacher } from "../../cachers/parquet.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import type { Strictness } from "./same.ts";
import { anything, hashable, text } from "./values.ts";

/** A cacher, its values, and what counts when they are compared. */
export interface Subject extends Strictness {
  readonly name: string;
  readonly cacher: AnyCacher;
  /** Values; `folder` is one in which a file `a.txt` may be made. */
  readonly values: (folder: string) => fc.Arbitrary<unknown>;
  /** How many of the usual number of values it gets. */
  readonly share: number;
  /** What of a value counts, where that is not the value: all that a stream gives. */
  readonly read?: (value: unknown) => unknown;
}

const jsonLike = fc.oneof(
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: anything },
  { weight: 1, arbitrary: hashable },
);

/** One sort of cell a column, most of the time. */
const cells = fc.oneof(
  ...[
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    text,
    text,
    hashable,
    anything,
  ]
    .map((cell) => fc.constant(cell)),
);

const table = fc.array(fc.tuple(text, cells), { maxLength: 4 }).chain((columns) =>
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

const rows = fc.oneof({ weight: 6, arbitrary: table }, { weight: 1, arbitrary: anything }, {
  weight: 1,
  arbitrary: fc.array(anything, { maxLength: 3 }),
});

/** Columns, of one length most of the time. */
const columns = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(
      fc.tuple(
        text,
        fc.oneof(
          ...[fc.float64Array, fc.float32Array, fc.uint8ClampedArray, fc.int8Array, fc.uint32Array].map((
            make,
          ) => make({ minLength: 3, maxLength: 3 }) as fc.Arbitrary<unknown>),
          fc.bigUint64Array({ minLength: 3, maxLength: 3 }),
          cells.chain((cell) =>
            fc.array(fc.option<unknown>(cell, { freq: 4 }), { minLength: 3, maxLength: 3 })
          ),
        ),
      ),
      { maxLength: 4 },
    ).map((entries) => Object.fromEntries(entries)),
  },
  { weight: 1, arbitrary: fc.dictionary(text, fc.array(fc.integer(), { maxLength: 2 }), { maxKeys: 3 }) },
  { weight: 1, arbitrary: anything },
);

const notebooks = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.array(text, { maxLength: 4 }), { maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(fc.array(anything, { maxLength: 2 }), anything), { maxLength: 2 }),
  },
  { weight: 1, arbitrary: anything },
);

/** A stream, which begins anew each time; a list will do as well, and so does a list in place of one item. */
function streams(item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const items = fc.array(item, { maxLength: 5 });
  const stream = (list: unknown[]) => ({ [Symbol.asyncIterator]: () => list.values() });
  return fc.oneof({ weight: 4, arbitrary: items.map(stream) }, { weight: 1, arbitrary: items }, {
    weight: 1,
    arbitrary: anything,
  });
}

const collected = (value: unknown) => Array.fromAsync(value as AsyncIterable<unknown>);

function references(folder: string): fc.Arbitrary<unknown> {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(join(folder, "a.txt"), "x");
  const path = fc.constantFrom(
    join(folder, "a.txt"),
    folder,
    ".",
    "deno.json",
    join(Deno.cwd(), "deno.json"),
  );
  return fc.oneof(
    { weight: 2, arbitrary: path },
    { weight: 2, arbitrary: fc.array(path, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(path, text), { maxLength: 3 }) },
    { weight: 1, arbitrary: anything },
  );
}

const typedArray = fc.oneof(
  fc.float64Array(),
  fc.float32Array(),
  fc.uint8ClampedArray(),
  fc.int16Array(),
  fc.bigInt64Array(),
);

const arrays = fc.oneof(
  { weight: 3, arbitrary: typedArray },
  {
    weight: 2,
    arbitrary: typedArray.map((data) => ({
      data,
      shape: data.length % 2 === 0 ? [2, data.length / 2] : [data.length],
    })),
  },
  { weight: 1, arbitrary: fc.record({ data: typedArray, shape: fc.array(fc.oneof(fc.nat(3), anything)) }) },
  { weight: 1, arbitrary: anything },
);

const tree = { order: true, identity: false };

/** Every cacher of values; `pathCacher` takes none but the one path that the stage was given. */
export const SUBJECTS: readonly Subject[] = [
  { name: "jsonCacher", cacher: jsonCacher(), values: () => jsonLike, share: 1, ...tree },
  {
    name: "structuredCacher",
    cacher: structuredCacher(),
    values: () => anything,
    share: 2,
    order: true,
    identity: true,
  },
  {
    name: "textCacher",
    cacher: textCacher(),
    values: () => fc.oneof(text, fc.string({ unit: "binary", maxLength: 300 }), anything),
    share: 0.3,
    ...tree,
  },
  {
    name: "linesCacher",
    cacher: linesCacher(),
    values: () => streams(fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: anything })),
    share: 0.5,
    read: collected,
    ...tree,
  },
  {
    name: "jsonLinesCacher",
    cacher: jsonLinesCacher(),
    values: () => streams(jsonLike),
    share: 0.5,
    read: collected,
    ...tree,
  },
  {
    name: "bytesCacher",
    cacher: bytesCacher(),
    values: () => fc.oneof(fc.uint8Array(), anything),
    share: 0.3,
    ...tree,
  },
  { name: "arrayCacher", cacher: arrayCacher(), values: () => arrays, share: 0.5, ...tree },
  {
    name: "arrayCacher of numpy's format",
    cacher: arrayCacher({ format: "npy" }),
    values: () => arrays,
    share: 0.5,
    ...tree,
  },
  // Columns stand in the order in which they first appear, and so do the keys of each row.
  { name: "csvCacher", cacher: csvCacher(), values: () => rows, share: 1, order: false, identity: false },
  { name: "jsonTableCacher", cacher: jsonTableCacher(), values: () => rows, share: 1, ...tree },
  {
    name: "tableCacher",
    cacher: tableCacher({ format: "csv" }),
    values: () => rows,
    share: 0.1,
    order: false,
    identity: false,
  },
  ...[arrowCacher, parquetCacher].flatMap((make): Subject[] => [
    { name: make.name, cacher: make(), values: () => rows, share: 0.4, order: false, identity: false },
    {
      name: `${make.name} of columns`,
      cacher: make({ shape: "columns" }),
      values: () => columns,
      share: 0.4,
      ...tree,
    },
  ]),
  { name: "fileReferenceCacher", cacher: fileReferenceCacher(), values: references, share: 0.3, ...tree },
  { name: "notebookCacher", cacher: notebookCacher(), values: () => notebooks, share: 0.5, ...tree },
];
