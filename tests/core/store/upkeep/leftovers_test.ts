/** What killed processes left is cleared by the next, and what others are at just now is not. */
import { assert, assertEquals } from "@std/assert";
import { atPath } from "../../../../core/define/combinators/at_path.ts";
import { jsonCacher } from "../../../../cachers/json_cacher.ts";
import { clearLeftovers, clearPending } from "../../../../core/store/upkeep/leftovers.ts";
import { tryLock } from "../../../../core/store/disk/locks.ts";
import { metadataText } from "../../../../core/store/metadata.ts";
import { partialOf } from "../../../../core/store/disk/move.ts";
import { pendingMetadataAt } from "../../../../core/store/ownership.ts";
import { fileAt, metadataAt } from "../../../../core/store/place.ts";
import { closeStaging, lockPath, openWorkspace } from "../../../../core/store/workspace.ts";
import { tree } from "../../../helpers/tree.ts";
import { startChild } from "../child.ts";
import { put, specOf, withWorkspace } from "../fixtures.ts";

Deno.test("staging and locks of processes that are gone are cleared, those of others stay", async () => {
  await withWorkspace(async ({ workspace }) => {
    const own = `${workspace.cache}/.cairn`;
    const killed = startChild("lock", `${own}/locks/killed`);
    const living = startChild("lock", `${own}/locks/living`);
    try {
      assertEquals([await killed.said, await living.said], ["held", "held"]);
      await killed.kill();
      Deno.mkdirSync(`${own}/staging/gone`, { recursive: true });
      Deno.writeTextFileSync(`${own}/registry.lock`, "");
      Deno.mkdirSync(`${own}/uses/live`, { recursive: true });
      for (const name of ["ended.lock", "killed", "killed.lock"]) {
        Deno.writeTextFileSync(`${own}/uses/live/${name}`, "");
      }
      Deno.writeTextFileSync(`${own}/registry.jsonl`, "");
      clearLeftovers(workspace);
      const left = ["locks/", "locks/living", "registry.jsonl", "staging/", "uses/"];
      assertEquals(tree(own), [...left, "uses/live/", "uses/live/killed", "uses/live/killed.lock"]);
    } finally {
      await living.kill();
    }
  });
});

Deno.test("where nothing is written nothing is cleared, and where nothing is nothing is made", async () => {
  await withWorkspace(({ workspace, dir }) => {
    clearLeftovers(workspace);
    assertEquals(tree(dir), []);
    Deno.mkdirSync(`${workspace.cache}/.cairn/staging/gone`, { recursive: true });
    clearLeftovers(openWorkspace({ dir: workspace.dir, experiment: "exp", dryCache: true }));
    assertEquals(tree(`${workspace.cache}/.cairn/staging`), ["gone/"]);
  });
});

Deno.test("a cache that may only be read is left as it is", async () => {
  await withWorkspace(({ workspace }) => {
    Deno.mkdirSync(`${workspace.cache}/.cairn/staging/gone`, { recursive: true });
    const { openSync } = Deno;
    Deno.openSync = () => {
      throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    };
    try {
      clearLeftovers(workspace);
    } finally {
      Deno.openSync = openSync;
    }
    assertEquals(tree(`${workspace.cache}/.cairn/staging`), ["gone/"]);
  });
});

Deno.test("what an interrupted commit left at a path of the user's goes, unless it is under way", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = specOf({ cacher: atPath(jsonCacher(), `${dir}/out/a.json`) });
    const { place, metadata } = await put(workspace, spec, 1);
    closeStaging(workspace);
    const whole = tree(`${dir}/out`);
    const text = metadataText({ ...metadata, recipeKey: "e".repeat(64) });
    Deno.writeTextFileSync(pendingMetadataAt(place), text);
    for (const path of [fileAt(place), metadataAt(place), pendingMetadataAt(place)]) {
      Deno.writeTextFileSync(partialOf(path), "half");
    }
    Deno.writeTextFileSync(`${dir}/out/b.json.cairn-partial`, "of another");
    const lock = tryLock(lockPath(workspace, "e".repeat(64))); // that of the commit, which may be another recipe's
    assert(typeof lock !== "string");
    clearPending(workspace, place, spec.recipeKey);
    assertEquals(tree(`${dir}/out`).length, whole.length + 5);
    lock.release();
    clearPending(workspace, place, spec.recipeKey);
    assertEquals(tree(`${dir}/out`), [...whole, "b.json.cairn-partial"].sort());
    assertEquals(tree(`${workspace.cache}/.cairn/locks`), []);
  });
});
