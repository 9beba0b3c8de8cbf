/**
 * What a run was made with: versions, the commit, the machine.
 *
 * @module
 */
import type { RunInfo } from "../define/metadata.ts";

/** The version of this package, as deno.json has it. */
export const VERSION = "0.1.0";

/** What metadata says where there was no run. */
export const noRun: RunInfo = { reference: null, command: [], git: null, versions: {}, notes: null };

/**
 * The versions that a value may depend on.
 *
 * @returns Versions by name.
 */
export function versions(): Record<string, string> {
  return {
    cairn: VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    typescript: Deno.version.typescript,
  };
}

/**
 * The command line of this process, as far as it may be told.
 *
 * @returns The main module and the arguments.
 */
export function commandLine(): string[] {
  const main = Deno.mainModule.startsWith("file:") ? Deno.mainModule.split("/").at(-1)! : Deno.mainModule;
  return [main, ...Deno.args];
}

/**
 * The commit that is checked out in the working folder.
 *
 * @returns The commit, and whether tracked files were changed on top of it; null outside of a git checkout, before
 * its first commit, with no git on the machine, or where Deno may not run it: it is never asked for.
 */
export async function gitState(): Promise<RunInfo["git"]> {
  if (Deno.permissions.querySync({ name: "run", command: "git" }).state !== "granted") return null;
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command("git", {
      args: ["--no-optional-locks", "status", "--porcelain=v2", "--branch", "--untracked-files=no"],
      stdin: "null",
      stderr: "null",
    }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null; // no git on this machine
    throw error;
  }
  if (!output.success) return null;
  const lines = new TextDecoder().decode(output.stdout).split("\n").filter((line) => line !== "");
  const commit = lines.find((line) => line.startsWith("# branch.oid "))?.slice("# branch.oid ".length);
  if (commit === undefined || commit === "(initial)") return null;
  return { commit, dirty: lines.some((line) => !line.startsWith("#")) };
}

/**
 * What `environment.json` of a full store holds: enough to make the same environment again.
 *
 * @param run The run.
 * @returns Plain JSON.
 */
export async function describeEnvironment(run: RunInfo): Promise<Record<string, unknown>> {
  const lock = await lockFile();
  return {
    ...run,
    platform: { os: Deno.build.os, arch: Deno.build.arch, target: Deno.build.target },
    lock,
  };
}

/** deno.lock of the working folder: its digest, and the packages it pins. */
async function lockFile(): Promise<Record<string, unknown> | null> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile("deno.lock");
  } catch (error) {
    const isNone = [Deno.errors.NotFound, Deno.errors.NotCapable, Deno.errors.IsADirectory];
    if (isNone.some((kind) => error instanceof kind)) return null;
    throw error;
  }
  const { crypto } = await import("@std/crypto");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { sha256, specifiers: specifiersIn(new TextDecoder().decode(bytes)) };
}

/** One that is damaged still has a digest. */
function specifiersIn(text: string): unknown {
  try {
    return JSON.parse(text)?.specifiers ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
