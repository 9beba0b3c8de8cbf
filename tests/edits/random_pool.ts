/**
 * Edits for the random test: each can be made and taken back whatever the others are.
 *
 * @module
 */

/** Replaces what is there just once. */
export interface PoolEdit {
  /** The file, from the fixture's folder; null where it is an environment variable that is set. */
  readonly file: string | null;
  readonly from: string;
  readonly to: string;
  /** The stages whose code or sources it reaches; none where it is no more than layout, types, or beside them. */
  readonly reaches: readonly string[];
}

/** What each stage needs. */
export const NEEDS: Readonly<Record<string, readonly string[]>> = {
  load: [],
  clean: ["load"],
  split: ["clean"],
  session: ["split"],
  fit: ["session"],
  score: ["fit", "split"],
  caption: ["score"],
  remark: ["caption"],
  weigh: ["score"],
  loose: ["score"],
  compare: ["score"],
};

/** The stage that says nothing of what it captures: all code reaches it. */
export const LOOSE = "loose";

const edit = (file: string, from: string, to: string, ...reaches: string[]): PoolEdit => {
  return { file, from, to, reaches };
};

/** All edits. */
export const POOL: readonly PoolEdit[] = [
  // layout, comments, types, and what no stage reaches
  edit("exp.ts", "/** A small study", "/** A tiny study"),
  edit("exp.ts", `note("load", record.name);`, `note("load", record.name); // once for all`),
  edit("exp.ts", "return { clean: cleaned(rows) };", "return {\n      clean: cleaned( rows ),\n    };"),
  edit(
    "exp.ts",
    "run: ({ rows }: { rows: Row[] }, { record }) =>",
    "run: ({ rows }: { rows: readonly Row[] }, { record }) =>",
  ),
  edit("exp.ts", "import { Random } from", "\n\nimport { Random } from"),
  edit("lib/types.ts", "id: number;", "readonly id: number;"),
  edit(
    "lib/types.ts",
    "export interface Ranking {",
    "export type Anything = unknown;\n\nexport interface Ranking {",
  ),
  edit("lib/clean.ts", "/** Rows within the limits. */\n", ""),
  edit(
    "lib/clean.ts",
    "function isWithin({ value }: Row): boolean {",
    "function isWithin({ value }: Readonly<Row>) {",
  ),
  edit(
    "lib/random.ts",
    "shuffled<Item>(items: readonly Item[]): Item[]",
    "shuffled<Each>(items: readonly Each[]): Each[]",
  ),
  edit("lib/random.ts", "abstract next(): number;", "/** The next number. */\n  abstract next(): number;"),
  edit("lib/random.ts", "protected static readonly modulus", "static modulus"),
  edit(
    "lib/model.ts",
    "(factor: number) => (x: number): number =>",
    "(factor: number) => (x: 0 | number) =>",
  ),
  edit("lib/metrics.ts", `export * from "./spread.ts";\n`, `export * from './spread.ts'\n`),
  edit("lib/spread.ts", "values = rows.map", "values: number[] = rows.map"),
  edit("lib/accuracy.ts", "distance(value, model.level)", "distance(value, model.level as number)"),
  edit("lib/factories.ts", "/ 10) };", "/ 10) }; // tenths"),
  edit("lib/ranks_plugin.ts", 'register("best"', '// the best first\nregister("best"'),
  edit("lib/words.ts", "to: string): void", "to: string)"),
  edit("lib/cachers.ts", "function ended(text: string): string", "function ended( text:string ) : string"),

  // beside what the stages reach: loose alone has all modules in its key
  edit("exp.ts", "return x + 1;", "return x + 2;", LOOSE),
  edit("lib/tools.ts", "return x;", "return -x;", LOOSE),
  edit("lib/cachers.ts", ".trim()", ".trimEnd()", LOOSE),

  // code whose results stay the same
  edit("exp.ts", "value: Number(line)", "value: +line", "load", LOOSE),
  edit(
    "lib/clean.ts",
    "value >= data.least && value <= data.most",
    "!(value < data.least || value > data.most)",
    "clean",
    LOOSE,
  ),
  edit("lib/clean.ts", "STEP = 1", "STEP = 2 - 1", "clean", LOOSE),
  edit("lib/random.ts", "const all = [...items];", "const all = items.slice();", "split", LOOSE),
  edit(
    "lib/random.ts",
    "return this.#state;",
    "const state = this.#state;\n    return state;",
    "split",
    LOOSE,
  ),
  edit("lib/model.ts", "sum + value, 0", "value + sum, 0", "session", LOOSE),
  edit("lib/model.ts", "x * factor", "factor * x", "fit", LOOSE),
  edit("lib/tools.ts", "Math.abs(a - b)", "Math.abs(b - a)", "score", LOOSE),
  edit("lib/spread.ts", "Math.max(...values)", "Math.max(0, ...values)", "score", LOOSE),
  edit("lib/words.ts", `?? ""}`, `?? ("" + "")}`, "caption", LOOSE),
  edit("lib/cachers.ts", "`${text}\\n`", `text + "\\n"`, "caption", LOOSE),
  edit("exp.ts", "model.toLowerCase()", "model.toLocaleLowerCase()", "remark", LOOSE),
  edit("lib/factories.ts", "accuracy * weight", "weight * accuracy", "weigh", LOOSE),
  edit("lib/ranks.ts", "ranks.get(name) ??", "(ranks.get(name)) ?? ranks.get(name) ??", "compare", LOOSE),
  edit("exp.ts", "weightStage(3)", "weightStage(1 + 2)", LOOSE),

  // code whose results differ
  edit("lib/clean.ts", "Math.round(value / step)", "Math.ceil(value / step + 1)", "clean", LOOSE),
  edit("lib/limits.json", `"most": 50`, `"most": 30`, "clean", LOOSE),
  edit("lib/limits.json", `"least": 0`, `"least": 6`, "clean", LOOSE),
  edit("lib/random.ts", "modulus = 2147483647", "modulus = 65537", "split", LOOSE),
  edit("lib/random.ts", "seed * 7919", "seed * 7907", "split", LOOSE),
  edit("lib/random.ts", "this.next() % limit", "(this.next() >> 3) % limit", "split", LOOSE),
  edit("exp.ts", "shuffled.length / 3", "shuffled.length / 2", "split", LOOSE),
  edit("lib/model.ts", "rows.length + k", "rows.length + 2 * k", "session", LOOSE),
  edit("lib/model.ts", "scaled(1)", "scaled(2)", "fit", LOOSE),
  edit("lib/model.ts", `Mean = "mean"`, `Mean = "average"`, "fit", LOOSE),
  edit("lib/tools.ts", "100 * part", "10 * part", "score", LOOSE),
  edit("lib/accuracy.ts", " < 12", " < 7", "score", LOOSE),
  edit("lib/words.ts", `setMark("!")`, `setMark("?")`, "caption", LOOSE),
  edit("lib/words.ts", "mark = to;", "mark = to + to;", "caption", LOOSE),
  edit("exp.ts", "} of ${range}`", "} in ${range}`", "caption", LOOSE),
  edit("lib/cachers.ts", `kind: "line"`, `kind: "text"`, "caption", LOOSE),
  edit("exp.ts", "`${params.k}: ", "`k=${params.k}: ", "remark", LOOSE),
  edit("exp.ts", "looseStage(1)", "looseStage(2)", LOOSE),
  edit("lib/factories.ts", "Math.floor(", "Math.ceil(", "weigh", LOOSE),
  edit("lib/ranks_plugin.ts", "b.accuracy - a.accuracy", "a.accuracy - b.accuracy", "compare", LOOSE),
  edit(
    "lib/ranks.ts",
    "ranks.set(name, rank);",
    "ranks.set(name, (rows) => rank(rows).slice(0, 2));",
    "compare",
    LOOSE,
  ),

  // parameters, files, environment
  edit("exp.ts", "{ seed: 2, k: 1 }", "{ seed: 2, k: 3 }", ...Object.keys(NEEDS)),
  edit("exp.ts", "{ seed: 1, k: 2 }, ", "", ...Object.keys(NEEDS)),
  edit("raw/rows.txt", "25\n", "26\n", "load"),
  edit("raw/rows.txt", "99\n", "99\n\n", "load"),
  edit("raw/rows.txt", "10\n", "10.0\n", "load"),
  { file: null, from: "CAIRN_EDITS_MODEL", to: "Big", reaches: ["remark"] },
];
