/** What the command line writes, caught in this process. */
import { main } from "../../core/cli/main.ts";

/** What a command came to. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the command line in this process; with `terminal`, as if standard error were one. */
export async function say(args: readonly string[], as: { readonly terminal?: boolean } = {}): Promise<Said> {
  const said = { stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const catching = (name: "stdout" | "stderr") => {
    const stream = Deno[name] as { writeSync(bytes: Uint8Array): number };
    const { writeSync } = stream;
    stream.writeSync = (bytes) => {
      said[name] += decoder.decode(bytes);
      return bytes.length;
    };
    return () => void (stream.writeSync = writeSync);
  };
  const restore = [catching("stdout"), catching("stderr")];
  const { isTerminal } = Deno.stderr;
  if (as.terminal) Deno.stderr.isTerminal = () => true;
  try {
    return { code: await main(args), ...said };
  } finally {
    for (const each of restore) each();
    Deno.stderr.isTerminal = isTerminal;
  }
}

/** What of a text a terminal would obey, or would show in another order: line feeds and tabs aside. */
export function controlsIn(text: string): string[] {
  // deno-lint-ignore no-control-regex -- they are just what is looked for
  const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  return [...text.matchAll(controls)].map(([found]) =>
    `U+${found.charCodeAt(0).toString(16).padStart(4, "0")}`
  );
}
