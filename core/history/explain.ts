/**
 * The answer to "why": for each stage of a plan, what makes it run, beside the nearest earlier artifact.
 *
 * @module
 */
import type { JsonValue } from "../params/describe.ts";
import { quote } from "../params/names.ts";
import { type Change, changesBetween } from "../plan/changes.ts";
import { changeText } from "../plan/change_text.ts";
import type { PlanDetail } from "../run/plan_experiment.ts";
import { inputTexts, isOfInputs, type Upstream, upstreamTexts } from "./cause_text.ts";
import { type Earlier, type EarlierArtifacts, hasArtifacts, isGone } from "./earlier.ts";
import { type Origins, originsOf } from "./origins.ts";
import { cachesAnything, inputsOf, type PlannedStages, plannedStages } from "./planned_stages.ts";

/** Why a stage is to run, or not. */
export interface Explanation extends Omit<PlanDetail, "artifacts"> {
  /** Whether it is in the cache: what is reused without that, another record runs. */
  readonly isHit: boolean;
  /** Why it runs, in words, what says most first; none for a plain hit. */
  readonly causes: readonly string[];
  /** What differs from the earlier artifact. */
  readonly changes: readonly Change[];
  /** What it waits for, and why that runs. */
  readonly upstream: readonly Upstream[];
  /** The artifact that it was compared with; null where none is known. */
  readonly comparedWith: Compared | null;
}

/** An artifact that a recipe was compared with. */
export interface Compared {
  /** Its main file, which may be gone. */
  readonly path: string;
  /** The record that it was made for. */
  readonly record: string | null;
  /** The run that made it; null where a script did. */
  readonly run: string | null;
  readonly key: string | null;
  readonly recipe: JsonValue;
}

/**
 * Explains a plan.
 *
 * @param planned What the plan says of each stage of each record, and of each aggregate.
 * @param artifacts The artifacts of the workspace.
 * @returns One explanation for each, in the same order.
 */
export function explain(
  planned: readonly PlanDetail[],
  artifacts: EarlierArtifacts,
): readonly Explanation[] {
  const stages = plannedStages(planned);
  const origins = originsOf(stages, artifacts);
  const why: Why = { stages, artifacts, origins, own: new Map(), roots: new Map() };
  return planned.map((stage) => explainStage(why, stage));
}

interface Why {
  readonly stages: PlannedStages;
  readonly artifacts: EarlierArtifacts;
  readonly origins: Origins;
  // What is told of a stage is asked for by all that come after it.
  readonly own: Map<PlanDetail, Own>;
  readonly roots: Map<string, readonly PlanDetail[]>;
}

/** What is known of a stage without a look at what runs before it. */
interface Own {
  readonly earlier: Earlier;
  readonly changes: readonly Change[];
  /** Causes that do not come from inputs. */
  readonly causes: readonly string[];
}

function explainStage(why: Why, stage: PlanDetail): Explanation {
  const { artifacts: _, ...facts } = stage;
  const { earlier, changes, causes: own } = ownOf(why, stage);
  const comparedWith = comparedOf(earlier);
  if (stage.verdict === "reuse" || stage.verdict === "skipped") {
    const isHit = stage.verdict === "reuse" && why.stages.withKey(stage.key)?.verdict === "reuse";
    const isPlain = isHit && earlier.same !== undefined; // else it is there under another recipe
    return { ...facts, isHit, causes: isPlain ? [] : [stage.reason], changes, upstream: [], comparedWith };
  }
  const upstream = upstreamOf(why, stage);
  const isPending = stage.verdict === "pending";
  const inputs = isNew(earlier)
    ? isPending ? [stage.reason] : [] // of one that was never made, why others run tells no more
    : [...upstreamTexts(upstream), ...inputTexts(changes, upstream, why.origins)];
  // What waits for nothing before it waits for what comes after it, or for another record.
  const waits = isPending && upstream.length === 0 ? [stage.reason] : [];
  const causes = [...waits, ...own, ...inputs];
  return {
    ...facts,
    isHit: false,
    causes: atLeastOne(causes, stage),
    changes,
    upstream,
    comparedWith,
  };
}

