/** Scripts: with `module` the code counts as it does on the command line, without it the text of run alone. */
import { type Changes, fixture, replace } from "../project.ts";
import type { Row, Table } from "../table.ts";

const at = (file: string) => `scripts/${file}`;

function edit(file: string, from: string, to: string): Changes {
  return { [at(file)]: replace([from, to]) };
}

const withModule: readonly Row[] = [
  { name: "nothing", runs: [] },
  { name: "a helper, its results the same", edit: edit("lib.ts", "x * 2", "x + x"), runs: ["*/first"] },
  { name: "a helper", edit: edit("lib.ts", "x * 2", "x * 3"), runs: ["*/first", "*/second", "all"] },
  { name: "what lies beside a helper", edit: edit("lib.ts", "x / 2", "x * 0.5"), runs: [] },
  {
    name: "run, its results the same",
    edit: edit("stages.ts", "firstOut + 1", "1 + firstOut"),
    runs: ["*/second"],
  },
  { name: "the aggregate", edit: edit("stages.ts", "sum + secondOut", "secondOut + sum"), runs: ["all"] },
  { name: "a comment in run", edit: edit("stages.ts", "// and no more", "// no more than that"), runs: [] },
  {
    name: "types",
    edit: edit("stages.ts", "{ firstOut: number },", "{ readonly firstOut: number },"),
    runs: [],
  },
];

const alone: readonly Row[] = [
  { name: "nothing", runs: [] },
  { name: "a helper: nobody sees it", edit: edit("lib.ts", "x * 2", "x + x"), runs: [] },
  {
    name: "run, its results the same",
    edit: edit("stages.ts", "firstOut + 1", "1 + firstOut"),
    runs: ["*/second"],
  },
  { name: "run", edit: edit("stages.ts", "firstOut + 1", "firstOut + 2"), runs: ["*/second", "all"] },
  { name: "the aggregate", edit: edit("stages.ts", "sum + secondOut", "secondOut + sum"), runs: ["all"] },
  {
    name: "a comment in run",
    edit: edit("stages.ts", "// and no more", "// no more than that"),
    runs: [],
    lenient: { also: [["*/second"]], why: "a comment is in the text of run" },
  },
  {
    name: "a comment beside run",
    edit: edit("stages.ts", "export const second", "/** Next. */\nexport const second"),
    runs: [],
  },
  {
    name: "types: they are gone from the text of run",
    edit: edit("stages.ts", "{ firstOut: number },", "{ firstOut: 0 | number },"),
    runs: [],
  },
];

/** A script is edited itself as well. */
const ofScript = (file: string): readonly Row[] => [
  { name: "a comment in the script", edit: { [at(file)]: (old) => `// first\n${old}` }, runs: [] },
  {
    name: "a record in the script",
    edit: { [at(file)]: (old) => old.replace(`"b", size: 2`, `"b", size: 3`) },
    runs: ["b/first", "b/second", "all"],
  },
];

function table(name: string, file: string, rows: readonly Row[]): Table {
  return {
    name,
    files: fixture("scripts"),
    how: { entry: at(file), script: true },
    first: 5,
    rows: [...rows, ...ofScript(file)],
  };
}

export const scripts: readonly Table[] = [
  table("runExperiment with its module", "experiment.ts", withModule),
  table("runExperiment without its module", "experiment_alone.ts", alone),
  table("records with their module", "records.ts", withModule),
  table("records without their module", "records_alone.ts", alone),
];
