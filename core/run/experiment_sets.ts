/**
 * The records of an experiment: its parameter sets, as the options of a run change and choose them.
 *
 * @module
 */
import type { Experiment, ParamsSource } from "../define/experiment.ts";
import { quote } from "../params/names.ts";
import { isPlainObject, messageOf, sortOf } from "../params/paths.ts";
import { type ParameterSet, parameterSets } from "../params/sets.ts";

/** Which parameter sets to run. */
export interface SetOptions {
  /** Parameter sets in place of the experiment's own; several lists are taken together. */
  readonly params?: ParamsSource | readonly ParamsSource[];
  /** Parameters to change in every set; sets that become equal run once. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Run only the records of these names. */
  readonly names?: readonly string[];
  /** Run only these records, counted from 0: numbers, or text such as `"0-3,7"`, both ends in. */
  readonly indices?: readonly number[] | string;
}

/** A parameter set that is to run. */
export interface ChosenSet extends ParameterSet {
  /** Its place among all sets of the experiment. */
  readonly index: number;
}

/**
 * The parameter sets of each procedure.
 *
 * @param experiment The experiment.
 * @param options What to change, and which to run.
 * @returns The chosen sets, one list a procedure.
 * @throws {TypeError} If a set is not as it should be, or a name or number chooses none.
 * @throws {Error} If the function that makes the sets throws.
 */
export async function chooseSets(
  experiment: Experiment,
  options: SetOptions,
): Promise<readonly ChosenSet[][]> {
  const all: ChosenSet[][] = [];
  let index = 0;
  for (const { name, params } of experiment.procedures) {
    const what = name === null ? "parameter set" : `parameter set of procedure ${quote(name)}`;
    const sources = sourcesOf(options.params ?? params);
    const raw = (await Promise.all(sources.map((source) => resolveSource(experiment, source)))).flat();
    const changed = options.set === undefined ? raw : raw.map((set) => override(set, options.set!));
    const alike = options.set === undefined ? "refuse" : "merge";
    const sets = parameterSets(changed, { hash: experiment.hash, alike, what });
    all.push(sets.map((set) => ({ ...set, index: index++ })));
  }
  if (index === 0) {
    throw new TypeError(`Cannot run experiment ${quote(experiment.name)}: it has no parameter sets`);
  }
  return choose(all, options);
}

/** One list of sets, or several: the sets of a list are plain objects, so a list of lists is several. */
function sourcesOf(params: ParamsSource | readonly ParamsSource[]): readonly ParamsSource[] {
  const isSeveral = Array.isArray(params) && params.length > 0 &&
    params.every((item) => Array.isArray(item) || typeof item === "function");
  return isSeveral ? params as readonly ParamsSource[] : [params as ParamsSource];
}

async function resolveSource(experiment: Experiment, source: ParamsSource): Promise<readonly unknown[]> {
  let sets: unknown = source;
  if (typeof source === "function") {
    try {
      sets = await source();
    } catch (error) {
      throw new Error(
        `Cannot get the parameter sets of experiment ${quote(experiment.name)}: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }
  if (!Array.isArray(sets)) {
    throw new TypeError(
      `Cannot get the parameter sets of experiment ${quote(experiment.name)}: wanted a list, found ${
        sortOf(sets)
      }`,
    );
  }
  return sets;
}

function override(set: unknown, changes: Readonly<Record<string, unknown>>): unknown {
  return isPlainObject(set) ? { ...set, ...changes } : set; // what is no object is refused with the others
}

function choose(all: readonly ChosenSet[][], { names, indices }: SetOptions): readonly ChosenSet[][] {
  const sets = all.flat();
  for (const name of names ?? []) {
    if (!sets.some((set) => set.name === name)) {
      const known = sets.slice(0, 10).map((set) => quote(set.name)).join(", ") +
        (sets.length > 10 ? ", ..." : "");
      throw new TypeError(
        `Cannot run record ${quote(name)}: there is no such record; there are ${known || "none"}`,
      );
    }
  }
  const chosen = indices === undefined ? undefined : parseIndices(indices, sets.length);
  const isChosen = (set: ChosenSet) =>
    (names ?? [set.name]).includes(set.name) && (chosen?.has(set.index) ?? true);
  return all.map((sets) => sets.filter(isChosen));
}

function parseIndices(indices: readonly number[] | string, count: number): ReadonlySet<number> {
  const chosen = new Set<number>();
  const parts = typeof indices === "string"
    ? indices.split(",").map((part) => part.trim())
    : indices.map(String);
  for (const part of parts) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) {
      throw new TypeError(
        `Cannot use the indices ${quote(part)}: they are numbers from 0 and ranges, as in "0-3,7"`,
      );
    }
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first > last || last >= count) {
      throw new RangeError(
        `Cannot use the indices ${quote(part)}: ${
          count === 0 ? "there are no records" : `the records are 0 to ${count - 1}, and a range goes upward`
        }`,
      );
    }
    for (let i = first; i <= last; i++) chosen.add(i);
  }
  return chosen;
}
