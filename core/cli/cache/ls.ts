/**
 * `cairn cache ls`: what the cache holds, by experiment, stage and age.
 *
 * @module
 */
import { type CacheSum, sumUp } from "../../history/cache/groups.ts";
import { bytesOfFiles, lastUsesOf } from "../../history/cache/gc_policy.ts";
import { readUsers } from "../../history/cache/past_uses.ts";
import { durationText } from "../../params/duration.ts";
import { quote } from "../../params/names.ts";
import { sizeText } from "../../params/size.ts";
import { clearMessage, isRefused } from "../../store/disk/disk_error.ts";
import { ownFolder } from "../../store/staging.ts";
import { filesAt } from "../../store/upkeep/files_at.ts";
import { takeInventory } from "../../store/upkeep/inventory.ts";
import { CACHE_FLAGS, cachePlace, refuseOperands } from "./flags.ts";
import { columns, countText } from "../columns.ts";
import type { Command, Input } from "../flags.ts";
import { print, printError, printJson } from "../output.ts";

/** The subcommand. */
export const cacheLs: Command = {
  name: "cache ls",
  operands: "",
  summary: "list what the cache holds, by experiment, stage and age; a file that artifacts share counts once",
  flags: CACHE_FLAGS,
  examples: ["cairn cache ls", "cairn cache ls --cache /shared/cache --json"],
  // deno-lint-ignore require-await -- what it throws is a rejection, as of every subcommand
  run: async (input) => listCache(input),
};

function listCache(input: Input): number {
  refuseOperands(input);
  const { dir, cache } = cachePlace(input);
  const warn = (message: string) => printError(`warning: ${message}`);
  const users = readUsers(cache, dir, warn);
  const inventory = takeInventory(cache);
  const own = ownSize(cache, warn);
  const now = Date.now();
  const sum = sumUp(inventory, lastUsesOf(inventory.units, users), now);
  if (input.has("json")) printJson({ ...documentOf(cache, sum), own });
  else {
    show(cache, sum, now);
    if (own !== null) print(`${quote(ownFolder(cache))}, which Cairn keeps for itself: ${sizeText(own)}`);
  }
  return 0;
}

/** Null where some of it is another user's alone. */
function ownSize(cache: string, warn: (message: string) => void): number | null {
  try {
    return bytesOfFiles(filesAt(ownFolder(cache)).files);
  } catch (error) {
    if (!isRefused(error)) throw error;
    warn(`the size of what Cairn keeps for itself is not known: ${clearMessage(error)}`);
    return null;
  }
}

function documentOf(cache: string, { stages, ...sum }: CacheSum): Record<string, unknown> {
  const described = stages.map(({ units: _, lastUse, ...stage }) => ({
    ...stage,
    lastUse: new Date(lastUse).toISOString(),
  }));
  return { cache, stages: described, ...sum };
}

function show(cache: string, { stages, ages, artifacts, bytes, leftovers }: CacheSum, now: number): void {
  if (stages.length > 0) {
    const rows = stages.map((each) => [
      each.experiment,
      each.stage,
      String(each.artifacts),
      sizeText(each.bytes),
      `${durationText(Math.max(0, now - each.lastUse))} ago`,
    ]);
    const head = ["experiment", "stage", "artifacts", "size", "last used"];
    for (const line of columns([head, ...rows], [2, 3])) print(line);
    print("");
    const aged = ages.filter(({ artifacts }) => artifacts > 0)
      .map((each) => [each.age, String(each.artifacts), sizeText(each.bytes)]);
    for (const line of columns([["last used", "artifacts", "size"], ...aged], [1, 2])) print(line);
    print("");
  }
  const rest = leftovers.count === 0
    ? ""
    : `; ${countText(leftovers.count, "leftover")} that no metadata claims, ${sizeText(leftovers.bytes)}`;
  print(`${quote(cache)}: ${countText(artifacts, "artifact")}, ${sizeText(bytes)}${rest}`);
}
