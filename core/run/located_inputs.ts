/**
 * Where the inputs of a stage lie, for an executor that has them loaded by another process.
 *
 * @module
 */
import { isMiss } from "../define/miss.ts";
import type { Digest } from "../params/canonical.ts";
import { lazyHandle, loadArtifact } from "../store/load.ts";
import type { ArtifactSpec, Place } from "../store/place.ts";
import { deepFreeze } from "./strict.ts";

/** An artifact to load. */
export interface LocatedArtifact {
  /** Which it is, and how it is loaded. */
  readonly spec: ArtifactSpec;
  /** The procedure of the stage that made it, where the experiment has several. */
  readonly procedure: string | null;
  /** Where it lies. */
  readonly place: Place;
  /** The content digest that it must have; any will do where it is undefined. */
  readonly digest: Digest | undefined;
  /** Whether the stage gets its value, or a handle, where it is lazy. */
  readonly lazy: { readonly resolve: boolean } | undefined;
}

/** Where the value of one input is to be had: in memory, or from an artifact. */
export type LocatedInput =
  | { readonly kind: "value"; readonly value: unknown }
  | ({ readonly kind: "artifact" } & LocatedArtifact);

/** The state of one record, before its inputs are loaded. */
export interface LocatedState {
  /** The record's name, for an aggregate. */
  readonly name?: string;
  /** The parameters that reach the stage. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Its inputs, by name. */
  readonly inputs: Readonly<Record<string, LocatedInput>>;
}

/** The inputs of a stage, before they are loaded. */
export interface LocatedInputs {
  /** One for a stage, one a record for an aggregate. */
  readonly states: readonly LocatedState[];
  /**
   * To be called when all of them were loaded, and before they are used.
   *
   * @throws {Error} If one was made again meanwhile: the job is to be given up with that error.
   */
  readonly loaded: () => void;
  /**
   * The error to give a job up with where an artifact can't be loaded.
   *
   * @param state The index of the state.
   * @param input The input.
   * @param reason Why, as the end of a sentence.
   */
  readonly unloadable: (state: number, input: string, reason: string) => Error;
}

/**
 * Loads an artifact as a stage gets it: its value, or a handle where it is lazy and says so.
 *
 * @param artifact The artifact.
 * @param strict Whether the value is frozen.
 * @param unloadable Makes the error for one that can't serve, of the reason.
 * @returns What the stage gets.
 * @throws What `unloadable` makes, or what its cacher throws.
 */
export async function loadLocated(
  { place, spec, digest, lazy }: LocatedArtifact,
  strict: boolean,
  unloadable: (reason: string) => Error,
): Promise<unknown> {
  const fitting = (value: unknown) => strict ? deepFreeze(value) : value;
  const refuse = (error: unknown): never => {
    throw isMiss(error) ? unloadable(error.message) : error;
  };
  try {
    if (lazy?.resolve !== false) return fitting(await loadArtifact(place, spec, digest));
    const handle = lazyHandle(place, spec, digest);
    const load = async () => fitting(await handle.load().catch(refuse));
    return { ...handle, load };
  } catch (error) {
    refuse(error);
  }
}
