/**
 * What stages and aggregates have in common: their description, checked, and what goes in and comes out of `run`.
 *
 * @module
 */
import { checkSegment, quote } from "../params/names.ts";
import { isPlainObject, sortOf } from "../params/paths.ts";
import { checkOutputs } from "./check_outputs.ts";
import type { StageContext } from "./context.ts";
import { isTransient, type Outputs } from "./output.ts";
import { checkStageOptions, STAGE_OPTIONS, type StageOptions, type StageSettings } from "./stage_options.ts";

/** What a stage or an aggregate says of itself, as the planner and the runner read it. */
export interface Description<Kind extends "stage" | "aggregate"> extends StageSettings {
  /** A stage of each record, or an aggregate of many. */
  readonly kind: Kind;
  /** Part of file names and keys. */
  readonly name: string;
  /** The inputs it must have. */
  readonly inputs: readonly string[];
  /** The inputs it takes where there are any. */
  readonly optional: readonly string[];
  /** The parameters that reach it, and that enter its key; all where it is undefined. */
  readonly params: readonly string[] | undefined;
  /** How each output is cached. */
  readonly outputs: Outputs;
  /** In place of the code in the key. */
  readonly version: string | undefined;
  /** At most this many of it at a time. */
  readonly concurrency: number | undefined;
  /** Whether an aggregate runs with the records that are there where others failed. */
  readonly partial: boolean;
  /** The function as it was given. */
  // deno-lint-ignore no-explicit-any -- a stage of any type
  readonly run: (state: any, context: StageContext) => unknown;
}

/** What `defineStage` and `defineAggregate` are given: JavaScript and `as never` get here unchecked. */
// deno-lint-ignore no-explicit-any -- the parameters of a stage of any type
export interface Spec extends StageOptions<any> {
  /** See {@linkcode Description}. */
  readonly name: string;
  /** See {@linkcode Description}. */
  readonly inputs?: readonly string[];
  /** See {@linkcode Description}. */
  readonly optional?: readonly string[];
  /** See {@linkcode Description}. */
  readonly params?: readonly string[];
  /** See {@linkcode Description}. */
  readonly outputs: Outputs;
  /** See {@linkcode Description}. */
  readonly version?: string;
  /** See {@linkcode Description}. */
  readonly concurrency?: number;
  /** See {@linkcode Description}. */
  readonly partial?: boolean;
  /** See {@linkcode Description}. */
  readonly run: unknown;
}

const COMMON = ["name", "inputs", "optional", "params", "outputs", "version", "run", ...STAGE_OPTIONS];
const KNOWN = { stage: [...COMMON, "concurrency"], aggregate: [...COMMON, "partial"] };

/**
 * Checks what a stage or an aggregate was defined with.
 *
 * @param kind Which of the two.
 * @param spec What was given.
 * @returns Its description, frozen.
 * @throws {TypeError} If a name can't be used, or something is of the wrong sort.
 * @throws {RangeError} If `concurrency` is no whole number from 1, or `retries` none from 0.
 */
export function describeSpec<Kind extends "stage" | "aggregate">(kind: Kind, spec: Spec): Description<Kind> {
  if (!isPlainObject(spec)) {
    throw new TypeError(`Cannot define ${sortOf(spec)}: ${kind} is defined by an object`);
  }
  checkSegment(kind, spec.name);
  const what = `${kind} ${quote(spec.name)}`;
  const of = `of ${what}`;
  const unknown = Object.keys(spec).find((name) => !KNOWN[kind].includes(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot define ${what}: there is no ${quote(unknown)}; there are ${KNOWN[kind].join(", ")}`,
    );
  }
  const inputs = checkList("inputs", spec.inputs ?? [], of);
  const optional = checkList("optional", spec.optional ?? [], of).filter((name) => !inputs.includes(name));
  for (const name of [...inputs, ...optional]) checkInputName(name, of);
  const params = spec.params === undefined ? undefined : checkList("params", spec.params, of);
  if (params?.includes("name")) {
    throw new TypeError(`Cannot use "params" ${of}: "name" is a record's label, and no parameter`);
  }
  checkOutputs(of, spec.outputs);
  const { run, version, concurrency, partial = false } = spec;
  if (typeof run !== "function") {
    throw new TypeError(`Cannot define ${what}: "run" is a function, found ${sortOf(run)}`);
  }
  if (version !== undefined && typeof version !== "string") {
    throw new TypeError(`Cannot define ${what}: "version" is text such as "2", found ${sortOf(version)}`);
  }
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency > 0)) {
    throw new RangeError(
      `Cannot define ${what}: "concurrency" is a whole number from 1, found ${quote(concurrency)}`,
    );
  }
  if (typeof partial !== "boolean") {
    throw new TypeError(`Cannot define ${what}: "partial" is true or false, found ${sortOf(partial)}`);
  }
  const settings = checkStageOptions(kind, what, spec);
  const inMemory = Object.entries(spec.outputs).find(([, output]) => isTransient(output) && !output.lazy)
    ?.[0];
  if (settings.maxAge !== undefined && inMemory !== undefined) {
    throw new TypeError(
      `Cannot define ${what}: with "maxAge" each output needs a cacher, and ${
        quote(inMemory)
      } is kept in memory ` +
        "only, so that nobody could tell whether it came out different",
    );
  }
  return Object.freeze({
    kind,
    name: spec.name,
    inputs,
    optional,
    params,
    outputs: Object.freeze({ ...spec.outputs }), // what is added to it later, nobody has checked
    version,
    concurrency,
    partial,
    ...settings,
    run: run as Description<Kind>["run"],
  });
}

