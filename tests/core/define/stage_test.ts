/** Stages: what is refused where they are defined, and how they run when called by hand. */
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import type { StageContext } from "../../../core/define/context.ts";
import { lazy, transient } from "../../../core/define/output.ts";
import { type AnyStage, defineStage } from "../../../core/define/stage.ts";
import { tree } from "../../helpers/tree.ts";

/** As JavaScript and loops define stages: the compiler has no say. */
const define = defineStage as unknown as (spec: Record<string, unknown>) => AnyStage;
const json = jsonCacher();

function specOf(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: "fit", outputs: { model: json }, run: () => ({ model: 1 }), ...changes };
}

const refusals: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
  ["a name with a slash", { name: "a/b" }, ['"a/b"', "the name of a stage", "letters, digits"]],
  ["no name", { name: undefined }, ["undefined", "the name of a stage"]],
  ["an input that is no name", { inputs: ["a b"] }, ['"a b"', "input", 'stage "fit"']],
  ["an optional input that is no name", { optional: [""] }, ['""', "input", 'stage "fit"']],
  ["inputs that are no list", { inputs: "data" }, ['"inputs"', 'stage "fit"', "list of names", "a string"]],
  ["params that are no list", { params: { k: 1 } }, ['"params"', 'stage "fit"', "list of names"]],
  ["an input twice", { inputs: ["a", "b", "a"] }, ['"inputs"', 'stage "fit"', '"a" twice']],
  ["a parameter twice", { params: ["k", "k"] }, ['"params"', 'stage "fit"', '"k" twice']],
  ["an optional input twice", { optional: ["k", "k"] }, ['"optional"', 'stage "fit"', '"k" twice']],
  ["an input called params", { inputs: ["params"] }, ["params", 'stage "fit"']],
  ["an input called name", { inputs: ["name"] }, ["name", 'stage "fit"']],
  ["a parameter called name", { params: ["name"] }, ["name", 'stage "fit"', "label"]],
  ["an age where nothing is kept", { maxAge: 0, outputs: { model: transient() } }, [
    '"maxAge"',
    '"model"',
    "memory",
  ]],
  ["no outputs", { outputs: undefined }, ['"outputs"', 'stage "fit"', "undefined"]],
  ["outputs in a list", { outputs: [json] }, ['"outputs"', 'stage "fit"', "an array"]],
  ["an output that is no name", { outputs: { "a.b": json } }, ['"a.b"', 'output of stage "fit"']],
  ["an output called params", { outputs: { params: json } }, ['"params"', 'stage "fit"', "taken"]],
  ["an output called name", { outputs: { name: json } }, ['"name"', 'stage "fit"', "taken"]],
  ["an output called as metadata", { outputs: { a_metadata: json } }, [
    '"a_metadata"',
    'stage "fit"',
    "taken",
  ]],
  ["an output that is nothing", { outputs: { model: null } }, [
    'output "model" of stage "fit"',
    "cacher",
    "null",
  ]],
  ["an output that is a factory", { outputs: { model: jsonCacher } }, [
    'output "model" of stage "fit"',
    "function",
  ]],
  ["a cacher without load", { outputs: { model: { extension: "", save() {} } } }, [
    'output "model" of stage "fit"',
    '"load"',
  ]],
  ["a cacher without an extension", { outputs: { model: { save() {}, load() {} } } }, [
    'output "model" of stage "fit"',
    "undefined",
  ]],
  ["an extension that leads elsewhere", { outputs: { model: { ...json, extension: "/../x" } } }, [
    'output "model" of stage "fit"',
    '"/../x"',
  ]],
  ["an extension that is the metadata's", { outputs: { model: { ...json, extension: "_metadata.json" } } }, [
    '"model"',
    'stage "fit"',
  ]],
  ["run that is no function", { run: undefined }, ['stage "fit"', '"run" is a function', "undefined"]],
  ["a version that is a number", { version: 2 }, ['stage "fit"', '"version" is text', "a number"]],
];
for (const [name, changes, words] of refusals) {
  Deno.test(`${name} is refused, in words`, () => {
    const { message } = assertThrows(() => define(specOf(changes)), TypeError);
    for (const word of words) assertStringIncludes(message, word);
  });
}

for (const concurrency of [0, -1, 1.5, NaN, "2"]) {
  Deno.test(`the concurrency ${JSON.stringify(concurrency)} is refused`, () => {
    assertThrows(
      () => define(specOf({ concurrency })),
      RangeError,
      'stage "fit": "concurrency" is a whole number',
    );
  });
}

