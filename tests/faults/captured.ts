/**
 * The command line in this process, with what it prints.
 *
 * @module
 */
import { main } from "../../core/cli/main.ts";

/** What a command came to. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  /** The lines on standard error. */
  readonly stderr: readonly string[];
}

/**
 * Runs a command in this process, for tests that run it very often.
 *
 * @param args What follows the program's name.
 * @returns Its exit status, and what it printed, on the console too.
 */
export async function captured(args: readonly string[]): Promise<Captured> {
  const text = { stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const taking = (to: keyof typeof text) => (bytes: Uint8Array) => {
    text[to] += decoder.decode(bytes);
    return bytes.length;
  };
  const before = { out: Deno.stdout.writeSync, err: Deno.stderr.writeSync, warn: console.warn };
  Deno.stdout.writeSync = taking("stdout");
  Deno.stderr.writeSync = taking("stderr");
  console.warn = (message: unknown) => text.stderr += `${message}\n`;
  try {
    const code = await main(args);
    return { code, stdout: text.stdout, stderr: text.stderr.split("\n").filter((line) => line !== "") };
  } finally {
    Object.assign(Deno.stdout, { writeSync: before.out });
    Object.assign(Deno.stderr, { writeSync: before.err });
    console.warn = before.warn;
  }
}
