/** What a lookup finds: it reads, and writes nothing. */
import { assert, assertEquals } from "@std/assert";
import { fileReferenceCacher } from "../../../cachers/file_reference_cacher.ts";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import { writeAdoption } from "../../../core/store/adopt.ts";
import { lookupArtifact, placeOf, targetPlace } from "../../../core/store/lookup.ts";
import { isThere } from "../../../core/store/ownership.ts";
import { fileAt, metadataAt } from "../../../core/store/place.ts";
import { openWorkspace, stagingOf } from "../../../core/store/workspace.ts";
import { counting } from "../../helpers/counting.ts";
import { tree } from "../../helpers/tree.ts";
import { corrupt, put, specOf, stateOf, threefold, touch, withWorkspace } from "./fixtures.ts";

Deno.test("where nothing is, nothing is found and nothing is made", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = specOf({ cacher: withSubdir(jsonCacher(), "models") });
    const found = await lookupArtifact(workspace, spec);
    assertEquals(found, {
      state: "missing",
      reason: "not in the cache",
    });
    assertEquals(tree(dir), []);
  });
});

Deno.test("what was committed is found, with what a plan has to know, and is not loaded", async () => {
  await withWorkspace(async ({ workspace }) => {
    const cacher = counting(withSubdir(threefold, "models"));
    const spec = specOf({ cacher });
    const { metadata, place } = await put(workspace, spec, "x", "run-1");
    assertEquals(placeOf(workspace, spec, "cache"), place);
    const before = tree(workspace.cache);
    assertEquals(await lookupArtifact(workspace, spec), {
      state: "found",
      where: "cache",
      digest: metadata.digest,
      execution: "run-1",
      contentKey: metadata.contentKey,
      ancestors: [],
      finished: 0,
    });
    assertEquals(cacher.counts, { save: 1, load: 0 });
    assertEquals(tree(workspace.cache), before);
  });
});

Deno.test("a touched file with the same content is a hit still", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({ cacher: threefold });
    const { place } = await put(workspace, spec, "x");
    for (const suffix of [".txt", "_part.bin", "_more/deep/x.txt"]) touch(fileAt(place, suffix));
    assertEquals(await stateOf(workspace, spec), "found");
  });
});

Deno.test("size and time of change stand for the content", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { place } = await put(workspace, specOf(), 1);
    corrupt(fileAt(place));
    assertEquals(await stateOf(workspace, specOf()), "found"); // load finds it out
    touch(fileAt(place));
    assertEquals(await stateOf(workspace, specOf()), "damaged");
  });
});

for (const suffix of [".txt", "_part.bin", "_more/deep/x.txt", "_more"]) {
  Deno.test(`an artifact without its ${suffix} is damaged, and the reason names it`, async () => {
    await withWorkspace(async ({ workspace }) => {
      const spec = specOf({ cacher: threefold });
      const { place } = await put(workspace, spec, "x");
      Deno.removeSync(fileAt(place, suffix), { recursive: true });
      const found = await lookupArtifact(workspace, spec);
      assertEquals([found.state, "isGone" in found && found.isGone], ["damaged", true]);
      assert("reason" in found && found.reason.includes(fileAt(place, suffix)), JSON.stringify(found));
      assert("reason" in found && found.reason.includes("missing"));
    });
  });
}

Deno.test("metadata that is gone is a miss, and one that was changed is damage", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { place } = await put(workspace, specOf(), 1);
    corrupt(metadataAt(place), 20);
    assertEquals(await stateOf(workspace, specOf()), "damaged");
    Deno.removeSync(metadataAt(place));
    assertEquals(await stateOf(workspace, specOf()), "missing");
  });
});

Deno.test("what another recipe, stage or output made is not found", async () => {
  await withWorkspace(async ({ workspace }) => {
    // All three share their first 16 digits, and so their path.
    const other = specOf({ recipeKey: `0123456789abcdef${"0".repeat(48)}` });
    await put(workspace, specOf(), 1);
    assertEquals(await lookupArtifact(workspace, other), {
      state: "missing",
      reason: "what lies at its path was made by another recipe",
    });
  });
});

Deno.test("an artifact that was renamed to another's place is not found there", async () => {
  await withWorkspace(async ({ workspace }) => {
    const other = specOf({ output: "other" });
    const { place } = await put(workspace, specOf(), 1);
    const target = targetPlace(workspace, other);
    Deno.renameSync(fileAt(place), fileAt(target));
    Deno.renameSync(metadataAt(place), metadataAt(target));
    assertEquals(await stateOf(workspace, other), "missing");
  });
});

// ---- Exact paths ----

const recipe = (dir: string, key: string) =>
  specOf({ recipeKey: key.repeat(64), cacher: atPath(jsonCacher(), `${dir}/out/a.json`) });

Deno.test("at an exact path the recipe counts, not the path", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    assertEquals(await stateOf(workspace, recipe(dir, "1")), "missing");
    await put(workspace, recipe(dir, "1"), 1);
    assertEquals(await stateOf(workspace, recipe(dir, "1")), "found");
    assertEquals(await stateOf(workspace, recipe(dir, "2")), "missing");
    await put(workspace, recipe(dir, "2"), 2);
    assertEquals(await stateOf(workspace, recipe(dir, "1")), "missing");
    assertEquals(tree(`${dir}/out`), ["a.json", "a_metadata.json"]);
  });
});

