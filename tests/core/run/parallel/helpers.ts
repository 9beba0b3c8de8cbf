/** Runs of the command line with workers. */
import { join } from "@std/path";
import { cairn, fixture, type Output, start } from "../../cli/helpers.ts";
import { filesBelow } from "../helpers.ts";

/** What a run needs that starts workers. */
export function permissions(cwd: string): readonly string[] {
  return ["--allow-read", `--allow-write=${cwd}`, `--allow-run=git,${Deno.execPath()}`];
}

/** Runs a fixture to its end; the result is that of `--json`. */
export async function run(
  name: string,
  cwd: string,
  ...flags: readonly string[]
): Promise<Output & { readonly json: Result }> {
  const args = ["run", fixture(`parallel/${name}.ts`), "--json", ...flags];
  const output = await cairn(args, { cwd, permissions: permissions(cwd) });
  if (!output.stdout.startsWith("{")) throw new Error(`There is no result: ${output.stderr}`);
  return { ...output, json: JSON.parse(output.stdout) };
}

/** Starts the run of a fixture. */
export function begin(name: string, cwd: string, ...flags: readonly string[]): Deno.ChildProcess {
  return start(["run", fixture(`parallel/${name}.ts`), ...flags], { cwd, permissions: permissions(cwd) });
}

/** What `--json` prints, as far as tests read it. */
export interface Result {
  readonly executed: number;
  readonly reused: number;
  readonly failed: number;
  readonly skipped: number;
  readonly records: readonly {
    readonly procedure?: string;
    readonly name: string;
    readonly stages: readonly {
      readonly stage: string;
      readonly verdict: string;
      readonly reason: string;
      readonly artifacts: Readonly<Record<string, string>>;
    }[];
  }[];
}

/** The metadata of all artifacts in a workspace, without what differs from run to run. */
export function metadataIn(cwd: string): Record<string, unknown> {
  const found = Object.entries(filesBelow(cwd)).filter(([name]) => name.endsWith("_metadata.json"));
  return Object.fromEntries(found.map(([name, text]) => {
    const { execution: _, times: __, run: ___, seal: ____, files, references, ...rest } = JSON.parse(text);
    const still = (entries: readonly { modified: number }[]) =>
      entries.map(({ modified: _, ...entry }) => entry);
    return [name, { ...rest, files: still(files), references: still(references) }];
  }));
}

/** The log of the only run in a workspace, without times. */
export function logIn(cwd: string): readonly string[] {
  const runs = join(cwd, "data", "runs");
  const [folder] = [...Deno.readDirSync(runs)];
  return Deno.readTextFileSync(join(runs, folder!.name, "log")).split("\n")
    .map((line) => line.replace(/^\S+ /, ""));
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
