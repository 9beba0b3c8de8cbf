/** No link is followed out of the workspace, neither to read nor to write nor to remove. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { basename, dirname, join } from "@std/path";
import { walkSync } from "@std/fs";
import { jsonCacher } from "../../cachers/json_cacher.ts";
import { textCacher } from "../../cachers/text_cacher.ts";
import { atPath } from "../../core/define/combinators/at_path.ts";
import { withSubdir } from "../../core/define/combinators/with_subdir.ts";
import { findRun } from "../../core/history/run_names.ts";
import { diffRuns } from "../../core/history/run_diff.ts";
import { findArtifact } from "../../core/history/runs.ts";
import { planExperiment } from "../../core/run/plan_experiment.ts";
import { createRecord, runStage, valueOf } from "../../core/run/record.ts";
import { runExperiment } from "../../core/run/run_experiment.ts";
import { openContentIndex } from "../../core/store/content_index.ts";
import { openWorkspace } from "../../core/store/workspace.ts";
import { experiment, stage, testIn } from "../core/run/helpers.ts";
import { everything, foldered, put, tryRun } from "./helpers.ts";

const fit = stage("fit", { params: [], outputs: { model: withSubdir(foldered, "models/large") } }, () => ({
  model: "weights",
}));
const draw = stage("draw", { params: [], outputs: { plot: jsonCacher() } }, async (_state, { dir }) => {
  await Deno.writeTextFile(`${dir("plots")}/a.svg`, "<svg/>");
  return { plot: 1 };
});
const one = experiment({ stages: [fit, draw] });

/** Moves what lies at a path out of the workspace, and puts a link to it in its place. */
function lead(dir: string, path: string, isEmpty = false): string {
  const outside = join(dir, "outside", basename(path));
  Deno.mkdirSync(dirname(outside), { recursive: true });
  Deno.mkdirSync(dirname(path), { recursive: true });
  try {
    Deno.renameSync(path, outside);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(outside);
  }
  if (isEmpty) {
    Deno.removeSync(outside, { recursive: true });
    Deno.mkdirSync(outside);
  }
  Deno.symlinkSync(outside, path);
  return outside;
}

const FOLDERS = [
  "cache/models",
  "cache/models/large",
  "cache/.cairn",
  "cache/.cairn/staging",
  "cache/.cairn/locks",
  "runs",
];

for (const folder of FOLDERS) {
  for (const isEmpty of [false, true]) {
    testIn(
      `a link out of the workspace in place of ${folder}${isEmpty ? ", to an empty folder," : ""} is refused`,
      async (dir) => {
        await tryRun(dir, one);
        const path = join(dir, "data", folder);
        lead(dir, path, isEmpty);
        const before = everything(dir);
        const record = createRecord(openWorkspace({ dir: `${dir}/data`, experiment: "exp" }));
        for (
          const attempt of [
            () => tryRun(dir, one),
            () => tryRun(dir, one, { overwrite: true }),
            () => tryRun(dir, one, { storeFull: true }),
            () => planExperiment(one, { dir: `${dir}/data` }),
            () => runStage(record, fit),
          ]
        ) {
          const error = await assertRejects(
            attempt as () => Promise<unknown>,
            Error,
            "it is a link that leads to",
          );
          assertStringIncludes(error.message, path);
          assertStringIncludes(error.message, "out of the workspace");
        }
        assertEquals(everything(dir), before);
      },
    );
  }
}

testIn("so is one that leads nowhere", async (dir) => {
  Deno.mkdirSync(`${dir}/data/cache`, { recursive: true });
  Deno.symlinkSync(`${dir}/nowhere`, `${dir}/data/cache/models`);
  const before = everything(dir);
  await assertRejects(() => tryRun(dir, one), Error, "it is a link that leads nowhere");
  assertEquals(everything(dir), before);
});

