/**
 * What the type tests share. Nothing here runs.
 *
 * @module
 */
import type { Cacher } from "../../core/define/cacher.ts";
import type { TypeMessage } from "../../core/define/type_messages.ts";

/** A cacher that has a type and no more. */
export declare function cacher<T>(): Cacher<T>;

/** Takes nothing but `true`: `expect<Equal<A, B>>()`. */
export declare function expect<_Truth extends true>(): void;

/** Whether two types are the same, not just assignable both ways. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** All messages in a checked list, whatever stands between them. */
export type MessagesIn<Checked extends readonly unknown[]> = Checked[number] extends infer One
  ? One extends TypeMessage<infer Message> ? Message : never
  : never;
