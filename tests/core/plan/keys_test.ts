import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { structuredCacher } from "../../../cachers/structured_cacher.ts";
import { textCacher } from "../../../cachers/text_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { gzipped } from "../../../core/define/combinators/gzipped.ts";
import { untracked } from "../../../core/define/combinators/untracked.ts";
import { withPrefix } from "../../../core/define/combinators/with_prefix.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import { lazy, transient } from "../../../core/define/output.ts";
import type { GraphInput } from "../../../core/plan/graph.ts";
import { canonicalDigest } from "../../../core/params/canonical.ts";
import type { Source } from "../../../core/plan/task.ts";
import { contentKeyOf, describeRecipe } from "../../../core/plan/keys.ts";
import { aggregate, type LooseStage, stage } from "../run/helpers.ts";
import { graphOf } from "./helpers.ts";

const run = () => ({ x: 1 });
const PARAMS = { k: 1, seed: 2 };

/** The recipe key of one stage, with what is said of it changed. */
function keyOf(
  spec: LooseStage & { readonly name?: string; readonly run?: () => unknown } = {},
  params: Record<string, unknown> = PARAMS,
  rest: Partial<GraphInput> = {},
): string {
  const { name = "make", run: own = run, ...more } = spec;
  const made = stage(name, { params: ["k"], outputs: { x: jsonCacher() }, ...more }, own);
  return graphOf([made], [params], rest).tasks[0]!.recipeKey;
}

const base = keyOf();

Deno.test("a key is 64 hexadecimal digits, and the same each time", () => {
  assertEquals(/^[0-9a-f]{64}$/.test(base), true);
  assertEquals(keyOf(), base);
});

const changing: [string, string][] = [
  ["the stage's name", keyOf({ name: "other" })],
  ["the text of run", keyOf({ run: () => ({ x: 2 }) })],
  ["a version", keyOf({ version: "1" })],
  ["a listed parameter's value", keyOf({}, { k: 2, seed: 2 })],
  ["a listed parameter's type", keyOf({}, { k: "1", seed: 2 })],
  ["a listed parameter that is absent", keyOf({}, { seed: 2 })],
  ["a listed parameter that is null", keyOf({}, { k: null, seed: 2 })],
  ["one more parameter in the list", keyOf({ params: ["k", "seed"] })],
  ["no parameter in the list", keyOf({ params: [] })],
  ["an output's name", keyOf({ outputs: { y: jsonCacher() } })],
  ["an output's extension", keyOf({ outputs: { x: { ...jsonCacher(), extension: ".txt" } } })],
  ["an output's kind", keyOf({ outputs: { x: { ...jsonCacher(), kind: "other" } } })],
  ["an output's cacher", keyOf({ outputs: { x: textCacher() } })],
  ["compression", keyOf({ outputs: { x: gzipped(jsonCacher()) } })],
  ["an output with no cacher", keyOf({ outputs: { x: transient() } })],
  ["one more output", keyOf({ outputs: { x: jsonCacher(), y: jsonCacher() } })],
];
for (const [what, key] of changing) {
  Deno.test(`${what} changes the recipe key`, () => assertNotEquals(key, base));
}

Deno.test("all that changes the key changes it to another", () => {
  // A parameter that is listed and absent, and one that is not listed, reach run as the same nothing.
  assertEquals(new Set(changing.map(([, key]) => key)).size, changing.length - 1);
  assertNotEquals(keyOf({ version: "1" }), keyOf({ version: "2" }));
});

const unchanging: [string, () => string][] = [
  ["a parameter that is not listed", () => keyOf({}, { k: 1, seed: 3 })],
  ["the label", () => keyOf({}, { name: "a label", k: 1, seed: 2 })],
  ["the order of parameters", () => keyOf({}, { seed: 2, k: 1 })],
  ["the experiment's name", () => keyOf({}, PARAMS, { experiment: "other" })],
  ["the prefix", () => keyOf({}, PARAMS, { prefix: "other" })],
  ["the cache's folder", () => keyOf({}, PARAMS, { cache: "elsewhere" })],
  ["the number of stages at a time", () => keyOf({ concurrency: 1 })],
  ["lazy", () => keyOf({ outputs: { x: lazy(jsonCacher()) } })],
  ["a subdir", () => keyOf({ outputs: { x: withSubdir(jsonCacher(), "sub") } })],
  ["a prefix of the cacher", () => keyOf({ outputs: { x: withPrefix(jsonCacher(), "shared") } })],
  ["untracked", () => keyOf({ outputs: { x: untracked(jsonCacher()) } })],
  ["an exact path", () => keyOf({ outputs: { x: atPath(jsonCacher(), "raw/x.json") } })],
  ["an optional input that nothing produces", () => keyOf({ optional: ["nowhere"] })],
];
for (const [what, key] of unchanging) {
  Deno.test(`${what} does not change the recipe key`, () => assertEquals(key(), base));
}

