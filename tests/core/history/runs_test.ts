import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { findArtifact, pastRuns } from "../../../core/history/runs.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { aggregate, experiment, stage, testIn } from "../run/helpers.ts";

const make = stage("make", {}, ({ params }) => ({ make: params.k ?? 0 }));
const all = aggregate("all", { inputs: ["make"] }, (states) => ({ all: states.length }));

function writeRun(dir: string, reference: string, text: string): void {
  Deno.mkdirSync(join(dir, "runs", reference), { recursive: true });
  Deno.writeTextFileSync(join(dir, "runs", reference, "run.json"), text);
}

testIn("no runs, no folder", (dir) => {
  assertEquals([...pastRuns(dir, "exp")], []);
  assertEquals([...pastRuns(join(dir, "nowhere"), "exp")], []);
  assertEquals(findArtifact(dir, "exp/a/make/make"), undefined);
});

testIn("runs come newest first, by number and not by text, those of this experiment alone", (dir) => {
  for (const number of [2, 10, 1]) {
    const reference = `exp_${number}_2026-01-31T120000Z`;
    writeRun(dir, reference, JSON.stringify({ experiment: "exp", reference, status: "done" }));
  }
  writeRun(dir, "exp_two_3_2026-01-31T120000Z", '{"reference":"another experiment"}');
  writeRun(dir, "exp_4_yesterday", '{"reference":"no run"}');
  assertEquals([...pastRuns(dir, "exp")].map(({ reference }) => reference.split("_")[1]), ["10", "2", "1"]);
});

testIn("a run that was cut short, or never got so far, is left out", (dir) => {
  writeRun(dir, "exp_1_2026-01-31T120000Z", '{"experiment":"exp","reference":"one","status":"done"}');
  writeRun(dir, "exp_2_2026-01-31T120000Z", '{"experi');
  Deno.mkdirSync(join(dir, "runs", "exp_3_2026-01-31T120000Z"));
  assertEquals([...pastRuns(dir, "exp")].map(({ reference }) => reference), ["one"]);
});

for (const text of ["null", "5", "[]", "{}"]) {
  testIn(`a run.json that holds ${text} does not stop a search`, async (dir) => {
    await runExperiment(experiment({ params: [{ k: 1 }], stages: [make] }), { dir });
    writeRun(dir, "exp_2_2026-01-31T120000Z", text);
    assertEquals(findArtifact(dir, "exp/default/make/make") !== undefined, true);
  });
}

testIn("an artifact is found by names, in the newest run that knows it", async (dir) => {
  const exp = (k: number) => experiment({ params: [{ name: "a", k }], stages: [make], aggregates: [all] });
  const first = await runExperiment(exp(1), { dir });
  const second = await runExperiment(exp(2), { dir });
  const path = (result: typeof first) => result.records[0]!.stages[0]!.artifacts.make!;
  assertEquals(findArtifact(dir, "exp/a/make/make"), path(second));
  await runExperiment(exp(1), { dir });
  assertEquals(findArtifact(dir, "exp/a/make/make"), path(first));
  assertEquals(findArtifact(dir, "exp/all/all")?.endsWith("_all_all.json"), true);
  for (const odd of ["exp/a/make", "exp/b/make/make", "other/a/make/make", "", "exp", "exp/a/make/make/x"]) {
    assertEquals(findArtifact(dir, odd), undefined, odd);
  }
});

testIn("a record whose name holds slashes, and one of a procedure, are found", async (dir) => {
  const exp = experiment({
    procedures: [
      { name: "left", stages: [make], params: [{ name: "a/b", k: 1 }] },
      { name: "right", stages: [make], params: [{ name: "a/b", k: 2 }] },
    ],
  });
  const { records } = await runExperiment(exp, { dir });
  const paths = records.map(({ stages }) => stages[0]!.artifacts.make);
  assertEquals(findArtifact(dir, "exp/left/a/b/make/make"), paths[0]);
  assertEquals(findArtifact(dir, "exp/right/a/b/make/make"), paths[1]);
  assertEquals(findArtifact(dir, "exp/a/b/make/make"), paths[0]);
});
