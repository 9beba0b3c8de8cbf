/**
 * Past runs, as their folders tell of them.
 *
 * @module
 */
import { join } from "@std/path";
import { isAbsent } from "../store/disk/digest.ts";
import { isTooDeep } from "../store/json_depth.ts";
import { refuseLink } from "../store/symbolic_links.ts";
import { runNumber } from "../store/run_folder.ts";
import { toldStages } from "./told_stages.ts";

/** One run as `run.json` has it; what is not there, an interrupted run had not come to. */
export interface PastRun {
  readonly experiment: string;
  readonly reference: string;
  readonly status: string;
  readonly records?: readonly {
    readonly procedure?: string;
    readonly name: string;
    readonly stages: readonly PastStage[];
  }[];
  readonly aggregates?: readonly PastStage[];
}

/** What became of a stage then. */
export interface PastStage {
  readonly stage: string;
  readonly verdict: string;
  readonly artifacts: Readonly<Record<string, string>>;
}

/**
 * The runs of an experiment, the newest first.
 *
 * @param dir The workspace.
 * @param experiment The experiment.
 * @returns The runs, read as they are asked for; a folder whose `run.json` can't be read is left out.
 */
export function* pastRuns(dir: string, experiment: string): Generator<PastRun> {
  const numbered = runFolders(dir).flatMap((name) => {
    const number = runNumber(name, experiment);
    return number === undefined ? [] : [{ name, number }];
  });
  for (const { name } of numbered.sort((a, b) => b.number - a.number)) {
    const run = readRun(join(dir, "runs", name, "run.json"));
    if (run !== undefined) yield run;
  }
}

/**
 * The folders below `runs`: a link to one is none.
 *
 * @param dir The workspace.
 * @returns Their names, of runs and of others.
 * @throws {Error} If `runs` is a link that leads out of the workspace.
 */
export function runFolders(dir: string): string[] {
  const runs = join(dir, "runs");
  refuseLink(runs, [dir]);
  try {
    return [...Deno.readDirSync(runs)].flatMap(({ name, isDirectory }) => isDirectory ? [name] : []);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/**
 * Reads a `run.json`.
 *
 * @param path The file.
 * @returns What it says, of whatever shape; undefined where it is not there, or no JSON object.
 */
export function readRun(path: string): PastRun | undefined {
  try {
    if (!Deno.lstatSync(path).isFile) return undefined; // a link may lead anywhere
    const text = Deno.readTextFileSync(path);
    const run = JSON.parse(text);
    return typeof run === "object" && run !== null && !isTooDeep(text) ? run : undefined;
  } catch (error) {
    // One that is larger than any text is a TypeError.
    if (isAbsent(error) || error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * The artifact of a record, as the newest run that made or re-used it left it.
 *
 * @param dir The workspace.
 * @param reference `experiment/record/stage/output`; for an aggregate `experiment/aggregate/output`.
 * @returns The artifact's main file; undefined where no run knows it.
 */
export function findArtifact(dir: string, reference: string): string | undefined {
  const [experiment = "", ...rest] = reference.split("/");
  const wanted = rest.join("/"); // a record's name may contain slashes
  for (const run of pastRuns(dir, experiment)) {
    for (const { procedure, record, stage, artifacts } of toldStages(run)) {
      const owners = record === null
        ? [""]
        : [`${record}/`, ...procedure === null ? [] : [`${procedure}/${record}/`]];
      for (const [output, path] of Object.entries(artifacts)) {
        if (owners.some((owner) => `${owner}${stage}/${output}` === wanted)) return path;
      }
    }
  }
  return undefined;
}
