/** What an artifact reads and writes for its cacher: each file once, and checked. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { linesCacher } from "../../../cachers/lines_cacher.ts";
import type { Artifact, Cacher } from "../../../core/define/cacher.ts";
import { gzipped } from "../../../core/define/combinators/gzipped.ts";
import { zstd } from "../../../core/define/combinators/zstd.ts";
import { isMiss } from "../../../core/define/miss.ts";
import { ownCacher } from "../../../core/define/own_save.ts";
import { readBytes, writeBytes } from "../../../core/define/whole_file.ts";
import { fileDigest } from "../../../core/store/disk/digest.ts";
import { loadArtifact } from "../../../core/store/load.ts";
import { fileAt, type Place } from "../../../core/store/place.ts";
import { corrupt, put, specOf, touch, withWorkspace } from "./fixtures.ts";

const decode = async (artifact: Artifact, path?: string) =>
  new TextDecoder().decode(await readBytes(artifact, path));

/** A text in its main file, in another and in a folder; only the first is read. */
const threefold: Cacher<string> = {
  extension: ".txt",
  save: async (value, artifact) => {
    await writeBytes(artifact, value);
    await writeBytes(artifact, value, artifact.path("_part.bin"));
    await writeBytes(artifact, value, `${artifact.dir("_more")}/a.txt`);
  },
  load: (artifact) => decode(artifact),
};

/** The files that are opened while something is done, by what for. */
async function opened(work: () => Promise<unknown>): Promise<string[]> {
  const { openSync, writeFileSync } = Deno;
  const seen: string[] = [];
  Deno.openSync = (path, options) => {
    seen.push(`${options?.write ? "write" : "read"} ${path}`);
    return openSync(path, options);
  };
  Deno.writeFileSync = (path, data, options) => {
    seen.push(`write ${path}`);
    writeFileSync(path, data, options);
  };
  try {
    await work();
  } finally {
    Object.assign(Deno, { openSync, writeFileSync });
  }
  return seen;
}

async function missOf(load: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(load, Error);
  assert(isMiss(error), `wanted a miss, found ${error}`);
  return error.message;
}

Deno.test("a cacher of Cairn's writes a file once and reads it once, small or large", async () => {
  for (const value of ["x", "x".repeat(3 << 20)]) {
    await withWorkspace(async ({ workspace }) => {
      const spec = specOf();
      let place: Place | undefined;
      const saving = await opened(async () => place = (await put(workspace, spec, value)).place);
      assertEquals(saving.filter((line) => line.endsWith("fit_model.json")).map((line) => line[0]), ["w"]);
      const path = fileAt(place!);
      assertEquals(await opened(() => loadArtifact(place!, spec)), [`read ${path}`]);
    });
  }
});

Deno.test("what Cairn compresses is written once and read once too, and no scratch file is", async () => {
  for (const compress of [gzipped, zstd]) {
    await withWorkspace(async ({ workspace }) => {
      const spec = specOf({ cacher: compress(jsonCacher()) });
      let place: Place | undefined;
      const saving = await opened(async () => place = (await put(workspace, spec, [1, 2])).place);
      assertEquals(saving.filter((line) => line.includes(".json.")).map((line) => line[0]), ["w"]);
      assertEquals(await opened(() => loadArtifact(place!, spec)), [`read ${fileAt(place!)}`]);
    });
  }
});

Deno.test("a compressed stream is checked each time that it is gone through", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({ cacher: zstd(linesCacher()) });
    const { place } = await put(workspace, spec, ["a", "b"]);
    const lines = await loadArtifact(place, spec) as AsyncIterable<string>;
    assertEquals(await Array.fromAsync(lines), ["a", "b"]);
    await put(workspace, spec, ["c"]);
    assert((await missOf(() => Array.fromAsync(lines))).includes(JSON.stringify(fileAt(place))));
  });
});

Deno.test("what is known of a file that was written is what it is", async () => {
  await withWorkspace(async ({ workspace }) => {
    for (const cacher of [threefold, ownCacher({ ...threefold, load: () => "" })]) {
      const spec = specOf({ cacher });
      const { place, saved } = await put(workspace, spec, "value");
      assertEquals(saved.files.map(({ path }) => path).toSorted(), [
        ".txt",
        "_more/",
        "_more/a.txt",
        "_part.bin",
      ]);
      for (const { path, sha256, size, modified } of saved.files) {
        if (path.endsWith("/")) continue;
        const info = Deno.statSync(fileAt(place, path));
        assertEquals([sha256, size, modified], [
          fileDigest(fileAt(place, path)),
          info.size,
          info.mtime!.getTime(),
        ]);
      }
    }
  });
});

