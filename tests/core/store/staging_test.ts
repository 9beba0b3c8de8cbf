/** Staging folders: one a process, cleared when their process is gone. */
import { assert, assertEquals } from "@std/assert";
import { clearDeadStaging, openStaging, ownFolder, stagingFolder } from "../../../core/store/staging.ts";
import { closeStaging, stagingOf } from "../../../core/store/workspace.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";
import { tree } from "../../helpers/tree.ts";
import { startChild } from "./child.ts";
import { withWorkspace } from "./fixtures.ts";

Deno.test("a staging folder lies below the root, and is gone once closed", async () => {
  await withTempDir((root) => {
    const staging = openStaging(stagingFolder(root));
    assert(staging.dir.startsWith(`${ownFolder(root)}/staging/`));
    Deno.writeTextFileSync(`${staging.dir}/a`, "a");
    const other = openStaging(stagingFolder(root));
    assert(other.dir !== staging.dir);
    assertEquals(Deno.readTextFileSync(`${staging.dir}/a`), "a");
    staging.close();
    other.close();
    assertEquals(tree(`${root}/.cairn/staging`), []);
  });
});

Deno.test("a workspace has one staging folder, and after closing another", async () => {
  await withWorkspace(({ workspace, dir }) => {
    assertEquals(tree(dir), []);
    const first = stagingOf(workspace);
    assertEquals(stagingOf(workspace), first);
    closeStaging(workspace);
    closeStaging(workspace);
    assert(stagingOf(workspace) !== first);
  });
});

Deno.test("what processes left that are gone is cleared; a root with none is no error", async () => {
  await withTempDir((root) => {
    const folder = `${root}/.cairn/staging`;
    clearDeadStaging(folder);
    Deno.mkdirSync(`${folder}/no-lock/deep`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/no-folder.lock`, "");
    Deno.mkdirSync(`${folder}/both`);
    Deno.writeTextFileSync(`${folder}/both.lock`, "");
    const own = openStaging(stagingFolder(root));
    const name = own.dir.split("/").at(-1);
    assertEquals(tree(folder), [`${name}/`, `${name}.lock`].sort());
    clearDeadStaging(folder);
    assertEquals(tree(folder), [`${name}/`, `${name}.lock`].sort());
    own.close();
  });
});

Deno.test("a process that lives keeps its staging; one that was killed is cleared after", async () => {
  await withTempDir(async (root) => {
    const child = startChild("stage", root);
    try {
      const dir = await child.said;
      openStaging(stagingFolder(root)).close();
      assertEquals(Deno.readTextFileSync(`${dir}/half`), "half");
      await child.kill();
      assertEquals(Deno.readTextFileSync(`${dir}/half`), "half");
      openStaging(stagingFolder(root)).close();
      assertEquals(tree(`${root}/.cairn/staging`), []);
    } finally {
      await child.kill().catch(() => {}); // it is gone already where all went well
    }
  });
});
