/**
 * The stages of a plan, by their keys: who makes what a stage reads, and which of those run.
 *
 * @module
 */
import { objectOf } from "../plan/recipe_parts.ts";
import type { PlanDetail } from "../run/plan_experiment.ts";

/** An input of a stage, or of one record of an aggregate. */
export interface PlannedInput {
  /** The record, for an aggregate. */
  readonly record: string | null;
  readonly name: string;
  /** The recipe key of the stage that produces it. */
  readonly key: string;
}

/**
 * The inputs of a stage that other stages produce.
 *
 * @param stage The stage.
 * @returns The inputs; for an aggregate those of each record.
 */
export function inputsOf({ recipe }: PlanDetail): readonly PlannedInput[] {
  const { inputs, states } = objectOf(recipe);
  const all = Array.isArray(states) ? states.map(objectOf) : [{ record: null, inputs: inputs ?? null }];
  return all.flatMap(({ record, inputs }) =>
    Object.entries(objectOf(inputs)).flatMap(([name, input]) => {
      const { recipeKey } = objectOf(input);
      if (typeof recipeKey !== "string") return [];
      return [{ record: typeof record === "string" ? record : null, name, key: recipeKey }];
    })
  );
}

/**
 * Whether a stage leaves artifacts.
 *
 * @param stage The stage.
 * @returns Whether any of its outputs is cached.
 */
export function cachesAnything({ artifacts }: Pick<PlanDetail, "artifacts">): boolean {
  return Object.keys(artifacts).length > 0;
}

/** Finds the stages of a plan. */
export interface PlannedStages {
  /** The stage of a recipe key; of several records that share it, the one that runs it. */
  readonly withKey: (key: string) => PlanDetail | undefined;
  /**
   * The stages that run, nearest first, because of which one with this key may come out different: itself, if
   * it runs. One that caches nothing is seen through: it runs as others need it, and what it reads stands for
   * what it makes.
   */
  readonly runningBefore: (key: string) => readonly PlanDetail[];
}

/**
 * Makes the stages of a plan findable.
 *
 * @param planned The stages.
 * @returns Finds them.
 */
export function plannedStages(planned: readonly PlanDetail[]): PlannedStages {
  const byKey = new Map<string, PlanDetail>();
  for (const stage of planned) {
    // Where one record runs it, the others are to reuse it.
    if ((byKey.get(stage.key)?.verdict ?? "reuse") === "reuse") byKey.set(stage.key, stage);
  }
  const running = new Map<string, readonly PlanDetail[]>();
  const runningBefore = (key: string): readonly PlanDetail[] => {
    const known = running.get(key);
    if (known !== undefined) return known;
    const stage = byKey.get(key);
    const found = stage === undefined || stage.verdict === "reuse"
      ? []
      : stage.verdict === "execute" && cachesAnything(stage)
      ? [stage]
      : [...new Set(inputsOf(stage).flatMap((input) => runningBefore(input.key)))];
    running.set(key, found);
    return found;
  };
  return { withKey: (key) => byKey.get(key), runningBefore };
}