Deno.test("a file that its cacher changes after it was written counts as it ends", async () => {
  const changes: Record<string, (path: string) => void> = {
    "value and more": (path) => Deno.writeTextFileSync(path, " and more", { append: true }),
    other: (path) => {
      Deno.writeTextFileSync(path, "other"); // as long as it was
      touch(path);
    },
  };
  for (const [end, change] of Object.entries(changes)) {
    await withWorkspace(async ({ workspace }) => {
      const cacher: Cacher<string> = {
        extension: ".txt",
        save: async (value, artifact) => {
          await writeBytes(artifact, value);
          change(artifact.path());
        },
        load: (artifact) => decode(artifact),
      };
      const spec = specOf({ cacher });
      const { place } = await put(workspace, spec, "value");
      assertEquals(await loadArtifact(place, spec), end);
    });
  }
});

Deno.test("a file that a cacher of Cairn's did not read counts too, and so does one it failed to read", async () => {
  const own = ownCacher({ ...threefold, load: (artifact: Artifact) => decode(artifact) });
  const swallowing = ownCacher({
    ...threefold,
    load: (artifact: Artifact) => decode(artifact).catch(() => "a wrong value"),
  });
  const throwing = ownCacher({ ...threefold, load: () => Promise.reject(new Error("not this")) });
  for (const cacher of [own, swallowing, throwing]) {
    for (const suffix of [".txt", "_part.bin", "_more/a.txt"]) {
      await withWorkspace(async ({ workspace }) => {
        const spec = specOf({ cacher });
        const { place } = await put(workspace, spec, "value");
        const path = fileAt(place, suffix);
        corrupt(path, 2);
        assertEquals(
          await missOf(() => loadArtifact(place, spec)),
          `${JSON.stringify(path)} is not what was written`,
        );
        Deno.removeSync(path);
        assertEquals(await missOf(() => loadArtifact(place, spec)), `${JSON.stringify(path)} is missing`);
      });
    }
  }
});

Deno.test("a commit that comes while a cacher of Cairn's reads is loaded whole", async () => {
  await withWorkspace(async ({ workspace }) => {
    let between: (() => Promise<unknown>) | undefined;
    const cacher = ownCacher<Cacher<string>>({
      ...threefold,
      load: async (artifact) => {
        const main = await decode(artifact);
        await between?.();
        return `${main}+${await decode(artifact, artifact.path("_part.bin"))}`;
      },
    });
    const spec = specOf({ cacher });
    const { place } = await put(workspace, spec, "old", "old");
    between = async () => {
      between = undefined;
      await put(workspace, spec, "new!", "new");
    };
    assertEquals(await loadArtifact(place, spec), "new!+new!");
  });
});

Deno.test("what was made again is not what was wanted", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { place, metadata } = await put(workspace, specOf(), 1);
    await put(workspace, specOf(), 2);
    const message = await missOf(() => loadArtifact(place, specOf(), metadata.digest));
    assertEquals(message, "it was made again, and is another by now");
    assertEquals(await loadArtifact(place, specOf()), 2);
  });
});

Deno.test("what a cacher of the user's reads by it was looked at before, and has its digest taken once", async () => {
  await withWorkspace(async ({ workspace }) => {
    let loads = 0;
    const cacher: Cacher<string> = {
      ...threefold,
      load: (artifact) => {
        loads++;
        return decode(artifact);
      },
    };
    const spec = specOf({ cacher });
    const { place } = await put(workspace, spec, "value");
    const files = ["", "_part.bin", "_more/a.txt"].map((suffix) => fileAt(place, suffix || undefined));
    const seen = await opened(() => loadArtifact(place, spec));
    assertEquals(seen.toSorted(), [...files, files[0]!].map((path) => `read ${path}`).toSorted());
    corrupt(files[0]!);
    await missOf(() => loadArtifact(place, spec));
    assertEquals(loads, 1);
  });
});

Deno.test("an artifact with paths of the user's own choice is read and written there", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const elsewhere = (artifact: Artifact): Artifact => ({
      ...artifact,
      path: () => `${dir}/elsewhere.json`,
    });
    const cacher: Cacher<unknown> = {
      extension: ".txt",
      save: async (value, artifact) => {
        await jsonCacher().save(value, elsewhere(artifact));
        Deno.renameSync(`${dir}/elsewhere.json`, artifact.path());
      },
      load: async (artifact) => {
        Deno.copyFileSync(artifact.path(), `${dir}/elsewhere.json`);
        return await jsonCacher().load(elsewhere(artifact));
      },
    };
    const spec = specOf({ cacher });
    const { place } = await put(workspace, spec, [1, 2]);
    assertEquals(await loadArtifact(place, spec), [1, 2]);
  });
});
