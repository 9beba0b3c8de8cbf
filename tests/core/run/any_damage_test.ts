/** Whatever is deleted, damaged or overwritten in whatever pipeline: the next run comes out whole. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { lazy, transient } from "../../../core/define/output.ts";
import type { AnyOutput } from "../../../core/define/output.ts";
import type { ExperimentRecord } from "../../../core/run/lineage.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { fileDigest } from "../../../core/store/disk/digest.ts";
import { randomFrom } from "../../helpers/random.ts";
import { artifactsBelow, experiment, filesBelow, flipByte, type Loose, stage, testIn } from "./helpers.ts";

/** The later ones once came out wrong: two draws in one value, or a run without end. */
const SEEDS = [...Array.from({ length: 25 }, (_, i) => i + 1), 30, 41, 137, 179, 250, 299];
const ROUNDS = 4;

/**
 * A pipeline at random: stages with one or two outputs, cached, lazy or transient, some of which never give the same
 * twice. A value tells all that it was made from: `s2.a#7(s0.a#1,s1.a#0)`.
 */
function pipelineFrom(random: () => number) {
  const chance = (share: number) => random() < share;
  const earlier: string[] = [];
  const stages = Array.from({ length: 4 + Math.floor(random() * 4) }, (_, i) => {
    const inputs = earlier.filter(() => chance(0.4));
    const names = chance(0.3) ? [`a${i}`, `b${i}`] : [`a${i}`];
    const outputs: Record<string, AnyOutput> = Object.fromEntries(
      names.map((
        name,
      ) => [name, chance(0.2) ? transient() : chance(0.3) ? lazy(jsonCacher()) : jsonCacher()]),
    );
    // What is transient has no digest by which another draw would show.
    const isFickle = chance(0.4) && !Object.values(outputs).some((output) => "transient" in output);
    let [draw, calls] = [0, 0];
    const made = stage(
      `s${i}`,
      { version: `${i}`, inputs, outputs, params: chance(0.5) ? ["k"] : [] },
      (state: Loose) => {
        if (++calls > 200) throw new Error("this would never end");
        if (isFickle) draw++;
        const from = inputs.map((name) => state[name]).join();
        const { k = "" } = state.params;
        return Object.fromEntries(names.map((name) => [name, `s${i}${k}#${draw}(${from})`]));
      },
    );
    earlier.push(...names);
    return made;
  });
  return experiment({ params: [{ k: "x" }, { k: "y" }], stages });
}

/** Deletes and damages some of what lies in the cache. */
function damage(cache: string, random: () => number): void {
  for (const name of Object.keys(artifactsBelow(cache))) {
    const [path, metadata] = [join(cache, name), join(cache, name.replace(/\.json$/, "_metadata.json"))];
    const what = random();
    if (what < 0.1) Deno.removeSync(metadata);
    if (what < 0.25) Deno.removeSync(path);
    else if (what < 0.4) flipByte(path, 1 + Math.floor(random() * 3));
    else if (what < 0.45) Deno.truncateSync(path, 2);
    else if (what < 0.5) Deno.truncateSync(metadata, 9);
  }
}

/** All whole artifacts of a record stem from one draw of each stage, whichever way they were reached. */
function assertOneDraw({ stages }: ExperimentRecord, when: string): void {
  const draws = new Map<string, string>();
  for (const path of stages.flatMap(({ artifacts }) => Object.values(artifacts))) {
    const metadata = JSON.parse(Deno.readTextFileSync(path.replace(/\.json$/, "_metadata.json")));
    if (fileDigest(path) !== metadata.files[0].sha256) continue; // nothing had to load it, so nobody knows yet
    for (const [, name, draw] of Deno.readTextFileSync(path).matchAll(/(s\d+[xy]?)#(\d+)/g)) {
      assertEquals(draws.get(name!) ?? draw, draw, `${when}: two draws of ${name} in one record`);
      draws.set(name!, draw!);
    }
  }
}

for (const seed of SEEDS) {
  testIn(`pipeline ${seed}: whatever is damaged, the next run comes out whole`, async (dir) => {
    const random = randomFrom(seed);
    const exp = pipelineFrom(random);
    const stages = exp.procedures[0]!.stages.map(({ description }) => description.name);
    for (let round = 0; round < ROUNDS; round++) {
      const overwriteStages = stages.filter(() => random() < 0.1);
      const concurrency = random() < 0.5 ? 1 : 4;
      const result = await runExperiment(exp, { dir, overwriteStages, concurrency, onEvent: () => {} });
      assertEquals([result.failed, result.errors], [0, []]);
      for (const record of result.records) assertOneDraw(record, `round ${round}`);
      assertEquals(filesBelow(join(dir, "cache", ".cairn", "staging")), {});
      const again = await runExperiment(exp, { dir, onEvent: () => {} });
      const executed = again.records.flatMap(({ stages }) => stages).filter(({ verdict }) =>
        verdict === "executed"
      );
      const always = executed.filter(({ artifacts }) => Object.keys(artifacts).length === 0);
      assert(
        executed.length === 0 || always.length > 0,
        `round ${round}: ${executed.map(({ stage, reason }) => `${stage} ran (${reason})`)}`,
      );
      damage(join(dir, "cache"), random);
    }
  });
}
