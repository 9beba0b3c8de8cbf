import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { readAnalysis, writeAnalysis } from "../../../core/store/code_cache.ts";
import { tree } from "../../helpers/tree.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";

const KEPT = { modules: { ".ts aa": { units: ["é\n"] } }, texts: { bb: "cc" } };

Deno.test("what was kept comes back, and leaves nothing else behind", async () => {
  await withTempDir((dir) => {
    assertEquals(readAnalysis(dir, "e"), undefined);
    writeAnalysis(dir, "e", { modules: {}, texts: {} });
    writeAnalysis(dir, "e", KEPT);
    assertEquals(readAnalysis(dir, "e"), KEPT);
    assertEquals(readAnalysis(dir, "f"), undefined);
    assertEquals(tree(dir), [".cairn/", ".cairn/code/", ".cairn/code/e.json", ".cairn/staging/"]);
  });
});

Deno.test("what was damaged, cut short, or is of another format, is not there", async () => {
  await withTempDir((dir) => {
    writeAnalysis(dir, "e", KEPT);
    const path = join(dir, ".cairn", "code", "e.json");
    const text = Deno.readTextFileSync(path);
    for (
      const bad of [
        "",
        "\n",
        text.slice(0, -1),
        text.replace("cc", "cd"),
        text.replace(/^./, "x"),
        `${text} `,
        "{}",
      ]
    ) {
      Deno.writeTextFileSync(path, bad);
      assertEquals(readAnalysis(dir, "e"), undefined, JSON.stringify(bad.slice(0, 20)));
    }
  });
});
