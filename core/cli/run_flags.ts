/**
 * The flags that `run` and `plan` share, and the options they stand for.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import type { RunOptions } from "../run/run_options.ts";
import { type Flag, type Input, misuse } from "./flags.ts";
import { loadParams } from "./load_experiment.ts";

/** Where the workspace lies. */
export const DIR: Flag = { name: "dir", value: "DIR", help: 'The workspace; "data" where it is left out' };

/** Machine-readable output. */
export const JSON_FLAG: Flag = {
  name: "json",
  help: "Print one JSON document, and nothing else, on standard output",
};

/** What `run` and `plan` have in common. */
export const RUN_FLAGS: readonly Flag[] = [
  DIR,
  {
    name: "cache",
    value: "DIR",
    help: "A cache in place of DIR/cache: another's, or the artifacts of a full store",
  },
  { name: "prefix", value: "P", help: "What file names begin with, in place of the experiment's name" },
  { name: "name", short: "n", value: "NAME", repeatable: true, help: "Only the records of that name" },
  { name: "indices", value: "0-3,7", help: "Only these records, counted from 0, both ends in" },
  {
    name: "params",
    short: "p",
    value: "FILE",
    repeatable: true,
    help: "That module's parameter sets, not the experiment's",
  },
  {
    name: "set",
    value: "k=v",
    repeatable: true,
    help: "Change a parameter in every set; JSON where it parses, else text",
  },
  { name: "until", value: "STAGE", help: "End with that stage" },
  { name: "overwrite", help: "Run every stage, whatever is in the cache" },
  { name: "overwrite-stage", value: "S", repeatable: true, help: "Run that stage, whatever is in the cache" },
  { name: "lazy", help: "Make every output lazy" },
  { name: "ignore-lazy", help: "Make no output lazy, but those that hand on a handle" },
  JSON_FLAG,
];

/**
 * The options that the shared flags stand for.
 *
 * @param input What the subcommand was called with.
 * @returns The options.
 * @throws {TypeError} If a value can't be read, or a params module can't be loaded.
 */
export async function runOptions(input: Input): Promise<RunOptions> {
  const text = (name: "dir" | "cache" | "prefix" | "until" | "indices") => {
    const value = input.value(name);
    return value === undefined ? {} : { [name]: value };
  };
  const names = input.values("name");
  const params = await Promise.all(input.values("params").map(loadParams));
  const set = input.values("set");
  return {
    ...text("dir"),
    ...text("cache"),
    ...text("prefix"),
    ...text("until"),
    ...text("indices"),
    ...(names.length === 0 ? {} : { names }),
    ...(params.length === 0 ? {} : { params }),
    ...(set.length === 0 ? {} : { set: readAssignments(set) }),
    overwrite: input.has("overwrite"),
    overwriteStages: input.values("overwrite-stage"),
    lazy: input.has("lazy"),
    ignoreLazy: input.has("ignore-lazy"),
  };
}

/** `k=v` pairs: JSON where it parses, else text. */
function readAssignments(pairs: readonly string[]): Record<string, unknown> {
  const entries = pairs.map((pair): [string, unknown] => {
    const at = pair.indexOf("=");
    if (at < 1) throw misuse(`Cannot set ${quote(pair)}: give a name and a value, as in --set k=5`);
    return [pair.slice(0, at), jsonOrText(pair.slice(at + 1))];
  });
  const twice = entries.find(([name], i) => entries.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) throw misuse(`Cannot set ${quote(twice[0])} twice: give it once`);
  return Object.fromEntries(entries);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/**
 * The only operand of a subcommand.
 *
 * @param input What it was called with.
 * @param what What the operand is, for messages.
 * @returns The operand.
 * @throws {TypeError} If there is none, or more than one.
 */
export function onlyOperand({ operands }: Input, what: string): string {
  const [operand, ...more] = operands;
  if (operand === undefined) throw misuse(`Cannot go on without ${what}: name one`);
  if (more.length > 0) throw misuse(`Cannot use ${quote(more[0])}: there is one operand, ${what}`);
  return operand;
}
