/** Clearing up in Cairn's own folder, when artifacts were removed. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { openContentIndex } from "../../../../core/store/content_index.ts";
import { removeIfThere } from "../../../../core/store/disk/move.ts";
import { fileAt, metadataAt } from "../../../../core/store/place.ts";
import { tidyCache } from "../../../../core/store/upkeep/tidy_cache.ts";
import { closeUses, noteUse } from "../../../../core/store/uses/uses.ts";
import { setDigest, setText } from "../../../../core/store/uses/format.ts";
import { addToJournal, setPath, setsFolder } from "../../../../core/store/uses/journal.ts";
import { readUses } from "../../../../core/store/uses/read.ts";
import { closeStaging, lockPath, openWorkspace, type Workspace } from "../../../../core/store/workspace.ts";
import { tree } from "../../../helpers/tree.ts";
import { startChild } from "../child.ts";
import { put, specOf, withWorkspace } from "../fixtures.ts";

const [GONE, KEPT] = ["a".repeat(64), "b".repeat(64)];
const CONTENT = "c".repeat(64);

function warn(message: string): never {
  throw new Error(message);
}

/** Two artifacts of one content, each used by a run and in the index; then one of them is removed. */
async function prepareCache(workspace: Workspace): Promise<void> {
  const index = openContentIndex(workspace.cache, "disk");
  for (const recipeKey of [GONE, KEPT]) {
    const { place } = await put(workspace, specOf({ recipeKey }), 1);
    index.add(CONTENT, { recipeKey, subdirs: { model: "" } });
    noteUse(workspace, [recipeKey]);
    closeUses(workspace);
    if (recipeKey === GONE) { for (const path of [fileAt(place), metadataAt(place)]) removeIfThere(path); }
  }
  closeStaging(workspace);
}

const indexed = (cache: string) =>
  openContentIndex(cache, "memory").find(CONTENT).map(({ recipeKey }) => recipeKey).toSorted();
const used = (cache: string) => readUses(cache, warn).past.map(({ keys }) => keys.join());

Deno.test("what is known of artifacts that are gone is forgotten, and nothing else", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { cache } = workspace;
    await prepareCache(workspace);
    assertEquals([indexed(cache), used(cache).length, tree(setsFolder(cache)).length], [[GONE, KEPT], 2, 2]);
    await tidyCache(cache, warn);
    assertEquals([indexed(cache), used(cache), tree(setsFolder(cache)).length], [
      [KEPT],
      [KEPT.slice(0, 16)],
      1,
    ]);
    const before = tree(cache);
    await tidyCache(cache, warn);
    assertEquals(tree(cache), before);
  });
});

Deno.test("while anything lives that may add to it, the index stays as it is", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { cache } = workspace;
    await prepareCache(workspace);
    const other = openWorkspace({ dir: workspace.dir, experiment: "other" });
    noteUse(other, ["d".repeat(64)]);
    await tidyCache(cache, warn);
    assertEquals([indexed(cache), used(cache)], [[GONE, KEPT], [KEPT.slice(0, 16)]]);
    closeUses(other);
    await tidyCache(cache, warn);
    assertEquals(
      [indexed(cache), used(cache)],
      [[KEPT], [KEPT.slice(0, 16)]],
      "nothing of the other's is there",
    );
  });
});

Deno.test("locks, staging and notes of processes that were killed are cleared; those of others stay", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { cache } = workspace;
    await prepareCache(workspace);
    const children = [
      startChild("lock", lockPath(workspace, GONE)),
      startChild("stage", cache),
      startChild("use", join(dir, "data"), GONE),
    ];
    for (const child of children) await child.said;
    const holding = startChild("lock", lockPath(workspace, KEPT));
    await holding.said;
    for (const child of children) await child.kill();
    await tidyCache(cache, warn);
    const own = tree(join(cache, ".cairn"));
    assertEquals(own.filter((name) => /^(locks|staging|uses\/live)\/./.test(name)), [
      `locks/${KEPT.slice(0, 32)}`,
    ]);
    await holding.kill();
  });
});

/** Notes a run, and says when it ended by the number of those before it. */
function noteRun(
  workspace: Workspace,
  i: number,
  keys: readonly string[],
  store: string | null = null,
): void {
  const ended = new Date(1_700_000_000_000 + 1000 * i);
  const header = { experiment: "exp", reference: `exp_${i}`, started: ended.toISOString(), store };
  addToJournal(workspace.cache, header, keys.map((key) => key.slice(0, 16)), ended);
}

Deno.test("of each experiment the newest hundred runs are remembered, and those whose full stores are there", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { cache } = workspace;
    await prepareCache(workspace);
    for (let i = 0; i < 150; i++) {
      noteRun(workspace, i, [KEPT], i < 2 ? `../runs/exp_${i}/artifacts` : null);
    }
    Deno.mkdirSync(join(dir, "data", "runs", "exp_1", "artifacts"), { recursive: true });
    await tidyCache(cache, warn);
    const { past } = readUses(cache, warn);
    // The one that the preparation noted is newer.
    const wanted = ["exp_1", ...Array.from({ length: 99 }, (_, i) => `exp_${51 + i}`)];
    assertEquals(past.flatMap(({ reference }) => reference ?? []), wanted);
    await tidyCache(cache, warn);
    assertEquals(readUses(cache, warn).past, past);
  });
});

Deno.test("lists keep no key of an artifact that is gone", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { cache } = workspace;
    await prepareCache(workspace);
    noteRun(workspace, 0, [GONE, KEPT]);
    assertEquals(tree(setsFolder(cache)).length, 3);
    await tidyCache(cache, warn);
    assertEquals(used(cache), [KEPT.slice(0, 16), KEPT.slice(0, 16)]);
    assertEquals(tree(setsFolder(cache)).length, 1);
  });
});

Deno.test("a full store that is there is remembered though the list of what it needs is damaged", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { cache } = workspace;
    await prepareCache(workspace);
    noteRun(workspace, 0, ["d".repeat(64)], "../runs/exp_0/artifacts");
    const path = setPath(cache, setDigest(setText(["d".repeat(16)])));
    Deno.removeSync(path);
    const store = join(dir, "data", "runs", "exp_0", "artifacts");
    Deno.mkdirSync(store, { recursive: true });
    noteRun(workspace, 1, [KEPT]);
    await tidyCache(cache, warn);
    assertEquals(readUses(cache, () => {}).past.flatMap((use) => use.store ?? []), [store]);
    assertEquals(tree(setsFolder(cache)).length, 1);
    assertEquals(readUses(cache, () => {}).isWhole, false);
    Deno.removeSync(store);
    await tidyCache(cache, warn);
    assertEquals(readUses(cache, warn).isWhole, true);
  });
});

Deno.test("a line that is there twice is kept once", async () => {
  await withWorkspace(async ({ workspace }) => {
    await prepareCache(workspace);
    for (const i of [0, 0, 1]) noteRun(workspace, i, [KEPT]);
    await tidyCache(workspace.cache, warn);
    assertEquals(readUses(workspace.cache, warn).past.flatMap(({ reference }) => reference ?? []), [
      "exp_0",
      "exp_1",
    ]);
  });
});
