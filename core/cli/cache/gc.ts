/**
 * `cairn cache gc`: removes what is no longer needed from the cache.
 *
 * @module
 */
import { sweepCache, type Swept } from "../../history/cache/gc.ts";
import { chooseGarbage, type Decision, type Limits } from "../../history/cache/gc_policy.ts";
import { milliseconds } from "../../params/duration.ts";
import { quote } from "../../params/names.ts";
import { messageOf } from "../../params/paths.ts";
import { bytesOf, sizeText } from "../../params/size.ts";
import {
  CACHE_FLAGS,
  cachePlace,
  DRY,
  IGNORE_DAMAGED,
  refuseNoCache,
  refuseOperands,
  VERBOSE,
} from "./flags.ts";
import { describeRemoved, showRemoved } from "./removed.ts";
import { type Command, type Input, misuse } from "../flags.ts";
import { print, printError, printJson } from "../output.ts";

/** The subcommand. */
export const cacheGc: Command = {
  name: "cache gc",
  operands: "",
  summary:
    "remove what is no longer needed from the cache, the least recently used first; what a run or script " +
    "under way needs, or a full store, always stays",
  flags: [
    { name: "max-size", value: "SIZE", help: "Go on until the rest is no larger: 500MB, 10GB, 1.5GiB" },
    { name: "max-age", value: "AGE", help: "Remove what was last used longer ago: 12h, 30d, 8w" },
    {
      name: "keep-runs",
      value: "N",
      help: "Keep what the N newest runs of each experiment need; given alone, remove all else",
    },
    {
      name: "orphans",
      help: "Remove what bears a name of Cairn's and no metadata claims, too: see cairn cache verify",
    },
    IGNORE_DAMAGED,
    DRY,
    VERBOSE,
    ...CACHE_FLAGS,
  ],
  examples: [
    "cairn cache gc --max-size 10GB",
    "cairn cache gc --max-size 10GB --max-age 30d --keep-runs 5 --dry",
    "cairn cache gc --keep-runs 1 --verbose",
  ],
  run: collect,
};

async function collect(input: Input): Promise<number> {
  refuseOperands(input);
  const limits = { ...limitsOf(input), orphans: input.has("orphans") };
  const place = cachePlace(input);
  refuseNoCache(place);
  const [dry, now] = [input.has("dry"), Date.now()];
  const shown = { cache: place.cache, dry, verbose: input.has("verbose"), now };
  const warn = (message: string) => printError(`warning: ${message}`);
  const swept = await sweepCache(
    { ...place, dry, ignoreDamaged: input.has("ignore-damaged-notes"), warn },
    (inventory, users) => chooseGarbage(inventory, users, limits, now),
  );
  const short = shortfall(limits, swept);
  if (input.has("json")) printJson({ ...describeRemoved(swept, shown), shortfall: short ?? null });
  else {
    showRemoved(swept, shown);
    if (short !== undefined) print(short);
  }
  return 0;
}

function limitsOf(input: Input): Limits {
  const size = input.value("max-size");
  const age = input.value("max-age");
  const runs = input.value("keep-runs");
  if (size === undefined && age === undefined && runs === undefined) {
    throw misuse(
      "Cannot tell what to remove: give --max-size, --max-age or --keep-runs, as in --max-size 10GB",
    );
  }
  if (runs !== undefined && !/^\d{1,9}$/.test(runs)) {
    throw misuse(`Cannot use --keep-runs ${quote(runs)}: it is a whole number from 0`);
  }
  return {
    ...(size === undefined ? {} : { maxSize: read(() => bytesOf("--max-size", size)) }),
    ...(age === undefined ? {} : { maxAge: read(() => ageOf(age)) }),
    ...(runs === undefined ? {} : { keepRuns: Number(runs) }),
  };
}

function ageOf(text: string): number {
  try {
    return milliseconds("--max-age", text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new TypeError(`Cannot use --max-age ${quote(text)}: it is a time such as "12h", "30d" or "8w"`);
  }
}

function read(value: () => number): number {
  try {
    return value();
  } catch (error) {
    throw misuse(messageOf(error));
  }
}

/** What is needed may be larger than what was asked for. */
function shortfall({ maxSize }: Limits, swept: Swept<Decision>): string | undefined {
  const { bytes, left, rest, chosen: { needed } } = swept;
  if (maxSize === undefined || bytes <= maxSize) return undefined;
  const reasons = new Set(needed.values());
  const who = [
    ...reasons.has("live") ? ["runs or scripts under way"] : [],
    ...reasons.has("store") ? ["full stores"] : [],
    ...reasons.has("kept") ? ["the runs to keep"] : [],
  ];
  const why = [
    ...who.length > 0 ? [`it is needed by ${who.join(" and ")}`] : [],
    ...left.length > 0 ? ["some was left alone, as said above"] : [],
    ...rest.leftovers.length > 0
      ? ["some bears a name of Cairn's and no metadata claims it (--orphans)"]
      : [],
  ];
  return `what is left is more than ${sizeText(maxSize)}: ${why.join("; ")}`;
}
