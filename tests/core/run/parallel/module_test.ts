/** The module that workers load: what it must hold, and that it is what the run has. */
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import { parallelExecutor, runExperiment } from "../../../../mod.ts";
import slow from "../../../fixtures/parallel/slow.ts";
import { tree } from "../../../helpers/tree.ts";
import { cairn, fixture } from "../../cli/helpers.ts";
import { collect, experiment, stage, testIn } from "../helpers.ts";

const ROOT = fromFileUrl(new URL("../../../../", import.meta.url));
const here = (name: string) => new URL(`../../../fixtures/parallel/${name}.ts`, import.meta.url).href;

testIn("with no module, or options that make no sense, nothing is written", async (dir) => {
  const error = await assertRejects(
    () => runExperiment(slow, { dir: join(dir, "w"), parallel: 2 }),
    TypeError,
  );
  assertStringIncludes(error.message, 'Cannot run in parallel without "module"');
  const refused: [Record<string, unknown>, string][] = [
    [{ workers: 0 }, "Cannot run in 0 workers: it is a whole number from 1"],
    [{ workers: 1.5 }, "whole number"],
    [{ module: "slow.ts" }, '"module" is a URL'],
    [{ flags: ["-A"] }, "write it out"],
  ];
  for (const [options, message] of refused) {
    const error = assertThrows(() => parallelExecutor({ workers: 1, module: here("slow"), ...options }));
    assertStringIncludes((error as Error).message, message);
  }
  assertEquals(tree(dir), []);
});

testIn("a module that exports another experiment, or none, or that can't be loaded", async (dir) => {
  const odd = experiment({ name: "slow", stages: [stage("slow", {}, () => ({ slow: 1 }))] });
  const wrong: [string, typeof odd, string][] = [
    [here("talking"), slow, 'its module exports no experiment "slow" that has it; export the one that runs'],
    [import.meta.url, slow, "it exports none; write export default defineExperiment(...)"],
    [here("nowhere"), slow, `Cannot load "${here("nowhere")}" in a worker: Module not found`],
    [here("slow"), odd, "there its module defines something else than here"],
  ];
  for (const [module, exp, message] of wrong) {
    const { onEvent } = collect();
    const executor = parallelExecutor({ workers: 1, module });
    const { errors } = await runExperiment(exp, { dir, executor, onEvent, until: "slow" });
    assertStringIncludes(errors[0]!.message, message);
  }
});

testIn("code that was changed since is not run under the key of what it was", async (cwd) => {
  const file = join(cwd, "edited.ts");
  Deno.copyFileSync(fixture("parallel/edited.ts"), file);
  const permissions = ["--allow-read", `--allow-write=${cwd}`, `--allow-run=${Deno.execPath()}`];
  const { code, stdout, stderr } = await cairn(["run", file, "--json", "--parallel=1"], { cwd, permissions });
  assertEquals([code, JSON.parse(stdout).failed], [1, 1], stderr);
  assertStringIncludes(stderr, "its worker process ended with exit status 3");
  assertStringIncludes(
    stderr,
    `what was changed after it was loaded here: "${file}"; start again (attempt 2 of 2)`,
  );
});

/** A project of a user's: a name in its deno.json that no other knows, and a script that runs its own experiment. */
function writeProject(dir: string, isGuarded: boolean): string {
  const { imports } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const here = (target: string) =>
    target.replace(/^\.\//, `${toFileUrl(ROOT).href}`)
      .replace(/^jsr:@std\/(\w+)@.*$/, (_, name) => toFileUrl(join(ROOT, ".std", name, "mod.ts")).href);
  const mapped = Object.entries<string>(imports).map(([name, target]) => [name, here(target)]);
  const config = { imports: { ...Object.fromEntries(mapped), "mine": "./mine.ts" }, lock: false };
  Deno.writeTextFileSync(join(dir, "deno.json"), JSON.stringify(config));
  Deno.writeTextFileSync(join(dir, "mine.ts"), "export const mine = 7;\n");
  const file = join(dir, "script.ts");
  Deno.writeTextFileSync(
    file,
    `
import { defineExperiment, defineStage, parallelExecutor, runExperiment } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";
import { mine } from "mine";
const stage = defineStage({ name: "stage", outputs: { value: jsonCacher() }, run: () => ({ value: mine }) });
const experiment = defineExperiment({ name: "script", params: [{ k: 1 }, { k: 2 }], stages: [stage] });
export default experiment;
if (${isGuarded ? "import.meta.main" : "true"}) {
  const module = import.meta.url;
  for (const how of [{ executor: parallelExecutor({ workers: 1, module }) }, { parallel: 2 }]) {
    const result = await runExperiment(experiment, { module, dir: import.meta.dirname + "/data", ...how, overwrite: true });
    console.log(result.executed, result.errors[0]?.message);
  }
}
`,
  );
  return file;
}

testIn(
  "a script runs its own stages in workers, by its own deno.json; unguarded, it is told so",
  async (cwd) => {
    const run = async (isGuarded: boolean) => {
      const args = ["run", "--quiet", "-A", writeProject(cwd, isGuarded)];
      // From another folder: what counts is where the script lies.
      const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stderr: "null" })
        .output();
      return new TextDecoder().decode(stdout).split("\n");
    };
    assertEquals(await run(true), ["2 undefined", "2 undefined", ""]);
    const [first] = await run(false);
    assertStringIncludes(
      first!,
      "Cannot run anything just because a worker loads the module that defines the stages",
    );
    assertStringIncludes(first!, "if (import.meta.main) { ... }");
  },
);
