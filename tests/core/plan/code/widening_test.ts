import { assertEquals } from "@std/assert";
import { changedBy, type Declared, edit, type Project } from "./helpers.ts";

const HEAD =
  `import { defineStage, defineExperiment, runExperiment, runStage, openWorkspace, createRecord } from "@cairn/cairn";\n` +
  `import { jsonCacher } from "@cairn/cairn/cachers";\n`;

/** A stage whose run is this expression. */
function stage(name: string, run: string): string {
  return `export const ${name}Stage = defineStage({ name: "${name}", outputs: { ${name}: jsonCacher() }, run: () => ({ ${name}: ${run} }) });\n`;
}

type Edit = readonly [file: string, from: string, to: string];

interface Row {
  readonly title: string;
  readonly project: Project;
  readonly edit: Edit;
  readonly changed: readonly string[];
  readonly declared?: Readonly<Record<string, Declared>>;
}

const FREE = "const free = () => 1;\n";
const FREE_EDIT: Edit = ["main.ts", "const free = () => 1", "const free = () => 2"];

/** A module whose stage "a" reads something; an edit of what is unrelated shows whether all of the module counts. */
function module(title: string, code: string, run: string, isWhole: boolean): Row {
  return {
    title,
    project: { "main.ts": HEAD + FREE + code + stage("a", run) + stage("b", "1") },
    edit: FREE_EDIT,
    changed: !isWhole ? [] : run === "1" ? ["a", "b"] : ["a"],
  };
}

