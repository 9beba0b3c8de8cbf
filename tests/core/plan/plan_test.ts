import { assertEquals, assertMatch } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { transient } from "../../../core/define/output.ts";
import { ancestorName } from "../../../core/store/place.ts";
import { aggregate, stage } from "../run/helpers.ts";
import { graphOf, planOf, tasks } from "./helpers.ts";

const run = () => ({});
const load = stage("load", { params: [], outputs: { raw: jsonCacher() } }, run);
const clean = stage("clean", { inputs: ["raw"], params: [], outputs: { rows: jsonCacher() } }, run);
const fit = stage("fit", { inputs: ["rows"], params: ["k"], outputs: { model: jsonCacher() } }, run);
const score = stage("score", { inputs: ["model"], params: [], outputs: { accuracy: jsonCacher() } }, run);
const chain = graphOf([load, clean, fit, score], [{ k: 1 }]);

const reused = ["reuse", "in the cache"] as const;
const unneeded = ["skipped", "not needed"] as const;
const gone = (output: string) => ["execute", `output "${output}": not in the cache`] as const;

Deno.test("an empty cache: everything runs", () => {
  const missing = {
    "load.raw": "missing",
    "clean.rows": "missing",
    "fit.model": "missing",
    "score.accuracy": "missing",
  } as const;
  assertEquals(planOf(chain, missing), tasks(gone("raw"), gone("rows"), gone("model"), gone("accuracy")));
});

Deno.test("a full cache: nothing runs", () => {
  assertEquals(planOf(chain), tasks(reused, reused, reused, reused));
});

Deno.test("final artifacts alone are enough, and what is gone before them is not needed", () => {
  assertEquals(
    planOf(chain, { "load.raw": "missing", "clean.rows": "missing", "fit.model": "missing" }),
    tasks(unneeded, unneeded, unneeded, reused),
  );
  assertEquals(planOf(chain, { "clean.rows": "missing" }), tasks(reused, unneeded, reused, reused));
});

Deno.test("a stage runs only where one that must run needs its output", () => {
  assertEquals(
    planOf(chain, { "clean.rows": "missing", "score.accuracy": "missing" }),
    tasks(reused, unneeded, reused, gone("accuracy")),
  );
  assertEquals(
    planOf(chain, { "load.raw": "missing", "fit.model": "missing", "score.accuracy": "missing" }),
    tasks(unneeded, reused, gone("model"), gone("accuracy")),
  );
});

Deno.test("overwriting one in the middle: what follows is pending", () => {
  assertEquals(
    planOf(chain, {}, { overwrite: new Set(["clean"]) }),
    tasks(
      reused,
      ["execute", "overwritten"],
      ["pending", 'decided when "clean" is done', [1]],
      ["pending", 'decided when "fit" is done', [2]],
    ),
  );
});

Deno.test("what follows a task that runs waits for it through those that are gone and not needed", () => {
  assertEquals(
    planOf(chain, { "fit.model": "missing" }, { overwrite: new Set(["clean"]) }),
    tasks(reused, ["execute", "overwritten"], unneeded, ["pending", 'decided when "clean" is done', [1]]),
  );
});

Deno.test("overwriting needs its inputs: the producer runs where it is gone", () => {
  assertEquals(
    planOf(chain, { "load.raw": "missing" }, { overwrite: new Set(["clean"]) }),
    tasks(
      gone("raw"),
      ["execute", "overwritten"],
      ["pending", 'decided when "clean" is done', [1]],
      ["pending", 'decided when "fit" is done', [2]],
    ),
  );
});

Deno.test("overwriting all runs all, but not what this run has executed", () => {
  const overwritten = ["execute", "overwritten"] as const;
  assertEquals(
    planOf(chain, {}, { overwrite: "all" }),
    tasks(overwritten, overwritten, overwritten, overwritten),
  );
  assertEquals(
    planOf(chain, {}, { overwrite: "all", done: new Set([0, 1, 2, 3]) }),
    tasks(reused, reused, reused, reused),
  );
});

const inMemory = stage("load", { params: [], outputs: { raw: transient() } }, run);
const withMemory = graphOf([inMemory, clean, fit, score], [{ k: 1 }]);

