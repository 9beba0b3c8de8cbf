/**
 * Campaigns in processes of their own: each says what was wrong, a line of JSON each, and what it did.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { withTempDir } from "../helpers/temp_dir.ts";

/**
 * Runs a campaign in several processes, each in a working folder of its own, and expects that nothing was wrong.
 *
 * @param child The module beside this one.
 * @param argsOf The arguments of one process of so many.
 * @param parts How many processes.
 * @returns What each did, as its last line says.
 */
export async function campaignOf(
  child: string,
  argsOf: (part: number, parts: number) => readonly string[],
  parts = 2,
): Promise<readonly Record<string, unknown>[]> {
  return await Promise.all(
    Array.from(
      { length: parts },
      (_, part) => withTempDir((cwd) => runPart(child, argsOf(part, parts), cwd)),
    ),
  );
}

async function runPart(
  child: string,
  args: readonly string[],
  cwd: string,
): Promise<Record<string, unknown>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      "--no-lock",
      new URL(child, import.meta.url).pathname,
      ...args,
    ],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const lines = decoder.decode(stdout).trimEnd().split("\n");
  assertEquals([success, decoder.decode(stderr), lines.slice(0, -1)], [true, "", []]);
  return JSON.parse(lines.at(-1)!);
}
