/**
 * Large values: how long it takes to save and load them, and how much memory.
 *
 * @module
 */
import { join } from "@std/path";
import { ensureDirSync, existsSync } from "@std/fs";
import {
  type Finished,
  type Group,
  type Line,
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

/** Megabytes that Cairn itself may take, and what it makes and drops while it looks whether JSON would come back equal. */
const OWN: Readonly<Record<Sort, number>> = { float64: 40, uint8: 40, json: 100 };

/** The group of `deno task bench`. */
export const large: Group = {
  name: "large",
  measure: async (times, dir, tell) => {
    const [here, there] = [join(dir, "floor"), join(dir, "cairn")];
    // What is saved is saved where nothing lies: an old file takes time to be removed.
    const anew = (program: Program, operation: string, folder: string): Program =>
      operation === "save" ? { ...program, before: () => emptyFolder(folder) } : program;
    const floorOf = (sort: Sort, operation: string) =>
      anew({ script: "floor/large.ts", args: [sort, operation, join(here, "value")] }, operation, here);
    const tellMemory = async (name: string, sort: Sort, floor: Program, cairn: Program) => {
      const { peak } = await runProgram(floor, true);
      tell(await measurePeak(`${name}, memory in MB`, cairn, peak + OWN[sort], peak));
    };
    for (const sort of SORTS) {
      for (const operation of ["save", "load"]) {
        const name = `${operation} ${NAMES[sort]}`;
        const args = [sort, operation, join(there, "value.bin")];
        const cairn = anew({ script: "experiments/large_files.ts", args }, operation, there);
        const floor = floorOf(sort, operation);
        const target = sort === "json" ? 1.3 : 1.2;
        tell(await measureInTurn({ name, floor, cairn, target }, times, printed));
        await tellMemory(name, sort, floor, cairn);
      }
    }
    for (const [operation, what] of [["save", "makes"], ["load", "reads"]] as const) {
      const name = `a stage that ${what} 200 MB`;
      const flags = ["--dir", there, "--quiet", "--overwrite-stage", operation === "save" ? "make" : "last"];
      const args = ["run", "experiments/large_stages.ts", ...flags];
      const cairn = anew({ script: "../cli.ts", args }, operation, there);
      const floor = floorOf("float64", operation);
      const line = { name: `${name}, whole process`, floor, cairn, target: 1.3 }; // the command line starts, too
      tell(await measureInTurn(line, times, ({ milliseconds }) => milliseconds));
      await tellMemory(name, "float64", floor, cairn);
    }
  },
};

function emptyFolder(folder: string): void {
  if (existsSync(folder)) Deno.removeSync(folder, { recursive: true });
  ensureDirSync(folder);
}

/** The milliseconds that a program prints: to make the value takes as long as to save it. */
const printed = ({ stdout }: Finished) => Number(stdout);

/** As `measure`; but each begins every other time, as what one wrote is on its way to the disk while the next one writes. */
async function measureInTurn(
  { name, floor, cairn, target }: Line,
  times: number,
  timeOf: (finished: Finished) => number,
): Promise<Row> {
  const taken = { floor: [] as number[], cairn: [] as number[] };
  for (let i = 0; i < times; i++) {
    const turns = [[taken.floor, floor], [taken.cairn, cairn]] as const;
    for (const [all, program] of i % 2 === 0 ? turns : turns.toReversed()) {
      all.push(timeOf(await runProgram(program)));
    }
  }
  const [low, high] = [median(taken.floor), median(taken.cairn)];
  return { name, floor: timeText(low), cairn: timeText(high), found: high / low, target };
}
