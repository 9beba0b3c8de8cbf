/**
 * The types that make a pipeline check itself.
 *
 * Each takes what was given to `defineExperiment` and gives it back with a {@linkcode TypeMessage} in the place of
 * what is wrong, so that the compiler reports it there.
 *
 * All that the stages make is put into one table by name, each entry with the place of its stage in the list. A stage's
 * inputs are looked up there, and places are compared as numbers. So no type recurses from stage to stage, and the work
 * grows with the number of inputs, not with its square: 300 stages check in about a second.
 *
 * @module
 */
import type { Aggregate, AggregateInputNames, AnyAggregate } from "./aggregate.ts";
import type { AnyStage, InputNames, ParamsOf, Seen, Stage } from "./stage.ts";
import type { TypeMessage } from "./type_messages.ts";

type IsAny<T> = 0 extends 1 & T ? true : false;

// ---- What the stages make ----

/** One name that a stage makes: where, by which stage, and of which type later stages receive it. */
interface Made<Place, By, Name, Value> {
  readonly place: Place;
  readonly by: By;
  readonly name: Name;
  readonly value: Value;
}

/** What is known of one pipeline: its outputs and its stages, each a table by name, and its parameter sets. */
export interface Pipeline<Outputs, Stages, Sets, Unknown> {
  readonly outputs: Outputs;
  readonly stages: Stages;
  readonly sets: Sets;
  /** The places of stages that nothing is known of: behind one, no input can be called missing. */
  readonly unknown: Unknown;
}

type AnyPipeline = Pipeline<unknown, unknown, unknown, unknown>;

/** What is known of a list of stages, and of the parameter sets that it runs with. */
export type PipelineOf<Stages extends readonly AnyStage[], Sets> = Described<
  Front<Stages>,
  Middle<Stages>,
  Back<Stages>,
  Sets
>;

type Described<Ahead extends readonly unknown[], Repeated, Behind extends readonly unknown[], Sets> =
  Pipeline<
    Table<
      | { [I in keyof Ahead]: OutputsOf<Ahead[I], I> }[number]
      | OutputsOf<Repeated, InMiddle>
      | { [I in keyof Behind]: OutputsOf<Behind[I], InBack<I>> }[number]
    >,
    Table<
      | { [I in keyof Ahead]: NameOf<Ahead[I], I> }[number]
      | { [I in keyof Behind]: NameOf<Behind[I], InBack<I>> }[number]
    >,
    Sets,
    | { [I in keyof Ahead]: IfUnknown<Ahead[I], I> }[number]
    | IfUnknown<Repeated, InMiddle>
    | { [I in keyof Behind]: IfUnknown<Behind[I], InBack<I>> }[number]
  >;

/** All that one stage makes. */
type OutputsOf<S, Place> = S extends Stage<infer By, infer _In, infer O>
  ? string extends keyof O ? never : { [Name in keyof O]: Made<Place, By, Name, Seen<O>[Name]> }[keyof O]
  : never;

/** A stage's own name, so that two of one name are found as two of one output are. A name of any text is no name. */
type NameOf<S, Place> = S extends Stage<infer Name, infer _In, infer _O>
  ? string extends Name ? never : Made<Place, Name, Name, unknown>
  : never;

/** Its place where a stage's type does not say what it makes, as `AnyStage` does not. */
type IfUnknown<S, Place> = S extends Stage<string, infer _In, infer O>
  ? string extends keyof O ? Place : never
  : never;

/** Things made, by name: a union of them where several stages make it. */
type Table<All> = { readonly [One in All as NameIn<One>]: One };

type NameIn<One> = One extends Made<unknown, unknown, infer Name extends string, unknown> ? Name : never;

/** What a table has under a name. `keyof` would do, but the compiler would go through the whole table each time. */
type Lookup<In, Name extends PropertyKey> = In extends { readonly [N in Name]: infer Found } ? Found : never;

/** Those things that were made before a place. */
type MadeBefore<Place, Entry> = Entry extends Made<infer At, unknown, unknown, unknown>
  ? IsBefore<At, Place> extends true ? Entry : never
  : never;

/** Those things that are of another type than the one that is wanted. */
type MadeWrong<Entry, Wanted> = Entry extends Made<unknown, unknown, unknown, infer Value>
  ? [Value] extends [Wanted] ? never : Entry
  : never;

