/** How stages are described, and where they are defined. */
import { changeFiles, type Changes, fixture, replace } from "../project.ts";
import type { Table } from "../table.ts";

const at = (file: string) => `described/${file}`;

function edit(file: string, ...pairs: readonly (readonly [from: string, to: string])[]): Changes {
  return { [at(file)]: replace(...pairs) };
}

const OF_A = `name: "a", x: 1, y: 2, z: 1, gpus: 1, model: { id: "m", label: "first" }`;
const ORDER = "whether the order of a list that is none of values counts is nowhere said";
const CAUGHT = "run is made by a function: what it holds may count by its text, or with all modules";

export const described: Table = {
  name: "descriptions of stages",
  files: fixture("described"),
  how: { entry: at("exp.ts") },
  first: 16,
  rows: [
    {
      name: "inputs in another order",
      edit: edit("ordered.ts", [`["firstOut", "secondOut"]`, `["secondOut", "firstOut"]`]),
      runs: [],
      lenient: { upTo: ["a/both"], why: ORDER },
    },
    {
      name: "parameters in another order",
      edit: edit("ordered.ts", [`["x", "y"]`, `["y", "x"]`]),
      runs: [],
      lenient: { upTo: ["a/both"], why: ORDER },
    },
    {
      name: "outputs in another order",
      edit: edit("ordered.ts", [
        "product: jsonCacher<number>(), quotient: jsonCacher<number>()",
        "quotient: jsonCacher<number>(), product: jsonCacher<number>()",
      ]),
      runs: [],
      lenient: { upTo: ["a/both"], why: ORDER },
    },
    {
      name: "a stage that produces an optional input",
      edit: edit("exp.ts", ["    second,\n", "    second,\n    offsetStage,\n"]),
      runs: ["a/both", "a/offset"],
      again: [],
    },
    ...[`"1"`, "1n", "new Date(1)"].map((z) => ({
      name: `a parameter that is ${z}, not 1`,
      edit: edit("exp.ts", [OF_A, OF_A.replace("z: 1", `z: ${z} as never`)]),
      runs: ["a/exact"],
    })),
    {
      name: "a parameter that is gone",
      edit: edit("exp.ts", [OF_A, OF_A.replace(" z: 1,", "")]),
      runs: ["a/exact"],
    },
    {
      name: "one of two outputs comes out different",
      edit: edit("ordered.ts", ["params.x / params.y", "params.y / params.x"]),
      runs: ["a/both", "a/ofQuotient"],
    },
    {
      name: "the other of two outputs comes out different",
      edit: edit("ordered.ts", ["firstOut * secondOut + offset", "firstOut + secondOut + offset"]),
      runs: ["a/both", "a/ofHandle", "a/ofProduct"],
    },
    {
      name: "a stage that hands on a handle, its results the same",
      edit: edit("ordered.ts", ["product + 1", "1 + product"]),
      runs: ["a/ofProduct"],
    },
    {
      name: "a stage that takes a handle",
      edit: edit("ordered.ts", ["await ofProductOut.load() + 1", "1 + await ofProductOut.load()"]),
      runs: ["a/ofHandle"],
    },
    {
      name: "an edit that fails, taken back",
      byHand: async (dir, again) => {
        changeFiles(dir, edit("ordered.ts", ["product + 1", "failed()"]));
        await again();
        changeFiles(dir, edit("ordered.ts", ["failed()", "product + 1"]));
      },
      runs: [],
    },
    {
      name: "an edit that fails, and one that does not",
      edit: edit("ordered.ts", ["firstOut * secondOut + offset", "firstOut + secondOut + offset"]),
      byHand: async (dir, again) => {
        changeFiles(dir, edit("ordered.ts", ["product + 1", "failed()"]));
        await again();
        changeFiles(dir, edit("ordered.ts", ["failed()", "product + 1"]));
      },
      runs: ["a/ofHandle", "a/ofProduct"],
    },
    {
      name: "a parameter in another order",
      edit: edit("exp.ts", [
        OF_A,
        `y: 2, z: 1, name: "a", model: { label: "first", id: "m" }, gpus: 1, x: 1`,
      ]),
      runs: [],
    },
    {
      name: "a parameter that is not hashed",
      edit: edit("exp.ts", [OF_A, OF_A.replace("gpus: 1", "gpus: 8")]),
      runs: [],
    },
    {
      name: "a parameter beside what is hashed of it",
      edit: edit("exp.ts", [OF_A, OF_A.replace("first", "second")]),
      runs: [],
    },
    {
      name: "what is hashed of a parameter",
      edit: edit("exp.ts", [OF_A, OF_A.replace(`id: "m"`, `id: "n"`)]),
      runs: ["a/labelled"],
    },
    {
      name: "a parameter beside one that is not hashed",
      edit: edit("exp.ts", [OF_A, OF_A.replace("x: 1", "x: 3")]),
      runs: ["a/both", "a/first", "a/heavy", "a/ofHandle", "a/ofProduct", "a/ofQuotient"],
    },
    {
      name: "a stage in an object",
      edit: edit("places.ts", ["leftOut: 1 }", "leftOut: 11 }"]),
      runs: ["a/left"],
    },
    {
      name: "its neighbour",
      edit: edit("places.ts", ["rightOut: 2 }", "rightOut: 12 }"]),
      runs: ["a/right"],
    },
    {
      name: "a stage in a class",
      edit: edit("places.ts", ["ofClassOut: 3 }", "ofClassOut: 13 }"]),
      runs: ["a/ofClass"],
    },
    {
      name: "run made by a function: its argument",
      edit: edit("places.ts", ["runner(4)", "runner(14)"]),
      runs: ["a/made"],
    },
    {
      name: "run made by a function: the function",
      edit: edit("places.ts", ["madeOut: result }", "madeOut: +result }"]),
      runs: ["a/made"],
    },
    {
      name: "run from a Map",
      edit: edit("places.ts", ["ofMapOut: 5 }", "ofMapOut: 15 }"]),
      runs: ["a/ofMap"],
      lenient: { upTo: ["a/made", "a/bound"], why: CAUGHT },
    },
    {
      name: "run with a bound argument",
      edit: edit("places.ts", ["result.bind(null, 6)", "result.bind(null, 16)"]),
      runs: ["a/bound"],
    },
    {
      name: "one of two stages, of which one is taken",
      edit: edit("places.ts", ["chosenOut: 7 }", "chosenOut: 17 }"]),
      runs: ["a/chosen"],
    },
    {
      name: "the one that is not taken",
      edit: edit("places.ts", ["chosenOut: 8 }", "chosenOut: 18 }"]),
      runs: [],
      lenient: { upTo: ["a/chosen"], why: "both bear one name" },
    },
  ],
};

export const twins: Table = {
  name: "two stages with one name and one text",
  files: fixture("twins"),
  how: { entry: "twins/exp.ts" },
  first: 3,
  rows: [
    {
      name: "what the first reads",
      edit: { "twins/twin_a.ts": replace(["RESULT = 1", "RESULT = 3"]) },
      runs: ["a/twin", "total"],
    },
    {
      name: "what the second reads",
      edit: { "twins/twin_b.ts": replace(["RESULT = 2", "RESULT = 3"]) },
      runs: ["b/twin", "total"],
    },
    {
      name: "a procedure taken away",
      edit: { "twins/exp.ts": (old) => old.replace(/^.*name: "two".*\n/m, "") },
      runs: ["total"],
    },
    {
      name: "a procedure renamed",
      edit: { "twins/exp.ts": replace([`name: "two"`, `name: "three"`]) },
      runs: [],
    },
  ],
};
