/** The folders of runs: numbered, one a run. */
import { assertEquals } from "@std/assert";
import { tryLock } from "../../../core/store/disk/locks.ts";
import { makeRunFolder, runNumber, writeRun, writeRunFile } from "../../../core/store/run_folder.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import { tree } from "../../helpers/tree.ts";
import { startChild } from "./child.ts";
import { withWorkspace } from "./fixtures.ts";

const NOW = new Date("2026-01-31T12:00:00.999Z");

Deno.test("a run is <experiment>_<number>_<timestamp>, counted from 1", async () => {
  await withWorkspace(async ({ workspace }) => {
    const first = await makeRunFolder(workspace, NOW);
    assertEquals(first, {
      reference: "exp_1_2026-01-31T120000Z",
      dir: `${workspace.runs}/exp_1_2026-01-31T120000Z`,
    });
    assertEquals((await makeRunFolder(workspace, NOW)).reference, "exp_2_2026-01-31T120000Z");
    assertEquals(tree(workspace.runs), ["exp_1_2026-01-31T120000Z/", "exp_2_2026-01-31T120000Z/"]);
  });
});

Deno.test("the highest number counts on, a deleted one is not filled, and other names do not count", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    for (
      const name of [
        "exp_9_2026-01-31T120000Z",
        "exp_10_2025-01-31T120000Z",
        "exp_99_notes",
        "exp_1_50_2026-01-31T120000Z",
        "other_70_2026-01-31T120000Z",
        "exp",
      ]
    ) Deno.mkdirSync(`${workspace.runs}/${name}`, { recursive: true });
    assertEquals((await makeRunFolder(workspace, NOW)).reference, "exp_11_2026-01-31T120000Z");
    const other = openWorkspace({ dir: `${dir}/data`, experiment: "exp_1" });
    assertEquals((await makeRunFolder(other, NOW)).reference, "exp_1_51_2026-01-31T120000Z");
  });
});

Deno.test("a number is read from the runs of one experiment", () => {
  assertEquals(runNumber("exp_12_2026-01-31T120000Z", "exp"), 12);
  for (
    const reference of [
      "exp_12",
      "exp_12_now",
      "exp_x_2026-01-31T120000Z",
      "exp_1_2_2026-01-31T120000Z",
      "2_2026-01-31T120000Z",
      "expo_1_2026-01-31T120000Z",
      "exp_1_2026-01-31T120000Z.old",
    ]
  ) assertEquals(runNumber(reference, "exp"), undefined, reference);
});

Deno.test("no number is given twice, in one process or in several", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const children = [1, 2, 3].map((time) => startChild("number", `${dir}/data`, "8", `${time}`));
    const own = await Promise.all(Array.from({ length: 8 }, () => makeRunFolder(workspace, new Date(0))));
    const theirs = (await Promise.all(children.map((child) => child.end()))).flatMap((text) =>
      text.trim().split("\n")
    );
    const numbers = [...own.map(({ reference }) => reference), ...theirs].map((each) =>
      runNumber(each, "exp")!
    );
    assertEquals(numbers.sort((a, b) => a - b), Array.from({ length: 32 }, (_, i) => i + 1));
    assertEquals(tree(workspace.runs).filter((name) => !name.startsWith("exp_")), []);
  });
});

Deno.test("while somebody else counts, nobody does", async () => {
  await withWorkspace(async ({ workspace }) => {
    const lock = tryLock(`${workspace.runs}/.lock`);
    const done = makeRunFolder(workspace, NOW);
    for (let i = 0; i < 20; i++) await Promise.resolve();
    assertEquals(tree(workspace.runs), [".lock"]);
    Deno.mkdirSync(`${workspace.runs}/exp_1_2025-01-31T120000Z`);
    if (typeof lock !== "string") lock.release();
    assertEquals((await done).reference, "exp_2_2026-01-31T120000Z");
  });
});

Deno.test("run.json is whole, also when it is written again", async () => {
  await withWorkspace(async ({ workspace }) => {
    const folder = await makeRunFolder(workspace, NOW);
    writeRun(folder, { state: "running" });
    writeRun(folder, { state: "done", counts: [1] });
    assertEquals(JSON.parse(Deno.readTextFileSync(`${folder.dir}/run.json`)), { state: "done", counts: [1] });
    writeRunFile(folder, "environment.json", { versions: { deno: "2" } });
    assertEquals(JSON.parse(Deno.readTextFileSync(`${folder.dir}/environment.json`)), {
      versions: { deno: "2" },
    });
    assertEquals(tree(folder.dir), ["environment.json", "run.json"]);
    assertEquals(tree(workspace.runs).filter((name) => !name.startsWith("exp_")), []);
  });
});

Deno.test("a list of any length, and what is gone through once, is written as JSON.stringify would", async () => {
  await withWorkspace(async ({ workspace }) => {
    const folder = await makeRunFolder(workspace, NOW);
    for (const length of [0, 1, 9, 10, 11, 20, 205]) {
      const records = Array.from({ length }, (_, i) => ({ name: `"${i}"\n  ]`, stages: [i, [], {}] }));
      writeRun(folder, { first: 1, gone: undefined, records, rest: records.values(), last: { records } });
      assertEquals(
        Deno.readTextFileSync(`${folder.dir}/run.json`),
        JSON.stringify({ first: 1, records, rest: records, last: { records } }, null, 2) + "\n",
      );
    }
  });
});
