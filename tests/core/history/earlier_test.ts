import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { type Earlier, earlierArtifacts, isGone } from "../../../core/history/earlier.ts";
import type { ArtifactMetadata } from "../../../core/define/metadata.ts";
import type { PlanDetail } from "../../../core/run/plan_experiment.ts";
import { testIn } from "../run/helpers.ts";
import { cached, key, planned, writeMetadata } from "./helpers.ts";

/** A run with one stage; its artifacts are those of the cache unless it says otherwise. */
interface Run {
  readonly procedure?: string;
  readonly record?: string | null;
  readonly stage?: string;
  readonly key: string;
  readonly verdict?: string;
  readonly artifacts?: Record<string, string>;
}

function writeRuns(dir: string, runs: readonly Run[]): void {
  for (const [i, { procedure, record = "a", ...rest }] of runs.entries()) {
    const reference = `exp_${i + 1}_2026-01-31T120000Z`;
    const stage = { stage: "fit", verdict: "executed", artifacts: { model: "gone.json" }, ...rest };
    const told = record === null
      ? { aggregates: [stage] }
      : { records: [{ ...procedure === undefined ? {} : { procedure }, name: record, stages: [stage] }] };
    Deno.mkdirSync(join(dir, "runs", reference), { recursive: true });
    const path = join(dir, "runs", reference, "run.json");
    Deno.writeTextFileSync(path, JSON.stringify({ experiment: "exp", reference, status: "done", ...told }));
  }
}

/** An artifact in the cache under a key, made at some hour. */
function write(dir: string, digits: string, hour: number, fields: Partial<ArtifactMetadata> = {}): void {
  const finished = `2026-01-01T${String(hour).padStart(2, "0")}:00:00.000Z`;
  const times = { started: finished, finished, milliseconds: 0 };
  writeMetadata(cached(join(dir, "cache"), key(digits)), { recipeKey: key(digits), times, ...fields });
}

function look(dir: string, fields: Partial<PlanDetail> = {}): Earlier {
  const workspace = { dir, cache: join(dir, "cache"), experiment: "exp", prefix: "exp" };
  return earlierArtifacts(workspace).of(planned(fields));
}

/** The first digits of the key of what was found. */
function digits({ same, nearest }: Earlier): string | undefined {
  return (same ?? nearest)?.metadata.recipeKey?.replace(/0+$/, "");
}

testIn("nothing there: nothing known", (dir) => {
  assertEquals(look(dir), {});
});

testIn("what lies under the very key is the same, whatever else there is", (dir) => {
  write(dir, "f", 1, { record: "b" });
  write(dir, "1", 2);
  writeRuns(dir, [{ key: key("1") }]);
  const earlier = look(dir);
  assertEquals([digits(earlier), earlier.nearest], ["f", undefined]);
  assertEquals(earlier.same?.path, cached(join(dir, "cache"), key("f")).replace("_metadata", ""));
});

testIn("a key that only begins alike, or another stage's, is not the same", (dir) => {
  const wanted = `${"f".repeat(16)}${"1".repeat(48)}`;
  writeMetadata(cached(join(dir, "cache"), wanted), { recipeKey: `${"f".repeat(16)}${"2".repeat(48)}` });
  writeMetadata(cached(join(dir, "cache"), wanted, "fit_all_model"), { recipeKey: wanted, stage: "fit_all" });
  assertEquals(look(dir, { key: wanted }).same, undefined);
});

testIn("artifacts that a run came to under the very key and that are no longer there are gone", (dir) => {
  write(dir, "1", 1);
  writeRuns(dir, [{ key: key("f"), record: "b" }, { key: key("f"), verdict: "skipped", artifacts: {} }]);
  const earlier = look(dir);
  assertEquals([earlier.run?.reference, earlier.run?.record], ["exp_1_2026-01-31T120000Z", "b"]);
  assertEquals([isGone(planned(), earlier), earlier.nearest], [true, undefined]);
  assertEquals(isGone(planned(), {}), false);
});

