import { defineAggregate } from "../../core/define/aggregate.ts";
import { defineExperiment } from "../../core/define/experiment.ts";
import { lazy, type LazyValue, transient } from "../../core/define/output.ts";
import { type AnyStage, defineStage, type Stage } from "../../core/define/stage.ts";
import { grid } from "../../core/params/grid.ts";
import { cacher } from "./helpers.ts";
const load = defineStage({ name: "load", outputs: { rows: cacher<number[]>() }, run: ({ params }: { params: { seed: number } }) => ({ rows: [params.seed] }) });
const fit = defineStage({ name: "fit", inputs: ["rows"], params: ["lr"],
  outputs: { model: lazy(cacher<{ w: number }>()), big: lazy(cacher<number[]>(), { resolve: false }), mem: lazy(transient<Date>()) },
  run: ({ rows, params }: { rows: number[]; params: { lr: number } }) => ({ model: { w: rows[0]! * params.lr }, big: rows, mem: new Date() }) });
const score = defineStage({ name: "score", inputs: ["model", "big", "mem"], outputs: { score: cacher<number>() },
  run: async ({ model, big, mem }: { model: { w: number }; big: LazyValue<number[]>; mem: Date }) => ({ score: +mem + model.w + (await big.load()).length }) });
const maybe = defineStage({ name: "maybe", inputs: ["rows"], optional: ["extra"], outputs: { z: cacher<number>() }, run: ({ rows, extra }: { rows: number[]; extra?: string }) => ({ z: rows.length + (extra?.length ?? 0) }) });
const choose = defineStage({ name: "choose", outputs: { m: cacher<string>() }, run: ({ params }: { params: { method: "knn" | "ridge"; k?: number; hidden: number[]; range?: [number, number] } }) => ({ m: params.method + params.hidden.length }) });
const params = [{ name: "a", lr: 1, seed: 1 }];
// good
defineExperiment({ name: "e", params, stages: [load, fit, score, maybe] });
defineExperiment({ name: "e", params: () => params, stages: [load, fit, score] });
defineExperiment({ name: "e", params: grid({ lr: [1], seed: [1, 2] }), stages: [load, fit, score] });
defineExperiment({ name: "e", params: async () => { await 1; return grid({ lr: [1], seed: [1, 2] }); }, stages: [load, fit, score] });
defineExperiment({ name: "e", params: grid({ method: ["knn", "ridge"], hidden: [[1, 2], [3]] }), stages: [choose] });
defineExperiment({ name: "e", params: [{ name: "x", method: "knn", hidden: [1, 2], range: [0, 1] }, { name: "y", method: "ridge", hidden: [], k: 1 }], stages: [choose] });
defineExperiment({ name: "e", params: () => [{ method: "knn", hidden: [1, 2], range: [0, 1] }, { method: "ridge", hidden: [], k: 1 }], stages: [choose] });
const many: AnyStage[] = [];
defineExperiment({ name: "e", params, stages: many });
defineExperiment({ name: "e", params, stages: [...many, score] });
defineExperiment({ name: "e", params, stages: [load, ...many, score] });
defineExperiment({ name: "e", params, stages: [load, fit, score], hash: { lr: "ignore", seed: (s) => s.toFixed() } });
defineExperiment({ name: "e", stages: [] });
const mk = (name: string) => defineStage({ name, inputs: ["rows"], outputs: { model: cacher<{ w: number }>(), big: lazy(cacher<number[]>(), { resolve: false }), mem: cacher<Date>() }, run: ({ rows }: { rows: number[] }) => ({ model: { w: 1 }, big: rows, mem: new Date() }) });
const known = ["a", "b"].map(mk);
defineExperiment({ name: "e", params, stages: [load, ...known, score] });
const agg = defineAggregate({ name: "agg", inputs: ["score"], outputs: { r: cacher<string[]>() }, run: (states: readonly { name: string; score: number; params: { lr: number } }[]) => ({ r: states.map((s) => s.name) }) });
defineExperiment({ name: "e", params, stages: [load, fit, score], aggregates: [agg] });
defineExperiment({ name: "e", procedures: [{ name: "p", params, stages: [load, fit, score] }, { name: "q", params: [{ method: "knn", hidden: [1, 2], range: [0, 1] }], stages: [choose] }], aggregates: [agg], hash: { lr: "ignore", hidden: (h) => h.length } });
defineExperiment({ name: "e", params: () => [{ method: "knn", hidden: [1, 2], range: [0, 1] }], stages: [choose] });
defineExperiment({ name: "e", params: () => [{ method: "knn", hidden: [1, 2], range: [0, 1] }, { method: "knn", hidden: [], range: [0, 1] }], stages: [choose] });
// bad
defineExperiment({ name: "e", params, stages: [fit, load] });
defineExperiment({ name: "e", params, stages: [load, score, fit] });
defineExperiment({ name: "e", params, stages: [load, load] });
defineExperiment({ name: "e", params: [{ lr: 1 }], stages: [load, fit] });
defineExperiment({ name: "e", stages: [load] });
defineExperiment({ name: "e", stages: [load, fit, ...many, score, maybe], params });
defineExperiment({ name: "e", params, stages: [fit, ...many, maybe] });
defineExperiment({ name: "e", params, stages: [...known, load, score] });
defineExperiment({ name: "e", params, stages: [load, fit, score], hash: { nope: "ignore" } });
defineExperiment({ name: "e", params, stages: [load, fit], aggregates: [agg] });
defineExperiment({ name: "e", procedures: [{ name: "p", params, stages: [fit, load, score] }, { name: "q", params: [{ method: "svm", hidden: [1, 2], range: [0, 1] }], stages: [choose] }], aggregates: [agg], hash: { lrx: "ignore", hidden: (h) => h.length } });
defineExperiment({ name: "e", stages: [load], params, procedures: [{ name: "p", params, stages: [load] }] });
defineExperiment({ name: "e", params, procedures: [{ name: "p", params, stages: [load] }] });
defineExperiment({ name: "e" });
