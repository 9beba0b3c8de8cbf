/** Workspaces: opened without writing. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { lockPath, openWorkspace, writeRoot } from "../../../core/store/workspace.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";
import { tree } from "../../helpers/tree.ts";

Deno.test("opening writes nothing, and says where all lies", async () => {
  await withTempDir((dir) => {
    const { cache, runs, prefix, dry } = openWorkspace({ dir: `${dir}/data`, experiment: "exp" });
    assertEquals([cache, runs, prefix, dry], [`${dir}/data/cache`, `${dir}/data/runs`, "exp", "no"]);
    assertEquals(tree(dir), []);
  });
});

Deno.test("what can't be a folder or part of a file name is refused", () => {
  for (const experiment of ["", "a b", "../x", "a/b", undefined as never]) {
    assertThrows(() => openWorkspace({ experiment }), TypeError, "the name of an experiment");
  }
  assertThrows(() => openWorkspace({ experiment: "exp", prefix: "a/b" }), TypeError, "the name of a prefix");
  assertThrows(
    () => openWorkspace({ experiment: "exp", dir: "" }),
    TypeError,
    '"dir" is the path of a folder',
  );
  assertThrows(() => openWorkspace({ experiment: "exp", cache: 1 as never }), TypeError, '"cache"');
});

Deno.test("a dry workspace writes to a folder of its own, made once", async () => {
  await withTempDir((dir) => {
    for (const dry of [{ dry: true }, { dryCache: true }]) {
      const workspace = openWorkspace({ dir, experiment: "exp", ...dry });
      const root = writeRoot(workspace);
      assert(!root.startsWith(dir));
      assertEquals(writeRoot(workspace), root);
      Deno.removeSync(root, { recursive: true });
    }
    assertEquals(tree(dir), []);
    assertEquals(writeRoot(openWorkspace({ dir, experiment: "exp" })), `${dir}/cache`);
  });
});

Deno.test("a recipe has one lock", () => {
  const workspace = openWorkspace({ dir: "data", experiment: "exp" });
  assertEquals(lockPath(workspace, "a".repeat(64)), `data/cache/.cairn/locks/${"a".repeat(32)}`);
});
