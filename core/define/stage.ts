/**
 * Stages: pure functions of state that carry their description.
 *
 * @module
 */
import { checkSegment, quote } from "../params/names.ts";
import { isPlainObject, sortOf } from "../params/paths.ts";
import type { Scalar } from "../params/grid.ts";
import { checkOutputs } from "./check_outputs.ts";
import type { StageContext } from "./context.ts";
import type { LazyValue, Outputs, ValueOf } from "./output.ts";
import { temporaryContext } from "./temporary_context.ts";
import type { AlwaysThere, AnyReturn, Listed, MayBeMissing, OnlyRead, Returns } from "./type_messages.ts";

/** What `run` returns for these outputs. */
export type Produced<O extends Outputs> = { -readonly [Name in keyof O]: ValueOf<O[Name]> };

/** What later stages receive for these outputs: a handle where an output is `lazy(..., { resolve: false })`. */
export type Seen<O extends Outputs> = {
  [Name in keyof O]: O[Name] extends { readonly lazy: { readonly resolve: false } }
    ? LazyValue<ValueOf<O[Name]>>
    : ValueOf<O[Name]>;
};

/** The names of the inputs that a state type has. */
export type InputNames<In> = Exclude<keyof In & string, "params">;

/** The type of the parameters in a state type; `unknown` where it has none. */
export type ParamsOf<In> = "params" extends keyof In ? Required<In>["params"] : unknown;

/** The names of the parameters in a state type. */
export type ParamNames<In> = keyof ParamsOf<In> & string;

/** What a stage says of itself, as the planner and the runner read it. */
export interface StageDescription {
  readonly kind: "stage";
  readonly name: string;
  /** The inputs it must have. */
  readonly inputs: readonly string[];
  /** The inputs it takes where there are any. */
  readonly optional: readonly string[];
  /** The parameters that reach it, and that enter its key; all where it is undefined. */
  readonly params: readonly string[] | undefined;
  readonly outputs: Outputs;
  /** In place of the code in the key. */
  readonly version: string | undefined;
  /** At most this many of it at a time. */
  readonly concurrency: number | undefined;
  /** The function as it was given. */
  // deno-lint-ignore no-explicit-any -- a stage of any type
  readonly run: (state: any, context: StageContext) => unknown;
}

/**
 * A stage: call it with a state, or hand it to an experiment.
 *
 * @typeParam Name Its name.
 * @typeParam In The state it reads.
 * @typeParam O Its outputs.
 */
export interface Stage<Name extends string, In, O extends Outputs> {
  /** Runs the stage by itself, with no workspace and no cache. */
  (state: In, context?: StageContext): Promise<Produced<O>>;
  readonly stageName: Name;
  readonly outputs: O;
  readonly description: StageDescription;
}

/** A stage of any type. */
// deno-lint-ignore no-explicit-any -- the one place where a stage of any type is meant
export type AnyStage = Stage<string, any, any>;

/**
 * Defines a stage: what it reads, what it produces, how each output is cached, and the function that does it.
 *
 * The stage is a pure async function of state, so a test calls it directly. The compiler checks that `run` reads
 * nothing that is not listed and returns what `outputs` says; an experiment checks that earlier stages produce it.
 *
 * @param spec `name` becomes part of file names. `inputs` are the names in the state that `run` reads, `optional`
 * those that may be missing. Of the parameters, only those in `params` reach `run` and enter the key; all where it is
 * left out. `outputs` gives each output's cacher. `version` takes the place of the code in the key. `concurrency`
 * limits how many of this stage run at a time.
 * @returns The stage.
 * @throws {TypeError} If a name is not letters, digits, `_` and `-`, if a name is given twice, if two outputs would
 * lie at one path, or if an option is of the wrong sort.
 *
 * @example
 * ```ts
 * import { defineStage } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const scale = defineStage({
 *   name: "scale",
 *   inputs: ["values"],
 *   params: ["factor"],
 *   outputs: { scaled: jsonCacher<number[]>() },
 *   run: ({ values, params }: { values: number[]; params: { factor: number } }) => ({
 *     scaled: values.map((value) => value * params.factor),
 *   }),
 * });
 *
 * assertEquals(await scale({ values: [1, 2], params: { factor: 10 } }), { scaled: [10, 20] });
 * ```
 */
export function defineStage<
  const Name extends string,
  In extends object,
  O extends Outputs,
  Literal extends Scalar,
  Return extends AnyReturn<Literal, O>,
  const Inputs extends readonly string[] = readonly [],
  const Optional extends readonly string[] = readonly [],
  const Params extends readonly string[] = readonly string[],
