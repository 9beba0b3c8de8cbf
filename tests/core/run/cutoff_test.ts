/** Early cutoff: what has the same content key is not computed twice, whatever recipe led to it. */
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { csvCacher } from "../../../cachers/csv_cacher.ts";
import { fileReferenceCacher } from "../../../cachers/file_reference_cacher.ts";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { textCacher } from "../../../cachers/text_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import { lazy, type Outputs, transient } from "../../../core/define/output.ts";
import type { Artifact } from "../../../core/define/cacher.ts";
import { planExperiment } from "../../../core/run/plan_experiment.ts";
import { createRecord, runStages, valueOf } from "../../../core/run/record.ts";
import type { RunResult } from "../../../core/run/results.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { readMetadata } from "../../../core/store/inline.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import {
  aggregate,
  artifactPath,
  artifactsBelow,
  collect,
  experiment,
  filesBelow,
  type Loose,
  removeArtifacts,
  stage,
  testIn,
  verdictsOf,
} from "./helpers.ts";

/** How often each stage was really run. */
type Calls = Record<string, number>;

/** `load`, `clean` and `fit`, each of a version, and what the first two give. */
function chain(
  { version = "1", rows = [1, 2], clean = (given: unknown) => given, outputs }: {
    readonly version?: string;
    readonly rows?: unknown;
    readonly clean?: (rows: unknown) => unknown;
    readonly outputs?: Outputs;
  } = {},
) {
  const calls: Calls = { load: 0, clean: 0, fit: 0 };
  const counted = (name: string, value: unknown) => {
    calls[name]!++;
    return value;
  };
  const stages = [
    stage("load", { version }, () => ({ load: counted("load", rows) })),
    stage(
      "clean",
      { version: "1", inputs: ["load"], outputs: outputs ?? { clean: jsonCacher() } },
      ({ load }) => ({ clean: counted("clean", clean(load)) }),
    ),
    stage("fit", { version: "1", inputs: ["clean"] }, ({ clean }) => ({ fit: counted("fit", clean) })),
  ];
  return { stages, calls, exp: experiment({ stages }) };
}

const executed = (result: RunResult) =>
  Object.entries(verdictsOf(result.records[0]!)).flatMap(([stage, verdict]) =>
    verdict === "executed" ? [stage] : []
  );

testIn(
  "a producer runs again and comes out the same: what follows is linked, and its metadata says from which",
  async (dir) => {
    const first = await runExperiment(chain().exp, { dir });
    const second = chain({ version: "2" });
    const again = await runExperiment(second.exp, { dir });
    assertEquals([executed(again), second.calls], [["load"], { load: 1, clean: 0, fit: 0 }]);
    assertEquals(await valueOf(again.records[0]!, "fit"), [1, 2]);
    const [before, after] = [first, again].map((result) => result.records[0]!.stages[2]!);
    assertNotEquals(before!.key, after!.key);
    const [old, linked] = await Promise.all(
      [before!, after!].map(({ artifacts }) => readMetadata(artifacts.fit!)),
    );
    assertEquals(linked!.linked, { recipeKey: before!.key, record: "default", experiment: "exp" });
    assertEquals([linked!.recipeKey, linked!.contentKey, linked!.execution, linked!.times, linked!.run], [
      after!.key,
      old!.contentKey,
      old!.execution,
      old!.times,
      old!.run,
    ]);
    assertEquals(Object.keys(linked!.ancestors).length, 2);
    assertEquals(Deno.statSync(before!.artifacts.fit!).ino, Deno.statSync(after!.artifacts.fit!).ino);
    // Either way nothing is left to do, and neither need be linked again.
    for (const each of [chain(), second]) assertEquals((await runExperiment(each.exp, { dir })).executed, 0);
  },
);

testIn("a producer runs again and comes out different: what follows runs", async (dir) => {
  await runExperiment(chain().exp, { dir });
  const second = chain({ version: "2", rows: [3] });
  assertEquals(executed(await runExperiment(second.exp, { dir })), ["load", "clean", "fit"]);
});