const WHOLE: readonly (readonly [title: string, code: string, run: string])[] = [
  ["a binding that is reassigned", "let n = 1; export function next() { n = n + 1; return n; }\n", "n"],
  ["a binding that is counted up by a function", "let n = 1; function next() { return n++; }\n", "next()"],
  ["a binding assigned in a pattern", "let n = 1; ({ n } = { n: 2 });\n", "n"],
  ["direct eval", "function f() { return eval('free()'); }\n", "f()"],
  ["new Function", "const f = new Function('return 1');\n", "f()"],
  ["a map filled by a statement", "const table = new Map(); table.set('a', free);\n", "table.get('a')()"],
  ["an array pushed to", "const list = []; list.push(free);\n", "list.length"],
  ["a property assigned", "const o = {}; o.f = free;\n", "o.f()"],
  ["a nested property assigned", "const o = { p: {} }; o.p.f = free;\n", "o.p"],
  ["a property deleted", "const o = { p: 1 }; delete o.p;\n", "o"],
  ["a property counted up", "const o = { p: 1 }; o.p++;\n", "o"],
  ["Object.assign", "const o = {}; Object.assign(o, { free });\n", "o"],
  ["Object.defineProperty", "const o = {}; Object.defineProperty(o, 'x', { value: 1 });\n", "o"],
  ["sort", "const list = [2, 1]; list.sort();\n", "list"],
  ["a sort whose value is used", "const list = [2, 1]; const other = list.sort();\n", "list"],
  [
    "a local function that changes its argument",
    "const list = []; function fill(x) { x.push(free); } fill(list);\n",
    "list",
  ],
  [
    "one that passes it on",
    "const list = []; function fill(x) { x.push(1); } const go = (y) => fill(y); go(list);\n",
    "list",
  ],
  ["one that changes a binding", "const list = []; function init() { list.push(free); } init();\n", "list"],
  [
    "one that calls one that does",
    "const list = []; const init = () => { list.push(1); }; function start() { init(); } start();\n",
    "list",
  ],
  [
    "functions that call one another",
    "const list = []; function f(n) { if (n) g(n - 1); } function g(n) { list.push(n); f(n); } f(3);\n",
    "list",
  ],
  ["a function that is called at once", "const list = []; (() => { list.push(1); })();\n", "list"],
  ["an async one", "const list = []; await (async () => { list.push(1); })();\n", "list"],
  ["forEach", "const list = []; [1].forEach((x) => list.push(x));\n", "list"],
  [
    "forEach with a function by name",
    "const list = []; function put(x) { list.push(x); } [1].forEach(put);\n",
    "list",
  ],
  ["what forEach gives", "const tables = [{}, {}]; tables.forEach((t) => { t.f = free; });\n", "tables"],
  ["for of", "const tables = [{}, {}]; for (const t of tables) t.f = free;\n", "tables"],
  ["for of over a list made there", "const o = {}; for (const t of [o]) t.f = free;\n", "o"],
  ["a loop that fills", "const o = {}; for (const k of ['a']) o[k] = free;\n", "o"],
  ["a statement in a block", "const o = {}; { const p = o; p.f = free; }\n", "o"],
  ["a statement in an if", "const o = {}; if (free()) o.f = 1;\n", "o"],
  ["an alias", "const o = {}; const p = o; p.f = free;\n", "o"],
  ["an alias of a part", "const o = { p: {} }; const p = o.p; p.f = free;\n", "o"],
  ["an alias by a pattern", "const o = { p: {} }; const { p } = o; p.f = free;\n", "o"],
  ["a value in a literal", "const o = {}; const p = { o }; p.o.f = free;\n", "o"],
  ["what a function returns", "const o = {}; const get = () => o; get().f = free;\n", "o"],
  [
    "a constant that a function returns",
    "const o = {}; const get = () => o; const p = get(); p.f = free;\n",
    "o",
  ],
  [
    "a declarator whose call changes",
    "const o = new Map(); function register(n, f) { o.set(n, f); return n; } const a = register('a', free);\n",
    "o.get('a')",
  ],
  [
    "a method of an object",
    "const o = []; const plugin = { init() { o.push(free); } }; plugin.init();\n",
    "o",
  ],
  [
    "a static method",
    "class R { static all = []; static add(x) { this.all.push(x); } } R.add(free);\n",
    "R.all",
  ],
  [
    "a method of an instance",
    "class R { all = []; add(x) { this.all.push(x); } } const r = new R(); r.add(free);\n",
    "r.all",
  ],
  [
    "a method that calls another",
    "class R { all = []; put(x) { this.all.push(x); } add(x) { this.put(x); } } const r = new R(); r.add(free);\n",
    "r.all",
  ],
  [
    "a method of a base class",
    "class Q { all = []; add(x) { this.all.push(x); } } class R extends Q {} const r = new R(); r.add(free);\n",
    "r.all",
  ],
  [
    "a constructor that changes its argument",
    "const o = []; class R { constructor(x) { x.push(free); } } const r = new R(o);\n",
    "o",
  ],
  [
    "a decorator that registers",
    "const all = []; const reg = (c) => { all.push(c); }; @reg class K {}\n",
    "all",
  ],
  ["a static block", "const all = []; class K { static { all.push(free); } }\n", "all"],
  ["a tagged template", "const all = []; function tag() { all.push(1); } tag`x`;\n", "all"],
  ["a prototype", "Array.prototype.f = free;\n", "1"],
  ["a global", "globalThis.x = free;\n", "1"],
  ["a list in a global", "globalThis.x.push(free);\n", "1"],
  ["the environment", "Deno.env.set('A', 'b');\n", "1"],
  [
    "a builder of its own",
    "function make() { const items = new Map(); return { add(k, v) { items.set(k, v); return this; }, items }; } const r = make(); r.add('a', free);\n",
    "r.items",
  ],
  [
    "a value in a list that is changed through it",
    "const o = {}; const list = [o]; list[0].f = free;\n",
    "o",
  ],
  [
    "Promise.all over a map",
    "const o = new Map(); await Promise.all([1].map(async (n) => { o.set(n, free); }));\n",
    "o",
  ],
  ["then", "const o = []; await Promise.resolve(1).then((x) => { o.push(x); });\n", "o"],
  [
    "what a getter returns",
    "const o = []; const box = { get all() { return o; } }; box.all.push(free);\n",
    "o",
  ],
  [
    "what a getter of a class returns",
    "const o = []; class Box { get all() { return o; } } const box = new Box(); box.all.push(free);\n",
    "o",
  ],
  [
    "a class that names itself",
    "class R { static all = []; static add(x) { R.all.push(x); } } R.add(free);\n",
    "R.all",
  ],
  ["a property of a function", "function f() { return f.x; } f.x = free;\n", "f()"],
  [
    "a function that labels one",
    "const label = (g) => { g.x = free; }; function f() { return f.x; } label(f);\n",
    "f()",
  ],
  [
    "functions that another made",
    "function make() { const all = new Map(); return { put: (k, v) => { all.set(k, v); }, get: (k) => all.get(k) }; } const { put, get } = make(); put('a', free);\n",
    "get('a')",
  ],
  [
    "one of an object that another made",
    "function make() { const all = []; return { put: (v) => { all.push(v); }, all: () => all }; } const r = make(); const put = r.put; put(free);\n",
    "r.all()",
  ],
  [
    "a function made by one called at once",
    "const count = (() => { let n = 0; return () => n++; })(); const first = count();\n",
    "count()",
  ],
  [
    "a generator that was moved on",
    "function* make() { yield 1; yield 2; } const g = make(); const first = g.next();\n",
    "g.next()",
  ],
  ["call", "const o = []; function put(x) { x.push(free); } put.call(null, o);\n", "o"],
  ["apply", "const o = []; function put(x) { x.push(free); } put.apply(null, [o]);\n", "o"],
  ["a method of the prototype", "const o = []; Array.prototype.push.apply(o, [free]);\n", "o"],
  [
    "a route of a package's object",
    "import { Router } from 'npm:router@1'; const r = new Router(); r.get('/', free);\n",
    "r",
  ],
  [
    "an argument of a package's function",
    "import { extend } from 'npm:lodash@4'; const o = {}; const p = extend(o, { free });\n",
    "o",
  ],
  [
    "entries of an object",
    "const o = { a: {} }; Object.entries(o).forEach(([k, t]) => { t.f = free; });\n",
    "o",
  ],
  ["values of a map", "const m = new Map([['a', {}]]); for (const t of m.values()) t.f = free;\n", "m"],
  [
    "a callback that is given a binding",
    "const o = []; function use(f) { f(o); } use((x) => x.push(free));\n",
    "o",
  ],
  ["a pattern that is assigned", "const o = [1, 2]; [o[0], o[1]] = [o[1], o[0]];\n", "o"],
  ["the environment of node", "import process from 'node:process'; process.env.A = 'b';\n", "1"],
  [
    "super",
    "const o = []; class P { constructor(x) { x.push(1); } } class Q extends P { constructor(x) { super(x); } } new Q(o);\n",
    "o",
  ],
];

