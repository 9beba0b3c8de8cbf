/** Whatever a file holds, reading it gives a value or an error that names the file: no crash, no bare error of the engine. */
import fc from "fast-check";
import { join } from "@std/path";
import { assert, assertEquals } from "@std/assert";
import { gzipped, zstd } from "../../mod.ts";
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
  textCacher,
} from "../../cachers/mod.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import { type Place, placeFor } from "../contracts/cacher_contract.ts";
import { chooser, damaged, oddJson } from "./damage.ts";
import type { Choose } from "./near.ts";
import { options } from "./runs.ts";

const rows = [
  { id: 1, name: "a,b", when: new Date(0), big: 12n, yes: true, odd: [1, { a: null }] },
  { id: NaN, name: 'say "hi"\n', when: null, yes: false },
  { id: -0, name: "", when: new Date(1e12), big: -1n, odd: "text" },
];

const shared = { a: [1, "é", "€uro"] };
const structures = [
  {
    map: new Map<unknown, unknown>([["k", shared], [1, new Set([shared, null])]]),
    numbers: [1.5, -0, NaN, 2 ** 31, -5],
    sparse: [1, , 3],
    bytes: [new Float64Array([1, 2]), new Uint8Array([7]).buffer, new DataView(new ArrayBuffer(3))],
    more: [10n ** 30n, -1n, new Date(5), /a+b/gi, new Number(1), new String("s"), undefined, true, false],
    error: Object.assign(new RangeError("far", { cause: shared }), { stack: "s" }),
  },
  Array.from({ length: 20 }, (_, i) => ({ i, text: `row ${i}`, x: i / 3 })),
];

interface Reader {
  readonly name: string;
  readonly cacher: AnyCacher;
  readonly values: readonly unknown[];
  readonly count: number;
  /** Puts right what only tells that the file is whole. */
  readonly mend?: (bytes: Uint8Array) => Uint8Array;
}

const readers: readonly Reader[] = [
  {
    name: "csvCacher",
    cacher: csvCacher(),
    values: [rows, rows.map(({ name }) => ({ name })), [{}, {}]],
    count: 600,
  },
  {
    name: "csvCacher with types",
    cacher: csvCacher({ columns: { id: "number" } }),
    values: [rows.map(({ id }) => ({ id }))],
    count: 100,
  },
  { name: "jsonTableCacher", cacher: jsonTableCacher(), values: [rows], count: 400 },
  { name: "jsonCacher", cacher: jsonCacher(), values: [{ a: [1, "x", { b: null }] }], count: 150 },
  { name: "notebookCacher", cacher: notebookCacher(), values: [[["a", "b"], [], ["c"]]], count: 300 },
  {
    name: "fileReferenceCacher",
    cacher: fileReferenceCacher(),
    values: [".", [".", Deno.cwd()]],
    count: 300,
  },
  { name: "structuredCacher", cacher: structuredCacher(), values: structures, count: 100 },
  {
    name: "structuredCacher, its length put right",
    cacher: structuredCacher(),
    values: structures,
    count: 500,
    mend: relength,
  },
  { name: "textCacher", cacher: textCacher(), values: ["é€😀"], count: 100 },
  { name: "bytesCacher", cacher: bytesCacher(), values: [new Uint8Array(9)], count: 20 },
  {
    name: "arrayCacher",
    cacher: arrayCacher(),
    values: [new Float64Array(3), { data: new Int16Array(6), shape: [2, 3] }],
    count: 100,
  },
  {
    name: "arrayCacher of numpy's format",
    cacher: arrayCacher({ format: "npy" }),
    values: [new Float64Array(3), { data: new Int16Array(6), shape: [2, 3] }],
    count: 300,
  },
  {
    name: "gzipped jsonCacher",
    cacher: gzipped(jsonCacher()),
    values: [{ a: "x".repeat(300) }, [1, 2]],
    count: 60,
  },
  {
    name: "zstd jsonCacher",
    cacher: zstd(jsonCacher()),
    values: [{ a: "x".repeat(300) }, [1, 2]],
    count: 100,
  },
  { name: "gzipped structuredCacher", cacher: gzipped(structuredCacher()), values: structures, count: 60 },
  { name: "linesCacher", cacher: linesCacher(), values: [["a", "", "é€😀"], []], count: 100 },
  { name: "jsonLinesCacher", cacher: jsonLinesCacher(), values: [[{ a: [1, "é"] }, null, "x"]], count: 200 },
  { name: "gzipped linesCacher", cacher: gzipped(linesCacher()), values: [["a", "é€😀"]], count: 60 },
  { name: "zstd jsonLinesCacher", cacher: zstd(jsonLinesCacher()), values: [[{ a: 1 }, "x"]], count: 100 },
];

