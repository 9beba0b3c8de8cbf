/**
 * Type tests of `defineExperiment`. Compiled by types_test.ts, never run.
 *
 * @module
 */
import { defineAggregate } from "../../core/define/aggregate.ts";
import { defineExperiment } from "../../core/define/experiment.ts";
import { lazy, type LazyValue } from "../../core/define/output.ts";
import type {
  CheckedAggregates,
  CheckedStages,
  PipelineOf,
  WithoutLabel,
} from "../../core/define/pipeline.ts";
import { type AnyStage, defineStage } from "../../core/define/stage.ts";
import { grid } from "../../core/params/grid.ts";
import { cacher, type Equal, expect, type MessagesIn } from "./helpers.ts";

const load = defineStage({
  name: "load",
  outputs: { rows: cacher<number[]>() },
  run: ({ params }: { params: { seed: number } }) => ({ rows: [params.seed] }),
});
const fit = defineStage({
  name: "fit",
  inputs: ["rows"],
  params: ["lr"],
  outputs: { model: lazy(cacher<{ w: number }>()), all: lazy(cacher<number[]>(), { resolve: false }) },
  run: ({ rows, params }: { rows: number[]; params: { lr: number } }) => ({
    model: { w: params.lr },
    all: rows,
  }),
});
const score = defineStage({
  name: "score",
  inputs: ["model", "all"],
  outputs: { score: cacher<number>() },
  run: async ({ model, all }: { model: { w: number }; all: LazyValue<number[]> }) => ({
    score: model.w + (await all.load()).length,
  }),
});
const choose = defineStage({
  name: "choose",
  outputs: { choice: cacher<string>() },
  run: ({ params }: { params: { method: "knn" | "ridge"; k?: number } }) => ({ choice: params.method }),
});
const net = defineStage({
  name: "net",
  outputs: { net: cacher<number[]>() },
  run: ({ params }: { params: { hidden: number[]; kind: { type: "a" | "b" } } }) => ({ net: params.hidden }),
});
const span = defineStage({
  name: "span",
  outputs: { span: cacher<number>() },
  run: ({ params }: { params: { range: [number, number] } }) => ({ span: params.range[1] - params.range[0] }),
});
const note = defineStage({
  name: "note",
  optional: ["rows", "model"],
  outputs: { note: cacher<string>() },
  run: ({ rows, model }: { rows?: number[]; model?: { w: number } }) => ({
    note: `${rows?.length} ${model?.w}`,
  }),
});
const wrong = defineStage({
  name: "wrong",
  inputs: ["rows"],
  outputs: { text: cacher<string>() },
  run: ({ rows }: { rows: string[] }) => ({ text: rows.join() }),
});
const wrongOptional = defineStage({
  name: "wrong_optional",
  optional: ["rows"],
  outputs: { text: cacher<string>() },
  run: ({ rows }: { rows?: string[] }) => ({ text: rows?.join() ?? "" }),
});
const wantsValue = defineStage({
  name: "wants_value",
  inputs: ["all"],
  outputs: { length: cacher<number>() },
  run: ({ all }: { all: number[] }) => ({ length: all.length }),
});
const wantsName = defineStage({
  name: "wants_name",
  outputs: { shout: cacher<string>() },
  run: ({ params }: { params: { name: string } }) => ({ shout: params.name }),
});
const rowsAgain = defineStage({
  name: "rows_again",
  outputs: { rows: cacher<number[]>() },
  run: () => ({ rows: [] }),
});
const secondLoad = defineStage({
  name: "load",
  outputs: { other: cacher<number>() },
  run: () => ({ other: 1 }),
});
const loose = (name: string) =>
  defineStage({
    name,
    inputs: ["rows"],
    outputs: { model: cacher<{ w: number }>() },
    run: ({ rows }: { rows: number[] }) => ({ model: { w: rows.length } }),
  });
const useModel = defineStage({
  name: "use_model",
  inputs: ["model"],
  outputs: { used: cacher<number>() },
  run: ({ model }: { model: { w: number } }) => ({ used: model.w }),
});
const otherModel = defineStage({
  name: "other_model",
  outputs: { model: cacher<{ w: number }>() },
  run: () => ({ model: { w: 1 } }),
});
const depth = defineStage({
  name: "depth",
  outputs: { depth: cacher<number>() },
  run: ({ params }: { params: { depth?: number } }) => ({ depth: params.depth ?? 1 }),
});
const halfRows = defineStage({
  name: "half_rows",
  outputs: { rows: cacher<number[] | undefined>() },
  run: (): { rows: number[] | undefined } => ({ rows: undefined }),
});
const params = [{ name: "a", lr: 1, seed: 1 }];
const name = "e";
declare const many: AnyStage[];
const looseOnes = ["a", "b"].map(loose);

