/**
 * The types that make a pipeline check itself.
 *
 * @module
 */
import type { AnyStage, InputNames, ParamsOf, Seen, Stage } from "./stage.ts";
import type { TypeMessage } from "./type_messages.ts";

/** The state as a union of pairs: stays shallow however long the chain. */
type Pairs<T> = { readonly [K in keyof T]: readonly [K, T[K]] }[keyof T];

type Problem<Name extends string, In, Have> = {
  [K in InputNames<In>]-?: Extract<Have, readonly [K, unknown]> extends infer Hit ? [Hit] extends [never] ? (undefined extends In[K & keyof In] ? never
        : `stage "${Name}": input "${K}" is not produced by any earlier stage`)
    : Hit extends readonly [K, infer V]
      ? ([V] extends [In[K & keyof In]] ? never : `stage "${Name}": input "${K}" was produced with another type`)
    : never
    : never;
}[InputNames<In>];

export type Chain<
  Stages extends readonly AnyStage[],
  Params,
  Have = never,
  Done extends readonly unknown[] = readonly [],
> = number extends Stages["length"] ? Stages
  : Stages extends readonly [infer S, ...infer Rest extends readonly AnyStage[]]
    ? S extends Stage<infer Name, infer In, infer O>
      ? [Problem<Name, In, Have>] extends [never]
        ? [Params] extends [ParamsOf<In>] ? Chain<Rest, Params, Have | Pairs<Seen<O>>, readonly [...Done, S]>
        : readonly [
          ...Done,
          TypeMessage<`stage "${Name}" reads parameters that the experiment does not have, or of another type`>,
          ...Rest,
        ]
      : readonly [...Done, TypeMessage<Problem<Name, In, Have>>, ...Rest]
    : never
  : Done;
