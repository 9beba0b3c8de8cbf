/**
 * Aggregates: pure functions of many states.
 *
 * @module
 */
import type { Scalar } from "../params/grid.ts";
import { quote } from "../params/names.ts";
import { sortOf } from "../params/paths.ts";
import type { StageContext } from "./context.ts";
import { checkProduced, describeSpec, type Description, stateFor } from "./description.ts";
import { noteSite } from "./definition_site.ts";
import type { Outputs } from "./output.ts";
import type { InputNames, ParamNames, Produced } from "./stage.ts";
import type { StageOptions } from "./stage_options.ts";
import { temporaryContext } from "./temporary_context.ts";
import type { AlwaysThere, AnyReturn, Listed, MayBeMissing, OnlyRead, Returns } from "./type_messages.ts";

/** What an aggregate says of itself, as the planner and the runner read it. */
export type AggregateDescription = Description<"aggregate">;

/**
 * An aggregate: call it with states, or hand it to an experiment.
 *
 * @typeParam Name Its name.
 * @typeParam In The state it reads of each record.
 * @typeParam O Its outputs.
 */
export interface Aggregate<Name extends string, In, O extends Outputs> {
  /** Runs the aggregate by itself, with no workspace and no cache. */
  (states: readonly In[], context?: StageContext): Promise<Produced<O>>;
  /** Its name. */
  readonly aggregateName: Name;
  /** How each output is cached. */
  readonly outputs: O;
  /** All that it was defined with. */
  readonly description: AggregateDescription;
}

/** An aggregate of any type. */
// deno-lint-ignore no-explicit-any -- the one place where an aggregate of any type is meant
export type AnyAggregate = Aggregate<string, any, any>;

/**
 * The names of the inputs that an aggregate's state type has.
 *
 * @internal
 */
export type AggregateInputNames<In> = Exclude<InputNames<In>, "name">;

/**
 * Defines an aggregate: a stage over many records.
 *
 * `run` gets one state for each record that produces the inputs, in the records' order, with that record's `name`
 * and `params`, which enter the key.
 *
 * @param spec As for {@linkcode defineStage}; `run` takes a list of states. With `partial: true` it runs with the records
 * that are there where others failed, and its key says so; else it waits until all are.
 * @returns The aggregate.
 * @throws {TypeError} As {@linkcode defineStage} does.
 *
 * @example
 * ```ts
 * import { defineAggregate } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const best = defineAggregate({
 *   name: "best",
 *   inputs: ["score"],
 *   outputs: { winner: jsonCacher<string>() },
 *   run: (states: readonly { name: string; score: number }[]) => ({
 *     winner: states.reduce((a, b) => (b.score > a.score ? b : a)).name,
 *   }),
 * });
 *
 * assertEquals(await best([{ name: "a", score: 0.5 }, { name: "b", score: 0.75 }]), { winner: "b" });
 * ```
 */
export function defineAggregate<
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
    readonly inputs?: Inputs & OnlyRead<Inputs, AggregateInputNames<In>, Return> & AlwaysThere<Inputs, In>;
    readonly optional?:
      & Optional
      & OnlyRead<Optional, AggregateInputNames<In>, Return>
      & MayBeMissing<Optional, In>;
    readonly params?:
      & Params
      & OnlyRead<Params, ParamNames<In>, Return>
      & Listed<Params, ParamNames<In>, "params">;
    readonly outputs: O;
    readonly version?: string;
    readonly partial?: boolean;
    readonly files?: readonly string[];
    readonly run:
      & ((states: readonly In[], context: StageContext) => Return)
      & Listed<readonly [...Inputs, ...Optional], AggregateInputNames<In>, "inputs">
      & Returns<NoInfer<Return>, NoInfer<O>>;
  } & Omit<StageOptions<never>, "files">,
): Aggregate<Name, In, O> {
  const description = noteSite(describeSpec("aggregate", spec));
  const { name, outputs } = description;
  const aggregate = async (states: readonly In[], context?: StageContext): Promise<Produced<O>> => {
    if (!Array.isArray(states)) {
      throw new TypeError(
        `Cannot run aggregate ${quote(name)}: it takes a list of states, found ${sortOf(states)}`,
      );
    }
    const own = states.map((state) => {
      const chosen = stateFor(description, state);
      return "name" in state ? { name: (state as { name: unknown }).name, ...chosen } : chosen;
    });
    const produced = await description.run(own, context ?? temporaryContext(name));
    checkProduced(name, outputs, produced);
    return produced as Produced<O>;
  };
  Object.defineProperty(aggregate, "name", { value: name });
  return Object.assign(aggregate, { aggregateName: spec.name, outputs: spec.outputs, description });
}
