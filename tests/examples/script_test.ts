/** Stages in a script. */
import { assertEquals } from "@std/assert";
import { main } from "../../examples/script.ts";
import { artifactsIn, inTempDir } from "./temp_dir.ts";

Deno.test("three records and their aggregate, then all of it from the cache", async () => {
  await inTempDir(async (dir) => {
    const first = await main(dir);
    assertEquals(first.words, [
      { word: "of", texts: ["keats", "blake", "donne"] },
      { word: "is", texts: ["keats", "donne"] },
    ]);
    // "A" is too short. Counted by hand: 16 other words, each of them there once.
    assertEquals(first.counts.length, 16);
    assertEquals(first.counts.slice(0, 2), [{ word: "thing", count: 1 }, { word: "of", count: 1 }]);
    assertEquals(artifactsIn(`${dir}/cache`), {
      "poems_KEY_common_words.json": 1,
      "poems_KEY_count_counts.csv": 3,
      "poems_KEY_select_selected.json": 3,
      "poems_KEY_tokenise_words.json": 3,
    });

    const second = await main(dir);
    assertEquals(second.verdicts, new Array(10).fill("reused"));
    assertEquals([second.words, second.counts], [first.words, first.counts]);
  });
});
