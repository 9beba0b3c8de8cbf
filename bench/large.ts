/**
 * Large values: how long it takes to save and load them, and how much memory.
 *
 * @module
 */
import { join } from "@std/path";
import {
  type Group,
  measure,
  measurePeak,
  median,
  type Program,
  type Row,
  runProgram,
  timeText,
} from "./harness.ts";
import { type Sort, SORTS } from "./large_values.ts";

const NAMES: Readonly<Record<Sort, string>> = {
  float64: "a Float64Array of 200 MB",
  uint8: "a Uint8Array of 200 MB",
  json: "a JSON value of 100 MB",
};

/** Megabytes that Cairn itself may take. */
const OWN = 40;

/** The group of `deno task bench`. */
export const large: Group = {
  name: "large",
  measure: async (times, dir, tell) => {
    for (const sort of SORTS) {
      for (const operation of ["save", "load"]) {
        const name = `${operation} ${NAMES[sort]}`;
        const floor = { script: "floor/large.ts", args: [sort, operation, join(dir, `${sort}.floor`)] };
        const cairn = {
          script: "experiments/large_files.ts",
          args: [sort, operation, join(dir, `${sort}.bin`)],
        };
        tell(await measureInside(name, floor, cairn, sort === "json" ? 1.3 : 1.2, times));
        const { peak } = await runProgram(floor, true);
        tell(await measurePeak(`${name}, memory in MB`, cairn, peak + OWN, peak));
      }
    }
    const data = join(dir, "data");
    const run = (...flags: string[]) => ({
      script: "../cli.ts",
      args: ["run", "experiments/large_stages.ts", "--dir", data, "--quiet", ...flags],
    });
    for (
      const [name, operation, flag] of [
        ["a stage that makes 200 MB", "save", "--overwrite"],
        ["a stage that reads 200 MB", "load", "--overwrite-stage=last"],
      ] as const
    ) {
      const floor = { script: "floor/large.ts", args: ["float64", operation, join(dir, "float64.floor")] };
      tell(await measure({ name: `${name}, whole process`, floor, cairn: run(flag), target: 1.2 }, times));
      const { peak } = await runProgram(floor, true);
      tell(await measurePeak(`${name}, memory in MB`, run(flag), peak + OWN, peak));
    }
  },
};

/** As `measure`, with the times that the programs print: to make the value takes as long as to save it. */
async function measureInside(
  name: string,
  floor: Program,
  cairn: Program,
  target: number,
  times: number,
): Promise<Row> {
  const taken = { floor: [] as number[], cairn: [] as number[] };
  for (let i = 0; i < times; i++) {
    taken.floor.push(Number((await runProgram(floor)).stdout));
    taken.cairn.push(Number((await runProgram(cairn)).stdout));
  }
  const [low, high] = [median(taken.floor), median(taken.cairn)];
  return { name, floor: timeText(low), cairn: timeText(high), found: high / low, target };
}