testIn(
  "the workspace as a whole and its cache may lie elsewhere, and links that lead back in are followed",
  async (dir) => {
    for (const name of ["real", "disk"]) Deno.mkdirSync(join(dir, name));
    Deno.symlinkSync(join(dir, "real"), join(dir, "data"));
    assertEquals((await tryRun(dir, one)).result.executed, 2);
    Deno.renameSync(join(dir, "real", "cache"), join(dir, "disk", "cache"));
    Deno.symlinkSync(join(dir, "disk", "cache"), join(dir, "data", "cache"));
    assertEquals((await tryRun(dir, one)).result.reused, 2);
    assertEquals((await tryRun(dir, one, { overwrite: true })).result.executed, 2);
    Deno.symlinkSync(join(dir, "disk", "cache"), join(dir, "link"));
    assertEquals((await tryRun(dir, one, { cache: join(dir, "link") })).result.reused, 2);
    Deno.renameSync(join(dir, "data", "cache", "models"), join(dir, "data", "cache", "real_models"));
    Deno.symlinkSync("real_models", join(dir, "data", "cache", "models"));
    assertEquals((await tryRun(dir, one)).result.reused, 2);
  },
);

/** What of an artifact is led out, by the end of its name. */
const OF_ARTIFACTS = [
  "_model_weights",
  "_model_weights/deep",
  "_model.txt",
  "_model_metadata.json",
  "_draw.files",
  ".files/plots",
];

for (const end of OF_ARTIFACTS) {
  for (const isEmpty of [false, true]) {
    testIn(
      `a link out of the workspace in place of ..${end}${
        isEmpty ? ", to another folder," : ""
      } is a miss, and not followed`,
      async (dir) => {
        await tryRun(dir, one);
        const cache = join(dir, "data", "cache");
        const path = [...walkSync(cache)].find(({ path }) => path.endsWith(end))!.path;
        lead(dir, path, isEmpty);
        put(join(dir, "outside", "mine", "notes.txt"), "mine");
        const outside = everything(join(dir, "outside"));
        const { result, warnings } = await tryRun(dir, one);
        assertEquals([result.executed, result.reused, result.failed], [1, 1, 0]);
        assertEquals(warnings.length, 1, warnings.join("\n"));
        assertEquals(everything(join(dir, "outside")), outside);
        assertEquals(await valueOf(result.records[0]!, "model"), "weights");
        assert(!Deno.lstatSync(path).isSymlink, "what it stood for is in its place");
        const again = await tryRun(dir, one);
        assertEquals([again.result.reused, again.warnings], [2, []]);
        assertEquals(everything(join(dir, "outside")), outside);
      },
    );
  }
}

testIn(
  "the folder of a run that is a link out of the workspace is no run, and neither is one whose run.json is",
  async (dir) => {
    const { result } = await tryRun(dir, one);
    await tryRun(dir, one, { overwrite: true });
    const runs = join(dir, "data", "runs");
    const names = [...Deno.readDirSync(runs)].map(({ name }) => name).filter((name) =>
      name.startsWith("exp_")
    ).sort();
    assertEquals(names.length, 2);
    assertEquals(findRun(`${dir}/data`, "exp_1"), names[0]);
    lead(dir, join(runs, names[1]!));
    const before = everything(dir);
    assertEquals(findRun(`${dir}/data`, "latest"), names[0]);
    await assertRejects(
      async () => await Promise.resolve(findRun(`${dir}/data`, "exp_2")),
      TypeError,
      "no such run",
    );
    lead(dir, join(runs, names[0]!, "run.json"));
    assertEquals(findArtifact(`${dir}/data`, "exp/default/fit/model"), undefined);
    await assertRejects(
      async () => await Promise.resolve(diffRuns(`${dir}/data`, names[0]!, names[0]!)),
      TypeError,
      "Cannot read run",
    );
    assertEquals((await tryRun(dir, one)).result.reused, 2);
    const after = everything(dir);
    for (const name of Object.keys(before)) {
      if (name.startsWith("outside/")) assertEquals(after[name], before[name]);
    }
    assertEquals(result.executed, 2);
  },
);

testIn("the runs' folder that is a link out of the workspace is not looked into", async (dir) => {
  await tryRun(dir, one);
  lead(dir, join(dir, "data", "runs"));
  for (
    const look of [
      () => findRun(`${dir}/data`, "latest"),
      () => findArtifact(`${dir}/data`, "exp/default/fit/model"),
    ]
  ) {
    await assertRejects(async () => await Promise.resolve(look()), Error, "out of the workspace");
  }
});

