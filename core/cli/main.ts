/**
 * The command line: finds the subcommand, runs it, and turns what it throws into a message and an exit status.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import { isRefusal } from "../run/refusal.ts";
import { messageOf } from "../params/paths.ts";
import { type Command, helpOf, isMisuse, misuse, readArguments } from "./flags.ts";
import { print, printError } from "./output.ts";

/** What a subcommand is called, what it is for, and how to load it: none is loaded that is not used. */
const COMMANDS: readonly { name: string; summary: string; load: () => Promise<Command> }[] = [
  { name: "run", summary: "run an experiment", load: async () => (await import("./run.ts")).run },
  {
    name: "plan",
    summary: "show what would run; writes nothing",
    load: async () => (await import("./plan.ts")).plan,
  },
  {
    name: "why",
    summary: "show why each stage would run; writes nothing",
    load: async () => (await import("./why.ts")).why,
  },
  {
    name: "diff",
    summary: "show what differs between two runs",
    load: async () => (await import("./diff.ts")).diff,
  },
  { name: "ls", summary: "list the experiments in a folder", load: async () => (await import("./ls.ts")).ls },
  { name: "show", summary: "show an artifact", load: async () => (await import("./show.ts")).show },
];

/**
 * Runs the command line.
 *
 * @param args What followed the program's name.
 * @returns The exit status: 0, 1 where a stage failed, 2 for wrong use, 130 when interrupted.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    print(help());
    return name === undefined ? 2 : 0;
  }
  try {
    const found = COMMANDS.find((command) => command.name === name);
    if (found === undefined) {
      const known = COMMANDS.map((command) => command.name).join(", ");
      throw misuse(`Cannot run ${quote(name)}: there is no such command; there are ${known}`);
    }
    const command = await found.load();
    const input = readArguments(command, rest);
    if (input !== "help") return await command.run(input);
    print(helpOf(command));
    return 0;
  } catch (error) {
    const isUse = isMisuse(error) || isRefusal(error);
    printError(`error: ${isUse || isFromSystem(error) ? messageOf(error) : stackOf(error)}`);
    return isUse ? 2 : 1;
  }
}

/** What the file system or a permission refused: the message says it all. */
function isFromSystem(error: unknown): boolean {
  return error instanceof Error && Object.values(Deno.errors).some((kind) => error instanceof kind);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

function help(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return [
    "cairn: re-use what an experiment has already computed",
    "",
    "Usage: cairn COMMAND [ARGUMENTS] [FLAGS]",
    "",
    "Commands:",
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    "",
    "Examples:",
    "  cairn run examples/penguins.ts",
    "  cairn plan examples/penguins.ts --verbose",
    "  cairn show penguins/compare/ranking",
    "",
    "cairn COMMAND --help tells more of each.",
  ].join("\n");
}
