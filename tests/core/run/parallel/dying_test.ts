/** A worker that dies takes its stage along, and nothing else. */
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { isFile } from "../../cli/helpers.ts";
import { testIn } from "../helpers.ts";
import { isAlive, type Result, run } from "./helpers.ts";

const SMALL = "--worker-flag=--v8-flags=--max-old-space-size=60";

function reasonOf({ records }: Result, name: string): readonly [string, string] {
  const { verdict, reason } = records.find((record) => record.name === name)!.stages[0]!;
  return [verdict, reason];
}

testIn(
  "killed, out of memory, Deno.exit, a rejection nobody caught: each fails its stage alone",
  async (cwd) => {
    const { code, json, stderr } = await run("dying", cwd, "--parallel", "2", "--keep-going", SMALL);
    assertEquals([code, json.executed, json.failed, json.skipped], [1, 5, 5, 0], stderr);
    assertEquals(reasonOf(json, "well")[0], "executed");
    assertEquals(reasonOf(json, "kill"), [
      "failed",
      "its worker process was ended by SIGKILL: somebody stopped it, or the system did, where memory runs out",
    ]);
    assertEquals(reasonOf(json, "exit"), [
      "failed",
      "its worker process ended with exit status 0: the stage or a cacher called Deno.exit, or threw where nothing could catch it",
    ]);
    assertEquals(reasonOf(json, "astray"), [
      "failed",
      "its worker process ended with exit status 1, as nothing caught an error of the stage, or of what one before it " +
      "left running: nobody caught it",
    ]);
    assertStringIncludes(reasonOf(json, "memory")[1], "it ran out of memory, or the runtime came to grief");
    assertStringIncludes(reasonOf(json, "memory")[1], "--worker-flag=--v8-flags=--max-old-space-size=8192");
    assertEquals(reasonOf(json, "throw"), ["failed", "too far"]);
    assertStringIncludes(stderr, "fixtures/parallel/dying.ts:", "where the user's code threw");

    // What was tried again got another process; a loop that never yields was stopped.
    const { artifacts } = json.records.find(({ name }) => name === "retry")!.stages[0]!;
    const [first, second] = JSON.parse(Deno.readTextFileSync(join(cwd, artifacts.pids!)));
    assertNotEquals(first, second);
    assertStringIncludes(
      stderr,
      'attempt 1 of 2 failed, the next comes now: it took longer than its "timeout" of 300 ms',
    );
    // An input that turned out to be spoiled is made again, however the stage told of it.
    const { verdict } = json.records.find(({ name }) => name === "retry")!.stages[3]!;
    assertEquals([verdict, isFile(join(cwd, "spoiled"))], ["executed", true]);
    const endless = Number(Deno.readTextFileSync(join(cwd, "loop")));
    assert(!isAlive(endless));
    assertEquals(stillThere(join(cwd, "data", "cache", ".cairn", "staging")), []);
  },
);

testIn("without --keep-going nothing new starts after a death; what is under way ends", async (cwd) => {
  const { code, json, stderr } = await run(
    "dying",
    cwd,
    "--parallel",
    "1",
    "-n",
    "kill",
    "-n",
    "exit",
    "-n",
    "well",
  );
  assertEquals([code, json.failed], [1, 1], stderr);
  assertEquals(json.executed + json.skipped, 2);
});

function stillThere(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}
