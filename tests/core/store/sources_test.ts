import { assertEquals } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { changedSince, fileSources } from "../../../core/store/sources.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";

Deno.test("a file is as it was when it was first read; another query is another reading of it", async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, "a b.ts");
    const url = toFileUrl(path).href;
    await Deno.writeTextFile(path, "one");
    assertEquals(fileSources.read(url)?.text, "one");
    await Deno.writeTextFile(path, "two");
    assertEquals(fileSources.read(url)?.text, "one");
    assertEquals(fileSources.read(`${url}?v=2`)?.text, "two");
    assertEquals(fileSources.read(url)?.digest.length, 64);
  });
});

Deno.test("what is not there, or is a folder, is undefined", async () => {
  await withTempDir((dir) => {
    assertEquals(fileSources.read(toFileUrl(join(dir, "none.ts")).href), undefined);
    assertEquals(fileSources.read(toFileUrl(dir).href), undefined);
    assertEquals(fileSources.list(`${toFileUrl(join(dir, "none")).href}/`), []);
  });
});

Deno.test("a folder's files are listed, those below it too", async () => {
  await withTempDir(async (dir) => {
    await Deno.mkdir(join(dir, "in"));
    for (const name of ["b.ts", "in/c.ts", "a.txt"]) await Deno.writeTextFile(join(dir, name), "");
    const root = `${toFileUrl(dir).href}/`;
    assertEquals(fileSources.list(root), ["a.txt", "b.ts", "in/c.ts"].map((name) => root + name));
  });
});

Deno.test("a bare name resolves as Cairn's own import map has it, or not at all", () => {
  assertEquals(fileSources.resolve("no-such-name-anywhere"), undefined);
  assertEquals(fileSources.resolve("@cairn/cairn"), import.meta.resolve("../../../mod.ts"));
});

Deno.test("a file that changed after a time, or is gone, is named", async () => {
  await withTempDir(async (dir) => {
    const [a, b] = [join(dir, "a.ts"), join(dir, "b.ts")];
    for (const path of [a, b]) {
      await Deno.writeTextFile(path, "");
      await Deno.utime(path, new Date(1000), new Date(1000));
    }
    assertEquals(changedSince([a, b], 1000), undefined);
    await Deno.utime(b, new Date(5000), new Date(5000));
    assertEquals(changedSince([a, b], 1000), b);
    const soon = new Date(Date.now() + 1e6);
    await Deno.utime(b, soon, soon);
    assertEquals(changedSince([a, b], 1000), undefined, "the time of another clock");
    await Deno.remove(a);
    assertEquals(changedSince([a, b], 9000), a);
  });
});
