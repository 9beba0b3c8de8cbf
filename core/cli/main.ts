/**
 * The command line: finds the subcommand, runs it, and turns what it throws into a message and an exit status.
 *
 * @module
 */
import { isRefusal } from "../run/refusal.ts";
import { clearMessage, isFromSystem } from "../store/disk/disk_error.ts";
import { type CommandGroup, runGroup } from "./command_group.ts";
import { isMisuse } from "./flags.ts";
import { printError } from "./output.ts";

const CAIRN: CommandGroup = {
  call: "cairn",
  summary: "re-use what an experiment has already computed",
  entries: [
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
    {
      name: "ls",
      summary: "list the experiments in a folder",
      load: async () => (await import("./ls.ts")).ls,
    },
    { name: "show", summary: "show an artifact", load: async () => (await import("./show.ts")).show },
    {
      name: "cache",
      summary: "what the cache holds: list it, check it, collect what is no longer needed",
      load: async () => (await import("./cache/cache.ts")).cache,
    },
  ],
  examples: [
    "cairn run examples/penguins.ts",
    "cairn plan examples/penguins.ts --verbose",
    "cairn show penguins/compare/ranking",
  ],
};

/**
 * Runs the command line.
 *
 * @param args What followed the program's name.
 * @returns The exit status: 0, 1 where a stage failed, 2 for wrong use, 130 when interrupted.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await runGroup(CAIRN, args);
  } catch (error) {
    const isUse = isMisuse(error) || isRefusal(error);
    printError(
      `error: ${isUse || isFromSystem(error) || isTold(error) ? clearMessage(error) : stackOf(error)}`,
    );
    return isUse ? 2 : 1;
  }
}

/** What Cairn itself refuses is told in words; an engine's own errors are of other classes. */
function isTold(error: unknown): boolean {
  return error instanceof Error && error.constructor === Error && error.message.startsWith("Cannot ");
}

function stackOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
