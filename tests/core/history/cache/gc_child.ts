/** Processes that run an experiment, or remove all of it: one kills itself at a step of that. */
import { assertEquals } from "@std/assert";
import { defineExperiment } from "../../../../core/define/experiment.ts";
import { defineStage } from "../../../../core/define/stage.ts";
import { withSubdir } from "../../../../core/define/combinators/with_subdir.ts";
import { jsonCacher } from "../../../../cachers/json_cacher.ts";
import { pathCacher } from "../../../../cachers/path_cacher.ts";
import { sweepCache } from "../../../../core/history/cache/gc.ts";
import { chooseGarbage } from "../../../../core/history/cache/gc_policy.ts";
import { createRecord, runStages, valueOf } from "../../../../core/run/record.ts";
import { runExperiment } from "../../../../core/run/run_experiment.ts";
import { closeUses } from "../../../../core/store/uses/uses.ts";
import { closeStaging, openWorkspace } from "../../../../core/store/workspace.ts";
import { threefold } from "../../store/fixtures.ts";

const draw = defineStage({
  name: "draw",
  params: ["k"],
  outputs: { plot: pathCacher(".txt"), text: withSubdir(threefold, "texts") },
  run: ({ params }: { params: { k: number } }, { path }) => {
    const plot = path("plot.txt");
    Deno.writeTextFileSync(plot, `plot ${params.k}`);
    return { plot, text: `text ${params.k}` };
  },
});

const tally = defineStage({
  name: "count",
  inputs: ["text"],
  params: [],
  outputs: { length: jsonCacher<number>() },
  run: ({ text }: { text: string }) => ({ length: text.length }),
});

const double = defineStage({
  name: "double",
  inputs: ["length"],
  params: [],
  outputs: { twice: withSubdir(jsonCacher<number>(), "results") },
  run: ({ length }: { length: number }) => ({ twice: 2 * length }),
});

/** Several files, a folder, files of a stage's own, and artifacts that are linked: both texts are of one length. */
export const drawings = defineExperiment({
  name: "drawings",
  params: [{ k: 1 }, { k: 2 }],
  stages: [draw, tally, double],
});

/** Removes all that nobody needs; says of how many recipes that was. */
export async function removeAll(dir: string, step: (name: string) => void = () => {}): Promise<number> {
  const { removed } = await sweepCache(
    { cache: `${dir}/cache`, dir, dry: false, warn: console.error, step },
    (inventory, users) => chooseGarbage(inventory, users, { maxSize: 0, orphans: true }, Date.now()),
  );
  return removed.choices.length;
}

function strict(message: string): never {
  throw new Error(message);
}

/** Runs the stages as a script does, and is done with them; what is amiss is an error, a warning too. */
export async function runDrawings(dir: string): Promise<{ executed: number }> {
  const workspace = openWorkspace({ dir, experiment: "drawings", module: import.meta.url, warn: strict });
  let executed = 0;
  try {
    for (const k of [1, 2]) {
      const record = await runStages(createRecord(workspace, { k }), [draw, tally, double]);
      executed += record.stages.filter(({ verdict }) => verdict === "executed").length;
      assertEquals(await valueOf(record, double, "twice"), 12);
      // What it has used stays until it is done.
      const again = await runStages(createRecord(workspace, { k }), [draw, tally, double]);
      assertEquals(again.stages.filter(({ verdict }) => verdict === "executed"), []);
      assertEquals(await valueOf(again, double, "twice"), 12);
    }
  } finally {
    closeStaging(workspace);
    closeUses(workspace);
  }
  return { executed };
}

/** Runs the experiment; its records are read when it has ended. */
async function runExperimentOnce(dir: string): Promise<void> {
  const { records, failed } = await runExperiment(drawings, { dir, warn: strict });
  assertEquals(failed, 0);
  for (const record of records) assertEquals(await valueOf(record, double, "twice"), 12);
}

if (import.meta.main) {
  const [what, dir = "", count = ""] = Deno.args;
  let step = 0;
  if (what === "kill") {
    await removeAll(dir, () => {
      if (step++ === Number(count)) Deno.kill(Deno.pid, "SIGKILL");
    });
  }
  if (what === "script") { for (let i = 0; i < Number(count); i++) await runDrawings(dir); }
  if (what === "run") await runExperimentOnce(dir);
}
