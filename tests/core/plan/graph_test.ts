import { assert, assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import { lazy, transient } from "../../../core/define/output.ts";
import type { AnyStage } from "../../../core/define/stage.ts";
import { parameterSets, paramsHash } from "../../../core/params/sets.ts";
import { makeGraph } from "../../../core/plan/graph.ts";
import { outputsAs } from "../../../core/run/outputs.ts";
import { aggregate, stage } from "../run/helpers.ts";
import { graphOf } from "./helpers.ts";

const run = () => ({});
const load = stage("load", { params: [], outputs: { raw: jsonCacher() } }, run);
const fit = stage("fit", { inputs: ["raw"], params: ["k"], outputs: { model: jsonCacher() } }, run);

Deno.test("the hash of a task's parameters is that of those it lists, be they all or some", () => {
  const params = { k: 1, seed: 2, gpu: 3 };
  const hash = { gpu: "ignore", seed: (seed: unknown) => String(seed) } as const;
  for (
    const names of [undefined, [], ["k"], ["k", "seed"], ["gpu", "seed", "k"], ["seed", "k", "gpu", "other"]]
  ) {
    const listed = stage("s", { ...(names === undefined ? {} : { params: names }) }, run);
    const [task] = graphOf([listed], [params], { hash }).tasks;
    assertEquals(task!.states[0]!.paramsHash, paramsHash(params, hash, names), String(names));
  }
});

Deno.test("tasks come after those they read from, and say where each input comes from", () => {
  const graph = graphOf([load, fit], [{ k: 1, seed: 1 }, { k: 1, seed: 2 }, { k: 5, seed: 1 }]);
  assertEquals(
    graph.tasks.map(({ description, owner, producers, states }) => ({
      stage: description.name,
      owner,
      producers,
      states: states.map(({ record, params, inputs }) => ({ record, params, inputs })),
    })),
    [
      { stage: "load", owner: 0, producers: [], states: [{ record: 0, params: {}, inputs: [] }] },
      {
        stage: "fit",
        owner: 0,
        producers: [0],
        states: [{
          record: 0,
          params: { k: 1 },
          inputs: [{ name: "raw", source: { kind: "output", task: 0, output: "raw" } }],
        }],
      },
      {
        stage: "fit",
        owner: 2,
        producers: [0],
        states: [{
          record: 2,
          params: { k: 5 },
          inputs: [{ name: "raw", source: { kind: "output", task: 0, output: "raw" } }],
        }],
      },
    ],
  );
  assertEquals(
    graph.records.map(({ name, index, procedure, steps }) => ({ name, index, procedure, steps })),
    [
      { name: "k=1,seed=1", index: 0, procedure: null, steps: steps(0, 1) },
      { name: "k=1,seed=2", index: 1, procedure: null, steps: steps(0, 1) },
      { name: "k=5,seed=1", index: 2, procedure: null, steps: steps(0, 2) },
    ],
  );
  assertEquals([...graph.finals], [1, 2]);
});

function steps(first: number, second: number) {
  return [{ stage: "load", task: first }, { stage: "fit", task: second }];
}

Deno.test("outputs: a spec for what is cached, none for what is transient, lazy as declared or as the run has it", () => {
  const one = stage("one", {
    outputs: {
      a: jsonCacher(),
      b: lazy(jsonCacher()),
      c: transient(),
      d: lazy(transient(), { resolve: false }),
    },
  }, run);
  const look = (mode: "declared" | "all" | "none") =>
    graphOf([one], [{}], { outputAs: outputsAs(mode) }).tasks[0]!.outputs.map(({ spec, lazy }) => [
      spec?.cacher.kind,
      lazy?.resolve,
    ]);
  assertEquals(look("declared"), [
    ["json", undefined],
    ["json", true],
    [undefined, undefined],
    ["structured", false],
  ]);
  assertEquals(look("all"), [["json", true], ["json", true], ["structured", true], ["structured", false]]);
  assertEquals(look("none"), [
    ["json", undefined],
    ["json", undefined],
    [undefined, undefined],
    ["structured", false],
  ]);
});

Deno.test("an optional input is there where an earlier stage produces it", () => {
  const draw = stage(
    "draw",
    { optional: ["model", "notes"], params: [], outputs: { plot: jsonCacher() } },
    run,
  );
  assertEquals(graphOf([draw]).tasks[0]!.states[0]!.inputs, []);
  const [, , task] = graphOf([load, fit, draw], [{ k: 1 }]).tasks;
  assertEquals(task!.states[0]!.inputs.map(({ name }) => name), ["model"]);
});

Deno.test("an aggregate reads the records that produce its inputs, in their order, across procedures", () => {
  const measure = stage("measure", { params: ["n"], outputs: { score: jsonCacher() } }, run);
  const idle = stage("idle", { params: [], outputs: { nothing: jsonCacher() } }, run);
  const compare = aggregate("compare", { inputs: ["score"], optional: ["nothing"], params: ["n"] }, run);
  const procedures = [
    { name: "one", stages: [measure], records: parameterSets([{ n: 3 }, { n: 1 }]) },
    { name: "two", stages: [idle], records: parameterSets([{ n: 9 }]) },
    { name: "three", stages: [idle, measure], records: parameterSets([{ n: 2 }]) },
  ];
  const graph = makeGraph({
    experiment: "exp",
    prefix: "exp",
    cache: "c",
    hash: {},
    procedures,
    aggregates: [compare],
  });
  const task = graph.tasks[graph.aggregates[0]!]!;
  assertEquals(task.owner, null);
  assertEquals(
    task.states.map(({ record, params, inputs }) => [record, params, inputs.map(({ name }) => name)]),
    [[0, { n: 3 }, ["score"]], [1, { n: 1 }, ["score"]], [3, { n: 2 }, ["score", "nothing"]]],
  );
  assertEquals(graph.records.map(({ procedure, name }) => [procedure, name]), [
    ["one", "n=3"],
    ["one", "n=1"],
    ["two", "default"],
    ["three", "default"],
  ]);
});

Deno.test("an aggregate with no record is an error, as are two of one name, and one called as a stage", () => {
  const lost = aggregate("compare", { inputs: ["nowhere"] }, run);
  const compare = aggregate("compare", { inputs: ["model"] }, run);
  const message = (aggregates: (typeof compare)[], sets: Record<string, unknown>[] = [{ k: 1 }]) =>
    assertThrows(() => graphOf([load, fit], sets, { aggregates }), TypeError).message;
  assertEquals(message([lost]), 'Cannot use aggregate "compare": no record produces its inputs "nowhere"');
  assertEquals(message([compare], []), 'Cannot use aggregate "compare": there are no records');
  assertEquals(
    message([compare, compare]),
    'Cannot use aggregate "compare" twice; rename one, or leave it out',
  );
  assertEquals(
    message([aggregate("fit", { inputs: ["model"] }, run)]),
    'Cannot use aggregate "fit": a stage bears that name too; rename one',
  );
});

Deno.test("until: a stage ends the records there, an aggregate leaves the others out, another name is an error", () => {
  const compare = aggregate("compare", { inputs: ["model"] }, run);
  const other = aggregate("other", { inputs: ["raw"] }, run);
  const look = (until: string) => {
    const { tasks, aggregates, finals } = graphOf([load, fit], [{ k: 1 }], {
      aggregates: [compare, other],
      until,
    });
    return [
      tasks.map(({ description }) => description.name),
      aggregates.length,
      [...finals].map((index) => tasks[index]!.description.name),
    ];
  };
  assertEquals(look("load"), [["load"], 0, ["load"]]);
  assertEquals(look("fit"), [["load", "fit"], 0, ["fit"]]);
  assertEquals(look("other"), [["load", "fit", "other"], 1, ["other"]]);
  assertEquals(
    assertThrows(() => look("fi"), TypeError).message,
    'Cannot run until "fi": there is no such stage; there are "load", "fit", "compare", "other"',
  );
});

function at(template: string, params: readonly string[] = ["seed"]): AnyStage {
  return stage("write", { params, outputs: { raw: atPath(jsonCacher(), template) } }, run);
}

Deno.test("two recipes that want one path are an error of the plan, and one recipe is not", () => {
  const sets = [{ seed: 1 }, { seed: 2 }];
  const message = assertThrows(() => graphOf([at("raw/a.json")], sets), TypeError).message;
  assertStringIncludes(message, 'Cannot place output "raw" of stage "write" at "raw/a.json"');
  assertStringIncludes(message, "made by another recipe");
  assertEquals(graphOf([at("raw/a.json", [])], sets).tasks.length, 1);
  assertEquals(graphOf([at("raw/{params.seed}.json")], sets).tasks.length, 2);
  assertEquals(graphOf([at("raw/{key}.json")], sets).tasks.length, 2);
});

const spellings: [string, string][] = [
  ["raw/a.json", "raw/A.json"],
  ["raw/a.json", "./raw/a.json"],
  ["raw/a.json", "raw//a.json"],
  ["raw/a.json", "other/../raw/a.json"],
  ["raw/a.json", "raw/./a.json"],
];
for (const [one, other] of spellings) {
  Deno.test(`${one} and ${other} are one path`, () => {
    const first = stage("first", { params: [], outputs: { x: atPath(jsonCacher(), one) } }, run);
    const second = stage("second", { params: [], outputs: { y: atPath(jsonCacher(), other) } }, run);
    assertThrows(() => graphOf([first, second]), TypeError, "lies there too");
  });
}

Deno.test("an absolute path and one from the working folder are one path", () => {
  const first = stage("first", { params: [], outputs: { x: atPath(jsonCacher(), "raw/a.json") } }, run);
  const absolute = atPath(jsonCacher(), `${Deno.cwd()}/raw/a.json`);
  const second = stage("second", { params: [], outputs: { y: absolute } }, run);
  assertThrows(() => graphOf([first, second]), TypeError, "lies there too");
});

Deno.test("paths of files that differ in their extension alone would share the metadata: an error", () => {
  const first = stage("first", { params: [], outputs: { x: atPath(jsonCacher(), "raw/a.json") } }, run);
  const second = stage("second", { params: [], outputs: { y: atPath(jsonCacher(), "raw/a.txt") } }, run);
  assertThrows(() => graphOf([first, second]), TypeError, "lies there too");
});

Deno.test("what is filled into a path is one safe segment", () => {
  for (const seed of ["a/b", "..", "", ".hidden", "a b", "x".repeat(101), null, [1], { a: 1 }]) {
    assertThrows(() => graphOf([at("raw/{params.seed}.json")], [{ seed }]), TypeError, "{params.seed}");
  }
  for (const seed of [1, -1, 0.5, 10n, true, "a_b-c.d+e"]) {
    graphOf([at("raw/{params.seed}.json")], [{ seed }]);
  }
  assertThrows(
    () => graphOf([at("raw/{params.other}.json")], [{ seed: 1, other: 2 }]),
    TypeError,
    'there is no parameter "other" to fill in',
  );
});

Deno.test("one recipe at two places is refused: it would be run once, and lie at one of them", () => {
  const here = stage("make", { params: [], outputs: { x: jsonCacher() } }, run);
  const there = stage("make", { params: [], outputs: { x: withSubdir(jsonCacher(), "sub") } }, run);
  const procedure = (name: string, each: typeof here) => ({
    name,
    stages: [each],
    records: parameterSets([{}]),
  });
  const graphOf = (other: typeof here) =>
    makeGraph({
      experiment: "exp",
      prefix: "exp",
      cache: "c",
      hash: {},
      procedures: [procedure("a", here), procedure("b", other)],
      aggregates: [],
    });
  assertEquals(graphOf(here).tasks.length, 1);
  assertThrows(
    () => graphOf(there),
    TypeError,
    'two stages "make" that are alike but for where their outputs lie',
  );
});

Deno.test("records with values of their own differ where the values do", () => {
  const reads = stage("reads", { inputs: ["data"], params: [], outputs: { y: jsonCacher() } }, run);
  const keyWith = (digest: string) =>
    makeGraph({
      experiment: "exp",
      prefix: "exp",
      cache: "c",
      hash: {},
      procedures: [{
        name: null,
        stages: [reads],
        records: parameterSets([{}]).map((set) => ({ ...set, values: { data: digest } })),
      }],
      aggregates: [],
    }).tasks[0]!.recipeKey;
  assertEquals(keyWith("a"), keyWith("a"));
  assertNotEquals(keyWith("a"), keyWith("b"));
});

Deno.test("no records: no tasks, and the stages are checked all the same", () => {
  assertEquals(graphOf([load, fit], []).tasks, []);
  assertThrows(() => graphOf([fit, load], []), TypeError, "move it before");
});

Deno.test("a graph of 300 stages and 30 records is made in one go", () => {
  const chain = Array.from(
    { length: 300 },
    (_, i) =>
      stage(`s${i}`, { inputs: i === 0 ? [] : [`o${i - 1}`], outputs: { [`o${i}`]: jsonCacher() } }, run),
  );
  const graph = graphOf(chain, Array.from({ length: 30 }, (_, n) => ({ n })));
  assertEquals(graph.tasks.length, 9000);
  assert(graph.tasks.every(({ producers, index }) => producers.every((producer) => producer < index)));
});
