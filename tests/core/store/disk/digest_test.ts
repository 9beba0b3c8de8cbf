/** Digests of files, and what became of a file. */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import {
  contentDigest,
  describeFiles,
  fileDigest,
  fileState,
  isAbsent,
  modifiedAt,
} from "../../../../core/store/disk/digest.ts";
import { withTempDir } from "../../../helpers/temp_dir.ts";
import { corrupt, touch } from "../fixtures.ts";

const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

Deno.test("a file's digest is the SHA-256 of its bytes, whatever its size", async () => {
  await withTempDir((dir) => {
    for (const size of [0, 1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1]) {
      const bytes = new Uint8Array(size).fill(7);
      Deno.writeFileSync(`${dir}/a`, bytes);
      assertEquals(fileDigest(`${dir}/a`), sha256(bytes), `${size} bytes`);
    }
  });
});

Deno.test("a file is one entry, a folder one for each thing in it, sorted", async () => {
  await withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/m/b/empty`, { recursive: true });
    Deno.writeTextFileSync(`${dir}/m/b/x.txt`, "x");
    Deno.writeTextFileSync(`${dir}/m/a.txt`, "");
    Deno.writeTextFileSync(`${dir}/m/Z`, "zz");
    const entries = describeFiles(`${dir}/m`, "_more");
    assertEquals(entries.map(({ path, size, sha256 }) => [path, size, sha256]), [
      ["_more/", 0, ""],
      ["_more/Z", 2, sha256("zz")],
      ["_more/a.txt", 0, sha256("")],
      ["_more/b/", 0, ""],
      ["_more/b/empty/", 0, ""],
      ["_more/b/x.txt", 1, sha256("x")],
    ]);
    assertEquals(describeFiles(`${dir}/m/a.txt`, ".txt"), [{
      path: ".txt",
      size: 0,
      modified: modifiedAt(Deno.statSync(`${dir}/m/a.txt`)),
      sha256: sha256(""),
    }]);
  });
});

Deno.test("a link is refused, at the top and below", async () => {
  await withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/m`);
    Deno.writeTextFileSync(`${dir}/a`, "a");
    Deno.symlinkSync(`${dir}/a`, `${dir}/m/link`);
    assertThrows(() => describeFiles(`${dir}/m`, "_more"), Error, "m/link");
    assertThrows(() => describeFiles(`${dir}/m/link`, ".txt"), Error, "m/link");
  });
});

Deno.test("a name with a backslash is the name of a file", async () => {
  await withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/m`);
    Deno.writeTextFileSync(`${dir}/m/a\\b`, "a");
    const [, entry] = describeFiles(`${dir}/m`, "m");
    assertEquals(fileState(`${dir}/${entry!.path}`, entry!, "content"), "same");
  });
});

Deno.test("times stand for the content where they agree; else it is read", async () => {
  await withTempDir((dir) => {
    const path = `${dir}/a`;
    Deno.writeTextFileSync(path, "abc");
    const [entry] = describeFiles(path, "a");
    const states = () => [fileState(path, entry!, "times"), fileState(path, entry!, "content")];
    assertEquals(states(), ["same", "same"]);
    touch(path);
    assertEquals(states(), ["same", "same"]);
    Deno.writeTextFileSync(path, "abd");
    touch(path);
    assertEquals(states(), ["changed", "changed"]);
    Deno.writeTextFileSync(path, "abcd");
    assertEquals(states(), ["changed", "changed"]);
    Deno.removeSync(path);
    assertEquals(states(), ["missing", "missing"]);
    Deno.mkdirSync(path);
    assertEquals(states(), ["changed", "changed"]);
  });
});

Deno.test("a byte that changed behind the times is seen by the content alone", async () => {
  await withTempDir((dir) => {
    const path = `${dir}/a`;
    Deno.writeTextFileSync(path, "abc");
    touch(path);
    const [entry] = describeFiles(path, "a");
    corrupt(path, 2);
    assertEquals(fileState(path, entry!, "times"), "same");
    assertEquals(fileState(path, entry!, "content"), "changed");
    Deno.writeTextFileSync(path, "abcd");
    touch(path);
    assertEquals(fileState(path, entry!, "times"), "changed");
  });
});

Deno.test("a link in place of a file, or a file in place of a folder, is a change", async () => {
  await withTempDir((dir) => {
    Deno.writeTextFileSync(`${dir}/a`, "abc");
    Deno.mkdirSync(`${dir}/m`);
    const [file] = describeFiles(`${dir}/a`, "a");
    const [folder] = describeFiles(`${dir}/m`, "m");
    assertEquals(folder?.path, "m/");
    Deno.renameSync(`${dir}/a`, `${dir}/b`);
    Deno.symlinkSync(`${dir}/b`, `${dir}/a`);
    assertEquals(fileState(`${dir}/a`, file!, "content"), "changed");
    assertEquals(fileState(`${dir}/b`, folder!, "times"), "changed");
    assertEquals(fileState(`${dir}/m`, folder!, "times"), "same");
    assertEquals(fileState(`${dir}/none`, folder!, "times"), "missing");
    assertEquals(fileState(`${dir}/b/below`, file!, "times"), "missing");
  });
});

Deno.test("the content digest is over names, contents, references and extra; over nothing else", () => {
  const entry = (path: string, sha256: string, rest: object = {}) => ({
    path,
    sha256,
    size: 1,
    modified: 1,
    ...rest,
  });
  const digest = contentDigest([entry(".json", "aa"), entry("_m/", "")], [entry("x", "bb")], { rows: 1 });
  const same = [
    contentDigest([entry(".json", "aa", { modified: 9 }), entry("_m/", "")], [entry("elsewhere", "bb")], {
      rows: 1,
    }),
  ];
  assertEquals(same, [digest]);
  const others = [
    contentDigest([entry(".txt", "aa"), entry("_m/", "")], [entry("x", "bb")], { rows: 1 }),
    contentDigest([entry(".json", "ab"), entry("_m/", "")], [entry("x", "bb")], { rows: 1 }),
    contentDigest([entry(".json", "aa")], [entry("x", "bb")], { rows: 1 }),
    contentDigest([entry(".json", "aa"), entry("_m/", "")], [entry("x", "bc")], { rows: 1 }),
    contentDigest([entry(".json", "aa"), entry("_m/", "")], [], { rows: 1 }),
    contentDigest([entry(".json", "aa"), entry("_m/", "")], [entry("x", "bb")], { rows: "1" }),
    contentDigest([entry(".json", "aa"), entry("_m/", ""), entry("x", "bb")], [], { rows: 1 }),
  ];
  for (const other of others) assertNotEquals(other, digest);
  assertEquals(new Set(others).size, others.length);
});

Deno.test("what is absent is told from other errors", () => {
  assertEquals(isAbsent(new Deno.errors.NotFound()), true);
  assertEquals(isAbsent(new Deno.errors.NotADirectory()), true);
  assertEquals(isAbsent(new Deno.errors.PermissionDenied()), false);
  assertEquals(isAbsent(undefined), false);
});

Deno.test("a file that the disk can't read is named", () =>
  withTempDir((dir) => {
    Deno.writeTextFileSync(`${dir}/a`, "text");
    const { readSync } = Deno.FsFile.prototype;
    try {
      Deno.FsFile.prototype.readSync = () => {
        throw Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
      };
      const message =
        `Cannot read "${dir}/a": the disk gave an error; see whether it is sound, and run again`;
      assertThrows(() => fileDigest(`${dir}/a`), Error, message);
    } finally {
      Deno.FsFile.prototype.readSync = readSync;
    }
  }));
