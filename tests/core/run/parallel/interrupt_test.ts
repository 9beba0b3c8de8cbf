/** Ctrl-C with workers, and a run that is killed. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { tree } from "../../../helpers/tree.ts";
import { isFile, until } from "../../cli/helpers.ts";
import { artifactsBelow, testIn } from "../helpers.ts";
import { begin, isAlive, run } from "./helpers.ts";

/** Starts the slow stage, and waits until it runs. */
async function beginSlow(
  cwd: string,
  ...flags: readonly string[]
): Promise<{ readonly process: Deno.ChildProcess; readonly worker: number }> {
  const process = begin("slow", cwd, "--parallel", "2", "--json", ...flags);
  await until("the stage", () => isFile(join(cwd, "pid")));
  return { process, worker: Number(Deno.readTextFileSync(join(cwd, "pid"))) };
}

testIn("Ctrl-C once, which reaches workers too: the stage under way ends and is saved", async (cwd) => {
  const { process, worker } = await beginSlow(cwd);
  const output = process.output();
  for (const pid of [process.pid, worker]) Deno.kill(pid, "SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 50));
  Deno.writeTextFileSync(join(cwd, "go"), "");
  const { code, stdout } = await output;
  const { executed, skipped } = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals([code, executed, skipped], [130, 1, 1]);
  assertEquals(isAlive(worker), false);
  const again = await run("slow", cwd, "--parallel", "1");
  assertEquals([again.code, again.json.executed, again.json.reused], [0, 1, 1], again.stderr);
});

testIn("Ctrl-C twice: at once, workers that never yield too, and nothing is half-made", async (cwd) => {
  const { process, worker } = await beginSlow(cwd, "--set", "yields=false");
  const output = process.output();
  for (let i = 0; i < 2; i++) {
    for (const pid of [process.pid, worker]) Deno.kill(pid, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assertEquals((await output).code, 130);
  await until("the end of the worker", () => !isAlive(worker));
  assertEquals(artifactsBelow(join(cwd, "data", "cache")), {});
});

testIn("a run that is killed takes its workers along; the next clears what they left", async (cwd) => {
  const { process, worker } = await beginSlow(cwd);
  const output = process.output();
  process.kill("SIGKILL");
  await output;
  await until("the end of the worker", () => !isAlive(worker));
  Deno.writeTextFileSync(join(cwd, "go"), "");
  const again = await run("slow", cwd, "--parallel", "1");
  assertEquals([again.code, again.json.executed], [0, 2], again.stderr);
  assertEquals(tree(join(cwd, "data", "cache", ".cairn", "staging")), []);
});

testIn(
  "a worker that never yields ends with its stage, and without a word, where its run was killed",
  async (cwd) => {
    const { process, worker } = await beginSlow(cwd, "--set", "yields=false");
    const output = process.output(); // to the end of the worker, which has the same standard error
    process.kill("SIGKILL");
    await process.status;
    Deno.writeTextFileSync(join(cwd, "go"), "");
    assertEquals(new TextDecoder().decode((await output).stderr), "");
    await until("the end of the worker", () => !isAlive(worker));
  },
);
