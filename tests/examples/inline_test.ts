/** Cachers used by themselves. */
import { assertEquals, assertRejects } from "@std/assert";
import { loadFrom } from "@cairn/cairn";
import { csvCacher } from "@cairn/cairn/cachers";
import { main } from "../../examples/inline.ts";
import { exists, inTempDir } from "./temp_dir.ts";

Deno.test("types come back by the metadata, and a cacher alone writes none", async () => {
  await inTempDir(async (dir) => {
    const { loaded, columns, sha256, count } = await main(dir);
    assertEquals(loaded, [
      { id: 9007199254740993n, day: new Date("2026-01-31"), score: 0.5 },
      { id: 9007199254740995n, day: new Date("2026-02-01"), score: null },
    ]);
    assertEquals((columns as { name: string; type: string }[]).map(({ name, type }) => `${name}: ${type}`), [
      "id: bigint",
      "day: date",
      "score: number",
    ]);
    const bytes = await Deno.readFile(`${dir}/tables/trials.csv`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    assertEquals(sha256, digest.toHex());
    assertEquals(count, { trials: 2 });
    assertEquals(await exists(`${dir}/tables/trials_metadata.json`), true);
    assertEquals(await exists(`${dir}/count_metadata.json`), false);
  });
});

Deno.test("a file that was changed since is not loaded", async () => {
  await inTempDir(async (dir) => {
    await main(dir);
    const path = `${dir}/tables/trials.csv`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace("0.5", "0.6"));
    await assertRejects(() => loadFrom(path, csvCacher()), Error, "Cannot load");
  });
});