function comparedOf({ same, nearest }: Earlier): Compared | null {
  const found = same ?? nearest;
  if (found === undefined) return null;
  const { record, run, recipeKey, recipe } = found.metadata;
  return { path: found.path, record, run: run?.reference ?? null, key: recipeKey, recipe };
}

function ownOf(why: Why, stage: PlanDetail): Own {
  let own = why.own.get(stage);
  if (own === undefined) {
    const earlier = why.artifacts.of(stage);
    const found = earlier.same ?? earlier.nearest;
    const changes = found === undefined ? [] : changesBetween(found.metadata.recipe, stage.recipe);
    own = { earlier, changes, causes: ownCauses(stage, earlier, changes) };
    why.own.set(stage, own);
  }
  return own;
}

function ownCauses(stage: PlanDetail, earlier: Earlier, changes: readonly Change[]): readonly string[] {
  const { same, run } = earlier;
  const isCertain = stage.verdict === "execute";
  const reason = isCertain ? [stage.reason] : [];
  // With its recipe as it was, the plan knows best.
  if (same !== undefined) return reason;
  if (!cachesAnything(stage)) {
    const isOther = run !== undefined && run.key !== stage.key;
    return [...reason, ...isOther ? [`its recipe is not that of run ${quote(run.reference)}`] : []];
  }
  if (isGone(stage, earlier)) return [`its artifact is gone${isCertain ? `: ${stage.reason}` : ""}`];
  const failed = run?.key === stage.key && run.verdict === "failed"
    ? [`it failed in run ${quote(run.reference)}`]
    : [];
  const told = [...failed, ...differences(earlier, changes)];
  return told.length === 0 && stage.forced ? [stage.reason] : told;
}

/** Whether nothing was ever made of it, as far as is known. */
function isNew({ same, run, nearest }: Earlier): boolean {
  return same === undefined && nearest === undefined && (run === undefined || !hasArtifacts(run));
}

function differences(earlier: Earlier, changes: readonly Change[]): readonly string[] {
  if (earlier.nearest !== undefined) return changes.filter((change) => !isOfInputs(change)).map(changeText);
  if (isNew(earlier)) return ["nothing earlier is known of it"];
  return [`its recipe is not that of run ${quote(earlier.run!.reference)}, whose artifact is gone`];
}

function atLeastOne(causes: readonly string[], { reason }: PlanDetail): readonly string[] {
  // Of a large array, for one, metadata keeps the length alone.
  const unknown = `its key differs in something that metadata does not tell: ${reason}`;
  return causes.length === 0 ? [unknown] : [...new Set(causes)];
}

function upstreamOf(why: Why, stage: PlanDetail): readonly Upstream[] {
  return inputsOf(stage).flatMap(({ record, name, key }) => {
    const producer = why.stages.withKey(key);
    return producer === undefined ? [] : rootsOf(why, key).map((root): Upstream => ({
      record,
      input: name,
      stage: producer.stage,
      runs: root.stage,
      because: rootCauses(why, root),
    }));
  });
}

/** The stages that run for reasons of their own: one that only runs since another does is seen through. */
function rootsOf(why: Why, key: string): readonly PlanDetail[] {
  let roots = why.roots.get(key);
  if (roots === undefined) {
    const found = why.stages.runningBefore(key).flatMap((stage) => {
      if (ownOf(why, stage).causes.length > 0) return [stage];
      const before = inputsOf(stage).flatMap((input) => rootsOf(why, input.key));
      return before.length > 0 ? before : [stage];
    });
    roots = [...new Set(found)];
    why.roots.set(key, roots);
  }
  return roots;
}

function rootCauses(why: Why, root: PlanDetail): readonly string[] {
  const { causes, changes } = ownOf(why, root);
  return atLeastOne([...causes, ...inputTexts(changes, [], why.origins)], root);
}