testIn("the cutoff comes where a value comes out the same, not just after the edit", async (dir) => {
  const sorted = (rows: unknown) => [...rows as number[]].sort();
  await runExperiment(chain({ rows: [1, 2], clean: sorted }).exp, { dir });
  const second = chain({ version: "2", rows: [2, 1], clean: sorted });
  assertEquals(executed(await runExperiment(second.exp, { dir })), ["load", "clean"]);
});

testIn("an edit that is taken back finds what was there before it", async (dir) => {
  await runExperiment(chain().exp, { dir });
  await runExperiment(chain({ version: "2", rows: [9] }).exp, { dir });
  const { exp, calls } = chain({ version: "3" }); // another recipe, and the first content
  assertEquals(executed(await runExperiment(exp, { dir })), ["load"]);
  assertEquals(calls, { load: 1, clean: 0, fit: 0 });
});

testIn(
  "the plan: what depends on a stage that runs is pending, and what can be linked already is reused",
  async (dir) => {
    await runExperiment(chain().exp, { dir });
    const { exp } = chain({ version: "2" });
    const plan = await planExperiment(exp, { dir });
    assertEquals(plan.records[0]!.stages.map(({ verdict }) => verdict), ["execute", "pending", "pending"]);
    assertEquals([plan.atLeast, plan.atMost], [1, 3]);
    await runExperiment(exp, { dir, until: "load" });
    const before = filesBelow(dir);
    const next = await planExperiment(exp, { dir });
    assertEquals(next.records[0]!.stages.map(({ verdict }) => verdict), ["reuse", "reuse", "reuse"]);
    assertEquals([next.atLeast, next.atMost], [0, 0]);
    assertEquals(filesBelow(dir), before, "a plan writes nothing");
    const { executed, reused } = await runExperiment(exp, { dir });
    assertEquals([executed, reused], [0, 3]);
  },
);

for (const [name, inBetween] of Object.entries({ transient: transient(), lazy: lazy(jsonCacher()) })) {
  testIn(
    `through an output that is ${name}: its stage does not run for a value that nobody needs`,
    async (dir) => {
      const outputs = { clean: inBetween };
      await runExperiment(chain({ outputs }).exp, { dir });
      const same = chain({ outputs, version: "2" });
      await runExperiment(same.exp, { dir });
      assertEquals(same.calls, { load: 1, clean: 0, fit: 0 });
      const different = chain({ outputs, version: "3", rows: [3] });
      await runExperiment(different.exp, { dir });
      assertEquals(different.calls, { load: 1, clean: 1, fit: 1 });
    },
  );
}

for (const concurrency of [1, 4]) {
  testIn(
    `equal content reached by two recipes in one run is computed once (concurrency ${concurrency})`,
    async (dir) => {
      const calls: Calls = { fit: 0, shown: 0 };
      const load = stage(
        "load",
        { params: ["k"] },
        ({ params }: Loose) => ({ load: params.k < 3 ? "same" : "other" }),
      );
      const fit = stage("fit", { inputs: ["load"], params: [] }, async ({ load }) => {
        calls.fit!++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        return { fit: load };
      });
      const show = stage(
        "show",
        { inputs: ["fit"], params: [], outputs: { shown: transient() } },
        ({ fit }) => {
          calls.shown!++;
          return { shown: `shown ${fit}` };
        },
      );
      const all = aggregate("all", { inputs: ["shown"] }, (states) => ({
        all: states.map(({ shown }) => shown),
      }));
      const exp = experiment({
        params: [{ k: 1 }, { k: 2 }, { k: 3 }],
        stages: [load, fit, show],
        aggregates: [all],
      });
      const { onEvent, warnings } = collect();
      const result = await runExperiment(exp, { dir, concurrency, onEvent });
      assertEquals([calls, result.failed, warnings], [{ fit: 2, shown: 2 }, 0, []]);
      assertEquals(await valueOf(result.aggregates[0]!, "all"), ["shown same", "shown same", "shown other"]);
      assertEquals(
        result.records.map((record) => verdictsOf(record).fit).sort(), // whoever came first
        ["executed", "executed", "reused"],
      );
      assertEquals((await runExperiment(exp, { dir })).executed, 0);
    },
  );
}

