/**
 * Runs by their names: which run is meant by `latest`, `penguins_3`, or the beginning of a reference.
 *
 * @module
 */
import { basename } from "@std/path";
import { byCodeUnit } from "../params/canonical.ts";
import { quote } from "../params/names.ts";
import { runNumber } from "../store/run_folder.ts";
import { runFolders } from "./runs.ts";

/** The name of a run's folder, and what it is made of. */
interface RunName {
  readonly reference: string;
  readonly experiment: string;
  readonly number: number;
  readonly time: string;
}

/**
 * Finds the run that is meant.
 *
 * @param dir The workspace.
 * @param wanted A reference; the beginning of one and no other; an experiment and a number, `penguins_3`; the
 * path of a run's folder; `latest`; or `previous`, the one before the latest of the same experiment.
 * @returns Its reference.
 * @throws {TypeError} If there is no such run, or several; the message lists what there is.
 */
export function findRun(dir: string, wanted: string): string {
  const runs = runNames(dir);
  if (runs.length === 0) {
    throw new TypeError(`Cannot find run ${quote(wanted)}: there are no runs in ${quote(dir)}`);
  }
  const [latest] = runs;
  if (wanted === "latest") return latest!.reference;
  if (wanted === "previous") {
    const previous = runs.find((run) => run !== latest && run.experiment === latest!.experiment);
    if (previous !== undefined) return previous.reference;
    throw new TypeError(
      `Cannot find run ${quote(wanted)}: run ${quote(latest!.reference)} is the first of its experiment`,
    );
  }
  const name = basename(wanted);
  const exact = runs.find(({ reference, experiment, number }) =>
    reference === name || `${experiment}_${number}` === name
  );
  if (exact !== undefined) return exact.reference;
  const found = runs.filter(({ reference }) => reference.startsWith(name));
  if (found.length === 1) return found[0]!.reference;
  throw new TypeError(
    found.length === 0
      ? `Cannot find run ${quote(wanted)}: there is no such run in ${quote(dir)}; there are ${someOf(runs)}`
      : `Cannot tell which run is ${quote(wanted)}: there are ${someOf(found)}; give more of its reference`,
  );
}

function someOf(runs: readonly RunName[]): string {
  const names = runs.slice(0, 10).map(({ reference }) => quote(reference)).join(", ");
  return names + (runs.length > 10 ? ", ..." : "");
}

/** All runs, the newest first. */
function runNames(dir: string): readonly RunName[] {
  const runs = runFolders(dir).flatMap((reference): RunName[] => {
    const [time, number, ...experiment] = reference.split("_").reverse(); // its name may hold _ too
    const name = experiment.reverse().join("_");
    if (time === undefined || runNumber(reference, name) === undefined) return [];
    return [{ reference, experiment: name, number: Number(number), time }];
  });
  // Within a second, the number tells; between experiments nothing does.
  return runs.sort((a, b) => byCodeUnit(b.time, a.time) || b.number - a.number);
}
