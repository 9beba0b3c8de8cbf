/** The module that workers load: what it must hold, and that it is what the run has. */
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
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
  Deno.writeTextFileSync(join(cwd, "deno.json"), Deno.readTextFileSync(join(ROOT, "deno.json")));
  const permissions = ["--allow-read", `--allow-write=${cwd}`, `--allow-run=${Deno.execPath()}`];
  const { code, stdout, stderr } = await cairn(["run", file, "--json", "--parallel=1"], { cwd, permissions });
  assertEquals([code, JSON.parse(stdout).failed], [1, 1], stderr);
  assertStringIncludes(stderr, "its worker process ended with exit status 3");
  assertStringIncludes(
    stderr,
    `what was changed after it was loaded here: "${file}"; start again (attempt 2 of 2)`,
  );
});

/** A script that runs its own experiment, as it stands or only where it is the program. */
function script(isGuarded: boolean): string {
  return `
import { defineExperiment, defineStage, parallelExecutor, runExperiment } from "${new URL(
    "mod.ts",
    `file://${ROOT}`,
  )}";
import { jsonCacher } from "${new URL("cachers/mod.ts", `file://${ROOT}`)}";
const where = defineStage({ name: "where", outputs: { pid: jsonCacher() }, run: () => ({ pid: Deno.pid }) });
const experiment = defineExperiment({ name: "script", params: [{ k: 1 }, { k: 2 }], stages: [where] });
export default experiment;
if (${isGuarded ? "import.meta.main" : "true"}) {
  const module = import.meta.url;
  for (const how of [{ executor: parallelExecutor({ workers: 1, module }) }, { parallel: 2 }]) {
    const result = await runExperiment(experiment, { module, ...how, overwrite: true });
    console.log(result.executed, result.errors[0]?.message);
  }
}
`;
}

testIn(
  "a script runs its own stages in workers, several times; unguarded, it is told what to do",
  async (cwd) => {
    const run = async (isGuarded: boolean) => {
      const file = join(cwd, isGuarded ? "guarded.ts" : "open.ts");
      Deno.writeTextFileSync(file, script(isGuarded));
      const args = ["run", "--quiet", "--frozen=false", "-A", "--config", join(ROOT, "deno.json"), file];
      const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd, stderr: "null" }).output();
      return new TextDecoder().decode(stdout).split("\n");
    };
    assertEquals(await run(true), ["2 undefined", "2 undefined", ""]);
    const [first] = await run(false);
    assertStringIncludes(
      first!,
      "Cannot run anything while a worker loads the module that defines the stages",
    );
    assertStringIncludes(first!, "if (import.meta.main) { ... }");
  },
);
