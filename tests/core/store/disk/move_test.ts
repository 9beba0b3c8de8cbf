/** Moving, copying, removing. */
import { assertEquals, assertThrows } from "@std/assert";
import { copyTree, move, removeIfThere } from "../../../../core/store/disk/move.ts";
import { withTempDir } from "../../../helpers/temp_dir.ts";
import { tree } from "../../../helpers/tree.ts";
import { touch } from "../fixtures.ts";

Deno.test("a file or folder moves, over a file too, and folders on the way are made", async () => {
  await withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/m/deep`, { recursive: true });
    Deno.writeTextFileSync(`${dir}/m/deep/a`, "new");
    Deno.writeTextFileSync(`${dir}/b`, "old");
    move(`${dir}/m/deep/a`, `${dir}/b`);
    assertEquals(Deno.readTextFileSync(`${dir}/b`), "new");
    move(`${dir}/m`, `${dir}/x/y/m`);
    assertEquals(tree(dir), ["b", "x/", "x/y/", "x/y/m/", "x/y/m/deep/"]);
    assertThrows(() => move(`${dir}/none`, `${dir}/c`), Deno.errors.NotFound);
  });
});

Deno.test("a copy has the bytes and the times of change", async () => {
  await withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/m/empty`, { recursive: true });
    Deno.writeTextFileSync(`${dir}/m/a`, "a");
    touch(`${dir}/m/a`);
    copyTree(`${dir}/m`, `${dir}/x/n`);
    assertEquals(tree(`${dir}/x`), ["n/", "n/a", "n/empty/"]);
    assertEquals(Deno.statSync(`${dir}/x/n/a`).mtime, Deno.statSync(`${dir}/m/a`).mtime);
    assertEquals(Deno.readTextFileSync(`${dir}/m/a`), "a");
  });
});

Deno.test("removing says whether something was there", async () => {
  await withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/m/deep`, { recursive: true });
    Deno.writeTextFileSync(`${dir}/kept`, "");
    Deno.symlinkSync(`${dir}/kept`, `${dir}/m/link`);
    assertEquals([removeIfThere(`${dir}/m`), removeIfThere(`${dir}/m`), removeIfThere(`${dir}/kept/x`)], [
      true,
      false,
      false,
    ]);
    assertEquals(tree(dir), ["kept"]);
  });
});
