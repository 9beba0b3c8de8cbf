import { assertEquals } from "@std/assert";
import { changedBy, edit, type Project } from "./helpers.ts";

/** Two stages of their own, and a project of several files behind them. */
const PROJECT: Project = {
  "main.ts": `
import { defineAggregate, defineExperiment, defineStage, grid } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";
import { scale as rescale, Unit, type Row } from "./lib/barrel.ts";
import * as stats from "./lib/stats.ts";
import describe, { LIMIT } from "./lib/describe.ts";
import { Model } from "./lib/model.ts";

interface Options { readonly depth: number }
const OFFSET = 1_000;
const unrelated = () => 1;
export function split(rows: Row[], seed: number = OFFSET): Row[] {
  return rows.slice(seed);
}

export const load = defineStage({
  name: "load",
  outputs: { rows: jsonCacher<Row[]>() },
  run: () => ({ rows: rescale([1, 2, 3], Unit.Metre) }),
});
export const splitStage = defineStage({
  name: "split",
  inputs: ["rows"],
  outputs: { train: jsonCacher<Row[]>() },
  run: ({ rows }: { rows: Row[] }) => {
    return { train: split(rows) };
  },
});
export const fit = defineStage({
  name: "fit",
  inputs: ["train"],
  outputs: { model: jsonCacher<number>() },
  run: async ({ train }: { train: Row[] }) => {
    const split = new Model<Row>(train);
    return { model: await split.fit() };
  },
});
export const score = defineStage({
  name: "score",
  inputs: ["model"],
  outputs: { score: jsonCacher<number>() },
  run({ model }: { model: number }) {
    return { score: stats.mean([model, LIMIT]) };
  },
});
export const report = defineAggregate({
  name: "report",
  inputs: ["score"],
  outputs: { text: jsonCacher<string>() },
  run: async (states: readonly { score: number }[]) => {
    const { format } = await import("./lib/format.ts");
    return { text: describe(format(states.length)) };
  },
});
export default defineExperiment({ name: "e", params: grid({ seed: [1, 2] }), stages: [load, splitStage, fit, score], aggregates: [report] });
`,
  "lib/barrel.ts": `
export { scale } from "./scale.ts";
export * from "./units.ts";
export type { Row } from "./types.ts";
`,
  "lib/types.ts": `export type Row = number; export interface Other { a: 1 }`,
  "lib/scale.ts": `
import { FACTORS } from "./factors.ts";
import type { Row } from "./types.ts";
/** Scales. */
export function scale<T extends Row>(rows: readonly T[], unit: string): Row[] { return rows.map((row) => row * FACTORS[unit]!); }
export function unscale(rows: number[]) { return rows; }
`,
  "lib/factors.ts":
    `export const FACTORS: Record<string, number> = { metre: 1, "foot": 0.3 }; export const OLD = 3;`,
  "lib/units.ts": `export enum Unit { Metre = "metre", Foot = "foot" }\nexport const enum Other { A, B }\n`,
  "lib/stats.ts": `
export const mean = (values: number[]) => sum(values) / values.length;
export function median(values: number[]) { return values[0]; }
function sum(values: number[]) { let total = 0; for (const value of values) total += value; return total; }
`,
  "lib/describe.ts": `
export const LIMIT = await Promise.resolve(10);
export default function (text: string) { return \`<\${text}>\`; }
`,
  "lib/format.ts": `
import { pad } from "./pad.ts";
export function format(n: number) { return pad(String(n)); }
export function other() { return 1; }
`,
  "lib/pad.ts":
    `export const pad = (text: string, width = WIDTH) => text.padStart(width);\nexport const WIDTH = 4;`,
  "lib/model.ts": `
import { Base } from "./base.ts";
export class Model<T> extends Base {
  static count = 0;
  readonly rate = 0.1;
  declare tag: string;
  #hidden = 2;
  constructor(private readonly rows: T[]) { super(); }
  async fit(): Promise<number> { return this.step(this.rows.length) * this.rate * this.#hidden; }
  override step(n: number): number { return n + helper(n); }
}
function helper(n: number) { return n; }
`,
  "lib/base.ts": `export abstract class Base { abstract step(n: number): number; base() { return 1; } }`,
};

const EVERY = ["fit", "load", "report", "score", "split"];

/** An edit: by file, pairs of what is replaced and what takes its place, or the whole text. */
type Edit = Readonly<Record<string, string | null | readonly (readonly [string, string])[]>>;

async function check(edits: Edit, expected: readonly string[]): Promise<void> {
  const after = Object.entries(edits).map(([file, change]) => [
    file,
    change === null || typeof change === "string"
      ? change
      : change.reduce<string>((text, [from, to]) => edit(text, from, to), PROJECT[file] ?? ""),
  ]);
  assertEquals(await changedBy(PROJECT, Object.fromEntries(after)), [...expected]);
}