/** The names of the stages that made some things. */
type Makers<Entry> = Entry extends Made<unknown, infer By extends string, unknown, unknown> ? By : never;

// ---- Lists with a spread ----
// `[load, ...many, fit]` is a front, a middle of any number of stages, and a back. A plain array is all middle.

type Front<Stages extends readonly unknown[], Found extends readonly unknown[] = readonly []> = number extends
  Stages["length"]
  ? Stages extends readonly [infer S, ...infer Rest] ? Front<Rest, readonly [...Found, S]> : Found
  : Stages;

type Back<Stages extends readonly unknown[], Found extends readonly unknown[] = readonly []> = number extends
  Stages["length"]
  ? Stages extends readonly [...infer Rest, infer S] ? Back<Rest, readonly [S, ...Found]> : Found
  : readonly [];

type Middle<Stages extends readonly unknown[]> = number extends Stages["length"]
  ? Stages extends readonly [unknown, ...infer Rest] ? Middle<Rest>
  : Stages extends readonly [...infer Rest, unknown] ? Middle<Rest>
  : Stages[number]
  : never;

// ---- Places ----
// A place is a text of digits, and one place is before another as numbers are: the shorter, or the lesser digit first.

/** The place of all stages in the middle, behind the whole front. */
type InMiddle = "00000";

/** Where stages in the middle read from: they may use what one another make, as nobody knows their order. */
type ReadInMiddle = "00001";

/** A place in the back, behind the middle. */
type InBack<I> = `000000${I & string}`;

/** Whether a place is before another; goes through their digits, with what the digits so far say. */
type IsBefore<A, B, SoFar = "same"> = A extends `${infer X}${infer Xs}`
  ? B extends `${infer Y}${infer Ys}` ? IsBefore<Xs, Ys, SoFar extends "same" ? IsLess<X, Y> : SoFar> : false
  : B extends "" ? SoFar
  : true;

type IsLess<X extends string, Y extends string> = X extends Y ? "same"
  : "0123456789" extends `${string}${X}${string}${Y}${string}` ? true
  : false;

/** Whether any of some places is before another. */
type AnyBefore<Places, Place> = true extends (Places extends string ? IsBefore<Places, Place> : never) ? true
  : false;

// ---- Stages ----

/**
 * The list of stages, with a message in the place of each stage that is wrong.
 *
 * @typeParam Stages The stages. What follows an `AnyStage` may use what nobody is known to make.
 * @typeParam Sets The type of a parameter set; see {@linkcode WithoutLabel}.
 * @internal
 */
export type CheckedStages<Stages extends readonly AnyStage[], Sets> = Checked<
  Front<Stages>,
  Middle<Stages>,
  Back<Stages>,
  PipelineOf<Stages, Sets>
>;

type Checked<
  Ahead extends readonly unknown[],
  Repeated,
  Behind extends readonly unknown[],
  P extends AnyPipeline,
> = readonly [
  ...{ [I in keyof Ahead]: Verdict<Ahead[I], FixedProblem<Ahead[I], P, I>> },
  ...[Repeated] extends [never] ? [] : Verdict<Repeated, StageProblem<Repeated, P, ReadInMiddle>>[],
  ...{ [I in keyof Behind]: Verdict<Behind[I], FixedProblem<Behind[I], P, InBack<I>>> },
];

/** A stage or an aggregate as it is, or in its place all that is wrong with it. */
type Verdict<Given, Problem extends string> = [Problem] extends [never] ? Given
  // Wrapped and unwrapped, else the compiler shows the name of the type that holds the messages in their place.
  : TypeMessage<(Problem extends string ? [Problem] : never)[0]>;

/** All that is wrong with a stage that is there just once. */
type FixedProblem<S, P extends AnyPipeline, Place> =
  | StageProblem<S, P, Place>
  | (S extends Stage<infer Name, infer _In, infer O>
    ? NameProblem<Name, P["stages"], Place> | OutputProblem<Name, keyof O, P["outputs"], Place>
    : never);

/** All that is wrong with what a stage reads. */
type StageProblem<S, P extends AnyPipeline, Place> = S extends Stage<infer Name, infer In, infer _O>
  ? InputProblem<Name, In, P, Place> | ParamsProblem<`stage "${Name}"`, ParamsOf<In>, P["sets"]>
  : never;