Deno.test("the order of outputs, and of the parameters in the list, does not count", () => {
  const outputs = { a: jsonCacher(), b: textCacher() };
  const turned = { b: textCacher(), a: jsonCacher() };
  assertEquals(keyOf({ outputs }), keyOf({ outputs: turned }));
  assertEquals(keyOf({ params: ["k", "seed"] }), keyOf({ params: ["seed", "k"] }));
});

Deno.test("with no list all parameters count, but not the label", () => {
  const all = (params: Record<string, unknown>) =>
    graphOf([stage("make", { outputs: { x: jsonCacher() } }, run)], [params]).tasks[0]!.recipeKey;
  assertNotEquals(all({ k: 1, seed: 2 }), all({ k: 1, seed: 3 }));
  assertEquals(all({ k: 1, seed: 2 }), all({ name: "label", seed: 2, k: 1 }));
  assertEquals(all({ k: 1, seed: 2 }), keyOf({ params: ["k", "seed"] }));
});

Deno.test("with a version the text does not count", () => {
  assertEquals(keyOf({ version: "1" }), keyOf({ version: "1", run: () => ({ x: 2 }) }));
});

Deno.test('1, "1", 1n, NaN, null, -0 and 0 are all different parameters', () => {
  const keys = [1, "1", 1n, NaN, null, -0, 0, true, [1], { 0: 1 }].map((k) => keyOf({}, { k }));
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("a representation stands for a parameter, and never equals a plain one", () => {
  const withHash = (hash: GraphInput["hash"], k: unknown) => keyOf({}, { k }, { hash });
  const byId = { k: (model: { id: number }) => model.id };
  assertEquals(withHash(byId, { id: 1, weights: [1] }), withHash(byId, { id: 1, weights: [2] }));
  assertNotEquals(withHash(byId, { id: 1 }), withHash(byId, { id: 2 }));
  assertNotEquals(withHash(byId, { id: 1 }), withHash({}, 1));
  assertEquals(withHash({ k: "ignore" }, 1), withHash({ k: "ignore" }, 2));
  assertEquals(withHash({ k: "ignore" }, () => {}), withHash({ k: "ignore" }, 2));
});

Deno.test("a parameter that can't be hashed is an error that names its path", () => {
  assertThrows(() => keyOf({}, { k: { deep: [() => {}] } }), TypeError, "params.k.deep[0]");
  assertThrows(() => keyOf({}, { k: Symbol("s") }), TypeError, "params.k");
  assertThrows(() => keyOf({}, { k: new URL("http://a/") }), TypeError, "params.k");
  assertThrows(() => keyOf({}, { k: undefined }), TypeError, "params.k");
});

/** The key of the last of two stages. */
function keyOfSecond(first: LooseStage, second: LooseStage, text: () => unknown = run): string {
  const one = stage("one", { params: [], outputs: { x: jsonCacher() }, ...first }, text);
  const two = stage("two", { inputs: ["x"], params: [], outputs: { y: jsonCacher() }, ...second }, run);
  return graphOf([one, two], [PARAMS]).tasks[1]!.recipeKey;
}

Deno.test("an input stands for its producer's recipe", () => {
  const second = keyOfSecond({}, {});
  assertEquals(keyOfSecond({}, {}), second);
  assertNotEquals(keyOfSecond({ version: "2" }, {}), second);
  assertNotEquals(keyOfSecond({}, {}, () => ({ x: 2 })), second);
  assertNotEquals(keyOfSecond({ params: ["seed"] }, {}), second);
  assertNotEquals(keyOfSecond({}, { inputs: [] }), second);
  assertEquals(
    keyOfSecond({}, { inputs: [], optional: ["x"] }),
    second,
    "optional and there: an input like others",
  );
});

Deno.test("which output of the producer it is counts", () => {
  const one = stage("one", { params: [], outputs: { x: jsonCacher(), z: jsonCacher() } }, run);
  const reads = (input: string) =>
    graphOf([one, stage("two", { inputs: [input], params: [], outputs: { y: jsonCacher() } }, run)])
      .tasks[1]!.recipeKey;
  assertNotEquals(reads("x"), reads("z"));
});

Deno.test("an aggregate's key holds the records' names, their order and its own parameters", () => {
  const make = stage("make", { params: ["k"], outputs: { x: jsonCacher() } }, run);
  const all = (sets: Record<string, unknown>[], spec: LooseStage = {}) =>
    graphOf([make], sets, { aggregates: [aggregate("sum", { inputs: ["x"], params: ["k"], ...spec }, run)] })
      .tasks.at(-1)!.recipeKey;
  const one = all([{ name: "a", k: 1, seed: 1 }, { name: "b", k: 2, seed: 1 }]);
  assertEquals(all([{ name: "a", k: 1, seed: 2 }, { name: "b", k: 2, seed: 2 }]), one);
  assertNotEquals(all([{ name: "a", k: 1, seed: 1 }, { name: "c", k: 2, seed: 1 }]), one);
  assertNotEquals(all([{ name: "b", k: 2, seed: 1 }, { name: "a", k: 1, seed: 1 }]), one);
  assertNotEquals(all([{ name: "a", k: 1, seed: 1 }]), one);
  const swapped = [{ name: "a", k: 1, seed: 1 }, { name: "b", k: 2, seed: 1 }];
  assertNotEquals(all(swapped, { params: ["seed"] }), one);
});

Deno.test("a stage and an aggregate that look alike have different keys", () => {
  const make = stage("make", { params: [], outputs: { x: jsonCacher() } }, run);
  const two = stage("two", { inputs: ["x"], params: [], outputs: { y: jsonCacher() } }, run);
  const both = aggregate("two", { inputs: ["x"], params: [], outputs: { y: jsonCacher() } }, run);
  assertNotEquals(
    graphOf([make, two]).tasks[1]!.recipeKey,
    graphOf([make], [{}], { aggregates: [both] }).tasks[1]!.recipeKey,
  );
});

Deno.test("the content key holds the inputs' digests in place of their recipes", () => {
  const two = stage("two", { inputs: ["x"], params: [], outputs: { y: jsonCacher() } }, run);
  const graphWith = (version: string) =>
    graphOf([stage("one", { version, params: [], outputs: { x: jsonCacher() } }, run), two]);
  const contentKey = (version: string, digest: string) => {
    const graph = graphWith(version);
    return contentKeyOf(graph, graph.tasks[1]!, () => digest);
  };
  assertEquals(contentKey("1", "d"), contentKey("2", "d"));
  assertNotEquals(contentKey("1", "d"), contentKey("1", "e"));
  assertNotEquals(contentKey("1", "d"), graphWith("1").tasks[1]!.recipeKey);
});

Deno.test("what went into the keys is kept in words", () => {
  const one = stage("one", { version: "3", params: [], outputs: { x: structuredCacher() } }, run);
  const two = stage("two", { version: "4", inputs: ["x"], params: ["k"], outputs: { y: transient() } }, run);
  const graph = graphOf([one, two], [PARAMS]);
  assertEquals(describeRecipe(graph, graph.tasks[1]!, (_: Source) => "the digest"), {
    format: 1,
    kind: "stage",
    name: "two",
    code: {
      by: "version",
      version: "4",
      digest: canonicalDigest(["version", "4"]),
      declarations: {},
      packages: {},
    },
    outputs: { y: null },
    params: { k: 1 },
    inputs: {
      x: { stage: "one", output: "x", recipeKey: graph.tasks[0]!.recipeKey, digest: "the digest" },
    },
  });
});

Deno.test("keys stay what they are: another key is another format, and everybody's cache is lost", () => {
  const one = stage("one", { version: "1", params: ["k"], outputs: { x: jsonCacher() } }, run);
  const two = stage("two", { version: "1", inputs: ["x"], params: [], outputs: { y: textCacher() } }, run);
  assertEquals(graphOf([one, two], [PARAMS]).tasks.map(({ recipeKey }) => recipeKey.slice(0, 16)), [
    "68de61d6c8bc012a",
    "a8bfa76a20519515",
  ]);
});
