/** Commits: interrupted at any step they leave whole artifacts, old or new, or a miss; never a mixture. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { isMiss } from "../../../core/define/miss.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { writeAdoption } from "../../../core/store/adopt.ts";
import { type Commit, commitAll } from "../../../core/store/commit.ts";
import { loadArtifact } from "../../../core/store/load.ts";
import { lookupArtifact, placeOf } from "../../../core/store/lookup.ts";
import { foreignFile, isThere, pendingMetadataAt, refuseForeign } from "../../../core/store/ownership.ts";
import { setStraysAside } from "../../../core/store/strays.ts";
import { metadataText } from "../../../core/store/metadata.ts";
import { type ArtifactSpec, fileAt, metadataAt } from "../../../core/store/place.ts";
import { describeStageFiles } from "../../../core/store/save.ts";
import { closeStaging, stagingOf, type Workspace } from "../../../core/store/workspace.ts";
import { tree } from "../../helpers/tree.ts";
import { startChild } from "./child.ts";
import { prepare, put, specOf, stateOf, threefold, withWorkspace } from "./fixtures.ts";

class Killed extends Error {}

/** Commits, and is killed at a step: nothing is changed from there on, as by a process that is gone. */
function commitKilled(commits: readonly Commit[], isLast: (step: string) => boolean): boolean {
  const { renameSync, removeSync } = Deno;
  const kill = () => {
    throw new Killed();
  };
  try {
    commitAll(commits, (step) => {
      if (!isLast(step)) return;
      Object.assign(Deno, { renameSync: kill, removeSync: kill });
      kill();
    });
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  } finally {
    Object.assign(Deno, { renameSync, removeSync });
  }
}

/** Two outputs of one stage: both in the cache, both at paths of the user's, or one of each. */
function outputsOf(dir: string, kind: "cache" | "exact" | "mixed"): [ArtifactSpec, ArtifactSpec] {
  const cacherFor = (name: string, exact: boolean) =>
    exact ? atPath(threefold, `${dir}/out/${name}.txt`) : threefold;
  return [
    specOf({ output: "one", cacher: cacherFor("one", kind === "exact") }),
    specOf({ output: "two", cacher: cacherFor("two", kind !== "cache") }),
  ];
}

async function prepareAll(
  workspace: Workspace,
  specs: readonly ArtifactSpec[],
  value: string,
): Promise<Commit[]> {
  const commits: Commit[] = [];
  for (const spec of specs) commits.push(await prepare(workspace, spec, value, value));
  return commits;
}

/** What a reader sees of an artifact: its lookup and what it loads. */
async function seen(workspace: Workspace, spec: ArtifactSpec): Promise<string> {
  const found = await lookupArtifact(workspace, spec);
  if (found.state !== "found") return found.state;
  try {
    const value = await loadArtifact(placeOf(workspace, spec, found.where), spec);
    assertEquals(value, found.execution, "the value is that of the execution");
    return String(value);
  } catch (error) {
    if (isMiss(error)) return "miss";
    throw error;
  }
}

for (const kind of ["cache", "exact", "mixed"] as const) {
  for (const before of [undefined, "old"]) {
    Deno.test(`a commit killed at any step: ${kind}, ${before === undefined ? "nothing there" : "over old"}`, async () => {
      const steps: string[] = [];
      await withWorkspace(async ({ workspace, dir }) => {
        const specs = outputsOf(dir, kind);
        if (before !== undefined) commitAll(await prepareAll(workspace, specs, before));
        commitAll(await prepareAll(workspace, specs, "new"), (name) => steps.push(name));
        assertEquals([await seen(workspace, specs[0]), await seen(workspace, specs[1])], ["new", "new"]);
      });
      assertEquals(steps.at(-1), "all is committed");
      for (let at = 0; at < steps.length; at++) {
        await withWorkspace(async ({ workspace, dir }) => {
          const where = `killed at step ${at}, ${steps[at]}`;
          const specs = outputsOf(dir, kind);
          if (before !== undefined) commitAll(await prepareAll(workspace, specs, before));
          const commits = await prepareAll(workspace, specs, "new");
          let count = 0;
          assert(commitKilled(commits, () => count++ === at));
          closeStaging(workspace);

          const found = [await seen(workspace, specs[0]), await seen(workspace, specs[1])];
          for (const each of found) {
            assert(["missing", "damaged", "miss", "old", "new"].includes(each), `${where}: ${each}`);
          }
          const whole = found.filter((each) => each === "old" || each === "new");
          assert(new Set(whole).size < 2, `${where}: a mixture, ${found}`);

          // The next run goes on as if nothing had been: nothing of ours is taken for a file of the user's.
          const again = await prepareAll(workspace, specs, "again");
          for (const { exact, place, saved } of again) {
            if (exact) refuseForeign(place, saved.files, "overwrite the stage");
          }
          assertEquals(setStraysAside(again), undefined, where);
          commitAll(again);
          assertEquals(
            [await seen(workspace, specs[0]), await seen(workspace, specs[1])],
            ["again", "again"],
            where,
          );
          for (const { place } of again) {
            assertEquals(tree(place.dir).filter((name) => name.includes("pending")), []);
          }
        });
      }
    });
  }
}

