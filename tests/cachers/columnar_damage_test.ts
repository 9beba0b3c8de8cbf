/** Arrow and Parquet files of which part is gone: each is an error that names the file, or what is left of it. */
import { assert } from "@std/assert";
import { join } from "@std/path";
import { arrowCacher } from "../../cachers/arrow.ts";
import { parquetCacher } from "../../cachers/parquet.ts";
import { at } from "../../core/define/at.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

const columns = {
  x: Float64Array.from({ length: 40 }, (_, i) => i / 3),
  n: BigInt64Array.from({ length: 40 }, (_, i) => BigInt(i)),
  text: Array.from({ length: 40 }, (_, i) => i % 5 === 0 ? null : `row ${i % 7}`),
};

async function errorOf(load: () => unknown): Promise<unknown> {
  try {
    await load();
  } catch (error) {
    return error;
  }
}

for (const make of [arrowCacher, parquetCacher]) {
  const cacher = make<typeof columns>({ shape: "columns" });

  Deno.test(`${make.name}: a file that is cut off is an error that names it`, async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, `a${cacher.extension}`);
      await cacher.save(columns, at(path));
      const bytes = Deno.readFileSync(path);
      for (let length = 0; length < bytes.length; length += length < 20 ? 1 : 37) {
        Deno.writeFileSync(path, bytes.subarray(0, length));
        const error = await errorOf(() => cacher.load(at(path)));
        assert(error instanceof SyntaxError && error.message.includes(path), `${length}: ${error}`);
      }
    });
  });

  Deno.test(`${make.name}: a file with a hole in it is an error that names it, or a table`, async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, `a${cacher.extension}`);
      const place = at(path);
      await cacher.save(columns, place);
      const bytes = Deno.readFileSync(path);
      let errors = 0;
      for (let start = 0; start < bytes.length; start += 32) {
        Deno.writeFileSync(path, bytes.slice().fill(0, start, start + 64));
        for (const from of [place, at(path)]) {
          const error = await errorOf(() => cacher.load(from));
          if (error === undefined) continue;
          errors++;
          assert(error instanceof SyntaxError && error.message.includes(path), `${start}: ${error}`);
        }
      }
      assert(errors > 0, "no hole was met");
    });
  });
}

Deno.test("a Parquet file with two faults is an error, of which the process does not end", async () => {
  await withTempDir(async (dir) => {
    const cacher = parquetCacher<Record<string, Float64Array>>({ shape: "columns", compression: "none" });
    const path = join(dir, "a.parquet");
    await cacher.save({ one: new Float64Array(9), two: new Float64Array(9) }, at(path));
    const bytes = Deno.readFileSync(path);
    const last = new TextDecoder("latin1").decode(bytes).lastIndexOf("two");
    for (const name of ["off", "one"]) {
      new TextEncoder().encodeInto(name, bytes.subarray(last));
      bytes.fill(0xff, 4, 40);
      Deno.writeFileSync(path, bytes);
      const error = await errorOf(() => cacher.load(at(path)));
      assert(
        error instanceof SyntaxError && error.message.includes(`values of a column "${name}"`),
        `${error}`,
      );
    }
  });
});