testIn(
  "overwriting one in the middle: what follows runs only where its inputs come out different",
  async (dir) => {
    let noise = 0;
    const noisy = { clean: () => noise };
    await runExperiment(chain(noisy).exp, { dir });
    const same = chain(noisy);
    assertEquals(executed(await runExperiment(same.exp, { dir, overwriteStages: ["clean"] })), ["clean"]);
    noise = 1;
    assertEquals(executed(await runExperiment(chain(noisy).exp, { dir, overwriteStages: ["clean"] })), [
      "clean",
      "fit",
    ]);
    noise = 0; // what it was at first: its artifact is gone, that of `fit` was replaced
    assertEquals(executed(await runExperiment(chain(noisy).exp, { dir, overwriteStages: ["clean"] })), [
      "clean",
      "fit",
    ]);
  },
);

testIn("two that are overwritten and compute the same run once", async (dir) => {
  let calls = 0;
  const load = stage("load", { params: ["k"] }, () => ({ load: 1 }));
  const fit = stage("fit", { inputs: ["load"], params: [] }, () => ({ fit: ++calls }));
  const exp = experiment({ params: [{ k: 1 }, { k: 2 }], stages: [load, fit] });
  await runExperiment(exp, { dir });
  const plan = await planExperiment(exp, { dir, overwrite: true });
  assertEquals([plan.execute, plan.atLeast, plan.atMost], [4, 3, 4]);
  const { records } = await runExperiment(exp, { dir, overwriteStages: ["fit"] });
  assertEquals(await Promise.all(records.map((record) => valueOf(record, "fit"))), [2, 2]);
  assertEquals(calls, 2);
});

for (const damage of ["deleted", "cut short", "changed"]) {
  testIn(
    `one in the middle that was ${damage}: nothing that follows runs, for it comes out the same`,
    async (dir) => {
      const options = { dir, onEvent: () => {} };
      await runExperiment(chain().exp, options);
      const spoil = () => {
        const path = artifactPath(dir, "_clean_clean");
        if (damage === "deleted") removeArtifacts(dir, "_clean_clean");
        else Deno.writeTextFileSync(path, damage === "changed" ? "[7, 7]" : "[");
      };
      spoil();
      assertEquals(
        executed(await runExperiment(chain().exp, options)),
        [],
        "final artifacts alone are enough",
      );
      if (damage === "deleted") await runExperiment(chain().exp, { ...options, until: "clean" });
      else spoil();
      const other = chain({ version: "2" });
      assertEquals(
        executed(await runExperiment(other.exp, options)),
        damage === "deleted" ? ["load"] : ["load", "clean"],
      );
      assertEquals(other.calls.fit, 0);
    },
  );
}

testIn('a CSV of 1 and one of "1" have the same bytes, and are not the same', async (dir) => {
  const outputs = { clean: csvCacher() };
  const rows = (value: unknown) => chain({ outputs, version: String(typeof value), rows: [{ a: value }] });
  await runExperiment(rows(1).exp, { dir });
  const text = rows("1");
  const { records } = await runExperiment(text.exp, { dir });
  assertEquals(text.calls, { load: 1, clean: 1, fit: 1 });
  assertEquals(await valueOf(records[0]!, "fit"), [{ a: "1" }]);
});

testIn("a reference whose file changed is another content", async (dir) => {
  const path = join(dir, "raw.txt");
  const run = async (text: string, version: string) => {
    const calls: Calls = { use: 0 };
    const point = stage("point", { version, outputs: { at: fileReferenceCacher<string>() } }, () => {
      Deno.writeTextFileSync(path, text);
      return { at: path };
    });
    const use = stage("use", { inputs: ["at"] }, ({ at }) => {
      calls.use!++;
      return { use: Deno.readTextFileSync(at) };
    });
    const { records } = await runExperiment(experiment({ stages: [point, use] }), { dir });
    return [calls.use, await valueOf(records[0]!, "use")];
  };
  assertEquals(await run("one", "1"), [1, "one"]);
  assertEquals(await run("one", "2"), [0, "one"]);
  assertEquals(await run("two", "3"), [1, "two"]);
  Deno.writeTextFileSync(path, "by hand");
  assertEquals(await run("two", "3"), [0, "two"], "made again, and come out as before");
});