/** The header of a structured file holds the length of what follows. */
function relength(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= 16) new DataView(bytes.buffer).setBigUint64(8, BigInt(bytes.length - 16), true);
  return bytes;
}

for (const { name, cacher, values, count, mend = (bytes: Uint8Array) => bytes } of readers) {
  Deno.test(`${name}: a file with something changed in it is a value or an error that names it`, async () => {
    const place = placeFor(cacher);
    const files: Uint8Array[] = [];
    const extras: unknown[] = [];
    for (const value of values) {
      for (const key of Object.keys(place.artifact.extra)) delete place.artifact.extra[key];
      await cacher.save(value, place.artifact);
      files.push(Deno.readFileSync(place.artifact.path()));
      extras.push(structuredClone(place.artifact.extra));
    }
    const counts = { values: 0, errors: 0 };
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    await fc.assert(
      fc.asyncProperty(chooser, async (choose) => {
        const which = choose(files.length);
        const intact = choose(4) === 0;
        const bytes = intact
          ? files[which]!
          : mend(damaged(files[which]!, files[choose(files.length)]!, choose));
        Deno.writeFileSync(place.artifact.path(), bytes);
        const extra = changedExtra(extras[which], intact, choose);
        await loadsOrSays(cacher, { ...place, artifact: { ...place.artifact, extra } }, counts);
      }),
      options(count),
    );
    assertEquals(Object.getOwnPropertyNames(Object.prototype).length, before);
    Deno.removeSync(join(place.folder, ".."), { recursive: true });
    assert(counts.values > 0, JSON.stringify(counts));
  });
}

/** What `extra` may be: as it was, gone, or anything that is an object. */
function changedExtra(extra: unknown, always: boolean, choose: Choose): Record<string, unknown> {
  const how = choose(always ? 2 : 4);
  if (how > 1) return extra as Record<string, unknown>;
  const odd = how === 1 ? {} : oddJson(extra, choose);
  return typeof odd === "object" && odd !== null && !Array.isArray(odd) ? odd as Record<string, unknown> : {};
}

async function loadsOrSays(
  cacher: AnyCacher,
  { artifact }: Place,
  counts: { values: number; errors: number },
) {
  const uses = [cacher.load, ...(cacher.check === undefined ? [] : [cacher.check])];
  for (const use of uses) {
    try {
      const loaded = await use(artifact);
      if (cacher.streams) await Array.fromAsync(loaded);
      counts.values++;
    } catch (error) {
      counts.errors++;
      assert(error instanceof Error, "what is thrown is an error");
      const path = JSON.stringify(artifact.path());
      assert(
        error.message.startsWith("Cannot ") && error.message.includes(path),
        `${error.name}: ${error.message}`,
      );
      assert(!(error instanceof RangeError), `${error.name}: ${error.message}`);
    }
  }
}

Deno.test("pathCacher: whatever the metadata says, it is a path of the artifact or an error that names it", async () => {
  const place = placeFor(pathCacher());
  const path = join(place.files, "a.txt");
  Deno.writeTextFileSync(path, "x");
  await pathCacher().save(path, place.artifact);
  const counts = { values: 0, errors: 0 };
  await fc.assert(
    fc.asyncProperty(chooser, async (choose) => {
      const extra = changedExtra(place.artifact.extra, true, choose);
      try {
        const found = await pathCacher().load({ ...place.artifact, extra });
        assert(found.startsWith(place.folder), found);
        counts.values++;
      } catch (error) {
        assert(error instanceof Error && error.message.includes(place.folder), String(error));
        counts.errors++;
      }
    }),
    options(200),
  );
  assert(counts.values > 0 && counts.errors > 0);
  Deno.removeSync(join(place.folder, ".."), { recursive: true });
});