const NARROW: readonly (readonly [title: string, code: string, run: string])[] = [
  ["an object that is changed and not read", "const o = {}; o.f = free;\n", "1"],
  ["a constant", "const o = { a: 1 };\n", "o"],
  ["a function of the same file", "function f() { return 1; }\n", "f()"],
  ["console.log of it", "const o = {}; console.log(o);\n", "o"],
  [
    "methods that change nothing",
    "const list = [1]; const n = list.map((x) => x).filter(Boolean); const m = list.includes(1);\n",
    "list",
  ],
  ["a copy that is sorted", "const list = [2, 1]; const other = [...list].sort();\n", "list"],
  ["a slice that is sorted", "const list = [2, 1]; const other = list.slice().sort();\n", "list"],
  [
    "a mapped list that is sorted",
    "const list = [2, 1]; const other = list.map((x) => x + 1).sort();\n",
    "list",
  ],
  ["toSorted", "const list = [2, 1]; const other = list.toSorted();\n", "list"],
  ["a map made from it", "const list = [['a', 1]]; const m = new Map(list); m.set('b', 2);\n", "list"],
  [
    "Object.freeze of what is new, keys, entries",
    "const o = Object.freeze({ a: 1 }); const k = Object.keys(o); k.push('x');\n",
    "o",
  ],
  ["structuredClone", "const o = { a: 1 }; const p = structuredClone(o); p.a = 2;\n", "o"],
  ["a spread copy", "const o = { a: 1 }; const p = { ...o }; p.a = 2;\n", "o"],
  ["JSON.stringify", "const o = { a: 1 }; JSON.stringify(o);\n", "o"],
  ["a pure local function", "const o = { a: 1 }; function read(x) { return x.a; } const n = read(o);\n", "o"],
  [
    "a local function with functions in it",
    "const o = [1]; function read(x) { const one = (y) => y + 1; return x.map(one).map((z) => one(z)); } const n = read(o);\n",
    "o",
  ],
  [
    "a local function that changes a copy",
    "const o = [1]; function shuffle(x) { const y = [...x]; y.sort(); y[0] = 1; return y; } const n = shuffle(o);\n",
    "o",
  ],
  [
    "a local function that changes another argument",
    "const o = [1], p = []; function add(x, y) { y.push(x.length); } add(o, p);\n",
    "o",
  ],
  [
    "a class that only reads",
    "const o = [1]; class R { constructor(x) { this.x = x; } size() { return this.x.length; } } const n = new R(o).size();\n",
    "o",
  ],
  [
    "a recursive function",
    "const o = [1]; function depth(x, n) { return n === 0 ? x.length : depth(x, n - 1); } const n = depth(o, 3);\n",
    "o",
  ],
  ["a function that is never called", "const o = []; export function fill() { o.push(free); }\n", "o"],
  [
    "an object with methods that are never called",
    "const o = []; const plugin = { init() { o.push(free); } };\n",
    "o",
  ],
  [
    "the shape of a script",
    "let record = createRecord(openWorkspace({ dir: 'd', experiment: 'e' })); const x = [1];\n",
    "x",
  ],
  ["a hidden local", "const o = {}; function f() { const o = {}; o.x = free; } f();\n", "o"],
  [
    "an assignment in a function called by nobody",
    "const o = {}; export const f = () => { o.x = 1; };\n",
    "o",
  ],
  [
    "import.meta.main",
    "const o = { a: 1 }; if (import.meta.main) { const r = await runExperiment(null); console.log(r.executed, o); }\n",
    "o",
  ],
  [
    "a main function",
    "const T = { a: 'x' }; export async function main(dir) { const w = openWorkspace({ dir, experiment: 'e' }); const rs = await Promise.all(Object.entries(T).map(async ([name, text]) => { const empty = createRecord(w, { name }, { text }); return await runStage(empty, aStage); })); return rs.flatMap(({ stages }) => stages.map((s) => s)); } if (import.meta.main) console.log(await main('data'));\n",
    "T",
  ],
  [
    "a record that is assigned again",
    "const x = [1]; let record = createRecord(null, { x }); record = await runStage(record, aStage); record = await runStage(record, bStage);\n",
    "x",
  ],
  [
    "a default experiment",
    "const x = [1]; export default defineExperiment({ name: 'e', params: [{ x }], stages: [] });\n",
    "x",
  ],
  ["an enum", "enum Color { Red = 1, Green = Red + 1 }\n", "Color.Green"],
  ["a regular expression", "const pattern = /a/g; const found = pattern.test('a');\n", "pattern"],
  ["a comma before a bracket", "const o = (\n  [1,]\n  ,\n); const p = (2,);\n", "[o, p]"],
  [
    "a function that another calls",
    "function noted(f) { return () => f(); } function f() { return 1; } const g = noted(f); g();\n",
    "f()",
  ],
  ["hasOwnProperty.call", "const o = {}; const has = Object.prototype.hasOwnProperty.call(o, 'a');\n", "o"],
  [
    "text given to a package",
    "import { parse } from 'npm:csv@1'; const TEXT = 'a'; const rows = parse(TEXT);\n",
    "TEXT",
  ],
  [
    "a function given to a package",
    "import { memoize } from 'npm:lodash@4'; function f() { return 1; } const g = memoize(f);\n",
    "f()",
  ],
  [
    "node's functions",
    "import * as path from 'node:path'; const o = ['a']; const p = path.join(...o);\n",
    "[o, path.sep]",
  ],
  ["a stage that is called", "const o = [1]; const out = await bStage({ o });\n", "o"],
  [
    "a class that extends another",
    "const o = [1]; class P { constructor(x) { this.x = x; } } class Q extends P { constructor(x) { super(x); } } const q = new Q(o);\n",
    "o",
  ],
  [
    "a builder of the project's own that is not read",
    "const o = [1]; function make(x) { const all = [...x]; return { put: (v) => { all.push(v); } }; } make(o).put(2);\n",
    "o",
  ],
];