testIn("what a stage wrote by itself is linked along, and its references lead to it", async (dir) => {
  let calls = 0;
  const make = (version: string) => {
    const load = stage("load", { version }, () => ({ load: 1 }));
    const plot = stage(
      "plot",
      { inputs: ["load"], outputs: { files: fileReferenceCacher<string[]>() } },
      (_, context) => {
        calls++;
        Deno.writeTextFileSync(context.path("a.txt"), "a");
        Deno.writeTextFileSync(context.path("deep/b.txt"), "b");
        return { files: [context.path("a.txt"), context.path("deep/b.txt")] };
      },
    );
    return experiment({ stages: [load, plot] });
  };
  const first = await runExperiment(make("1"), { dir });
  const { records } = await runExperiment(make("2"), { dir });
  assertEquals(calls, 1);
  const key = records[0]!.stages[1]!.key.slice(0, 16);
  removeArtifacts(dir, first.records[0]!.stages[1]!.key.slice(0, 16));
  const files = await valueOf(records[0]!, "files") as string[];
  assertEquals(files.map((path) => [path.includes(key), Deno.readTextFileSync(path)]), [[true, "a"], [
    true,
    "b",
  ]]);
});

testIn("a value that names its stage's files by where they lie is not linked", async (dir) => {
  const make = (version: string) => {
    const load = stage("load", { version }, () => ({ load: 1 }));
    const plot = stage("plot", { inputs: ["load"] }, (_, context) => {
      Deno.writeTextFileSync(context.path("a.txt"), "a");
      return { plot: context.path("a.txt") };
    });
    return experiment({ stages: [load, plot] });
  };
  const { records: [old] } = await runExperiment(make("1"), { dir });
  const { records } = await runExperiment(make("2"), { dir });
  removeArtifacts(dir, old!.stages[1]!.key.slice(0, 16));
  assertEquals(Deno.readTextFileSync(await valueOf(records[0]!, "plot") as string), "a");
});

testIn(
  "an output that moves to a subfolder is linked; one of another kind or extension is made",
  async (dir) => {
    const run = async (output: Outputs[string]) => {
      const { exp, calls } = chain({ outputs: { clean: output }, rows: "text" });
      await runExperiment(exp, { dir });
      return calls.clean;
    };
    assertEquals(await run(textCacher()), 1);
    assertEquals(await run(withSubdir(textCacher(), "texts")), 0);
    assertEquals(await run(lazy(withSubdir(textCacher(), "texts/more"))), 0);
    assertEquals(await run({ ...textCacher(), extension: ".md" }), 1);
    assertEquals(await run(jsonCacher()), 1);
  },
);

testIn("at a path of the user's own it is copied: an edit there reaches nothing else", async (dir) => {
  const path = join(dir, "out", "{key}.json");
  const outputs = { clean: atPath(jsonCacher(), path) };
  const first = await runExperiment(chain({ outputs }).exp, { dir });
  const second = chain({ outputs, version: "2" });
  const { records } = await runExperiment(second.exp, { dir });
  assertEquals(second.calls, { load: 1, clean: 0, fit: 0 });
  const [one, other] = [first.records[0]!, records[0]!].map(({ stages }) => stages[1]!.artifacts.clean!);
  assertNotEquals(one, other);
  Deno.writeTextFileSync(other!, "[0]");
  assertEquals(JSON.parse(Deno.readTextFileSync(one!)), [1, 2]);
});

testIn("at one path for all recipes the file stays, and its metadata says the new one", async (dir) => {
  const path = join(dir, "out.json");
  const outputs = { clean: atPath(jsonCacher(), path) };
  await runExperiment(chain({ outputs }).exp, { dir });
  const second = chain({ outputs, version: "2" });
  const { records } = await runExperiment(second.exp, { dir });
  assertEquals(second.calls, { load: 1, clean: 0, fit: 0 });
  assertEquals((await readMetadata(path)).recipeKey, records[0]!.stages[1]!.key);
  assertEquals((await runExperiment(second.exp, { dir })).executed, 0);
  Deno.writeTextFileSync(path, "mine");
  await assertRejects(
    () => runExperiment(chain({ outputs, version: "3" }).exp, { dir }),
    Error,
    "not written by Cairn",
  );
  assertEquals(Deno.readTextFileSync(path), "mine");
});

