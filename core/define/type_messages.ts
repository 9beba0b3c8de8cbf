/**
 * Type errors in words: what the compiler says of a stage or an aggregate that contradicts itself.
 *
 * @module
 */
import type { LiteralHint } from "../params/grid.ts";
import type { Awaitable } from "./cacher.ts";
import type { Outputs } from "./output.ts";
import type { Produced } from "./stage.ts";

/**
 * A type that nothing suits: the compiler shows its message where something was wrong.
 *
 * @typeParam Message The message; a union of several where several things are wrong.
 */
export interface TypeMessage<Message extends string> {
  readonly "~error": Message;
}

/**
 * What any `run` may return. As the constraint of a type parameter it does two things besides: the outputs' types
 * reach functions that `run` returns, and literals stay literals, so that `{ kind: "a" }` suits a cacher of
 * `"a" | "b"`.
 *
 * @typeParam Literal A type parameter that extends `Scalar`: it is what keeps literals.
 * @typeParam O The outputs.
 * @internal
 */
export type AnyReturn<Literal, O extends Outputs> = Awaitable<
  void | object | Produced<O> | { readonly [output: string]: LiteralHint<Literal, []> }
>;

/**
 * Whether the compiler has not looked at `run` yet. It checks all other properties first where `run` has a parameter
 * without a type, as `log` in `(state: State, { log }) => ...`: a message then would be premature.
 */
type Pending<Return> = [AnyReturn<never, never>] extends [Return] ? true : false;

/** The names in a type, in any member of a union. */
type NamesIn<T> = T extends unknown ? keyof T & string : never;

/** The names in `State` that may be missing. */
type OptionalNames<State> = {
  [Name in keyof State]-?: { readonly [N in Name]?: State[Name] } extends Pick<State, Name> ? Name : never;
}[keyof State];

/**
 * An error where `run` reads a name that the list leaves out. A state type with any name at all is not judged.
 *
 * @internal
 */
export type Listed<Names extends readonly string[], Read extends string, List extends string> = string extends
  Read ? unknown
  : [Exclude<Read, Names[number]>] extends [never] ? unknown
  : TypeMessage<`run reads "${Exclude<Read, Names[number]>}" but ${List} does not list it`>;

/**
 * An error at each name in a list that `run` does not read.
 *
 * @internal
 */
export type OnlyRead<Names extends readonly string[], Read extends string, Return> = Pending<Return> extends
  true ? unknown
  : string extends Read ? unknown
  : {
    readonly [I in keyof Names]: Names[I] extends Read ? Names[I]
      : TypeMessage<`"${Names[I]}" is listed but run does not read it`>;
  };

/**
 * An error at each name in `inputs` that the state's type lets be missing: it belongs in `optional`.
 *
 * @internal
 */
export type AlwaysThere<Names extends readonly string[], State> = string extends keyof State ? unknown : {
  readonly [I in keyof Names]: Names[I] extends OptionalNames<State>
    ? TypeMessage<`run reads "${Names[I]}" as one that may be missing, so optional lists it, not inputs`>
    : Names[I];
};

/**
 * An error at each name in `optional` that the state's type says is always there.
 *
 * @internal
 */
export type MayBeMissing<Names extends readonly string[], State> = string extends keyof State ? unknown : {
  readonly [I in keyof Names]: Names[I] extends Exclude<keyof State, OptionalNames<State>>
    ? TypeMessage<`optional lists "${Names[I]}" but run reads it as always there: declare it "${Names[I]}?"`>
    : Names[I];
};

/**
 * An error where `run` returns something else than its outputs: a name too few or too many, or another type.
 *
 * @internal
 */
export type Returns<Return, O extends Outputs> = Pending<Return> extends true ? unknown
  : Fits<Awaited<Return>, O>;

type Fits<Value, O extends Outputs> = [Value] extends [never] ? unknown // it always throws
  : [keyof O] extends [never] ? Undeclared<NamesIn<Value>>
  : [Value] extends [Produced<O>] ? Undeclared<Exclude<NamesIn<Value>, keyof O>>
  : [Lacking<Value, O>] extends [never]
  // The compiler's own words say best how two types differ.
    ? (...args: never) => Awaitable<Produced<O>>
  : TypeMessage<`run does not return the output "${Lacking<Value, O>}"`>;

type Undeclared<Names extends string> = [Names] extends [never] ? unknown
  : string extends Names ? unknown
  : TypeMessage<`run returns "${Names}" but outputs does not list it`>;

type Lacking<Value, O> = Value extends unknown ? Exclude<keyof O & string, keyof Value> : never;
