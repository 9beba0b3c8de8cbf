import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import type { Experiment } from "../../../core/define/experiment.ts";
import { transient } from "../../../core/define/output.ts";
import { type Earlier, earlierArtifacts } from "../../../core/history/earlier.ts";
import { explain } from "../../../core/history/explain.ts";
import type { FoundMetadata } from "../../../core/history/artifact_files.ts";
import type { PastStageRun } from "../../../core/history/past_stages.ts";
import type { JsonValue } from "../../../core/params/describe.ts";
import { type PlanDetail, planDetails } from "../../../core/run/plan_experiment.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { experiment, type LooseStage, stage, testIn } from "../run/helpers.ts";
import { found, key, past, planned } from "./helpers.ts";

const REASON = 'output "model": not in the cache';
const PENDING = { verdict: "pending", reason: 'decided when "load" is done' } as const;

const RUN = { reference: "exp_1", command: [], git: null, versions: {}, notes: null };

/** The causes of each stage. */
function causes(
  stages: readonly PlanDetail[],
  of: Readonly<Record<string, Earlier>>,
  withKey: Readonly<Record<string, FoundMetadata>> = {},
): Record<string, readonly string[]> {
  const explained = explain(stages, past(of, withKey));
  return Object.fromEntries(explained.map(({ stage, causes }) => [stage, causes]));
}

function run(fields: Partial<PastStageRun>): PastStageRun {
  const common = { procedure: null, record: "a", stage: "fit", verdict: "executed", key: key("f") };
  return { reference: "exp_1", artifacts: { model: "gone.json" }, ...common, ...fields };
}

function rows(recipeKey: string, digest?: string): JsonValue {
  return { rows: { stage: "load", output: "rows", recipeKey, ...digest === undefined ? {} : { digest } } };
}

/** Stage "load", and "fit" that reads from it. */
function pipeline(load: Partial<PlanDetail>, fit: Partial<PlanDetail>): readonly PlanDetail[] {
  const recipe = { params: {}, inputs: rows("load now") };
  return [
    planned({ stage: "load", key: "load now", ...load }),
    planned({ stage: "fit", recipe, ...PENDING, ...fit }),
  ];
}

Deno.test("explain: a stage that differs from the nearest tells how; where it was never made, so", () => {
  const stage = planned({ recipe: { params: { k: 5 } } });
  assertEquals(causes([stage], { fit: { nearest: found({ params: { k: 1 } }) } }), {
    fit: ['parameter "k" was 1, is 5'],
  });
  assertEquals(causes([stage], {}), { fit: ["nothing earlier is known of it"] });
  assertEquals(causes([{ ...stage, ...PENDING }], {}), {
    fit: [PENDING.reason, "nothing earlier is known of it"],
  });
});

Deno.test("explain: what it was compared with, and how it differs, as data", () => {
  const [explained] = explain(
    [planned({ recipe: { params: { k: 5 } } })],
    past({ fit: { nearest: found({ params: { k: 1 } }, { record: "b", recipeKey: "1", run: RUN }) } }),
  );
  const { artifacts: _, ...facts } = planned({ recipe: { params: { k: 5 } } });
  assertEquals(explained, {
    ...facts,
    isHit: false,
    causes: ['parameter "k" was 1, is 5'],
    changes: [{ what: "parameter", name: "k", how: "changed", was: 1, is: 5 }],
    upstream: [],
    comparedWith: {
      path: "cache/earlier.json",
      record: "b",
      run: "exp_1",
      key: "1",
      recipe: { params: { k: 1 } },
    },
  });
});

Deno.test("explain: an artifact that is gone or can't be used, though nothing changed, has the plan's reason", () => {
  const stage = planned();
  assertEquals(causes([stage], { fit: { run: run({}) } }), { fit: [`its artifact is gone: ${REASON}`] });
  assertEquals(causes([{ ...stage, ...PENDING }], { fit: { run: run({}) } }).fit, [
    PENDING.reason,
    "its artifact is gone",
  ]);
  assertEquals(causes([stage], { fit: { same: found({ params: {} }), run: run({}) } }), { fit: [REASON] });
});

