/** Full stores: artifacts with their metadata, as they were. */
import { assert, assertEquals } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import { commitAll } from "../../../core/store/commit.ts";
import { copyToFullStore, fullStoreOf } from "../../../core/store/full_store.ts";
import { loadArtifact } from "../../../core/store/load.ts";
import { filesProblem, lookupArtifact, placeOf } from "../../../core/store/lookup.ts";
import { readMetadataFile } from "../../../core/store/metadata.ts";
import { fileAt, metadataAt } from "../../../core/store/place.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import { tree } from "../../helpers/tree.ts";
import { corrupt, prepare, put, specOf, threefold, withWorkspace } from "./fixtures.ts";

Deno.test("a copy lies as in the cache, its metadata byte for byte, and can be read from", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = specOf({ cacher: withSubdir(threefold, "models") });
    const { place } = await put(workspace, spec, "v", "run-1");
    const store = fullStoreOf(`${dir}/run`);
    assertEquals(copyToFullStore(workspace, spec, place, store), undefined);
    assertEquals(tree(store), tree(workspace.cache).filter((name) => name.startsWith("models/")));
    const copied = metadataAt(place).replace(workspace.cache, store);
    assertEquals(Deno.readFileSync(copied), Deno.readFileSync(metadataAt(place)));

    const from = openWorkspace({ dir: `${dir}/other`, experiment: "exp", cache: store, dryCache: true });
    const found = await lookupArtifact(from, spec);
    assert(found.state === "found" && found.execution === "run-1");
    assertEquals(await loadArtifact(placeOf(from, spec, found.where), spec), "v");
    // A second record that shares it changes nothing.
    assertEquals(copyToFullStore(workspace, spec, place, store), undefined);
  });
});

Deno.test("the copy has bytes of its own", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { place } = await put(workspace, specOf(), 1);
    copyToFullStore(workspace, specOf(), place, `${dir}/store`);
    corrupt(fileAt(place));
    assertEquals(Deno.readTextFileSync(fileAt({ ...place, dir: `${dir}/store` })), "1\n");
  });
});

Deno.test("an artifact of an exact path lies in external, and is found there", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = specOf({ cacher: atPath(jsonCacher(), `${dir}/out/a.json`) });
    const { place } = await put(workspace, spec, 1);
    assertEquals(copyToFullStore(workspace, spec, place, `${dir}/store`), undefined);
    assertEquals(tree(`${dir}/store/external${dir}/out`), ["a.json", "a_metadata.json"]);
    Deno.removeSync(`${dir}/out`, { recursive: true });
    const from = openWorkspace({
      dir: `${dir}/other`,
      experiment: "exp",
      cache: `${dir}/store`,
      dryCache: true,
    });
    const found = await lookupArtifact(from, spec);
    assert(found.state === "found");
    assertEquals(await loadArtifact(placeOf(from, spec, found.where), spec), 1);
  });
});

Deno.test("what is damaged is not copied with metadata, and the reason is given", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { place } = await put(workspace, specOf(), 1);
    corrupt(fileAt(place));
    const problem = copyToFullStore(workspace, specOf(), place, `${dir}/store`);
    assert(problem?.includes("not what was written"), problem);
    assertEquals(tree(`${dir}/store`).filter((name) => name.endsWith("_metadata.json")), []);
    Deno.removeSync(metadataAt(place));
    assertEquals(copyToFullStore(workspace, specOf(), place, `${dir}/store`), "it has no metadata");
  });
});

Deno.test("the metadata is that of the files, also where another execution is committed while they are copied", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { place } = await put(workspace, specOf(), 1, "run-1");
    const next = await prepare(workspace, specOf(), 2, "run-2");
    const { copyFileSync } = Deno;
    Deno.copyFileSync = (from, to) => {
      copyFileSync(from, to);
      Deno.copyFileSync = copyFileSync;
      commitAll([next]);
    };
    try {
      assertEquals(copyToFullStore(workspace, specOf(), place, `${dir}/store`), undefined);
    } finally {
      Deno.copyFileSync = copyFileSync;
    }
    const copy = { ...place, dir: `${dir}/store` };
    const read = readMetadataFile(metadataAt(copy));
    assert("metadata" in read);
    assertEquals([read.metadata.execution, Deno.readTextFileSync(fileAt(copy))], ["run-1", "1\n"]);
    assertEquals(filesProblem(copy, read.metadata, "content"), undefined);
    assertEquals(Deno.readTextFileSync(fileAt(place)), "2\n");
  });
});

Deno.test("what was damaged at first is copied once it is whole", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { place } = await put(workspace, specOf(), 1);
    corrupt(fileAt(place));
    assert(copyToFullStore(workspace, specOf(), place, `${dir}/store`) !== undefined);
    corrupt(fileAt(place));
    assertEquals(copyToFullStore(workspace, specOf(), place, `${dir}/store`), undefined);
    assertEquals(Deno.readTextFileSync(fileAt({ ...place, dir: `${dir}/store` })), "1\n");
  });
});
