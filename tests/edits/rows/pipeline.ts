/** Edits of a pipeline with helpers in other files: what counts as code, and what follows where it changed. */
import { append, cached, cachedMetadata, changeFiles, fixture, replace } from "../project.ts";
import type { Row, Table } from "../table.ts";

const EXP = "pipeline/exp.ts";
const DRAW = "pipeline/lib/draw.ts";
const ARITHMETIC = "pipeline/lib/arithmetic.ts";
const CONSTANTS = "pipeline/lib/constants.ts";
const DESCRIBE = "pipeline/lib/describe.ts";
const ROWS = "pipeline/lib/rows.ts";

const ROUND = `export const round = defineStage({
  name: "round",
  inputs: ["sum"],
  params: [],
  outputs: { rounded: jsonCacher<number>() },
  run: ({ sum }: { sum: number }, { record }) => {
    note("round", record.name);
    return { rounded: Math.round(sum) };
  },
});

/** One row a record. */`;

/** What changes no result, and is no code. */
const cosmetic: readonly Row[] = [
  { name: "nothing", runs: [] },
  {
    name: "a comment in run, another before the stage, a third in a helper",
    edit: {
      [EXP]: replace(
        [`note("draw", record.name);`, `note("draw", record.name); // here it begins`],
        ["export const scale =", "/**\n * Scales.\n */\nexport const scale ="],
      ),
      [ARITHMETIC]: replace(["x * factor; // both are finite", "x /* any number */ * factor;"]),
    },
    runs: [],
  },
  {
    name: "comments removed",
    edit: {
      [ARITHMETIC]: replace([" // both are finite", ""], ["/** The product. */\n", ""]),
      [EXP]: replace(["/** One row a record. */\n", ""]),
    },
    runs: [],
  },
  {
    name: "line breaks, blanks, and trailing commas",
    edit: {
      [EXP]: replace(
        [
          "values.map((value) => multiply(value, params.factor))",
          "values.map((value) =>\n    multiply(\n      value,\n      params.factor,\n    ),\n  )",
        ],
        ["return { text: describe(sum) };", "return   {text:describe( sum ),};"],
        [
          "const sum = scaled.reduce((sum, value) => sum + value, 0);",
          "const sum =\n\nscaled\n.reduce((sum,value)=>sum+value,0,)",
        ],
      ),
    },
    runs: [],
  },
  {
    name: "other quotes, and an arrow's parentheses",
    edit: {
      [EXP]: replace(
        [`note("total", record.name)`, "note('total', record.name)"],
        ["values.map((value) => multiply", "values.map(value => multiply"],
      ),
      [DESCRIBE]: replace([`"much" : "little"`, "'much' : 'little'"]),
    },
    runs: [],
  },
  {
    name: "tabs for blanks, and CR LF for LF",
    edit: {
      [EXP]: (old) => old.replaceAll("  ", "\t").replaceAll("\n", "\r\n"),
      [ARITHMETIC]: (old) => old.replaceAll("\n", "\r\n"),
    },
    runs: [],
  },
  {
    name: "no semicolons",
    edit: { [DRAW]: (old) => old.replaceAll(";\n", "\n"), [DESCRIBE]: (old) => old.replaceAll(";\n", "\n") },
    runs: [],
  },
  {
    name: "an interface and a type renamed",
    edit: {
      [EXP]: (old) => old.replaceAll("Row", "Line"),
      [ROWS]: (old) => old.replace("Row", "Line").replace("Amount", "Size"),
      [DESCRIBE]: (old) => old.replaceAll("Amount", "Size"),
    },
    runs: [],
  },
  {
    name: "an interface changed, and a type annotation",
    edit: {
      [ROWS]: replace(["sum: number;", "readonly sum: number;\n  note?: string;"]),
      [EXP]: replace([
        "run: ({ scaled }: { scaled: number[] }",
        "run: ({ scaled }: { scaled: readonly number[] }",
      ]),
    },
    runs: [],
  },
  {
    name: "as, satisfies, and an exclamation mark",
    edit: {
      [EXP]: replace(
        ["return { name, sum };", "return { name, sum: sum! } satisfies Row as Row;"],
        ["return { sum };", "return { sum: sum as number };"],
      ),
      [ARITHMETIC]: replace(["return x * factor;", "return (x as number) * (factor satisfies number);"]),
    },
    runs: [],
  },
  {
    name: "return types left out and added",
    edit: {
      [ARITHMETIC]: replace([
        "multiply(x: number, factor: number): number",
        "multiply(x: number, factor: number)",
      ]),
      [EXP]: replace(["(sum, value) => sum + value", "(sum: number, value: number): number => sum + value"]),
    },
    runs: [],
  },
  {
    name: "overload signatures, and a generic parameter that nothing at run time knows of",
    edit: {
      [ARITHMETIC]: replace([
        "export function multiply(x: number, factor: number): number",
        "export function multiply(x: 0, factor: number): 0;\n" +
        "export function multiply(x: number, factor: number): number;\n" +
        "export function multiply<N extends number>(x: N, factor: number): number",
      ]),
    },
    runs: [],
  },
  {
    name: "a type import added, and another type declared",
    edit: {
      [ARITHMETIC]: (old) =>
        `import type { Row } from "./rows.ts";\nimport { type Amount } from "./rows.ts";\n` +
        `export type Pair = [Row, Amount];\n${old}`,
    },
    runs: [],
  },
  {
    name: "an unrelated function in the same file",
    edit: {
      [EXP]: replace(["return x + 1", "return x + 2"]),
      [ARITHMETIC]: replace(["return x + y", "return y + x"]),
    },
    runs: [],
  },
  {
    name: "an unrelated constant in the same file",
    edit: { [CONSTANTS]: replace(["UNUSED = 100", "UNUSED = 101"]) },
    runs: [],
  },
  {
    name: "another export, and one more file",
    edit: {
      [EXP]: append("export const more = 1;"),
      [DESCRIBE]: replace(["function format", "export function format"]),
      "pipeline/lib/more.ts": "export const much = 1;\n",
    },
    runs: [],
  },
  {
    name: "an import that no stage uses",
    edit: {
      [EXP]: (old) => `import { helper } from "./lib/more.ts";\n${old}\nexport const more = helper(2);\n`,
      "pipeline/lib/more.ts": "export function helper(x: number): number {\n  return x;\n}\n",
    },
    runs: [],
  },
  {
    name: "declarations in another order",
    edit: {
      [CONSTANTS]: () => "export const UNUSED = 100;\nexport const MANY = 25;\nexport const FIRST = 1;\n",
      [DESCRIBE]: (old) => {
        const [head, describe, format] = old.split(/\n\n(?=\/\*\*|function)/);
        return `${head}\n\n${format}\n${describe}\n`;
      },
      [EXP]: (old) => {
        const draw = old.slice(old.indexOf("export const draw"), old.indexOf("export const scale"));
        return old.replace(draw, "").replace("/** One row", `${draw}/** One row`);
      },
    },
    runs: [],
  },
  {
    name: "imports in another order",
    edit: {
      [EXP]: replace(
        [`import { drawn } from "./lib/draw.ts";\n`, ""],
        [
          `import { note } from "../note.ts";\n`,
          `import { drawn } from "./lib/draw.ts";\nimport { note } from "../note.ts";\n`,
        ],
      ),
    },
    runs: [],
  },
  {
    name: "a stage added at the end",
    edit: {
      [EXP]: replace(
        ["/** One row a record. */", ROUND],
        ["stages: [draw, scale, total, label]", "stages: [draw, scale, total, label, round]"],
      ),
    },
    runs: ["*/round"],
  },
  {
    name: "a stage taken away",
    edit: { [EXP]: replace(["stages: [draw, scale, total, label]", "stages: [draw, scale, total]"]) },
    runs: [],
  },
  {
    name: "how a stage runs, not what it computes: retries, timeout, concurrency",
    edit: {
      [EXP]: replace([
        `name: "scale",`,
        `name: "scale",\n  retries: 2,\n  timeout: "10s",\n  concurrency: 1,`,
      ]),
    },
    runs: [],
  },
  {
    name: "how the parameter sets are made",
    edit: {
      [EXP]: replace([
        `params: [{ name: "small", size: 3, factor: 2 }, { name: "large", size: 5, factor: 2 }]`,
        `params: () => [3, 5].map((size) => ({ factor: 2, size, name: size === 3 ? "small" : "large" }))`,
      ]),
    },
    runs: [],
  },
  {
    name: "a helper moved to another file",
    edit: {
      [DESCRIBE]: (old) =>
        `import { format } from "./format.ts";\n${old.slice(0, old.indexOf("function format")).trimEnd()}\n`,
      "pipeline/lib/format.ts":
        "export function format(sum: number): string {\n  return sum.toFixed(1);\n}\n",
    },
    runs: [],
    lenient: { also: [["*/label"]], why: "that a declaration's file is no part of it is nowhere said" },
  },
  {
    name: "a file renamed",
    edit: {
      [ARITHMETIC]: null,
      "pipeline/lib/calculus.ts": fixture(ARITHMETIC)[ARITHMETIC]!,
      [EXP]: replace(["./lib/arithmetic.ts", "./lib/calculus.ts"]),
    },
    runs: [],
    lenient: { also: [["*/scale"]], why: "that a declaration's file is no part of it is nowhere said" },
  },
  {
    name: "a local variable renamed",
    edit: { [EXP]: replace(["(sum, value) => sum + value, 0", "(all, value) => all + value, 0"]) },
    runs: ["*/total"],
    lenient: { also: [[]], why: "names of local variables are neither comments nor layout nor types" },
  },
  {
    name: "a helper renamed, with its uses",
    edit: {
      [EXP]: (old) => old.replaceAll("multiply", "product"),
      [ARITHMETIC]: (old) => old.replaceAll("multiply", "product"),
    },
    runs: ["*/scale"],
    lenient: { also: [[]], why: "a name is code, though nothing hangs on it" },
  },
];

