/**
 * Stages that wait for something else than this machine.
 *
 * @module
 */
import { join } from "@std/path";
import { type Group, measure, setAside } from "./harness.ts";

/** The group of `deno task bench`. */
export const waiting: Group = {
  name: "waiting",
  measure: async (times, dir, tell) => {
    const [files, workspace] = [join(dir, "files"), join(dir, "workspace")];
    tell(
      await measure({
        name: "200 stages that wait 50 ms, 50 at a time",
        floor: { script: "floor/waiting.ts", args: [files], before: setAside(files) },
        cairn: {
          script: "../cli.ts",
          args: ["run", "experiments/waiting.ts", "--dir", workspace, "--concurrency", "50", "--quiet"],
          before: setAside(workspace),
        },
        target: 1.5,
      }, times),
    );
  },
};