>(spec: {
  readonly name: Name;
  readonly inputs?: Inputs & OnlyRead<Inputs, InputNames<In>, Return> & AlwaysThere<Inputs, In>;
  readonly optional?: Optional & OnlyRead<Optional, InputNames<In>, Return> & MayBeMissing<Optional, In>;
  readonly params?:
    & Params
    & OnlyRead<Params, ParamNames<In>, Return>
    & Listed<Params, ParamNames<In>, "params">;
  readonly outputs: O;
  readonly version?: string;
  readonly concurrency?: number;
  readonly run:
    & ((state: In, context: StageContext) => Return)
    & Listed<readonly [...Inputs, ...Optional], InputNames<In>, "inputs">
    & Returns<NoInfer<Return>, NoInfer<O>>;
}): Stage<Name, In, O> {
  const description = describeStage(spec);
  const { name, outputs } = description;
  const stage = async (state: In, context?: StageContext): Promise<Produced<O>> => {
    const own = context === undefined ? temporaryContext(name) : undefined;
    const produced = await description.run(stateFor(description, state), context ?? own!);
    checkProduced(name, outputs, produced);
    return produced as Produced<O>;
  };
  Object.defineProperty(stage, "name", { value: name });
  return Object.assign(stage, { stageName: spec.name, outputs: spec.outputs, description });
}

/** What was given to {@linkcode defineStage}, checked: JavaScript and `as never` get here unchecked. */
function describeStage(spec: {
  readonly name: string;
  readonly inputs?: readonly string[];
  readonly optional?: readonly string[];
  readonly params?: readonly string[];
  readonly outputs: Outputs;
  readonly version?: string;
  readonly concurrency?: number;
  readonly run: unknown;
}): StageDescription {
  checkSegment("stage", spec.name);
  const of = `of stage ${quote(spec.name)}`;
  const inputs = checkList("inputs", spec.inputs ?? [], of);
  const optional = checkList("optional", spec.optional ?? [], of).filter((name) => !inputs.includes(name));
  for (const name of [...inputs, ...optional]) checkSegment(`input ${of}`, name);
  checkOutputs(of, spec.outputs);
  if (typeof spec.run !== "function") {
    throw new TypeError(
      `Cannot define stage ${quote(spec.name)}: "run" is a function, found ${sortOf(spec.run)}`,
    );
  }
  if (spec.version !== undefined && typeof spec.version !== "string") {
    throw new TypeError(
      `Cannot define stage ${quote(spec.name)}: "version" is text such as "2", found ${sortOf(spec.version)}`,
    );
  }
  if (spec.concurrency !== undefined && !(Number.isInteger(spec.concurrency) && spec.concurrency > 0)) {
    throw new RangeError(
      `Cannot define stage ${quote(spec.name)}: "concurrency" is a whole number from 1, found ${
        quote(spec.concurrency)
      }`,
    );
  }
  return Object.freeze({
    kind: "stage",
    name: spec.name,
    inputs,
    optional,
    params: spec.params === undefined ? undefined : checkList("params", spec.params, of),
    outputs: spec.outputs,
    version: spec.version,
    concurrency: spec.concurrency,
    run: spec.run as StageDescription["run"],
  });
}

/**
 * Checks a list of names.
 *
 * @param what The list's name, for messages.
 * @param list The list.
 * @param of Whose list it is, as in `of stage "fit"`.
 * @returns A copy.
 * @throws {TypeError} If it is no list of texts, or names something twice.
 */
export function checkList(what: string, list: unknown, of: string): readonly string[] {
  if (!Array.isArray(list) || list.some((name) => typeof name !== "string")) {
    throw new TypeError(`Cannot use "${what}" ${of}: it is a list of names, found ${sortOf(list)}`);
  }
  const twice = list.find((name, i) => list.indexOf(name) !== i);
  if (twice !== undefined) throw new TypeError(`Cannot use "${what}" ${of}: it names ${quote(twice)} twice`);
  return [...list];
}

/** The part of a state that a stage asked for: its inputs, and of the parameters those it lists. */
function stateFor(description: StageDescription, state: unknown): Record<string, unknown> {
  const of = `stage ${quote(description.name)}`;
  if (!isPlainObject(state)) {
    throw new TypeError(`Cannot run ${of}: it takes a state, found ${sortOf(state)}`);
  }
  const own: Record<string, unknown> = {};
  for (const name of description.inputs) {
    if (!Object.hasOwn(state, name)) {
      const found = Object.keys(state).map(quote).join(", ") || "nothing";
      throw new TypeError(`Cannot run ${of}: its input ${quote(name)} is missing; the state has ${found}`);
    }
    own[name] = state[name];
  }
  for (const name of description.optional) if (Object.hasOwn(state, name)) own[name] = state[name];
  const given = state.params ?? {};
  if (!isPlainObject(given)) {
    throw new TypeError(`Cannot run ${of}: "params" is a plain object, found ${sortOf(given)}`);
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
