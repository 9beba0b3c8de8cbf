/**
 * Commands in one process, one after the other. Its only argument is JSON: a list of their arguments. It prints what
 * each came to.
 *
 * @module
 */
import { say } from "../../hostile/terminal.ts";

const commands: readonly (readonly string[])[] = JSON.parse(Deno.args[0]!);
const outputs = [];
for (const args of commands) outputs.push(await say(args));
// After a command with --json, what is logged goes to standard error for good.
await new Blob([JSON.stringify(outputs)]).stream().pipeTo(Deno.stdout.writable);