Deno.test("a transient output: its stage runs only where one that runs needs it", () => {
  assertEquals(planOf(withMemory), tasks(unneeded, reused, reused, reused));
  assertEquals(
    planOf(withMemory, { "score.accuracy": "missing" }),
    tasks(unneeded, reused, reused, gone("accuracy")),
  );
  assertEquals(
    planOf(withMemory, { "clean.rows": "missing", "fit.model": "missing", "score.accuracy": "missing" }),
    tasks(["execute", "it caches nothing"], gone("rows"), gone("model"), gone("accuracy")),
  );
});

Deno.test("a transient output that is in memory is not made again", () => {
  const missing = { "clean.rows": "missing", "fit.model": "missing", "score.accuracy": "missing" } as const;
  assertEquals(
    planOf(withMemory, missing, { held: new Set([0]) }).tasks.map(({ verdict }) => verdict),
    ["reuse", "execute", "execute", "execute"],
  );
});

Deno.test("one output cached and one transient: who needs the transient one decides", () => {
  const both = stage("load", { params: [], outputs: { raw: jsonCacher(), extra: transient() } }, run);
  const needsExtra = stage(
    "check",
    { inputs: ["extra"], params: [], outputs: { report: jsonCacher() } },
    run,
  );
  const graph = graphOf([both, clean, needsExtra], [{}]);
  assertEquals(
    planOf(graph, { "clean.rows": "missing" }),
    tasks(reused, gone("rows"), reused),
  );
  assertEquals(
    planOf(graph, { "check.report": "missing" }),
    tasks(
      ["execute", 'stage "check" needs its output "extra"'],
      ["pending", 'decided when "load" is done', [0]],
      gone("report"),
    ),
  );
});

Deno.test("a final stage that caches nothing always runs", () => {
  const last = stage("last", { inputs: ["model"], params: [], outputs: { shown: transient() } }, run);
  assertEquals(
    planOf(graphOf([load, clean, fit, last], [{ k: 1 }])),
    tasks(reused, reused, reused, ["execute", "it caches nothing"]),
  );
  const none = stage("none", { inputs: ["model"], params: [], outputs: {} }, run);
  assertEquals(
    planOf(graphOf([load, clean, fit, none], [{ k: 1 }])).tasks.at(-1)!.verdict,
    "execute",
  );
});

Deno.test("records that share a stage share its task, and each has its own finals", () => {
  const graph = graphOf([load, clean, fit, score], [{ k: 1 }, { k: 5 }]);
  assertEquals(graph.records.map(({ steps }) => steps.map(({ task }) => task)), [[0, 1, 2, 3], [0, 1, 4, 5]]);
  assertEquals(
    planOf(graph, { "4.model": "missing", "5.accuracy": "missing", "load.raw": "missing" }),
    tasks(unneeded, reused, reused, reused, gone("model"), gone("accuracy")),
  );
});

const compare = aggregate("compare", { inputs: ["accuracy"], outputs: { ranking: jsonCacher() } }, run);

Deno.test("an aggregate is final, and makes the records' stages needed where it runs", () => {
  const graph = graphOf([load, clean, fit, score], [{ k: 1 }, { k: 5 }], { aggregates: [compare] });
  assertEquals([...graph.finals], [6]);
  assertEquals(
    planOf(graph, { "5.accuracy": "missing" }),
    tasks(reused, reused, reused, reused, reused, unneeded, reused),
  );
  assertEquals(
    planOf(graph, { "5.accuracy": "missing", "compare.ranking": "missing" }),
    tasks(reused, reused, reused, reused, reused, gone("accuracy"), gone("ranking")),
  );
  assertEquals(
    planOf(graph, {}, { overwrite: new Set(["score"]) }).tasks.at(-1),
    { verdict: "pending", reason: 'decided when "score" is done', waitsFor: [3, 5] },
  );
});

Deno.test("until: the named stage is final", () => {
  const graph = graphOf([load, clean, fit, score], [{ k: 1 }], { until: "clean" });
  assertEquals(
    planOf(graph, { "clean.rows": "missing", "load.raw": "missing" }),
    tasks(gone("raw"), gone("rows")),
  );
});

