/**
 * Many small artifacts: first and second run through the command line, what a stage costs as there are more, and memory.
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
  setAside,
} from "./harness.ts";

const STAGES = 5;

/** Runs the experiment over some sets in a workspace. */
function cairn(dir: string, sets: number, command = "run", before?: () => void): Program {
  return {
    script: "../cli.ts",
    args: [command, "experiments/records.ts", "--dir", dir, ...(command === "run" ? ["--quiet"] : [])],
    env: { SETS: String(sets) },
    ...(before === undefined ? {} : { before }),
  };
}

/** Lists the artifacts of a cache, for the floor to read. */
function listArtifacts(dir: string): string {
  const cache = join(dir, "cache");
  const names = [...Deno.readDirSync(cache)].map(({ name }) => name)
    .filter((name) => name.endsWith(".json") && !name.endsWith("_metadata.json"));
  const list = join(dir, "artifacts.txt");
  Deno.writeTextFileSync(list, names.map((name) => join(cache, name)).join("\n"));
  return list;
}

/** The median time that a stage costs, of two sizes in turn, less what an experiment of no size costs. */
async function perStage(
  sizes: readonly [number, number],
  program: (sets: number) => Program,
  times: number,
): Promise<readonly [number, number]> {
  const taken: [number[], number[]] = [[], []];
  const start: number[] = [];
  for (let i = 0; i < times; i++) {
    start.push((await runProgram(program(1))).milliseconds);
    for (const k of [0, 1] as const) taken[k].push((await runProgram(program(sizes[k]))).milliseconds);
  }
  const cost = (k: 0 | 1) => 1000 * (median(taken[k]) - median(start)) / (sizes[k] * STAGES);
  return [cost(0), cost(1)];
}

function flat(name: string, [small, large]: readonly [number, number]): Row {
  const cost = (microseconds: number) => `${microseconds.toFixed(0)} us a stage`;
  return { name, floor: cost(small), cairn: cost(large), found: large / small, target: 1.2 };
}

/** The group of `deno task bench`. */
export const records: Group = {
  name: "records",
  measure: async (times, dir, tell) => {
    const small = join(dir, "1000");
    await runProgram(cairn(small, 1000));
    const list = listArtifacts(small);
    tell(
      await measure({
        name: "second run, 1,000 x 5",
        floor: { script: "floor/read_files.ts", args: [list] },
        cairn: cairn(small, 1000),
        target: 4,
      }, times),
    );
    tell(
      await measure({
        name: "the calls of such a run alone",
        floor: { script: "floor/read_files.ts", args: [list] },
        cairn: { script: "floor/read_stages.ts", args: [list] },
        target: 4,
      }, times),
    );
    tell(
      await measure({
        name: "plan of it, beside the second run",
        floor: cairn(small, 1000),
        cairn: cairn(small, 1000, "plan"),
        target: 1,
      }, times),
    );
    const [files, first] = [join(dir, "files"), join(dir, "first")];
    tell(
      await measure({
        name: "first run, 1,000 x 5",
        floor: { script: "floor/write_files.ts", args: [files, "5000"], before: setAside(files) },
        cairn: cairn(first, 1000, "run", setAside(first)),
        target: 3,
      }, times),
    );
    const calls = join(dir, "calls");
    tell(
      await measure({
        name: "the calls of such a run alone",
        floor: { script: "floor/write_files.ts", args: [files, "5000"], before: setAside(files) },
        cairn: { script: "floor/write_stages.ts", args: [calls, "5000"], before: setAside(calls) },
        target: 3,
      }, times),
    );
    const large = join(dir, "10000");
    const again = (sets: number, cache = join(dir, String(sets))) => cairn(cache, sets);
    for (const sets of [1, 1000, 10_000]) await runProgram(again(sets));
    tell(flat("second run, 10,000 x 5 beside 1,000 x 5", await perStage([1000, 10_000], again, times)));
    const anew = (sets: number) => cairn(first, sets, "run", setAside(first));
    tell(
      flat(
        "first run, 10,000 x 5 beside 1,000 x 5",
        await perStage([1000, 10_000], anew, Math.min(times, 3)),
      ),
    );
    tell(await measurePeak("memory of the second run, 10,000 x 5, in MB", cairn(large, 10_000), 200));
    // What runs among many artifacts should not care.
    await runProgram(again(20_000, large));
    const fresh = (dir: string, before?: () => void): Program => {
      const program = cairn(dir, 1000, "run", before);
      return { ...program, env: { ...program.env, NEW: "1" } };
    };
    tell(
      await measure({
        name: "second run, 1,000 x 5, among 100,000 artifacts",
        floor: again(1000),
        cairn: again(1000, large),
        target: 1.2,
      }, times),
    );
    tell(
      await measure({
        name: "first run, 1,000 x 5, among 100,000 artifacts",
        floor: fresh(first, setAside(first)),
        cairn: fresh(large),
        target: 1.2,
      }, times),
    );
  },
};
