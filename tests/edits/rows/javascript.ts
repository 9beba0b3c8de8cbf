/** Edits of a project in JavaScript, with a module in TypeScript and one in CommonJS. */
import { type Changes, fixture, replace } from "../project.ts";
import type { Table } from "../table.ts";

function edit(file: string, from: string, to: string): Changes {
  return { [`javascript/${file}`]: replace([from, to]) };
}

export const javascript: Table = {
  name: "JavaScript",
  files: fixture("javascript"),
  how: { entry: "javascript/exp.js" },
  first: 9,
  rows: [
    {
      name: "comments and types in comments",
      edit: edit("draw.js", "@param {number} size How many", "@param {0 | number} size The length"),
      runs: [],
    },
    {
      name: "layout and quotes",
      edit: {
        "javascript/exp.js": (old) => old.replaceAll("  ", "\t").replaceAll(`note("draw"`, "note('draw'"),
        "javascript/model.mjs": (old) => old.replaceAll(";\n", "\n"),
        "javascript/numbers.mjs": (old) =>
          old.replaceAll("(sum, value) => sum + value, 0)", "(\n sum,\n value,\n) => sum + value, 0,)"),
      },
      runs: [],
    },
    { name: "run", edit: edit("exp.js", "new Model(values);", "new Model([...values]);"), runs: ["*/fit"] },
    { name: "a helper in .js", edit: edit("draw.js", "i + 1", "1 + i"), runs: ["*/draw"] },
    { name: "what lies beside a helper in .js", edit: edit("draw.js", "(x) => x;", "(x) => -x;"), runs: [] },
    {
      name: "a helper in .mjs, exported by another name",
      edit: edit("numbers.mjs", "sum + value", "value + sum"),
      runs: ["*/fit"],
    },
    {
      name: "what lies beside a helper in .mjs",
      edit: edit("numbers.mjs", "toSorted()[0]", "toSorted()[1]"),
      runs: [],
    },
    { name: "a method", edit: edit("model.mjs", "toFixed(digits)", "toFixed(digits + 0)"), runs: ["*/fit"] },
    {
      name: "a base class that is not exported",
      edit: edit("model.mjs", "#offset = 0", "#offset = 1"),
      runs: ["*/fit", "*/say", "*/check", "all"],
    },
    {
      name: "a static field",
      edit: edit("model.mjs", "power = 1", "power = 2"),
      runs: ["*/fit", "*/say", "*/check", "all"],
    },
    { name: "a default in a pattern", edit: edit("model.mjs", "digits = 3", "digits = 4"), runs: ["*/fit"] },
    {
      name: "a module in CommonJS",
      edit: edit("shout.cjs", `MARK = "!"`, `MARK = "?"`),
      runs: ["*/say", "all"],
    },
    { name: "a JSON module", edit: edit("settings.json", `"mean"`, `"average"`), runs: ["*/say", "all"] },
    {
      name: "a type in a module in TypeScript",
      edit: edit("typed.ts", "value as number", "value satisfies number"),
      runs: [],
    },
    {
      name: "a module in TypeScript",
      edit: edit("typed.ts", "return value as number", "return +value"),
      runs: ["*/check"],
    },
    { name: "a constant", edit: edit("draw.js", "BASE = 0", "BASE = 1"), runs: ["*/check"] },
    {
      name: "the aggregate",
      edit: edit("exp.js", "({ said }) => said", "(state) => state.said"),
      runs: ["all"],
    },
  ],
};
