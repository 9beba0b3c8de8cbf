/** A run with workers comes to what a run in one process comes to. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { artifactsBelow, filesBelow, testIn } from "../helpers.ts";
import { logIn, metadataIn, type Result, run } from "./helpers.ts";

/** The result without times and the run's own name. */
function told({ reference: _, ...rest }: Result & { readonly reference?: string }): unknown {
  return rest;
}

/** The files that stages wrote, and those of the workspace but for what differs from run to run. */
function outcome(cwd: string): unknown {
  const exact = filesBelow(join(cwd, "exact"));
  for (const name of Object.keys(exact)) if (name.endsWith("_metadata.json")) delete exact[name];
  return { cache: artifactsBelow(join(cwd, "data", "cache")), exact, metadata: metadataIn(cwd) };
}

/** Runs the fixture in one process, and in workers, and compares all that there is to see. */
async function compare(dir: string, ...flags: readonly string[]): Promise<string> {
  const [one, many] = [join(dir, "one"), join(dir, "many")];
  for (const cwd of [one, many]) Deno.mkdirSync(cwd);
  const [alone, together] = await Promise.all([
    run("every_kind", one, "--concurrency", "1", ...flags),
    run("every_kind", many, "--parallel", "2", ...flags),
  ]);
  assertEquals([together.code, together.json.failed, together.json.executed], [0, 0, 12], together.stderr);
  assertEquals(told(together.json), told(alone.json));
  assertEquals(outcome(many), outcome(one));
  assertEquals(together.stderr.match(/printed by source/g), ["printed by source"], "and not on stdout");
  assertEquals(logIn(many).filter((line) => line.includes("drawing")), [
    'record "k=1", stage "source": drawing',
  ]);
  assertEquals(logIn(many).filter((line) => line.endsWith('stage "source": started')).length, 2);
  return many;
}

testIn("the artifacts, metadata and report of a run in one process, strict and lazy", async (dir) => {
  await compare(dir, "--strict", "--lazy");
});

testIn("likewise as declared; then nothing is to do; then some of it is gone, or damaged", async (dir) => {
  const cwd = await compare(dir);
  const unstartable = ["--parallel", "2", "--worker-flag=--no-such-flag"];
  const second = await run("every_kind", cwd, ...unstartable);
  assertEquals([second.code, second.json.executed, second.json.reused], [0, 0, 14], second.stderr);
  const third = await run("every_kind", cwd, ...unstartable, "--overwrite");
  assertEquals([third.code, third.json.executed], [1, 0], "had the second started one, it would have failed");
  assertStringIncludes(third.stderr, "Cannot start a worker: its process ended with exit status 1");

  const cache = join(cwd, "data", "cache");
  const before = artifactsBelow(cache);
  for (const { name } of [...Deno.readDirSync(cache)].filter(({ name }) => name.includes("_total"))) {
    Deno.removeSync(join(cache, name));
  }
  // What a worker finds wrong when it loads it: size and time say nothing of it.
  const damaged = Object.keys(before).filter((name) => name.includes("_own_whole"));
  for (const name of damaged) {
    const path = join(cache, name);
    const { mtime } = Deno.statSync(path);
    Deno.writeTextFileSync(path, "9");
    Deno.utimeSync(path, mtime!, mtime!);
  }
  const again = await run("every_kind", cwd, "--parallel", "2");
  assertEquals([again.code, again.json.failed], [0, 0], again.stderr);
  assertEquals([damaged.length, again.stderr.match(/warning: /g)?.length], [3, 3], again.stderr);
  assertEquals(artifactsBelow(cache), before);
});