/** What is code, and where it ends: early cutoff. */
const real: readonly Row[] = [
  {
    name: "a helper whose results stay the same",
    edit: { [ARITHMETIC]: replace(["x * factor", "factor * x"]) },
    runs: ["*/scale"],
    again: [],
    compared: true,
  },
  {
    name: "run itself, its results the same",
    edit: { [EXP]: replace(["(sum, value) => sum + value", "(sum, value) => value + sum"]) },
    runs: ["*/total"],
  },
  {
    name: "the first stage, its results the same",
    edit: { [DRAW]: replace(["FIRST + i", "i + FIRST"]) },
    runs: ["*/draw"],
  },
  {
    name: "the first stage and the third, their results the same",
    edit: {
      [DRAW]: replace(["FIRST + i", "i + FIRST"]),
      [EXP]: replace(["(sum, value) => sum + value", "(sum, value) => value + sum"]),
    },
    runs: ["*/draw", "*/total"],
    again: [],
    compared: true,
  },
  {
    name: "a constant two files away, all results different",
    edit: { [CONSTANTS]: replace(["FIRST = 1", "FIRST = 2"]) },
    runs: ["*/draw", "*/scale", "*/total", "*/label", "compare"],
  },
  {
    name: "a helper whose results differ for one record",
    edit: { [ARITHMETIC]: replace(["return x * factor;", "return x > 4 ? 0 : x * factor;"]) },
    runs: ["*/scale", "large/total", "large/label", "compare"],
    again: [],
    compared: true,
  },
  {
    name: "results that differ, and come together again further on",
    edit: { [EXP]: replace(["scaled: values.map((value) =>", "scaled: values.toReversed().map((value) =>"]) },
    runs: ["*/scale", "*/total"],
    again: [],
    compared: true,
  },
  {
    name: "a constant that only the last stage reads",
    edit: { [CONSTANTS]: replace(["MANY = 25", "MANY = 40"]) },
    runs: ["*/label"],
  },
  {
    name: "a helper's helper, which is not exported",
    edit: { [DESCRIBE]: replace(["toFixed(1)", "toFixed(2)"]) },
    runs: ["*/label"],
  },
  {
    name: "the aggregate's helper",
    edit: { [EXP]: replace(["return { name, sum };", "return { name: name.toUpperCase(), sum };"]) },
    runs: ["compare"],
    again: [],
    compared: true,
  },
  {
    name: "the aggregate's run",
    edit: { [EXP]: replace(["states.map((state)", "states.toReversed().map((state)"]) },
    runs: ["compare"],
  },
  {
    name: "another helper in the same place, the sum of one record the same",
    edit: { [EXP]: replace(["import { multiply } from", "import { add as multiply } from"]) },
    runs: ["*/scale", "*/total", "large/label", "compare"],
  },
  {
    name: "blanks within a template",
    edit: { [DESCRIBE]: replace(["${amount}: ${format(sum)}", "${amount}:  ${format(sum)}"]) },
    runs: ["*/label"],
  },
  {
    name: "an operator with the same operands",
    edit: { [DESCRIBE]: replace(["sum > MANY", "sum >= MANY"]) },
    runs: ["*/label"],
  },
  {
    name: "a stage renamed",
    edit: { [EXP]: replace([`name: "label"`, `name: "caption"`], [`note("label"`, `note("caption"`]) },
    runs: ["*/caption"],
  },
  {
    name: "a real edit and its opposite, with a run in between",
    byHand: async (dir, again) => {
      changeFiles(dir, { [CONSTANTS]: replace(["FIRST = 1", "FIRST = 2"]) });
      await again();
      changeFiles(dir, { [CONSTANTS]: replace(["FIRST = 2", "FIRST = 1"]) });
    },
    runs: [],
    again: [],
    compared: true,
  },
];

