/**
 * Writing to the terminal, or to a pipe.
 *
 * @module
 */

import { printable } from "../params/names.ts";
import { writeAll } from "../params/write_all.ts";

/**
 * Writes a line to standard output.
 *
 * @param line The line.
 */
export function print(line: string): void {
  writeAll(Deno.stdout, `${printable(line)}\n`);
}

/**
 * Writes a line to standard error.
 *
 * @param line The line.
 */
export function printError(line: string): void {
  writeAll(Deno.stderr, `${printable(line)}\n`);
}

/**
 * Writes one JSON document to standard output.
 *
 * @param document What to write.
 */
export function printJson(document: unknown): void {
  // JSON leaves some of them as they are; escaped, they stay the same text.
  writeAll(Deno.stdout, `${printable(JSON.stringify(document, null, 2))}\n`);
}

/**
 * Keeps standard output for the JSON document: what modules and stages print goes to standard error.
 */
export async function divertConsole(): Promise<void> {
  const [{ Console }, { default: process }] = await Promise.all([
    import("node:console"),
    import("node:process"),
  ]);
  // With colours on "auto" it would ask for the environment.
  globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr, colorMode: false });
}
