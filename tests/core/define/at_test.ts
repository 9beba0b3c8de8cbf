/** An artifact at a path of one's own choice. */
import { assertEquals } from "@std/assert";
import { artifactName, at } from "../../../core/define/at.ts";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";
import { tree } from "../../helpers/tree.ts";

Deno.test("the path is the one that was given, and suffixes take the place of its last ending", () => {
  assertEquals(at("a/b.json").path(), "a/b.json");
  assertEquals(at("./a//b.json").path(), "./a//b.json");
  assertEquals(at("a/b.json").path("_x"), "a/b_x");
  assertEquals(at("a/b.tar.gz").path(".json"), "a/b.tar.json");
  assertEquals(at("a/b").path(".json"), "a/b.json");
  assertEquals(at("a.d/b").path("_x"), "a.d/b_x");
  assertEquals(at("b.json").path(""), "b");
});

Deno.test("a folder is made when it is asked for, and the same again", async () => {
  await withTempDir((dir) => {
    const artifact = at(`${dir}/deep/b.json`);
    assertEquals(tree(dir), []);
    assertEquals([artifact.dir(), artifact.dir("_more"), artifact.dir("_more")], [
      `${dir}/deep/b`,
      `${dir}/deep/b_more`,
      `${dir}/deep/b_more`,
    ]);
    assertEquals(tree(dir), ["deep/", "deep/b/", "deep/b_more/"]);
  });
});

Deno.test("each artifact has an extra of its own, and no metadata", () => {
  const [a, b] = [at("a.json"), at("a.json")];
  a.extra.rows = 1;
  assertEquals([b.extra, a.metadata], [{}, undefined]);
});

Deno.test("one cacher may use another", async () => {
  await withTempDir(async (dir) => {
    const both: Cacher<{ head: string; rows: number[] }> = {
      extension: ".txt",
      save: async ({ head, rows }, artifact) => {
        Deno.writeTextFileSync(artifact.path(), head);
        await jsonCacher<number[]>().save(rows, at(artifact.path("_rows.json")));
      },
      load: async (artifact) => ({
        head: Deno.readTextFileSync(artifact.path()),
        rows: await jsonCacher<number[]>().load(at(artifact.path("_rows.json"))),
      }),
    };
    await both.save({ head: "x", rows: [1, 2] }, at(`${dir}/a.txt`));
    assertEquals(await both.load(at(`${dir}/a.txt`)), { head: "x", rows: [1, 2] });
    assertEquals(tree(dir), ["a.txt", "a_rows.json"]);
  });
});

Deno.test("a path's parts give it again", () => {
  const cases: readonly (readonly [string, string | undefined, string, string])[] = [
    ["a/b.json", ".json", "b", ".json"],
    ["a/b.json.gz", ".json.gz", "b", ".json.gz"],
    ["a/b.json.gz", undefined, "b.json", ".gz"],
    ["a/b.csv", ".json", "b", ".csv"],
    ["a/b", "", "b", ""],
    ["a/.json", ".json", ".json", ""],
    ["a/.hidden.json", ".json", ".hidden", ".json"],
    ["a/b_x.bin", "_x.bin", "b", "_x.bin"],
  ];
  for (const [path, extension, base, main] of cases) {
    assertEquals(artifactName(path, extension), { dir: "a", base, main }, path);
  }
});