/** What else is in a key, and what is not. */
const described: readonly Row[] = [
  {
    name: "a parameter of one record",
    edit: { [EXP]: replace([`"large", size: 5, factor: 2`, `"large", size: 5, factor: 3`]) },
    runs: ["large/scale", "large/total", "large/label", "compare"],
  },
  {
    name: "a parameter from 2 to text",
    edit: { [EXP]: replace([`"large", size: 5, factor: 2`, `"large", size: 5, factor: "2" as never`]) },
    runs: ["large/scale"],
  },
  {
    name: "a parameter that no stage lists",
    edit: { [EXP]: replace([`"large", size: 5, factor: 2`, `"large", size: 5, factor: 2, colour: "red"`]) },
    runs: [],
  },
  {
    name: "a record added",
    edit: { [EXP]: replace([`factor: 2 }],`, `factor: 2 }, { name: "none", size: 0, factor: 2 }],`]) },
    runs: ["none/draw", "none/scale", "none/total", "none/label", "compare"],
  },
  {
    name: "a record taken away",
    edit: { [EXP]: replace([`, { name: "large", size: 5, factor: 2 }`, ""]) },
    runs: ["compare"],
  },
  {
    name: "a record renamed: an aggregate sees names",
    edit: { [EXP]: replace([`name: "large", size`, `name: "huge", size`]) },
    runs: ["compare"],
  },
  {
    name: "records in another order: an aggregate sees that",
    edit: {
      [EXP]: replace([
        `[{ name: "small", size: 3, factor: 2 }, { name: "large", size: 5, factor: 2 }]`,
        `[{ name: "large", size: 5, factor: 2 }, { name: "small", size: 3, factor: 2 }]`,
      ]),
    },
    runs: ["compare"],
  },
  {
    name: "a parameter more in a stage's list",
    edit: {
      [EXP]: replace([
        `inputs: ["sum"],\n  params: [],\n  outputs: { text`,
        `inputs: ["sum"],\n  params: ["size"],\n  outputs: { text`,
      ]),
    },
    runs: ["*/label"],
  },
  {
    name: "no list of parameters where it was empty",
    edit: {
      [EXP]: replace([
        `inputs: ["sum"],\n  params: [],\n  outputs: { text`,
        `inputs: ["sum"],\n  outputs: { text`,
      ]),
    },
    runs: ["*/label"],
  },
  {
    name: "an input more",
    edit: {
      [EXP]: replace(
        [
          `inputs: ["sum"],\n  params: [],\n  outputs: { text`,
          `inputs: ["sum", "scaled"],\n  params: [],\n  outputs: { text`,
        ],
        [
          "run: ({ sum }: { sum: number }, { record })",
          "run: ({ sum }: { sum: number; scaled: number[] }, { record })",
        ],
      ),
    },
    runs: ["*/label"],
  },
  {
    name: "an output more",
    edit: {
      [EXP]: replace(
        ["outputs: { text: textCacher() }", "outputs: { text: textCacher(), size: jsonCacher<number>() }"],
        ["return { text: describe(sum) };", "return { text: describe(sum), size: sum };"],
      ),
    },
    runs: ["*/label"],
  },
  {
    name: "an output lazy: that is when it is loaded, not what it is",
    edit: {
      [EXP]: replace(
        ["defineExperiment, defineStage }", "defineExperiment, defineStage, lazy }"],
        ["values: jsonCacher<number[]>()", "values: lazy(jsonCacher<number[]>())"],
      ),
    },
    runs: [],
  },
  {
    name: "an output untracked",
    edit: {
      [EXP]: replace(
        ["defineExperiment, defineStage }", "defineExperiment, defineStage, untracked }"],
        ["values: jsonCacher<number[]>()", "values: untracked(jsonCacher<number[]>())"],
      ),
    },
    runs: [],
  },
  {
    name: "a version: a decision of the user's, in place of the code",
    edit: { [EXP]: replace([`name: "scale",`, `name: "scale",\n  version: "1",`]) },
    runs: ["*/scale"],
  },
];

