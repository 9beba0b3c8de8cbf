/**
 * Tasks: the work of an experiment, as the planner and the runner read it.
 *
 * @module
 */
import type { AggregateDescription } from "../define/aggregate.ts";
import type { StageDescription } from "../define/stage.ts";
import type { Digest } from "../params/canonical.ts";
import type { StageCode } from "./code/stage_code_type.ts";
import type { JsonValue } from "../params/describe.ts";
import type { Params } from "../params/sets.ts";
import type { ArtifactSpec } from "../store/place.ts";

/** What all tasks of a stage have in common, as it enters their keys. */
export interface StageKeyPart {
  /** Kept in the metadata, so that "why" has an answer. */
  readonly ingredients: { readonly [name: string]: JsonValue };
  readonly digest: Digest;
}

/** What the keys of a stage take from outside of the graph: gathered before it is made. */
export interface StageFacts {
  /** The code that it reaches. */
  readonly code: StageCode;
  /** The digest of an environment variable's value; null where it is not set. */
  readonly env: (name: string) => Digest | null;
  /** The digest of a file's content, or of a folder's. */
  readonly file: (path: string) => Digest;
}

/** The facts of each stage. */
export type FactsOf = (description: StageDescription | AggregateDescription) => StageFacts;

/** One record: a parameter set and the stages it goes through. */
export interface PlannedRecord {
  readonly index: number;
  readonly procedure: string | null;
  readonly name: string;
  readonly params: Params;
  readonly hash: Digest;
  /** The digests of the values that it starts with. */
  readonly values: Readonly<Record<string, Digest>>;
  /** Its stages, in order; two records may share a task. */
  readonly steps: readonly { readonly stage: string; readonly task: number }[];
}

/** Where the value of an input comes from. */
export type Source =
  | { readonly kind: "output"; readonly task: number; readonly output: string }
  | { readonly kind: "value"; readonly record: number; readonly digest: Digest };

/** The state of one record as a task reads it. */
export interface TaskState {
  readonly record: number;
  /** The parameters that reach `run`. */
  readonly params: Params;
  /** The same as they enter the key. */
  readonly hashedParams: Params;
  /** Their hash. */
  readonly paramsHash: Digest;
  readonly inputs: readonly { readonly name: string; readonly source: Source }[];
}

/** An output of a task. */
export interface TaskOutput {
  readonly name: string;
  /** Undefined where it is kept in memory only. */
  readonly spec: ArtifactSpec | undefined;
  readonly lazy: { readonly resolve: boolean } | undefined;
}

/** A stage of one record, or of several that share its key; or an aggregate. */
export interface Task {
  readonly index: number;
  readonly description: StageDescription | AggregateDescription;
  readonly key: StageKeyPart;
  readonly recipeKey: Digest;
  /** One for a stage, one a record for an aggregate. */
  readonly states: readonly TaskState[];
  readonly outputs: readonly TaskOutput[];
  /** The first record that it belongs to; null for an aggregate. */
  readonly owner: number | null;
  /** The tasks whose outputs it reads. */
  readonly producers: readonly number[];
  /** The files that it declares, in order, with the digests of their contents. */
  readonly files: readonly { readonly path: string; readonly digest: Digest }[];
  /** The records that an aggregate does without since they failed. */
  readonly missing: readonly number[];
}

/** All tasks of a run, each after those it reads from. */
export interface Graph {
  readonly experiment: string;
  readonly records: readonly PlannedRecord[];
  readonly tasks: readonly Task[];
  /** The tasks of the aggregates. */
  readonly aggregates: readonly number[];
  /** Which tasks' outputs are wanted for themselves. */
  readonly finals: ReadonlySet<number>;
}
