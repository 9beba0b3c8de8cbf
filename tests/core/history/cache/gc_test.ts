/** Removing from a cache: killed at any step, at once with those who use it, and what it leaves alone. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { sweepCache } from "../../../../core/history/cache/gc.ts";
import { chooseGarbage } from "../../../../core/history/cache/gc_policy.ts";
import { verifyCache } from "../../../../core/history/cache/verify.ts";
import { takeInventory } from "../../../../core/store/upkeep/inventory.ts";
import { tryLock } from "../../../../core/store/disk/locks.ts";
import { copyTree } from "../../../../core/store/disk/move.ts";
import { closeUses, noteUse } from "../../../../core/store/uses/uses.ts";
import { locksFolder, openWorkspace } from "../../../../core/store/workspace.ts";
import { eachOf } from "../../cli/helpers.ts";
import { tree } from "../../../helpers/tree.ts";
import { artifactsBelow, testIn } from "../../run/helpers.ts";
import { startChild } from "../../store/child.ts";
import { removeAll, runDrawings } from "./gc_child.ts";

/** How many runs there are while all is removed again and again. */
const RUNS = 10;

function startProcess(what: "kill" | "run" | "script", dir: string, count: number): Deno.ChildProcess {
  const child = new URL("gc_child.ts", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", child, what, dir, String(count)],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

async function removeAt(dir: string, step: number): Promise<boolean> {
  return (await startProcess("kill", dir, step).output()).success;
}

testIn(
  "killed at any step, whole artifacts and misses are left: a rerun gives what an empty cache gives",
  async (dir) => {
    const first = join(dir, "first");
    await runDrawings(first);
    const expected = artifactsBelow(join(first, "cache"));
    const steps: string[] = [];
    const counted = join(dir, "counted");
    copyTree(first, counted);
    await removeAll(counted, (name) => steps.push(name));
    assertEquals(new Set(steps), new Set(["remove metadata", "remove file", "remove folder"]));
    assertEquals(artifactsBelow(join(counted, "cache")), {});

    for (let at = 0; at < steps.length; at++) {
      const where = `killed at step ${at}, ${steps[at]}`;
      const copy = join(dir, `copy-${at}`);
      copyTree(first, copy);
      const cache = join(copy, "cache");
      assertEquals(await removeAt(copy, at), false, where);
      assertEquals(verifyCache(cache).damaged, [], `${where}: no artifact is half there`);
      await runDrawings(copy);
      // Where what comes last is whole, what it was made from need not be made again.
      const names = Object.keys(expected).filter((name) => name.includes("_double_"));
      const found = artifactsBelow(cache);
      assertEquals(names.length, 2);
      for (const name of [...names, ...Object.keys(found)]) assertEquals(found[name], expected[name], where);
      assertEquals(verifyCache(cache).damaged, [], where);
      await removeAll(copy);
      assertEquals(artifactsBelow(cache), {}, where);
      assertEquals(tree(locksFolder(cache)), [], where);
      assertEquals(tree(join(cache, ".cairn")).filter((name) => name.endsWith("lock")), [], where);
      Deno.removeSync(copy, { recursive: true });
    }
  },
);

testIn("killed, and then no rerun: the next one removes what is left over", async (dir) => {
  await runDrawings(dir);
  assertEquals(await removeAt(dir, 3), false);
  assert(verifyCache(join(dir, "cache")).orphaned.length > 0);
  await removeAll(dir);
  assertEquals(artifactsBelow(join(dir, "cache")), {});
});

testIn(
  "after all is gone, a second run computes all anew; nothing is remembered that is not there",
  async (dir) => {
    await runDrawings(dir);
    const expected = artifactsBelow(join(dir, "cache"));
    await removeAll(dir);
    const own = tree(join(dir, "cache", ".cairn"));
    assertEquals(
      own.filter((name) => /^(content\/[0-9a-f]{2}$|uses\/(sets|live)\/.|staging\/.)/.test(name)),
      [],
    );
    assertEquals(Deno.readTextFileSync(join(dir, "cache", ".cairn", "uses", "journal.jsonl")), "");
    assertEquals(
      (await runDrawings(dir)).executed,
      5,
      "the two texts are of one length: what follows is linked",
    );
    assertEquals(artifactsBelow(join(dir, "cache")), expected);
  },
);

testIn("what is noted between the choice and the removal stays, and what refers to it", async (dir) => {
  await runDrawings(dir);
  const cache = join(dir, "cache");
  const { units } = takeInventory(cache);
  const wanted = units.find(({ stage }) => stage === "draw")!;
  const workspace = openWorkspace({ dir, experiment: "other" });
  let first = true;
  const { removed, left } = await sweepCache(
    { cache, dir, dry: false, warn: console.error },
    (inventory, users) => {
      if (first) noteUse(workspace, [wanted.recipeKey]);
      first = false;
      return chooseGarbage(inventory, users, { maxSize: 0, orphans: true }, Date.now());
    },
  );
  assertEquals(left.map(({ what, reason }) => ["key" in what && what.key, reason]), [
    [wanted.key, "a run or script that is under way needs it"],
  ]);
  assertEquals(removed.choices.length, units.length - 1);
  assertEquals(takeInventory(cache).units.map(({ key }) => key), [wanted.key]);

  await removeAll(dir);
  assertEquals(takeInventory(cache).units.length, 1, "it lives still");
  closeUses(workspace);
  await removeAll(dir);
  assertEquals(takeInventory(cache).units.length, 0);
});

testIn(
  "one that comes and goes between the choice and the removal has its artifacts kept too",
  async (dir) => {
    await runDrawings(dir);
    const cache = join(dir, "cache");
    const [wanted] = takeInventory(cache).units;
    const { left } = await sweepCache({ cache, dir, dry: false, warn: console.error }, (inventory, users) => {
      const workspace = openWorkspace({ dir, experiment: "other" });
      noteUse(workspace, [wanted!.recipeKey]);
      closeUses(workspace);
      return chooseGarbage(inventory, users, { maxSize: 0, orphans: true }, Date.now());
    });
    assertEquals(left.length, 1);
  },
);

testIn(
  "an artifact whose lock somebody holds is left alone, and so is what may be about to be complete",
  async (dir) => {
    await runDrawings(dir);
    const cache = join(dir, "cache");
    const [held, other] = takeInventory(cache).units;
    const child = startChild("lock", join(locksFolder(cache), held!.recipeKey.slice(0, 32)));
    await child.said;
    for (const { path } of other!.artifacts) Deno.removeSync(path);
    const second = startChild("lock", join(locksFolder(cache), other!.recipeKey.slice(0, 32)));
    await second.said;
    await removeAll(dir);
    assertEquals(takeInventory(cache).units.map(({ key }) => key), [held!.key]);
    assert(takeInventory(cache).leftovers.every(({ keys }) => keys.includes(other!.key)));
    assert(takeInventory(cache).leftovers.length > 0);
    await child.kill();
    await second.kill();
    await removeAll(dir);
    assertEquals(takeInventory(cache), { units: [], leftovers: [] });
    assertEquals(tree(locksFolder(cache)), [], "locks of those that are gone are cleared");
  },
);

testIn("artifacts with a file of the user's among them stay, and it is told", async (dir) => {
  await runDrawings(dir);
  const cache = join(dir, "cache");
  const more = tree(cache).find((name) => name.endsWith("_more/"))!;
  Deno.writeTextFileSync(join(cache, more, "notes.txt"), "mine");
  const choose: Parameters<typeof sweepCache>[1] = (inventory, users) =>
    chooseGarbage(inventory, users, { maxSize: 0, orphans: true }, Date.now());
  for (const dry of [true, false]) {
    const { left } = await sweepCache({ cache, dir, dry, warn: console.error }, choose);
    assertEquals(left.length, 1);
    assertStringIncludes(left[0]!.reason, `notes.txt" is not Cairn's; move it away`);
  }
  assertEquals(Deno.readTextFileSync(join(cache, more, "notes.txt")), "mine");
  assertEquals(takeInventory(cache).units.length, 1);
});

testIn(
  "all is removed again and again while processes use it: none misses what it had found, all values are right",
  async (dir) => {
    const runs = eachOf(Array.from({ length: RUNS }), () => startProcess("run", dir, 1).output(), 1);
    const scripts = [1, 2].map(() => startProcess("script", dir, 3 * RUNS).output());
    const all = Promise.all([runs, ...scripts]).then((outputs) => outputs.flat());
    let isOver = false;
    all.then(() => isOver = true);
    let removed = 0;
    for (let i = 0; !isOver && i < 100_000; i++) {
      removed += await removeAll(dir);
      await new Promise((resolve) => setTimeout(resolve)); // the ends of the others are told to this process too
    }
    for (const { success, stderr } of await all) {
      assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
    }
    assert(removed > 0);
    await removeAll(dir);
    assertEquals(artifactsBelow(join(dir, "cache")), {});
  },
);

testIn("two do not remove at once; a file system without locks is refused", async (dir) => {
  await runDrawings(dir);
  const lock = tryLock(join(dir, "cache", ".cairn", "gc.lock"));
  await assertRejects(() => removeAll(dir), Deno.errors.Busy, "another process is removing there");
  assert(typeof lock !== "string");
  lock.release();
  const real = Deno.FsFile.prototype.tryLockSync;
  Deno.FsFile.prototype.tryLockSync = () => {
    throw new Deno.errors.NotSupported("not supported");
  };
  try {
    await assertRejects(() => removeAll(dir), Deno.errors.NotSupported, "its file system knows no locks");
  } finally {
    Deno.FsFile.prototype.tryLockSync = real;
  }
  assertEquals(verifyCache(join(dir, "cache")).artifacts, 8);
});
