/** What lies in a cache: artifacts by recipe, what no metadata claims, and what is the user's. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../../cachers/json_cacher.ts";
import { atPath } from "../../../../core/define/combinators/at_path.ts";
import { withPrefix } from "../../../../core/define/combinators/with_prefix.ts";
import { withSubdir } from "../../../../core/define/combinators/with_subdir.ts";
import { defineExperiment } from "../../../../core/define/experiment.ts";
import { defineStage } from "../../../../core/define/stage.ts";
import { runExperiment } from "../../../../core/run/run_experiment.ts";
import { commitAll } from "../../../../core/store/commit.ts";
import { belowCache, takeInventory } from "../../../../core/store/upkeep/inventory.ts";
import { saveAs } from "../../../../core/store/inline.ts";
import { metadataAt } from "../../../../core/store/place.ts";
import { withTempDir } from "../../../helpers/temp_dir.ts";
import { tree } from "../../../helpers/tree.ts";
import { corrupt, prepare, put, specOf, threefold, withWorkspace } from "../fixtures.ts";

const KEY = "0123456789abcdef";

/** An inventory with nothing in it but what tests look at. */
function seen(cache: string) {
  const { units, leftovers } = takeInventory(cache);
  return {
    units: units.map(({ experiment, stage, artifacts, stray }) => ({
      name: `${experiment} ${stage}`,
      outputs: artifacts.map(({ output }) => output).toSorted(),
      ...(stray === undefined ? {} : { stray: belowCache(cache, stray) }),
    })),
    leftovers: leftovers.map(({ path }) => belowCache(cache, path)),
  };
}

/** Every file and folder that units and leftovers consist of. */
function owned(cache: string): string[] {
  const { units, leftovers } = takeInventory(cache);
  return [
    ...units.flatMap((
      { files, folders },
    ) => [...files.map(({ path }) => path), ...folders.map((each) => `${each}/`)]),
    ...leftovers.flatMap(({ files }) => files.map(({ path }) => path)),
  ].map((path) => belowCache(cache, path) + (path.endsWith("/") ? "/" : "")).toSorted();
}

Deno.test("a cache that is empty, or not there", async () => {
  await withWorkspace(({ workspace }) =>
    assertEquals(takeInventory(workspace.cache), { units: [], leftovers: [] })
  );
});

Deno.test("all artifacts of one recipe are one, in whatever folder and by whatever prefix, and all of it is theirs", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { cache } = workspace;
    await put(workspace, specOf({ output: "one", cacher: threefold }), "v");
    await put(workspace, specOf({ output: "two", cacher: withSubdir(threefold, "models/deep") }), "v");
    await put(workspace, specOf({ output: "three", cacher: withPrefix(jsonCacher(), "shared") }), 3);
    await put(workspace, specOf({ stage: "score", output: "s", recipeKey: "f".repeat(64) }), 4);
    assertEquals(seen(cache), {
      units: [
        { name: "exp fit", outputs: ["one", "three", "two"] },
        { name: "exp score", outputs: ["s"] },
      ],
      leftovers: [],
    });
    const all = tree(cache).filter((name) =>
      !name.startsWith(".cairn/") && !["models/", "models/deep/"].includes(name)
    );
    assertEquals(owned(cache), all.toSorted());
  });
});

Deno.test("a file that two recipes share is one", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { place } = await put(workspace, specOf(), 1);
    const other = await put(workspace, specOf({ recipeKey: "f".repeat(64) }), 1);
    const path = `${other.place.dir}/${other.place.base}.json`;
    Deno.removeSync(path);
    Deno.linkSync(`${place.dir}/${place.base}.json`, path);
    const files = takeInventory(workspace.cache).units.map(({ files }) =>
      files.find((file) => !file.path.endsWith("_metadata.json"))!
    );
    assertEquals(files.map(({ links }) => links), [2, 2]);
    assertEquals(files[0]!.id, files[1]!.id);
  });
});

Deno.test("what a commit left that was killed is left over: files, folders, and metadata that is damaged", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { cache } = workspace;
    const { place } = await put(workspace, specOf({ output: "one", cacher: threefold }), "v");
    corrupt(metadataAt(place), 50);
    Deno.mkdirSync(`${cache}/exp_${KEY}_fit.files/deep`, { recursive: true });
    Deno.writeTextFileSync(`${cache}/exp_${KEY}_fit.files/deep/plot.png`, "");
    Deno.mkdirSync(`${cache}/sub`);
    Deno.writeTextFileSync(`${cache}/sub/exp_${KEY}_fit_x.json.cairn-partial`, "");
    assertEquals(seen(cache), {
      units: [],
      leftovers: [
        `exp_${KEY}_fit.files`,
        `exp_${KEY}_fit_one.txt`,
        `exp_${KEY}_fit_one_metadata.json`,
        `exp_${KEY}_fit_one_more`,
        `exp_${KEY}_fit_one_part.bin`,
        `sub/exp_${KEY}_fit_x.json.cairn-partial`,
      ],
    });
    const damaged = takeInventory(cache).leftovers.filter(({ damaged }) => damaged !== undefined);
    assertEquals(damaged.map(({ keys }) => keys), [[KEY]]);
  });
});