testIn("the index leads to no folder behind a link", async (dir) => {
  // What was computed in one folder of the cache is found again by its content, wherever the index says that it lies.
  const at = (subdir: string, version: string) =>
    experiment({
      stages: [
        stage("first", { params: [], version }, () => ({ first: 1 })),
        stage(
          "second",
          { inputs: ["first"], outputs: { second: withSubdir(jsonCacher(), subdir) } },
          ({ first }) => ({
            second: first + 1,
          }),
        ),
      ],
    });
  await tryRun(dir, at("away", "1"));
  const cache = join(dir, "data", "cache");
  assertEquals((await tryRun(dir, at("here", "2"))).result.reused, 1, "it is linked");
  lead(dir, join(cache, "away"));
  for (const { path } of [...walkSync(join(cache, "here"))].filter(({ isFile }) => isFile)) {
    Deno.removeSync(path);
  }
  const before = everything(join(dir, "outside"));
  const { result } = await tryRun(dir, at("here", "3"));
  assertEquals(result.executed, 2, "it was not looked for behind the link");
  assertEquals(everything(join(dir, "outside")), before);
});

testIn("a full store by somebody else is not followed out of its folder", async (dir) => {
  const path = `${dir}/out/x.txt`;
  const stages = [
    stage("write", { params: [], outputs: { x: atPath(textCacher(), path) } }, () => ({ x: "value" })),
    stage("read", { inputs: ["x"], outputs: { y: withSubdir(textCacher(), "sub") } }, ({ x }) => ({ y: x })),
  ];
  const { result } = await tryRun(dir, experiment({ stages }), { storeFull: true });
  const store = join(dir, "data", "runs", result.reference!, "artifacts");
  Deno.removeSync(`${dir}/out`, { recursive: true });
  const run = () =>
    runExperiment(experiment({ stages }), {
      dir: `${dir}/other`,
      cache: store,
      dryCache: true,
      onEvent: () => {},
    });
  assertEquals((await run()).reused, 2);
  lead(dir, join(store, "external"));
  const before = everything(dir);
  assertEquals((await run()).reused, 1, "what lies behind the link is not there");
  lead(dir, join(store, "sub"));
  await assertRejects(run, Error, "out of the workspace");
  for (const [name, text] of Object.entries(everything(dir))) {
    if (name.startsWith("outside/external")) assertEquals(text, before[name]);
  }
});

testIn("what is kept by link in .cairn is neither read nor written through it", async (dir) => {
  await tryRun(dir, one);
  const own = join(dir, "data", "cache", ".cairn");
  const files = [...walkSync(own)].filter(({ path }) => path !== own).map(({ path }) =>
    path.slice(own.length + 1)
  );
  for (const name of files) {
    // What this process notes of itself is open, and is written to wherever it is moved.
    if (!Deno.lstatSync(join(own, name)).isFile || name.startsWith("uses/live/")) continue;
    const path = join(own, name);
    const outside = lead(dir, path);
    const text = Deno.readTextFileSync(outside);
    const next = experiment({
      params: [{ name }],
      stages: [fit, draw, stage("more", { version: name }, () => ({ more: 1 }))],
    });
    await tryRun(dir, next).catch((error: Error) => assertStringIncludes(error.message, "link"));
    assertEquals(Deno.readTextFileSync(outside), text, name);
    if (Deno.lstatSync(path).isSymlink) Deno.removeSync(path);
    Deno.removeSync(outside);
  }
});

testIn("nor is a folder there", async (dir) => {
  await tryRun(dir, one);
  const own = join(dir, "data", "cache", ".cairn");
  for (const { name, isDirectory } of [...Deno.readDirSync(own)]) {
    if (!isDirectory) continue;
    const outside = lead(dir, join(own, name));
    const before = everything(outside);
    const next = experiment({
      params: [{ name }],
      stages: [fit, draw, stage("more", { version: name }, () => ({ more: 1 }))],
    });
    await tryRun(dir, next).catch((error: Error) => assertStringIncludes(error.message, "link"));
    openContentIndex(join(dir, "data", "cache"), "disk").add("f".repeat(64), {
      recipeKey: "e".repeat(64),
      subdirs: {},
    });
    assertEquals(everything(outside), before, name);
    if (Deno.lstatSync(join(own, name)).isSymlink) Deno.removeSync(join(own, name));
    Deno.removeSync(outside, { recursive: true });
  }
});
