/**
 * Type tests of `defineStage` and `defineAggregate`. Compiled by types_test.ts, never run.
 *
 * @module
 */
import { type Aggregate, defineAggregate } from "../../core/define/aggregate.ts";
import type { Cacher } from "../../core/define/cacher.ts";
import { lazy, type LazyValue, transient } from "../../core/define/output.ts";
import { defineStage, type Seen, type Stage } from "../../core/define/stage.ts";
import type { Listed, OnlyRead, Returns, TypeMessage } from "../../core/define/type_messages.ts";
import { cacher, type Equal, expect } from "./helpers.ts";

interface Report {
  total: number;
  lines: string[];
}
declare function makeReport(): Promise<Report>;

// ---- What is inferred ----

const plain = defineStage({ name: "plain", outputs: { a: cacher<number>() }, run: () => ({ a: 1 }) });
expect<Equal<typeof plain, Stage<"plain", object, { a: Cacher<number> }>>>();

const full = defineStage({
  name: "full",
  inputs: ["rows"],
  optional: ["extra"],
  params: ["seed"],
  outputs: { a: cacher<"x" | "y">(), b: cacher<number[]>() },
  run: async (
    { rows, extra, params }: { rows: number[]; extra?: string; params: { seed: number } },
    { log, path },
  ) => {
    log(path("file") + extra?.length);
    await Promise.resolve();
    return { a: "x", b: [...rows, params.seed] };
  },
});
expect<
  Equal<
    typeof full,
    Stage<
      "full",
      { rows: number[]; extra?: string; params: { seed: number } },
      { a: Cacher<"x" | "y">; b: Cacher<number[]> }
    >
  >
>();
expect<Equal<Awaited<ReturnType<typeof full>>, { a: "x" | "y"; b: number[] }>>();

// Literals and tuples stay what they are, also deep down, in functions of all sorts.
defineStage({ name: "s", outputs: { a: cacher<"x" | "y">() }, run: () => ({ a: "x" }) });
defineStage({
  name: "s",
  outputs: { a: cacher<[number, string]>() },
  run: async () => ({ a: [await 1, "x"] }),
});
defineStage({
  name: "s",
  outputs: { a: cacher<{ kind: "x" | "y"; range: [number, number]; list: number[] }[]>() },
  run: (_, { log }) => {
    log("");
    return { a: [{ kind: "x", range: [0, 1], list: [] }] };
  },
});
defineStage({
  name: "s",
  optional: ["n"],
  outputs: { a: cacher<number>() },
  run({ n }: { n?: number }) {
    if (n === undefined) throw new Error("no n");
    return { a: n };
  },
});
// `run` before what it goes with, as a named function, with an interface, with a function among the outputs.
defineStage({
  name: "s",
  run: ({ n }: { n: number }, { log }) => (log(""), { a: n }),
  inputs: ["n"],
  outputs: { a: cacher<number>() },
});
defineStage({ name: "s", outputs: { total: cacher<number>(), lines: cacher<string[]>() }, run: makeReport });
defineStage({
  name: "s",
  outputs: { f: transient<(n: number) => string>() },
  run: () => ({ f: (n) => n.toFixed() }),
});
// No outputs: nothing needs to be returned.
defineStage({ name: "s", outputs: {}, run: () => {} });
defineStage({ name: "s", outputs: {}, run: async () => await Promise.resolve() });
defineStage({ name: "s", outputs: {}, run: () => ({}) });
// It always throws; any; unknown.
defineStage({
  name: "s",
  outputs: { a: cacher<number>() },
  run: () => {
    throw new Error("always");
  },
});
defineStage({ name: "s", outputs: { a: cacher<number>() }, run: () => JSON.parse("{}") });
defineStage({ name: "s", outputs: { a: cacher<unknown>() }, run: (): { a: unknown } => ({ a: 1 }) });
// A state type with any name is not judged.
defineStage({
  name: "s",
  inputs: ["n"],
  outputs: { a: cacher<number>() },
  run: (state: Record<string, number>) => ({ a: state.n! }),
});
defineStage({
  name: "s",
  params: ["n"],
  outputs: { a: cacher<number>() },
  run: ({ params }: { params: Record<string, number> }) => ({ a: params.n! }),
});

// ---- What later stages receive ----

const outputs = {
  plain: cacher<number>(),
  lazy: lazy(cacher<Date>()),
  handle: lazy(cacher<number[]>(), { resolve: false }),
  memory: transient<Map<string, number>>(),
  lazyMemory: lazy(transient<Set<number>>()),
  memoryHandle: lazy(transient<string>(), { resolve: false }),
  again: lazy(lazy(cacher<bigint>(), { resolve: false })),
};
expect<
  Equal<Seen<typeof outputs>, {
    plain: number;
    lazy: Date;
    handle: LazyValue<number[]>;
    memory: Map<string, number>;
    lazyMemory: Set<number>;
    memoryHandle: LazyValue<string>;
    again: bigint;
  }>
>();

// ---- What is refused ----