testIn("a run in which the very recipe failed is told, beside the nearest", (dir) => {
  write(dir, "1", 1);
  writeRuns(dir, [{ key: key("f"), verdict: "failed", artifacts: {} }]);
  const earlier = look(dir);
  assertEquals([digits(earlier), earlier.run?.verdict, isGone(planned(), earlier)], ["1", "failed", false]);
});

testIn("that of the same record in the newest run that left one comes before what the cache holds", (dir) => {
  write(dir, "1", 1, { record: "x", recipe: { params: { k: 1, seed: 1 } } });
  write(dir, "2", 2, { record: "x", recipe: { params: { k: 1, seed: 1 } } });
  write(dir, "3", 3, { record: "a" });
  writeRuns(dir, [
    { key: key("2"), record: "a" },
    { key: key("1"), record: "a" },
    { key: key("3"), record: "b" },
    { key: key("4"), record: "a" },
  ]);
  assertEquals(digits(look(dir)), "1");
});

testIn("records of two procedures are two", (dir) => {
  write(dir, "1", 1, { record: "x" });
  write(dir, "2", 2, { record: "x" });
  writeRuns(dir, [{ key: key("1"), procedure: "left" }, { key: key("2"), procedure: "right" }]);
  assertEquals(digits(look(dir, { procedure: "left" })), "1");
  assertEquals(digits(look(dir, { procedure: "right" })), "2");
});

testIn("in the cache the record's own comes first, the newest of them", (dir) => {
  write(dir, "1", 1, { record: "a", recipe: { params: { k: 1, seed: 1 } } });
  write(dir, "2", 3, { record: "a", recipe: { params: { k: 1, seed: 2 } } });
  write(dir, "3", 2, { record: "a", recipe: { params: { k: 1, seed: 3 } } });
  write(dir, "4", 4, { record: "b", recipe: { params: { k: 5 } } });
  write(dir, "5", 5, { record: "a", experiment: "other", recipe: { params: { k: 1 } } });
  assertEquals(digits(look(dir, { recipe: { params: { k: 5 } } })), "2");
});

testIn("of others' the one that differs least, of several the newest", (dir) => {
  const recipe = (k: number, seed: number) => ({ recipe: { params: { k, seed } }, record: "x" });
  write(dir, "1", 1, recipe(1, 1));
  write(dir, "2", 2, recipe(2, 1));
  write(dir, "3", 3, recipe(2, 2));
  assertEquals(digits(look(dir, { recipe: { params: { k: 5, seed: 1 } } })), "2");
  assertEquals(digits(look(dir, { recipe: { params: { k: 1, seed: 5 } } })), "1");
  assertEquals(digits(look(dir, { recipe: { params: { k: 7, seed: 7 } } })), "3");
});

testIn("what an input was made by counts, and not what it came to", (dir) => {
  const inputs = (recipeKey: string, digest: string) => ({
    record: "x",
    recipe: { inputs: { rows: { stage: "load", output: "rows", recipeKey, digest } } },
  });
  write(dir, "1", 1, inputs("one", "same"));
  write(dir, "2", 2, inputs("two", "same"));
  assertEquals(digits(look(dir, { recipe: inputs("one", "other").recipe })), "1");
  assertEquals(digits(look(dir, { recipe: inputs("two", "other").recipe })), "2");
});

testIn("an aggregate's earlier artifact is an aggregate's", (dir) => {
  write(dir, "1", 1, { record: null });
  write(dir, "2", 2, { record: null });
  writeRuns(dir, [{ key: key("1"), record: null }]);
  assertEquals(digits(look(dir, { record: null })), "1");
  Deno.removeSync(join(dir, "runs"), { recursive: true });
  assertEquals(digits(look(dir, { record: null })), "2");
});