Deno.test("a file is adopted as it is, digested afresh when it changes, and never ours", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = specOf({ cacher: atPath(jsonCacher(), `${dir}/raw/a.json`, { adopt: true }) });
    assertEquals(await stateOf(workspace, spec), "missing");
    Deno.mkdirSync(`${dir}/raw`);
    Deno.writeTextFileSync(`${dir}/raw/a.json`, "1\n");
    const first = await lookupArtifact(workspace, spec);
    assert(first.state === "found" && first.isNewlyAdopted && first.execution === undefined);
    assertEquals(tree(`${dir}/raw`), ["a.json"]); // a lookup writes nothing

    writeAdoption(placeOf(workspace, spec, first.where), spec, stagingOf(workspace));
    const second = await lookupArtifact(workspace, spec);
    assert(second.state === "found" && second.isNewlyAdopted === undefined);
    assertEquals(second.digest, first.digest);

    Deno.writeTextFileSync(`${dir}/raw/a.json`, "22\n");
    const third = await lookupArtifact(workspace, spec);
    assert(third.state === "found" && third.isNewlyAdopted && third.digest !== first.digest);

    const owner = specOf({ cacher: atPath(jsonCacher(), `${dir}/raw/a.json`) });
    assertEquals(await stateOf(workspace, owner), "foreign");
    Deno.writeTextFileSync(`${dir}/raw/a.json`, "1\n");
    assertEquals(await stateOf(workspace, owner), "foreign"); // its metadata says that it was adopted
  });
});

Deno.test("in a full store an artifact of an exact path is found in external", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = recipe(dir, "1");
    const { place } = await put(workspace, spec, 1);
    const external = `${workspace.cache}/external${dir}/out`;
    Deno.mkdirSync(external, { recursive: true });
    for (const { name } of Deno.readDirSync(place.dir)) {
      Deno.renameSync(`${place.dir}/${name}`, `${external}/${name}`);
    }
    const found = await lookupArtifact(workspace, spec);
    assert(found.state === "found");
    assertEquals(placeOf(workspace, spec, found.where).dir, external);
    // A file of the user's at the path itself does not matter then.
    Deno.writeTextFileSync(`${dir}/out/a.json`, "mine");
    assertEquals(await stateOf(workspace, spec), "found");
  });
});

// ---- What a cacher has to say ----

Deno.test("a cacher is asked whether what it refers to is there, sync or not", async () => {
  await withWorkspace(async ({ workspace }) => {
    for (const [answer, state] of [[true, "found"], [false, "missing"]] as const) {
      for (const check of [() => answer, () => Promise.resolve(answer)]) {
        const spec = specOf({ cacher: { ...jsonCacher(), check } });
        await put(workspace, spec, 1);
        assertEquals(await stateOf(workspace, spec), state);
      }
    }
  });
});

Deno.test("references count as content: gone or changed they make a miss, touched they do not", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = specOf({ cacher: fileReferenceCacher() });
    const file = `${dir}/plot.svg`;
    Deno.writeTextFileSync(file, "<svg/>");
    await put(workspace, spec, [file]);
    assertEquals(await stateOf(workspace, spec), "found");
    touch(file);
    assertEquals(await stateOf(workspace, spec), "found");
    Deno.writeTextFileSync(file, "<svg />");
    const found = await lookupArtifact(workspace, spec);
    assert(found.state === "missing" && found.reason.includes("refers to"), JSON.stringify(found));
    Deno.removeSync(file);
    assertEquals(await stateOf(workspace, spec), "missing");
  });
});

Deno.test("an artifact so damaged that its cacher's check throws is a miss, not an error", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = specOf({ cacher: fileReferenceCacher() });
    Deno.writeTextFileSync(`${dir}/plot.svg`, "<svg/>");
    const { place } = await put(workspace, spec, [`${dir}/plot.svg`]);
    corrupt(fileAt(place)); // the times still agree, so that the check is asked
    assert(await stateOf(workspace, spec) !== "found");
  });
});

Deno.test("a reader that meets a commit under way looks again", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({ cacher: threefold });
    const { place } = await put(workspace, spec, "old", "old");
    // Between the reading of the metadata and of the files another commit ends.
    const { readTextFileSync } = Deno;
    let interposed = false;
    const other = await (async () => {
      const { prepare } = await import("./fixtures.ts");
      return await prepare(workspace, spec, "new", "new");
    })();
    const { commitAll } = await import("../../../core/store/commit.ts");
    Deno.readTextFileSync = (path) => {
      const text = readTextFileSync(path);
      if (path === metadataAt(place) && !interposed) {
        interposed = true;
        commitAll([other]);
      }
      return text;
    };
    try {
      const found = await lookupArtifact(workspace, spec);
      assert(found.state === "found" && found.execution === "new", JSON.stringify(found));
      assert(interposed);
    } finally {
      Deno.readTextFileSync = readTextFileSync;
    }
  });
});

// ---- Dry runs ----

Deno.test("a dry workspace finds what is in the cache, and writes below a temporary folder", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    await put(workspace, specOf(), 1);
    const dry = openWorkspace({ dir: `${dir}/data`, experiment: "exp", dryCache: true });
    assertEquals(await stateOf(dry, specOf()), "found");
    const before = tree(`${dir}/data`);
    stagingOf(dry);
    const other = specOf({ output: "other" });
    const { place } = await put(dry, other, 2);
    assert(place.dir === dry.session.overlay && !place.dir.startsWith(dir));
    assertEquals(await stateOf(dry, other), "found");
    assertEquals(await stateOf(workspace, other), "missing");
    assertEquals(tree(`${dir}/data`), before);
    dry.session.staging?.close();
    Deno.removeSync(dry.session.overlay!, { recursive: true });
  });
});

Deno.test("a broken link is there", async () => {
  await withWorkspace(({ dir }) => {
    Deno.symlinkSync(`${dir}/nowhere`, `${dir}/link`);
    assertEquals([isThere(`${dir}/link`), isThere(`${dir}/nowhere`), isThere(dir)], [true, false, true]);
  });
});
