/** What lies in the workspace and is not Cairn's stays, whatever runs. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { basename, join, relative } from "@std/path";
import { walkSync } from "@std/fs";
import { jsonCacher } from "../../cachers/json_cacher.ts";
import { pathCacher } from "../../cachers/path_cacher.ts";
import type { Cacher } from "../../core/define/cacher.ts";
import { withSubdir } from "../../core/define/combinators/with_subdir.ts";
import { metadataIn } from "../../core/history/artifact_files.ts";
import { valueOf } from "../../core/run/record.ts";
import { openContentIndex } from "../../core/store/content_index.ts";
import { takeInventory } from "../../core/store/upkeep/inventory.ts";
import { aggregate, experiment, stage, testIn } from "../core/run/helpers.ts";
import { everything, foldered, put, stillThere, tryRun } from "./helpers.ts";

const fit = stage("fit", { params: [], outputs: { model: foldered } }, () => ({ model: "weights" }));

const draw = stage(
  "draw",
  { params: [], outputs: { plot: jsonCacher() } },
  async (_state, { dir }) => {
    await Deno.writeTextFile(`${dir("plots")}/a.svg`, "<svg/>");
    return { plot: 1 };
  },
);

/** The one path below a folder whose name ends so. */
function find(dir: string, end: string): string {
  const found = [...walkSync(dir)].filter(({ path }) => path.endsWith(end)).map(({ path }) => path);
  assertEquals(found.length, 1, `${end}: ${found.join(", ")}`);
  return found[0]!;
}

testIn(
  "what the user puts into an artifact's folders is moved aside whole, with one warning that says where",
  async (dir) => {
    const one = experiment({ stages: [fit, draw] });
    await tryRun(dir, one);
    const cache = join(dir, "data", "cache");
    const weights = find(cache, "_weights");
    const files = find(cache, "_draw.files");
    put(join(weights, "notes.txt"), "mine");
    put(join(weights, "deep", "notes.txt"), "mine too");
    put(join(weights, "mine", "deep", "a.txt"), "a folder of mine");
    Deno.mkdirSync(join(weights, "mine", "empty"));
    Deno.mkdirSync(join(weights, "nothing", "at", "all"), { recursive: true });
    Deno.symlinkSync("/etc", join(weights, "link"));
    put(join(files, "plots", "notes.txt"), "about the plot");
    put(join(files, "beside.txt"), "beside the plots");
    const { result, warnings } = await tryRun(dir, one);
    assertEquals([result.executed, result.failed], [2, 0]);
    const moved = warnings.filter((warning) => warning.includes("_kept"));
    assertEquals(moved.length, 2, "one for each stage"); // each says where
    assertMatch(moved.join("\n"), /in the folders of stage "fit" was moved to ".*\/_kept\/[^"]+"/);
    const kept = join(cache, "_kept");
    const found = everything(kept);
    const inFolders = Object.fromEntries(
      Object.entries(found).filter(([, text]) => text !== "/").map((
        [name, text],
      ) => [name.split("/").slice(1).join("/"), text]),
    );
    assertEquals(inFolders, {
      [`${basename(weights)}/notes.txt`]: "mine",
      [`${basename(weights)}/deep/notes.txt`]: "mine too",
      [`${basename(weights)}/mine/deep/a.txt`]: "a folder of mine",
      [`${basename(weights)}/link`]: "-> /etc",
      [`${basename(files)}/plots/notes.txt`]: "about the plot",
    });
    assert(Object.keys(found).some((name) => name.endsWith("/mine/empty/")), "a folder is moved whole");
    assertEquals(
      Deno.readTextFileSync(join(files, "beside.txt")),
      "beside the plots",
      "nothing there was in the way",
    );
    assertEquals(await valueOf(result.records[0]!, "model"), "weights");
    // And from then on nothing is in the way, and what was moved is left alone.
    const again = await tryRun(dir, one);
    assertEquals([again.result.reused, again.warnings], [2, []]);
    const overwritten = await tryRun(dir, one, { overwrite: true });
    assertEquals([overwritten.result.executed, overwritten.warnings], [2, []]);
    assertEquals(everything(kept), found);
  },
);

testIn("what is moved aside a second time has a folder of its own", async (dir) => {
  const one = experiment({ stages: [fit] });
  await tryRun(dir, one);
  const cache = join(dir, "data", "cache");
  const weights = find(cache, "_weights");
  for (const text of ["first", "second", "third"]) {
    put(join(weights, "notes.txt"), text);
    await tryRun(dir, one, { overwrite: true });
    assertEquals(everything(weights)["notes.txt"], undefined);
  }
  const texts = Object.values(everything(join(cache, "_kept"))).filter((text) => text !== "/");
  assertEquals(texts.toSorted(), ["first", "second", "third"]);
});