type NameProblem<Name extends string, Stages, Place> = string extends Name ? never
  : [MadeBefore<Place, Lookup<Stages, Name>>] extends [never] ? never
  : `stage "${Name}": an earlier stage has the same name`;

/** Stages in the middle may well be none: what they make is no second of anything. */
type OutputProblem<Name extends string, Outputs, All, Place> = Outputs extends string
  ? string extends Outputs ? never
  : `stage "${Name}": output "${Outputs}" is already produced by the earlier stage "${Makers<
    Exclude<MadeBefore<Place, Lookup<All, Outputs>>, { readonly place: InMiddle }>
  >}"`
  : never;

/** All that is wrong with a stage's inputs. A state type with any name at all is not judged. */
type InputProblem<Name extends string, In, P extends AnyPipeline, Place> = string extends InputNames<In>
  ? never
  : {
    [Input in InputNames<In>]: MadeBefore<Place, Lookup<P["outputs"], Input>> extends infer Before
      ? [Before] extends [never] ? IsOptional<In, Input> extends true ? never
        : AnyBefore<P["unknown"], Place> extends true ? never
        : `stage "${Name}": input "${Input}" ${Absence<Lookup<P["outputs"], Input>>}`
      : WrongType<`stage "${Name}": input "${Input}"`, Before, Required<In>[Input]>
      : never;
  }[InputNames<In>];

type Absence<Anywhere> = [Anywhere] extends [never] ? "is not produced by any earlier stage"
  : `is produced only by the later stage "${Makers<Anywhere>}"`;

/** An error where some of the things made do not suit. */
type WrongType<Subject extends string, Entry, Wanted> =
  `${Subject} was produced with another type by stage "${Makers<MadeWrong<Entry, Wanted>>}"`;

type IsOptional<In, Name extends keyof In> = { readonly [N in Name]?: In[Name] } extends Pick<In, Name> ? true
  : false;

// ---- Parameters ----

/**
 * The type of a parameter set without its label, `name`; that of an empty set where there are none.
 *
 * @typeParam Set The type of a set as it was given. `object`, or what includes it, is what the compiler takes where
 * none was given.
 * @internal
 */
export type WithoutLabel<Set> = IsAny<Set> extends true ? Set
  : [object] extends [Set] ? Record<never, never>
  : Set extends unknown ? Omit<Set, "name">
  : never;

/** The type of a parameter set, from a list of them, or a function that returns one. */
type SetIn<Source> = Source extends readonly (infer Set)[] ? Set
  : Source extends () => infer Returned ? SetIn<Awaited<Returned>>
  : object;

/** The names in any of several sets. */
type NamesOf<Sets> = Sets extends unknown ? keyof Sets : never;

/** All that is wrong with the parameters that a stage or an aggregate reads. */
type ParamsProblem<Subject extends string, Wanted, Sets> = IsAny<Sets> extends true ? never
  // With `object`, a type of optional parameters alone is also suited by sets that have none of them.
  : [Sets] extends [Wanted & object] ? never
  : [EachParamProblem<Subject, Wanted, Sets>] extends [never]
    ? `${Subject} reads parameters that the experiment does not have, or of another type`
  : EachParamProblem<Subject, Wanted, Sets>;

type EachParamProblem<Subject extends string, Wanted, Sets> = {
  [Name in keyof Wanted & string]-?: [Sets] extends [Pick<Wanted, Name> & object] ? never
    : Name extends "name" ? `${Subject} reads params.name, but a name is a label, no parameter`
    : `${Subject}: parameter "${Name}" ${ParamFault<Name, Sets>}`;
}[keyof Wanted & string];

type ParamFault<Name extends string, Sets> = Name extends keyof Sets ? "has another type in the experiment"
  : Name extends NamesOf<Sets> ? "is missing in some parameter sets, or has another type there"
  : "is not among the experiment's parameters";

/**
 * How some parameters enter a hash: each name is one of the experiment's parameters, and its function gets what that
 * parameter may be.
 *
 * @typeParam Sets The type of a parameter set.
 * @internal
 */
export type HashOf<Sets> = {
  readonly [Name in NamesOf<Sets>]?: "ignore" | ((value: ParamOf<Sets, Name>) => unknown);
};

