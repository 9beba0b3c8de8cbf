/**
 * What a run and its workers say to each other.
 *
 * @module
 */
import { structuredBytes, valueOfBytes } from "../../../cachers/structured_cacher.ts";
import type { ArtifactSpec, Place } from "../../store/place.ts";
import type { Saved } from "../../store/save.ts";
import type { LocatedArtifact } from "../located_inputs.ts";
import type { Thrown } from "./thrown.ts";

/** Which stage or aggregate: the worker finds it in the module. */
export interface StageRef {
  readonly experiment: string;
  readonly kind: "stage" | "aggregate";
  readonly procedure: string | null;
  readonly name: string;
}

/** An artifact to load; the worker finds its cacher in the module. */
export interface SentArtifact extends Pick<LocatedArtifact, "place" | "digest" | "lazy"> {
  readonly stage: StageRef;
  readonly spec: Omit<ArtifactSpec, "cacher">;
}

/** The state of one record. */
export interface SentState {
  readonly name?: string;
  /** The parameters, as `structuredBytes` has them. */
  readonly params: Uint8Array;
  /** Each input: bytes of a value that lies in memory alone, or where it is to be loaded from. */
  readonly inputs: Readonly<Record<string, Uint8Array | SentArtifact>>;
}

/** A job, as a worker gets it. */
export interface SentJob {
  readonly stage: StageRef;
  /** The digest of the text of its `run`: what the worker has loaded must be the same. */
  readonly code: string;
  readonly states: readonly SentState[];
  readonly outputs: readonly {
    readonly name: string;
    readonly lazy: { readonly resolve: boolean } | undefined;
    readonly place: Place;
    readonly final: Place;
  }[];
  readonly files: { readonly staged: string; readonly final: string };
  readonly own?: string;
  readonly record: { readonly name: string; readonly index: number };
  readonly strict: boolean;
  /** Whether to tell when the `save` of an output begins. */
  readonly tellsSaves: boolean;
}

/** What a worker is told. */
export type ToWorker =
  /** Once, at first: the token of its packets, and the module to load. */
  | { readonly type: "start"; readonly token: Uint8Array; readonly module: string }
  | { readonly type: "run"; readonly job: SentJob }
  /** The inputs that it has loaded are still what they were: it may run the stage. */
  | { readonly type: "go" }
  /** They are not: the job is given up. */
  | { readonly type: "drop" }
  /** The stage is to stop. */
  | { readonly type: "abort"; readonly reason: Thrown };

/** What a worker says. */
export type FromWorker =
  /** The module is loaded. */
  | { readonly type: "ready" }
  /** It can't be. */
  | { readonly type: "broken"; readonly thrown: Thrown }
  /** All inputs of the job are loaded. */
  | { readonly type: "loaded" }
  | { readonly type: "log"; readonly message: string }
  /** Something was thrown that nothing caught: unless somebody prevents that, the process ends of it. */
  | { readonly type: "uncaught"; readonly thrown: Thrown }
  /** The output whose `save` begins. */
  | { readonly type: "saving"; readonly output: string }
  | {
    readonly type: "done";
    readonly saved: readonly (readonly [string, Saved])[];
    /** The outputs that are kept in memory only, as `structuredBytes` has them. */
    readonly values: readonly (readonly [string, Uint8Array])[];
  }
  | {
    readonly type: "failed";
    readonly thrown: Thrown;
    /** Whether it is what the stage was told as the reason to stop. */
    readonly isReason: boolean;
    /** The input that can't be loaded, where it is that. */
    readonly input?: { readonly state: number; readonly name: string; readonly reason: string };
  };

/**
 * A message as bytes.
 *
 * @param message The message.
 * @returns The bytes.
 */
export function messageBytes(message: ToWorker | FromWorker): Uint8Array {
  return structuredBytes(message, "Cannot send a message to another process");
}

/**
 * The message that bytes hold.
 *
 * @param bytes What {@linkcode messageBytes} gave, in this version of Cairn.
 * @returns The message.
 */
export function messageOfBytes<M extends ToWorker | FromWorker>(bytes: Uint8Array): M {
  return valueOfBytes(bytes, "Cannot read a message of another process") as M;
}

/**
 * A value that lies in memory alone, for another process.
 *
 * @param value The value.
 * @param what What was tried, as a message begins.
 * @returns Its bytes.
 * @throws {TypeError} If it can't be sent; the message names where in it, and what to do.
 */
export function sentValue(value: unknown, what: string): Uint8Array {
  try {
    return structuredBytes(value, what);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { message } = error;
    throw new TypeError(`${message}, make it where it is used, or run in one process`, { cause: error });
  }
}
