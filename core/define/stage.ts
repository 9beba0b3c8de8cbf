/**
 * Stages: pure functions of state that carry their description.
 *
 * @module
 */
import type { Scalar } from "../params/grid.ts";
import type { StageContext } from "./context.ts";
import { checkProduced, describeSpec, type Description, stateFor } from "./description.ts";
import { noteSite } from "./definition_site.ts";
import type { LazyValue, Outputs, ValueOf } from "./output.ts";
import type { Files, StageOptions } from "./stage_options.ts";
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

/**
 * The names of the inputs that a state type has.
 *
 * @internal
 */
export type InputNames<In> = Exclude<keyof In & string, "params">;

/**
 * The type of the parameters in a state type; `unknown` where it has none.
 *
 * @internal
 */
export type ParamsOf<In> = "params" extends keyof In ? Required<In>["params"] : unknown;

/**
 * The names of the parameters in a state type.
 *
 * @internal
 */
export type ParamNames<In> = NamesIn<ParamsOf<In>>;

/** Of a union, such as parameters that depend on a method, the names in any of its members. */
type NamesIn<Params> = Params extends unknown ? keyof Params & string : never;

/** What a stage says of itself, as the planner and the runner read it. */
export type StageDescription = Description<"stage">;

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
  /** Its name. */
  readonly stageName: Name;
  /** How each output is cached. */
  readonly outputs: O;
  /** All that it was defined with. */
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
 * limits how many of this stage run at a time. The others are those of {@linkcode StageOptions}: `files`, `env` and
 * `captures` enter the key, `maxAge` says how long an artifact is good, `retries`, `timeout` and `backoff` what happens
 * when the stage fails.
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
>(
  spec: {
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
    readonly files?: Files<NoInfer<ParamsOf<In>>>;
    readonly run:
      & ((state: In, context: StageContext) => Return)
      & Listed<readonly [...Inputs, ...Optional], InputNames<In>, "inputs">
      & Returns<NoInfer<Return>, NoInfer<O>>;
  } & Omit<StageOptions<never>, "files">,
): Stage<Name, In, O> {
  const description = noteSite(describeSpec("stage", spec));
  const { name, outputs } = description;
  const stage = async (state: In, context?: StageContext): Promise<Produced<O>> => {
    const produced = await description.run(stateFor(description, state), context ?? temporaryContext(name));
    checkProduced(name, outputs, produced);
    return produced as Produced<O>;
  };
  Object.defineProperty(stage, "name", { value: name });
  return Object.assign(stage, { stageName: spec.name, outputs: spec.outputs, description });
}