/** What happens to the cache. */
const damage: readonly Row[] = [
  { name: "all artifacts but the final ones deleted", byHand: (dir) => remove(dir, MIDDLE), runs: [] },
  {
    name: "the artifact of a final stage deleted",
    byHand: (dir) => remove(dir, [["label", "text"]]),
    runs: ["*/label"],
  },
  {
    name: "the artifact of a final stage deleted, and all in between",
    byHand: (dir) => remove(dir, [...MIDDLE, ["label", "text"]]),
    runs: ["*/draw", "*/scale", "*/total", "*/label"],
  },
  {
    name: "the artifact of a final stage deleted, and all in between but its input",
    byHand: (dir) => remove(dir, [["draw", "values"], ["scale", "scaled"], ["label", "text"]]),
    runs: ["*/label"],
  },
  {
    name: "the aggregate's artifact deleted",
    byHand: (dir) => remove(dir, [["compare", "table"]]),
    runs: ["compare"],
  },
  {
    name: "the metadata of a final artifact deleted",
    byHand: (dir) => cachedMetadata(dir, "label", "text").forEach((path) => Deno.removeSync(path)),
    runs: ["*/label"],
  },
  {
    name: "an artifact in the middle deleted, and a later stage edited",
    edit: { [DESCRIBE]: replace(["toFixed(1)", "toFixed(2)"]) },
    byHand: (dir) => remove(dir, [["total", "sum"]]),
    runs: ["*/total", "*/label"],
  },
  {
    name: "an artifact in the middle deleted, and an earlier stage edited, its results the same",
    edit: { [DRAW]: replace(["FIRST + i", "i + FIRST"]) },
    byHand: (dir) => remove(dir, [["scale", "scaled"]]),
    runs: ["*/draw"],
    lenient: {
      also: [["*/draw", "*/scale"]],
      why: "the final artifacts are linked by their content keys only where the inputs are there",
    },
  },
  {
    name: "an artifact in the middle cut short",
    byHand: (dir) => each(dir, "scale", "scaled", (path) => Deno.truncateSync(path, 3)),
    runs: [],
    lenient: { also: [["*/scale"]], why: "it may count as gone and not needed, or be made again" },
    warns: /scaled/,
  },
  {
    name: "an artifact in the middle changed by hand",
    byHand: (dir) => each(dir, "total", "sum", (path) => Deno.writeTextFileSync(path, "99\n")),
    runs: [],
    lenient: { also: [["*/total"]], why: "it may count as gone and not needed, or be made again" },
    warns: /sum/,
  },
  {
    name: "an artifact in the middle changed by hand, and the stage after it edited",
    edit: { [DESCRIBE]: replace(["toFixed(1)", "toFixed(2)"]) },
    byHand: (dir) => each(dir, "total", "sum", (path) => Deno.writeTextFileSync(path, "99\n")),
    runs: ["*/total", "*/label"],
    warns: /sum/,
  },
  {
    name: "a final artifact cut short",
    byHand: (dir) => each(dir, "label", "text", (path) => Deno.truncateSync(path, 2)),
    runs: ["*/label"],
    warns: /text/,
  },
  {
    name: "a final artifact changed by hand, its size the same",
    byHand: (dir) =>
      each(dir, "label", "text", (path) => {
        Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace(/\d/, "7"));
      }),
    runs: ["*/label"],
    warns: /text/,
  },
  {
    name: "every artifact touched",
    byHand: (dir) => {
      const now = new Date();
      for (const [stage, output] of [...MIDDLE, ["label", "text"], ["compare", "table"]] as const) {
        each(dir, stage, output, (path) => Deno.utimeSync(path, now, now));
      }
    },
    runs: [],
  },
  {
    name: "a stage in the middle overwritten",
    how: { flags: ["--overwrite-stage", "scale"] },
    runs: ["*/scale"],
  },
  {
    name: "a stage in the middle overwritten, its input deleted",
    byHand: (dir) => remove(dir, [["draw", "values"]]),
    how: { flags: ["--overwrite-stage", "scale"] },
    runs: ["*/draw", "*/scale"],
  },
  {
    name: "a stage in the middle overwritten, and the one before it edited, its results the same",
    edit: { [DRAW]: replace(["FIRST + i", "i + FIRST"]) },
    how: { flags: ["--overwrite-stage", "total"] },
    runs: ["*/draw", "*/total"],
  },
  {
    name: "everything overwritten",
    how: { flags: ["--overwrite"] },
    runs: ["*/draw", "*/scale", "*/total", "*/label", "compare"],
  },
];