Deno.test("explain: with another recipe in the last run, and that artifact gone, it says so", () => {
  assertEquals(causes([planned()], { fit: { run: run({ key: key("1") }) } }), {
    fit: ['its recipe is not that of run "exp_1", whose artifact is gone'],
  });
});

Deno.test("explain: a stage that failed in the last run says so", () => {
  const failed = run({ verdict: "failed", artifacts: {} });
  assertEquals(causes([planned()], { fit: { run: failed } }).fit, [
    'it failed in run "exp_1"',
    "nothing earlier is known of it",
  ]);
  const nearest = found({ params: { k: 1 } });
  assertEquals(causes([planned()], { fit: { run: failed, nearest } }).fit, [
    'it failed in run "exp_1"',
    'parameter "k" is gone, was 1',
  ]);
});

Deno.test("explain: what is overwritten says so, unless it would run in any case", () => {
  const forced = planned({ forced: true, reason: "overwritten" });
  assertEquals(causes([forced], { fit: { same: found({ params: {} }) } }), { fit: ["overwritten"] });
  const nearest = found({ params: { k: 1 } });
  assertEquals(causes([forced], { fit: { nearest } }), { fit: ['parameter "k" is gone, was 1'] });
  const stages = pipeline({}, { forced: true, verdict: "execute", reason: "overwritten" });
  const of = { fit: { nearest: found({ params: {}, inputs: rows("load then") }) } };
  assertEquals(causes(stages, of).fit![0], "overwritten");
});

Deno.test("explain: what nothing caches has the plan's reason", () => {
  const stage = planned({ artifacts: {}, reason: 'stage "score" needs its output "model"' });
  assertEquals(causes([stage], {}), { fit: ['stage "score" needs its output "model"'] });
});

Deno.test("explain: a difference that metadata does not tell is said to be one", () => {
  assertEquals(causes([planned()], { fit: { nearest: found({ params: {} }) } }).fit, [
    `its key differs in something that metadata does not tell: ${REASON}`,
  ]);
});

Deno.test("explain: hits, and what is there under another recipe, run by another record, or not needed", () => {
  const hit = planned({ verdict: "reuse", reason: "in the cache" });
  const shared = planned({ verdict: "reuse", reason: "shared with record", key: "s", stage: "split" });
  const stages = [
    hit,
    shared,
    { ...shared, record: "b", verdict: "execute" as const, stage: "split again" },
    planned({ verdict: "reuse", reason: "under another recipe", key: "l", stage: "linked" }),
    planned({ verdict: "skipped", reason: "not needed", key: "n", stage: "unneeded" }),
  ];
  const explained = explain(stages, past({ fit: { same: found({ params: {} }) } }));
  assertEquals(explained.map(({ stage, isHit, causes }) => [stage, isHit, causes]), [
    ["fit", true, []],
    ["split", false, ["shared with record"]],
    ["split again", false, ["nothing earlier is known of it"]],
    ["linked", true, ["under another recipe"]],
    ["unneeded", false, ["not needed"]],
  ]);
});

Deno.test("explain: a pending stage tells what it waits for, and why that runs", () => {
  const earlier = { fit: { nearest: found({ params: {}, inputs: rows("load then", "1") }) } };
  const load = { nearest: found({ params: { path: "a" } }) };
  const stages = pipeline({ recipe: { params: { path: "b" } } }, {});
  const because = ['parameter "path" was "a", is "b"'];
  const explained = explain(stages, past({ ...earlier, load }));
  assertEquals(explained[1]!.upstream, [
    { record: null, input: "rows", stage: "load", runs: "load", because },
  ]);
  assertEquals(explained[1]!.causes, [`input "rows": stage "load" runs, because ${because[0]}`]);
  assertEquals(causes(pipeline({}, {}), { ...earlier, load: { run: run({ key: "load now" }) } }).fit, [
    `input "rows": stage "load" runs, because its artifact is gone: ${REASON}`,
  ]);
  const overwritten = pipeline({ forced: true, reason: "overwritten" }, {});
  const same = {
    fit: { same: found({ params: {}, inputs: rows("load now", "1") }) },
    load: { same: found({}) },
  };
  assertEquals(causes(overwritten, same).fit, ['input "rows": stage "load" runs, because overwritten']);
});

