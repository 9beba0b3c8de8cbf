/**
 * What lies in a cache, summed up for people.
 *
 * @module
 */
import { byCodeUnit } from "../../params/canonical.ts";
import type { Inventory, Unit } from "../../store/upkeep/inventory.ts";

/** What lies there of one stage of an experiment. */
export interface StageSum {
  readonly experiment: string;
  readonly stage: string;
  readonly artifacts: number;
  /** A file with several names counts where it comes first. */
  readonly bytes: number;
  /** When any of them was last used, in milliseconds since 1970. */
  readonly lastUse: number;
  readonly units: readonly Unit[];
}

/** What lies there that was last used within some time. */
export interface AgeSum {
  readonly age: string;
  readonly artifacts: number;
  readonly bytes: number;
}

/** All that lies there. */
export interface CacheSum {
  readonly stages: readonly StageSum[];
  readonly ages: readonly AgeSum[];
  readonly artifacts: number;
  readonly bytes: number;
  readonly leftovers: { readonly count: number; readonly bytes: number };
}

const DAY = 86_400_000;

const AGES: readonly { readonly age: string; readonly days: number }[] = [
  { age: "within a day", days: 1 },
  { age: "within 7 days", days: 7 },
  { age: "within 30 days", days: 30 },
  { age: "longer ago", days: Infinity },
];

/**
 * Sums up what lies in a cache.
 *
 * @param inventory What lies there.
 * @param lastUses When it was last used, by key.
 * @param now The time, in milliseconds since 1970.
 * @returns By experiment and stage, and by age; each file counts once, however many names it has.
 */
export function sumUp(
  { units, leftovers }: Inventory,
  lastUses: ReadonlyMap<string, number>,
  now: number,
): CacheSum {
  const seen = new Set<string>();
  const fresh = ({ files }: Pick<Unit, "files">) =>
    files.reduce((sum, { id, bytes }) => seen.has(id) ? sum : (seen.add(id), sum + bytes), 0);
  // What somebody removes just now has its name yet, and no file.
  const sized = units.filter(({ files }) => files.length > 0).map((unit) => ({
    unit,
    bytes: fresh(unit),
    lastUse: lastUses.get(unit.key) ?? unit.made,
  }));
  const ofLeftovers = leftovers.reduce((sum, leftover) => sum + fresh(leftover), 0);
  const sum = (of: typeof sized) => ({
    artifacts: of.reduce((count, { unit }) => count + unit.artifacts.length, 0),
    bytes: of.reduce((bytes, each) => bytes + each.bytes, 0),
  });
  const stages = [...Map.groupBy(sized, ({ unit }) => JSON.stringify([unit.experiment, unit.stage])).values()]
    .map((of): StageSum => ({
      experiment: of[0]!.unit.experiment,
      stage: of[0]!.unit.stage,
      ...sum(of),
      lastUse: of.reduce((last, { lastUse }) => Math.max(last, lastUse), 0),
      units: of.map(({ unit }) => unit),
    }))
    .sort((a, b) => byCodeUnit(a.experiment, b.experiment) || byCodeUnit(a.stage, b.stage));
  const ageOf = (lastUse: number) => AGES.find(({ days }) => now - lastUse < days * DAY)!.age;
  const byAge = Map.groupBy(sized, ({ lastUse }) => ageOf(lastUse));
  const all = sum(sized);
  return {
    stages,
    ages: AGES.map(({ age }) => ({ age, ...sum(byAge.get(age) ?? []) })),
    artifacts: all.artifacts,
    bytes: all.bytes + ofLeftovers,
    leftovers: { count: leftovers.length, bytes: ofLeftovers },
  };
}