Deno.test("killed between two files, at a path of the user's, it is a miss and none of theirs", async () => {
  for (const before of [undefined, "old"]) {
    for (const moved of [1, 2]) {
      await withWorkspace(async ({ workspace, dir }) => {
        const [spec] = outputsOf(dir, "exact");
        if (before !== undefined) await put(workspace, spec, before, before);
        const commit = await prepare(workspace, spec, "new", "new");
        let count = 0;
        assert(commitKilled([commit], (step) => step === "move file" && count++ === moved));
        closeStaging(workspace);
        const where = `${moved} moved over ${before}`;
        assertEquals(await seen(workspace, spec), "missing", where);
        const again = await prepare(workspace, spec, "again", "again");
        refuseForeign(again.place, again.saved.files, "overwrite the stage");
        commitAll([again]);
        assertEquals(await seen(workspace, spec), "again", where);
      });
    }
  }
});

Deno.test("killed at any step, what a stage wrote by itself is none of the user's: over old folders, and none in the new", async () => {
  const kinds = [threefold, { ...jsonCacher<string>(), extension: ".txt" }];
  const make = async (workspace: Workspace, of: number, value: string): Promise<Commit> => {
    const commit = await prepare(workspace, specOf({ cacher: kinds[of]! }), value, value);
    Deno.mkdirSync(commit.saved.place.files, { recursive: true });
    Deno.writeTextFileSync(`${commit.saved.place.files}/${value}.txt`, value);
    return {
      ...commit,
      metadata: {
        ...commit.metadata,
        files: [...commit.saved.files, ...describeStageFiles(commit.saved.place)],
      },
    };
  };
  for (const [before, after] of [[0, 1], [1, 0], [1, 1]] as const) {
    let [at, isKilled] = [0, true];
    for (; isKilled && at < 50; at++) {
      await withWorkspace(async ({ workspace }) => {
        commitAll([await make(workspace, before, "old")]);
        let count = 0;
        const commit = await make(workspace, after, "new");
        isKilled = commitKilled([commit], () => count++ === at);
        closeStaging(workspace);
        assertEquals(
          setStraysAside([await make(workspace, after, "new")]),
          undefined,
          `${before}${after} at step ${at}`,
        );
      });
    }
    assert(at > 5 && !isKilled);
  }
});

Deno.test("in the cache old metadata goes first, and new metadata comes last", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({ cacher: threefold });
    const { place } = await put(workspace, spec, "old", "old");
    const there: Record<string, boolean[]> = {};
    const look = (step: string) => there[step] ??= [metadataAt(place), fileAt(place)].map(isThere);
    commitAll([await prepare(workspace, spec, "new", "new")], look);
    assertEquals(there, {
      "write metadata": [true, true],
      "write pending metadata": [true, true],
      "remove old metadata": [true, true],
      "remove old file": [false, true],
      "move file": [false, false],
      "move metadata": [false, true],
      "remove pending metadata": [true, true],
      "all is committed": [true, true],
    });
  });
});

Deno.test("files of the old artifact that the new one lacks are gone", async () => {
  for (const exact of [false, true]) {
    await withWorkspace(async ({ workspace, dir }) => {
      const place = (cacher: ArtifactSpec["cacher"]) => exact ? atPath(cacher, `${dir}/out/a.txt`) : cacher;
      await put(workspace, specOf({ cacher: place(threefold) }), "old");
      const plain = {
        ...threefold,
        save: (_: string, artifact: { path(): string }) => Deno.writeTextFileSync(artifact.path(), "x"),
      };
      const { place: { dir: folder, base } } = await put(workspace, specOf({ cacher: place(plain) }), "new");
      assertEquals(tree(folder).filter((name) => name.startsWith(base)), [
        `${base}.txt`,
        `${base}_metadata.json`,
      ]);
    });
  }
});

