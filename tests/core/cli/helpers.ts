/** The command line as a user has it: a process of its own. */
import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../../../", import.meta.url));

/** Where the experiments of these tests lie. */
export function fixture(name: string): string {
  return join(ROOT, "tests", "fixtures", name);
}

/** What a process came to. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process is started. */
export interface Start {
  /** Its working folder, and what it may write to. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Permissions in place of those that a user gives. */
  readonly permissions?: readonly string[];
}

/** Starts the command line. */
export function start(args: readonly string[], options: Start): Deno.ChildProcess {
  return startModule("cli.ts", args, options);
}

function startModule(
  module: string,
  args: readonly string[],
  { cwd, env = {}, permissions }: Start,
): Deno.ChildProcess {
  const allowed = permissions ?? ["--allow-read", `--allow-write=${cwd}`, "--allow-run=git"];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--frozen=false", ...allowed, join(ROOT, module), ...args],
    cwd,
    env: { TMPDIR: cwd, ...env, NO_COLOR: "1" }, // what a dry run makes there is to be gone with it
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs the command line to its end. */
export async function cairn(args: readonly string[], options: Start): Promise<Output> {
  const { code, stdout, stderr } = await start(args, options).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/**
 * Runs commands one after the other in one process: where there are many, most of the time would go to start a process
 * for each. What the first comes to, it comes to in a process of its own as well.
 */
export async function cairnEach(
  commands: readonly (readonly string[])[],
  options: Start,
): Promise<readonly Output[]> {
  const child = startModule("tests/core/cli/each_child.ts", [JSON.stringify(commands)], options);
  const [alone, { stdout, stderr }] = await Promise.all([cairn(commands[0]!, options), child.output()]);
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stderr), "");
  const outputs: readonly Output[] = JSON.parse(decoder.decode(stdout));
  assertEquals(outputs[0], alone);
  return outputs;
}

/** Does something with each item, a few at a time: there are not many cores. */
export async function eachOf<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atATime = 3,
): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}

/** Waits until something is so; a minute is more than it can take. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 6000; i++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Waited in vain for ${what}`);
}

/** Whether a file is there. */
export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