testIn("an index that is gone is made again from the metadata", async (dir) => {
  await runExperiment(chain().exp, { dir });
  Deno.removeSync(join(dir, "cache", ".cairn"), { recursive: true });
  const { exp, calls } = chain({ version: "2" });
  await runExperiment(exp, { dir });
  assertEquals(calls, { load: 1, clean: 0, fit: 0 });
});

testIn("a dry run finds what was computed before, and writes nothing", async (dir) => {
  await runExperiment(chain().exp, { dir });
  const before = filesBelow(dir);
  const { exp, calls } = chain({ version: "2" });
  const { records } = await runExperiment(exp, { dir, dry: true });
  assertEquals(calls, { load: 1, clean: 0, fit: 0 });
  assertEquals(await valueOf(records[0]!, "fit"), [1, 2]);
  assertEquals(filesBelow(dir), before);
});

testIn("what was linked is whole in a full store, and runs from there", async (dir) => {
  await runExperiment(chain().exp, { dir });
  const { exp } = chain({ version: "2" });
  const { reference } = await runExperiment(exp, { dir, storeFull: true });
  const cache = join(dir, "runs", reference!, "artifacts");
  assertEquals((await runExperiment(exp, { dir, cache, dryCache: true })).executed, 0);
  assertEquals(Object.keys(artifactsBelow(cache)).length, 3);
});

testIn("in a script as well", async (dir) => {
  const values = [];
  for (const version of ["1", "2"]) {
    const { stages, calls } = chain({ version });
    const workspace = openWorkspace({ dir, experiment: "exp" });
    const record = await runStages(createRecord(workspace), stages);
    values.push([calls.load, calls.fit, await valueOf(record, "fit")]);
  }
  assertEquals(values, [[1, 1, [1, 2]], [1, 0, [1, 2]]]);
});

testIn("outputs of two executions never mix: where one is gone both are made again", async (dir) => {
  let calls = 0;
  const pair = stage(
    "pair",
    { outputs: { one: jsonCacher(), other: jsonCacher() } },
    () => ({ one: ++calls, other: calls }),
  );
  const both = stage("both", { inputs: ["one", "other"] }, ({ one, other }) => ({ both: [one, other] }));
  const exp = experiment({ stages: [pair, both] });
  await runExperiment(exp, { dir });
  removeArtifacts(dir, "_pair_one");
  removeArtifacts(dir, "_both_");
  const { records } = await runExperiment(exp, { dir });
  assertEquals(await valueOf(records[0]!, "both"), [2, 2]);
});

testIn(
  "an artifact whose bytes were changed is no twin, nor what came of an execution that is gone in part",
  async (dir) => {
    const outputs = { clean: jsonCacher(), more: jsonCacher() };
    const make = (version: string) => {
      const calls = { clean: 0 };
      const load = stage("load", { version }, () => ({ load: [1] }));
      const clean = stage("clean", { inputs: ["load"], outputs }, ({ load }) => {
        calls.clean++;
        return { clean: load, more: load };
      });
      return { exp: experiment({ stages: [load, clean] }), calls };
    };
    const { records } = await runExperiment(make("1").exp, { dir });
    const main = records[0]!.stages[1]!.artifacts.clean!;
    const first = [main, main.replace(".json", "_metadata.json")].map((path) => {
      const { mtime } = Deno.statSync(path);
      return { path, mtime: mtime!, bytes: Deno.readFileSync(path) };
    });
    await runExperiment(make("1").exp, { dir, overwriteStages: ["clean"] });
    for (const { path, mtime, bytes } of first) { // that of the first execution, beside the other's of the second
      Deno.writeFileSync(path, bytes);
      Deno.utimeSync(path, mtime, mtime);
    }
    const second = make("2");
    const { warnings, onEvent } = collect();
    await runExperiment(second.exp, { dir, onEvent });
    assertEquals([second.calls, warnings], [{ clean: 1 }, []]);
    assert(Object.keys(artifactsBelow(join(dir, "cache"))).length >= 4);
  },
);