testIn(
  "what the user put there by a name that the next execution takes is moved aside, not replaced",
  async (dir) => {
    const names = ["a.txt"];
    const several: Cacher<string> = {
      ...foldered,
      save: async (value, artifact) => {
        await foldered.save(value, artifact);
        for (const name of names) await Deno.writeTextFile(join(artifact.dir("_weights"), name), "Cairn's");
      },
    };
    const plot = stage("plot", { params: [] }, async (_state, { path }) => {
      for (const name of names) await Deno.writeTextFile(path(name), "Cairn's");
      return { plot: 1 };
    });
    const one = experiment({
      stages: [stage("fit", { outputs: { model: several } }, () => ({ model: "w" })), plot],
    });
    await tryRun(dir, one);
    const cache = join(dir, "data", "cache");
    const folders = [find(cache, "_weights"), find(cache, "_plot.files")];
    names.push("notes.txt", "deep.txt");
    for (const folder of folders) {
      put(join(folder, "notes.txt"), `mine in ${basename(folder)}`);
      put(join(folder, "deep.txt", "notes.txt"), "mine, deep");
    }
    const { result, warnings } = await tryRun(dir, one, { overwrite: true });
    assertEquals([result.executed, result.failed], [2, 0]);
    assertEquals(warnings.filter((warning) => warning.includes("_kept")).length, 2, "one for each stage");
    const kept = everything(join(cache, "_kept"));
    for (const folder of folders) {
      const name = basename(folder);
      assertEquals(Deno.readTextFileSync(join(folder, "notes.txt")), "Cairn's");
      assertEquals(
        Object.entries(kept).flatMap(([path, text]) => path.includes(name) && text !== "/" ? [text] : [])
          .toSorted(),
        [`mine in ${name}`, "mine, deep"].toSorted(),
      );
    }
    const again = await tryRun(dir, one, { overwrite: true });
    assertEquals([again.result.executed, again.warnings], [2, []], "from then on they are Cairn's");
  },
);

testIn("they are moved aside too where the metadata is gone, or damaged", async (dir) => {
  const one = experiment({ stages: [fit] });
  const cache = join(dir, "data", "cache");
  for (
    const damage of [
      (path: string) => Deno.removeSync(path),
      (path: string) => Deno.writeTextFileSync(path, "x"),
    ]
  ) {
    await tryRun(dir, one);
    put(join(find(cache, "_weights"), "notes.txt"), "mine");
    damage(find(cache, "_metadata.json"));
    const { result, warnings } = await tryRun(dir, one);
    assertEquals(result.executed, 1);
    assertEquals(warnings.filter((warning) => warning.includes("_kept")).length, 1);
    assertEquals(Deno.readTextFileSync(find(join(cache, "_kept"), "notes.txt")), "mine");
    Deno.removeSync(join(cache, "_kept"), { recursive: true });
  }
});

for (const end of ["_fit_fit.json", "_fit_fit_metadata.json"]) {
  testIn(
    `a folder by the name of a file of Cairn's, ${end}, is moved aside with what the user put there`,
    async (dir) => {
      const one = experiment({ stages: [stage("fit", { params: [] }, () => ({ fit: 1 }))] });
      await tryRun(dir, one);
      const cache = join(dir, "data", "cache");
      const file = find(cache, end);
      Deno.removeSync(file);
      put(join(file, "notes.txt"), "mine");
      const { result } = await tryRun(dir, one);
      assertEquals([result.executed, Deno.lstatSync(file).isFile], [1, true]);
      assertEquals(Deno.readTextFileSync(find(join(cache, "_kept"), "notes.txt")), "mine");
      assertEquals((await tryRun(dir, one)).result.reused, 1);
    },
  );
}

const KEY = "0123456789abcdef";

