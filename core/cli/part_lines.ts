/**
 * Every part of a key, as `--verbose` shows it.
 *
 * @module
 */
import type { JsonValue } from "../params/describe.ts";
import { changesOfPair } from "../plan/changes.ts";
import { changeText } from "../plan/change_text.ts";
import { partText } from "../plan/part_text.ts";
import { pairParts } from "../plan/recipe_pairs.ts";
import { partsOf } from "../plan/recipe_parts.ts";

/**
 * The parts of a recipe, beside those of another, those that differ first.
 *
 * @param earlier What it is compared with; undefined where there is nothing.
 * @param now The recipe.
 * @returns One line a part.
 */
export function partLines(earlier: JsonValue | undefined, now: JsonValue): readonly string[] {
  if (earlier === undefined) return partsOf(now).map(partText);
  const { changed = [], same = [] } = Object.groupBy(
    pairParts(earlier, now),
    (pair) => pair.same ? "same" : "changed",
  );
  return [
    ...changed.flatMap(changesOfPair).map((change) => `changed  ${changeText(change)}`),
    ...same.map(({ was: _, is = null, ...part }) => `same     ${partText({ ...part, value: is })}`),
  ];
}
