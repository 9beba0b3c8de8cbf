/**
 * What made an input differ: the changes of the stages that it comes from, back to those that are no inputs.
 *
 * @module
 */
import { type Change, changesBetween } from "../plan/changes.ts";
import { changeText } from "../plan/change_text.ts";
import { objectOf } from "../plan/recipe_parts.ts";
import type { EarlierArtifacts } from "./earlier.ts";
import type { PlannedStages } from "./planned_stages.ts";

/** Tells in words what made an input differ; nothing where it is not known. */
export type Origins = (input: Change & { readonly what: "input" }) => readonly string[];

/**
 * Finds what made inputs differ.
 *
 * @param stages The stages as they are now.
 * @param artifacts The artifacts of the workspace, with what they were made by.
 * @returns Tells it of an input.
 */
export function originsOf(stages: PlannedStages, artifacts: EarlierArtifacts): Origins {
  const known = new Map<string, readonly string[]>();
  const origins: Origins = ({ was, is }) => {
    const [before, after] = [objectOf(was), objectOf(is)];
    const { recipeKey: key, stage } = before;
    if (typeof key !== "string" || typeof stage !== "string" || typeof after.recipeKey !== "string") {
      return [];
    }
    const id = `${key} ${after.recipeKey}`;
    if (!known.has(id)) known.set(id, between(stage, key, after.recipeKey));
    return known.get(id)!;
  };
  const between = (stage: string, key: string, now: string): readonly string[] => {
    const earlier = artifacts.withKey(stage, key);
    const current = stages.withKey(now);
    if (earlier === undefined || current === undefined || key === now) return [];
    const changes = changesBetween(earlier.metadata.recipe, current.recipe);
    const texts = changes.flatMap((change) =>
      change.what === "input" ? origins(change) : [changeText(change)]
    );
    return [...new Set(texts)];
  };
  return origins;
}
