/** What turns out damaged when it is copied into a full store is computed again, once, and stored whole. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { fullStoreOf } from "../../../core/store/full_store.ts";
import { artifactPath, artifactsBelow, collect, experiment, flipByte, stage, testIn } from "./helpers.ts";

for (const damaged of ["_make_make", "_use_use"]) {
  testIn(
    `a byte of ${damaged} that changed behind the times is found, and the full store is whole`,
    async (dir) => {
      let calls = 0;
      const make = stage("make", {}, () => {
        calls++;
        return { make: "made" };
      });
      const use = stage("use", { inputs: ["make"] }, ({ make }) => ({ use: `${make}, used` }));
      const exp = experiment({ stages: [make, use] });
      await runExperiment(exp, { dir });
      const wanted = artifactsBelow(join(dir, "cache"));
      flipByte(artifactPath(dir, damaged), 2);
      for (const [executed, warned] of [[1, 1], [0, 0]]) {
        const { onEvent, warnings } = collect();
        const result = await runExperiment(exp, { dir, storeFull: true, onEvent });
        assertEquals([result.executed, result.failed, warnings.length], [executed, 0, warned]);
        if (warned === 1) assertMatch(warnings[0]!, /is not what was written; it is computed again$/);
        assertEquals(artifactsBelow(fullStoreOf(join(dir, "runs", result.reference!))), wanted);
        assertEquals(artifactsBelow(join(dir, "cache")), wanted);
      }
      assertEquals(calls, damaged === "_make_make" ? 2 : 1);
    },
  );
}
