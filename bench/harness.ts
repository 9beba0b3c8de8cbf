/**
 * Measuring whole processes: a floor, the least that any program would have to do, and Cairn, in turn.
 *
 * On a machine that others use too only ratios of one go say anything, so the two take turns and medians count.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";

/** One program to run: a script of this folder, or Cairn's command line. */
export interface Program {
  /** The script, from this folder: `floor/records.ts`, or `../cli.ts`. */
  readonly script: string;
  /** Its arguments. */
  readonly args?: readonly string[];
  /** Flags of `deno run`; every permission where they are left out. */
  readonly flags?: readonly string[];
  /** Environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Done before each run, untimed. */
  readonly before?: () => void;
}

/** One line of the table. */
export interface Line {
  /** What is measured: `second run, 1,000 x 5`. */
  readonly name: string;
  /** The least that would have to be done. */
  readonly floor: Program;
  /** What Cairn does. */
  readonly cairn: Program;
  /** The ratio of the two medians that must not be exceeded. */
  readonly target: number;
}

/** One row of the table: what was measured, and what it must not exceed. */
export interface Row {
  readonly name: string;
  /** What the floor came to, as text; empty where there is none. */
  readonly floor: string;
  /** What Cairn came to, as text. */
  readonly cairn: string;
  /** What counts: a ratio, or megabytes. */
  readonly found: number;
  /** The most that it may be. */
  readonly target: number;
}

/** One file of this folder that measures something. */
export interface Group {
  /** What `--only` knows it by. */
  readonly name: string;
  /**
   * Measures.
   *
   * @param times How often each.
   * @param dir An empty folder to work in.
   * @param tell Takes each row as soon as it is there.
   */
  readonly measure: (times: number, dir: string, tell: (row: Row) => void) => Promise<void>;
}

/** How a process ended. */
export interface Finished {
  readonly milliseconds: number;
  /** What it printed. */
  readonly stdout: string;
  /** The most memory it had at a time, in MB of 10^6 bytes; NaN where `peak` was not asked for, or on no Linux. */
  readonly peak: number;
}

const HERE = fromFileUrl(import.meta.resolve("./"));
const CONFIG = join(HERE, "..", "deno.json");

/**
 * Runs a program once, and waits for it.
 *
 * @param program The program.
 * @param peak Whether its peak of memory is taken, by a module that is loaded before it: not while it is timed.
 * @returns How it ended.
 * @throws {Error} If it ends with another status than 0.
 */
export async function runProgram(program: Program, peak = false): Promise<Finished> {
  program.before?.();
  const report = peak ? Deno.makeTempFileSync() : "";
  const preload = peak ? ["--preload", join(HERE, "peak.ts")] : [];
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      ...program.flags ?? ["--allow-all"],
      ...preload,
      "--config",
      CONFIG,
      join(HERE, program.script),
      ...program.args ?? [],
    ],
    env: { NO_COLOR: "1", ...program.env, ...(peak ? { PEAK_FILE: report } : {}) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const clock = performance.now();
  const { code, stdout, stderr } = await command.output();
  const milliseconds = performance.now() - clock;
  const text = new TextDecoder().decode(stdout);
  if (code !== 0) {
    const said = text + new TextDecoder().decode(stderr);
    throw new Error(`Cannot measure ${program.script}: it ended with status ${code}: ${said}`);
  }
  if (!peak) return { milliseconds, stdout: text, peak: NaN };
  const bytes = Number(Deno.readTextFileSync(report));
  Deno.removeSync(report);
  return { milliseconds, stdout: text, peak: bytes / 1e6 };
}

/**
 * Measures the time of floor and Cairn in turn.
 *
 * @param line What to measure.
 * @param times How often each.
 * @returns The medians, and their ratio.
 */
export async function measure({ name, floor, cairn, target }: Line, times: number): Promise<Row> {
  const taken = { floor: [] as number[], cairn: [] as number[] };
  for (let i = 0; i < times; i++) {
    taken.floor.push((await runProgram(floor)).milliseconds);
    taken.cairn.push((await runProgram(cairn)).milliseconds);
  }
  const [low, high] = [median(taken.floor), median(taken.cairn)];
  return { name, floor: timeText(low), cairn: timeText(high), found: high / low, target };
}

/**
 * Measures the peak of a program's memory, in MB of 10^6 bytes.
 *
 * @param name What is measured.
 * @param program The program.
 * @param target The most that it may be.
 * @param base What of it is there in any case, for the table.
 * @returns The row.
 */
export async function measurePeak(
  name: string,
  program: Program,
  target: number,
  base?: number,
): Promise<Row> {
  const { peak } = await runProgram(program, true);
  return {
    name,
    floor: base === undefined ? "" : `${base.toFixed(0)} MB`,
    cairn: `${peak.toFixed(0)} MB`,
    found: peak,
    target,
  };
}

/** How many folders were set aside. */
let aside = 0;

/**
 * Sets a folder aside, for a program to begin anew. It goes with all else in the end: ext4 gives no inode out again that
 * was freed in the last seconds, and looks at each of them for each file that is made, which takes ten times as long as
 * all that is measured.
 *
 * @param dir The folder; it need not be there.
 * @returns Does it.
 */
export function setAside(dir: string): () => void {
  return () => {
    try {
      Deno.renameSync(dir, `${dir}_${aside++}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
}

/**
 * The median.
 *
 * @param values Numbers, at least one.
 * @returns The one in the middle; the lower of two.
 */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;
}

/** The head of the table that {@linkcode tableRow} makes rows of. */
export const TABLE_HEAD =
  "| what | floor | Cairn | found | at most | met |\n| --- | --- | --- | --- | --- | --- |";

/**
 * A row of the table as Markdown.
 *
 * @param row What was measured.
 * @returns `| second run | 61 ms | 220 ms | 3.61 | 4 | yes |`.
 */
export function tableRow({ name, floor, cairn, found, target }: Row): string {
  const shown = found < 20 ? found.toFixed(2) : found.toFixed(0);
  return `| ${
    [name, floor, cairn, shown, String(Number(target.toFixed(1))), found <= target ? "yes" : "no"].join(" | ")
  } |`;
}

/**
 * A time for the table.
 *
 * @param milliseconds How long.
 * @returns `61 ms`, `3.20 s`.
 */
export function timeText(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
