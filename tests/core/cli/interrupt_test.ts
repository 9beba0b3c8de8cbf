/** Ctrl-C: once, what is under way is saved; twice, at once. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { tree } from "../../helpers/tree.ts";
import { artifactsBelow, testIn } from "../run/helpers.ts";
import { cairn, fixture, isFile, start, until } from "./helpers.ts";

const args = ["run", fixture("waiting.ts")];

/** What a process has written to standard error so far, and all of it in the end. */
function reading(stream: ReadableStream<Uint8Array>): { text: string; readonly all: Promise<void> } {
  const decoder = new TextDecoder();
  const read = { text: "", all: Promise.resolve() };
  read.all = (async () => {
    for await (const chunk of stream) read.text += decoder.decode(chunk, { stream: true });
  })();
  return read;
}

testIn("SIGINT once: the stage under way ends and is saved, status 130, a rerun resumes", async (cwd) => {
  const process = start([...args, "--json"], { cwd });
  const [out, err] = [reading(process.stdout), reading(process.stderr)];
  await until("the stage", () => isFile(join(cwd, "started")));
  process.kill("SIGINT");
  await until("the word", () => err.text.includes("stopping:"));
  Deno.writeTextFileSync(join(cwd, "go"), "");
  const { code } = await process.status;
  await Promise.all([out.all, err.all]);
  assertEquals(code, 130);
  const { executed, skipped, records } = JSON.parse(out.text);
  assertEquals([executed, skipped], [1, 1]);
  assertEquals(records[0].stages[1].reason, "not started: interrupted");
  assertEquals(err.text.trim().split("\n").length, 1);
  const again = await cairn([...args, "--json"], { cwd });
  const result = JSON.parse(again.stdout);
  assertEquals([again.code, result.executed, result.reused], [0, 1, 1]);
});

testIn("SIGINT twice: at once, status 130, nothing half-made, and nothing left in staging", async (cwd) => {
  const process = start(args, { cwd });
  const [out, err] = [reading(process.stdout), reading(process.stderr)];
  await until("the stage", () => isFile(join(cwd, "started")));
  process.kill("SIGINT");
  await until("the word", () => err.text.includes("stopping:"));
  process.kill("SIGINT");
  const { code } = await process.status;
  await Promise.all([out.all, err.all]);
  assertEquals(code, 130);
  assertStringIncludes(err.text, "again to stop at once");
  assertEquals(artifactsBelow(join(cwd, "data", "cache")), {});
  Deno.writeTextFileSync(join(cwd, "go"), "");
  assertEquals((await cairn(args, { cwd })).code, 0);
  assertEquals(tree(join(cwd, "data", "cache", ".cairn", "staging")), []);
});

const HALF = ["run", fixture("half_written.ts")];

/** What lies in the cache, by name, but for what Cairn keeps for itself. */
function visible(cwd: string): readonly string[] {
  try {
    return [...Deno.readDirSync(join(cwd, "data", "cache"))].map(({ name }) => name)
      .filter((name) => name !== ".cairn").sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return []; // not yet
    throw error;
  }
}

testIn("SIGINT twice while outputs are half-written: a rerun has what a run in peace has", async (dir) => {
  const [peace, war] = [join(dir, "peace"), join(dir, "war")];
  for (const folder of [peace, war]) Deno.mkdirSync(folder);
  for (const name of ["draw.go", "save.go"]) Deno.writeTextFileSync(join(peace, name), "");
  assertEquals((await cairn(HALF, { cwd: peace })).code, 0);
  const wanted = artifactsBelow(join(peace, "data", "cache"));

  Deno.writeTextFileSync(join(war, "down"), "");
  const process = start(HALF, { cwd: war });
  const [out, err] = [reading(process.stdout), reading(process.stderr)];
  const halves = ["draw.half", "save.half", "fetch.half"];
  await until("three stages", () => halves.every((name) => isFile(join(war, name))));
  process.kill("SIGINT");
  await until("the word", () => err.text.includes("stopping:"));
  process.kill("SIGINT");
  assertEquals((await process.status).code, 130);
  await Promise.all([out.all, err.all]);
  assertEquals(visible(war), visible(peace).filter((name) => name.includes("_first_")));

  for (const name of ["draw.go", "save.go"]) Deno.writeTextFileSync(join(war, name), "");
  Deno.removeSync(join(war, "down"));
  const again = await cairn([...HALF, "--json"], { cwd: war });
  const { executed, reused, failed } = JSON.parse(again.stdout);
  assertEquals([again.code, executed, reused, failed], [0, 3, 1, 0]);
  assertEquals(artifactsBelow(join(war, "data", "cache")), wanted);
  assertEquals(visible(war), visible(peace));
  assertEquals(tree(join(war, "data", "cache", ".cairn", "staging")), []);
});

testIn(
  "SIGINT once while a stage waits for its next attempt: it waits no longer, status 130",
  async (cwd) => {
    for (const name of ["draw.go", "save.go", "down"]) Deno.writeTextFileSync(join(cwd, name), "");
    const process = start([...HALF, "--json"], { cwd });
    const [out, err] = [reading(process.stdout), reading(process.stderr)];
    const isSaved = (stage: string) =>
      visible(cwd).some((name) => name.includes(`_${stage}_`) && name.endsWith("_metadata.json"));
    await until("the attempt", () => isFile(join(cwd, "fetch.half")));
    await until("the others", () => ["draw", "text"].every(isSaved));
    process.kill("SIGINT");
    const { code } = await process.status;
    await Promise.all([out.all, err.all]);
    assertEquals(code, 130);
    const { executed, failed } = JSON.parse(out.text);
    assertEquals([executed, failed], [3, 1]);
    assertStringIncludes(err.text, "the server is down (attempt 1 of 6)");
    Deno.removeSync(join(cwd, "down"));
    const again = await cairn([...HALF, "--json"], { cwd });
    const result = JSON.parse(again.stdout);
    assertEquals([again.code, result.executed, result.reused], [0, 1, 3]);
  },
);

testIn("SIGINT once with --keep-going: nothing new starts all the same", async (cwd) => {
  const process = start([...args, "--keep-going", "--json"], { cwd });
  const [out, err] = [reading(process.stdout), reading(process.stderr)];
  await until("the stage", () => isFile(join(cwd, "started")));
  process.kill("SIGINT");
  await until("the word", () => err.text.includes("stopping:"));
  Deno.writeTextFileSync(join(cwd, "go"), "");
  const { code } = await process.status;
  await Promise.all([out.all, err.all]);
  const { executed, skipped } = JSON.parse(out.text);
  assertEquals([code, executed, skipped], [130, 1, 1]);
});
