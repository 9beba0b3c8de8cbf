/**
 * Streams: made and saved by one stage and gone through by another, and gone through alone; and the memory that a gigabyte
 * takes.
 *
 * @module
 */
import { join } from "@std/path";
import { type Group, measure, measurePeak, type Program } from "./harness.ts";

/** Lines of some 100 bytes: 200 MB, and 1 GB for the memory. */
const [TIMED, LARGE] = [2_000_000, 10_000_000];

function cairn(dir: string, sort: string, count: number, ...flags: string[]): Program {
  return {
    script: "../cli.ts",
    args: ["run", "experiments/lines.ts", "--dir", dir, "--quiet", ...flags],
    env: { LINES: String(count), SORT: sort },
  };
}

/** The group of `deno task bench`. */
export const lines: Group = {
  name: "lines",
  measure: async (times, dir, tell) => {
    for (const [sort, what] of [["text", "lines of text"], ["json", "JSON lines"]] as const) {
      const [file, data] = [join(dir, `${sort}.txt`), join(dir, sort)];
      const floor = (...mode: string[]) => ({
        script: "floor/lines.ts",
        args: [file, String(TIMED), sort, ...mode],
      });
      tell(
        await measure({
          name: `200 MB of ${what}, saved and gone through`,
          floor: floor(),
          cairn: cairn(data, sort, TIMED, "--overwrite"),
          target: 2,
        }, times),
      );
      const reader = sort === "text" ? "lengths" : "sums";
      tell(
        await measure({
          name: `200 MB of ${what}, gone through`,
          floor: floor("read"),
          cairn: cairn(data, sort, TIMED, "--overwrite-stage", reader),
          // The floor goes from line to line without waiting, as no stream can.
          target: 2.5,
        }, times),
      );
      const large = cairn(data, sort, LARGE, "--overwrite");
      tell(await measurePeak(`memory of 1 GB of ${what}, saved and gone through, in MB`, large, 150));
      // A stage that makes texts of numbers makes V8 keep what it knows of those: 200 kB that outlive each collection.
      const made = { ...large, env: { ...large.env, POOL: "1000" } };
      const name = `memory of 1 GB of ${what} that were made before, saved and gone through, in MB`;
      tell(await measurePeak(name, made, 150));
      const again = cairn(data, sort, LARGE, "--overwrite-stage", reader);
      tell(await measurePeak(`memory of 1 GB of ${what}, gone through, in MB`, again, 150));
      Deno.removeSync(data, { recursive: true });
    }
  },
};