Deno.test("explain: what differs in the stage itself comes before what it waits for", () => {
  const stages = pipeline({ recipe: { params: { path: "b" } } }, {
    recipe: { params: { k: 2 }, inputs: rows("load now") },
  });
  const of = {
    load: { nearest: found({ params: { path: "a" } }) },
    fit: { nearest: found({ params: { k: 1 }, inputs: rows("load then", "1") }) },
  };
  assertEquals(causes(stages, of).fit, [
    'parameter "k" was 1, is 2',
    'input "rows": stage "load" runs, because parameter "path" was "a", is "b"',
  ]);
});

Deno.test("explain: a chain is told from its beginning", () => {
  const stages = [
    ...pipeline({ recipe: { params: { path: "b" } } }, { key: "fit now" }),
    planned({
      ...PENDING,
      stage: "score",
      key: "score now",
      recipe: { inputs: { model: { stage: "fit", output: "model", recipeKey: "fit now" } } },
    }),
  ];
  const of = {
    load: { nearest: found({ params: { path: "a" } }) },
    fit: { nearest: found({ params: {}, inputs: rows("load then", "1") }) },
    score: {
      nearest: found({ inputs: { model: { stage: "fit", output: "model", recipeKey: "fit then" } } }),
    },
  };
  const expected = [
    'input "model": stage "fit" waits for stage "load", which runs, because parameter "path" was "a", is "b"',
  ];
  assertEquals(causes(stages, of).score, expected);
  const told = (fit: Earlier) => causes(certain, { ...of, fit }).score![0];
  const certain = stages.map((stage) => ({ ...stage, verdict: "execute" as const }));
  assertEquals(
    told({ nearest: found({ params: { k: 1 }, inputs: rows("load then", "1") }) }),
    'input "model": stage "fit" runs, because parameter "k" is gone, was 1 and ' +
      'input "rows" from stage "load" has another recipe',
  );
  // One that is certain to run, and does so for nothing but its input, is seen through too.
  assertEquals(causes(certain, of).score, expected);
  assertEquals(
    causes([{ ...certain[1]!, recipe: {} }, certain[2]!], { ...of, fit: { nearest: found({}) } }).score![0],
    'input "model": stage "fit" runs, because its key differs in something that metadata does not tell: ' +
      PENDING.reason,
  );
});

Deno.test("explain: an input that is there and differs tells what made it differ", () => {
  const stages = pipeline({ verdict: "reuse", recipe: { params: { path: "b" } } }, {
    verdict: "execute",
    recipe: { params: {}, inputs: rows("load now", "2") },
  });
  const of = { fit: { nearest: found({ params: {}, inputs: rows("load then", "1") }) } };
  assertEquals(causes(stages, of, { "load then": found({ params: { path: "a" } }) }).fit, [
    'input "rows" from stage "load" came out different, as parameter "path" was "a", is "b"',
  ]);
  assertEquals(causes(stages, of).fit, ['input "rows" from stage "load" came out different']);
});

Deno.test("explain: what waits for no input says what it waits for", () => {
  const reason = 'decided when stage "fit" in record "b" is done, which computes the same';
  const twin = planned({ verdict: "pending", reason, recipe: { params: { k: 2 } } });
  assertEquals(causes([twin], { fit: { nearest: found({ params: { k: 1 } }) } }).fit, [
    reason,
    'parameter "k" was 1, is 2',
  ]);
});

Deno.test("explain: an aggregate tells of its records", () => {
  const state = (record: string, recipeKey: string, digest?: string) => ({
    record,
    params: {},
    inputs: rows(recipeKey, digest),
  });
  const [load] = pipeline({ recipe: { params: { path: "b" } } }, {});
  const compare = planned({
    record: null,
    stage: "compare",
    ...PENDING,
    recipe: { states: [state("a", "load now"), state("b", "load now"), state("c", "kept", "1")] },
  });
  const of = {
    load: { nearest: found({ params: { path: "a" } }) },
    compare: {
      nearest: found({ states: [state("a", "then", "1"), state("b", "then", "1"), state("d", "x", "2")] }),
    },
  };
  assertEquals(causes([load!, compare], of).compare, [
    'record "c" is new',
    'record "d" is gone',
    'input "rows" of 2 records: stage "load" runs, because parameter "path" was "a", is "b"',
  ]);
});