// ---- Parameters ----

defineExperiment({ name, params, stages: [load, fit, score] });
defineExperiment({
  name,
  params: [{ lr: 1, seed: 1 }, { lr: 2, seed: 1, more: true }],
  stages: [load, fit, score],
});
defineExperiment({ name, params: () => params, stages: [load, fit, score] });
defineExperiment({ name, params: async () => await Promise.resolve(params), stages: [load, fit, score] });
defineExperiment({ name, params: grid({ lr: [1, 2], seed: [1] }), stages: [load, fit, score] });
defineExperiment({ name, params: () => grid({ lr: [1, 2], seed: [1] }), stages: [load, fit, score] });
defineExperiment({ name, params: [], stages: [load, fit, score] });
defineExperiment({ name, stages: [rowsAgain, note] });
defineExperiment({ name, params: [{ seed: 1 }], stages: [load, rowsAgain].slice(1) });
// A stage all of whose parameters may be missing, with sets that have none of them.
defineExperiment({ name, params: [{ seed: 1 }], stages: [depth] });
// Literals suit unions, wherever they come from; lists are lists that may be written to.
interface Declared {
  name: string;
  method: "knn" | "ridge";
  k?: number;
}
declare const declared: Declared[];
defineExperiment({ name, params: declared, stages: [choose] });
defineExperiment({ name, params: async () => await Promise.resolve(declared), stages: [choose] });
defineExperiment({
  name,
  params: [{ name: "x", method: "knn" }, { method: "ridge", k: 1 }],
  stages: [choose],
});
defineExperiment({ name, params: () => [{ method: "knn" }, { method: "ridge", k: 1 }], stages: [choose] });
defineExperiment({ name, params: grid({ method: ["knn", "ridge"], k: [1] }), stages: [choose] });
defineExperiment({ name, params: async () => await grid({ method: ["knn", "ridge"] }), stages: [choose] });
defineExperiment({ name, params: [...grid({ method: ["knn"] }), { method: "ridge" }], stages: [choose] });
defineExperiment({ name, params: grid({ hidden: [[1, 2], [3]], kind: [{ type: "a" }] }), stages: [net] });
defineExperiment({
  name,
  params: [{ hidden: [1, 2], kind: { type: "a" }, range: [0, 1] }],
  stages: [net, span],
});
const sets = grid({ method: ["knn", "ridge"], k: [1, 5], hidden: [[1, 2], [3]], tags: [["a"]], on: [true] });
expect<
  Equal<(typeof sets)[number], {
    method: "knn" | "ridge";
    k: 1 | 5;
    hidden: number[];
    tags: "a"[];
    on: true;
  }>
>();

// @ts-expect-error seed is no parameter of this experiment
defineExperiment({ name, params: [{ lr: 1 }], stages: [load, fit] });
// @ts-expect-error nothing is known of params that are any: their type has to be declared
defineExperiment({ name, params: JSON.parse("[]"), stages: [load] });
// @ts-expect-error without params there are none
defineExperiment({ name, stages: [load] });
// @ts-expect-error without params there are none, in a procedure neither
defineExperiment({ name, procedures: [{ name: "p", stages: [load] }] });
// @ts-expect-error "svm" is none of the methods
defineExperiment({ name, params: [{ method: "knn" }, { method: "svm" }], stages: [choose] });
// @ts-expect-error "svm" is none of the methods
defineExperiment({ name, params: grid({ method: ["knn", "svm"] }), stages: [choose] });
// @ts-expect-error "svm" is none of the methods
defineExperiment({ name, params: () => [{ method: "svm" }], stages: [choose] });
// @ts-expect-error one of the sets has no seed
defineExperiment({ name, params: [{ seed: 1 }, { lr: 1 }], stages: [load] });
// @ts-expect-error the name is a label, no parameter
defineExperiment({ name, params, stages: [wantsName] });
// @ts-expect-error a label is text
defineExperiment({ name, params: [{ name: 1, seed: 1 }], stages: [load] });
// @ts-expect-error a number is no parameter set
defineExperiment({ name, params: [1], stages: [] });
// @ts-expect-error a grid's axis is a list
grid({ k: 1 });

// ---- Inputs ----

