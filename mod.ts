/**
 * Cairn re-uses what an experiment has already computed.
 *
 * A stage says what it needs and what it produces; each output has a cacher; running the experiment again loads every
 * artifact that is still true and computes only what is not.
 *
 * @module
 */
export { grid, type GridOf, type Scalar } from "./core/params/grid.ts";
export type { Digest } from "./core/params/canonical.ts";
export type { JsonValue } from "./core/params/describe.ts";
export type { HashOptions, ParameterSet, Params } from "./core/params/sets.ts";

export { at } from "./core/define/at.ts";
export {
  type Aggregate,
  type AggregateDescription,
  type AnyAggregate,
  defineAggregate,
} from "./core/define/aggregate.ts";
export type {
  AnyCacher,
  Artifact,
  Awaitable,
  Cacher,
  FileData,
  Placement,
  SkipHead,
} from "./core/define/cacher.ts";
export type { StageContext } from "./core/define/context.ts";
export type { Description } from "./core/define/description.ts";
export {
  defineExperiment,
  type Experiment,
  type ParamsSource,
  type Procedure,
} from "./core/define/experiment.ts";
export type { ArtifactMetadata, FileEntry, RunInfo } from "./core/define/metadata.ts";
export { isMiss, miss } from "./core/define/miss.ts";
export {
  type AnyOutput,
  type Lazy,
  lazy,
  type LazyValue,
  type Outputs,
  type Transient,
  transient,
  type ValueOf,
} from "./core/define/output.ts";
export {
  type AnyStage,
  defineStage,
  type Produced,
  type Seen,
  type Stage,
  type StageDescription,
} from "./core/define/stage.ts";
export type { Files, StageOptions, StageSettings } from "./core/define/stage_options.ts";
export type { Duration } from "./core/params/duration.ts";
export { atPath } from "./core/define/combinators/at_path.ts";
export { gzipped } from "./core/define/combinators/gzipped.ts";
export { untracked } from "./core/define/combinators/untracked.ts";
export type { StandardIssue, StandardResult, StandardSchema } from "./core/define/standard_schema.ts";
export { validated } from "./core/define/combinators/validated.ts";
export { withPrefix } from "./core/define/combinators/with_prefix.ts";
export { withSubdir } from "./core/define/combinators/with_subdir.ts";
export { zstd } from "./core/define/combinators/zstd.ts";
export { readBytes, writeBytes } from "./core/define/whole_file.ts";

export type { CommitStep } from "./core/store/commit.ts";
export { loadFrom, readMetadata, saveAs, type SaveOptions } from "./core/store/inline.ts";
export type { ArtifactSpec, Place } from "./core/store/place.ts";
export type { Saved } from "./core/store/save.ts";
export type { Staging } from "./core/store/staging.ts";
export type { OpenUses, UseOwner } from "./core/store/uses/uses.ts";
export {
  type DryMode,
  openWorkspace,
  type Session,
  type Workspace,
  type WorkspaceOptions,
} from "./core/store/workspace.ts";

export type {
  Counts,
  Emit,
  PlannedReport,
  RunEvent,
  StageName,
  StageReport,
  Verdict,
} from "./core/run/events.ts";
export { type Executor, inlineExecutor, type Job, type JobResult } from "./core/run/executor.ts";
export type {
  LocatedArtifact,
  LocatedInput,
  LocatedInputs,
  LocatedState,
} from "./core/run/located_inputs.ts";
export { parallelExecutor, type ParallelOptions } from "./core/run/parallel/parallel_executor.ts";
export type { PlannedTask, PlannedVerdict } from "./core/plan/verdicts.ts";
export type { Held } from "./core/run/engine_state.ts";
export type { Ancestors } from "./core/store/ancestors.ts";
export type { SetOptions } from "./core/run/experiment_sets.ts";
export type { ExperimentRecord, KnownTask, Lineage, LineageMember } from "./core/run/lineage.ts";
export { type ExperimentPlan, planExperiment, type PlannedRecordReport } from "./core/run/plan_experiment.ts";
export { createRecord, runAggregate, runStage, runStages, valueOf } from "./core/run/record.ts";
export type { RunResult } from "./core/run/results.ts";
export { runExperiment } from "./core/run/run_experiment.ts";
export type { RunOptions } from "./core/run/run_options.ts";
