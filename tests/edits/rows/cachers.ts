/** Cachers are part of what an artifact is: their kinds, their extensions, and the code of what saves. */
import { type Changes, fixture, replace } from "../project.ts";
import type { Table } from "../table.ts";

const EXP = "cachers/exp.ts";
const CACHERS = "cachers/cachers.ts";

function edit(file: string, from: string, to: string): Changes {
  return { [file]: replace([from, to]) };
}

/** The stages with the cacher for numbers, in whatever combinators. */
const NUMBERS = ["*/plain", "*/inSubdir", "*/compressed", "*/late", "*/checked", "*/all"];

export const cachers: Table = {
  name: "cachers",
  files: fixture("cachers"),
  how: { entry: EXP },
  first: 10,
  rows: [
    {
      name: "save, its bytes the same",
      edit: edit(
        CACHERS,
        "await Deno.writeTextFile(artifact.path(), format(value));",
        "Deno.writeTextFileSync(artifact.path(), format(value));",
      ),
      runs: NUMBERS,
    },
    {
      name: "what save calls, its bytes the same",
      edit: edit(CACHERS, "`${value}\\n`", `value + "\\n"`),
      runs: NUMBERS,
    },
    {
      name: "what save calls, its bytes different",
      edit: edit(CACHERS, "`${value}\\n`", "`${value}`"),
      runs: [...NUMBERS, "*/after"],
    },
    {
      name: "load",
      edit: edit(CACHERS, "async (artifact) => parse(", "async (artifact) => +parse("),
      runs: [],
    },
    { name: "what load calls", edit: edit(CACHERS, "Number(text)", "+text"), runs: [] },
    {
      name: "a comment in save",
      edit: edit(CACHERS, "format(value));", "format(value)); // a line"),
      runs: [],
    },
    {
      name: "the cacher's kind",
      edit: edit(CACHERS, `kind: "number"`, `kind: "figure"`),
      runs: NUMBERS,
      lenient: { upTo: ["*/after"], why: "whether the kind is part of the content is nowhere said" },
    },
    {
      name: "the cacher's extension",
      edit: edit(CACHERS, `extension: ".number"`, `extension: ".figure"`),
      runs: NUMBERS,
      lenient: { upTo: ["*/after"], why: "whether the extension is part of a relative name is nowhere said" },
    },
    {
      name: "the save of a cacher that is another's but for that",
      edit: edit(CACHERS, "(a, b) => a - b", "(a, b) => -(b - a)"),
      runs: ["*/sorted"],
    },
    {
      name: "the save of a cacher from a factory",
      edit: edit(CACHERS, "words.join(separator)", "[...words].join(separator)"),
      runs: ["*/words"],
    },
    {
      name: "what a factory of cachers captures",
      edit: edit(EXP, `wordsCacher(" ")`, `wordsCacher("-")`),
      runs: ["*/words"],
    },
    { name: "an unrelated function in the cachers' file", edit: edit(CACHERS, "x + 1", "1 + x"), runs: [] },
    {
      name: "what checks a value, none of which fails",
      edit: edit(CACHERS, "no number", "not a number"),
      runs: [],
      lenient: {
        upTo: ["*/checked", "*/all"],
        why: "the schema is called by save, and changes none of its bytes",
      },
    },
    {
      name: "another cacher in place of one",
      edit: {
        [EXP]: replace(
          [`import { jsonCacher } from`, `import { jsonCacher, structuredCacher } from`],
          ["ofOrdinary: jsonCacher<number>()", "ofOrdinary: structuredCacher<number>()"],
        ),
      },
      runs: ["*/ordinary", "*/after"],
    },
    {
      name: "a cacher compressed",
      edit: edit(EXP, "ofOrdinary: jsonCacher<number>()", "ofOrdinary: gzipped(jsonCacher<number>())"),
      runs: ["*/ordinary", "*/after"],
    },
    {
      name: "a cacher not compressed any more",
      edit: edit(EXP, "ofCompressed: gzipped(numberCacher)", "ofCompressed: numberCacher"),
      runs: ["*/compressed"],
    },
    {
      name: "an artifact in another folder",
      edit: edit(EXP, `withSubdir(numberCacher, "numbers")`, `withSubdir(numberCacher, "figures")`),
      runs: ["*/inSubdir"],
      lenient: { also: [[]], why: "the same content may be linked in the new place" },
    },
    {
      name: "lazy and untracked taken away",
      edit: {
        [EXP]: (old) =>
          old.replace("  lazy,\n", "").replace("  untracked,\n", "")
            .replace("lazy(numberCacher)", "numberCacher")
            .replace(/lazy\(\s*untracked\((withPrefix\(.*"shared"\))\),\s*\)/, "$1"),
      },
      runs: [],
    },
    {
      name: "a cacher by another name",
      edit: {
        [CACHERS]: (old) => `${old}\nexport { numberCacher as figureCacher };\n`,
        [EXP]: replace([
          "import { numberCacher, numberSchema",
          "import { figureCacher as numberCacher, numberSchema",
        ]),
      },
      runs: [],
    },
  ],
};