type ParamOf<Sets, Name> = Sets extends unknown ? Name extends keyof Sets ? Required<Sets>[Name] : never
  : never;

// ---- Procedures ----

/** One pipeline of several, as far as its types matter. */
export interface ProcedureTypes {
  readonly name: string;
  readonly stages: readonly AnyStage[];
  readonly params?: unknown;
}

/**
 * The procedures, with a message in the place of each stage that is wrong.
 *
 * @internal
 */
export type CheckedProcedures<Procedures extends readonly ProcedureTypes[]> = {
  readonly [I in keyof Procedures]: CheckedProcedure<Procedures[I]>;
};

type CheckedProcedure<P extends ProcedureTypes> = {
  readonly [Key in keyof P]: Key extends "stages" ? CheckedStages<P["stages"], SetsOf<P>> : P[Key];
};

type SetsOf<P> = WithoutLabel<P extends { readonly params: infer Source } ? SetIn<Source> : object>;

/** What is known of each procedure, as a union. */
export type PipelinesOf<Procedures extends readonly ProcedureTypes[]> = {
  [I in keyof Procedures]: PipelineOf<Procedures[I]["stages"], SetsOf<Procedures[I]>>;
}[number];

// ---- Aggregates ----

/**
 * The list of aggregates, with a message in the place of each that is wrong.
 *
 * An aggregate gets a state of each record that has all of its inputs, so the pipelines that produce them all are the
 * ones that must suit it.
 *
 * @typeParam Aggregates The aggregates.
 * @typeParam Pipelines What is known of the pipelines, as a union.
 * @internal
 */
export type CheckedAggregates<Aggregates extends readonly AnyAggregate[], Pipelines> = {
  readonly [I in keyof Aggregates]: Verdict<Aggregates[I], AggregateProblem<Aggregates[I], Pipelines>>;
};

/** All that is wrong with an aggregate. Of one of any type, and of a state type with any name, nothing is. */
type AggregateProblem<A, Pipelines> = A extends Aggregate<infer Name, infer In, infer _O>
  ? string extends AggregateInputNames<In> ? never : ProblemOf<`aggregate "${Name}"`, In, Pipelines>
  : never;

type ProblemOf<Subject extends string, In, Pipelines> =
  | LabelProblem<Subject, In>
  | ([ThatProduce<RequiredInputs<In>, Pipelines>] extends [never]
    ? AbsentProblem<Subject, RequiredInputs<In>, Pipelines>
    : StateProblem<Subject, In, ThatProduce<RequiredInputs<In>, Pipelines>>);

type RequiredInputs<In> = {
  [Name in AggregateInputNames<In>]: IsOptional<In, Name> extends true ? never : Name;
}[AggregateInputNames<In>];

/** Those pipelines whose records have all of these inputs. */
type ThatProduce<Inputs, Pipelines> = Pipelines extends
  Pipeline<infer Outputs, infer _S, infer _Sets, infer Unknown>
  ? [Unknown] extends [never] ? [Inputs] extends [keyof Outputs] ? Pipelines : never : Pipelines
  : never;

type AbsentProblem<Subject extends string, Inputs extends string, Pipelines> =
  [Exclude<Inputs, OutputNames<Pipelines>>] extends [never]
    ? `${Subject}: no procedure produces all of its inputs`
    : `${Subject}: input "${Exclude<Inputs, OutputNames<Pipelines>>}" is not produced by any stage`;

type OutputNames<P> = P extends Pipeline<infer Outputs, infer _S, infer _Sets, infer _Unknown> ? keyof Outputs
  : never;

type StateProblem<Subject extends string, In, P> = P extends
  Pipeline<infer Outputs, infer _S, infer Sets, infer _Unknown> ?
    | {
      [Input in AggregateInputNames<In>]: WrongType<
        `${Subject}: input "${Input}"`,
        Lookup<Outputs, Input>,
        Required<In>[Input]
      >;
    }[AggregateInputNames<In>]
    | ParamsProblem<Subject, ParamsOf<In>, Sets>
  : never;

type LabelProblem<Subject extends string, In> = "name" extends keyof In
  ? [string] extends [Required<In>["name"]] ? never : `${Subject}: name is a string`
  : never;
