/** A disk that is full, read-only or closed, and what else a file system refuses: a clear error, and nothing is lost. */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { jsonCacher } from "../../cachers/json_cacher.ts";
import { atPath } from "../../core/define/combinators/at_path.ts";
import type { Cacher } from "../../core/define/cacher.ts";
import { withSubdir } from "../../core/define/combinators/with_subdir.ts";
import { openLog } from "../../core/run/log.ts";
import { createRecord, runStage } from "../../core/run/record.ts";
import { runExperiment } from "../../core/run/run_experiment.ts";
import { removeIfThere } from "../../core/store/disk/move.ts";
import { openWorkspace } from "../../core/store/workspace.ts";
import { cairn, eachOf, type Output } from "../core/cli/helpers.ts";
import { artifactsBelow, experiment, filesBelow, type Loose, stage, testIn } from "../core/run/helpers.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { tree } from "../helpers/tree.ts";
import { campaignOf } from "./campaign.ts";
import { asOrdinaryUser, mayMount, mounted, withTmpfs } from "./tmpfs.ts";
import { MODULE } from "./whole_run.ts";

const LARGE = "size=64m,nr_inodes=100000";

/** A working folder of the experiment of these tests. */
function prepare(dir: string): void {
  Deno.writeTextFileSync(join(dir, "declared.txt"), "declared");
}

/** Runs it, as a user does. */
async function run(cwd: string, ...flags: string[]): Promise<Output> {
  const permissions = ["--allow-read", "--allow-write", "--allow-run=git"];
  return await cairn(["run", MODULE, ...flags], { cwd, permissions, env: { TMPDIR: "/tmp" } });
}