const ROWS: readonly (readonly [string, Edit, readonly string[]])[] = [
  // ---- What changes nothing ----
  ["a comment", { "lib/scale.ts": [["/** Scales. */", "// no more"]] }, []],
  ["a comment in a run", { "main.ts": [["return { train:", "/* here */ return { train:"]] }, []],
  ["layout", {
    "lib/factors.ts": `export const OLD = 3;\n\nexport const FACTORS = {\n  metre: 1,\n  'foot': .3,\n};`,
  }, []],
  ["quotes of a key", { "lib/factors.ts": [["metre: 1", '"metre": 1']] }, []],
  ["a numeric separator", { "main.ts": [["1_000", "1000"]] }, []],
  [
    "parentheses",
    { "lib/stats.ts": [["sum(values) / values.length", "(sum(values)) / (values.length)"]] },
    [],
  ],
  ["braces of a loop", { "lib/stats.ts": [["total += value;", "{ total += value }"]] }, []],
  ["an arrow's body in braces", {
    "lib/stats.ts": [["=> sum(values) / values.length", "=> { return sum(values) / values.length; }"]],
  }, []],
  ["a type annotation", {
    "lib/stats.ts": [[
      "export const mean = (values: number[])",
      "export const mean = (values: readonly number[]): number",
    ]],
  }, []],
  ["a renamed type", {
    "lib/types.ts": "export type Row = number & {}",
    "lib/scale.ts": [[
      "rows: readonly T[], unit: string): Row[]",
      "rows: readonly T[], unit: string): number[]",
    ]],
  }, []],
  ["an interface", { "main.ts": [["interface Options { readonly depth: number }", "type Options = 1"]] }, []],
  ["a type parameter", {
    "lib/model.ts": [["class Model<T> extends", "class Model<T extends object> extends"]],
  }, []],
  ["readonly, private, override", {
    "lib/model.ts": [["private readonly rows", "public rows"], ["override step", "step"], [
      "readonly rate",
      "rate",
    ]],
  }, []],
  ["a declared field", { "lib/model.ts": [["declare tag: string;", ""]] }, []],
  ["an abstract method", {
    "lib/base.ts": [[
      "abstract step(n: number): number;",
      "abstract step(n: unknown): unknown; abstract more(): void;",
    ]],
  }, []],
  ["an overload", {
    "lib/stats.ts": [[
      "function sum(values: number[]) {",
      "function sum(values: number[]): number; function sum(values: number[]) {",
    ]],
  }, []],
  [
    "as, satisfies, !",
    { "lib/scale.ts": [["FACTORS[unit]!", "(FACTORS[unit] as number satisfies number)"]] },
    [],
  ],
  ["an unrelated function of the same file", {
    "main.ts": [["const unrelated = () => 1;", "const unrelated = () => 2;"]],
  }, []],
  ["an unrelated function of another file", { "lib/scale.ts": [["return rows; }", "return []; }"]] }, []],
  [
    "an unrelated export of a namespace",
    { "lib/stats.ts": [["return values[0];", "return values[1];"]] },
    [],
  ],
  ["an unrelated export of an import()", { "lib/format.ts": [["return 1;", "return 2;"]] }, []],
  ["an unrelated enum", { "lib/units.ts": [["{ A, B }", "{ A, B, C }"]] }, []],
  ["a new declaration", { "lib/scale.ts": [["/** Scales. */", "export const added = 1;"]] }, []],
  ["a new import", { "main.ts": [["import * as stats", 'import "./lib/pad.ts";\nimport * as stats']] }, []],
  ["a new stage", {
    "main.ts": [[
      "export const fit =",
      'export const added = defineStage({ name: "added", outputs: {}, run: () => ({}) });\nexport const fit =',
    ]],
  }, ["added"]],
  ["what the experiment says", { "main.ts": [["seed: [1, 2]", "seed: [1, 2, 3]"]] }, []],
  ["inputs and options of a stage", {
    "main.ts": [['inputs: ["train"],', 'inputs: ["train"], concurrency: 2,']],
  }, []],
  ["export", {
    "main.ts": [["const unrelated", "export const unrelated"], ["const OFFSET", "export const OFFSET"]],
  }, []],
  ["the name of an import", { "main.ts": [["scale as rescale", "scale"], ["rescale([1", "scale([1"]] }, []],
  ["order of declarations", {
    "lib/pad.ts":
      `export const WIDTH = 4;\nexport const pad = (text: string, width = WIDTH) => text.padStart(width);`,
  }, []],
  ["a declaration in another file", {
    "lib/pad.ts":
      `import { WIDTH } from "./width.ts";\nexport const pad = (text: string, width = WIDTH) => text.padStart(width);`,
    "lib/width.ts": "export const WIDTH = 4;",
  }, []],
  ["a file with another name", {
    "lib/factors.ts": null,
    "lib/factor_table.ts": PROJECT["lib/factors.ts"]!,
    "lib/scale.ts": [["./factors.ts", "./factor_table.ts"]],
  }, []],
  ["a dynamically imported file with another name", {
    "lib/format.ts": null,
    "lib/formats.ts": PROJECT["lib/format.ts"]!,
    "main.ts": [["./lib/format.ts", "./lib/formats.ts"]],
  }, []],
  ["a barrel that is gone", {
    "main.ts": [[
      'import { scale as rescale, Unit, type Row } from "./lib/barrel.ts";',
      'import { scale as rescale } from "./lib/scale.ts";\nimport { Unit } from "./lib/units.ts";\ntype Row = number;',
    ]],
    "lib/barrel.ts": null,
  }, []],
  ["an import instead of a namespace's member elsewhere", {
    "lib/barrel.ts": [["export * from", "export { Unit } from"]],
  }, []],
  ["a top-level function whose name a local hides elsewhere", {
    "main.ts": [["rows.slice(seed)", "rows.slice(seed + 1)"]],
  }, ["split"]],
  // ---- What changes one or more ----
  ["a run", { "main.ts": [["train: split(rows)", "train: split(rows, 2)"]] }, ["split"]],
  ["a run as a method", { "main.ts": [["[model, LIMIT]", "[model, LIMIT, 1]"]] }, ["score"]],
  ["a helper two files away", { "lib/factors.ts": [["metre: 1", "metre: 2"]] }, ["load"]],
  ["a helper behind a barrel", { "lib/scale.ts": [["row * ", "2 * row * "]] }, ["load"]],
  ["an enum behind export *", { "lib/units.ts": [['Metre = "metre"', 'Metre = "meter"']] }, ["load"]],
  ["an enum's order", {
    "lib/units.ts": [['Metre = "metre", Foot = "foot"', 'Foot = "foot", Metre = "metre"']],
  }, ["load"]],
  ["a constant of the same file", { "main.ts": [["1_000", "1_001"]] }, ["split"]],
  ["a default parameter", { "main.ts": [["seed: number = OFFSET", "seed: number = OFFSET + 1"]] }, ["split"]],
  ["a default parameter that names a constant", { "lib/pad.ts": [["WIDTH = 4", "WIDTH = 5"]] }, ["report"]],
  ["a function that is not exported", { "lib/stats.ts": [["let total = 0", "let total = 1"]] }, ["score"]],
  ["top-level await", { "lib/describe.ts": [["resolve(10)", "resolve(11)"]] }, ["score"]],
  ["a default export", { "lib/describe.ts": [["<${", "<<${"]] }, ["report"]],
  ["what an import() gives", { "lib/format.ts": [["pad(String(n))", "pad(String(n + 1))"]] }, ["report"]],
  ["a class method", { "lib/model.ts": [["n + helper(n)", "n - helper(n)"]] }, ["fit"]],
  ["a class field", { "lib/model.ts": [["rate = 0.1", "rate = 0.2"]] }, ["fit"]],
  ["a private field", { "lib/model.ts": [["#hidden = 2", "#hidden = 3"]] }, ["fit"]],
  ["a static field", { "lib/model.ts": [["count = 0", "count = 1"]] }, ["fit"]],
  ["a field with no value", { "lib/model.ts": [["static count", "extra; static count"]] }, ["fit"]],
  ["a parameter property", { "lib/model.ts": [["private readonly rows: T[]", "rows: T[]"]] }, ["fit"]],
  ["what a class calls", { "lib/model.ts": [["{ return n; }", "{ return -n; }"]] }, ["fit"]],
  ["a base class", { "lib/base.ts": [["return 1;", "return 2;"]] }, ["fit"]],
  ["an operator", { "lib/stats.ts": [["total += value", "total -= value"]] }, ["score"]],
  ["text in a template", { "lib/describe.ts": [["}>`", "}/>`"]] }, ["report"]],
  ["which import is meant", { "main.ts": [["stats.mean", "stats.median"]] }, ["score"]],
  ["where an import comes from", {
    "main.ts": [["./lib/model.ts", "./lib/model2.ts"]],
    "lib/model2.ts": "export class Model { async fit() { return 1; } }",
  }, ["fit"]],
  ["a re-export of another thing", { "lib/barrel.ts": [["{ scale }", "{ unscale as scale }"]] }, ["load"]],
  ["a namespace used whole", { "main.ts": [["stats.mean([", "Object.values(stats)[0]!(["]] }, ["score"]],
  ["a local that hides a top-level name, renamed", {
    "main.ts": [["const split = new Model<Row>(train);", "const model = new Model<Row>(train);"], [
      "await split.fit()",
      "await model.fit()",
    ]],
  }, ["fit"]],
  ["a constant's name in an object", { "main.ts": [["{ score: stats", "{ scores: stats"]] }, ["score"]],
  ["async", { "main.ts": [["run: () => ({ rows:", "run: async () => ({ rows:"]] }, ["load"]],
];

for (const [title, edits, expected] of ROWS) {
  Deno.test(`edit: ${title}`, async () => await check(edits, expected));
}

Deno.test("edit: every stage is found", async () => {
  const emptied = Object.fromEntries(
    Object.keys(PROJECT).map((file) => [file, file === "main.ts" ? "" : null]),
  );
  assertEquals(await changedBy(PROJECT, emptied), EVERY);
});
