/** What a reading of the code can't follow: it widens, never narrows. */
import { append, type Changes, fixture, replace } from "../project.ts";
import type { Row, Table } from "../table.ts";

const at = (file: string) => `wide/${file}`;

/** One file, one replacement. */
function edit(file: string, from: string, to: string): Changes {
  return { [at(file)]: replace([from, to]) };
}

/** The stages that read what statements at the top level of one module changed. */
const ASSIGNED = ["*/mixedIn", "*/patched", "*/pushed", "*/withProperty"];
const WHOLE = "of a module with side effects all may count, or just the statements that change what is read";

const ALL = [
  "*/besideFilled",
  "*/besideReassigned",
  "*/byName",
  "*/computedImport",
  "*/evaluated",
  "*/filled",
  "*/mixedIn",
  "*/ofEnvironment",
  "*/ofGlobal",
  "*/ofNoisy",
  "*/patched",
  "*/pushed",
  "*/reassigned",
  "*/registered",
  "*/setElsewhere",
  "*/withProperty",
];

const rows: readonly Row[] = [
  {
    name: "a reassigned let",
    edit: edit("reassigned.ts", "let rate = 2", "let rate = 4"),
    runs: ["*/reassigned"],
  },
  {
    name: "the function that reassigns it",
    edit: edit("reassigned.ts", "to * 2", "to * 3"),
    runs: ["*/reassigned"],
  },
  {
    name: "the statement that reassigns it",
    edit: edit("reassigned.ts", "setRate(3)", "setRate(4)"),
    runs: ["*/reassigned"],
  },
  {
    name: "a function beside a reassigned let",
    edit: edit("reassigned.ts", "x + 1", "1 + x"),
    runs: ["*/besideReassigned", "*/reassigned"],
    lenient: { also: [["*/besideReassigned"]], why: WHOLE },
  },
  {
    name: "an import that is reassigned elsewhere: the statement",
    edit: edit("level_start.ts", "setLevel(5)", "setLevel(6)"),
    runs: ["*/setElsewhere"],
  },
  {
    name: "an import that is reassigned elsewhere: the function",
    edit: edit("level.ts", "level = to", "level = -to"),
    runs: ["*/setElsewhere"],
  },
  {
    name: "a Map filled by a statement",
    edit: edit("filled.ts", `("a", 1)`, `("a", 7)`),
    runs: ["*/filled"],
  },
  { name: "a Map filled by a loop", edit: edit("filled.ts", `["c", 3]`, `["c", 4]`), runs: ["*/filled"] },
  {
    name: "a function beside a Map that is filled",
    edit: edit("filled.ts", "x + 1", "1 + x"),
    runs: ["*/besideFilled", "*/filled"],
    lenient: { also: [["*/besideFilled"]], why: WHOLE },
  },
  {
    name: "a registry that a plugin fills: the plugin",
    edit: edit("registry_plugin.ts", "x * 2", "x * 3"),
    runs: ["*/registered"],
  },
  {
    name: "a registry that a plugin fills: the registry",
    edit: edit("registry.ts", "registry.set(name, method)", "registry.set(name, (x) => method(x))"),
    runs: ["*/registered"],
  },
  {
    name: "a registry that a plugin fills: one more plugin, imported for its effect",
    edit: {
      [at("more_plugin.ts")]:
        `import { register } from "./registry.ts";\n\nregister("double", (x) => x * 4);\n`,
      [at("exp.ts")]: append(`import "./more_plugin.ts";`),
    },
    runs: ["*/registered"],
  },
  {
    name: "a property assigned to a function",
    edit: edit("assigned.ts", "weigh.factor = 3", "weigh.factor = 4"),
    runs: ["*/withProperty"],
    lenient: { upTo: ASSIGNED, why: WHOLE },
  },
  {
    name: "a list that is pushed to",
    edit: edit("assigned.ts", "push(1, 2)", "push(1, 2, 3)"),
    runs: ["*/pushed"],
    lenient: { upTo: ASSIGNED, why: WHOLE },
  },
  {
    name: "an object that another is assigned to",
    edit: edit("assigned.ts", "depth: 4", "depth: 5"),
    runs: ["*/mixedIn"],
    lenient: { upTo: ASSIGNED, why: WHOLE },
  },
  {
    name: "a method patched in another module",
    edit: edit("vector_patch.ts", "20 * this.x", "30 * this.x"),
    runs: ["*/patched"],
    lenient: { upTo: ASSIGNED, why: WHOLE },
  },
  {
    name: "a global variable",
    edit: edit("global.ts", "cairnEditsRate = 6", "cairnEditsRate = 7"),
    runs: ["*/ofGlobal"],
    lenient: { upTo: ALL, why: "who reads a global variable need not name it" },
  },
  {
    name: "the function with a computed import",
    edit: edit("computed.ts", "plugin(1)", "plugin(2)"),
    runs: ["*/computedImport"],
  },
  {
    name: "a function beside a computed import",
    edit: edit("computed.ts", "x + 1", "1 + x"),
    runs: ["*/computedImport"],
    lenient: { also: [[]], why: "the whole module counts, though nothing hangs on it" },
  },
  {
    name: "the module that a computed import leads to",
    edit: edit("plugins/one.ts", "x + 1", "x + 10"),
    runs: ["*/computedImport"],
  },
  {
    name: "a module that a computed import might have led to",
    edit: edit("plugins/two.ts", "x + 2", "x + 20"),
    runs: [],
    lenient: { upTo: ["*/computedImport"], why: "where it leads is known when it runs" },
  },
  {
    name: "a function that only eval names",
    edit: edit("evaluated.ts", "x + 1", "x + 2"),
    runs: ["*/evaluated"],
  },
  {
    name: "what is printed when a module is loaded",
    edit: edit("noisy.ts", "noisy is loaded", "noisy is here"),
    runs: [],
    lenient: { upTo: ["*/ofNoisy"], why: "a side effect that no code reads" },
  },
  { name: "one of the functions in a table", edit: edit("tables.ts", "x * 2", "x * 3"), runs: ["*/byName"] },
  {
    name: "a constant read from the environment: a warning says to declare it",
    first: true,
    runs: ALL,
    warns: /MODEL/,
  },
  {
    name: "another constant read from outside, in the same file, and nobody reads it",
    edit: edit("environment.ts", "Deno.args.length", "Deno.args.length + 1"),
    runs: [],
    lenient: { upTo: ["*/ofEnvironment"], why: "to read from outside may count as a side effect" },
  },
  {
    name: "comments and layout of all that can't be followed",
    edit: Object.fromEntries(
      [
        "reassigned",
        "level",
        "level_start",
        "filled",
        "registry",
        "registry_plugin",
        "assigned",
        "vector_patch",
        "global",
        "computed",
        "evaluated",
        "plugins/one",
      ]
        .map((name) => [
          at(`${name}.ts`),
          (old: string) => `// first\n${old.replaceAll("\n", "\n\n").replaceAll("(x) =>", "( x ) =>")}`,
        ]),
    ),
    runs: [],
    lenient: { upTo: ["*/computedImport"], why: "what a computed import leads to may count by its bytes" },
  },
];

export const wide: Table = {
  name: "what can't be followed",
  files: fixture("wide"),
  how: { entry: at("exp.ts") },
  first: 16,
  rows,
};