Deno.test("a folder in the place of an old file, and the other way round", async () => {
  for (const exact of [false, true]) {
    await withWorkspace(async ({ workspace, dir }) => {
      const asFile = {
        ...threefold,
        save: (value: string, artifact: { path(suffix?: string): string }) => {
          Deno.writeTextFileSync(artifact.path(), value);
          Deno.writeTextFileSync(artifact.path("_more"), value);
        },
        load: (artifact: { path(suffix?: string): string }) => Deno.readTextFileSync(artifact.path("_more")),
      };
      const place = (cacher: ArtifactSpec["cacher"]) =>
        specOf({ cacher: exact ? atPath(cacher, `${dir}/out/a.txt`) : cacher });
      await put(workspace, place(threefold), "one", "one");
      await put(workspace, place(asFile), "two", "two");
      assertEquals(await seen(workspace, place(asFile)), "two");
      await put(workspace, place(threefold), "three", "three");
      assertEquals(await seen(workspace, place(threefold)), "three");
    });
  }
});

Deno.test("a damaged old artifact is replaced whole", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({ cacher: threefold });
    const { place } = await put(workspace, spec, "old", "old");
    Deno.writeTextFileSync(metadataAt(place), "damaged");
    Deno.removeSync(fileAt(place));
    Deno.mkdirSync(fileAt(place));
    Deno.writeTextFileSync(`${fileAt(place)}/x`, "");
    assertEquals(await stateOf(workspace, spec), "damaged");
    await put(workspace, spec, "new", "new");
    assertEquals(await seen(workspace, spec), "new");
  });
});

Deno.test("metadata that is there without its files is no artifact", async () => {
  await withWorkspace(async ({ workspace }) => {
    const commit = await prepare(workspace, specOf(), 1);
    Deno.mkdirSync(commit.place.dir, { recursive: true });
    Deno.writeTextFileSync(metadataAt(commit.place), metadataText(commit.metadata));
    assertEquals(await stateOf(workspace, specOf()), "damaged");
  });
});

Deno.test("a process killed while it commits leaves a whole artifact or a miss, and staging that is cleared", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const child = startChild("commit", `${dir}/data`);
    try {
      assertEquals(await child.said, "committing");
    } finally {
      await child.kill();
    }
    const spec = specOf({ cacher: threefold });
    const found = await seen(workspace, spec);
    assert(/^(value-\d+|missing|damaged|miss)$/.test(found), found);
    await put(workspace, spec, "next", "next");
    assertEquals(await seen(workspace, spec), "next");
    closeStaging(workspace);
    assertEquals(tree(`${workspace.cache}/.cairn/staging`), []);
  });
});

// ---- What is the user's ----

const exactSpec = (dir: string) => specOf({ cacher: atPath(jsonCacher(), `${dir}/raw/a.json`) });

Deno.test("a file that Cairn did not write is refused, and left as it is", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = exactSpec(dir);
    Deno.mkdirSync(`${dir}/raw`);
    Deno.writeTextFileSync(`${dir}/raw/a.json`, "mine");
    assertEquals(await stateOf(workspace, spec), "foreign");
    const { place, saved } = await prepare(workspace, spec, 1);
    const { message } = assertThrows(() => refuseForeign(place, saved.files, "overwrite the stage"), Error);
    assert(message.includes(JSON.stringify(`${dir}/raw/a.json`)), message);
    assert(message.includes("Cairn did not write") && message.includes("overwrite the stage"), message);
    assertEquals(Deno.readTextFileSync(`${dir}/raw/a.json`), "mine");
  });
});

Deno.test("a broken link and a folder are the user's too", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { place, saved } = await prepare(workspace, exactSpec(dir), 1);
    Deno.mkdirSync(`${dir}/raw`);
    Deno.symlinkSync(`${dir}/nowhere`, `${dir}/raw/a.json`);
    assertThrows(
      () => refuseForeign(place, saved.files, "overwrite the stage"),
      Error,
      "Cairn did not write",
    );
    assertEquals(await stateOf(workspace, exactSpec(dir)), "foreign");
    Deno.removeSync(`${dir}/raw/a.json`);
    Deno.mkdirSync(`${dir}/raw/a.json`);
    assertThrows(
      () => refuseForeign(place, saved.files, "overwrite the stage"),
      Error,
      "Cairn did not write",
    );
  });
});

