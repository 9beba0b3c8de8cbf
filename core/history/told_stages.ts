/**
 * The stages that a `run.json` tells of. It may be of any shape: what is not as it should be is passed over.
 *
 * @module
 */
import { objectOf } from "../plan/recipe_parts.ts";
import type { PastRun } from "./runs.ts";

/** Whose stage it is: `record` is null for an aggregate. */
export interface StageOwner {
  readonly procedure: string | null;
  readonly record: string | null;
  readonly stage: string;
}

/** What became of a stage of a record, or of an aggregate, in one run. */
export interface ToldStage extends StageOwner {
  readonly verdict: string;
  /** Its recipe key then. */
  readonly key: string;
  /** The main file of each artifact by output, which may be gone by now. */
  readonly artifacts: Readonly<Record<string, string>>;
}

/**
 * The stages of a run.
 *
 * @param run What its `run.json` says.
 * @returns The stages of each record in order, then the aggregates.
 */
export function toldStages(
  { records, aggregates }: Pick<PastRun, "records" | "aggregates">,
): readonly ToldStage[] {
  const ofRecords = listOf(records).flatMap(({ procedure, name, stages }) =>
    listOf(stages).map((stage) => told(stage, typeof procedure === "string" ? procedure : null, textOf(name)))
  );
  return [...ofRecords, ...listOf(aggregates).map((stage) => told(stage, null, null))];
}

type Loose = ReturnType<typeof objectOf>;

function told(stage: Loose, procedure: string | null, record: string | null): ToldStage {
  const artifacts = Object.entries(objectOf(stage.artifacts)).flatMap(([output, path]) =>
    typeof path === "string" ? [[output, path] as const] : []
  );
  return {
    procedure,
    record,
    stage: textOf(stage.stage),
    verdict: textOf(stage.verdict),
    key: textOf(stage.key),
    artifacts: Object.fromEntries(artifacts),
  };
}

/** Not every object has a text. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/**
 * One text for each stage of each record.
 *
 * @param owner Whose stage it is.
 * @returns Text that no other has.
 */
export function ownerId({ procedure, record, stage }: StageOwner): string {
  return JSON.stringify([procedure, record, stage]);
}