function checkInputName(name: string, of: string): void {
  checkSegment(`input ${of}`, name);
  if (name === "params" || name === "name") {
    throw new TypeError(
      `Cannot use "inputs" ${of}: ${quote(name)} is there without being asked for; leave it out`,
    );
  }
}

/** A copy of a list of names, if it is one. */
function checkList(what: string, list: unknown, of: string): readonly string[] {
  if (!Array.isArray(list)) {
    throw new TypeError(`Cannot use "${what}" ${of}: it is a list of names, found ${sortOf(list)}`);
  }
  const odd = list.find((name) => typeof name !== "string");
  if (odd !== undefined) {
    throw new TypeError(`Cannot use "${what}" ${of}: it is a list of names, and holds ${sortOf(odd)}`);
  }
  const twice = list.find((name, i) => list.indexOf(name) !== i);
  if (twice !== undefined) throw new TypeError(`Cannot use "${what}" ${of}: it names ${quote(twice)} twice`);
  return [...list];
}

/**
 * The part of a state that was asked for: the inputs, and of the parameters those that are listed.
 *
 * @param description The stage or aggregate.
 * @param state What it was called with, or one of the states.
 * @returns A new object with no more than that.
 * @throws {TypeError} If an input is missing, or something is of the wrong sort.
 */
export function stateFor(
  description: Description<"stage" | "aggregate">,
  state: unknown,
): Record<string, unknown> {
  const what = `${description.kind} ${quote(description.name)}`;
  if (!isPlainObject(state)) {
    throw new TypeError(`Cannot run ${what}: it takes a state, found ${sortOf(state)}`);
  }
  const own: Record<string, unknown> = {};
  for (const name of description.inputs) {
    if (!Object.hasOwn(state, name)) {
      const found = Object.keys(state).map(quote).join(", ") || "nothing";
      throw new TypeError(`Cannot run ${what}: its input ${quote(name)} is missing; the state has ${found}`);
    }
    own[name] = state[name];
  }
  for (const name of description.optional) if (Object.hasOwn(state, name)) own[name] = state[name];
  const given = state.params ?? {};
  if (!isPlainObject(given)) {
    throw new TypeError(`Cannot run ${what}: "params" is a plain object, found ${sortOf(given)}`);
  }
  own.params = pickParams(given, description.params);
  return own;
}

/**
 * The parameters that reach a stage.
 *
 * @param params All parameters of a record.
 * @param names What the stage lists; all but `name` where it is undefined.
 * @returns A new object with those that are there.
 */
export function pickParams(
  params: Readonly<Record<string, unknown>>,
  names: readonly string[] | undefined,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).filter(([name]) => names === undefined ? name !== "name" : names.includes(name)),
  );
}

/**
 * Checks that a stage returned just the outputs that it declared.
 *
 * @param stage The stage's name.
 * @param outputs What it declared.
 * @param produced What its `run` returned.
 * @throws {TypeError} If that is no plain object, lacks an output, or has one that was not declared.
 */
export function checkProduced(
  stage: string,
  outputs: Outputs,
  produced: unknown,
): asserts produced is Record<string, unknown> {
  const declared = Object.keys(outputs);
  if (!isPlainObject(produced)) {
    if (produced === undefined && declared.length === 0) return;
    throw new TypeError(
      `Stage ${quote(stage)} returned ${sortOf(produced)}, wanted an object with ${
        declared.map(quote).join(", ") || "no outputs"
      }`,
    );
  }
  for (const name of declared) {
    if (!Object.hasOwn(produced, name) || produced[name] === undefined) {
      throw new TypeError(`Stage ${quote(stage)} did not return its output ${quote(name)}`);
    }
  }
  for (const name of Object.keys(produced)) {
    if (!Object.hasOwn(outputs, name)) {
      throw new TypeError(
        `Stage ${quote(stage)} returned ${quote(name)}, which is not among its outputs: ${
          declared.map(quote).join(", ") || "it has none"
        }`,
      );
    }
  }
}
