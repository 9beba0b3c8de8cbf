/**
 * Memory where artifacts are large: no more than the few that are in use.
 *
 * @module
 */
import { join } from "@std/path";
import { type Group, measurePeak, type Program, runProgram } from "./harness.ts";

/** The size of one artifact in MB, and how many of them may be in memory beside what there is in any case. */
const [SIZE, MOST] = [50, 3];

/** The group of `deno task bench`. */
export const memory: Group = {
  name: "memory",
  measure: async (_, dir, tell) => {
    const run = (name: string, env: Record<string, string>): Program => ({
      script: "../cli.ts",
      args: ["run", "experiments/large_chain.ts", "--dir", join(dir, name), "--concurrency", "1", "--quiet"],
      env,
    });
    const small = ["run", "experiments/three.ts", "--dir", join(dir, "small"), "--quiet"];
    const { peak: base } = await runProgram({ script: "../cli.ts", args: small }, true);
    for (const [how, LAZY] of [["lazy", "1"], ["not lazy", "0"]] as const) {
      const env = { LAZY };
      const name = how.replace(" ", "_");
      const most = Math.ceil(base) + MOST * SIZE;
      tell(
        await measurePeak(
          `memory, 50 artifacts of 50 MB that are ${how}, first run, in MB`,
          run(name, env),
          most,
          base,
        ),
      );
      // What is only found is never read.
      tell(await measurePeak(`the same, second run`, run(name, env), Math.ceil(base * 1.1), base));
      Deno.removeSync(join(dir, name), { recursive: true });
    }
  },
};
