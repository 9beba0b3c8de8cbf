/**
 * What is saved is what the value was when `save` was called: whoever made it may go on with it, though what it is saved
 * with has yet to be imported.
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  arrayCacher,
  bytesCacher,
  csvCacher,
  jsonCacher,
  jsonTableCacher,
  notebookCacher,
  structuredCacher,
  tableCacher,
} from "../../cachers/mod.ts";
import { at, gzipped, zstd } from "../../mod.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

/** Cachers, each with a value and how that is changed. */
// deno-lint-ignore no-explicit-any -- values of many types
const cases: readonly (readonly [string, AnyCacher, () => any, (value: any) => void])[] = [
  // The first, since what compresses is imported but once: whose bytes are compressed as they are has to wait for it.
  ["bytes", bytesCacher(), () => new Uint8Array([1]), (value) => value[0] = 2],
  ["json", jsonCacher(), () => ({ a: 1 }), (value) => value.a = 2],
  ["structured", structuredCacher(), () => new Map([["a", 1]]), (value) => value.set("a", 2)],
  ["array", arrayCacher(), () => new Float64Array([1]), (value) => value[0] = 2],
  ["npy", arrayCacher({ format: "npy" }), () => new Float64Array([1]), (value) => value[0] = 2],
  ["csv", csvCacher(), () => [{ a: 1 }], (value) => value[0].a = 2],
  ["json table", jsonTableCacher(), () => [{ a: 1 }], (value) => value[0].a = 2],
  ["table as csv", tableCacher({ format: "csv" }), () => [{ a: 1 }], (value) => value[0].a = 2],
  ["notebook", notebookCacher(), () => [["a = 1"]], (value) => value[0][0] = "b"],
];

for (const [name, cacher, make, change] of cases) {
  for (const combinator of [undefined, gzipped, zstd]) {
    const title = combinator === undefined ? name : `${combinator.name} ${name}`;
    Deno.test(`${title}: what is saved is what the value was at the call, the first time and after`, async () => {
      await withTempDir(async (dir) => {
        const made = combinator === undefined ? cacher : combinator(cacher);
        for (const time of ["first", "second"]) {
          const value = make();
          const [changed, kept] = ["changed", "kept"].map((how) =>
            at(join(dir, `${time}_${how}${made.extension}`))
          );
          const saving = made.save(value, changed!);
          change(value);
          await saving;
          await made.save(make(), kept!);
          assertEquals(Deno.readFileSync(changed!.path()), Deno.readFileSync(kept!.path()));
        }
      });
    });
  }
}
