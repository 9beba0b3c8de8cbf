/** Stages made by functions and in loops: what they capture counts by value where they say so, else every module does. */
import { type Changes, fixture, replace } from "../project.ts";
import type { Row, Table } from "../table.ts";

const at = (file: string) => `factories/${file}`;

/** One file, one replacement. */
function edit(file: string, from: string, to: string): Changes {
  return { [at(file)]: replace([from, to]) };
}

/** The stages that say nothing of what they capture: every module of the experiment is in their keys. */
const LOOSE = ["*/shift", "*/looseA", "*/looseB", "*/turn1", "*/turn2"];

const rows: readonly Row[] = [
  {
    name: "a captured value",
    edit: edit("exp.ts", "scaler(2)", "scaler(4)"),
    runs: ["*/scale", "*/after", ...LOOSE],
  },
  {
    name: "a captured value, written otherwise",
    edit: edit("exp.ts", "scaler(2)", "scaler(1 + 1)"),
    runs: LOOSE,
  },
  {
    name: "a captured object",
    edit: edit("exp.ts", "right: 2", "right: 3"),
    runs: ["*/addA", "*/addB", ...LOOSE],
  },
  {
    name: "run of a factory with captures",
    edit: edit("makers.ts", "multiply(start, factor)", "multiply(factor, start)"),
    runs: ["*/scale", ...LOOSE],
  },
  {
    name: "a helper of a factory with captures",
    edit: edit("helper.ts", "x * factor", "factor * x"),
    runs: ["*/scale", ...LOOSE],
  },
  {
    name: "run of a factory without captures",
    edit: edit("makers.ts", "start + by }", "by + start }"),
    runs: LOOSE,
  },
  {
    name: "a value captured without a word, its results different",
    edit: edit("exp.ts", "shifter(3)", "shifter(4)"),
    runs: ["*/after", ...LOOSE],
  },
  {
    name: "run of a factory with a version",
    edit: edit("makers.ts", "Number(start.toFixed(digits))", "+start.toFixed(digits)"),
    runs: LOOSE,
  },
  {
    name: "a value captured by a factory with a version",
    edit: edit("exp.ts", "rounder(1)", "rounder(2)"),
    runs: LOOSE,
  },
  {
    name: "the version of a factory",
    edit: edit("makers.ts", `version: "1"`, `version: "2"`),
    runs: ["*/round", ...LOOSE],
  },
  {
    name: "a factory that captures nothing",
    edit: edit("makers.ts", "fixedOut: start }", "fixedOut: +start }"),
    runs: ["*/fixed", ...LOOSE],
  },
  {
    name: "run in a loop with captures",
    edit: edit("exp.ts", "start ** power", "Math.pow(start, power)"),
    runs: ["*/power1", "*/power2", ...LOOSE],
  },
  {
    name: "a value that a loop without captures holds",
    edit: edit("exp.ts", "[2, 20]", "[2, 30]"),
    runs: LOOSE,
  },
  {
    name: "one more turn of a loop",
    edit: edit("exp.ts", "of [1, 2]", "of [1, 2, 3]"),
    runs: ["*/power3", ...LOOSE],
  },
  {
    name: "run of stages that are mapped",
    edit: edit("exp.ts", "start + name.length", "name.length + start"),
    runs: LOOSE,
  },
  {
    name: "an unrelated function in a factory's file",
    edit: edit("makers.ts", "x + 1", "x + 2"),
    runs: LOOSE,
  },
  { name: "an unrelated function in another file", edit: edit("far.ts", "x + 1", "x + 3"), runs: LOOSE },
  {
    name: "a stage that is made by no function",
    edit: edit("exp.ts", "start: 10 }", "start: 5 + 5 }"),
    runs: ["*/start", ...LOOSE],
  },
  {
    name: "comments, layout and types in every file",
    edit: {
      [at("makers.ts")]: (old) => `// first\n${old.replaceAll("factor: number", "factor: 0 | number")}`,
      [at("far.ts")]: (old) => old.replace("return x + 1;", "return (\n    x + 1\n  ); // done"),
      [at("helper.ts")]: (old) => `type Real = number;\n${old.replaceAll("x: number", "x: Real")}`,
      [at("exp.ts")]: (old) => old.replaceAll("  ", "    "),
    },
    runs: [],
  },
  {
    name: "a factory with captures, which then names none",
    edit: edit("makers.ts", "    captures: { factor },\n", ""),
    runs: ["*/scale", ...LOOSE],
  },
  {
    name: "a factory without captures, which then names them",
    edit: edit("makers.ts", `name: "shift",`, `name: "shift",\n    captures: { by },`),
    runs: LOOSE,
  },
];

export const factories: Table = {
  name: "factories",
  files: fixture("factories"),
  how: { entry: at("exp.ts") },
  first: 14,
  rows,
};
