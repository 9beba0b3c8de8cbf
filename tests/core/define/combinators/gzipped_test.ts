import { gunzipSync } from "node:zlib";
import { join } from "@std/path";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { existsSync } from "@std/fs";
import { fileReferenceCacher, jsonCacher, pathCacher, textCacher } from "../../../../cachers/mod.ts";
import { at } from "../../../../core/define/at.ts";
import type { Cacher } from "../../../../core/define/cacher.ts";
import { isMiss, miss } from "../../../../core/define/miss.ts";
import { gzipped } from "../../../../core/define/combinators/gzipped.ts";
import { validated } from "../../../../core/define/combinators/validated.ts";
import { tempDirSync } from "../../../helpers/temp_dir.ts";

const schema = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
} as const;

function temporary(): string {
  return tempDirSync();
}

Deno.test("a gzipped cacher says so in its extension and kind", () => {
  const { extension, kind } = gzipped(jsonCacher());
  assertEquals({ extension, kind }, { extension: ".json.gz", kind: "json+gzip" });
  const own: Cacher<string> = { extension: "", save: () => {}, load: () => "" };
  assertEquals(
    { ...gzipped(own), save: 0, load: 0 },
    { extension: ".gz", kind: "custom+gzip", save: 0, load: 0 } as never,
  );
});

Deno.test("cachers of paths, and gzipped ones, are refused", () => {
  assertThrows(() => gzipped(pathCacher()), TypeError, 'of kind "path"');
  assertThrows(() => gzipped(fileReferenceCacher()), TypeError, 'of kind "file-reference"');
  assertThrows(() => gzipped(gzipped(jsonCacher())), TypeError, "once is enough");
  assertThrows(() => gzipped(validated(gzipped(jsonCacher()), schema)), TypeError, "once is enough");
});

Deno.test("the file is what gzip makes, with no time and no name in it", async () => {
  const path = join(temporary(), "a.txt.gz");
  await gzipped(textCacher()).save("hello ".repeat(1000), at(path));
  const bytes = Deno.readFileSync(path);
  assertEquals([...bytes.subarray(0, 3)], [31, 139, 8]);
  assertEquals([...bytes.subarray(3, 8)], [0, 0, 0, 0, 0]);
  assertEquals(gunzipSync(bytes).toString(), "hello ".repeat(1000));
});

Deno.test("a cacher that asks for its own extension gets the same file as with none", async () => {
  const own: Cacher<string> = {
    extension: ".own",
    save: (value, artifact) => Deno.writeTextFile(artifact.path(".own"), value),
    load: (artifact) => Deno.readTextFile(artifact.path()),
  };
  const path = join(temporary(), "a.own.gz");
  await gzipped(own).save("x", at(path));
  assertEquals(await gzipped(own).load(at(path)), "x");
});

Deno.test("a link in a folder of the artifact is not followed out of it", async () => {
  const dir = temporary();
  const own: Cacher<string> = {
    extension: ".own",
    save: (value, artifact) => Deno.writeTextFile(join(artifact.dir("_parts"), "part"), value),
    load: (artifact) => Deno.readTextFile(join(artifact.dir("_parts"), "part")),
  };
  const place = at(join(dir, "a.own.gz"));
  await gzipped(own).save("x", place);
  const [part] = [...Deno.readDirSync(place.dir("_parts"))].map(({ name }) =>
    join(place.dir("_parts"), name)
  );
  const outside = join(dir, "outside.gz");
  Deno.renameSync(part!, outside);
  Deno.symlinkSync(outside, part!);
  await assertRejects(
    async () => await gzipped(own).load(place),
    TypeError,
    "it is neither a file nor a folder",
  );
});

Deno.test("an optional file that is not there stays so", async () => {
  const own: Cacher<boolean> = {
    extension: ".flag",
    save: (value, artifact) => {
      Deno.writeTextFileSync(artifact.path(), "");
      if (value) Deno.writeTextFileSync(artifact.path("_more"), "");
    },
    load: (artifact) => existsSync(artifact.path("_more")) && existsSync(artifact.path()),
  };
  const dir = temporary();
  for (const value of [true, false]) {
    const place = at(join(dir, `${value}.flag.gz`));
    await gzipped(own).save(value, place);
    assertEquals(await gzipped(own).load(place), value);
  }
});