Deno.test("a file that was edited since is refused; one that was only touched is ours", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = exactSpec(dir);
    const { place, saved } = await put(workspace, spec, 1);
    refuseForeign(place, saved.files, "overwrite the stage");
    Deno.utimeSync(fileAt(place), 5, 5);
    refuseForeign(place, saved.files, "overwrite the stage");
    assertEquals(await stateOf(workspace, spec), "found");
    Deno.writeTextFileSync(fileAt(place), "2\n");
    Deno.utimeSync(fileAt(place), 5, 5);
    assertThrows(() => refuseForeign(place, saved.files, "overwrite the stage"), Error, "was changed since");
    assertEquals(await stateOf(workspace, spec), "foreign");
    Deno.removeSync(fileAt(place));
    assertEquals(await stateOf(workspace, spec), "damaged");
    refuseForeign(place, saved.files, "overwrite the stage");
  });
});

Deno.test("a file that was adopted is the user's", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    Deno.mkdirSync(`${dir}/raw`);
    Deno.writeTextFileSync(`${dir}/raw/a.json`, "1");
    const { place, saved } = await prepare(workspace, exactSpec(dir), 2);
    writeAdoption(place, exactSpec(dir), stagingOf(workspace));
    assertThrows(
      () => refuseForeign(place, saved.files, "overwrite the stage"),
      Error,
      "Cairn did not write",
    );
    assertEquals(await stateOf(workspace, exactSpec(dir)), "foreign");
  });
});

Deno.test("a file whose metadata was lost or damaged is refused", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { place, saved } = await put(workspace, exactSpec(dir), 1);
    Deno.writeTextFileSync(metadataAt(place), "{}");
    assertThrows(() => refuseForeign(place, saved.files, "overwrite the stage"));
    assertEquals(await stateOf(workspace, exactSpec(dir)), "foreign");
    Deno.removeSync(metadataAt(place));
    assertThrows(
      () => refuseForeign(place, saved.files, "overwrite the stage"),
      Error,
      "Cairn did not write",
    );
    assertEquals(await stateOf(workspace, exactSpec(dir)), "foreign");
  });
});

for (const step of ["move file", "move metadata"]) {
  Deno.test(`what the user puts there after a commit was interrupted at "${step}" is theirs`, async () => {
    await withWorkspace(async ({ workspace, dir }) => {
      const spec = exactSpec(dir);
      const commit = await prepare(workspace, spec, 1);
      assert(commitKilled([commit], (name) => name === step));
      assert(tree(`${dir}/raw`).includes(".a_metadata.json.pending"));
      Deno.writeTextFileSync(`${dir}/raw/a.json`, "the work of a week");
      assertEquals(await stateOf(workspace, spec), "foreign");
      closeStaging(workspace);
      const { place, saved } = await prepare(workspace, spec, 2);
      assertThrows(
        () => refuseForeign(place, saved.files, "overwrite the stage"),
        Error,
        "Cairn did not write",
      );
    });
  });
}

Deno.test("a pending commit that was left over does not make an edited file ours", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const spec = exactSpec(dir);
    const { place, metadata, saved } = await put(workspace, spec, 1);
    Deno.writeTextFileSync(pendingMetadataAt(place), metadataText(metadata)); // killed before it was removed
    assertEquals(await seen(workspace, spec).catch(() => "found"), "found");
    Deno.writeTextFileSync(fileAt(place), "mine now");
    assertThrows(() => refuseForeign(place, saved.files, "overwrite the stage"), Error, "was changed since");
  });
});

Deno.test("two artifacts that differ in their extension alone have one metadata file: the second is refused", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    await put(workspace, exactSpec(dir), 1);
    const spec = specOf({ output: "table", cacher: atPath(threefold, `${dir}/raw/a.txt`) });
    const { place, saved } = await prepare(workspace, spec, "x");
    const { message } = assertThrows(() => refuseForeign(place, saved.files, "overwrite the stage"), Error);
    assert(message.includes("a.json") && message.includes("extension"), message);
  });
});

