/** An artifact that another run makes again, and otherwise, while this one works with it. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import { lazy } from "../../../core/define/output.ts";
import type { RunResult } from "../../../core/run/results.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { valueOf } from "../../../core/run/record.ts";
import { tryLock } from "../../../core/store/disk/locks.ts";
import { lockPath } from "../../../core/store/workspace.ts";
import { until } from "../cli/helpers.ts";
import { artifactPath, collect, experiment, flipByte, gate, stage, testIn } from "./helpers.ts";

/** `load` gives what the world says just now; `fit` reads it once `wait` is over. */
function worldly(cacher: Cacher<number> = jsonCacher<number>()) {
  const world = { value: 1, fits: 0 };
  const waiting = gate();
  const reached = gate();
  const load = stage("load", { outputs: { load: cacher } }, () => ({ load: world.value }));
  const wait = stage("wait", {}, async () => {
    reached.open();
    await waiting.opened;
    return { wait: 0 };
  });
  const fit = stage("fit", { inputs: ["load", "wait"] }, ({ load, wait }) => {
    world.fits++;
    return { fit: 10 * load + wait };
  });
  return { exp: experiment({ params: [{ k: 1 }], stages: [load, wait, fit] }), world, waiting, reached };
}

for (const [name, cacher] of [["kept", jsonCacher()], ["lazy", lazy(jsonCacher())]] as const) {
  testIn(
    `what is made from an artifact that was replaced meanwhile is made from the new one: ${name}`,
    async (dir) => {
      const { exp, world, waiting, reached } = worldly(cacher as Cacher<number>);
      await runExperiment(exp, { dir, until: "load" });
      const { onEvent, warnings } = collect();
      const running = runExperiment(exp, { dir, onEvent });
      await reached.opened;
      world.value = 2;
      await runExperiment(exp, { dir, until: "load", overwriteStages: ["load"] });
      waiting.open();
      const { failed, records } = await running;
      assertEquals([failed, warnings, world.fits], [0, [], 1]);
      assertEquals(await valueOf(records[0]!, "fit"), 20);

      // Where the world is as it was before, nothing that was made of another one is taken for it.
      world.value = 1;
      const before = await runExperiment(exp, { dir, overwriteStages: ["load"] });
      assertEquals(await valueOf(before.records[0]!, "fit"), 10);
      assertEquals(Deno.readTextFileSync(artifactPath(dir, "_fit_fit")), "10\n");
    },
  );
}

testIn("a file of the user's that changed behind its time of change is taken as it is now", async (dir) => {
  const path = join(dir, "own.json");
  const { exp } = worldly(atPath(jsonCacher<number>(), path, { adopt: true }));
  const { onEvent, warnings } = collect();
  const start = async () => {
    const { exp, waiting } = worldly(atPath(jsonCacher<number>(), path, { adopt: true }));
    waiting.open();
    return await runExperiment(exp, { dir, onEvent });
  };
  Deno.writeTextFileSync(path, "1\n");
  await runExperiment(exp, { dir, until: "load" });
  flipByte(path, 0);
  const { failed, records } = await start();
  assertEquals([failed, warnings, await valueOf(records[0]!, "fit")], [0, [], 0]);
  assertEquals((await start()).executed, 0, "it is known what it was made from");
});

testIn("an artifact that another process is replacing just now is waited for", async (dir) => {
  const { exp, world, waiting, reached } = worldly();
  const { records: [first] } = await runExperiment(exp, { dir, until: "load" });
  const { onEvent, warnings } = collect();
  const started = gate();
  const running = runExperiment(exp, {
    dir,
    onEvent: (event) => {
      onEvent(event);
      if (event.type === "stage-started" && event.name.stage === "fit") started.open();
    },
  });
  await reached.opened;
  const lock = tryLock(lockPath({ cache: join(dir, "cache") }, first!.stages[0]!.key));
  assert(typeof lock !== "string");
  const path = artifactPath(dir, "_load_load").replace(/\.json$/, "_metadata.json");
  Deno.renameSync(path, `${path}.aside`);
  world.value = 2; // it would show if it were computed again
  waiting.open();
  await started.opened;
  await new Promise((resolve) => setTimeout(resolve)); // a turn, in which it finds nothing to load
  Deno.renameSync(`${path}.aside`, path);
  lock.release();
  const { failed, records } = await running;
  assertEquals([failed, warnings, await valueOf(records[0]!, "fit")], [0, [], 10]);
});

for (const how of ["signal", "drain"] as const) {
  testIn(
    `who waits for an artifact that another process replaces heeds that it is to end: ${how}`,
    async (dir) => {
      const { exp, waiting, reached } = worldly();
      const { records: [first] } = await runExperiment(exp, { dir, until: "load" });
      const started = gate();
      const stop = new AbortController();
      let result: RunResult | undefined;
      const running = runExperiment(exp, {
        dir,
        [how]: stop.signal,
        warn: () => {},
        onEvent: (event) => {
          if (event.type === "stage-started" && event.name.stage === "fit") started.open();
        },
      }).then((ended) => result = ended);
      await reached.opened;
      const lock = tryLock(lockPath({ cache: join(dir, "cache") }, first!.stages[0]!.key));
      assert(typeof lock !== "string");
      try {
        Deno.removeSync(artifactPath(dir, "_load_load").replace(/\.json$/, "_metadata.json"));
        waiting.open();
        await started.opened;
        await new Promise((resolve) => setTimeout(resolve)); // a turn, in which it finds nothing to load
        stop.abort();
        await until("it has ended", () => result !== undefined);
      } finally {
        lock.release();
        await running;
      }
      assertEquals([result!.failed, result!.interrupted], [0, true]);
    },
  );
}
