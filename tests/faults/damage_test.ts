/** Whatever befalls any file on disk: a miss with a warning, or an error that says so, and never a wrong value. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { cairn, eachOf } from "../core/cli/helpers.ts";
import { artifactsBelow, filesBelow, flipByte } from "../core/run/helpers.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { campaignOf } from "./campaign.ts";
import { MODULE } from "./whole_run.ts";

Deno.test("each file is damaged in each way in turn: nothing false is handed on, and a rerun mends all", async () => {
  // Every sixth case hits each file, and each way several times; with CAIRN_EVERY=1 it is all of them.
  const every = Deno.env.get("CAIRN_EVERY") ?? "6";
  const done = await campaignOf("damage_child.ts", (part, parts) => [`${part}`, `${parts}`, every]);
  const cases = done.reduce((sum, each) => sum + Number(each.cases), 0);
  assert(cases > 700 / Number(every), `${cases} cases`);
});

/** What a user would do to a file, and the stages that make it needed. */
const SAMPLES: readonly (readonly [part: string, damage: (path: string) => void])[] = [
  ["_compare_table.csv", (path) => Deno.truncateSync(path, 5)],
  ["_compare_table_metadata.json", (path) => flipByte(path, 40)],
  ["_compare_table.csv", (path) => Deno.removeSync(path)],
  ["_fit_model_weights.bin", (path) => flipByte(path, 3)],
  ["registry.jsonl", (path) => flipByte(path, 10)],
];

Deno.test("by the command line, in processes of their own: one line of warning, and exit status 0", () =>
  withTempDir(async (dir) => {
    Deno.writeTextFileSync(join(dir, "declared.txt"), "declared");
    const permissions = ["--allow-read", "--allow-write", "--allow-run=git"];
    const run = (cwd: string, ...flags: string[]) => cairn(["run", MODULE, ...flags], { cwd, permissions });
    assertEquals((await run(dir)).code, 0);
    const wanted = artifactsBelow(join(dir, "data", "cache"));
    await eachOf(SAMPLES, async ([part, damage]) => {
      const cwd = join(dir, crypto.randomUUID());
      Deno.mkdirSync(cwd);
      for (const name of ["data", "raw", "declared.txt"]) {
        new Deno.Command("cp", { args: ["-a", join(dir, name), cwd] }).outputSync();
      }
      const cache = join(cwd, "data", "cache");
      const [name] = Object.keys(filesBelow(cache)).filter((name) => name.endsWith(part));
      damage(join(cache, name!));
      const flags = part.includes("_fit_") ? ["--overwrite-stage", "score"] : [];
      const first = await run(cwd, ...flags);
      assertEquals(first.code, 0, first.stderr);
      assertMatch(first.stderr, /^warning: [^\n]+\n$/, part);
      assertEquals(artifactsBelow(cache), wanted);
      const { code, stdout, stderr } = await run(cwd);
      assertEquals([code, stderr], [0, ""], part);
      assertMatch(stdout, /: 0 executed/);
    }, 2);
  }));
