/**
 * Commands that consist of subcommands: `cairn` itself, and `cairn cache`.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import { type Command, helpOf, misuse, readArguments } from "./flags.ts";
import { print } from "./output.ts";

/** What a subcommand is called, what it is for, and how to load it: none is loaded that is not used. */
export interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command | CommandGroup>;
}

/** A command that does nothing by itself. */
export interface CommandGroup {
  /** What calls it: `cairn cache`. */
  readonly call: string;
  readonly summary: string;
  readonly entries: readonly Entry[];
  readonly examples: readonly string[];
}

/**
 * Finds the subcommand that is called, and runs it.
 *
 * @param group The command.
 * @param args What followed its name.
 * @returns The exit status.
 * @throws {TypeError} If there is no such subcommand, or its arguments can't be read.
 */
export async function runGroup(group: CommandGroup, args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    print(groupHelp(group));
    return name === undefined ? 2 : 0;
  }
  const found = group.entries.find((entry) => entry.name === name);
  if (found === undefined) {
    const known = group.entries.map((entry) => entry.name).join(", ");
    const what = group.call === "cairn" ? quote(name) : `${group.call} ${quote(name)}`;
    throw misuse(`Cannot run ${what}: there is no such command; there are ${known}`);
  }
  const command = await found.load();
  if ("entries" in command) return await runGroup(command, rest);
  const input = readArguments(command, rest);
  if (input !== "help") return await command.run(input);
  print(helpOf(command));
  return 0;
}

function groupHelp({ call, summary, entries, examples }: CommandGroup): string {
  const width = Math.max(...entries.map(({ name }) => name.length)) + 2;
  return [
    `${call}: ${summary}`,
    "",
    `Usage: ${call} COMMAND [ARGUMENTS] [FLAGS]`,
    "",
    "Commands:",
    ...entries.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
    "",
    `${call} COMMAND --help tells more of each.`,
  ].join("\n");
}
