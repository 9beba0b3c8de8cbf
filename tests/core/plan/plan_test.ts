import { assertEquals, assertMatch } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { transient } from "../../../core/define/output.ts";
import { aggregate, stage } from "../run/helpers.ts";
import type { PlanOptions } from "../../../core/plan/plan.ts";
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
/** Needed for certain, and run unless the same was computed before. */
const after = (stage: string, waitsFor: number[]) =>
  ["pending", `decided when "${stage}" is done`, waitsFor, { isNeeded: true }] as const;

Deno.test("an empty cache: the first runs, and each other is decided when its inputs are there", () => {
  const missing = {
    "load.raw": "missing",
    "clean.rows": "missing",
    "fit.model": "missing",
    "score.accuracy": "missing",
  } as const;
  assertEquals(
    planOf(chain, missing),
    tasks(gone("raw"), after("load", [0]), after("clean", [1]), after("fit", [2])),
  );
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
    tasks(unneeded, reused, gone("model"), after("fit", [2])),
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
    tasks(
      reused,
      ["execute", "overwritten"],
      ["pending", 'runs only if "score" needs it', [1]],
      ["pending", 'decided when "clean" is done', [1]],
    ),
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
    tasks(["execute", "it caches nothing"], gone("rows"), after("clean", [1]), after("fit", [2])),
  );
});

Deno.test("a transient output that is in memory is not made again", () => {
  const missing = { "clean.rows": "missing", "fit.model": "missing", "score.accuracy": "missing" } as const;
  assertEquals(
    planOf(withMemory, missing, { held: new Set([0]) }).tasks.map(({ verdict }) => verdict),
    ["reuse", "execute", "pending", "pending"],
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
      after("load", [0]),
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
    tasks(unneeded, reused, reused, reused, gone("model"), after("fit", [4])),
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
    tasks(reused, reused, reused, reused, reused, gone("accuracy"), after("score", [5])),
  );
  assertEquals(
    planOf(graph, {}, { overwrite: new Set(["score"]) }).tasks.at(-1),
    tasks(["pending", 'decided when "score" is done', [3, 5]]).tasks[0],
  );
});

Deno.test("until: the named stage is final", () => {
  const graph = graphOf([load, clean, fit, score], [{ k: 1 }], { until: "clean" });
  assertEquals(
    planOf(graph, { "clean.rows": "missing", "load.raw": "missing" }),
    tasks(gone("raw"), after("load", [0])),
  );
});

Deno.test("an ancestor that differs, however far back, makes what came of it stale", () => {
  const raw = chain.tasks[0]!.outputs[0]!.spec!.name;
  const other = `it was made from another "${raw}"`;
  const changed = { "load.raw": { digest: "another" } };
  assertEquals(
    planOf(chain, changed),
    tasks(reused, ["execute", other], after("clean", [1]), after("fit", [2])),
  );
  assertEquals(
    planOf(chain, { ...changed, "clean.rows": "missing", "fit.model": "missing" }),
    tasks(reused, gone("rows"), after("clean", [1]), after("fit", [2])),
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
    ...tasks(reused, ["execute", 'output "rows": it is cut short'], after("clean", [1]), after("fit", [2])),
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
    tasks(reused, ["execute", "it is gone"], after("clean", [1]), after("fit", [2])),
  );
  assertEquals(
    planOf(chain, {}, { distrusted: new Map([[1, "it is gone"]]) }),
    tasks(reused, unneeded, reused, reused),
  );
});

