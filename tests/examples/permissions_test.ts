/** README's table of permissions is true: what it gives is enough, and what it leaves out is not needed. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { walkSync } from "@std/fs";
import { commandIn, examples, flagsFor, permissionTable, run } from "./commands.ts";
import { inTempDir } from "./temp_dir.ts";

const PLAIN = flagsFor("run, plan, why");
const GIT = flagsFor("the commit in the metadata");
/** With the folder that the temporary one is in a test. */
const TEMPORARY = flagsFor("--dry").map((flag) => flag.replace("/tmp", "tmp"));
const PENGUINS = "examples/penguins.ts";

Deno.test("README gives each command what it needs, and what else is needed is explained", () => {
  assertEquals(PLAIN, ["--allow-read=.", "--allow-write=data"]);
  assertEquals(GIT, ["--allow-run=git"]);
  assertEquals(TEMPORARY, ["--allow-read=.,tmp", "--allow-write=data,tmp"]);
  assertEquals(permissionTable().some(({ what }) => what === "what your stages do"), true);
});

/** What an example needs beyond the first row of the table, and which row says so. */
const MORE: Record<string, { readonly row: string; readonly flags: readonly string[] }> = {
  "io_bound.ts": { row: "what your stages do", flags: ["--allow-net=127.0.0.1"] },
  "lazy_subprocess.ts": { row: "what your stages do", flags: ["--allow-run=deno"] },
};

for (const { name, text } of examples) {
  Deno.test(`${name} runs with just what README gives, and writes nowhere else`, async () => {
    await inTempDir(async (dir) => {
      const { permissions, args } = commandIn(text);
      const more = MORE[name];
      if (more !== undefined) assert(permissionTable().some(({ what }) => what.includes(more.row)), more.row);
      // The last of two flags that grant the same thing would be added to the first.
      const kinds = new Set(more?.flags.map((flag) => flag.split("=")[0]));
      const given = [...PLAIN.filter((flag) => !kinds.has(flag.split("=")[0])), ...more?.flags ?? []];
      for (const permission of permissions) {
        const kind = permission.split("=")[0]!;
        assert(
          given.some((flag) => flag.split("=")[0] === kind),
          `${name} asks for ${permission}, which README does not explain`,
        );
      }
      await Deno.mkdir(join(dir, "tmp"));
      for (const time of ["first", "second"]) {
        const { success, err } = await run(dir, given, args, { TMPDIR: join(dir, "tmp") });
        assert(success, `${time} time: ${err}`);
        assert(!/permission|Requires|NotCapable/i.test(err), err);
      }
      assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), ["data", "tmp"]);
      assertEquals([...Deno.readDirSync(join(dir, "tmp"))], [], "what is temporary is gone");
    });
  });
}

Deno.test("every command of the command line takes no more than the first row gives", async () => {
  await inTempDir(async (dir) => {
    for (
      const args of [
        ["plan", PENGUINS],
        ["run", PENGUINS],
        ["run", PENGUINS, "--json"],
        ["run", PENGUINS, "--overwrite-stage", "fit", "--store-full", "--notes", "again"],
        ["plan", PENGUINS, "--verbose"],
        ["why", PENGUINS, "--set", "seed=7"],
        ["why", PENGUINS, "--verbose"],
        ["diff", "previous", "latest"],
        ["show", "penguins/compare/ranking"],
        ["show", "penguins/compare/ranking", "--json"],
        ["cache", "ls"],
        ["cache", "verify"],
        ["cache", "gc", "--max-age", "30d", "--dry"],
        ["--help"],
        ["run", "--help"],
      ]
    ) {
      const { success, out, err } = await run(dir, PLAIN, ["cli.ts", ...args]);
      assert(success, `${args.join(" ")}: ${err}`);
      assert(out !== "", `${args.join(" ")} says nothing`);
      assertEquals(err, "", args.join(" "));
    }
    const { success, out } = await run(dir, PLAIN, [
      "cli.ts",
      "ls",
      join(import.meta.dirname!, "..", "..", "examples"),
    ]);
    assert(success && out.includes("penguins"), out);
    assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name), ["data"]);
  });
});

/** The commits that the metadata of a run names. */
function commitsIn(dir: string): unknown[] {
  const metadata = [...walkSync(join(dir, "data"))].filter(({ path }) => path.endsWith("_metadata.json"));
  return [
    ...new Set(metadata.map(({ path }) => JSON.stringify(JSON.parse(Deno.readTextFileSync(path)).run.git))),
  ]
    .map((text) => JSON.parse(text));
}

Deno.test("with git allowed the metadata has the commit, and without it null", async () => {
  await inTempDir(async (dir) => {
    const git = async (...args: string[]) => {
      const config = ["user.name=a", "user.email=a@example.org", "commit.gpgsign=false"].flatMap((
        each,
      ) => ["-c", each]);
      const { success, stdout, stderr } = await new Deno.Command("git", {
        args: [...config, ...args],
        cwd: dir,
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout).trim();
    };
    await git("init", "--quiet");
    await git("commit", "--quiet", "--allow-empty", "--message", "first");
    const commit = await git("rev-parse", "HEAD");
    const args = ["cli.ts", "run", PENGUINS, "--quiet"];
    for (
      const [permissions, found] of [[PLAIN, [null]], [[...PLAIN, ...GIT], [{
        commit,
        dirty: false,
      }]]] as const
    ) {
      const { success, err } = await run(dir, permissions, [...args, "--overwrite"]);
      assert(success, err);
      assertEquals([err, commitsIn(dir)], ["", found]);
    }
  });
});

for (const flag of ["--dry", "--dry-cache"]) {
  Deno.test(`${flag} takes the temporary folder too, says so without it, and leaves nothing there`, async () => {
    await inTempDir(async (dir) => {
      const env = { TMPDIR: join(dir, "tmp") };
      await Deno.mkdir(env.TMPDIR);
      const args = ["cli.ts", "run", PENGUINS, flag];
      const refused = await run(dir, PLAIN, args, env);
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.err, "--allow-write=data,/tmp");
      assert(!/^ +at /m.test(refused.err), refused.err);
      const granted = await run(dir, TEMPORARY, args, env);
      assertEquals([granted.code, granted.err], [0, ""]);
      assertEquals([...Deno.readDirSync(env.TMPDIR)], []);
    });
  });
}

Deno.test("atPath takes the folder that the path lies in, and says so without it", async () => {
  await inTempDir(async (dir) => {
    const args = ["cli.ts", "run", "tests/fixtures/hostile/placed.ts"];
    const refused = await run(dir, PLAIN, args);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.err, 'Requires write access to "out"');
    assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name), ["data"]);
    const granted = await run(dir, ["--allow-read=.", "--allow-write=data,out"], args);
    assertEquals([granted.code, granted.err], [0, ""]);
    assertEquals([...Deno.readDirSync(join(dir, "out"))].map(({ name }) => name).sort(), [
      "x.txt",
      "x_metadata.json",
    ]);
  });
});

Deno.test("a stage called by hand that writes files takes the temporary folder", async () => {
  await inTempDir(async (dir) => {
    const env = { TMPDIR: join(dir, "tmp") };
    await Deno.mkdir(env.TMPDIR);
    const args = ["tests/fixtures/hostile/by_hand.ts"];
    const refused = await run(dir, PLAIN, args, env);
    assertEquals(refused.success, false);
    assertStringIncludes(refused.err, "write access");
    const granted = await run(dir, TEMPORARY, args, env);
    assertEquals([granted.code, granted.out], [0, "by hand\n"]);
  });
});
