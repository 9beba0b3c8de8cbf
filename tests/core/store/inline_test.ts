/** Cachers used inline: `saveAs`, `loadFrom`, `readMetadata`. */
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { textCacher } from "../../../cachers/text_cacher.ts";
import { gzipped } from "../../../core/define/combinators/gzipped.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import { miss } from "../../../core/define/miss.ts";
import { loadFrom, readMetadata, saveAs } from "../../../core/store/inline.ts";
import { counting } from "../../helpers/counting.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";
import { tree } from "../../helpers/tree.ts";
import { corrupt, put, specOf, threefold, withWorkspace } from "./fixtures.ts";

Deno.test("a value comes back, its metadata beside it and nothing else", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/some/deep/metrics.json`;
    await saveAs(path, jsonCacher(), { accuracy: 0.9 });
    assertEquals(tree(dir), [
      "some/",
      "some/deep/",
      "some/deep/metrics.json",
      "some/deep/metrics_metadata.json",
    ]);
    assertEquals(await loadFrom(path, jsonCacher()), { accuracy: 0.9 });
    const metadata = await readMetadata(path);
    assertEquals(
      [metadata.artifact, metadata.stage, metadata.record, metadata.recipeKey, metadata.cacher],
      ["metrics.json", null, null, null, { kind: "json", extension: ".json" }],
    );
    assertEquals(metadata.files.map((file) => file.path), [".json"]);
    assertEquals(JSON.parse(Deno.readTextFileSync(path)), { accuracy: 0.9 });
  });
});

Deno.test("several files, folders and extra come back", async () => {
  await withTempDir(async (dir) => {
    await saveAs(`${dir}/a.txt`, threefold, "v");
    assertEquals(tree(dir), [
      "a.txt",
      "a_metadata.json",
      "a_more/",
      "a_more/deep/",
      "a_more/deep/v.txt",
      "a_part.bin",
    ]);
    assertEquals((await readMetadata(`${dir}/a.txt`)).extra, { value: "v" });
    assertEquals(await loadFrom(`${dir}/a.txt`, threefold), "v");
  });
});

Deno.test("a cacher that keeps all in a folder works inline", async () => {
  await withTempDir(async (dir) => {
    const cacher = {
      extension: "",
      save: (value: string, artifact: { dir(): string }) =>
        Deno.writeTextFileSync(`${artifact.dir()}/in.txt`, value),
      load: (artifact: { dir(): string }) => Deno.readTextFileSync(`${artifact.dir()}/in.txt`),
    };
    await saveAs(`${dir}/model`, cacher, "v");
    assertEquals(await loadFrom(`${dir}/model`, cacher), "v");
  });
});

for (const name of ["a.json.gz", "a.b.json.gz", ".json.gz", "a"]) {
  Deno.test(`metadata of ${name} is found without its cacher`, async () => {
    await withTempDir(async (dir) => {
      const cacher = gzipped(jsonCacher<number>());
      await saveAs(`${dir}/${name}`, cacher, 1);
      assertEquals((await readMetadata(`${dir}/${name}`)).artifact, name);
      assertEquals(await loadFrom(`${dir}/${name}`, cacher), 1);
    });
  });
}

Deno.test("placement does not count", async () => {
  await withTempDir(async (dir) => {
    await saveAs(`${dir}/a.json`, withSubdir(jsonCacher(), "models"), 1);
    assertEquals(tree(dir), ["a.json", "a_metadata.json"]);
  });
});

Deno.test("a file with no metadata is loaded as it is", async () => {
  await withTempDir(async (dir) => {
    Deno.writeTextFileSync(`${dir}/a.json`, "[1]");
    assertEquals(await loadFrom(`${dir}/a.json`, jsonCacher()), [1]);
    await assertRejects(() => readMetadata(`${dir}/a.json`), Deno.errors.NotFound, "a_metadata.json");
  });
});

Deno.test("what is not there is said so", async () => {
  await withTempDir(async (dir) => {
    await assertRejects(() => loadFrom(`${dir}/a.json`, jsonCacher()), Deno.errors.NotFound, `${dir}/a.json`);
    await assertRejects(() => readMetadata(`${dir}/a.json`), Deno.errors.NotFound, `${dir}/a.json`);
    await saveAs(`${dir}/a.json`, jsonCacher(), 1);
    Deno.removeSync(`${dir}/a.json`);
    await assertRejects(() => loadFrom(`${dir}/a.json`, jsonCacher()), Error, "is missing");
  });
});

Deno.test("a byte that changed behind the times is an error, not a value", async () => {
  await withTempDir(async (dir) => {
    const ofOnesOwn = counting({ ...textCacher(), load: (artifact) => textCacher().load(artifact) });
    await saveAs(`${dir}/a.txt`, ofOnesOwn, "hello");
    const before = ofOnesOwn.counts.load; // it was read back
    corrupt(`${dir}/a.txt`);
    for (const cacher of [textCacher(), ofOnesOwn]) {
      const { message } = await assertRejects(() => loadFrom(`${dir}/a.txt`, cacher), Error);
      assert(message.includes(`${dir}/a.txt`) && message.includes("not what was written"), message);
    }
    assertEquals(ofOnesOwn.counts.load, before);
    corrupt(`${dir}/a.txt`);
    corrupt(`${dir}/a_metadata.json`, 30);
    await assertRejects(() => loadFrom(`${dir}/a.txt`, textCacher()), Error, "a_metadata.json");
    await assertRejects(() => readMetadata(`${dir}/a.txt`), Error, "a_metadata.json");
  });
});

Deno.test("a cacher's miss is an error with its reason; another error passes", async () => {
  await withTempDir(async (dir) => {
    await saveAs(`${dir}/a.json`, jsonCacher(), 1);
    const failing = (error: Error) => ({ ...jsonCacher(), load: () => Promise.reject(error) });
    await assertRejects(() => loadFrom(`${dir}/a.json`, failing(miss("too old"))), Error, "too old");
    const error = new RangeError("x");
    assertStrictEquals(await assertRejects(() => loadFrom(`${dir}/a.json`, failing(error))), error);
  });
});

Deno.test("what was saved is replaced by the next, and by a larger or smaller one", async () => {
  await withTempDir(async (dir) => {
    for (const value of ["v", "a longer value", "w"]) {
      await saveAs(`${dir}/a.txt`, threefold, value);
      assertEquals(await loadFrom(`${dir}/a.txt`, threefold), value);
    }
    assertEquals(tree(dir).length, 6);
  });
});

Deno.test("a foreign file, an edited one and damaged metadata are refused, unless overwrite is given", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/a.json`;
    Deno.writeTextFileSync(path, "mine");
    await assertRejects(() => saveAs(path, jsonCacher(), 1), Error, "Cairn did not write");
    assertEquals([tree(dir), Deno.readTextFileSync(path)], [["a.json"], "mine"]);

    await saveAs(path, jsonCacher(), 1, { overwrite: true });
    assertEquals(await loadFrom(path, jsonCacher()), 1);

    Deno.writeTextFileSync(path, "edited");
    await assertRejects(() => saveAs(path, jsonCacher(), 2), Error, "was changed since");
    assertEquals(Deno.readTextFileSync(path), "edited");
    await saveAs(path, jsonCacher(), 2, { overwrite: true });

    Deno.writeTextFileSync(`${dir}/a_metadata.json`, "{}");
    await assertRejects(() => saveAs(path, jsonCacher(), 3));
    assertEquals([Deno.readTextFileSync(path), Deno.readTextFileSync(`${dir}/a_metadata.json`)], [
      "2\n",
      "{}",
    ]);
    await saveAs(path, jsonCacher(), 3, { overwrite: true });
    assertEquals(await loadFrom(path, jsonCacher()), 3);
    assertEquals(tree(dir), ["a.json", "a_metadata.json"]);
  });
});

