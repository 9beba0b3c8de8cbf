/** The index of content keys: kept on disk a line at a time, and made again from the metadata where it is not there. */
import { assertEquals } from "@std/assert";
import { openContentIndex } from "../../../core/store/content_index.ts";
import { targetPlace } from "../../../core/store/lookup.ts";
import { metadataAt } from "../../../core/store/place.ts";
import { ownFolder } from "../../../core/store/staging.ts";
import { tree } from "../../helpers/tree.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";
import { filesBelow } from "../run/helpers.ts";
import { put, specOf, withWorkspace } from "./fixtures.ts";

const key = (digit: string) => digit.repeat(64);
const twin = (digit: string, subdirs: Record<string, string> = { out: "" }) => ({
  recipeKey: key(digit),
  subdirs,
});

Deno.test("what was added is found again, also by the next process, the newest first", () =>
  withTempDir((dir) => {
    const index = openContentIndex(dir, "disk");
    assertEquals(index.find(key("a")), []);
    index.add(key("a"), twin("1"));
    index.add(key("a"), twin("2", { out: "models/large" }));
    index.add(key("a"), twin("1"));
    index.add(key("b"), twin("3"));
    for (const each of [index, openContentIndex(dir, "disk")]) {
      assertEquals(each.find(key("a")), [twin("2", { out: "models/large" }), twin("1")]);
      assertEquals(each.find(key("b")), [twin("3")]);
      assertEquals(each.find(key("c")), []);
    }
  }));

Deno.test("looking writes nothing, and neither does an index in memory", () =>
  withTempDir((dir) => {
    const index = openContentIndex(dir, "memory");
    index.add(key("a"), twin("1"));
    assertEquals(index.find(key("a")), [twin("1")]);
    openContentIndex(dir, "disk").find(key("a"));
    assertEquals(tree(dir), []);
  }));

Deno.test("two processes that add at once lose nothing", () =>
  withTempDir((dir) => {
    const [one, other] = [openContentIndex(dir, "disk"), openContentIndex(dir, "disk")];
    one.find(key("a"));
    other.find(key("a"));
    one.add(key("a"), twin("1"));
    other.add(key("a"), twin("2"));
    assertEquals(openContentIndex(dir, "disk").find(key("a")), [twin("2"), twin("1")]);
  }));

Deno.test("a line that was cut short, or written by somebody else, spoils no other", () =>
  withTempDir((dir) => {
    const index = openContentIndex(dir, "disk");
    index.add(key("a"), twin("1"));
    const path = `${ownFolder(dir)}/content/aa`;
    const odd = [
      `["${key("a")}","${key("9")}",{"out":"../../etc"}]`,
      `["${key("a")}","${key("9")}",{"out":"/etc"}]`,
      `["${key("a")}","../9",{"out":""}]`,
      `["${key("a")}","${key("9")}",null]`,
      `null`,
      `["${key("a")}","${key("9")}"`,
    ];
    Deno.writeTextFileSync(path, odd.join("\n"), { append: true });
    openContentIndex(dir, "disk").add(key("a"), twin("2"));
    assertEquals(openContentIndex(dir, "disk").find(key("a")), [twin("2"), twin("1")]);
  }));

Deno.test("one byte that was changed anywhere makes the index again from the metadata, once", () =>
  withWorkspace(async ({ workspace: { cache }, workspace }) => {
    const spec = specOf();
    await put(workspace, spec, [1]);
    const known = { recipeKey: spec.recipeKey, subdirs: { model: "" } };
    openContentIndex(cache, "disk").add(key("c"), known);
    const path = `${ownFolder(cache)}/content/cc`;
    const bytes = Deno.readFileSync(path);
    for (let at = 1; at < bytes.length - 1; at++) {
      Deno.writeFileSync(path, bytes.with(at, bytes[at]! ^ 1));
      assertEquals(openContentIndex(cache, "memory").find(key("c")), [known], `byte ${at}`);
    }
    openContentIndex(cache, "disk").add(key("c"), twin("2"));
    assertEquals(openContentIndex(cache, "disk").find(key("c")), [twin("2"), known]);
    // What was made good for is not made again: the metadata is not read for it.
    Deno.removeSync(metadataAt(targetPlace(workspace, spec)));
    await put(workspace, specOf({ recipeKey: key("9") }), [2]);
    assertEquals(openContentIndex(cache, "disk").find(key("c")), [twin("2"), known]);
  }));

for (const what of ["a folder", "a link", "a folder that is a link"]) {
  Deno.test(`${what} in the place of a file of the index: removed, never what it leads to`, () =>
    withWorkspace(async ({ workspace: { cache }, workspace, dir }) => {
      await put(workspace, specOf(), [1]);
      const index = openContentIndex(cache, "disk");
      const known = { recipeKey: specOf().recipeKey, subdirs: { model: "" } };
      index.add(key("c"), known);
      const folder = `${ownFolder(cache)}/content`;
      const path = what === "a folder that is a link" ? folder : `${folder}/cc`;
      Deno.mkdirSync(`${dir}/outside`);
      Deno.renameSync(path, `${dir}/outside/elsewhere`);
      if (what === "a folder") Deno.mkdirSync(`${path}/deep`, { recursive: true });
      else Deno.symlinkSync(`${dir}/outside/elsewhere`, path);
      const before = filesBelow(`${dir}/outside`);
      openContentIndex(cache, "disk").add(key("c"), twin("2"));
      assertEquals(openContentIndex(cache, "disk").find(key("c")), [twin("2"), known]);
      assertEquals(filesBelow(`${dir}/outside`), before);
      assertEquals(Deno.lstatSync(`${folder}/cc`).isFile, true);
    }));
}