// @ts-expect-error run reads "rows" but inputs does not list it
defineStage({ name: "s", inputs: [], outputs: {}, run: ({ rows }: { rows: number[] }) => void rows });
defineStage({
  name: "s",
  outputs: { a: cacher<number>() },
  // @ts-expect-error the same, in a function with a context, which the compiler looks at later
  run: async ({ rows }: { rows: number[] }, { log }) => (log(""), { a: await rows.length }),
});
// @ts-expect-error run does not read "columns"
defineStage({ name: "s", inputs: ["columns"], outputs: {}, run: () => {} });
defineStage({
  name: "s",
  // @ts-expect-error "extra" may be missing, so it belongs in optional
  inputs: ["extra"],
  outputs: {},
  run: ({ extra }: { extra?: string }) => void extra,
});
// @ts-expect-error "rows" is always there in the state's type, so it must not be optional
defineStage({ name: "s", optional: ["rows"], outputs: {}, run: ({ rows }: { rows: number[] }) => void rows });
defineStage({
  name: "s",
  // @ts-expect-error run reads "lr" but params does not list it
  params: ["seed"],
  outputs: {},
  run: ({ params }: { params: { seed: number; lr: number } }) => void params,
});
defineStage({
  name: "s",
  // @ts-expect-error run does not read the parameter "depth"
  params: ["k", "depth"],
  outputs: {},
  run: ({ params }: { params: { k?: 1 } }) => void params,
});
// @ts-expect-error "a" is a number
defineStage({ name: "s", outputs: { a: cacher<number>() }, run: () => ({ a: "text" }) });
defineStage({
  name: "s",
  outputs: { a: cacher<number>() },
  // @ts-expect-error "a" is a number, in an async function too
  run: async () => await Promise.resolve({ a: "text" }),
});
// @ts-expect-error "b" is not returned
defineStage({ name: "s", outputs: { a: cacher<number>(), b: cacher<number>() }, run: () => ({ a: 1 }) });
// @ts-expect-error nothing is returned
defineStage({ name: "s", outputs: { a: cacher<number>() }, run: () => {} });
// @ts-expect-error "b" is no output
defineStage({ name: "s", outputs: { a: cacher<number>() }, run: () => ({ a: 1, b: 2 }) });
defineStage({
  name: "s",
  outputs: { a: cacher<number>() },
  // @ts-expect-error "b" is no output, in one of two branches
  run: async () => await 1 ? { a: 1 } : { a: 1, b: 2 },
});
// @ts-expect-error there are no outputs at all
defineStage({ name: "s", outputs: {}, run: () => ({ a: 1 }) });
// @ts-expect-error a number is no cacher
defineStage({ name: "s", outputs: { a: 3 }, run: () => ({ a: 3 }) });

// ---- In words ----

expect<Equal<Listed<["a"], "a" | "b", "inputs">, TypeMessage<'run reads "b" but inputs does not list it'>>>();
expect<Equal<Listed<["a"], "a", "inputs">, unknown>>();
expect<
  Equal<
    OnlyRead<["a", "z"], "a", void>,
    readonly ["a", TypeMessage<'"z" is listed but run does not read it'>]
  >
>();
type A = { readonly a: Cacher<number> };
expect<Equal<Returns<{ a: number }, A>, unknown>>();
expect<Equal<Returns<Promise<{ b: 1 }>, A>, TypeMessage<'run does not return the output "a"'>>>();
expect<Equal<Returns<{ a: 1; b: 1 }, A>, TypeMessage<'run returns "b" but outputs does not list it'>>>();

// ---- Aggregates ----

const compare = defineAggregate({
  name: "compare",
  inputs: ["score"],
  optional: ["note"],
  params: ["seed"],
  outputs: { best: cacher<string>(), kind: cacher<"all" | "some">() },
  run: async (
    states: readonly { name: string; params: { seed: number }; score: number; note?: string }[],
    { log },
  ) => {
    log(await "best");
    return { best: states[0]!.name, kind: "all" };
  },
});
expect<
  Equal<
    typeof compare,
    Aggregate<
      "compare",
      { name: string; params: { seed: number }; score: number; note?: string },
      { best: Cacher<string>; kind: Cacher<"all" | "some"> }
    >
  >
>();

// @ts-expect-error run reads "score" but inputs does not list it
defineAggregate({ name: "a", outputs: {}, run: (states: readonly { score: number }[]) => void states });
defineAggregate({
  name: "a",
  // @ts-expect-error run does not read "rows"
  inputs: ["rows"],
  outputs: {},
  run: (states: readonly { name: string }[]) => void states,
});
defineAggregate({
  name: "a",
  // @ts-expect-error run reads "lr" but params does not list it
  params: [],
  outputs: {},
  run: (states: readonly { params: { lr: number } }[]) => void states,
});
defineAggregate({
  name: "a",
  // @ts-expect-error "note" may be missing, so it belongs in optional
  inputs: ["note"],
  outputs: {},
  run: (states: readonly { note?: string }[]) => void states,
});
defineAggregate({
  name: "a",
  // @ts-expect-error "note" is always there, so it must not be optional
  optional: ["note"],
  outputs: {},
  run: (states: readonly { note: string }[]) => void states,
});
// @ts-expect-error run takes a list of states
defineAggregate({ name: "a", outputs: {}, run: (state: { name: string }) => void state });
defineAggregate({
  name: "a",
  outputs: { n: cacher<number>() },
  // @ts-expect-error "n" is a number
  run: (_: readonly object[]) => ({ n: "many" }),
});
