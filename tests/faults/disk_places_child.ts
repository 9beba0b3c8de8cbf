/**
 * A process of its own, in a working folder of its own: puts a file where a run wants a folder, and a folder where it
 * wants a file, and runs again when it is gone. It says what was wrong, a line of JSON each.
 *
 * @module
 */
import { isDeepStrictEqual as equal } from "node:util";
import { dirname } from "@std/path";
import { removeIfThere } from "../../core/store/disk/move.ts";
import { captured } from "./captured.ts";
import { filesBelow, MODULE, PLACES, runWhole, valuesOf } from "./whole_run.ts";

/** Where a run makes a folder. */
const FOLDERS = [
  "data",
  "data/cache",
  "data/cache/models",
  "data/cache/models/own",
  "data/cache/results",
  "data/cache/.cairn",
  "data/cache/.cairn/staging",
  "data/cache/.cairn/locks",
  "data/cache/.cairn/content",
  "data/cache/.cairn/code",
  "data/cache/.cairn/uses",
  "data/cache/.cairn/uses/live",
  "data/runs",
  "raw",
];

/** Where a run makes a file. */
const FILES = [
  "data/runs/.lock",
  "data/cache/.cairn/registry.lock",
  "raw/a.csv",
  "raw/a_metadata.json",
];

Deno.writeTextFileSync("declared.txt", "declared");
const expected = await valuesOf(await runWhole());
let cases = 0;
for (const [kind, paths] of Object.entries({ file: FOLDERS, folder: FILES })) {
  for (const path of paths) {
    for (const place of PLACES) removeIfThere(place);
    Deno.mkdirSync(dirname(path), { recursive: true });
    const mine = kind === "file" ? path : `${path}/mine.txt`;
    if (kind === "folder") Deno.mkdirSync(path);
    Deno.writeTextFileSync(mine, "mine");
    const { code, stderr } = await captured(["run", MODULE]);
    const tell = (what: string) => console.log(JSON.stringify({ kind, path, what }));
    if (code !== 0) {
      const isClear = stderr.length === 1 && /^error: .*Cannot [^"]*"[^"]+".*: .*; /.test(stderr[0]!);
      if (!isClear || ![1, 2].includes(code) || /os error/.test(stderr[0]!)) {
        tell(`exit status ${code}: ${stderr.join(" | ")}`);
      }
      if (!stderr.join().includes(JSON.stringify(path).slice(1, -1))) {
        tell(`no word of the path: ${stderr.join(" | ")}`);
      }
      if (!filesBelow(".").includes(mine)) tell("what lay there is gone");
      else if (Deno.readTextFileSync(mine) !== "mine") tell("what lay there was changed");
      removeIfThere(path);
    } else if (!/content|code/.test(path)) tell(`exit status 0: ${stderr.join(" | ")}`);
    const again = await captured(["run", MODULE]);
    if (again.code !== 0 || again.stderr.length > 0) {
      tell(`the rerun: ${again.code}: ${again.stderr.join(" | ")}`);
    }
    if (!equal(await valuesOf(await runWhole()), expected)) tell("a wrong value");
    cases++;
  }
}
// A full store tells of the lock file of packages: one that is damaged is no reason to fail.
Deno.writeTextFileSync("deno.lock", '{"version"');
const { code, stderr } = await captured(["run", MODULE, "--store-full"]);
if (code !== 0 || stderr.length > 0) console.log(JSON.stringify({ path: "deno.lock", code, stderr }));
console.log(JSON.stringify({ cases: cases + 1 }));