Deno.test("a refusal says what to do where there is no stage", async () => {
  await withTempDir(async (dir) => {
    Deno.writeTextFileSync(`${dir}/a.json`, "mine");
    const { message } = await assertRejects(() => saveAs(`${dir}/a.json`, jsonCacher(), 1), Error);
    assert(!message.includes("overwrite the stage"), message);
  });
});

Deno.test("any of its files may be the user's", async () => {
  await withTempDir(async (dir) => {
    Deno.writeTextFileSync(`${dir}/a_part.bin`, "mine");
    await assertRejects(() => saveAs(`${dir}/a.txt`, threefold, "v"), Error, "a_part.bin");
    assertEquals(tree(dir), ["a_part.bin"]);
    Deno.removeSync(`${dir}/a_part.bin`);
    Deno.mkdirSync(`${dir}/a_more`);
    Deno.writeTextFileSync(`${dir}/a_more/mine`, "mine");
    await assertRejects(() => saveAs(`${dir}/a.txt`, threefold, "v"), Error, "a_more");
    assertEquals(tree(dir), ["a_more/", "a_more/mine"]);
  });
});

Deno.test("a file of the user's in a folder of the artifact is not lost with the next save", async () => {
  await withTempDir(async (dir) => {
    await saveAs(`${dir}/a.txt`, threefold, "v");
    Deno.writeTextFileSync(`${dir}/a_more/notes.txt`, "mine");
    await saveAs(`${dir}/a.txt`, threefold, "w").catch(() => {});
    assertEquals(Deno.readTextFileSync(`${dir}/a_more/notes.txt`), "mine");
  });
});

