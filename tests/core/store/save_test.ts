/** Saving into staging: what a cacher wrote is tracked whole. */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import type { AnyCacher, Artifact } from "../../../core/define/cacher.ts";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { loadArtifact } from "../../../core/store/load.ts";
import { artifactToLoad, artifactToSave } from "../../../core/store/artifact.ts";
import { type ArtifactSpec, placeBelow } from "../../../core/store/place.ts";
import { digestOf, saveValue } from "../../../core/store/save.ts";
import { stagingOf } from "../../../core/store/workspace.ts";
import { tree } from "../../helpers/tree.ts";
import { prepare, put, specOf, stateOf, threefold, withWorkspace } from "./fixtures.ts";

Deno.test("files and folders are entries by what follows the artifact's name", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { saved } = await prepare(workspace, specOf({ cacher: threefold }), "v");
    assertEquals(saved.files.map(({ path }) => path).sort(), [
      ".txt",
      "_more/",
      "_more/deep/",
      "_more/deep/v.txt",
      "_part.bin",
    ]);
    assertEquals(saved.extra, { value: "v" });
  });
});

const shapes: readonly (readonly [string, AnyCacher])[] = [
  ["a folder by its bare name", {
    extension: "",
    save: (value, artifact) => Deno.writeTextFileSync(`${artifact.dir()}/a.txt`, value),
    load: (artifact) => Deno.readTextFileSync(`${artifact.dir()}/a.txt`),
  }],
  ["a file, and a folder by its bare name", {
    extension: ".txt",
    save: (value, artifact) => {
      Deno.writeTextFileSync(artifact.path(), value);
      Deno.mkdirSync(`${artifact.dir()}/empty`);
    },
    load: (artifact) => {
      assert(Deno.statSync(`${artifact.dir()}/empty`).isDirectory);
      return Deno.readTextFileSync(artifact.path());
    },
  }],
  ["an empty folder", {
    extension: "",
    save: (_, artifact) => void artifact.dir("_empty"),
    load: (artifact) => Deno.statSync(artifact.dir("_empty")).isDirectory ? "value" : "",
  }],
  ["a file with no extension", {
    extension: "",
    save: (value, artifact) => Deno.writeTextFileSync(artifact.path(), value),
    load: (artifact) => Deno.readTextFileSync(artifact.path()),
  }],
  ["nothing at its main path", {
    extension: ".txt",
    save: (value, artifact) => Deno.writeTextFileSync(artifact.path("_only.bin"), value),
    load: (artifact) => Deno.readTextFileSync(artifact.path("_only.bin")),
  }],
  ["a folder with odd names", {
    extension: "",
    save: (value, artifact) => Deno.writeTextFileSync(`${artifact.dir("_m")}/a..b ü "c"`, value),
    load: (artifact) => Deno.readTextFileSync(`${artifact.dir("_m")}/a..b ü "c"`),
  }],
  ["later", {
    extension: ".txt",
    save: async (value, artifact) => {
      await Promise.resolve();
      await Deno.writeTextFile(artifact.path(), value);
    },
    load: async (artifact) => await Deno.readTextFile(artifact.path()),
  }],
];
for (const [name, cacher] of shapes) {
  Deno.test(`a cacher may write ${name}`, async () => {
    await withWorkspace(async ({ workspace }) => {
      const spec = specOf({ cacher });
      const { place } = await put(workspace, spec, "value");
      assertEquals(await stateOf(workspace, spec), "found");
      assertEquals(await loadArtifact(place, spec), "value");
    });
  });
}

Deno.test("the same value gives the same digest, and another another", async () => {
  await withWorkspace(async ({ workspace }) => {
    const digest = async (value: string, output: string) =>
      digestOf((await prepare(workspace, specOf({ cacher: threefold, output }), value)).saved);
    assertEquals(await digest("v", "a"), await digest("v", "b"));
    assert(await digest("v", "c") !== await digest("w", "d"));
  });
});

Deno.test("a cacher that writes nothing, or what JSON can't hold, is refused", async () => {
  await withWorkspace(async ({ workspace }) => {
    const saving = (save: (value: unknown, artifact: Artifact) => void) =>
      prepare(workspace, specOf({ cacher: { ...jsonCacher(), save } }), 1);
    const { message } = await assertRejects(() => saving(() => {}), Error, "wrote nothing");
    assert(message.includes("the value") && message.includes("artifact.path()"), message);
    await assertRejects(
      () =>
        saving((_, artifact) => {
          Deno.writeTextFileSync(artifact.path(), "x");
          artifact.extra.when = new Date(0);
        }),
      TypeError,
      "artifact.extra of the value: $.when is an instance of Date",
    );
    await assertRejects(
      () =>
        saving(() => {
          throw new RangeError("too large");
        }),
      RangeError,
      "too large",
    );
  });
});

Deno.test("a suffix that leads elsewhere, or to the metadata, is refused", async () => {
  await withWorkspace(({ workspace, dir }) => {
    const artifact = artifactToSave(placeBelow(`${dir}/staging`, specOf()), 'output "model"', new Set());
    for (const suffix of ["/x", "/../x", "a/b", "..", "_metadata.json", 1 as never]) {
      assertThrows(() => artifact.path(suffix), TypeError, 'a suffix for output "model"');
      assertThrows(() => artifact.dir(suffix), TypeError, 'a suffix for output "model"');
    }
    assertEquals([...artifact.handed], []);
    assertEquals(tree(`${workspace.cache}`), []);
  });
});

Deno.test("extra that load changes is of that load alone", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { metadata, place } = await prepare(workspace, specOf({ cacher: threefold }), "v");
    const artifact = artifactToLoad(place, metadata);
    artifact.extra.value = "other";
    assertEquals(metadata.extra, { value: "v" });
  });
});

Deno.test("two outputs that write to one file are told so, not that a file is missing", async () => {
  await withWorkspace(async ({ workspace }) => {
    const sharing: AnyCacher = {
      ...threefold,
      save: (value, artifact) => {
        Deno.writeTextFileSync(artifact.path(), value);
        Deno.writeTextFileSync(artifact.path("_b.json"), value);
      },
    };
    const taken = new Set<string>();
    const save = async (spec: ArtifactSpec, value: unknown) => {
      const place = placeBelow(stagingOf(workspace), spec);
      await saveValue(place, spec.cacher, value, `output "${spec.output}"`, taken);
    };
    await save(specOf({ output: "a", cacher: sharing }), "x");
    const message = /^Cannot save output "a_b" to ".*_a_b.json": another output of its stage lies there$/;
    assertMatch((await assertRejects(() => save(specOf({ output: "a_b" }), 1), Error)).message, message);
  });
});
