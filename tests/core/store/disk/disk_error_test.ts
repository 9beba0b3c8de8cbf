/** What a file system refuses, in words: as Deno says it, and as Node does. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ensureDirSync } from "@std/fs";
import {
  clearError,
  clearMessage,
  fileError,
  isFromSystem,
  isRefused,
  messageWithin,
} from "../../../../core/store/disk/disk_error.ts";
import { withTempDir } from "../../../helpers/temp_dir.ts";

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

const CASES: readonly (readonly [work: (dir: string) => void, message: string])[] = [
  [
    (dir) => Deno.writeTextFileSync(`${dir}/file/a.json`, ""),
    'Cannot write "DIR/file/a.json": "DIR/file" is no folder, and one is wanted there; move it away',
  ],
  [
    (dir) => Deno.writeTextFileSync(`${dir}/folder`, ""),
    'Cannot write "DIR/folder": a folder lies there, and a file is wanted; move it away',
  ],
  [
    (dir) => ensureDirSync(`${dir}/file/deep/er`),
    'Cannot make the folder "DIR/file/deep/er": "DIR/file" is no folder, and one is wanted there; move it away',
  ],
  [
    (dir) => ensureDirSync(`${dir}/file`),
    'Cannot make the folder "DIR/file": "DIR/file" is no folder, and one is wanted there; move it away',
  ],
  [
    (dir) => Deno.renameSync(`${dir}/file`, `${dir}/folder`),
    'Cannot move a file to "DIR/folder": a folder lies there, and a file is wanted; move it away',
  ],
  [
    () => Deno.writeTextFileSync("/dev/full", "a"),
    'Cannot write "/dev/full": no space is left on the disk; free some, and run again',
  ],
];

for (const [work, message] of CASES) {
  Deno.test(`in words: ${message}`, () =>
    withTempDir((dir) => {
      Deno.writeTextFileSync(`${dir}/file`, "");
      Deno.mkdirSync(`${dir}/folder`);
      const error = thrownBy(() => work(dir)) as Error;
      assertEquals(clearMessage(error).replaceAll(dir, "DIR"), message);
      const clear = clearError(error) as Error & { code: string };
      assertEquals(clear.message, clearMessage(error));
      assertEquals([clear.constructor, clear.code], [error.constructor, (error as typeof clear).code]);
      assertStrictEquals(clear.cause, error);
      assertEquals(clearMessage(clear), clear.message);
    }));
}

Deno.test("what lies in staging is told by where it is to end", () => {
  const staging = `data/cache/.cairn/staging/${crypto.randomUUID()}`;
  const told = (path: string) =>
    clearMessage(
      Object.assign(new Error(`Disk full (os error 28): writefile '${path}'`), { code: "ENOSPC" }),
    );
  const wanted =
    'Cannot write "data/cache/models/a.json": no space is left on the disk; free some, and run again';
  assertEquals(told(`${staging}/models/a.json`), wanted);
  assertEquals(told(`${staging}/attempt-12/models/a.json`), wanted);
  const here = wanted.replace("data/cache/", "");
  const below = staging.replace("data/cache/", ""); // the cache is the working folder
  assertEquals(told(`${below}/models/a.json`), here);
  assertEquals(told(`${below}/attempt-12/models/a.json`), here);
  assertEquals(told(`.cairn-${crypto.randomUUID()}/models/a.json`), here);
});

Deno.test("an error that names no path gets the one that was written", () => {
  const file = Deno.openSync("/dev/full", { write: true });
  const error = thrownBy(() => file.writeSync(new Uint8Array(9)));
  file.close();
  const message = 'Cannot write "a.json": no space is left on the disk; free some, and run again';
  assertEquals(clearMessage(error, "a.json"), message);
  assertEquals((fileError("write", "a.json", error) as Error).message, message);
});

Deno.test("what refuses that is no file is told in its own words, whatever file is written meanwhile", () =>
  withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/folder`);
    Deno.writeTextFileSync(`${dir}/file`, "");
    const errors = [
      thrownBy(() => Deno.mkdirSync(`${dir}/folder`)),
      thrownBy(() => Deno.writeTextFileSync(`${dir}/file`, "", { createNew: true })),
      thrownBy(() => Deno.symlinkSync(dir, `${dir}/file`)),
      thrownBy(() => new Deno.Command(`${dir}/file`).outputSync()),
      // As Deno has it for a port or a process.
      Object.assign(new Deno.errors.PermissionDenied("Permission denied (os error 13)"), { code: "EACCES" }),
    ] as Error[];
    for (const error of errors) {
      assertEquals(clearMessage(error), error.message);
      assertEquals(clearMessage(error, "a.json"), error.message);
      assertStrictEquals(clearError(error), error);
    }
    Deno.symlinkSync("nowhere", `${dir}/link`);
    const message =
      `Cannot make the folder "${dir}/link": "${dir}/link" is no folder, and one is wanted there; ` +
      "move it away";
    assertEquals(clearMessage(thrownBy(() => Deno.mkdirSync(`${dir}/link`))), message);
  }));

Deno.test("what a user's function threw is told in its own words outside of Cairn's folders", () =>
  withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/data/folder`, { recursive: true });
    const error = thrownBy(() => Deno.readTextFileSync(`${dir}/data/folder`)) as Error;
    const clear = `Cannot read "${dir}/data/folder": a folder lies there, and a file is wanted; move it away`;
    assertEquals(messageWithin(error, [`${dir}/other`, `${dir}/data`]), clear);
    for (const folder of [`${dir}/dat`, `${dir}/data/folder/deep`, `${dir}/data/fold`]) {
      assertEquals(messageWithin(error, [folder], "a.json"), error.message);
    }
    const full = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
    assertEquals(messageWithin(full, [dir]), full.message);
    const message = 'Cannot write "a.json": no space is left on the disk; free some, and run again';
    assertEquals(messageWithin(full, [dir], "a.json"), message);
  }));

Deno.test("anything else stays as it is", () => {
  for (
    const error of [new Error("Cannot be"), new TypeError("x"), new Deno.errors.NotFound("gone"), "text", 5]
  ) {
    assertStrictEquals(clearError(error), error);
    assertStrictEquals(fileError("write", "a.json", error), error);
  }
  assert(isFromSystem(new Deno.errors.NotCapable("no")));
  assert(!isFromSystem(new Error("Cannot be")));
});

Deno.test("what is refused is told as such, however it is put in words", () => {
  for (const code of ["EACCES", "EPERM", "EROFS"]) {
    const error = Object.assign(new Error("Refused (os error 1): open 'a.json'"), { code });
    for (const each of [error, clearError(error), fileError("write", "a.json", error)]) {
      assert(isRefused(each));
    }
  }
  assert(isRefused(new Deno.errors.PermissionDenied("no")));
  assert(isRefused(new Deno.errors.NotCapable("no")));
  for (const error of [new Error("no"), new Deno.errors.NotFound("no"), "EACCES"]) assert(!isRefused(error));
});