Deno.test("two files that differ in their extension alone share a metadata file: the second is refused", async () => {
  await withTempDir(async (dir) => {
    await saveAs(`${dir}/a.json`, jsonCacher(), 1);
    const { message } = await assertRejects(() => saveAs(`${dir}/a.txt`, textCacher(), "x"), Error);
    assert(message.includes('"a.json"') && message.includes("differs in more than its extension"), message);
    assertEquals(tree(dir), ["a.json", "a_metadata.json"]);
    assertEquals(await loadFrom(`${dir}/a.json`, jsonCacher()), 1);
    // A neighbour that Cairn did not write has no metadata, rather than that of the first.
    Deno.writeTextFileSync(`${dir}/a.txt`, "x");
    assertEquals(await loadFrom(`${dir}/a.txt`, textCacher()), "x");
    await assertRejects(() => readMetadata(`${dir}/a.txt`), Deno.errors.NotFound);
  });
});

Deno.test("a stage's artifact has no metadata to lend to a neighbour", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { place } = await put(workspace, specOf(), 1);
    const own = `${place.dir}/${place.base}.json`;
    assertEquals((await readMetadata(own)).stage, "fit");
    assertEquals(await loadFrom(own, jsonCacher()), 1);
    const neighbour = `${place.dir}/${place.base}.txt`;
    Deno.writeTextFileSync(neighbour, "x");
    await assertRejects(() => readMetadata(neighbour), Deno.errors.NotFound);
  });
});

Deno.test("a save that fails leaves what was there, and nothing more", async () => {
  await withTempDir(async (dir) => {
    await saveAs(`${dir}/a.json`, jsonCacher(), 1);
    await assertRejects(() => saveAs(`${dir}/a.json`, jsonCacher(), NaN), TypeError, "$ is NaN");
    await assertRejects(
      () => saveAs(`${dir}/a.json`, { ...jsonCacher(), save: () => {} }, 2),
      Error,
      "wrote nothing",
    );
    assertEquals(tree(dir), ["a.json", "a_metadata.json"]);
    assertEquals(await loadFrom(`${dir}/a.json`, jsonCacher()), 1);
  });
});

Deno.test("the same value twice gives the same bytes", async () => {
  await withTempDir(async (dir) => {
    await saveAs(`${dir}/a.txt`, threefold, "v");
    await saveAs(`${dir}/b.txt`, threefold, "v");
    assertEquals((await readMetadata(`${dir}/a.txt`)).digest, (await readMetadata(`${dir}/b.txt`)).digest);
  });
});

Deno.test("a cacher of one's own that misbehaves: nothing is written, and the path is named", async () => {
  await withTempDir(async (dir) => {
    const good: Cacher<string> = {
      extension: ".txt",
      save: (value, artifact) => Deno.writeTextFile(artifact.path(), value),
      load: (artifact) => Deno.readTextFile(artifact.path()),
    };
    const path = `${dir}/note.txt`;
    const other = { ...good, load: () => "something else" };
    await assertRejects(() => saveAs(path, other, "a note"), Error, "loads something else than it saved");
    const astray: Cacher<string> = {
      ...good,
      save: async (value, artifact) => {
        await good.save(value, artifact);
        await Deno.writeTextFile(`${artifact.path()}.bak`, value);
      },
    };
    const { message } = await assertRejects(
      () => saveAs(path, astray, "a note"),
      Error,
      "no part of the artifact",
    );
    assert(message.includes(JSON.stringify(path)), message);
    assertEquals([...Deno.readDirSync(dir)], []);
    await saveAs(path, good, "a note");
    assertEquals(await loadFrom(path, good), "a note");
  });
});

Deno.test("a file where a folder should be is told by the path, and what to do", () =>
  withTempDir(async (dir) => {
    Deno.writeTextFileSync(`${dir}/file`, "");
    await assertRejects(
      () => saveAs(`${dir}/file/a.json`, jsonCacher(), 1),
      Error,
      `Cannot make the folder "${dir}/file": "${dir}/file" is no folder, and one is wanted there; move it away`,
    );
  }));
