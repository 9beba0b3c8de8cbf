/**
 * `cairn cache`: what the cache holds.
 *
 * @module
 */
import type { CommandGroup } from "../command_group.ts";

/** The subcommand, which consists of others. */
export const cache: CommandGroup = {
  call: "cairn cache",
  summary: "what the cache holds: list it, check it, collect what is no longer needed",
  entries: [
    {
      name: "ls",
      summary: "list what it holds, by experiment, stage and age",
      load: async () => (await import("./ls.ts")).cacheLs,
    },
    {
      name: "verify",
      summary: "take every digest anew; say what is damaged, and what is left over",
      load: async () => (await import("./verify.ts")).cacheVerify,
    },
    {
      name: "gc",
      summary: "remove what is no longer needed, the least recently used first",
      load: async () => (await import("./gc.ts")).cacheGc,
    },
    {
      name: "rm",
      summary: "remove the artifacts of an experiment, or of a stage of it",
      load: async () => (await import("./rm.ts")).cacheRm,
    },
  ],
  examples: [
    "cairn cache ls",
    "cairn cache gc --max-size 10GB --max-age 30d --keep-runs 5 --dry",
    "cairn cache rm penguins --stage fit",
  ],
};