testIn("a stage that runs after all makes those run that were made from what it made before", async (dir) => {
  let draw = 0;
  const make = stage("make", { params: ["k"] }, () => ({ make: ++draw }));
  const fit = stage("fit", { inputs: ["make"], params: [] }, ({ make }) => ({ fit: make }));
  const all = aggregate("all", { inputs: ["make"] }, (states) => ({ all: states.map(({ make }) => make) }));
  const exp = experiment({ params: [{ k: 0 }, { k: 1 }], stages: [make, fit], aggregates: [all] });
  const { records: [, second] } = await runExperiment(exp, { dir });
  removeArtifacts(dir, "_make_");
  removeArtifacts(dir, second!.stages[1]!.key.slice(0, 16));
  const { records, aggregates } = await runExperiment(exp, { dir, onEvent: () => {} });
  const fits = await Promise.all(records.map((record) => valueOf(record, "fit")));
  assertEquals(fits, await valueOf(aggregates[0]!, "all"));
  assertEquals((await runExperiment(exp, { dir })).executed, 0);
});

testIn("what was made from another execution than the one that is linked is made again", async (dir) => {
  let draw = 0;
  const exp = (version: string) => {
    const load = stage("load", { version }, () => ({ load: 1 }));
    const make = stage("make", { version: "1", inputs: ["load"] }, () => ({ make: ++draw }));
    const one = stage("one", { version: "1", inputs: ["make"] }, ({ make }) => ({ one: make }));
    const other = stage("other", { version: "1", inputs: ["make"] }, ({ make }) => ({ other: make }));
    return experiment({ stages: [load, make, one, other] });
  };
  await runExperiment(exp("1"), { dir });
  await runExperiment(exp("2"), { dir });
  const { records: [record] } = await runExperiment(exp("2"), { dir, overwriteStages: ["make"] });
  for (const at of [1, 3]) removeArtifacts(dir, record!.stages[at]!.key.slice(0, 16));
  const { records } = await runExperiment(exp("2"), { dir, onEvent: () => {} });
  assertEquals(await valueOf(records[0]!, "one"), await valueOf(records[0]!, "other"));
  assertEquals((await runExperiment(exp("2"), { dir })).executed, 0);
});

testIn(
  "outputs in memory beside cached ones: each stage runs once, and their values can be asked for",
  async (dir) => {
    const ran: string[] = [];
    const exp = (version: string) => {
      const a = stage("a", { version: "1", outputs: { t: transient(), c: jsonCacher() } }, () => {
        ran.push("a");
        return { t: 1, c: 1 };
      });
      const b = stage(
        "b",
        { version: "1", inputs: ["t"], outputs: { u: transient(), d: jsonCacher() } },
        ({ t }) => {
          ran.push("b");
          return { u: t + 1, d: 1 };
        },
      );
      const c = stage("last", { version, inputs: ["u"] }, ({ u }) => {
        ran.push("c");
        return { last: u };
      });
      return { two: experiment({ stages: [a, b] }), three: experiment({ name: "three", stages: [a, b, c] }) };
    };
    await runExperiment(exp("1").two, { dir });
    const { records } = await runExperiment(exp("1").two, { dir });
    assertEquals(await valueOf(records[0]!, "u"), 2);
    await runExperiment(exp("1").three, { dir });
    ran.length = 0;
    const { onEvent, warnings } = collect();
    await runExperiment(exp("2").three, { dir, onEvent });
    assertEquals([ran, warnings], [["a", "b", "c"], []]);
  },
);

testIn(
  "a failure leaves alone what another stage has in staging under a name that begins alike",
  async (dir) => {
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const slow = {
      ...jsonCacher(),
      save: async (value: unknown, artifact: Artifact) => {
        await wait(30);
        await jsonCacher().save(value, artifact);
      },
    };
    const at = (name: string) => atPath(jsonCacher(), join(dir, "out", name));
    const bad = stage("bad", { outputs: { bad: at("model.json") } }, async () => {
      await wait(10);
      throw new Error("broken");
    });
    const good = stage(
      "good",
      { outputs: { good: at("model2.json"), more: slow } },
      () => ({ good: 1, more: 2 }),
    );
    const exp = experiment({ stages: [bad, good] });
    const result = await runExperiment(exp, { dir, keepGoing: true, onEvent: () => {} });
    assertEquals(verdictsOf(result.records[0]!), { bad: "failed", good: "executed" });
  },
);