testIn(
  "another stage's, another experiment's, what was adopted and what is damaged are no candidates",
  (dir) => {
    const cache = join(dir, "cache");
    writeMetadata(cached(cache, key("1"), "fit_all_model"), { recipeKey: key("1"), stage: "fit_all" });
    writeMetadata(cached(cache, key("2"), "fit_model", "other"), {
      recipeKey: key("2"),
      experiment: "other",
    });
    write(dir, "3", 3, { recipe: null });
    Deno.writeTextFileSync(cached(cache, key("4")), "{}");
    assertEquals(look(dir), {});
    write(dir, "5", 5, { experiment: "other" }); // the experiment was renamed, and its prefix is as it was
    assertEquals(digits(look(dir)), "5");
  },
);

testIn("subdirs are looked into", (dir) => {
  writeMetadata(cached(join(dir, "cache", "models"), key("1")), { recipeKey: key("1") });
  assertEquals(digits(look(dir)), "1");
});

testIn("at a path of its own the artifact is found by that, as the run or the plan has it", (dir) => {
  const path = join(dir, "models", "model.json");
  writeMetadata(path.replace(".json", "_metadata.json"), { recipeKey: key("1"), record: "x" });
  assertEquals(digits(look(dir, { artifacts: { model: path } })), "1");
  assertEquals(digits(look(dir, { artifacts: { model: path }, key: key("1") })), "1");
  assertEquals(look(dir, { artifacts: { model: path }, key: key("1") }).nearest, undefined);
  writeRuns(dir, [{ key: key("2"), artifacts: { model: path } }]);
  assertEquals(digits(look(dir)), "1");
  assertEquals(digits(look(dir, { stage: "other" })), undefined);
});

testIn("at paths of their own those of other records are found by what runs told", (dir) => {
  for (const k of [1, 2]) {
    const path = join(dir, "models", `${k}.json`);
    writeMetadata(path.replace(".json", "_metadata.json"), {
      recipeKey: key(`${k}`),
      record: "x",
      recipe: { params: { k, s: 1 } },
    });
  }
  const artifacts = { model: join(dir, "models", "1.json"), other: join(dir, "models", "2.json") };
  writeRuns(dir, [{ key: key("3"), record: "x", artifacts }, { key: key("4"), record: "y", stage: "other" }]);
  assertEquals(digits(look(dir, { recipe: { params: { k: 1, s: 2 } } })), "1");
  assertEquals(digits(look(dir, { recipe: { params: { k: 2, s: 2 } } })), "2");
});

testIn("of very many the newest are looked at, and the workspace stays as it is", (dir) => {
  for (let i = 0; i < 250; i++) {
    const digits = (i + 4096).toString(16);
    write(dir, digits, 1, { record: "x", recipe: { params: { k: i, seed: i } } });
    const time = new Date(Date.UTC(2026, 0, 1, 0, i));
    Deno.utimeSync(cached(join(dir, "cache"), key(digits)), time, time);
  }
  const before = Deno.statSync(dir).mtime;
  const nearest = (k: number) =>
    look(dir, { recipe: { params: { k, seed: -1 } } }).nearest?.metadata.recipe as { params: { k: number } };
  assertEquals([nearest(60).params.k, nearest(249).params.k], [60, 249]);
  assertEquals(nearest(40).params.k >= 50, true); // one of the oldest, which was not looked at
  assertEquals(Deno.statSync(dir).mtime, before);
});

testIn("an artifact of a stage is found by its key", (dir) => {
  write(dir, "1", 1);
  const workspace = { dir, cache: join(dir, "cache"), experiment: "exp", prefix: "exp" };
  const { withKey } = earlierArtifacts(workspace);
  assertEquals(withKey("fit", key("1"))?.metadata.recipeKey, key("1"));
  assertEquals([withKey("fit", key("2")), withKey("load", key("1"))], [undefined, undefined]);
});