/** What Cairn keeps for itself beside the artifacts: it can be made again. */
const OWN = "data/cache/.cairn";

/** Runs in between, other ways to name the same, and what Cairn keeps for itself. */
const ways: readonly Row[] = [
  { name: "the experiment by a path with a dot", how: { entry: `./${EXP}` }, runs: [] },
  { name: "the experiment by its whole path", how: (dir) => ({ entry: `${dir}/${EXP}` }), runs: [] },
  { name: "the experiment by its URL", how: (dir) => ({ entry: `file://${dir}/${EXP}` }), runs: [] },
  { name: "the experiment from its own folder", how: { entry: "exp.ts", cwd: "pipeline" }, runs: [] },
  {
    name: "an edit run for one record, and then for all",
    edit: { [ARITHMETIC]: replace(["x * factor", "factor * x"]) },
    byHand: (_, again) => again({ flags: ["--name", "small"] }),
    runs: ["large/scale"],
  },
  {
    name: "an edit run to the stage that it reaches, and then to the end",
    edit: { [CONSTANTS]: replace(["FIRST = 1", "FIRST = 2"]) },
    byHand: (_, again) => again({ flags: ["--until", "scale"] }),
    runs: ["*/total", "*/label", "compare"],
  },
  {
    name: "an edit run dry",
    edit: { [ARITHMETIC]: replace(["x * factor", "factor * x"]) },
    byHand: (_, again) => again({ flags: ["--dry"] }),
    runs: ["*/scale"],
  },
  {
    name: "a parameter set by a flag, and then in the file",
    edit: { [EXP]: replace([`"large", size: 5, factor: 2`, `"large", size: 5, factor: 3`]) },
    byHand: (_, again) => again({ flags: ["--set", "factor=3"] }),
    runs: ["compare"],
  },
  {
    name: "an edit, run, and what it took over deleted where it came from",
    edit: { [DRAW]: replace(["FIRST + i", "i + FIRST"]) },
    byHand: async (dir, again) => {
      const old = LATER.flatMap(([stage, output]) => cached(dir, stage, output));
      await again();
      old.forEach((path) => Deno.removeSync(path));
    },
    runs: [],
  },
  {
    name: "an edit, run, taken back, and what it took over deleted where it came from",
    byHand: async (dir, again) => {
      changeFiles(dir, { [DRAW]: replace(["FIRST + i", "i + FIRST"]) });
      const old = LATER.flatMap(([stage, output]) => [
        ...cached(dir, stage, output),
        ...cachedMetadata(dir, stage, output),
      ]);
      await again();
      old.forEach((path) => Deno.removeSync(path));
      changeFiles(dir, { [DRAW]: replace(["i + FIRST", "FIRST + i"]) });
    },
    runs: [],
  },
  {
    name: "an edit, run, and what it took over changed by hand",
    edit: { [DRAW]: replace(["FIRST + i", "i + FIRST"]) },
    byHand: async (dir, again) => {
      await again();
      each(dir, "label", "text", (path) => Deno.writeTextFileSync(path, "nothing"));
    },
    runs: ["*/label"],
  },
  {
    name: "an edit that keeps the file's size and time",
    byHand: (dir) => {
      const { atime, mtime } = Deno.statSync(`${dir}/${CONSTANTS}`);
      changeFiles(dir, { [CONSTANTS]: replace(["FIRST = 1", "FIRST = 2"]) });
      Deno.utimeSync(`${dir}/${CONSTANTS}`, atime!, mtime!);
    },
    runs: ["*/draw", "*/scale", "*/total", "*/label", "compare"],
  },
  {
    name: "what Cairn keeps for itself deleted",
    byHand: (dir) => Deno.removeSync(`${dir}/${OWN}`, { recursive: true }),
    runs: [],
  },
  {
    name: "what Cairn keeps for itself deleted, and a helper edited",
    edit: { [ARITHMETIC]: replace(["x * factor", "factor * x"]) },
    byHand: (dir) => Deno.removeSync(`${dir}/${OWN}`, { recursive: true }),
    runs: ["*/scale"],
  },
  {
    name: "what Cairn keeps for itself overwritten with nonsense",
    byHand: (dir) =>
      filesBelow(`${dir}/${OWN}`).forEach((path) => Deno.writeTextFileSync(path, "{nonsense\n")),
    runs: [],
  },
  {
    name: "what Cairn keeps for itself cut short, and a helper edited",
    edit: { [ARITHMETIC]: replace(["x * factor", "factor * x"]) },
    byHand: (dir) =>
      filesBelow(`${dir}/${OWN}`).forEach((path) =>
        Deno.truncateSync(path, Math.floor(Deno.statSync(path).size / 2))
      ),
    runs: ["*/scale"],
    lenient: {
      upTo: ["*/total", "*/label", "compare"],
      why: "what Cairn keeps for itself is a help to find artifacts, and may be lost",
    },
  },
  {
    name: "the metadata of an artifact in the middle made nonsense",
    byHand: (dir) => cachedMetadata(dir, "total", "sum").forEach((path) => Deno.writeTextFileSync(path, "{")),
    runs: [],
    lenient: { also: [["*/total"]], why: "it may count as gone and not needed, or be made again" },
  },
  {
    name: "the metadata of an artifact in the middle deleted, and the stage after it edited",
    edit: { [DESCRIBE]: replace(["toFixed(1)", "toFixed(2)"]) },
    byHand: (dir) => cachedMetadata(dir, "total", "sum").forEach((path) => Deno.removeSync(path)),
    runs: ["*/total", "*/label"],
  },
];

const LATER = [["scale", "scaled"], ["total", "sum"], ["label", "text"], ["compare", "table"]] as const;

function filesBelow(dir: string): string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${dir}/${name}`) : [`${dir}/${name}`]
  );
}

const MIDDLE = [["draw", "values"], ["scale", "scaled"], ["total", "sum"]] as const;

function each(dir: string, stage: string, output: string, change: (path: string) => void): void {
  const paths = cached(dir, stage, output);
  if (paths.length === 0) throw new Error(`No artifact ${stage}/${output} in the cache`);
  paths.forEach(change);
}

function remove(dir: string, names: readonly (readonly [stage: string, output: string])[]): void {
  for (const [stage, output] of names) each(dir, stage, output, (path) => Deno.removeSync(path));
}

export const pipeline: Table = {
  name: "a pipeline",
  files: fixture("pipeline"),
  how: { entry: EXP },
  first: 9,
  rows: [...cosmetic, ...real, ...described, ...damage, ...ways],
};
