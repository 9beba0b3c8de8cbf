/** Loading: never a value whose bytes are not those that were committed. */
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { isMiss, miss } from "../../../core/define/miss.ts";
import { commitAll } from "../../../core/store/commit.ts";
import { messageOf } from "../../../core/params/paths.ts";
import { lazyHandle, loadArtifact } from "../../../core/store/load.ts";
import { type ArtifactSpec, fileAt, metadataAt, type Place } from "../../../core/store/place.ts";
import { counting } from "../../helpers/counting.ts";
import { tree } from "../../helpers/tree.ts";
import { corrupt, prepare, put, specOf, threefold, touch, withWorkspace } from "./fixtures.ts";

async function missOf(place: Place, spec: ArtifactSpec): Promise<string> {
  const error = await assertRejects(async () => await loadArtifact(place, spec), Error);
  assert(isMiss(error), `wanted a miss, found ${error}`);
  return error.message;
}

Deno.test("a value comes back, with its extra and its metadata there", async () => {
  await withWorkspace(async ({ workspace }) => {
    let seen: unknown;
    const cacher: Cacher<number> = {
      extension: ".num",
      save: (value, artifact) => {
        artifact.extra.deep = { rows: [value] };
        Deno.writeTextFileSync(artifact.path(), "x");
      },
      load: (artifact) => {
        const { deep } = artifact.extra as { deep: { rows: number[] } };
        seen = artifact.metadata?.execution;
        const [value] = deep.rows;
        deep.rows.push(9); // of this load alone
        return value!;
      },
    };
    const spec = specOf({ cacher });
    const { place } = await put(workspace, spec, 42, "run-1");
    assertEquals([await loadArtifact(place, spec), await loadArtifact(place, spec), seen], [42, 42, "run-1"]);
  });
});

Deno.test("a byte that changed behind the times is a miss, in whichever file, and nothing is loaded", async () => {
  for (const suffix of [".txt", "_part.bin", "_more/deep/value.txt"]) {
    await withWorkspace(async ({ workspace }) => {
      const cacher = counting(threefold);
      const spec = specOf({ cacher });
      const { place } = await put(workspace, spec, "value");
      corrupt(fileAt(place, suffix), 2);
      assert((await missOf(place, spec)).includes("not what was written"));
      assertEquals(cacher.counts, { save: 1, load: 0 });
    });
  }
});

Deno.test("every byte of a file counts", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { place } = await put(workspace, specOf(), { a: [1, 2] });
    const { size } = Deno.statSync(fileAt(place));
    for (let i = 0; i < size; i++) {
      corrupt(fileAt(place), i);
      await missOf(place, specOf());
      corrupt(fileAt(place), i);
    }
    assertEquals(await loadArtifact(place, specOf()), { a: [1, 2] });
  });
});

Deno.test("a touched file is loaded", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { place } = await put(workspace, specOf(), 1);
    touch(fileAt(place));
    assertEquals(await loadArtifact(place, specOf()), 1);
  });
});

Deno.test("what is gone, damaged or of another recipe is a miss with its reason", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { place } = await put(workspace, specOf(), 1);
    assertEquals(
      await missOf(place, specOf({ recipeKey: "f".repeat(64) })),
      "what lies at its path was made by another recipe",
    );
    corrupt(metadataAt(place), 9);
    assert((await missOf(place, specOf())).includes("metadata"));
    Deno.removeSync(metadataAt(place));
    assertEquals(await missOf(place, specOf()), "it is no longer there");
    await put(workspace, specOf(), 1);
    Deno.removeSync(fileAt(place));
    assert((await missOf(place, specOf())).includes("is missing"));
  });
});

Deno.test("a file that was added to a folder of the artifact is a miss", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({ cacher: threefold });
    const { place } = await put(workspace, spec, "value");
    Deno.writeTextFileSync(fileAt(place, "_more/deep/stray.txt"), "stray");
    await missOf(place, spec);
  });
});