Deno.test("everything else is the user's: other names, links, what was saved inline or at a path", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { cache } = workspace;
    const { place } = await put(workspace, specOf(), 1);
    const mine = owned(cache);
    await put(
      workspace,
      specOf({ output: "at", cacher: atPath(jsonCacher(), "{cache}/reports/{name}.json") }),
      1,
    );
    await put(workspace, specOf({ output: "out", cacher: atPath(jsonCacher(), `${dir}/out/{key}.json`) }), 1);
    await saveAs(`${cache}/mine.json`, jsonCacher(), 1);
    await saveAs(`${cache}/exp_${KEY}_fit_mine.json`, jsonCacher(), 1);
    Deno.copyFileSync(metadataAt(place), `${cache}/exp_${"f".repeat(16)}_fit_model_metadata.json`);
    for (
      const name of ["notes.txt", "_exp", ".hidden", "exp_0123_fit_model.json", `${KEY}.json`, "my file.txt"]
    ) {
      Deno.writeTextFileSync(`${cache}/${name}`, "mine");
    }
    for (const folder of ["_kept", ".hidden-folder", "my folder"]) {
      Deno.mkdirSync(`${cache}/${folder}`);
      Deno.writeTextFileSync(`${cache}/${folder}/exp_${KEY}_fit_old.json`, "mine");
    }
    Deno.mkdirSync(`${dir}/elsewhere`);
    Deno.writeTextFileSync(`${dir}/elsewhere/exp_${KEY}_fit_x.json`, "mine");
    Deno.symlinkSync(`${dir}/elsewhere`, `${cache}/linked`);
    Deno.symlinkSync(`${dir}/elsewhere`, `${cache}/exp_${KEY}_fit_y`);
    Deno.symlinkSync(`${dir}/elsewhere/exp_${KEY}_fit_x.json`, `${cache}/exp_${KEY}_fit_x.json`);
    assertEquals([seen(cache).leftovers, owned(cache)], [[], mine]);
  });
});

Deno.test("an artifact at a path of its own is the user's, even by the name that it would have in the cache", async () => {
  await withTempDir(async (dir) => {
    const path = "{cache}/reports/{artifactFilename}";
    const make = defineStage({
      name: "make",
      outputs: { one: atPath(jsonCacher(), path) },
      run: () => ({ one: 1 }),
    });
    const experiment = defineExperiment({ name: "exp", params: [{ k: 1 }], stages: [make] });
    const { executed } = await runExperiment(experiment, { dir });
    const reports = tree(`${dir}/cache/reports`);
    assertEquals([executed, reports.length], [1, 2]);
    assertMatch(reports[0]!, /^exp_[0-9a-f]{16}_make_one\.json$/);
    assertEquals(takeInventory(`${dir}/cache`), { units: [], leftovers: [] });
    assertEquals((await runExperiment(experiment, { dir })).reused, 1);
  });
});

Deno.test("a folder of artifacts may bear any name, even one like an artifact's", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { cache } = workspace;
    await put(workspace, specOf({ cacher: withSubdir(jsonCacher(), `run_${KEY}_x/more`) }), 1);
    assertEquals(seen(cache), { units: [{ name: "exp fit", outputs: ["model"] }], leftovers: [] });
  });
});

Deno.test("a file of somebody else's among an artifact's own is told", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { cache } = workspace;
    const { place } = await put(workspace, specOf({ cacher: threefold }), "v");
    const more = `${place.dir}/${place.base}_more`;
    const stray = () => seen(cache).units[0]!.stray;
    assertEquals(stray(), undefined);
    Deno.writeTextFileSync(`${more}/deep/notes.txt`, "mine");
    assertEquals(stray(), `${place.base}_more/deep/notes.txt`);
    Deno.removeSync(`${more}/deep/notes.txt`);
    Deno.mkdirSync(`${more}/empty`);
    assertEquals(stray(), `${place.base}_more/empty`);
    Deno.removeSync(`${more}/empty`);
    Deno.symlinkSync("/etc", `${more}/link`);
    assertEquals(stray(), `${place.base}_more/link`);
    Deno.removeSync(`${more}/link`);
    Deno.renameSync(more, join(cache, "moved"));
    Deno.symlinkSync(join(cache, "moved"), more);
    assertEquals(stray(), `${place.base}_more`, "a link in the place of its folder");
  });
});

Deno.test("whoever names files of another recipe uses that one", async () => {
  await withWorkspace(async ({ workspace }) => {
    const commits = [];
    for (const [digit, other] of [["a", "b"], ["b", "c"], ["c", undefined]] as const) {
      const references = other === undefined
        ? []
        : [{ path: `data/cache/exp_${other.repeat(16)}_draw.files/x.png`, size: 0, modified: 0, sha256: "" }];
      const spec = specOf({ recipeKey: digit.repeat(64) });
      const commit = await prepare(workspace, spec, 1);
      commits.push({ ...commit, metadata: { ...commit.metadata, references } });
    }
    for (const commit of commits) commitAll([commit]);
    const units = takeInventory(workspace.cache).units;
    assertEquals(units.map(({ users }) => users.map((key) => key[0]).toSorted().join("")), [
      "a",
      "ab",
      "abc",
    ]);
    assertEquals(units.map(({ refers }) => refers), [true, true, false]);
    assert(units.every(({ made }) => Math.abs(made - Date.now()) < 60_000));
  });
});
