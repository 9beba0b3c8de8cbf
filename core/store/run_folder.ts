/**
 * The folder of one run: its number, its log, and `run.json`.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import { dirname, join } from "@std/path";
import { waitForLock } from "./disk/locks.ts";
import { clearDeadStaging, openStaging, type Staging } from "./staging.ts";
import type { Workspace } from "./workspace.ts";
import { writeWhole } from "./disk/write_whole.ts";

/** The folder of one run. */
export interface RunFolder {
  /** `<experiment>_<number>_<timestamp>`: the name of the folder. */
  readonly reference: string;
  readonly dir: string;
}

/**
 * Makes the folder of a new run. Two processes never get the same number.
 *
 * @param workspace The workspace.
 * @param now The time that the name bears.
 * @returns The folder.
 */
export async function makeRunFolder(workspace: Workspace, now: Date): Promise<RunFolder> {
  const { runs, experiment } = workspace;
  ensureDirSync(runs);
  clearDeadStaging(runs, STAGING);
  const lock = await waitForLock(join(runs, ".lock"));
  try {
    for (let number = lastNumber(runs, experiment) + 1;; number++) {
      const reference = `${experiment}_${number}_${timestamp(now)}`;
      const dir = join(runs, reference);
      try {
        Deno.mkdirSync(dir);
        return { reference, dir };
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error; // only where there are no locks
      }
    }
  } finally {
    lock?.release();
  }
}

/**
 * The number in a run's reference.
 *
 * @param reference The name of a run's folder.
 * @param experiment The experiment.
 * @returns The number, undefined where it is no run of this experiment.
 */
export function runNumber(reference: string, experiment: string): number | undefined {
  if (!reference.startsWith(`${experiment}_`)) return undefined;
  const match = /^(\d+)_\d{4}-\d\d-\d\dT\d{6}Z$/.exec(reference.slice(experiment.length + 1));
  return match === null ? undefined : Number(match[1]);
}

function lastNumber(runs: string, experiment: string): number {
  let last = 0;
  for (const { name } of Deno.readDirSync(runs)) last = Math.max(last, runNumber(name, experiment) ?? 0);
  return last;
}

/** `2026-01-31T120000Z`: sorts by time, and every file system takes it. */
function timestamp(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "");
}

/**
 * Writes `run.json`, whole or not at all.
 *
 * @param folder The run's folder.
 * @param run What to write: plain JSON, but that a list may be anything that is gone through once.
 */
export function writeRun(folder: RunFolder, run: Record<string, unknown>): void {
  writeRunFile(folder, "run.json", run);
}

/** What the names of the staging folders begin with that lie beside the folders of runs. */
const STAGING = ".cairn-";

/**
 * Writes a file of JSON into the folder of a run, whole or not at all.
 *
 * @param folder The run's folder.
 * @param name The file's name.
 * @param content What to write: plain JSON, but that a list may be anything that is gone through once.
 */
export function writeRunFile(folder: RunFolder, name: string, content: Record<string, unknown>): void {
  const runs = dirname(folder.dir); // what is left in the run's own folder nobody would ever clear
  writeWhole(join(folder.dir, name), jsonPieces(content), runs, STAGING);
}

/** How many items of a list make a piece: each of the text of a large run at once would be held several times over. */
const ITEMS = 10;

/** The text of an object, as `JSON.stringify` with an indentation of two has it, and a line break. */
function* jsonPieces(content: Record<string, unknown>): Generator<string> {
  let before = "{";
  for (const [name, value] of Object.entries(content)) {
    if (value === undefined) continue;
    // As the one property of an object it is indented as it should be.
    const [opening, end] = [`{\n  ${JSON.stringify(name)}: `, "\n}"];
    const inside = (part: unknown) =>
      JSON.stringify({ [name]: part }, null, 2).slice(opening.length, -end.length);
    yield before + opening.slice(1);
    before = ",";
    if (!isList(value)) {
      yield inside(value);
      continue;
    }
    let start = "[";
    for (const items of groupsOf(value)) {
      // Each group is a list of its own, but for its ends.
      yield start + inside(items).slice(1, -"\n  ]".length);
      start = ",";
    }
    yield start === "[" ? "[]" : "\n  ]";
  }
  yield before === "{" ? "{}\n" : "\n}\n";
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

function* groupsOf(list: Iterable<unknown>): Generator<readonly unknown[]> {
  let group: unknown[] = [];
  for (const item of list) {
    group.push(item);
    if (group.length < ITEMS) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/**
 * Makes a staging folder for what goes into the folder of a run.
 *
 * @param folder The run's folder.
 * @returns The staging folder.
 */
export function openRunStaging(folder: RunFolder): Staging {
  return openStaging(dirname(folder.dir), STAGING);
}
