/** A path that the user chose, and several that write there at once. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { tryLock } from "../../../core/store/disk/locks.ts";
import { loadFrom, saveAs } from "../../../core/store/inline.ts";
import { pendingMetadataAt } from "../../../core/store/ownership.ts";
import { pathLockAt, underPathLocks } from "../../../core/store/path_locks.ts";
import type { Place } from "../../../core/store/place.ts";
import { tree } from "../../helpers/tree.ts";
import { until } from "../cli/helpers.ts";
import { threefold } from "../store/fixtures.ts";
import { experiment, stage, testIn } from "./helpers.ts";

const CHILD = fromFileUrl(import.meta.resolve("./one_path_child.ts"));

function placeAt(dir: string, base: string): Place {
  return { dir, base, main: ".json", files: join(dir, `${base}.files`) };
}

/** What each of three processes ends with, all of which write to one path. */
async function writeAtOnce(dir: string, how: string, path: string, times: number): Promise<unknown[]> {
  return await Promise.all(["1", "2", "3"].map(async (id) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", CHILD, how, dir, path, String(times), id],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    return [code, new TextDecoder().decode(stderr)];
  }));
}

const WELL = [[0, ""], [0, ""], [0, ""]];

testIn("processes that save to one path at once leave it whole, and all may save", async (dir) => {
  const out = join(dir, "out");
  const path = join(out, "a.json");
  assertEquals(await writeAtOnce(dir, "saveAs", path, 80), WELL);
  assertEquals(tree(out), ["a.json", "a_metadata.json"]);
  assertEquals((await loadFrom(path, jsonCacher<{ i: number }>())).i, 79);
  await saveAs(path, jsonCacher(), 1);
});

testIn("who loads while others save there gets what one of them saved", async (dir) => {
  const path = join(dir, "out", "a.json");
  await saveAs(path, jsonCacher(), { i: 0 });
  const [saved, loaded] = await Promise.all([
    writeAtOnce(dir, "saveAs", path, 80),
    writeAtOnce(dir, "loadFrom", path, 80),
  ]);
  assertEquals([saved, loaded], [WELL, WELL]);
  assertEquals(tree(join(dir, "out")), ["a.json", "a_metadata.json"]);
});

testIn("what is saved anew while it is loaded is loaded again, and nothing of two saves", async (dir) => {
  const path = join(dir, "a.txt");
  await saveAs(path, threefold, "old");
  let loads = 0;
  const cacher: Cacher<string> = {
    ...threefold,
    load: async (artifact) => {
      const main = Deno.readTextFileSync(artifact.path());
      if (loads++ === 0) await saveAs(path, threefold, "new");
      return `${main} and ${Deno.readTextFileSync(artifact.path("_part.bin"))}`;
    },
  };
  assertEquals([await loadFrom(path, cacher), loads], ["new and new", 2]);
  const broken: Cacher<string> = {
    ...threefold,
    load: async () => {
      if (loads++ === 2) await saveAs(path, threefold, "newer");
      throw new RangeError(`at load ${loads}`);
    },
  };
  await assertRejects(() => loadFrom(path, broken), RangeError, "at load 4");
  assertEquals(tree(dir).filter((name) => name.endsWith(".lock")), []);
});

testIn("what somebody is about to commit is not loaded half", async (dir) => {
  const path = join(dir, "a.txt");
  await saveAs(path, threefold, "old");
  const place = placeAt(dir, "a");
  let loads = 0;
  const cacher: Cacher<string> = {
    ...threefold,
    load: (artifact) => {
      if (loads++ === 0) {
        const lock = tryLock(pathLockAt(place));
        assert(typeof lock !== "string");
        Deno.writeTextFileSync(pendingMetadataAt(place), "{}");
        Deno.writeTextFileSync(path, "new");
        setTimeout(() => {
          Deno.writeTextFileSync(path, "old");
          Deno.removeSync(pendingMetadataAt(place));
          lock.release();
        });
      }
      return `${Deno.readTextFileSync(artifact.path())} and ${
        Deno.readTextFileSync(artifact.path("_part.bin"))
      }`;
    },
  };
  assertEquals([await loadFrom(path, cacher), loads], ["old and old", 2]);
});

testIn("processes whose stages write to one path at once leave it whole, and all may run", async (dir) => {
  const out = join(dir, "out");
  const path = join(out, "a.json");
  assertEquals(await writeAtOnce(dir, "stage", path, 40), WELL);
  assertEquals(tree(out), ["a.json", "a_metadata.json"]);
  assert([1, 2, 3].includes(await loadFrom(path, jsonCacher<number>())));
});

testIn("who saves waits until nobody else commits to the path", async (dir) => {
  const lock = tryLock(pathLockAt(placeAt(dir, "a")));
  assert(typeof lock !== "string");
  let isOver = false;
  const saving = saveAs(join(dir, "a.json"), jsonCacher(), 1).then(() => isOver = true);
  await until("it is staged", () => tree(dir).some((name) => /\.cairn-[^/]*\/a\.json$/.test(name)));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
  assert(!isOver && !tree(dir).includes("a.json"));
  await saveAs(join(dir, "b.json"), jsonCacher(), 2); // another path is none of its business
  lock.release();
  await saving;
  assertEquals(tree(dir), ["a.json", "a_metadata.json", "b.json", "b_metadata.json"]);
});

