/**
 * `cairn cache rm`: removes the artifacts of an experiment, or of some of its stages.
 *
 * @module
 */
import { type Chosen, sweepCache } from "../../history/cache/gc.ts";
import { chooseGarbage, type Decision, lastUsesOf, type Users } from "../../history/cache/gc_policy.ts";
import { quote } from "../../params/names.ts";
import type { Inventory, Unit } from "../../store/upkeep/inventory.ts";
import { CACHE_FLAGS, cachePlace, DRY, IGNORE_DAMAGED, refuseNoCache, VERBOSE } from "./flags.ts";
import { describeRemoved, showRemoved } from "./removed.ts";
import { type Command, type Input, misuse } from "../flags.ts";
import { printError, printJson } from "../output.ts";
import { onlyOperand } from "../run_flags.ts";

/** The subcommand. */
export const cacheRm: Command = {
  name: "cache rm",
  operands: "EXPERIMENT",
  summary:
    "remove the artifacts of an experiment from the cache; what a run or script under way needs, or a full store, stays",
  flags: [
    { name: "stage", value: "S", repeatable: true, help: "Only those of that stage" },
    IGNORE_DAMAGED,
    DRY,
    VERBOSE,
    ...CACHE_FLAGS,
  ],
  examples: ["cairn cache rm penguins", "cairn cache rm penguins --stage fit --stage score --dry"],
  run: remove,
};

async function remove(input: Input): Promise<number> {
  const experiment = onlyOperand(input, "an experiment's name");
  const stages = input.values("stage");
  const place = cachePlace(input);
  refuseNoCache(place);
  const dry = input.has("dry");
  const swept = await sweepCache(
    {
      ...place,
      dry,
      ignoreDamaged: input.has("ignore-damaged-notes"),
      warn: (message) => printError(`warning: ${message}`),
    },
    (inventory, users) => choose(inventory, users, experiment, stages),
  );
  const left = [...swept.left, ...swept.chosen.ofStores.map((what) => ({ what, reason: OF_STORE }))];
  const shown = { cache: place.cache, dry, verbose: input.has("verbose"), now: Date.now() };
  if (input.has("json")) printJson(describeRemoved({ ...swept, left }, shown));
  else showRemoved({ ...swept, left }, shown);
  return 0;
}

const OF_STORE = "a full store needs it; remove the folder of its run first";

/** What goes, and what would if no full store needed it. */
type Asked = Chosen & Pick<Decision, "needed"> & { readonly ofStores: readonly Unit[] };

function choose(
  inventory: Inventory,
  users: Users,
  experiment: string,
  stages: readonly string[],
): Asked {
  const { units } = inventory;
  const own = units.filter((unit) => unit.experiment === experiment);
  if (own.length === 0) throw unknown("experiment", experiment, units.map((unit) => unit.experiment));
  for (const stage of stages) {
    if (!own.some((unit) => unit.stage === stage)) {
      throw unknown(
        "stage",
        stage,
        own.map((unit) => unit.stage),
      );
    }
  }
  const lastUses = lastUsesOf(units, users);
  const chosen = stages.length === 0 ? own : own.filter(({ stage }) => stages.includes(stage));
  const { needed } = chooseGarbage(inventory, users, {}, Date.now());
  const ofStores = chosen.filter(({ key }) => needed.get(key) === "store");
  return {
    needed,
    ofStores,
    choices: chosen.filter((unit) => !ofStores.includes(unit)).map((unit) => ({
      unit,
      cause: "asked",
      lastUse: lastUses.get(unit.key)!,
    })),
    leftovers: [],
  };
}

function unknown(what: string, name: string, known: readonly string[]): Error {
  const names = [...new Set(known)].toSorted().map(quote);
  return misuse(
    `Cannot remove the artifacts of ${what} ${quote(name)}: there are none; there are ${
      names.length === 0 ? "no artifacts at all" : `those of ${names.slice(0, 20).join(", ")}`
    }`,
  );
}
