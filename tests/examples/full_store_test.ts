/** A full store in place of the cache. */
import { assertEquals } from "@std/assert";
import { runExperiment, valueOf } from "@cairn/cairn";
import { experiment, main } from "../../examples/full_store.ts";
import { artifactsIn, exists, inTempDir, metadataFilesIn } from "./temp_dir.ts";

const LISTING = {
  "statistics_KEY_draw_values.json": 2,
  "statistics_KEY_measure_result.json": 4,
  "statistics_KEY_tabulate_table.csv": 1,
};

Deno.test("a run from a full store executes nothing, and needs no cache", async () => {
  await inTempDir(async (dir) => {
    const { first, second, store } = await main(dir);
    assertEquals([first.executed, first.reused, first.failed], [7, 2, 0]);
    assertEquals([second.executed, second.reused, second.failed, second.skipped], [0, 9, 0, 0]);
    assertEquals(artifactsIn(store), LISTING);
    assertEquals(metadataFilesIn(store), 7);
    assertEquals(await exists(`${dir}/cache`), false);
    // Of the sines of 0 to 9 that of 8 is the largest.
    assertEquals(second.records[1]!.name, "size=10,statistic=max");
    assertEquals(await valueOf(second.records[1]!, "result"), Math.sin(8));
  });
});

Deno.test("what a dry cache computes is not added to the full store", async () => {
  await inTempDir(async (dir) => {
    const { store } = await main(dir);
    const params = [{ size: 10, statistic: "max" }, { size: 1000, statistic: "max" }];
    const third = await runExperiment(experiment, {
      dir,
      module: import.meta.resolve("../../examples/full_store.ts"),
      cache: store,
      dryCache: true,
      params,
    });
    assertEquals([third.executed, third.reused], [3, 2]);
    assertEquals(artifactsIn(store), LISTING);
    assertEquals(await exists(`${store}/.cairn`), false);
  });
});