Deno.test("an output that nothing caches, asked for: its stage runs", () => {
  assertEquals(
    planOf(withMemory, {}, { wanted: new Map([[0, "it is asked for"]]) }).tasks[0],
    tasks(["execute", "it caches nothing"]).tasks[0],
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

/** Digests that lie under another recipe, by the stages they are of; whoever asks is noted. */
function content(found: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const findContent: PlanOptions["findContent"] = ({ index, description }) => {
    asked.push(`${index} ${description.name}`);
    const outputs = found[description.name];
    return outputs && new Map(outputs.map((output) => [output, `linked ${output}`]));
  };
  return { asked, findContent };
}

const linked = ["reuse", "the same was computed before, under another recipe", [], {
  isLinked: true,
}] as const;

Deno.test("the same was computed before: it is linked, and so is what follows, and nothing before it is needed", () => {
  const missing = { "load.raw": "missing", "fit.model": "missing", "score.accuracy": "missing" } as const;
  const { asked, findContent } = content({ fit: ["model"], score: ["accuracy"] });
  assertEquals(planOf(chain, missing, { findContent }), tasks(unneeded, reused, linked, linked));
  assertEquals(asked, ["2 fit", "3 score"]);
  assertEquals(
    planOf(chain, missing, content({ fit: ["model"] })),
    tasks(unneeded, reused, linked, gone("accuracy")),
  );
});

Deno.test("content that depends on what must run first is not asked for", () => {
  const missing = { "clean.rows": "missing", "fit.model": "missing", "score.accuracy": "missing" } as const;
  const { asked, findContent } = content({ fit: ["model"], score: ["accuracy"] });
  assertEquals(
    planOf(chain, missing, { findContent }),
    tasks(reused, gone("rows"), after("clean", [1]), after("fit", [2])),
  );
  assertEquals(asked, ["1 clean"]);
});

Deno.test("what is overwritten or distrusted is never linked", () => {
  const asking = (options: PlanOptions, graph = chain) => {
    const { asked, findContent } = content({ fit: ["model"], fetch: ["raw"] });
    planOf(graph, { "fit.model": "missing", "score.accuracy": "missing" }, { ...options, findContent });
    return asked;
  };
  assertEquals(asking({}), ["2 fit", "3 score"]);
  assertEquals(asking({ overwrite: new Set(["fit"]) }), []);
  assertEquals(asking({ distrusted: new Map([[2, "it is gone"]]) }), []);
});

Deno.test("through an output in memory the plan sees what stands for it", () => {
  const missing = { "clean.rows": "missing", "fit.model": "missing", "score.accuracy": "missing" } as const;
  assertEquals(
    planOf(withMemory, missing, content({ clean: ["rows"] })),
    tasks(unneeded, linked, gone("model"), after("fit", [2])),
  );
});

Deno.test("a stage whose output nothing caches runs only if what reads it is not found", () => {
  const inBetween = stage("clean", { inputs: ["raw"], params: [], outputs: { rows: transient() } }, run);
  const graph = graphOf([load, inBetween, fit, score], [{ k: 1 }]);
  assertEquals(
    planOf(graph, { "load.raw": "missing", "fit.model": "missing", "score.accuracy": "missing" }),
    tasks(
      gone("raw"),
      ["pending", 'runs only if "fit" needs it', [0]],
      after("load", [0]),
      after("fit", [2]),
    ),
  );
});

Deno.test("of two tasks that compute the same one runs, and the other waits for it", () => {
  const graph = graphOf([load, clean, fit, score], [{ k: 1 }, { k: 2 }]);
  const missing = { "3.accuracy": "missing", "5.accuracy": "missing" } as const;
  // both models came out alike
  const alike = { "2.model": { digest: "same" }, "4.model": { digest: "same" } };
  assertEquals(
    planOf(graph, { ...missing, ...alike }).tasks.map(({ verdict, waitsFor }) => [verdict, waitsFor]),
    [["reuse", []], ["reuse", []], ["reuse", []], ["execute", []], ["reuse", []], ["execute", []]],
  );
  assertEquals(
    planOf(graph, { ...missing, ...alike }, content({})).tasks[5],
    tasks(["pending", 'decided when stage "score" in record "k=1" is done, which computes the same', [3], {
      isNeeded: true,
    }]).tasks[0],
  );
});

const fetch = (maxAge: string | number) =>
  graphOf([stage("load", { params: [], maxAge, outputs: { raw: jsonCacher() } }, run), clean], [{}]);
const DAY = 86_400_000;

Deno.test("an artifact that is older than its stage allows is made again, and what follows is pending", () => {
  const waiting = ["pending", 'decided when "load" is done', [0]] as const;
  const at = (now: number, changes = {}) => planOf(fetch("1d"), changes, { now });
  assertEquals(at(DAY - 1), tasks(reused, reused));
  assertEquals(
    at(DAY),
    tasks(["execute", "older than its maxAge of 1 d"], waiting),
  );
  // How old it was, nobody knows any more.
  assertEquals(at(0, { "load.raw": "missing" }), tasks(gone("raw"), waiting));
  assertEquals(
    planOf(fetch(0)),
    tasks(["execute", "its maxAge is 0: it always runs"], waiting),
  );
  assertEquals(planOf(fetch(0), {}, { done: new Set([0]) }), tasks(reused, reused));
});