Deno.test("an ancestor that differs, however far back, makes what came of it stale", () => {
  const raw = ancestorName(chain.tasks[0]!.outputs[0]!.spec!);
  const other = `it was made from another "${raw}"`;
  const changed = { "load.raw": { digest: "another" } };
  assertEquals(
    planOf(chain, changed),
    tasks(reused, ["execute", other], ["execute", other], ["execute", other]),
  );
  assertEquals(
    planOf(chain, { ...changed, "clean.rows": "missing", "fit.model": "missing" }),
    tasks(reused, gone("rows"), gone("model"), ["execute", other]),
  );
});

Deno.test("an ancestor that is gone does not matter", () => {
  assertEquals(
    planOf(chain, { "load.raw": "missing", "clean.rows": { digest: "digest of 1.rows" } }),
    tasks(unneeded, reused, reused, reused),
  );
});

Deno.test("outputs of two executions are no hit", () => {
  const split = stage("split", { params: [], outputs: { train: jsonCacher(), test: jsonCacher() } }, run);
  const graph = graphOf([split]);
  assertEquals(planOf(graph), tasks(reused));
  assertEquals(
    planOf(graph, { "split.test": { execution: "another" } }),
    tasks(["execute", "its outputs were made by different executions"]),
  );
  assertEquals(
    planOf(graph, { "split.test": "missing" }),
    tasks(gone("test")),
  );
});

Deno.test("a damaged artifact is a warning, one line, and runs only where it is needed", () => {
  const damaged = { "clean.rows": { state: "damaged", reason: "it is cut short" } };
  const warning =
    'output "rows" of stage "clean" in record "default" can\'t be used and is computed again if needed: ' +
    "it is cut short";
  assertEquals(planOf(chain, damaged), {
    ...tasks(reused, unneeded, reused, reused),
    warnings: [warning],
  });
  assertEquals(planOf(chain, { ...damaged, "fit.model": "missing", "score.accuracy": "missing" }), {
    ...tasks(reused, ["execute", 'output "rows": it is cut short'], gone("model"), gone("accuracy")),
    warnings: [warning],
  });
});

Deno.test("a file of the user's in the way is a problem, unless its stage is overwritten", () => {
  const foreign = { "fit.model": { state: "foreign", reason: '"m.json" was not written by Cairn' } };
  const { problems } = planOf(chain, foreign);
  assertEquals(problems.length, 1);
  assertMatch(
    problems[0]!,
    /^Cannot use the path of output "model" of stage "fit": "m\.json" was not written by Cairn; move it away, overwrite/,
  );
  assertEquals(planOf(chain, foreign, { overwrite: new Set(["clean"]) }).problems.length, 1);
  assertEquals(planOf(chain, foreign, { overwrite: new Set(["fit"]) }).problems, []);
  assertEquals(planOf(chain, foreign, { overwrite: "all" }).problems, []);
});

Deno.test("what turned out not to be usable runs, and what came of it is pending", () => {
  assertEquals(
    planOf(chain, { "fit.model": "missing", "score.accuracy": "missing" }, {
      distrusted: new Map([[1, "it is gone"]]),
    }),
    tasks(reused, ["execute", "it is gone"], gone("model"), gone("accuracy")),
  );
  assertEquals(
    planOf(chain, {}, { distrusted: new Map([[1, "it is gone"]]) }),
    tasks(reused, unneeded, reused, reused),
  );
});

Deno.test("an output that nothing caches, asked for: its stage runs", () => {
  assertEquals(
    planOf(withMemory, {}, { wanted: new Map([[0, "it is asked for"]]) }).tasks[0],
    { verdict: "execute", reason: "it caches nothing", waitsFor: [] },
  );
  assertEquals(
    planOf(withMemory, {}, { wanted: new Map([[0, "it is asked for"]]), held: new Set([0]) }).tasks[0]!
      .verdict,
    "reuse",
  );
});

Deno.test("a plan is plain data", () => {
  const plan = planOf(chain, { "score.accuracy": "missing" });
  assertEquals(JSON.parse(JSON.stringify(plan)), plan);
  assertEquals(planOf(chain, { "score.accuracy": "missing" }), plan);
});
