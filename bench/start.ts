/**
 * What it costs to start.
 *
 * @module
 */
import { join } from "@std/path";
import { type Group, measure, runProgram } from "./harness.ts";

/** The group of `deno task bench`. */
export const start: Group = {
  name: "start",
  measure: async (times, dir, tell) => {
    const floor = { script: "floor/start.ts" };
    const help = { script: "../cli.ts", args: ["--help"] };
    tell(await measure({ name: "cli.ts --help", floor, cairn: help, target: 1.5 }, times));
    const again = {
      script: "../cli.ts",
      args: ["run", "experiments/three.ts", "--dir", join(dir, "three"), "--quiet"],
    };
    await runProgram(again);
    tell(await measure({ name: "second run of three stages", floor, cairn: again, target: 3 }, times));
  },
};
