import { join } from "@std/path";
import { existsSync } from "@std/fs";
import { assertEquals, assertThrows } from "@std/assert";
import { pathCacher } from "../../cachers/path_cacher.ts";
import { at } from "../../core/define/at.ts";
import type { Artifact } from "../../core/define/cacher.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

function placed(name: string): Artifact & { readonly files: string; readonly folder: string } {
  const folder = tempDirSync();
  const files = join(folder, "files");
  Deno.mkdirSync(files);
  return { ...at(join(folder, name)), files, folder };
}

Deno.test("a file among the stage's own moves to where the artifact lies, with its ending", async () => {
  const place = placed("out");
  const path = join(place.files, "plot.png");
  Deno.writeTextFileSync(path, "x");
  await pathCacher().save(path, place);
  assertEquals(place.extra, { suffix: ".png" });
  assertEquals(existsSync(path), false);
  assertEquals(await pathCacher().load(place), join(place.folder, "out.png"));
  assertEquals(Deno.readTextFileSync(join(place.folder, "out.png")), "x");
});

Deno.test("the extension given counts rather than the file's", async () => {
  const place = placed("out.txt");
  const path = join(place.files, "plot.png");
  Deno.writeTextFileSync(path, "x");
  await pathCacher(".txt").save(path, place);
  assertEquals(await pathCacher(".txt").load(place), join(place.folder, "out.txt"));
});

Deno.test("an ending that no artifact may have is left out", async () => {
  const place = placed("out");
  const path = join(place.files, "a.b c");
  Deno.writeTextFileSync(path, "x");
  await pathCacher().save(path, place);
  assertEquals(await pathCacher().load(place), join(place.folder, "out"));
});

Deno.test("a folder moves whole", async () => {
  for (const [name, suffix] of [["model", ""], ["data.zarr", ".zarr"]] as const) {
    const place = placed("out");
    Deno.mkdirSync(join(place.files, name, "deep"), { recursive: true });
    Deno.writeTextFileSync(join(place.files, name, "deep", "a.txt"), "x");
    await pathCacher().save(join(place.files, name), place);
    assertEquals(place.extra, { suffix, folder: true });
    const loaded = await pathCacher().load(place);
    assertEquals(loaded, join(place.folder, `out${suffix}`));
    assertEquals(Deno.readTextFileSync(join(loaded, "deep", "a.txt")), "x");
    assertEquals(existsSync(join(place.files, name)), false);
  }
});

Deno.test("a file that is in place already stays there", async () => {
  const place = placed("out.txt");
  Deno.writeTextFileSync(place.path(), "x");
  await pathCacher(".txt").save(place.path(), place);
  assertEquals(place.extra, {});
  assertEquals(await pathCacher(".txt").load(place), place.path());
});

Deno.test("with no files of a stage, only the artifact's own path will do", () => {
  const place = at(join(tempDirSync(), "out.txt"));
  assertThrows(
    () => pathCacher(".txt").save("other.txt", place),
    TypeError,
    `wanted ${JSON.stringify(place.path())}`,
  );
  assertThrows(
    () => pathCacher(".txt").save(place.path(), place),
    Deno.errors.NotFound,
    "there is nothing at",
  );
});

Deno.test("a folder that is gone is an error, and is not made anew", () => {
  const place = placed("out");
  Object.assign(place.extra, { suffix: "", folder: true });
  assertThrows(() => pathCacher().load(place), Deno.errors.NotFound, join(place.folder, "out"));
  assertEquals(existsSync(join(place.folder, "out")), false);
});

Deno.test("an extension that is none is refused", () => {
  assertThrows(() => pathCacher("a/b"), TypeError, "is no end of a file name");
  assertEquals(pathCacher(".png").paths?.("a.png"), ["a.png"]);
});