Deno.test("nothing is left of the scratch folders, after errors neither", async () => {
  let used = "";
  const own: Cacher<string> = {
    extension: ".own",
    save: (_value, artifact) => {
      used = artifact.path();
      Deno.writeTextFileSync(used, "half");
      throw new Error(`broken at ${used}`);
    },
    load: (artifact) => {
      used = artifact.path();
      throw miss(`old, at ${used}`);
    },
  };
  const dir = temporary();
  const path = join(dir, "a.own.gz");
  const onSave = await assertRejects(async () => await gzipped(own).save("x", at(path)));
  assertEquals(onSave.message, `broken at ${path}`);
  assertEquals(existsSync(used), false);
  assertEquals([...Deno.readDirSync(dir)], []);

  await gzipped(textCacher()).save("x", at(path));
  const onLoad = await assertRejects(async () => await gzipped(own).load(at(path)));
  assertEquals([isMiss(onLoad), onLoad.message], [true, `old, at ${path}`]);
  assertEquals(existsSync(used), false);
  assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name), ["a.own.gz"]);
});

Deno.test("check looks at the files as the cacher wrote them", async () => {
  const own: Cacher<string> = {
    ...textCacher(),
    check: async (artifact) => await Deno.readTextFile(artifact.path()) === "good",
  };
  const place = at(join(temporary(), "a.txt.gz"));
  await gzipped(own).save("good", place);
  assertEquals(await gzipped(own).check?.(place), true);
  await gzipped(own).save("bad", place);
  assertEquals(await gzipped(own).check?.(place), false);
});

Deno.test("a link in a folder is refused: what it leads to would be lost", async () => {
  const own: Cacher<string> = {
    extension: ".own",
    save: (_value, artifact) => Deno.symlinkSync("/", join(artifact.dir("_d"), "link")),
    load: () => "",
  };
  const dir = temporary();
  const path = join(dir, "a.own.gz");
  await assertRejects(
    async () => await gzipped(own).save("", at(path)),
    TypeError,
    join(dir, "a.own_d", "link"),
  );
});

Deno.test("a file that was asked for and not written is left out", async () => {
  const own: Cacher<string> = {
    extension: ".own",
    save: (value, artifact) => {
      artifact.path("_more");
      Deno.writeTextFileSync(artifact.path(), value);
    },
    load: (artifact) => Deno.readTextFile(artifact.path()),
  };
  const dir = temporary();
  const place = at(join(dir, "a.own.gz"));
  await gzipped(own).save("x", place);
  assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name), ["a.own.gz"]);
  assertEquals(await gzipped(own).load(place), "x");
});

Deno.test("a message names each file where it lies, of two that begin alike too", async () => {
  const own: Cacher<string> = {
    extension: ".own",
    save: () => {},
    load: (artifact) => {
      throw new Error(`${artifact.path()} and ${artifact.path("_more")}`);
    },
  };
  const path = join(temporary(), "a.own.gz");
  const error = await assertRejects(async () => await gzipped(own).load(at(path)));
  assertEquals(error.message, `${path} and ${path.replace(".own.gz", ".own_more.gz")}`);
});

Deno.test("an error whose message can't be changed is thrown as it is", async () => {
  const path = join(temporary(), "a.own.gz");
  const failing = (fail: () => never): Cacher<string> => ({ extension: ".own", save: fail, load: fail });
  const errors: readonly Error[] = [
    new DOMException("no copy", "DataCloneError"),
    Object.freeze(new Error("mine")),
  ];
  for (const thrown of errors) {
    const cacher = gzipped(failing(() => {
      throw thrown;
    }));
    assertStrictEquals(await assertRejects(async () => await cacher.save("a", at(path))), thrown);
    assertStrictEquals(await assertRejects(async () => await cacher.load(at(path))), thrown);
  }
  const told: Cacher<string> = {
    extension: ".own",
    save: () => {},
    load: (artifact) => {
      throw new DOMException(`nothing in ${artifact.path()}`, "DataError");
    },
  };
  const error = await assertRejects(async () => await gzipped(told).load(at(path)), DOMException);
  assertEquals([error.name, error.message], ["DataError", `nothing in ${path}`]);
});