defineExperiment({ name, params, stages: [load, fit, score, note] });
defineExperiment({ name, params, stages: [note, load] });
// @ts-expect-error nothing produces "rows"
defineExperiment({ name, params, stages: [fit] });
// @ts-expect-error "rows" is produced only by a later stage
defineExperiment({ name, params, stages: [fit, load] });
// @ts-expect-error "rows" is of another type
defineExperiment({ name, params, stages: [load, wrong] });
// @ts-expect-error "rows" is of another type, which being optional does not excuse
defineExperiment({ name, params, stages: [load, wrongOptional] });
// @ts-expect-error that it may be missing does not mean that it may be undefined
defineExperiment({ name, params, stages: [halfRows, note] });
// @ts-expect-error "all" is handed on as a handle
defineExperiment({ name, params, stages: [load, fit, wantsValue] });
// @ts-expect-error "rows" is an output of load
defineExperiment({ name, params, stages: [load, rowsAgain] });
// @ts-expect-error another stage is called "load"
defineExperiment({ name, params, stages: [load, secondLoad] });
defineExperiment({
  name,
  params,
  stages: [
    load,
    // @ts-expect-error each error is at its own stage
    wrong,
    fit,
    // @ts-expect-error and the next one is found too
    wantsValue,
  ],
});

// ---- Spreads ----

defineExperiment({ name, params, stages: many });
defineExperiment({ name, params, stages: [...many, score] });
defineExperiment({ name, params, stages: [load, ...many, score] });
defineExperiment({ name, params, stages: [load, many[0]!, score] });
defineExperiment({ name, params, stages: [load, ...looseOnes, useModel] });
defineExperiment({ name, params, stages: [load, fit].concat() });
// The spread may well be of no stage at all, so "model" is no second one.
defineExperiment({ name, params, stages: [load, ...looseOnes, otherModel] });
// @ts-expect-error the part before the spread is checked
defineExperiment({ name, params, stages: [fit, ...many] });
// @ts-expect-error what is known to be of another type still is
defineExperiment({ name, params, stages: [load, ...many, wrong] });
// @ts-expect-error and so is what comes from a known stage in the spread, which makes no "all"
defineExperiment({ name, params, stages: [load, ...looseOnes, score] });
// @ts-expect-error stages in a spread need their inputs too
defineExperiment({ name, params, stages: [...looseOnes] });
// @ts-expect-error two stages of the fixed part have one output
defineExperiment({ name, params, stages: [load, ...many, rowsAgain] });

// ---- Aggregates ----

const compare = defineAggregate({
  name: "compare",
  inputs: ["score"],
  outputs: { best: cacher<string>() },
  run: (states: readonly { name: string; score: number; params: { lr: number } }[]) => ({
    best: states[0]!.name,
  }),
});
const compareText = defineAggregate({
  name: "compare_text",
  inputs: ["score"],
  outputs: { best: cacher<string>() },
  run: (states: readonly { score: string }[]) => ({ best: states[0]!.score }),
});
const compareDepth = defineAggregate({
  name: "compare_depth",
  outputs: { best: cacher<string>() },
  run: (states: readonly { name: string; params: { depth: number } }[]) => ({ best: states[0]!.name }),
});
const numbered = defineAggregate({
  name: "numbered",
  outputs: { sum: cacher<number>() },
  run: (states: readonly { name: number }[]) => ({ sum: states.length }),
});
const both = defineAggregate({
  name: "both",
  inputs: ["score", "choice"],
  outputs: { text: cacher<string>() },
  run: (states: readonly { score: number; choice: string }[]) => ({ text: states[0]!.choice }),
});
defineExperiment({ name, params, stages: [load, fit, score], aggregates: [compare] });
defineExperiment({ name, params, stages: many, aggregates: [compare] });
// @ts-expect-error no stage makes "score"
defineExperiment({ name, params, stages: [load, fit], aggregates: [compare] });
// @ts-expect-error "score" is a number
defineExperiment({ name, params, stages: [load, fit, score], aggregates: [compareText] });
// @ts-expect-error there is no parameter "depth"
defineExperiment({ name, params, stages: [load], aggregates: [compareDepth] });
// @ts-expect-error a name is text
defineExperiment({ name, params, stages: [load], aggregates: [numbered] });

// ---- Procedures ----

defineExperiment({
  name,
  procedures: [
    { name: "p", params, stages: [load, fit, score] },
    { name: "q", params: () => [{ method: "knn", hidden: [1], kind: { type: "b" } }], stages: [choose, net] },
    { name: "r", stages: [rowsAgain] },
    { name: "s", params: async () => [{ method: await "ridge" }], stages: [choose] },
  ],
  aggregates: [compare],
  hash: { lr: (lr) => lr.toFixed(1), method: "ignore" },
});
defineExperiment({
  name,
  procedures: [
    // @ts-expect-error each procedure is checked by itself: here "rows" comes later
    { name: "p", params, stages: [fit, load] },
    // @ts-expect-error and here is no parameter "method"
    { name: "q", params: [{ seed: 1 }], stages: [load, choose] },
    // @ts-expect-error and neither is one in what this promises
    { name: "r", params: async () => await Promise.resolve([{ seed: 1 }]), stages: [load, choose] },
  ],
});
// @ts-expect-error stages stand in each of the procedures
defineExperiment({ name, stages: [rowsAgain], procedures: [{ name: "p", params, stages: [load] }] });
// @ts-expect-error params stand in each of the procedures
defineExperiment({ name, params, procedures: [{ name: "p", params, stages: [load] }] });
defineExperiment({
  name,
  procedures: [{ name: "p", params, stages: [load, fit, score] }, {
    name: "q",
    params: declared,
    stages: [choose],
  }],
  // @ts-expect-error no procedure makes both, so no record has them
  aggregates: [both],
});
// @ts-expect-error a procedure has a name
defineExperiment({ name, procedures: [{ params, stages: [load] }] });

