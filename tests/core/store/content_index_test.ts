/** The index of content keys: kept on disk a line at a time, and made again from the metadata where it is not there. */
import { assertEquals } from "@std/assert";
import { openContentIndex } from "../../../core/store/content_index.ts";
import { ownFolder } from "../../../core/store/staging.ts";
import { tree } from "../../helpers/tree.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";

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
