/**
 * What a stage may declare for an output beside a cacher: `lazy` and `transient`.
 *
 * @module
 */
import type { ArtifactMetadata } from "./metadata.ts";
import type { AnyCacher, Cacher } from "./cacher.ts";

/** An output with no cacher: kept in memory only. */
export interface Transient<T> {
  /** What tells it from a cacher. */
  readonly transient: true;
  /** Set by {@linkcode lazy}: it is cached after all, with `structuredCacher`. */
  readonly lazy?: { readonly resolve: boolean };
  /** Never there; it carries the type. */
  readonly "~value"?: T;
}

/** A cacher, or the word that there is none. */
// deno-lint-ignore no-explicit-any -- an output of any type
export type AnyOutput = AnyCacher | Transient<any>;

/** The outputs of a stage by name. */
export type Outputs = { readonly [name: string]: AnyOutput };

/** What later stages receive for an output declared `lazy(cacher, { resolve: false })`. */
export interface LazyValue<T> {
  /** Loads the value, its digest checked first. */
  readonly load: () => Promise<T>;
  /** Where the artifact's file lies; with a suffix, another of its files. */
  readonly path: (suffix?: string) => string;
  /** The artifact's metadata. */
  readonly metadata: ArtifactMetadata;
}

/** What marks an output as lazy, and whether later stages get its value or a handle. */
export interface Lazy<Resolve extends boolean> {
  /** Whether later stages get the value, or a handle. */
  readonly lazy: { readonly resolve: Resolve };
}

/**
 * An output once it is lazy: the output as it was, and the mark, which takes the place of an earlier one.
 *
 * @internal
 */
export type MarkedLazy<O extends AnyOutput, Resolve extends boolean> = O extends Lazy<boolean>
  ? Omit<O, "lazy"> & Lazy<Resolve>
  : O & Lazy<Resolve>;

/** The type of an output's value. */
export type ValueOf<O> = O extends Cacher<infer T> ? T : O extends Transient<infer T> ? T : never;

/**
 * An output that is kept in memory only. Its stage runs again when a stage that must run needs it.
 *
 * @returns The word that this output has no cacher.
 *
 * @example
 * ```ts
 * import { defineStage, transient } from "@cairn/cairn";
 *
 * const connect = defineStage({
 *   name: "connect",
 *   outputs: { connection: transient<{ query(sql: string): Promise<unknown[]> }>() },
 *   run: () => ({ connection: { query: (sql) => Promise.resolve([sql]) } }),
 * });
 * ```
 */
export function transient<T>(): Transient<T> {
  return { transient: true };
}

/**
 * Marks an output as lazy: freed from memory as soon as it is saved, and loaded when a stage that runs needs it.
 *
 * @param output A cacher, or `transient()`, which then gets `structuredCacher`.
 * @param options `resolve: false` hands later stages the handle `{ load, path, metadata }` in place of the value.
 * @returns The same output, marked.
 *
 * @example
 * ```ts
 * import { defineStage, lazy, type LazyValue } from "@cairn/cairn";
 * import { bytesCacher, jsonCacher } from "@cairn/cairn/cachers";
 *
 * const render = defineStage({
 *   name: "render",
 *   outputs: { video: lazy(bytesCacher(), { resolve: false }) },
 *   run: () => ({ video: new Uint8Array(1024) }),
 * });
 * const measure = defineStage({
 *   name: "measure",
 *   inputs: ["video"],
 *   outputs: { size: jsonCacher<number>() },
 *   run: async ({ video }: { video: LazyValue<Uint8Array> }) => ({ size: (await Deno.stat(video.path())).size }),
 * });
 * ```
 */
export function lazy<O extends AnyOutput>(
  output: O,
  options: { readonly resolve: false },
): MarkedLazy<O, false>;
/** An output that is freed once saved; later stages get its value. */
export function lazy<O extends AnyOutput>(
  output: O,
  options?: { readonly resolve?: true },
): MarkedLazy<O, true>;
export function lazy<O extends AnyOutput>(
  output: O,
  options: { readonly resolve?: boolean } = {},
): O & Lazy<boolean> {
  return { ...output, lazy: { resolve: options.resolve ?? true } };
}

/**
 * Whether an output is kept in memory only.
 *
 * @param output A stage's output.
 * @returns Whether it has no cacher of its own; one that is lazy too is cached all the same.
 */
// deno-lint-ignore no-explicit-any -- an output of any type
export function isTransient(output: AnyOutput): output is Transient<any> {
  return "transient" in output;
}
