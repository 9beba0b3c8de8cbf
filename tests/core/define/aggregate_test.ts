/** Aggregates: what is refused where they are defined, and how they run when called by hand. */
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { type AnyAggregate, defineAggregate } from "../../../core/define/aggregate.ts";

const define = defineAggregate as unknown as (spec: Record<string, unknown>) => AnyAggregate;
const json = jsonCacher();

function specOf(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: "compare",
    outputs: { ranking: json },
    run: (states: unknown) => ({ ranking: states }),
    ...changes,
  };
}

const refusals: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
  ["a name with a dot", { name: "a.b" }, ['"a.b"', "the name of an aggregate"]],
  ["an input twice", { inputs: ["a", "a"] }, ['"inputs"', 'aggregate "compare"', '"a" twice']],
  ["an input that is no name", { inputs: ["a b"] }, ['"a b"', 'aggregate "compare"']],
  ["an output that is taken", { outputs: { params: json } }, ['"params"', 'aggregate "compare"', "taken"]],
  ["outputs that clash", { outputs: { a: json, A: json } }, [
    '"a"',
    '"A"',
    'aggregate "compare"',
    "case aside",
  ]],
  ["run that is no function", { run: 1 }, ['aggregate "compare"', '"run" is a function']],
  ["a version that is no text", { version: 1 }, ['aggregate "compare"', '"version" is text']],
];
for (const [name, changes, words] of refusals) {
  Deno.test(`an aggregate with ${name} is refused, in words`, () => {
    const { message } = assertThrows(() => define(specOf(changes)), TypeError);
    for (const word of words) assertStringIncludes(message, word);
  });
}

Deno.test("an aggregate carries its description, frozen", () => {
  const aggregate = define(specOf({ inputs: ["score"], optional: ["note"], params: ["k"], version: "1" }));
  const { kind, name, inputs, optional, params, version } = aggregate.description;
  assertEquals([kind, name, inputs, optional, params, version], [
    "aggregate",
    "compare",
    ["score"],
    ["note"],
    ["k"],
    "1",
  ]);
  assert(Object.isFrozen(aggregate.description));
  assertEquals([aggregate.name, aggregate.aggregateName], ["compare", "compare"]);
});

Deno.test("run gets of each state what is listed, in order, with its name and parameters", async () => {
  const states = [
    { name: "b", score: 2, other: 1, params: { k: 1, seed: 3 } },
    { name: "a", score: 1, note: "x" },
  ];
  const { ranking } = await define(specOf({ inputs: ["score"], optional: ["note"], params: ["k"] }))(
    states,
  ) as never;
  assertEquals(ranking, [
    { name: "b", score: 2, params: { k: 1 } },
    { name: "a", score: 1, note: "x", params: {} },
  ]);
});

Deno.test("what is no list of states, or lacks an input, is refused by the aggregate's name", async () => {
  const aggregate = define(specOf({ inputs: ["score"] }));
  for (const states of [undefined, { score: 1 }, "x"]) {
    await assertRejects(
      () => aggregate(states as never),
      TypeError,
      'aggregate "compare": it takes a list of states',
    );
  }
  await assertRejects(
    () => aggregate([{ score: 1 }, { name: "a" }]),
    TypeError,
    'its input "score" is missing',
  );
  for (const state of [null, undefined, 1]) {
    await assertRejects(() => aggregate([{ score: 1 }, state as never]), TypeError, 'aggregate "compare"');
  }
});

Deno.test("an aggregate that returns something else than its outputs is told so", async () => {
  for (const value of [undefined, {}, { ranking: 1, other: 2 }]) {
    await assertRejects(() => define(specOf({ run: () => value }))([]), TypeError, '"compare"');
  }
});