testIn("a stage that is done waits too before its artifact gets to the path", async (dir) => {
  const place = placeAt(join(dir, "out"), "a");
  const fit = stage(
    "fit",
    { outputs: { fit: atPath(jsonCacher(), join(dir, "out", "a.json")) } },
    () => ({ fit: 1 }),
  );
  const lock = tryLock(pathLockAt(place));
  assert(typeof lock !== "string");
  const steps: string[] = [];
  const running = runExperiment(experiment({ stages: [fit] }), {
    dir,
    onEvent: (event) => event.type === "committing" && steps.push(event.step),
  });
  await until("it is staged", () => tree(dir).some((name) => /\/staging\/.*\/a\.json$/.test(name)));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
  assertEquals([steps, tree(place.dir)], [["lock taken"], [".a_metadata.json.lock"]]);
  lock.release();
  assertEquals((await running).executed, 1);
  assertEquals(tree(place.dir), ["a.json", "a_metadata.json"]);
});

testIn("what is left of the lock of a process that was killed goes with the next save", async (dir) => {
  Deno.writeTextFileSync(pathLockAt(placeAt(dir, "a")), "");
  await saveAs(join(dir, "a.json"), jsonCacher(), 1);
  assertEquals(tree(dir), ["a.json", "a_metadata.json"]);
});

testIn("or with the next run, also where the artifact is whole; one that is held stays", async (dir) => {
  const out = join(dir, "out");
  const fit = stage(
    "fit",
    { outputs: { fit: atPath(jsonCacher(), join(out, "a.json")) } },
    () => ({ fit: 1 }),
  );
  const one = experiment({ stages: [fit] });
  await runExperiment(one, { dir });
  const path = pathLockAt(placeAt(out, "a"));
  Deno.writeTextFileSync(path, "");
  assertEquals((await runExperiment(one, { dir })).reused, 1);
  assertEquals(tree(out), ["a.json", "a_metadata.json"]);
  const lock = tryLock(path);
  assert(typeof lock !== "string");
  assertEquals((await runExperiment(one, { dir })).reused, 1);
  assertEquals(tree(out).length, 3);
  lock.release();
});

testIn(
  "those that want the same paths in another order wait for each other, and not for ever",
  async (dir) => {
    const places = ["a", "b", "c", "a"].map((base) => placeAt(dir, base));
    let [inside, times] = [0, 0];
    await Promise.all([places, places.toReversed(), places, places.toReversed()].map(async (each) => {
      for (let i = 0; i < 10; i++) {
        await underPathLocks(each, () => {
          assertEquals(++inside, 1);
          assertEquals(tree(dir).length, 3);
          inside--;
          times++;
        });
      }
    }));
    assertEquals([times, tree(dir)], [40, []]);
  },
);

testIn("a lock is given up where the work throws, or where another can't be had", async (dir) => {
  await assertRejects(() =>
    underPathLocks([placeAt(dir, "a")], () => {
      throw new RangeError("x");
    }), RangeError);
  assertEquals(tree(dir), []);
  Deno.writeTextFileSync(join(dir, "file"), "");
  await assertRejects(() => underPathLocks([placeAt(dir, "a"), placeAt(join(dir, "file"), "b")], () => {}));
  assertEquals(tree(dir), ["file"]);
});

testIn("a lock that is another user's alone is waited for where it can be read", async (dir) => {
  const path = pathLockAt(placeAt(dir, "a"));
  const lock = tryLock(path);
  assert(typeof lock !== "string");
  const { openSync } = Deno;
  let looks = 0;
  Deno.openSync = (file, options) => {
    if (options?.write) throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    if (file === path) looks++;
    return openSync(file, options);
  };
  try {
    let isOver = false;
    const working = underPathLocks([placeAt(dir, "a")], () => isOver = true);
    await until("it has looked twice", () => looks > 1);
    assert(!isOver);
    lock.release();
    await working;
    assert(isOver);
  } finally {
    Deno.openSync = openSync;
  }
});

testIn("what was changed is to be saved with overwrite, and the message says so", async (dir) => {
  const path = join(dir, "a.json");
  await saveAs(path, jsonCacher(), 1);
  Deno.writeTextFileSync(path, "edited");
  await assertRejects(() => loadFrom(path, jsonCacher()), Error, "save it again with { overwrite: true }");
  await saveAs(path, jsonCacher(), 1, { overwrite: true });
  Deno.removeSync(path);
  const { message } = await assertRejects(() => loadFrom(path, jsonCacher()), Error, "save it again");
  assert(!message.includes("overwrite"), message);
  await saveAs(path, jsonCacher(), 2);
});
