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