const OTHER: readonly Row[] = [
  {
    title: "a plugin that registers itself, edited",
    project: {
      "main.ts": HEAD + `import { table } from "./table.ts";\nimport "./plugins/a.ts";\n` +
        stage("a", "table.get('a')()") + stage("b", "1"),
      "table.ts":
        "export const table = new Map();\nexport const register = (name, f) => { table.set(name, f); };\n",
      "plugins/a.ts":
        `import { register } from "../table.ts";\nimport { help } from "../help.ts";\nregister("a", () => help());\n`,
      "help.ts": "export const help = () => 1; export const other = 1;",
    },
    edit: ["help.ts", "help = () => 1", "help = () => 2"],
    changed: ["a"],
  },
  {
    title: "what no plugin reaches",
    project: {
      "main.ts": HEAD + `import { table } from "./table.ts";\nimport "./plugins/a.ts";\n` +
        stage("a", "table.get('a')()") + stage("b", "1"),
      "table.ts": "export const table = new Map();\n",
      "plugins/a.ts":
        `import { table } from "../table.ts";\nimport { help } from "../help.ts";\ntable.set("a", () => help());\n`,
      "help.ts": "export const help = () => 1; export const other = 1;",
    },
    edit: ["help.ts", "other = 1", "other = 2"],
    changed: [],
  },
  {
    title: "a registry that is a class, exported as default, behind a barrel",
    project: {
      "main.ts": HEAD + `import { registry } from "./all.ts";\nimport "./plugin.ts";\n` +
        stage("a", "registry.get('a')()") + stage("b", "1"),
      "registry.ts":
        "class Registry { all = new Map(); add(k, v) { this.all.set(k, v); } get(k) { return this.all.get(k); } }\nexport default new Registry();\n",
      "all.ts": `export { default as registry } from "./registry.ts";\n`,
      "plugin.ts": `import * as all from "./all.ts";\nall.registry.add("a", () => 1);\n`,
    },
    edit: ["plugin.ts", "() => 1", "() => 2"],
    changed: ["a"],
  },
  {
    title: "a model that registers itself where it is declared",
    project: {
      "main.ts": HEAD + `import { get } from "./registry.ts";\nimport "./knn.ts";\n` +
        stage("a", "get('knn').fit()") + stage("b", "1"),
      "registry.ts":
        "const models = new Map();\nexport function register(model) { models.set(model.name, model); return model; }\nexport const get = (name) => models.get(name);\n",
      "knn.ts":
        `import { register } from "./registry.ts";\nexport const knn = register({ name: "knn", fit: () => 1 });\n`,
    },
    edit: ["knn.ts", "() => 1", "() => 2"],
    changed: ["a"],
  },
  {
    title: "CommonJS",
    project: {
      "main.ts": HEAD + `import { x } from "./x.cjs";\n` + stage("a", "x") + stage("b", "1"),
      "x.cjs": `const y = require("./y.cjs");\nexports.x = y.y;`,
      "y.cjs": "module.exports = { y: 1 };",
    },
    edit: ["y.cjs", "y: 1", "y: 2"],
    changed: ["a"],
  },
  {
    title: "two files that are alike",
    project: {
      "main.ts": HEAD + `import { x } from "./one/x.ts";\nimport { x as y } from "./two/x.ts";\n` +
        stage("a", "x") + stage("b", "y"),
      "one/x.ts": `import { k } from "./k.ts";\nexport const x = () => k;`,
      "two/x.ts": `import { k } from "./k.ts";\nexport const x = () => k;`,
      "one/k.ts": "export const k = 1;",
      "two/k.ts": "export const k = 2;",
    },
    edit: ["two/k.ts", "k = 2", "k = 3"],
    changed: ["b"],
  },
  {
    title: "a constant with another name",
    project: { "main.ts": HEAD + "const RATE = 1; const half = () => RATE / 2;\n" + stage("a", "half()") },
    edit: [
      "main.ts",
      "const RATE = 1; const half = () => RATE / 2",
      "const SPEED = 1.0; const half = () => SPEED / 2",
    ],
    changed: [],
  },
  {
    title: "a module that calls what assigns a binding",
    project: {
      "main.ts": HEAD + `import { level } from "./level.ts";\nimport "./start.ts";\n` + stage("a", "level") +
        stage("b", "1"),
      "level.ts": "export let level = 1;\nexport function setLevel(to) { level = to; }\n",
      "start.ts": `import { setLevel } from "./level.ts";\nsetLevel(5);\n`,
    },
    edit: ["start.ts", "5", "6"],
    changed: ["a"],
  },
  {
    title: "order of plugins",
    project: {
      "main.ts": HEAD + `import { list } from "./list.ts";\nimport "./a.ts";\nimport "./b.ts";\n` +
        stage("a", "list") + stage("b", "1"),
      "list.ts": "export const list = [];\n",
      "a.ts": `import { list } from "./list.ts";\nlist.push(1);\n`,
      "b.ts": `import { list } from "./list.ts";\nlist.push(2);\n`,
    },
    edit: ["main.ts", `import "./a.ts";\nimport "./b.ts";`, `import "./b.ts";\nimport "./a.ts";`],
    changed: ["a"],
  },
  {
    title: "a new plugin",
    project: {
      "main.ts": HEAD + `import { list } from "./list.ts";\n//plugin\n` + stage("a", "list") +
        stage("b", "1"),
      "list.ts": "export const list = [];\n",
      "a.ts": `import { list } from "./list.ts";\nlist.push(1);\n`,
    },
    edit: ["main.ts", "//plugin", `import "./a.ts";`],
    changed: ["a"],
  },
  {
    title: "order of declarations that register",
    project: {
      "main.ts": HEAD +
        "const list = []; const put = (x) => { list.push(x); return x; };\nconst p = put(1);\nconst q = put(2);\n" +
        stage("a", "[list, p, q]") + stage("b", "1"),
    },
    edit: ["main.ts", "const p = put(1);\nconst q = put(2);", "const q = put(2);\nconst p = put(1);"],
    changed: ["a"],
  },
  {
    title: "a package that a statement changes",
    project: {
      "main.ts": HEAD + FREE +
        `import dayjs from "npm:dayjs";\nimport utc from "npm:dayjs/utc";\ndayjs.extend(utc);\n` +
        stage("a", "dayjs()") + stage("b", "1"),
    },
    edit: FREE_EDIT,
    changed: ["a"],
  },
  {
    title: "schemas that others use",
    project: {
      "main.ts": HEAD + FREE +
        `import * as v from "npm:valibot@1.5.0";\nconst item = v.object({ a: v.string() });\nconst list = v.array(item);\nconst wide = v.pipe(item, v.check(() => true));\n` +
        stage("a", "v.parse(item, {})") + stage("b", "v.parse(list, [])"),
    },
    edit: ["main.ts", "v.check(() => true)", "v.check(() => false)"],
    changed: [],
  },
  {
    title: "a schema that is used",
    project: {
      "main.ts": HEAD + FREE +
        `import * as v from "npm:valibot@1.5.0";\nconst item = v.object({ a: v.string() });\nconst list = v.array(item);\n` +
        stage("a", "v.parse(item, {})") + stage("b", "v.parse(list, [])") + stage("c", "1"),
    },
    edit: ["main.ts", "v.string()", "v.number()"],
    changed: ["a", "b"],
  },
  {
    title: "a package that is imported for its effects",
    project: {
      "main.ts": HEAD + `import "npm:polyfill@1";\n` + stage("a", "1") + stage("b", "1"),
    },
    edit: ["main.ts", "npm:polyfill@1", "npm:polyfill@2"],
    changed: ["a", "b"],
  },
  {
    title: "any module of a folder",
    project: {
      "main.ts": HEAD + "async function pick(x) { return await import(`./models/${x}.ts`); }\n" +
        stage("a", "pick") + stage("b", "1"),
      "models/knn.ts": "export const fit = 1;",
    },
    edit: ["models/knn.ts", "fit = 1", "fit = 2"],
    changed: ["a"],
  },
  {
    title: "any module at all",
    project: {
      "main.ts": HEAD +
        `import { x } from "./x.ts";\nasync function pick(name) { return await import(name); }\n` +
        stage("a", "pick") + stage("b", "1") + stage("c", "x"),
      "x.ts": "export const x = 1; export const y = 1;",
    },
    edit: ["x.ts", "y = 1", "y = 2"],
    changed: ["a"],
  },
  {
    title: "an import() whose exports may all be used",
    project: {
      "main.ts": HEAD + `async function pick() { const m = await import("./x.ts"); return m; }\n` +
        stage("a", "pick") + stage("b", "1"),
      "x.ts": "export const x = 1; export const y = 1; const z = 1;",
    },
    edit: ["x.ts", "y = 1", "y = 2"],
    changed: ["a"],
  },
  {
    title: "an import() of one export",
    project: {
      "main.ts": HEAD + `const pick = async () => (await import("./x.ts")).x;\n` + stage("a", "pick") +
        stage("b", "1"),
      "x.ts": "export const x = 1; export const y = 1;",
    },
    edit: ["x.ts", "y = 1", "y = 2"],
    changed: [],
  },
  {
    title: "import().then with a pattern",
    project: {
      "main.ts": HEAD + `const pick = () => import("./x.ts").then(({ x }) => x);\n` + stage("a", "pick()") +
        stage("b", "1"),
      "x.ts": "export const x = 1; export const y = 1;",
    },
    edit: ["x.ts", "x = 1", "x = 2"],
    changed: ["a"],
  },
  {
    title: "a worker",
    project: {
      "main.ts": HEAD +
        `const start = () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });\n` +
        stage("a", "start") + stage("b", "1"),
      "worker.ts": `import { help } from "./help.ts"; self.onmessage = () => help();`,
      "help.ts": "export const help = () => 1;",
    },
    edit: ["help.ts", "() => 1", "() => 2"],
    changed: ["a"],
  },
  {
    title: "JSON, laid out another way",
    project: {
      "main.ts": HEAD + `import data from "./data.json" with { type: "json" };\n` + stage("a", "data") +
        stage("b", "1"),
      "data.json": `{"a":1,"b":[2]}`,
    },
    edit: ["data.json", `{"a":1,"b":[2]}`, `{\n "a": 1,\n "b": [2] }`],
    changed: [],
  },
  {
    title: "JSON with its keys in another order, which the program can see",
    project: {
      "main.ts": HEAD + `import data from "./data.json" with { type: "json" };\n` + stage("a", "data") +
        stage("b", "1"),
      "data.json": `{"a":1,"b":[2]}`,
    },
    edit: ["data.json", `{"a":1,"b":[2]}`, `{"b":[2],"a":1}`],
    changed: ["a"],
  },
  {
    title: "JSON",
    project: {
      "main.ts": HEAD + `import data from "./data.json" with { type: "json" };\n` + stage("a", "data") +
        stage("b", "1"),
      "data.json": `{"a":1}`,
    },
    edit: ["data.json", "1", "2"],
    changed: ["a"],
  },
  {
    title: "text",
    project: {
      "main.ts": HEAD + `import prompt from "./prompt.md" with { type: "text" };\n` + stage("a", "prompt") +
        stage("b", "1"),
      "prompt.md": "Say hello",
    },
    edit: ["prompt.md", "hello", "goodbye"],
    changed: ["a"],
  },
  {
    title: "a module as text",
    project: {
      "main.ts": HEAD + `import source from "./x.ts" with { type: "text" };\n` + stage("a", "source") +
        stage("b", "1"),
      "x.ts": "// one\nexport const x = 1;",
    },
    edit: ["x.ts", "// one", "// two"],
    changed: ["a"],
  },
  {
    title: "a file that the parser can't read",
    project: {
      "main.ts": HEAD + `import { x } from "./x.ts";\n` + stage("a", "x") + stage("b", "1"),
      "x.ts": "export const x = 1 ???? 2; // one",
    },
    edit: ["x.ts", "// one", "// two"],
    changed: ["a"],
  },
  {
    title: "modules that import one another",
    project: {
      "main.ts": HEAD + `import { even } from "./even.ts";\n` + stage("a", "even(2)") + stage("b", "1"),
      "even.ts": `import { odd } from "./odd.ts";\nexport const even = (n) => n === 0 || odd(n - 1);`,
      "odd.ts": `import { even } from "./even.ts";\nexport const odd = (n) => n !== 0 && even(n - 1);`,
    },
    edit: ["odd.ts", "n !== 0", "n > 0"],
    changed: ["a"],
  },
  {
    title: "a namespace that is exported",
    project: {
      "main.ts": HEAD + `import { math } from "./all.ts";\n` + stage("a", "math.sum()") +
        stage("b", "math.product()"),
      "all.ts": `export * as math from "./math.ts";`,
      "math.ts": "export const sum = () => 1;\nexport const product = () => 1;",
    },
    edit: ["math.ts", "product = () => 1", "product = () => 2"],
    changed: ["b"],
  },
  {
    title: "a namespace that is imported, then exported",
    project: {
      "main.ts": HEAD + `import { math } from "./all.ts";\n` + stage("a", "math.sum()") +
        stage("b", "math.product()"),
      "all.ts": `import * as math from "./math.ts";\nexport { math };`,
      "math.ts": "export const sum = () => 1;\nexport const product = () => 1;",
    },
    edit: ["math.ts", "sum = () => 1", "sum = () => 2"],
    changed: ["a"],
  },
  {
    title: "a value namespace",
    project: {
      "main.ts": HEAD +
        "namespace Tools { const k = 1; export function f() { return k; } }\nnamespace Types { export type A = 1 }\n" +
        stage("a", "Tools.f()") + stage("b", "1"),
    },
    edit: ["main.ts", "const k = 1", "const k = 2"],
    changed: ["a"],
  },
  {
    title: "a namespace of types",
    project: {
      "main.ts": HEAD + "namespace Types { export type A = 1 }\nconst one: Types.A = 1;\n" +
        stage("a", "one") + stage("b", "1"),
    },
    edit: ["main.ts", "type A = 1", "type A = number"],
    changed: [],
  },
  {
    title: "a namespace beside a function",
    project: {
      "main.ts": HEAD + "function f() { return f.k; }\nnamespace f { export const k = 1; }\n" +
        stage("a", "f()") + stage("b", "1"),
    },
    edit: ["main.ts", "const k = 1", "const k = 2"],
    changed: ["a"],
  },
  {
    title: "a decorator",
    project: {
      "main.ts": HEAD +
        "const times = (n) => (value, context) => function () { return n * value.call(this); };\nclass K { @times(2) f() { return 1; } }\n" +
        stage("a", "new K().f()") + stage("b", "1"),
    },
    edit: ["main.ts", "n * value", "n + value"],
    changed: ["a"],
  },
  {
    title: "a decorator's argument",
    project: {
      "main.ts": HEAD +
        "const times = (n) => (value, context) => function () { return n * value.call(this); };\nclass K { @times(2) f() { return 1; } }\n" +
        stage("a", "new K().f()") + stage("b", "1"),
    },
    edit: ["main.ts", "@times(2)", "@times(3)"],
    changed: ["a"],
  },
  {
    title: "import.meta.url where the file is moved",
    project: {
      "main.ts": HEAD + `export * from "./sub/x.ts";\nimport { here } from "./sub/x.ts";\n` +
        stage("a", "here") + stage("b", "1"),
      "sub/x.ts": "export const here = import.meta.url;\nexport const other = 1;",
    },
    edit: ["main.ts", `import { here } from "./sub/x.ts"`, `import { here } from "./moved.ts"`],
    changed: ["a"],
  },
];

for (const [title, code, run] of WHOLE) {
  Deno.test(`widening: ${title}`, async () => await check(module(title, code, run, true)));
}
for (const [title, code, run] of NARROW) {
  Deno.test(`no widening: ${title}`, async () => await check(module(title, code, run, false)));
}
for (const row of OTHER) Deno.test(`reach: ${row.title}`, async () => await check(row));

async function check({ project, edit: [file, from, to], changed, declared }: Row): Promise<void> {
  const moved = to.includes("./moved.ts") ? { "moved.ts": project["sub/x.ts"] ?? "" } : {};
  assertEquals(await changedBy(project, { ...moved, [file]: edit(project[file], from, to) }, declared), [
    ...changed,
  ]);
}
