/**
 * Stages that keep a core busy, in two worker processes, beside one process.
 *
 * @module
 */
import { join } from "@std/path";
import { type Group, measure, type Program } from "./harness.ts";

/** The group of `deno task bench`. */
export const parallel: Group = {
  name: "parallel",
  measure: async (times, dir, tell) => {
    const cairn = (flag: string): Program => {
      const workspace = join(dir, "parallel");
      return {
        script: "../cli.ts",
        args: ["run", "experiments/busy.ts", "--dir", workspace, "--overwrite", "--quiet", flag],
      };
    };
    tell(
      await measure({
        name: "64 busy stages of 200 ms, 2 workers beside 1 process",
        floor: cairn("--concurrency=1"),
        cairn: cairn("--parallel=2"),
        target: 0.6,
      }, times),
    );
  },
};
