/** Experiments: what is refused where they are defined. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { defineAggregate } from "../../../core/define/aggregate.ts";
import { defineExperiment, type Experiment } from "../../../core/define/experiment.ts";
import { defineStage } from "../../../core/define/stage.ts";

const define = defineExperiment as unknown as (spec: Record<string, unknown>) => Experiment;
const fit = defineStage({ name: "fit", outputs: { score: jsonCacher<number>() }, run: () => ({ score: 1 }) });
const best = defineAggregate({
  name: "best",
  inputs: ["score"],
  outputs: { winner: jsonCacher<number>() },
  run: (states: readonly { score: number }[]) => ({ winner: states.length }),
});

const refusals: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
  ["a name with a space", { name: "a b", stages: [fit] }, ['"a b"', "the name of an experiment"]],
  ["neither stages nor procedures", {}, ['experiment "e"', '"stages" or "procedures"']],
  ["both", { stages: [fit], procedures: [] }, ['experiment "e"', '"stages" or "procedures"']],
  ["params beside procedures", { params: [{}], procedures: [{ name: "p", stages: [fit] }] }, [
    'experiment "e"',
    '"params" stand in each of them',
  ]],
  ["stages that are no list", { stages: fit }, ['experiment "e"', '"stages" is a list', "function"]],
  ["a stage that is none", { stages: [fit, () => 1] }, ['experiment "e"', "defineStage", "function"]],
  ["a stage that is undefined", { stages: [undefined] }, ['experiment "e"', "defineStage", "undefined"]],
  ["an aggregate among the stages", { stages: [best] }, ['experiment "e"', "defineStage"]],
  ["a stage among the aggregates", { stages: [fit], aggregates: [fit] }, [
    'experiment "e"',
    "defineAggregate",
  ]],
  ["aggregates that are no list", { stages: [fit], aggregates: best }, [
    'experiment "e"',
    '"aggregates" is a list',
  ]],
  ["params of the wrong sort", { stages: [fit], params: { k: 1 } }, [
    'experiment "e"',
    '"params" is a list or a function',
  ]],
  ["procedures that are no list", { procedures: {} }, ['experiment "e"', '"procedures" is a list']],
  ["a procedure that is none", { procedures: [fit] }, ['experiment "e"', "a procedure is an object"]],
  ["a procedure with an odd name", { procedures: [{ name: "a/b", stages: [fit] }] }, ['"a/b"', "procedure"]],
  ["a procedure without stages", { procedures: [{ name: "p" }] }, [
    'procedure "p" of experiment "e"',
    '"stages"',
  ]],
  ["two procedures of one name, case aside", {
    procedures: [{ name: "p", stages: [fit] }, { name: "P", stages: [fit] }],
  }, ['experiment "e"', "two procedures", '"p"']],
  ["hash of the wrong sort", { stages: [fit], hash: "ignore" }, ['experiment "e"', '"hash"']],
];
for (const [name, changes, words] of refusals) {
  Deno.test(`an experiment with ${name} is refused, in words`, () => {
    const { message } = assertThrows(() => define({ name: "e", ...changes }), TypeError);
    for (const word of words) assertStringIncludes(message, word);
  });
}

Deno.test("an experiment is a plain record, frozen, whose lists are its own", () => {
  const stages = [fit];
  const hash = { k: "ignore" };
  const experiment = define({ name: "e", stages, aggregates: [best], params: [{ k: 1 }], hash });
  assertEquals(experiment, {
    kind: "experiment",
    name: "e",
    procedures: [{ name: null, stages: [fit], params: [{ k: 1 }] }],
    aggregates: [best],
    hash: { k: "ignore" },
  });
  assert(Object.isFrozen(experiment));
  stages.push(fit);
  assertEquals(experiment.procedures[0]?.stages.length, 1);
});

Deno.test("without params there is one set with nothing in it; a function stays one", () => {
  assertEquals(define({ name: "e", stages: [fit] }).procedures[0]?.params, [{}]);
  const params = () => Promise.resolve([{ k: 1 }]);
  assertEquals(define({ name: "e", stages: [fit], params }).procedures[0]?.params, params);
});

Deno.test("procedures keep their order", () => {
  const procedures = [{ name: "b", stages: [fit], params: [{ k: 1 }] }, { name: "a", stages: [] }];
  assertEquals(define({ name: "e", procedures }).procedures, [
    { name: "b", stages: [fit], params: [{ k: 1 }] },
    { name: "a", stages: [], params: [{}] },
  ]);
});
