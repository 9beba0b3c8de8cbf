/** The combinators: where each output lies, in the cache, in a full store and elsewhere. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { saveAs, valueOf } from "@cairn/cairn";
import { main, measure, summaryCacher } from "../../examples/combinators.ts";
import { artifactsIn, inTempDir } from "./temp_dir.ts";

Deno.test("each output lies where its combinators say", async () => {
  await inTempDir(async (dir) => {
    const { executed, reference } = await main(dir);
    assertEquals(executed, 4);
    assertEquals(artifactsIn(`${dir}/cache`), {
      "raw/shared_KEY_measure_readings.csv.gz": 2,
      "results/weather_KEY_summarise_summary.json": 2,
      "weather_KEY_measure_checksum.json": 2,
    });
    assertEquals(artifactsIn(`${dir}/reports`), { "coast_report.txt": 1, "summit_report.txt": 1 });
    assertEquals(
      await Deno.readTextFile(`${dir}/reports/summit_report.txt`),
      "summit: -1.0 °C over 24 hours\n",
    );

    const store = artifactsIn(`${dir}/runs/${reference}/artifacts`);
    const [coast, summit, ...others] = Object.keys(store);
    assert(/^external\/.+\/reports\/coast_report\.txt$/.test(coast!), coast);
    assert(/^external\/.+\/reports\/summit_report\.txt$/.test(summit!), summit);
    // The checksum is untracked: it is in the cache alone.
    assertEquals(others, [
      "raw/shared_KEY_measure_readings.csv.gz",
      "results/weather_KEY_summarise_summary.json",
    ]);
  });
});

Deno.test("what is gzipped and lazy comes back, and nothing is executed again", async () => {
  await inTempDir(async (dir) => {
    const { records } = await main(dir);
    const file = records[0]!.stages[0]!.artifacts.readings!;
    assertEquals([...(await Deno.readFile(file)).subarray(0, 2)], [0x1f, 0x8b]);
    const { readings } = await measure({ params: { station: "coast" } });
    assertEquals(readings.length, 24);
    assertEquals(await valueOf(records[0]!, measure, "readings"), readings);

    const again = await main(dir);
    assertEquals([again.executed, again.reused], [0, 4]);
  });
});

Deno.test("a summary that does not fit its schema is not saved", async () => {
  await inTempDir(async (dir) => {
    await saveAs(`${dir}/fits.json`, summaryCacher, { mean: 60, hours: 24 });
    const hot = () => saveAs(`${dir}/hot.json`, summaryCacher, { mean: 61, hours: 24 });
    await assertRejects(hot, Error, "the value does not fit: $.mean:");
    assertEquals(artifactsIn(dir), { "fits.json": 1 });
  });
});