const clashes: readonly (readonly [string, Record<string, unknown>])[] = [
  ["case alone", { model: json, Model: json }],
  ["case alone, with extensions that differ", { model: json, Model: { ...json, extension: ".txt" } }],
  ["nothing once the extension is there", {
    a: { ...json, extension: "_b.json" },
    a_b: json,
  }],
  ["case alone, one of them lazy and transient", { model: json, MODEL: lazy(transient()) }],
  ["case alone, both lazy and transient", { model: lazy(transient()), MODEL: lazy(transient()) }],
];
for (const [name, outputs] of clashes) {
  Deno.test(`outputs whose files differ in ${name} are refused`, () => {
    const { message } = assertThrows(() => define(specOf({ outputs, run: () => ({}) })), TypeError);
    for (const word of [...Object.keys(outputs).map((each) => `"${each}"`), 'stage "fit"', "rename one"]) {
      assertStringIncludes(message, word);
    }
  });
}

Deno.test("outputs that are kept in memory clash too, since --lazy gives them files", () => {
  assertThrows(
    () => define(specOf({ outputs: { model: transient(), Model: transient() } })),
    TypeError,
    "case aside",
  );
});

Deno.test("a stage carries its description, frozen, and is called as it is named", () => {
  const inputs = ["data"];
  const run = () => ({ model: 1 });
  const stage = define({
    ...specOf(),
    inputs,
    optional: ["extra", "data"],
    params: ["k"],
    version: "2",
    concurrency: 3,
    run,
  });
  assertEquals({ ...stage.description, outputs: null }, {
    kind: "stage",
    name: "fit",
    inputs: ["data"],
    optional: ["extra"],
    params: ["k"],
    outputs: null as never,
    version: "2",
    concurrency: 3,
    partial: false,
    files: undefined,
    env: [],
    captures: undefined,
    maxAge: undefined,
    retries: 0,
    timeout: undefined,
    backoff: 0,
    run,
  });
  assertEquals([stage.name, stage.stageName, Object.keys(stage.outputs)], ["fit", "fit", ["model"]]);
  assert(Object.isFrozen(stage.description));
  inputs.push("more");
  assertEquals(stage.description.inputs, ["data"]);
});

Deno.test("what is done to the outputs after the definition does not count", () => {
  const outputs: Record<string, unknown> = { model: json };
  const stage = define(specOf({ outputs }));
  outputs["../evil"] = json;
  assertEquals(Object.keys(stage.description.outputs), ["model"]);
});

// ---- Called by hand ----

/** A stage that returns the state it got. */
function mirror(
  changes: Record<string, unknown> = {},
): (state?: unknown) => Promise<Record<string, unknown>> {
  let seen: unknown;
  const stage = define(specOf({
    ...changes,
    run: (state: unknown) => {
      seen = state;
      return { model: 1 };
    },
  }));
  return async (state) => {
    await stage(state);
    return seen as Record<string, unknown>;
  };
}

Deno.test("only what is listed reaches run", async () => {
  const state = { data: [1], other: 2, params: { k: 1, seed: 2 } };
  assertEquals(await mirror({ inputs: ["data"], params: ["k"] })(state), { data: [1], params: { k: 1 } });
  assertEquals(await mirror({ params: [] })(state), { params: {} });
  assertEquals(await mirror()(state), { params: { k: 1, seed: 2 } });
  assertEquals(await mirror({ params: ["absent", "toString"] })(state), { params: {} });
  assertEquals(state, { data: [1], other: 2, params: { k: 1, seed: 2 } });
});

Deno.test("name is a label: it is never among the parameters", async () => {
  assertEquals(await mirror()({ params: { name: "a", k: 1 } }), { params: { k: 1 } });
});

Deno.test("run can't change the parameters of the caller", async () => {
  const params = { k: 1 };
  const own = await mirror()({ params });
  (own.params as { k: number }).k = 9;
  assertEquals(params, { k: 1 });
});

Deno.test("an optional input is there where it is given, and absent where not", async () => {
  const run = mirror({ inputs: ["a"], optional: ["b"] });
  assertEquals(await run({ a: 1 }), { a: 1, params: {} });
  assertEquals(await run({ a: 1, b: 2 }), { a: 1, b: 2, params: {} });
});