// ---- Hash ----

defineExperiment({ name, params, stages: [load], hash: { lr: "ignore", seed: (seed) => seed.toFixed() } });
defineExperiment({
  name,
  params: declared,
  stages: [choose],
  hash: { k: (k) => k + 1, method: (m) => m === "knn" },
});
// @ts-expect-error there is no parameter "gpus"
defineExperiment({ name, params, stages: [load], hash: { gpus: "ignore" } });
// @ts-expect-error a label enters no hash
defineExperiment({ name, params, stages: [load], hash: { name: "ignore" } });
// @ts-expect-error "ignore" is the only word
defineExperiment({ name, params, stages: [load], hash: { lr: "skip" } });
// @ts-expect-error a seed is a number
defineExperiment({ name, params, stages: [load], hash: { seed: (seed) => seed.toUpperCase() } });

// ---- In words ----

type Sets = WithoutLabel<(typeof params)[number]>;
type Words<Stages extends readonly AnyStage[], S = Sets> = MessagesIn<CheckedStages<Stages, S>>;
type AggregateWords<A extends Parameters<typeof aggregatesOf>[0][number], P> = MessagesIn<
  CheckedAggregates<[A], P>
>;
declare function aggregatesOf(
  list: (typeof compare | typeof compareText | typeof compareDepth | typeof both | typeof numbered)[],
): void;
type Whole = PipelineOf<[typeof load, typeof fit, typeof score], Sets>;
type Other = PipelineOf<[typeof choose], { method: "knn" }>;

expect<Equal<Words<[typeof load, typeof fit, typeof score]>, never>>();
expect<Equal<Words<[typeof fit]>, 'stage "fit": input "rows" is not produced by any earlier stage'>>();
expect<
  Equal<
    Words<[typeof fit, typeof load]>,
    'stage "fit": input "rows" is produced only by the later stage "load"'
  >
>();
expect<
  Equal<
    Words<[typeof load, typeof wrong]>,
    'stage "wrong": input "rows" was produced with another type by stage "load"'
  >
>();
expect<Equal<Words<[typeof load, typeof secondLoad]>, 'stage "load": an earlier stage has the same name'>>();
expect<
  Equal<
    Words<[typeof load, typeof rowsAgain]>,
    'stage "rows_again": output "rows" is already produced by the earlier stage "load"'
  >
>();
expect<
  Equal<
    Words<[typeof load], object>,
    'stage "load": parameter "seed" is not among the experiment\'s parameters'
  >
>();
expect<
  Equal<
    Words<[typeof load], { seed: string }>,
    'stage "load": parameter "seed" has another type in the experiment'
  >
>();
expect<
  Equal<
    Words<[typeof load], { seed: number } | { lr: number }>,
    'stage "load": parameter "seed" is missing in some parameter sets, or has another type there'
  >
>();
expect<
  Equal<
    Words<[typeof wantsName]>,
    'stage "wants_name" reads params.name, but a name is a label, no parameter'
  >
>();
expect<
  Equal<
    Words<[...AnyStage[], typeof load, typeof wrong]>,
    'stage "wrong": input "rows" was produced with another type by stage "load"'
  >
>();
expect<Equal<Words<AnyStage[]>, never>>();
expect<Equal<AggregateWords<typeof compare, Whole>, never>>();
expect<Equal<AggregateWords<typeof compare, Whole | Other>, never>>();
expect<
  Equal<
    AggregateWords<typeof compare, Other>,
    'aggregate "compare": input "score" is not produced by any stage'
  >
>();
expect<
  Equal<
    AggregateWords<typeof compareText, Whole>,
    'aggregate "compare_text": input "score" was produced with another type by stage "score"'
  >
>();
expect<
  Equal<
    AggregateWords<typeof compareDepth, Whole>,
    'aggregate "compare_depth": parameter "depth" is not among the experiment\'s parameters'
  >
>();
expect<Equal<AggregateWords<typeof numbered, Whole>, 'aggregate "numbered": name is a string'>>();
expect<
  Equal<
    AggregateWords<typeof both, Whole | Other>,
    'aggregate "both": no procedure produces all of its inputs'
  >
>();