Deno.test("killed twice, with another value each time: what lies there is ours all the same", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const [spec] = outputsOf(dir, "exact");
    await put(workspace, spec, "old", "old");
    for (const value of ["one", "two"]) {
      let count = 0;
      const commit = await prepare(workspace, spec, value, value);
      refuseForeign(commit.place, commit.saved.files, "overwrite the stage");
      assert(commitKilled([commit], (step) => step === "move file" && count++ === (value === "one" ? 2 : 0)));
      closeStaging(workspace);
    }
    assertEquals(await stateOf(workspace, spec), "missing");
    const again = await prepare(workspace, spec, "again", "again");
    refuseForeign(again.place, again.saved.files, "overwrite the stage");
    commitAll([again]);
    assertEquals(await seen(workspace, spec), "again");
  });
});

Deno.test("an old artifact that may not be set aside is named by its own file", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { place } = await put(workspace, specOf(), "old", "old");
    const commit = await prepare(workspace, specOf(), "new", "new");
    const { renameSync } = Deno;
    Deno.renameSync = (from, to) => {
      const text = `Permission denied (os error 13): rename '${from}' -> '${to}'`;
      throw Object.assign(new Deno.errors.PermissionDenied(text), { code: "EACCES" });
    };
    try {
      const message =
        `Cannot replace "${metadataAt(place)}": permission is denied; change who may use it, or name ` +
        "another folder with --dir or --cache";
      assertThrows(() => commitAll([commit]), Error, message);
    } finally {
      Deno.renameSync = renameSync;
    }
  });
});

Deno.test("a commit that the file system refuses half-way puts back what was there", async () => {
  for (const at of ["renameSync", "removeSync"] as const) {
    for (let nth = 0; nth < 12; nth++) {
      await withWorkspace(async ({ workspace }) => {
        const specs = [
          specOf({ cacher: threefold, output: "one" }),
          specOf({ cacher: threefold, output: "two" }),
        ];
        for (const spec of specs) await put(workspace, spec, "old", "old");
        const commits = [];
        for (const spec of specs) commits.push(await prepare(workspace, spec, "new", "new"));
        const real = Deno[at];
        let calls = 0;
        // deno-lint-ignore no-explicit-any -- one function in the place of another
        (Deno as any)[at] = (...args: any[]) => {
          if (calls++ !== nth) return (real as (...args: unknown[]) => void)(...args);
          throw Object.assign(new Deno.errors.PermissionDenied("no"), { code: "EACCES" });
        };
        let isRefused = false;
        try {
          commitAll(commits);
        } catch (error) {
          if (!(error instanceof Error && "code" in error && error.code === "EACCES")) throw error;
          isRefused = true;
        } finally {
          Object.assign(Deno, { [at]: real });
        }
        const wanted = isRefused ? "old" : "new";
        for (const spec of specs) assertEquals(await seen(workspace, spec), wanted, `${at}, call ${nth}`);
      });
    }
  }
});

Deno.test("a commit that whoever is told of its steps throws out of puts back what was there", async () => {
  let isThrown = true;
  for (let nth = 0; isThrown && nth < 50; nth++) {
    await withWorkspace(async ({ workspace }) => {
      const specs = [
        specOf({ cacher: threefold, output: "one" }),
        specOf({ cacher: threefold, output: "two" }),
      ];
      for (const spec of specs) await put(workspace, spec, "old", "old");
      const commits = await prepareAll(workspace, specs, "new");
      let count = 0;
      isThrown = false;
      try {
        commitAll(commits, (step) => {
          if (count++ !== nth || step === "all is committed") return;
          isThrown = true;
          throw new TypeError("of the user's");
        });
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      for (const spec of specs) {
        assertEquals(await seen(workspace, spec), isThrown ? "old" : "new", `step ${nth}`);
      }
      closeStaging(workspace);
      assertEquals(tree(workspace.cache).filter((name) => /pending|replaced/.test(name)), []);
    });
  }
  assertEquals(isThrown, false);
});

Deno.test("who looks whose files they are while somebody commits sees no user's files", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const [spec] = outputsOf(dir, "exact");
    const { place } = await put(workspace, spec, "old", "old");
    const next = await prepare(workspace, spec, "new", "new");
    const { lstatSync } = Deno;
    // A process that commits comes between what is known of the files and the first look at one of them.
    Deno.lstatSync = (path) => {
      if (path !== fileAt(place)) return lstatSync(path);
      Deno.lstatSync = lstatSync;
      commitAll([next]);
      return lstatSync(path);
    };
    try {
      assertEquals(foreignFile(place), undefined);
    } finally {
      Deno.lstatSync = lstatSync;
    }
    assertEquals(await seen(workspace, spec), "new");
  });
});