/** Errors that say what was wanted, of what path, what was found and what to do, and nothing of Cairn's inside. */
function assertClear({ code, stderr }: Output, when: string): void {
  const lines = stderr.trimEnd().split("\n").filter((line) => !/^ +at .*fixtures\/whole\.ts/.test(line));
  assertEquals(code, 1, `${when}: ${stderr}`);
  for (const line of lines) {
    assertMatch(line, /^(error|warning): .*Cannot [^"]*"[^"]+"[^"]*: [^;]+; /, when);
    assert(!/os error|\/staging\/[0-9a-f-]{36}\/./.test(line), `${when}: ${line}`);
  }
  assert(lines.some((line) => line.startsWith("error: ")), when);
}

/** What an empty cache gives: the artifacts, and what lies at a path of its own. */
const wanted = (dir: string) => ({
  cache: artifactsBelow(join(dir, "data", "cache")),
  rows: Deno.readTextFileSync(join(dir, "raw", "a.csv")),
});

const whole = withTempDir(async (dir) => {
  prepare(dir);
  assertEquals((await run(dir)).code, 0);
  return wanted(dir);
});

/** A plain rerun, once the fault is gone, says nothing and ends as an empty cache would have it. */
async function assertMended(dir: string, when: string): Promise<void> {
  const { code, stderr } = await run(dir);
  assertEquals([code, stderr], [0, ""], when);
  assertEquals(wanted(dir), await whole, when);
  assertEquals(tree(join(dir, "data", "cache", ".cairn", "staging")), [], when);
  assertEquals(tree(join(dir, "data", "runs")).filter((name) => name.startsWith(".cairn-")), [], when);
}

Deno.test({
  name: "a small disk that gets full, whichever write it is that finds it so",
  ignore: !mayMount,
  fn: async () => {
    const sizes = [16, 64, 96, 128, 160, 192, 240, 320].map((size) => `size=${size}k`);
    const inodes = [6, 14, 22, 34, 46, 60, 75, 95].map((count) => `size=64m,nr_inodes=${count}`);
    const failed = await eachOf(
      [...sizes, ...inodes],
      (options) =>
        withTmpfs(options, async ({ dir, remount }) => {
          prepare(dir);
          const first = await run(dir, "--store-full");
          if (first.code !== 0) assertClear(first, options);
          remount(LARGE);
          await assertMended(dir, options);
          return first.code !== 0;
        }),
      2,
    );
    assert(failed.filter((each) => each).length >= 10, failed.join());
  },
});

Deno.test({
  name: "a disk that got full: what was there before still loads, and what was overwritten too",
  ignore: !mayMount,
  fn: async () => {
    for (const left of [0, 3, 12, 30]) {
      await withTmpfs(LARGE, async ({ dir, remount }) => {
        prepare(dir);
        assertEquals((await run(dir)).code, 0);
        const used = Number(
          new TextDecoder().decode(
            new Deno.Command("du", { args: ["-sk", dir] }).outputSync().stdout,
          ).split("\t")[0],
        );
        remount(`size=${used + left * 4}k`);
        const flags = ["draw", "fit", "plot"].flatMap((name) => ["--overwrite-stage", name]);
        assertClear(await run(dir, ...flags, "--store-full"), `${left} pages left`);
        remount(LARGE);
        const { code, stdout, stderr } = await run(dir);
        assertEquals(
          [code, stderr, /: (\d+) executed/.exec(stdout)?.[1]],
          [0, "", "0"],
          `${left} pages left`,
        );
        await assertMended(dir, `${left} pages left`);
      });
    }
  },
});

Deno.test({
  name: "a disk that can only be read: a run says so, and plan, why and a dry run do without",
  ignore: !mayMount,
  fn: () =>
    withTmpfs(LARGE, async ({ dir, remount }) => {
      prepare(dir);
      remount("ro");
      const first = await run(dir);
      assertClear(first, "an empty folder");
      assertStringIncludes(
        first.stderr,
        'Cannot make the folder "data/runs": the file system can only be read',
      );
      remount("rw");
      assertEquals((await run(dir)).code, 0);
      remount("ro");
      assertClear(await run(dir), "all is there");
      for (const args of [["plan", MODULE], ["why", MODULE], ["run", MODULE, "--dry"], ["cache", "ls"]]) {
        const { code, stderr } = await cairn(args, {
          cwd: dir,
          permissions: ["-A"],
          env: { TMPDIR: "/tmp" },
        });
        assertEquals([code, stderr], [0, ""], args.join(" "));
      }
      remount("rw");
      await assertMended(dir, "read-only");
    }),
});

Deno.test({
  name: "cache and staging on different file systems: copied, whole or not at all",
  ignore: !mayMount,
  fn: () =>
    withTempDir(async (dir) => {
      prepare(dir);
      const [models, raw] = [join(dir, "data", "cache", "models"), join(dir, "raw")];
      for (const folder of [models, raw]) Deno.mkdirSync(folder, { recursive: true });
      await mounted(models, LARGE, () =>
        mounted(raw, LARGE, async () => {
          await assertMended(dir, "two file systems");
          const flags = ["draw", "fit"].flatMap((name) => ["--overwrite-stage", name]);
          assertEquals((await run(dir, ...flags, "--store-full")).code, 0);
          await assertMended(dir, "overwritten");
          for (const folder of [models, raw]) {
            const names = tree(folder);
            assertEquals(names.filter((name) => name.includes("partial")), []);
          }
          assertMatch((await run(dir)).stdout, /: 0 executed/);
        }));
    }),
});

Deno.test({
  name: "another file system that gets full while artifacts are copied to it",
  ignore: !mayMount,
  fn: async () => {
    for (const place of ["data/cache/models", "raw"]) {
      await withTempDir(async (dir) => {
        prepare(dir);
        const folder = join(dir, place);
        Deno.mkdirSync(folder, { recursive: true });
        await mounted(folder, LARGE, async ({ remount }) => {
          assertEquals((await run(dir)).code, 0);
          const before = filesBelow(folder);
          for (const pages of [0, 1, 3, 5]) {
            remount(`size=${(Object.keys(before).length + pages) * 4}k`);
            const name = place === "raw" ? "draw" : "fit";
            const first = await run(dir, "--overwrite-stage", name);
            if (first.code !== 0) {
              assertClear(first, `${place}, ${pages} pages`);
              assertEquals(tree(folder).filter((name) => name.includes("partial")), [], `${pages} pages`);
            }
            remount(LARGE);
            const again = await run(dir);
            assertEquals([again.code, again.stderr], [0, ""], `${place}, ${pages} pages`);
            assertMatch(again.stdout, /: 0 executed/, `${place}, ${pages} pages: ${first.stderr}`);
          }
          await assertMended(dir, place);
        });
      });
    }
  },
});

Deno.test({
  name: "no permission: the path, and what to do; nothing is lost",
  ignore: asOrdinaryUser === undefined,
  fn: () =>
    withTempDir(async (dir) => {
      prepare(dir);
      assertEquals((await run(dir)).code, 0);
      const folders = [
        "data/runs",
        "data/cache",
        "data/cache/.cairn/staging",
        "data/cache/models/own",
        "raw",
      ];
      for (const folder of folders) {
        const path = join(dir, folder);
        Deno.mkdirSync(path, { recursive: true });
        Deno.chmodSync(path, 0o555);
        try {
          const flags = ["draw", "fit", "plot"].flatMap((name) => ["--overwrite-stage", name]);
          assertClear(await runAsUser(dir, ...flags), folder);
        } finally {
          Deno.chmodSync(path, 0o755);
        }
        await assertMended(dir, folder);
      }
      for (
        const file of Object.keys(filesBelow(join(dir, "data", "cache"))).filter((name) =>
          /fit_model/.test(name)
        )
      ) {
        const path = join(dir, "data", "cache", file);
        Deno.chmodSync(path, 0o000);
        try {
          const { code, stderr } = await runAsUser(dir, "--overwrite-stage", "score");
          assert(code === 0 || /Cannot .*permission is denied; /.test(stderr), `${file}: ${stderr}`);
          assert(!/os error|^ +at /m.test(stderr), stderr);
        } finally {
          Deno.chmodSync(path, 0o644);
        }
        await assertMended(dir, file);
      }
    }),
});

/** A cache beside the workspace with all that a run needs, but for what is kept to be quicker. */
async function assertReadable(
  dir: string,
  cache: string,
  isClosed: <T>(run: () => Promise<T>) => Promise<T>,
  again = run,
): Promise<void> {
  // Of a file that was just written no digest is kept.
  Deno.symlinkSync(fromFileUrl(import.meta.resolve("../../LICENSE")), join(dir, "declared.txt"));
  assertEquals((await run(dir, "--cache", cache)).code, 0);
  for (const name of ["files.json", "code"]) removeIfThere(join(cache, ".cairn", name));
  const { code, stdout, stderr } = await isClosed(() => again(dir, "--cache", cache, "--json"));
  assertEquals([code, JSON.parse(stdout).executed], [0, 0], stderr);
  assertEquals(stderr.replace(/^warning: .* does not know what is needed here: Cannot .*\n/, ""), "");
  for (const name of ["files.json", "code"]) assert(!tree(join(cache, ".cairn")).includes(name), name);
}

Deno.test({
  name: "a cache that can only be read, with all in it: what is kept to be quicker is not kept",
  ignore: !mayMount,
  fn: () =>
    withTempDir(async (dir) => {
      const cache = join(dir, "shared");
      Deno.mkdirSync(cache);
      await mounted(cache, LARGE, ({ remount }) =>
        assertReadable(dir, cache, async (run) => {
          remount("ro");
          try {
            return await run();
          } finally {
            remount("rw");
          }
        }));
    }),
});

Deno.test({
  name: "a cache of another user's, with all in it: what is kept to be quicker is not kept",
  ignore: asOrdinaryUser === undefined,
  fn: () =>
    withTempDir(async (dir) => {
      const cache = join(dir, "shared");
      const setModes = (mode: number) => {
        const folders = ["", ...tree(cache).filter((name) => name.endsWith("/"))];
        for (const folder of folders) Deno.chmodSync(join(cache, folder), mode);
      };
      await assertReadable(dir, cache, async (run) => {
        setModes(0o555);
        try {
          return await run();
        } finally {
          setModes(0o755);
        }
      }, runAsUser);
    }),
});

Deno.test({
  name: "what another user left in staging stops nobody: they clear it themselves",
  ignore: asOrdinaryUser === undefined,
  fn: () =>
    withTempDir(async (dir) => {
      prepare(dir);
      const left = join(dir, "data", "cache", ".cairn", "staging", crypto.randomUUID());
      Deno.mkdirSync(left, { recursive: true });
      Deno.writeTextFileSync(`${left}.lock`, "");
      Deno.chmodSync(`${left}.lock`, 0o000);
      const { code, stderr } = await runAsUser(dir);
      assertEquals([code, stderr], [0, ""]);
      assert(Deno.lstatSync(left).isDirectory);
      Deno.chmodSync(`${left}.lock`, 0o600);
      await assertMended(dir, "cleared by its own user");
    }),
});

/** As {@linkcode run}, with no right to pass permissions by. */
async function runAsUser(cwd: string, ...flags: string[]): Promise<Output> {
  const cli = new URL("../../cli.ts", import.meta.url).pathname;
  const [command, ...args] = [
    ...asOrdinaryUser!,
    Deno.execPath(),
    ...["run", "--quiet", "--no-prompt", "--frozen=false", "-A", cli, "run", MODULE, ...flags],
  ];
  const { code, stdout, stderr } = await new Deno.Command(command!, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("each call that changes the disk fails in turn: a clear error, and a rerun mends all", async () => {
  // With CAIRN_EVERY=1 it is each of them, in each way.
  const every = Deno.env.get("CAIRN_EVERY") ?? "37";
  const done = await campaignOf("disk_child.ts", (part, parts) => [`${part}`, `${parts}`, every]);
  assert(done.every(({ ended }) => Number(ended) > 10), JSON.stringify(done));
});

Deno.test("a file where a folder should be, and a folder where a file should be", async () => {
  await campaignOf("disk_places_child.ts", () => [], 1);
});

const LONG = "n".repeat(100);

/** What a commit puts round an artifact's name at the most: of its metadata while that is copied. */
const AROUND = "._metadata.json.pending.cairn-partial".length;

testIn("names at their limits: what is too long for a file is refused before anything runs", async (dir) => {
  const outputs = (name: string) => ({ outputs: { [name]: jsonCacher() } });
  const of = (stageName: string, output: string) =>
    experiment({ name: LONG, stages: [stage(stageName, outputs(output), () => ({ [output]: 1 }))] });
  await assertRejects(
    () => runExperiment(of(LONG, LONG), { dir }),
    TypeError,
    `Cannot keep output "${LONG}" of stage "${LONG}": the name "`,
  );
  assertEquals(tree(dir), []);
  const rest = "r".repeat(255 - 100 - 16 - 3 - 50 - AROUND);
  const half = LONG.slice(50);
  for (const executed of [1, 0]) {
    assertEquals((await runExperiment(of(half, rest), { dir, storeFull: true })).executed, executed);
  }
  await assertRejects(() => runExperiment(of(half, `${rest}r`), { dir }), TypeError, "256 bytes long");
});

testIn(
  "names at their limits, of folders and on another file system: it fits, or nothing runs",
  async (dir) => {
    const folder: Cacher<string> = {
      extension: "",
      save: (value, artifact) => Deno.writeTextFileSync(`${artifact.dir()}/data`, value),
      load: (artifact) => Deno.readTextFileSync(`${artifact.dir()}/data`),
    };
    const output = (extra: string) => "o".repeat(255 - 3 - 16 - 3 - 100 - AROUND) + extra;
    const name = (extra: string) => `${dir}/out/${"x".repeat(255 - AROUND)}${extra}`;
    const makers = [
      (extra: string) => [output(extra), folder] as const,
      (extra: string) => ["out", atPath(jsonCacher(), `${name(extra)}.j`)] as const,
      (extra: string) => ["out", atPath(folder, name(extra))] as const,
      // Its own name is the longest.
      (extra: string) => {
        const end = `.${"j".repeat(29)}`;
        const base = "x".repeat(255 - end.length - ".cairn-partial".length) + extra;
        return ["out", atPath(jsonCacher(), `${dir}/out/${base}${end}`)] as const;
      },
    ];
    const { renameSync } = Deno;
    for (const maker of makers) {
      let runs = 0;
      const of = (extra: string) => {
        const [output, cacher] = maker(extra);
        const outputs = { [output]: cacher as never };
        return experiment({ stages: [stage(LONG, { outputs }, () => ({ [output]: `${++runs}` }))] });
      };
      Deno.renameSync = (from, to) => {
        if (!`${from}`.includes("/staging/")) return renameSync(from, to);
        throw Object.assign(new Error("Invalid cross-device link (os error 18)"), { code: "EXDEV" });
      };
      try {
        for (const overwrite of [false, true]) {
          const { errors } = await runExperiment(of(""), { dir: `${dir}/data`, overwrite });
          assertEquals(errors, []);
        }
      } finally {
        Deno.renameSync = renameSync;
      }
      await assertRejects(() => runExperiment(of("r"), { dir: `${dir}/data` }), TypeError, "256 bytes long");
      assertEquals(runs, 2);
    }
  },
);

testIn("long paths: a segment of atPath, many subfolders, and in a script too", async (dir) => {
  const make = (cacher: Loose) => stage("make", { outputs: { out: cacher as never } }, () => ({ out: 1 }));
  const tooLong: readonly (readonly [Loose, string])[] = [
    [atPath(jsonCacher(), `${dir}/${"ä".repeat(128)}/x.json`), "256 bytes long"],
    [atPath(jsonCacher(), `${dir}/${"x".repeat(240)}.json`), "bytes long"],
    [withSubdir(jsonCacher(), Array.from({ length: 41 }, () => LONG).join("/")), "4095 are taken"],
  ];
  for (const [cacher, message] of tooLong) {
    const exp = experiment({ stages: [make(cacher)] });
    await assertRejects(() => runExperiment(exp, { dir: `${dir}/data` }), TypeError, message);
    const workspace = openWorkspace({ dir: `${dir}/data`, experiment: "exp" });
    await assertRejects(() => runStage(createRecord(workspace), make(cacher)), TypeError, message);
  }
  assertEquals(tree(dir), []);
});

testIn("run.json that can't be written at the end is an error, and the artifacts stay", async (dir) => {
  let isBroken = true;
  const make = stage("make", { version: "1" }, () => {
    if (!isBroken) return { make: 1 };
    const runs = join(dir, "runs");
    for (const { name } of Deno.readDirSync(runs)) {
      if (!name.startsWith("exp_")) continue;
      Deno.removeSync(join(runs, name), { recursive: true });
      Deno.writeTextFileSync(join(runs, name), "in the way");
    }
    return { make: 1 };
  });
  const exp = experiment({ stages: [make] });
  await assertRejects(() => runExperiment(exp, { dir }), Error, 'run.json": ');
  isBroken = false;
  assertEquals((await runExperiment(exp, { dir })).executed, 0);
});

testIn("a stage that failed is what is told, though run.json can't be written either", async (dir) => {
  const make = stage("make", {}, () => {
    const runs = join(dir, "runs");
    for (const { name } of Deno.readDirSync(runs)) {
      if (!name.startsWith("exp_")) continue;
      Deno.removeSync(join(runs, name), { recursive: true });
      Deno.writeTextFileSync(join(runs, name), "in the way");
    }
    throw new Error("its own fault");
  });
  const { failed, errors } = await runExperiment(experiment({ stages: [make] }), { dir, onEvent: () => {} });
  assertEquals([failed, errors.length], [1, 2]);
  assertStringIncludes(errors[0]!.message, "its own fault");
  assertMatch(errors[1]!.message, /^Cannot write "[^"]*run\.json": "[^"]*" is no folder, .*; move it away$/);
});

testIn("a log that can't be written stops no stage, and is an error in the end", (dir) => {
  Deno.symlinkSync("/dev/full", join(dir, "log"));
  const log = openLog(dir);
  log.write({ type: "warning", message: "one" });
  log.write({ type: "warning", message: "two" });
  let message = "";
  try {
    log.close();
  } catch (error) {
    message = (error as Error).message;
  }
  assertEquals(
    message,
    `Cannot write the log "${dir}/log": no space is left on the disk; free some, and run again`,
  );
});
