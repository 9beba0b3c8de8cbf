/**
 * Tables: how long it takes to save and load a million rows, beside the libraries that do but that.
 *
 * @module
 */
import { existsSync } from "@std/fs";
import { join } from "@std/path";
import { type Group, median, type Row, runProgram, timeText } from "./harness.ts";
import { SUBJECTS } from "./table_subjects.ts";

const ROWS = 1_000_000;

/** The most that Cairn may take of the time of the quickest library, and of the memory of the most modest. */
const TARGETS = { time: 1.3, memory: 1.5 };

/** What was measured of one subject. */
interface Figure {
  readonly name: string;
  readonly milliseconds: number;
  /** The peak of the process, in MB. */
  readonly peak: number;
}

/** The group of `deno task bench`. */
export const tables: Group = {
  name: "tables",
  measure: async (times, dir, tell) => {
    for (const format of Object.keys(SUBJECTS)) {
      for (const way of ["save", "load"] as const) {
        for (const row of rowsOf(format, way, await figures(format, way, times, dir))) tell(row);
      }
    }
  },
};

async function figures(format: string, way: "save" | "load", times: number, dir: string): Promise<Figure[]> {
  const subjects = Object.entries(SUBJECTS[format]!).filter(([, subject]) => subject[way] !== undefined);
  const taken = new Map(
    subjects.map(([name]) => [name, { milliseconds: [] as number[], peak: [] as number[] }]),
  );
  for (let i = 0; i < times; i++) {
    for (const [name, { of = name }] of subjects) {
      const base = join(dir, of.replaceAll(/\W/g, "_"));
      if (way === "save") remove(`${base}.${format}`, `${base}_metadata.json`);
      const args = [format, name, way, `${base}.${format}`, String(ROWS)];
      const { stdout, peak } = await runProgram({ script: "experiments/table.ts", args }, true);
      taken.get(name)!.milliseconds.push(Number(stdout));
      taken.get(name)!.peak.push(peak);
    }
  }
  return Array.from(taken, ([name, { milliseconds, peak }]) => ({
    name,
    milliseconds: median(milliseconds),
    peak: median(peak),
  }));
}

function remove(...paths: readonly string[]): void {
  for (const path of paths) if (existsSync(path)) Deno.removeSync(path);
}

/** One row for the time, beside the quickest, and one for the memory, beside the most modest. */
function rowsOf(format: string, way: string, figures: readonly Figure[]): Row[] {
  const own = figures.find(({ name }) => name === "cairn")!;
  const others = figures.filter((figure) => figure !== own);
  const least = (what: "milliseconds" | "peak") => others.toSorted((a, b) => a[what] - b[what])[0]!;
  const [quickest, smallest] = [least("milliseconds"), least("peak")];
  const name = `${way} ${ROWS.toLocaleString("en")} x 5 as ${format}`;
  return [
    {
      name,
      floor: `${timeText(quickest.milliseconds)} (${quickest.name})`,
      cairn: timeText(own.milliseconds),
      found: own.milliseconds / quickest.milliseconds,
      target: TARGETS.time,
    },
    {
      name: `${name}, memory`,
      floor: `${smallest.peak.toFixed(0)} MB (${smallest.name})`,
      cairn: `${own.peak.toFixed(0)} MB`,
      found: own.peak / smallest.peak,
      target: TARGETS.memory,
    },
  ];
}
