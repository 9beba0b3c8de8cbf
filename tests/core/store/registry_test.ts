/** The registry's file: nothing is lost, and nothing is there twice, however many write at once. */
import { assertEquals } from "@std/assert";
import { parameterSets } from "../../../core/params/sets.ts";
import { tryLock } from "../../../core/store/disk/locks.ts";
import { readRegistry, register, registryPath } from "../../../core/store/registry.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import { tree } from "../../helpers/tree.ts";
import { startChild } from "./child.ts";
import { withWorkspace } from "./fixtures.ts";

const setsOf = (...values: readonly number[]) =>
  parameterSets(values.map((i) => ({ i, note: "x".repeat(500) })));

Deno.test("every set that was hashed is there once", async () => {
  await withWorkspace(async ({ workspace, dir, warnings }) => {
    assertEquals(readRegistry(workspace), { entries: [], whole: true });
    await register(workspace, []);
    assertEquals(tree(dir), []);
    await register(workspace, setsOf(1, 2));
    await register(workspace, setsOf(2, 3));
    await register(workspace, [...setsOf(4), ...setsOf(4)]);
    const { entries, whole } = readRegistry(workspace);
    assertEquals(entries.map(({ hash }) => hash), setsOf(1, 2, 3, 4).map(({ hash }) => hash));
    assertEquals(entries[0]?.experiment, "exp");
    assertEquals([whole, warnings.length], [true, 0]);
    assertEquals(tree(`${workspace.cache}/.cairn`), ["registry.jsonl"]);
  });
});

Deno.test("a set that is there already is written by nobody again", async () => {
  await withWorkspace(async ({ workspace }) => {
    await register(workspace, setsOf(1));
    const before = Deno.readTextFileSync(registryPath(workspace.cache));
    const other = openWorkspace({ dir: workspace.dir, experiment: "other" });
    await register(other, setsOf(1));
    assertEquals(Deno.readTextFileSync(registryPath(workspace.cache)), before);
  });
});

Deno.test("a file that was cut short keeps its whole lines, with a warning, and takes new ones", async () => {
  await withWorkspace(async ({ workspace, warnings }) => {
    await register(workspace, setsOf(1, 2));
    const path = registryPath(workspace.cache);
    const cut = Deno.readTextFileSync(path).slice(0, -9);
    Deno.writeTextFileSync(path, cut);
    await register(workspace, setsOf(3));
    const { entries } = readRegistry(workspace);
    assertEquals(entries.map(({ hash }) => hash), setsOf(1, 3).map(({ hash }) => hash));
    const aside = `${path}.damaged-1`;
    assertEquals(warnings, [
      `the registry "${path}" is damaged: 1 damaged line; it is kept as "${aside}", and its whole lines stay in force`,
    ]);
    assertEquals(Deno.readTextFileSync(aside), cut);
    await register(workspace, setsOf(2));
    assertEquals([readRegistry(workspace).entries.length, warnings.length], [3, 1]);
  });
});

Deno.test("one byte that was changed anywhere is seen, and what was there is kept beside it", async () => {
  await withWorkspace(async ({ workspace, warnings }) => {
    await register(workspace, setsOf(1, 2));
    const path = registryPath(workspace.cache);
    const bytes = Deno.readFileSync(path);
    for (const [n, at] of [0, 9, 40, 90, 120, 700, bytes.length - 5].entries()) {
      Deno.writeFileSync(path, bytes.with(at, bytes[at]! ^ 1));
      await register(workspace, setsOf(1, 2));
      assertEquals(warnings.length, n + 1, `byte ${at}`);
      assertEquals(Deno.readFileSync(`${path}.damaged-${n + 1}`), bytes.with(at, bytes[at]! ^ 1));
      assertEquals(readRegistry(workspace).entries.length, 2);
    }
  });
});

Deno.test("what lies in the registry's place is set aside, and a link not followed", async () => {
  await withWorkspace(async ({ workspace, warnings, dir }) => {
    await register(workspace, setsOf(1));
    const path = registryPath(workspace.cache);
    Deno.removeSync(path);
    Deno.mkdirSync(`${path}/mine`, { recursive: true });
    await register(workspace, setsOf(1));
    Deno.renameSync(path, `${dir}/elsewhere`);
    Deno.symlinkSync(`${dir}/elsewhere`, path);
    await register(workspace, setsOf(2));
    assertEquals(Deno.statSync(`${path}.damaged-1/mine`).isDirectory, true);
    assertEquals(Deno.readLinkSync(`${path}.damaged-2`), `${dir}/elsewhere`);
    assertEquals(readRegistry(workspace).entries.map(({ hash }) => hash), setsOf(2).map(({ hash }) => hash));
    assertEquals(warnings, [
      `the registry "${path}" is damaged: it is a folder; it is kept as "${path}.damaged-1", and a new one is begun`,
      `the registry "${path}" is damaged: it is a link; it is kept as "${path}.damaged-2", and a new one is begun`,
    ]);
  });
});

Deno.test("writers at once lose nothing and write nothing twice, in one process and in several", async () => {
  await withWorkspace(async ({ workspace, dir, warnings }) => {
    const children = [
      startChild("register", `${dir}/data`, "15"),
      startChild("register", `${dir}/data`, "15"),
    ];
    await Promise.all(Array.from({ length: 20 }, (_, i) => register(workspace, setsOf(i, i + 1))));
    for (const child of children) await child.end();
    const { entries, whole } = readRegistry(workspace);
    const wanted = setsOf(...Array.from({ length: 21 }, (_, i) => i)).map(({ hash }) => hash);
    assertEquals(entries.map(({ hash }) => hash).sort(), wanted.sort());
    assertEquals([whole, warnings.length], [true, 0]);
  });
});

Deno.test("while somebody else writes, nobody does", async () => {
  await withWorkspace(async ({ workspace }) => {
    const lock = tryLock(`${workspace.cache}/.cairn/registry.lock`);
    const done = register(workspace, setsOf(1));
    for (let i = 0; i < 20; i++) await Promise.resolve();
    assertEquals(readRegistry(workspace).entries, []);
    if (typeof lock !== "string") lock.release();
    await done;
    assertEquals(readRegistry(workspace).entries.length, 1);
  });
});