Deno.test("a file that became a link is a miss", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { place } = await put(workspace, specOf(), 1);
    Deno.renameSync(fileAt(place), `${dir}/elsewhere.json`);
    Deno.symlinkSync(`${dir}/elsewhere.json`, fileAt(place));
    await missOf(place, specOf());
  });
});

Deno.test("a miss of the cacher's stays one; any other throw is an error that names stage, output and file", async () => {
  await withWorkspace(async ({ workspace }) => {
    const cause = new RangeError("no such column");
    const failing = (error: unknown) =>
      specOf({
        cacher: {
          ...jsonCacher(),
          load: () => {
            throw error;
          },
        },
      });
    const { place } = await put(workspace, specOf(), 1);
    assertEquals(
      await missOf(place, failing(miss("written by an older version"))),
      "written by an older version",
    );
    const error = await assertRejects(async () => await loadArtifact(place, failing(cause)), Error);
    assertEquals(isMiss(error), false);
    assertEquals(
      error.message,
      `Cannot load output "model" of stage "fit" from ${JSON.stringify(fileAt(place))}: no such column`,
    );
    assertStrictEquals(error.cause, cause);
    assertEquals([messageOf("text"), messageOf(new Error("x"))], ["text", "x"]);
  });
});

Deno.test("a commit that comes between is loaded whole", async () => {
  await withWorkspace(async ({ workspace }) => {
    let between: (() => void) | undefined;
    const spec = specOf({
      cacher: {
        ...threefold,
        load: (artifact) => {
          const main = Deno.readTextFileSync(artifact.path());
          between?.();
          between = undefined;
          return `${main}+${Deno.readTextFileSync(artifact.path("_part.bin"))}`;
        },
      },
    });
    const { place } = await put(workspace, spec, "old", "old");
    const next = await prepare(workspace, spec, "new!", "new");
    between = () => commitAll([next]);
    assertEquals(await loadArtifact(place, spec), "new!+new!");
  });
});

Deno.test("an artifact that goes while it is loaded is a miss, not the cacher's error", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({
      cacher: {
        ...threefold,
        load: (artifact) => {
          Deno.removeSync(artifact.path());
          return Deno.readTextFileSync(artifact.path());
        },
      },
    });
    const { place } = await put(workspace, spec, "value");
    await missOf(place, spec);
  });
});

Deno.test("loading creates nothing", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({
      cacher: { ...jsonCacher(), load: (artifact) => [artifact.dir("_none"), artifact.path("_no")] },
    });
    const { place } = await put(workspace, spec, 1);
    const before = tree(workspace.cache);
    await loadArtifact(place, spec);
    assertEquals(tree(workspace.cache), before);
  });
});

Deno.test("a handle is checked when it is made, and again when it loads", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({ cacher: threefold });
    const { place, metadata } = await put(workspace, spec, "value");
    const handle = lazyHandle(place, spec);
    assertEquals(handle.path(), fileAt(place));
    assertEquals(handle.path("_part.bin"), fileAt(place, "_part.bin"));
    assertEquals(handle.metadata.digest, metadata.digest);
    assertEquals(await handle.load(), "value");
    assertThrows(() => handle.path("/../../x"), TypeError, "suffix");
    corrupt(fileAt(place, "_part.bin"));
    assert(isMiss(await assertRejects(() => handle.load())));
    assert(isMiss(assertThrows(() => lazyHandle(place, spec))));
  });
});

Deno.test("an adopted file is loaded as it is", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = specOf({ cacher: atPath(jsonCacher(), `${dir}/a.json`, { adopt: true }) });
    const { place } = await prepare(workspace, spec, 1);
    await missOf(place, spec);
    Deno.writeTextFileSync(`${dir}/a.json`, "[1]");
    assertEquals(await loadArtifact(place, spec), [1]);
  });
});
