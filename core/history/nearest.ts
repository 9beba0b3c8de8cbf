/**
 * Of several artifacts of a stage, the one whose recipe differs least.
 *
 * @module
 */
import type { JsonValue } from "../params/describe.ts";
import { objectOf, partsOf } from "../plan/recipe_parts.ts";
import type { FoundMetadata } from "./artifact_files.ts";

/** The parts of a recipe as texts. */
type PartTexts = ReadonlyMap<string, string>;

/** An artifact that may be the nearest; each is compared with many records. */
export interface Candidate {
  readonly found: FoundMetadata;
  readonly parts: () => PartTexts;
}

/**
 * Makes a candidate of an artifact.
 *
 * @param found Its metadata.
 * @returns The candidate, whose recipe is taken apart when it is first compared.
 */
export function candidateOf(found: FoundMetadata): Candidate {
  let parts: PartTexts | undefined;
  return { found, parts: () => parts ??= partTexts(found.metadata.recipe) };
}

/**
 * The candidate whose recipe differs least.
 *
 * @param recipe The recipe that it is to be near to.
 * @param candidates The candidates.
 * @returns The first of those that differ in fewest parts; undefined where there are none.
 */
export function nearestTo(recipe: JsonValue, candidates: readonly Candidate[]): FoundMetadata | undefined {
  const parts = partTexts(recipe);
  let nearest: FoundMetadata | undefined;
  let least = Infinity;
  for (const { found, parts: before } of candidates) {
    const count = distance(before(), parts);
    if (count < least) [nearest, least] = [found, count];
  }
  return nearest;
}

function partTexts(recipe: JsonValue): PartTexts {
  return new Map(
    partsOf(recipe).map(({ what, file = "", name, value }) => {
      // What an input came to may not be known yet.
      const { digest: _, ...source } = what === "input" ? objectOf(value) : {};
      return [JSON.stringify([what, file, name]), JSON.stringify(what === "input" ? source : value)];
    }),
  );
}

/** How many parts differ, or are there in one alone. */
function distance(a: PartTexts, b: PartTexts): number {
  let shared = 0;
  let same = 0;
  for (const [id, text] of b) {
    const other = a.get(id);
    if (other !== undefined) shared++;
    if (other === text) same++;
  }
  return a.size + b.size - shared - same;
}
