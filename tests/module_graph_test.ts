/** What is loaded: nothing that is not used, and no package before it is. */
import { assertEquals } from "@std/assert";
import { existsSync } from "@std/fs";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import { withTempDir } from "./helpers/temp_dir.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));

/** What `deno info --json` tells, as far as it is read here. */
interface Graph {
  readonly roots: readonly string[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** All that is evaluated when a module is imported. */
async function evaluated(module: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", join(ROOT, module)],
  }).output();
  const { roots, redirects, modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const bySpecifier = new Map(modules.map((each) => [each.specifier, each]));
  const met = new Set<string>(roots);
  for (const specifier of met) {
    for (const { code, isDynamic } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (code !== undefined && isDynamic !== true) met.add(redirects[code.specifier] ?? code.specifier);
    }
  }
  return [...met];
}

function below(specifiers: readonly string[], folder: string): string[] {
  return specifiers.filter((specifier) => specifier.includes(`/${folder}/`));
}

for (const module of ["mod.ts", "cachers/mod.ts", "cachers/arrow.ts", "cachers/parquet.ts", "cli.ts"]) {
  Deno.test(`${module} loads no package from npm`, async () => {
    const all = await evaluated(module);
    const known = (specifier: string) => specifier.startsWith("file:") || specifier.startsWith("node:");
    assertEquals(all.filter((specifier) => !known(specifier)), []);
    assertEquals(below(all, "core").length > 0, true, "the graph was read");
  });
}

Deno.test("mod.ts and cachers/mod.ts load neither workers nor the formats of tables, and cli.ts no subcommand", async () => {
  for (const module of ["mod.ts", "cachers/mod.ts"]) {
    const all = await evaluated(module);
    assertEquals(all.filter((specifier) => /\/(arrow|parquet)(_format)?\.ts$/.test(specifier)), [], module);
    assertEquals(below(all, "core/cli"), [], module);
    assertEquals(
      all.filter((specifier) => /\/parallel\/(pool|worker)[a-z_]*\.ts$/.test(specifier)),
      [],
      module,
    );
  }
  const rooms = ["core/plan", "core/history", "cachers"]; // and so what needs them: the engine, the store
  const cli = await evaluated("cli.ts");
  assertEquals(rooms.flatMap((room) => below(cli, room)), []);
});

Deno.test("what runs a stage is not loaded before one has to run", async () => {
  for (const module of ["mod.ts", "core/cli/run.ts"]) {
    const all = new Set(await evaluated(module));
    const names = ["settle", "attempt", "attempts", "task_commit", "task_inputs", "task_link"];
    const files = names.map((name) => join(ROOT, "core", "run", `${name}.ts`));
    assertEquals(files.filter((file) => !existsSync(file)), [], "these are gone by now");
    assertEquals(files.filter((file) => all.has(toFileUrl(file).href)), []);
    assertEquals(all.has(toFileUrl(join(ROOT, "core/run/engine.ts")).href), true, "the graph was read");
  }
});

Deno.test("a run with nothing to do loads no package", async () => {
  await withTempDir(async (cwd) => {
    Deno.writeTextFileSync(
      join(cwd, "squares.ts"),
      `import { defineExperiment, defineStage, grid } from "@cairn/cairn";
      import { csvCacher, jsonCacher } from "@cairn/cairn/cachers";
      const rows = defineStage({
        name: "rows",
        params: ["k"],
        outputs: { rows: csvCacher<{ k: number }>() },
        run: ({ params: { k } }: { params: { k: number } }) => ({ rows: [{ k }, { k: k * k }] }),
      });
      const sum = defineStage({
        name: "sum",
        inputs: ["rows"],
        params: [],
        outputs: { sum: jsonCacher<number>() },
        run: ({ rows }: { rows: { k: number }[] }) => ({ sum: rows.reduce((sum, { k }) => sum + k, 0) }),
      });
      export default defineExperiment({ name: "squares", params: grid({ k: [1, 2] }), stages: [rows, sum] });`,
    );
    const run = async (...flags: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--no-check",
          "--allow-read",
          `--allow-write=${cwd}`,
          ...flags,
          "--config",
          join(ROOT, "deno.json"),
          join(ROOT, "cli.ts"),
          "run",
          "squares.ts",
        ],
        cwd,
        env: { NO_COLOR: "1" },
      }).output();
      const text = new TextDecoder();
      return { code, told: text.decode(stdout) + text.decode(stderr) };
    };
    const first = await run();
    assertEquals(first.code, 0, first.told);
    assertEquals(first.told.includes("4 executed"), true, first.told);
    const second = await run("--no-npm"); // whatever it imported from there would be an error
    assertEquals(second.code, 0, second.told);
    assertEquals(second.told.includes("4 reused"), true, second.told);
    Deno.removeSync(join(cwd, "data"), { recursive: true });
    const third = await run("--no-npm"); // and so it is where one is needed
    assertEquals([third.code, third.told.includes("npm")], [2, true], third.told);
  });
});