/** Where users put things, with names like Cairn's and without. */
const PLACES = [
  "notes.txt",
  "folder/notes.txt",
  "cache.txt",
  "cache/notes.txt",
  "cache/notes/deep/a.txt",
  "cache/exp_notes.json",
  `cache/exp_${KEY}_fit_fit.json`,
  `cache/exp_${KEY}_fit_fit_metadata.json`,
  `cache/exp_${KEY}_fit_fit_weights/a.txt`,
  `cache/exp_${KEY}_fit.files/a.txt`,
  `cache/other_${KEY}_fit_fit_metadata.json`,
  "cache/models/notes.txt",
  `cache/models/exp_${KEY}_fit_model.json`,
  "cache/models/exp/a.txt",
  "cache/.hidden",
  "cache/.cairn-notes/a.txt",
  "cache/.cairnrc",
  "cache/_kept/notes.txt",
  "cache/x.cairn-partial",
  "runs/notes.txt",
  "runs/exp_notes/run.json",
  "runs/exp_1/run.json",
  "runs/exp_7_2026-01-31T120000Z/notes.txt",
  "runs/exp_8_2026-01-31T120000Z/run.json",
  "runs/exp_8_2026-01-31T120000Z/artifacts/notes.txt",
  "runs/other_1_2026-01-31T120000Z/log",
];

testIn("files and folders of the user's in the workspace stay, whatever runs", async (dir) => {
  const stages = [
    stage("fit", { params: ["k"] }, ({ params }) => ({ fit: params.k })),
    stage(
      "model",
      { inputs: ["fit"], outputs: { model: withSubdir(foldered, "models") } },
      ({ fit }) => ({ model: `${fit}` }),
    ),
    stage("plot", { inputs: ["fit"], outputs: { plot: pathCacher(".txt") } }, async ({ fit }, { path }) => {
      await Deno.writeTextFile(path("plot.txt"), `${fit}`);
      return { plot: path("plot.txt") };
    }),
    stage("bad", { inputs: ["fit"] }, ({ fit }) => {
      if (fit === 2) throw new Error("no");
      return { bad: fit };
    }),
  ];
  const one = experiment({
    params: [{ k: 1 }, { k: 2 }],
    stages,
    aggregates: [aggregate("total", { inputs: ["fit"] }, (states) => ({ total: states.length }))],
  });
  const data = join(dir, "data");
  for (const place of PLACES) put(join(data, place), `mine: ${place}`);
  Deno.symlinkSync("/etc/hostname", join(data, "cache", "link"));
  const before = everything(data);
  const check = (what: string) => assertEquals(stillThere(before, everything(data)), before, what);
  for (
    const options of [
      {},
      { keepGoing: true },
      { storeFull: true, keepGoing: true },
      { overwrite: true, keepGoing: true },
      { dryCache: true, keepGoing: true },
      { dry: true, keepGoing: true },
      { overwriteStages: ["model"], lazy: true, keepGoing: true },
    ]
  ) {
    await tryRun(dir, one, options);
    check(JSON.stringify(options));
  }
  // And beside an artifact that is made again, what only begins with its name.
  const models = join(data, "cache", "models");
  const name = [...Deno.readDirSync(models)].map(({ name }) => name).find((name) =>
    name.endsWith("_model_model.txt")
  )!;
  const stem = join(models, name.replace(/\.txt$/, ""));
  const beside = [`${stem}.txt.orig`, `${stem}_notes.txt`, `${stem}.files/a.txt`];
  for (const path of beside) put(path, "mine");
  await tryRun(dir, one, { overwrite: true, keepGoing: true });
  for (const path of beside) assertEquals(Deno.readTextFileSync(path), "mine", relative(data, path));
  check("at last");
});

testIn("what was moved aside is no artifact, whatever it looks like", async (dir) => {
  const one = experiment({ stages: [fit] });
  await tryRun(dir, one);
  const cache = join(dir, "data", "cache");
  const weights = find(cache, "_weights");
  const metadata = find(cache, "_metadata.json");
  // A copy of the whole artifact, put into its own folder, and one that lies where such things are moved to.
  const kept = join(cache, "_kept", "then");
  Deno.mkdirSync(kept, { recursive: true });
  for (const path of [metadata, find(cache, "_model.txt")]) {
    for (const folder of [weights, kept]) Deno.copyFileSync(path, join(folder, basename(path)));
  }
  await tryRun(dir, one);
  assertEquals([...walkSync(join(cache, "_kept"))].filter(({ path }) => path.endsWith(".json")).length, 2);
  assertEquals(metadataIn(cache).map(({ path }) => path), [metadata]);
  const index = openContentIndex(cache, "memory");
  const { contentKey } = JSON.parse(Deno.readTextFileSync(metadata));
  Deno.removeSync(join(cache, ".cairn", "content"), { recursive: true });
  assertEquals(index.find(contentKey).map(({ subdirs }) => subdirs), [{ model: "" }]);
  const { units, leftovers } = takeInventory(cache);
  assertEquals([units.length, leftovers.length], [1, 0]);
  Deno.removeSync(metadata);
  assertEquals(openContentIndex(cache, "memory").find(contentKey), []);
});
