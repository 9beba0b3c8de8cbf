/**
 * What else a stage's key takes in, how long its artifacts are good, and what happens when it fails.
 *
 * @module
 */
import { canonicalDigest } from "../params/canonical.ts";
import { copyOf } from "../params/copy.ts";
import { type Duration, milliseconds } from "../params/duration.ts";
import { quote } from "../params/names.ts";
import { isPlainObject, sortOf } from "../params/paths.ts";

/** Paths from the working folder, or a function of the parameters that reach the stage. */
export type Files<Params> = readonly string[] | ((params: Params) => readonly string[]);

/** The options that stages and aggregates share, as they are given. */
export interface StageOptions<Params> {
  /**
   * Files and folders that `run` reads by itself, from the working folder: they enter the key by their content, a
   * folder with all below it. One that is missing is an error.
   */
  readonly files?: Files<Params>;
  /** Environment variables that `run` reads: their values enter the key, and an unset one differs from an empty one. */
  readonly env?: readonly string[];
  /** What `run` takes from the function that it is defined in: it enters the key by value. */
  readonly captures?: Readonly<Record<string, unknown>>;
  /** How long an artifact is good: milliseconds, or `"90s"`, `"12h"`, `"1d"`. With `0` the stage always runs. */
  readonly maxAge?: Duration;
  /** How often it is tried again after it failed; never where it is left out. */
  readonly retries?: number;
  /** How long one attempt may take, in milliseconds or as text: then its `signal` fires, and it has failed. */
  readonly timeout?: Duration;
  /** How long to wait before the first retry, in milliseconds or as text; twice as long before each next one. */
  readonly backoff?: Duration;
}

/** The same, checked. */
export interface StageSettings {
  /** Files that enter the key by content. */
  // deno-lint-ignore no-explicit-any -- the parameters of a stage of any type
  readonly files: Files<any> | undefined;
  /** Environment variables that enter the key. */
  readonly env: readonly string[];
  /** Captured values that enter the key. */
  readonly captures: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds; undefined where an artifact is good for ever. */
  readonly maxAge: number | undefined;
  /** How often it is tried again. */
  readonly retries: number;
  /** Milliseconds; undefined where an attempt may take as long as it does. */
  readonly timeout: number | undefined;
  /** Milliseconds before the first retry. */
  readonly backoff: number;
}

/** Their names, as an unknown one is refused. */
export const STAGE_OPTIONS: readonly string[] = [
  "files",
  "env",
  "captures",
  "maxAge",
  "retries",
  "timeout",
  "backoff",
];

/**
 * Checks the options of a stage or an aggregate.
 *
 * @param kind Which of the two.
 * @param what Whose they are, for messages: `stage "fit"`.
 * @param options What was given.
 * @returns The settings.
 * @throws {TypeError} If one is of the wrong sort, or a captured value can't be hashed.
 * @throws {RangeError} If `retries` is no whole number from 0.
 */
export function checkStageOptions(
  kind: "stage" | "aggregate",
  what: string,
  // deno-lint-ignore no-explicit-any -- the parameters of a stage of any type
  options: StageOptions<any>,
): StageSettings {
  const { files, env, captures, maxAge, retries = 0, timeout, backoff } = options;
  if (typeof files === "function" && kind === "aggregate") {
    throw new TypeError(
      `Cannot define ${what}: its "files" are a list of paths, found a function; only a stage has parameters of its own`,
    );
  }
  if (!(Number.isInteger(retries) && retries >= 0)) {
    throw new RangeError(
      `Cannot define ${what}: "retries" is a whole number from 0, found ${quote(retries)}`,
    );
  }
  const duration = (name: string, value: unknown) =>
    value === undefined ? undefined : milliseconds(`"${name}" of ${what}`, value);
  const limit = duration("timeout", timeout);
  if (limit === 0) throw new RangeError(`Cannot define ${what}: "timeout" is longer than 0`);
  return {
    files: typeof files === "function" || files === undefined ? files : checkPaths("files", files, what),
    env: env === undefined ? [] : checkVariables(env, what),
    captures: captures === undefined ? undefined : checkCaptures(captures, what),
    maxAge: duration("maxAge", maxAge),
    retries,
    timeout: limit === Infinity ? undefined : limit,
    backoff: duration("backoff", backoff) ?? 0,
  };
}

/**
 * A copy of a list of paths or names, if it is one.
 *
 * @param name What the list is called.
 * @param list What was given.
 * @param what Whose it is, for messages.
 * @returns The copy.
 * @throws {TypeError} If it is no list of text that is not empty.
 */
export function checkPaths(name: string, list: unknown, what: string): readonly string[] {
  if (!Array.isArray(list)) {
    throw new TypeError(`Cannot use "${name}" of ${what}: it is a list, found ${sortOf(list)}`);
  }
  const odd = list.findIndex((item) => typeof item !== "string" || item === "" || item.includes("\0"));
  if (odd !== -1) {
    throw new TypeError(
      `Cannot use "${name}" of ${what}: it is a list of text, and holds ${quote(list[odd])}`,
    );
  }
  return [...list];
}

function checkVariables(env: unknown, what: string): readonly string[] {
  const names = checkPaths("env", env, what);
  const odd = names.find((name) => name.includes("="));
  if (odd === undefined) return names;
  throw new TypeError(`Cannot use "env" of ${what}: ${quote(odd)} is no name of an environment variable`);
}

function checkCaptures(captures: unknown, what: string): Readonly<Record<string, unknown>> {
  if (!isPlainObject(captures)) {
    throw new TypeError(`Cannot use "captures" of ${what}: it is a plain object, found ${sortOf(captures)}`);
  }
  canonicalDigest(captures, `captures of ${what}`); // refuses what can't be hashed
  return copyOf(captures);
}