Deno.test("an input that is missing is named, with what is there", async () => {
  const run = mirror({ inputs: ["data"] });
  assertEquals(
    (await assertRejects(() => run({ date: 1, params: {} }), TypeError)).message,
    'Cannot run stage "fit": its input "data" is missing; the state has "date", "params"',
  );
  await assertRejects(() => run({}), TypeError, "the state has nothing");
  await assertRejects(() => run(Object.create({ data: 1 })), TypeError);
  for (const state of [undefined, null, 1, [1]]) {
    await assertRejects(() => run(state), TypeError, 'stage "fit"');
  }
  await assertRejects(
    () => run({ data: 1, params: [1] }),
    TypeError,
    '"params" is a plain object, found an array',
  );
});

const returned: readonly (readonly [string, unknown, readonly string[]])[] = [
  ["nothing", undefined, ["undefined", '"model", "score"']],
  ["a list", [1, 2], ["an array", '"model", "score"']],
  ["a text", "x", ["a string"]],
  ["one too few", { model: 1 }, ["did not return its output", '"score"']],
  ["one undefined", { model: 1, score: undefined }, ["did not return its output", '"score"']],
  ["one too many", { model: 1, score: 2, extra: 3 }, [
    '"extra"',
    "not among its outputs",
    '"model", "score"',
  ]],
  ["one inherited", Object.assign(Object.create(null), { model: 1 }), ['"score"']],
];
for (const [name, value, words] of returned) {
  Deno.test(`a stage that returns ${name} is told so`, async () => {
    const outputs = { model: json, score: json };
    for (const run of [() => value, () => Promise.resolve(value)]) {
      const stage = define(specOf({ outputs, run }));
      const { message } = await assertRejects(() => stage({}), TypeError);
      for (const word of ['tage "fit"', ...words]) assertStringIncludes(message, word);
    }
  });
}

Deno.test("values that are falsy are values; a stage without outputs returns nothing", async () => {
  const outputs = { a: json, b: json, c: json, d: json };
  const values = { a: null, b: 0, c: "", d: false };
  assertEquals(await define(specOf({ outputs, run: () => values }))({}), values);
  assertEquals(await define(specOf({ outputs: {}, run: () => undefined }))({}), undefined);
  assertEquals(await define(specOf({ outputs: {}, run: () => ({}) }))({}), {});
  await assertRejects(
    async () => await define(specOf({ outputs: {}, run: () => ({ a: 1 }) }))({}),
    TypeError,
    "it has none",
  );
});

Deno.test("what run throws is thrown on as it is", async () => {
  const error = new RangeError("x");
  const stage = define(specOf({
    run: () => {
      throw error;
    },
  }));
  assert(await assertRejects(() => stage({})) === error);
});

Deno.test("called without a context, a stage has one of its own", async () => {
  let seen: StageContext | undefined;
  const stage = define(specOf({
    run: (_: unknown, context: StageContext) => {
      seen = context;
      Deno.writeTextFileSync(context.path("plots/a.png"), "x");
      Deno.writeTextFileSync(`${context.dir("more")}/b`, "x");
      return { model: context.dir() };
    },
  }));
  const { model } = await stage({}) as { model: string };
  try {
    assertEquals(tree(model), ["more/", "more/b", "plots/", "plots/a.png"]);
    const { record, signal, log, path, dir } = seen!;
    assertEquals([record.index, typeof record.name, signal.aborted, typeof log], [
      0,
      "string",
      false,
      "function",
    ]);
    for (const name of ["", "..", "../x", "/x", "a/../b", "a//b", ".hidden", "a\\b", "a\n", "a/", "C:x"]) {
      assertThrows(() => path(name), TypeError, "below the stage's own folder");
      assertThrows(() => dir(name), TypeError, "below the stage's own folder");
    }
    const again = await stage({}) as { model: string };
    assert(again.model !== model, "each call has a folder of its own");
    Deno.removeSync(again.model, { recursive: true });
  } finally {
    Deno.removeSync(model, { recursive: true });
  }
});

Deno.test("a context that is given is the one that run gets", async () => {
  let seen: unknown;
  const stage = define(specOf({
    run: (_: unknown, context: unknown) => {
      seen = context;
      return { model: 1 };
    },
  }));
  const context = { record: { name: "a", index: 3 } } as StageContext;
  await stage({}, context);
  assert(seen === context);
});
