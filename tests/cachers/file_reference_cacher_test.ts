import { join } from "@std/path";
import { assertEquals, assertRejects } from "@std/assert";
import { fileReferenceCacher } from "../../cachers/file_reference_cacher.ts";
import { at } from "../../core/define/at.ts";
import type { Artifact } from "../../core/define/cacher.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

/** An artifact, and a folder of a stage's files beside it. */
function placed(): Artifact & { readonly files: string } {
  const dir = tempDirSync();
  const files = join(dir, "files");
  Deno.mkdirSync(join(files, "plots"), { recursive: true });
  Deno.writeTextFileSync(join(files, "plots", "a.txt"), "a");
  return { ...at(join(dir, "refs.json")), files };
}

/** Runs in a working folder of its own. */
async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const before = Deno.cwd();
  const folder = Deno.realPathSync(tempDirSync());
  Deno.chdir(folder);
  try {
    await run(folder);
  } finally {
    Deno.chdir(before);
  }
}

Deno.test("what is below the stage's files is written so that it can be moved", async () => {
  const place = placed();
  const value = [join(place.files, "plots", "a.txt"), place.files, `${place.files}/plots/`];
  await fileReferenceCacher().save(value, place);
  assertEquals(JSON.parse(Deno.readTextFileSync(place.path())), [
    "{files}/plots/a.txt",
    "{files}",
    "{files}/plots/",
  ]);
  assertEquals(await fileReferenceCacher().load(place), value);
  assertEquals(await fileReferenceCacher().load({ ...place, files: "/moved/" }), [
    "/moved/plots/a.txt",
    "/moved/",
    "/moved/plots/",
  ]);
  await assertRejects(
    async () => await fileReferenceCacher().load(at(place.path())),
    TypeError,
    "this artifact has none",
  );
});

Deno.test("an absolute path below the working folder moves with it; others stay as they are", async () => {
  const place = placed();
  let portable: unknown;
  await inFolder(async (folder) => {
    Deno.writeTextFileSync("a.txt", "a");
    Deno.writeTextFileSync("{cwd}", "braces");
    const value = [`${folder}/a.txt`, "a.txt", "./a.txt", "{cwd}", folder, `${folder}/../`, "/"];
    await fileReferenceCacher().save(value, { ...place, files: "elsewhere" });
    portable = JSON.parse(Deno.readTextFileSync(place.path()));
    assertEquals(await fileReferenceCacher().load(place), value);
    assertEquals(portable, ["{cwd}/a.txt", "a.txt", "./a.txt", "{}{cwd}", "{cwd}", `${folder}/../`, "/"]);
  });
  await inFolder(async (folder) => {
    assertEquals((await fileReferenceCacher<string[]>().load(place))[0], `${folder}/a.txt`);
  });
});

Deno.test("a relative path into relative files is found among them", async () => {
  await inFolder(async () => {
    Deno.mkdirSync("data/files", { recursive: true });
    Deno.writeTextFileSync("data/files/a.txt", "a");
    const place = { ...at("data/refs.json"), files: "data/files" };
    await fileReferenceCacher().save("data/files/a.txt", place);
    assertEquals(JSON.parse(Deno.readTextFileSync("data/refs.json")), "{files}/a.txt");
    assertEquals(await fileReferenceCacher().load(place), "data/files/a.txt");
  });
});

Deno.test("a folder that only begins alike is another one", async () => {
  const place = placed();
  Deno.mkdirSync(`${place.files}2`);
  await fileReferenceCacher().save(`${place.files}2`, place);
  assertEquals(JSON.parse(Deno.readTextFileSync(place.path())), `${place.files}2`);
});

Deno.test("check is false once a file is gone", async () => {
  const place = placed();
  const path = join(place.files, "plots", "a.txt");
  await fileReferenceCacher().save([path, place.files], place);
  assertEquals(await fileReferenceCacher().check?.(place), true);
  Deno.removeSync(path);
  assertEquals(await fileReferenceCacher().check?.(place), false);
});

Deno.test("paths gives what a value leads to", () => {
  assertEquals(fileReferenceCacher().paths?.("a"), ["a"]);
  assertEquals(fileReferenceCacher().paths?.(["a", "b"]), ["a", "b"]);
});
