/**
 * What `cairn cache gc` and `cairn cache rm` print.
 *
 * @module
 */
import { sumUp } from "../../history/cache/groups.ts";
import type { Chosen, Swept } from "../../history/cache/gc.ts";
import { bytesOfFiles, type Cause, type Decision } from "../../history/cache/gc_policy.ts";
import { durationText } from "../../params/duration.ts";
import { oneLine, quote } from "../../params/names.ts";
import { sizeText } from "../../params/size.ts";
import { belowCache } from "../../store/upkeep/inventory.ts";
import type { LeftAlone } from "../../store/upkeep/remove_artifacts.ts";
import { countText } from "../columns.ts";
import { print } from "../output.ts";

/** How it is printed. */
export interface Shown {
  readonly cache: string;
  readonly dry: boolean;
  readonly verbose: boolean;
  /** The time, in milliseconds since 1970. */
  readonly now: number;
}

/** What a sweep came to, with what is needed of the rest. */
type Told = Swept<Chosen & Pick<Decision, "needed">>;

/**
 * Prints what was removed, or would be.
 *
 * @param swept What a sweep came to.
 * @param shown How it is printed.
 */
export function showRemoved(swept: Told, shown: Shown): void {
  const { removed, left, rest, freed, bytes } = swept;
  const { cache, dry, verbose, now } = shown;
  const lastUses = new Map(removed.choices.map(({ unit, lastUse }) => [unit.key, lastUse]));
  const { stages } = sumUp({ units: removed.choices.map(({ unit }) => unit), leftovers: [] }, lastUses, now);
  for (const { experiment, stage, artifacts, bytes, lastUse, units } of stages) {
    const ago = durationText(Math.max(0, now - lastUse));
    print(
      `${oneLine(experiment)} / ${stage}: ${countText(artifacts, "artifact")}, ${
        sizeText(bytes)
      }, last used ${ago} ago`,
    );
    const paths = units.flatMap(({ artifacts }) => artifacts).map(({ path }) => path);
    if (verbose) { for (const path of paths) print(`    ${artifactOf(cache, path)}`); }
  }
  const { leftovers } = removed;
  if (leftovers.length > 0) {
    const size = sizeText(bytesOfFiles(leftovers.flatMap(({ files }) => files)));
    print(`leftovers that no metadata claims: ${leftovers.length}, ${size}`);
    if (verbose) { for (const { path } of leftovers) print(`    ${belowCache(cache, path)}`); }
  }
  for (const each of left) print(`left alone: ${nameOf(cache, each)}: ${each.reason}`);
  const gone = countText(
    removed.choices.reduce((sum, { unit }) => sum + unit.artifacts.length, 0),
    "artifact",
  );
  const kept = countText(rest.units.reduce((sum, { artifacts }) => sum + artifacts.length, 0), "artifact");
  print(
    `${dry ? "would remove" : "removed"} ${gone}, ${dry ? "would free" : "freed"} ${
      sizeText(freed)
    }; ${kept}, ` +
      `${sizeText(bytes)}, ${dry ? "would remain" : "remain"} in ${quote(cache)}`,
  );
  const whys = whyRest(swept).map(({ who, artifacts, bytes }) =>
    `${who} need ${countText(artifacts, "artifact")}, ${sizeText(bytes)}`
  );
  if (whys.length > 0) print(`of these, ${whys.join("; ")}`);
}

/**
 * What was removed, or would be, as plain JSON.
 *
 * @param swept What a sweep came to.
 * @param shown Where, and how.
 * @returns The document.
 */
export function describeRemoved(
  swept: Told,
  { cache, dry }: Shown,
): Record<string, unknown> {
  const { removed, left, rest, freed, bytes } = swept;
  return {
    cache,
    dry,
    removed: removed.choices.map(({ unit, cause, lastUse }) => ({
      experiment: unit.experiment,
      stage: unit.stage,
      key: unit.key,
      artifacts: unit.artifacts.map(({ path }) => artifactOf(cache, path)),
      bytes: bytesOfFiles(unit.files),
      lastUse: new Date(lastUse).toISOString(),
      cause: CAUSES[cause],
    })),
    leftovers: removed.leftovers.map(({ path }) => belowCache(cache, path)),
    left: left.map((each) => ({ what: nameOf(cache, each), reason: each.reason })),
    freed,
    remaining: {
      artifacts: rest.units.reduce((sum, { artifacts }) => sum + artifacts.length, 0),
      bytes,
    },
    needed: whyRest(swept),
  };
}

/** By whom the rest is needed, and how much of it, each by the first of these. */
function whyRest({ rest, chosen: { needed } }: Told): { who: string; artifacts: number; bytes: number }[] {
  return NEEDERS.flatMap(({ reason, who }) => {
    const units = rest.units.filter(({ key }) => needed.get(key) === reason);
    if (units.length === 0) return [];
    const artifacts = units.reduce((sum, { artifacts }) => sum + artifacts.length, 0);
    return [{ who, artifacts, bytes: bytesOfFiles(units.flatMap(({ files }) => files)) }];
  });
}

const NEEDERS = [
  { reason: "live", who: "runs or scripts under way" },
  { reason: "store", who: "full stores" },
  { reason: "kept", who: "the runs to keep" },
] as const;

const CAUSES: Readonly<Record<Cause, string>> = {
  age: "older than --max-age",
  size: "more than --max-size",
  runs: "none of the runs that are kept needs it",
  asked: "asked for",
};

function artifactOf(cache: string, metadata: string): string {
  return belowCache(cache, metadata).replace(/_metadata\.json$/, "");
}

function nameOf(cache: string, { what }: LeftAlone): string {
  return "key" in what
    ? `${oneLine(what.experiment)} / ${what.stage} ${artifactOf(cache, what.artifacts[0]!.path)}`
    : belowCache(cache, what.path);
}