/** What is told of each stage of a real plan: `procedure/record/stage: verdict, causes`. */
async function told(exp: Experiment, dir: string): Promise<readonly string[]> {
  const { workspace, details } = await planDetails(exp, { dir });
  return explain(details, earlierArtifacts(workspace)).map(({ procedure, record, stage, verdict, causes }) =>
    `${procedure === null ? "" : `${procedure}/`}${record}/${stage}: ${[verdict, ...causes].join(", ")}`
  );
}

function make(k: number, spec: LooseStage & Record<string, unknown> = {}) {
  return stage("make", { version: "1", params: [], ...spec }, () => ({ make: k }));
}

function half(spec: LooseStage & Record<string, unknown> = {}) {
  return stage("half", { version: "1", inputs: ["make"], ...spec }, ({ make }) => ({ half: make / 2 }));
}

testIn("explain a real plan: what is there under another recipe is a hit that says so", async (dir) => {
  const exp = (version: string) =>
    experiment({ params: [{ name: "a" }], stages: [make(2, { version }), half()] });
  await runExperiment(exp("1"), { dir });
  const changed = 'its version was "1", is "2"';
  assertEquals(await told(exp("2"), dir), [
    `a/make: execute, ${changed}`,
    `a/half: pending, input "make": stage "make" runs, because ${changed}`,
  ]);
  // Make runs and comes out the same; half is known to be the same before its turn comes.
  await runExperiment(exp("2"), { dir, until: "make" });
  assertEquals(await told(exp("2"), dir), [
    "a/make: reuse",
    "a/half: reuse, the same was computed before, under another recipe",
  ]);
});

testIn("explain a real plan: the records of a procedure are compared with its own", async (dir) => {
  const exp = (left: number, right: number) =>
    experiment({
      procedures: [
        { name: "left", stages: [make(1, { params: ["k"] })], params: [{ name: "a", k: left }] },
        { name: "right", stages: [make(1, { params: ["k"] })], params: [{ name: "a", k: right }] },
      ],
    });
  await runExperiment(exp(1, 2), { dir });
  assertEquals(await told(exp(3, 4), dir), [
    'left/a/make: execute, parameter "k" was 1, is 3',
    'right/a/make: execute, parameter "k" was 2, is 4',
  ]);
});

testIn("explain a real plan: what nothing caches, and what is at a path of its own", async (dir) => {
  const path = join(dir, "own.json");
  const exp = (version: string, makes = "1") =>
    experiment({
      params: [{ name: "a" }],
      stages: [
        make(2, { version: makes, outputs: { make: transient() } }),
        half({ version, outputs: { half: atPath(jsonCacher(), path) } }),
      ],
    });
  await runExperiment(exp("1"), { dir });
  assertEquals(await told(exp("1"), dir), ["a/make: skipped, not needed", "a/half: reuse"]);
  assertEquals(await told(exp("2"), dir), [
    "a/make: execute, it caches nothing",
    'a/half: execute, its version was "1", is "2"',
  ]);
  const [changed, after] = await told(exp("1", "2"), dir);
  assertMatch(changed!, /^a\/make: execute, it caches nothing, its recipe is not that of run "exp_1_\S+"$/);
  assertEquals(after, 'a/half: execute, input "make" from stage "make" has another recipe');
});

testIn("explain a real plan: an artifact that is too old", async (dir) => {
  const exp = experiment({ params: [{ name: "a" }], stages: [make(2, { maxAge: 0 }), half()] });
  await runExperiment(exp, { dir });
  const [age, pending] = await told(exp, dir);
  assertMatch(age!, /^a\/make: execute, .+$/);
  assertEquals(
    pending,
    `a/half: pending, input "make": stage "make" runs, because ${age!.split("execute, ")[1]}`,
  );
});
