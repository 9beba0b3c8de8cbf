/**
 * What past runs tell of each stage: found by its names, or by its key.
 *
 * @module
 */
import { type PastRun, pastRuns } from "./runs.ts";
import { ownerId, type StageOwner, type ToldStage, toldStages } from "./told_stages.ts";

/** What became of a stage in one past run. */
export interface PastStageRun extends ToldStage {
  /** The run. */
  readonly reference: string;
}

/** What past runs tell, the newest first; each run is read when it is first asked for. */
export interface PastStages {
  /** What became of a stage of a record. */
  readonly ofOwner: (owner: StageOwner) => Iterable<PastStageRun>;
  /** What became of a recipe, whosever it was. */
  readonly ofKey: (key: string) => Iterable<PastStageRun>;
  /** What became of a stage, whatever the record. */
  readonly ofStage: (stage: string) => Iterable<PastStageRun>;
}

/** How many runs are looked at. */
const RUNS = 20;

/**
 * Opens what the past runs of an experiment tell.
 *
 * @param dir The workspace.
 * @param experiment The experiment.
 * @returns What they tell.
 */
export function pastStages(dir: string, experiment: string): PastStages {
  const source = pastRuns(dir, experiment);
  const read: IndexedRun[] = [];
  const runs = function* () {
    for (let i = 0; i < RUNS; i++) {
      if (i === read.length) {
        const next = source.next();
        if (next.done) return;
        read.push(indexRun(next.value));
      }
      yield read[i]!;
    }
  };
  return {
    ofOwner: function* (owner) {
      for (const { byOwner } of runs()) yield* byOwner.get(ownerId(owner)) ?? [];
    },
    ofKey: function* (key) {
      for (const { byKey } of runs()) yield* byKey.get(key) ?? [];
    },
    ofStage: function* (stage) {
      for (const { byStage } of runs()) yield* byStage.get(stage) ?? [];
    },
  };
}

interface IndexedRun {
  readonly byOwner: ReadonlyMap<string, readonly PastStageRun[]>;
  readonly byKey: ReadonlyMap<string, readonly PastStageRun[]>;
  readonly byStage: ReadonlyMap<string, readonly PastStageRun[]>;
}

function indexRun(run: PastRun): IndexedRun {
  const reference = String(run.reference);
  const told = toldStages(run).map((stage): PastStageRun => ({ ...stage, reference }));
  return {
    byOwner: Map.groupBy(told, ownerId),
    byKey: Map.groupBy(told, ({ key }) => key),
    byStage: Map.groupBy(told, ({ stage }) => stage),
  };
}
