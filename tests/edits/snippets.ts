/**
 * Small modules, each with one edit: what a stage that calls `value` must make of it.
 *
 * @module
 */
import { GLOBAL, MORE_COSMETIC, MORE_REAL } from "./snippets_more.ts";

/** A module, its edit, and whether the stage that reaches it must run after that. */
export interface Snippet {
  readonly name: string;
  /** The module's text; more modules follow after lines such as `//// other.ts`. */
  readonly code: string;
  readonly from: string;
  readonly to: string;
  /** `either` where the specification is silent. */
  readonly runs: boolean | "either";
}

/** What {@linkcode Snippet} holds, but for what must run. */
export type Pair = readonly [name: string, code: string, from: string, to: string];

const listed = (runs: Snippet["runs"], pairs: readonly Pair[]): Snippet[] =>
  pairs.map(([name, code, from, to]) => ({ name, code, from, to, runs }));

/** Where a function may be named: an edit of it reaches `value` from each of these places. */
const PLACES: Readonly<Record<string, string>> = {
  defaultOfParameter: "export const value = () => { const f = (a = helper(1)) => a; return f(); };",
  defaultInPattern:
    "export const value = () => { const { a = helper(1) } = {} as { a?: number }; return a; };",
  defaultInArray: "export const value = () => { const [a = helper(1)] = [] as number[]; return a; };",
  defaultInAssignment: "export const value = () => { let a; [a = helper(1)] = [] as number[]; return a; };",
  computedKey: "export const value = () => ({ [helper(1)]: 1 });",
  computedKeyInPattern: "export const value = () => { const { [helper(1)]: a } = [1, 2, 3]; return a; };",
  computedMember: "export const value = () => [1, 2, 3][helper(1)];",
  inTemplate: "export const value = () => `${helper(1)}`;",
  asTag:
    "export const value = () => (helper as unknown as (parts: TemplateStringsArray) => string)`1`.length;",
  spread: "export const value = () => [...[helper(1)]];",
  spreadArgument: "export const value = () => Math.max(...[helper(1)]);",
  callback: "export const value = () => [1, 2].map(helper);",
  callbackInList: "const list = [helper];\nexport const value = () => list[0]!(1);",
  inObject: "const object = { helper };\nexport const value = () => object.helper(1);",
  inFrozenObject: "const object = Object.freeze({ run: helper });\nexport const value = () => object.run(1);",
  inMap: "const map = new Map([[1, helper]]);\nexport const value = () => map.get(1)!(1);",
  optionalCall: "export const value = () => helper?.(1);",
  newOfMember:
    "const all = { Kind: class { x = helper(1); } };\nexport const value = () => new all.Kind().x;",
  classField: "class Kind { x = helper(1); }\nexport const value = () => new Kind().x;",
  staticField: "class Kind { static x = helper(1); }\nexport const value = () => Kind.x;",
  staticBlock:
    "class Kind { static x: number; static { Kind.x = helper(1); } }\nexport const value = () => Kind.x;",
  privateField:
    "class Kind { #x = helper(1); get x() { return this.#x; } }\nexport const value = () => new Kind().x;",
  computedMethod:
    "class Kind { [`m${helper(1)}`]() { return 1; } }\nexport const value = () => Object.getOwnPropertyNames(Kind.prototype);",
  superclass:
    "const mixin = (x: number) => class { x = x; };\nclass Kind extends mixin(helper(1)) {}\nexport const value = () => new Kind().x;",
  superCall:
    "class Base { constructor(readonly x: number) {} }\nclass Kind extends Base { constructor() { super(helper(1)); } }\nexport const value = () => new Kind().x;",
  getterOfObject: "const object = { get x() { return helper(1); } };\nexport const value = () => object.x;",
  methodOfObject: "const object = { m() { return helper(1); } };\nexport const value = () => object.m();",
  generator: "function* all() { yield helper(1); }\nexport const value = () => [...all()];",
  asyncGenerator:
    "async function* all() { yield helper(1); }\nexport const value = async () => { const list = []; for await (const x of all()) list.push(x); return list; };",
  awaited: "export const value = async () => await helper(1);",
  forOfHead:
    "export const value = () => { const list = []; for (const x of [helper(1)]) list.push(x); return list; };",
  forHead: "export const value = () => { let n = 0; for (let i = 0; i < helper(1); i++) n++; return n; };",
  switchCase:
    "export const value = (x = 2) => { switch (x) { case helper(1): return 1; default: return 2; } };",
  thrown: "export const value = () => { try { throw helper(1); } catch (error) { return error; } };",
  conditional: "export const value = (x = 1) => x > 1 ? 1 : helper(1);",
  afterOr: "export const value = (x?: number) => x ?? helper(1);",
  assignedByOr: "export const value = () => { let x: number | undefined; x ??= helper(1); return x; };",
  sequence: "export const value = () => (0, helper)(1);",
  typeOfValue: 'export const value = () => typeof helper === "function" ? helper.length : String(helper);',
  asText: "export const value = () => String(helper).length > 0;",
  bound: "const bound = helper.bind(null, 1);\nexport const value = () => bound();",
  applied: "export const value = () => Reflect.apply(helper, null, [1]);",
  satisfied: "export const value = () => (helper satisfies (x: number) => number)(1);",
  nonNull: "export const value = () => helper!(1);",
  instantiated: "const same = helper as typeof helper;\nexport const value = () => same(1);",
  enumInitial: 'enum Level { A = "abc".length, B = helper(1) }\nexport const value = () => Level.B;',
  inNamespace: "namespace Space { export const x = helper(1); }\nexport const value = () => Space.x;",
  inNestedNamespace:
    "namespace Space.Inner { export const x = () => helper(1); }\nexport const value = () => Space.Inner.x();",
  namespaceAlias:
    "namespace Space { export const x = () => helper(1); }\nimport x = Space.x;\nexport const value = () => x();",
  functionAndNamespace:
    "function both() { return both.x; }\nnamespace both { export const x = helper(1); }\nexport const value = () => both();",
  decoratorArgument:
    'const by = (n: number) => (_: unknown, context: ClassFieldDecoratorContext) => function (x: number) { return context.kind === "field" ? x + n : x; };\nclass Kind { @by(helper(1)) x = 1; }\nexport const value = () => new Kind().x;',
  classDecorator:
    "const marked = <C extends new () => object>(kind: C, _: ClassDecoratorContext) => class extends kind { mark = helper(1); };\n@marked class Kind {}\nexport const value = () => ({ ...new Kind() });",
  topLevelAwait: "const list = await Promise.all([helper(1)]);\nexport const value = () => list;",
  inFunctionAtTop: "const once = (() => helper(1))();\nexport const value = () => once;",
  patternAtTop: "const { a, ...rest } = { a: 1, b: helper(1) };\nexport const value = () => [a, rest];",
  hoisted: "export const value = () => later();\nfunction later() { return helper(1); }",
  mutual:
    "const even = (n: number): number => n === 0 ? helper(1) : odd(n - 1);\nconst odd = (n: number): number => n === 0 ? 0 : even(n - 1);\nexport const value = () => even(4);",
  hoistedInner: "export const value = () => { return inner(); function inner() { return helper(1); } };",
  varOfBlock: "export const value = () => { if (helper(1) > 0) { var x = 1; } return x; };",
  afterInnerBlock: "export const value = () => { { const helper = 1; void helper; } return helper(1); };",
  besideCatch:
    "export const value = () => { try { throw 1; } catch (helper) { void helper; } return helper(1); };",
  besideParameter:
    "export const value = () => { const f = (helper: number) => helper; return f(helper(1)); };",
  besideFunctionName:
    "export const value = () => { const f = function helper() { return 1; }; return f() + helper(1); };",
  besideClassName:
    "export const value = () => { const Kind = class helper { x = 1; }; return new Kind().x + helper(1); };",
  besideType: "type T = { helper: number };\nexport const value = (): T => ({ helper: helper(1) });",
  inDefaultBesideBody:
    "export const value = () => { const f = (x = helper(1)) => { const helper = 2; return x + helper; }; return f(); };",
  returnedClosure:
    "const make = () => { const inner = helper; return () => inner(1); };\nconst made = make();\nexport const value = () => made();",
  memoised:
    "const memo = <A, R>(f: (a: A) => R) => { const seen = new Map<A, R>(); return (a: A) => seen.has(a) ? seen.get(a)! : f(a); };\nconst fast = memo(helper);\nexport const value = () => fast(1);",
  toPrimitive: "const object = { toString: () => `${helper(1)}` };\nexport const value = () => `${object}`;",
  iterator:
    "const object = { *[Symbol.iterator]() { yield helper(1); } };\nexport const value = () => [...object];",
  exportedDefault: "const f = () => helper(1);\nexport default f;\nexport const value = () => f();",
  ofNew:
    "function Kind(this: { x: number }) { this.x = helper(1); }\nexport const value = () => new (Kind as unknown as new () => { x: number })().x;",
  ofPromise: "const soon = Promise.resolve().then(() => helper(1));\nexport const value = () => soon;",
};

const HELPED = `import { helper } from "./NAME_helper.ts";\nCODE
//// NAME_helper.ts
export function helper(x: number): number {
  return x + 1;
}
export function decoy(x: number): number {
  return x - 1;
}
`;

const places = Object.entries(PLACES).map(([name, code]): Snippet => ({
  name,
  code: HELPED.replaceAll("NAME", name).replace("CODE", () => code),
  from: "x + 1",
  to: "1 + x",
  runs: true,
}));

/** The same places, with an edit beside the function. */
export const decoys = places.map((snippet): Snippet => ({
  ...snippet,
  from: "x - 1",
  to: "x - 2",
  runs: false,
}));

/** How modules pass names on. */
const PASSED: readonly Pair[] = [
  [
    "textNames",
    `import { "a name" as f } from "./textNames_b.ts";\nexport const value = () => f();\n//// textNames_b.ts\nconst f = () => 1;\nexport { f as "a name" };`,
    "=> 1",
    "=> 2",
  ],
  [
    "asDefault",
    `import f from "./asDefault_b.ts";\nexport const value = () => f();\n//// asDefault_b.ts\nconst f = () => 1;\nexport { f as default };`,
    "=> 1",
    "=> 2",
  ],
  [
    "defaultAsName",
    `import { default as f } from "./defaultAsName_b.ts";\nexport const value = () => f();\n//// defaultAsName_b.ts\nexport default () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "defaultAndSpace",
    `import f, * as all from "./defaultAndSpace_b.ts";\nexport const value = () => f() + all.g();\n//// defaultAndSpace_b.ts\nexport default () => 1;\nexport const g = () => 5;`,
    "=> 5",
    "=> 6",
  ],
  [
    "defaultClass",
    `import Kind from "./defaultClass_b.ts";\nexport const value = () => new Kind().x;\n//// defaultClass_b.ts\nexport default class { x = 1; }`,
    "x = 1",
    "x = 2",
  ],
  [
    "defaultObject",
    `import all from "./defaultObject_b.ts";\nexport const value = () => all.f();\n//// defaultObject_b.ts\nexport default { f: () => 1 };`,
    "=> 1",
    "=> 2",
  ],
  [
    "chainOfThree",
    `import { a } from "./chainOfThree_b.ts";\nexport const value = () => a();\n//// chainOfThree_b.ts\nexport { b as a } from "./chainOfThree_c.ts";\n//// chainOfThree_c.ts\nexport { c as b } from "./chainOfThree_d.ts";\n//// chainOfThree_d.ts\nexport const c = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "starOfStar",
    `import { a } from "./starOfStar_b.ts";\nexport const value = () => a();\n//// starOfStar_b.ts\nexport * from "./starOfStar_c.ts";\n//// starOfStar_c.ts\nexport * from "./starOfStar_d.ts";\nexport const z = 1;\n//// starOfStar_d.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "starOfSpace",
    `import { all } from "./starOfSpace_b.ts";\nexport const value = () => all.inner.a();\n//// starOfSpace_b.ts\nexport * as all from "./starOfSpace_c.ts";\n//// starOfSpace_c.ts\nexport * as inner from "./starOfSpace_d.ts";\n//// starOfSpace_d.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "spaceTakenApart",
    `import * as all from "./spaceTakenApart_b.ts";\nconst { a } = all;\nexport const value = () => a();\n//// spaceTakenApart_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "spacePassed",
    `import * as all from "./spacePassed_b.ts";\nconst first = (m: { a: () => number }) => m.a();\nexport const value = () => first(all);\n//// spacePassed_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "spaceSpread",
    `import * as all from "./spaceSpread_b.ts";\nconst own = { ...all };\nexport const value = () => own.a();\n//// spaceSpread_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "importedThenExported",
    `import { a } from "./importedThenExported_b.ts";\nexport const value = () => a();\n//// importedThenExported_b.ts\nimport { c } from "./importedThenExported_c.ts";\nconst a = c;\nexport { a };\n//// importedThenExported_c.ts\nexport const c = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "liveBinding",
    `import { count, grow } from "./liveBinding_b.ts";\nexport const value = () => { grow(); return count; };\n//// liveBinding_b.ts\nexport let count = 1;\nexport function grow() { count += 2; }`,
    "+= 2",
    "+= 3",
  ],
  [
    "cycleOfDefaults",
    `import a from "./cycleOfDefaults_b.ts";\nexport const value = () => a(3);\n//// cycleOfDefaults_b.ts\nimport c from "./cycleOfDefaults_c.ts";\nexport default function a(n: number): number { return n <= 0 ? 0 : c(n - 1); }\n//// cycleOfDefaults_c.ts\nimport a from "./cycleOfDefaults_b.ts";\nexport default (n: number): number => 1 + a(n);`,
    "1 + a(n)",
    "2 + a(n)",
  ],
  [
    "lateLiteral",
    `export const value = async () => (await import("./lateLiteral_b.ts")).a();\n//// lateLiteral_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "lateTemplate",
    "export const value = async () => (await import(`./lateTemplate_b.ts`)).a();\n//// lateTemplate_b.ts\nexport const a = () => 1;",
    "=> 1",
    "=> 2",
  ],
  [
    "lateConstant",
    `const path = "./lateConstant_b.ts";\nexport const value = async () => (await import(path)).a();\n//// lateConstant_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "lateHelper",
    `import { f } from "./lateHelper_b.ts";\nexport const value = () => f();\n//// lateHelper_b.ts\nexport const f = async () => { const { a } = await import("./lateHelper_c.ts"); return a(); };\n//// lateHelper_c.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "lateAll",
    `export const value = async () => { const [m] = await Promise.all([import("./lateAll_b.ts")]); return m.a(); };\n//// lateAll_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "lateRenamed",
    `export const value = async () => { const { a: b } = await import("./lateRenamed_b.ts"); return b(); };\n//// lateRenamed_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "lateHeld",
    `const soon = import("./lateHeld_b.ts");\nexport const value = async () => (await soon).a();\n//// lateHeld_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "lateJson",
    `export const value = async () => (await import("./lateJson_b.json", { with: { type: "json" } })).default.a;\n//// lateJson_b.json\n{ "a": 1 }`,
    `"a": 1`,
    `"a": 2`,
  ],
  [
    "lateByFunction",
    `const load = (name: string) => import(name);\nexport const value = async () => (await load("./lateByFunction_b.ts")).a();\n//// lateByFunction_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "loadersByName",
    `const loaders = { b: () => import("./loadersByName_b.ts") };\nexport const value = async () => (await loaders.b()).a();\n//// loadersByName_b.ts\nexport const a = () => 1;`,
    "=> 1",
    "=> 2",
  ],
  [
    "jsonOfHelper",
    `import { f } from "./jsonOfHelper_b.ts";\nexport const value = () => f();\n//// jsonOfHelper_b.ts\nimport all from "./jsonOfHelper_c.json" with { type: "json" };\nconst { list: [first] } = all;\nexport const f = () => first;\n//// jsonOfHelper_c.json\n{ "list": [1, 2] }`,
    "[1, 2]",
    "[3, 2]",
  ],
  [
    "inJsx",
    `/** @jsx h */\nimport { h } from "./inJsx_h.tsx";\nimport { Card } from "./inJsx_c.tsx";\nexport const value = () => <Card title="a">b</Card>;\n//// inJsx_h.tsx\nexport const h = (kind: unknown, props: object | null, ...children: unknown[]): unknown => typeof kind === "function" ? kind({ ...props, children }) : [kind, props, children];\n//// inJsx_c.tsx\n/** @jsx h */\nimport { h } from "./inJsx_h.tsx";\nexport const Card = (props: { title: string; children?: unknown }) => <b class={props.title}>{props.children}</b>;`,
    "class={props.title}",
    "id={props.title}",
  ],
];

/** What changes the values that a module declares, after they are declared. */
const CHANGED: readonly Pair[] = [
  ["assignAtTop", "let x = 1;\nx = 2;\nexport const value = () => x;", "x = 2", "x = 3"],
  ["growAtTop", "let x = 1;\nx += 2;\nexport const value = () => x;", "+= 2", "+= 3"],
  [
    "incrementAtTop",
    "let x = 1;\nfor (let i = 0; i < 3; i++) x++;\nexport const value = () => x;",
    "i < 3",
    "i < 4",
  ],
  ["patternAssigned", "let x = 1;\n[x] = [2];\nexport const value = () => x;", "[2]", "[3]"],
  ["objectPatternAssigned", "let x = 1;\n({ x } = { x: 2 });\nexport const value = () => x;", "x: 2", "x: 3"],
  [
    "assignInFunction",
    "let x = 1;\nfunction set() { x = 2; }\nset();\nexport const value = () => x;",
    "x = 2",
    "x = 3",
  ],
  ["assignInIf", "let x = 1;\nif (x > 0) { x = 2; }\nexport const value = () => x;", "x = 2", "x = 3"],
  [
    "assignInTry",
    "let x = 1;\ntry { x = 2; } catch { /* none */ }\nexport const value = () => x;",
    "x = 2",
    "x = 3",
  ],
  [
    "assignInCallback",
    "let x = 1;\n[2].forEach((y) => { x = y; });\nexport const value = () => x;",
    "[2]",
    "[3]",
  ],
  [
    "assignAwaited",
    "let x = 1;\nawait Promise.resolve().then(() => { x = 2; });\nexport const value = () => x;",
    "x = 2",
    "x = 3",
  ],
  ["pushed", "const list = [1];\nlist.push(2);\nexport const value = () => list;", "push(2)", "push(3)"],
  ["lengthSet", "const list = [1, 2, 3];\nlist.length = 2;\nexport const value = () => list;", "= 2", "= 1"],
  [
    "sortedInPlace",
    "const list = [1, 3, 2];\nlist.sort((a, b) => a - b);\nexport const value = () => list;",
    "a - b",
    "b - a",
  ],
  ["indexSet", "const list = [1, 2];\nlist[0] = 5;\nexport const value = () => list;", "= 5", "= 6"],
  [
    "memberSet",
    "const object = { a: { b: 1 } };\nobject.a.b = 2;\nexport const value = () => object;",
    "b = 2",
    "b = 3",
  ],
  [
    "memberDeleted",
    "const object: { a?: number; b?: number } = { a: 1, b: 2 };\ndelete object.a;\nexport const value = () => object;",
    "object.a",
    "object.b",
  ],
  [
    "propertyDefined",
    'const object = {} as { x: number };\nObject.defineProperty(object, "x", { value: 2, enumerable: true });\nexport const value = () => object;',
    "value: 2",
    "value: 3",
  ],
  [
    "reflected",
    'const object = {} as { x: number };\nReflect.set(object, "x", 2);\nexport const value = () => object;',
    ", 2)",
    ", 3)",
  ],
  [
    "assigned",
    "const object = {};\nObject.assign(object, { x: 2 });\nexport const value = () => object;",
    "x: 2",
    "x: 3",
  ],
  [
    "setAdded",
    "const set = new Set<number>();\nset.add(2);\nexport const value = () => [...set];",
    "add(2)",
    "add(3)",
  ],
  [
    "byAlias",
    "const list: number[] = [];\nconst alias = list;\nalias.push(2);\nexport const value = () => list;",
    "push(2)",
    "push(3)",
  ],
  [
    "byPattern",
    "const all = { list: [] as number[] };\nconst { list } = all;\nlist.push(2);\nexport const value = () => all.list;",
    "push(2)",
    "push(3)",
  ],
  [
    "byArgument",
    "const list: number[] = [];\nfunction fill(to: number[]) { to.push(2); }\nfill(list);\nexport const value = () => list;",
    "push(2)",
    "push(3)",
  ],
  [
    "byMethod",
    "const box = { list: [] as number[], fill(x: number) { this.list.push(x); } };\nbox.fill(2);\nexport const value = () => box.list;",
    "fill(2)",
    "fill(3)",
  ],
  [
    "byClosure",
    "const list: number[] = [];\nconst fill = (x: number) => { list.push(x); };\nfill(2);\nexport const value = () => list;",
    "fill(2)",
    "fill(3)",
  ],
  [
    "byLoop",
    "const list: number[] = [];\nfor (const x of [1, 2]) list.push(x);\nexport const value = () => list;",
    "[1, 2]",
    "[1, 3]",
  ],
  [
    "byReturn",
    "const list: number[] = [];\nconst chained = { add(x: number) { list.push(x); return this; } };\nchained.add(1).add(2);\nexport const value = () => list;",
    "add(2)",
    "add(3)",
  ],
  [
    "byGetter",
    "const list: number[] = [];\nconst box = { get all() { return list; } };\nbox.all.push(2);\nexport const value = () => list;",
    "push(2)",
    "push(3)",
  ],
  [
    "classStatic",
    "class Kind { static x = 1; }\nKind.x = 2;\nexport const value = () => Kind.x;",
    "x = 2",
    "x = 3",
  ],
  [
    "prototypeSet",
    "class Kind { f() { return 1; } }\nKind.prototype.f = () => 2;\nexport const value = () => new Kind().f();",
    "=> 2",
    "=> 3",
  ],
  [
    "functionProperty",
    "function f() { return f.x; }\nf.x = 2;\nexport const value = () => f();",
    "x = 2",
    "x = 3",
  ],
  [
    "classRegistry",
    "class Registry { static all: number[] = []; static add(x: number) { Registry.all.push(x); } }\nRegistry.add(2);\nexport const value = () => Registry.all;",
    "add(2)",
    "add(3)",
  ],
  [
    "byConstructor",
    "const all: number[] = [];\nclass Kind { constructor(x: number) { all.push(x); } }\nnew Kind(2);\nexport const value = () => all;",
    "Kind(2)",
    "Kind(3)",
  ],
  [
    "byTag",
    "const all: string[] = [];\nconst add = (parts: TemplateStringsArray) => { all.push(parts[0]!); };\nadd`a`;\nexport const value = () => all;",
    "add`a`",
    "add`b`",
  ],
  [
    "byDecorator",
    'const all: string[] = [];\nconst add = (name: string) => (_: unknown, __: ClassDecoratorContext) => { all.push(name); };\n@add("a") class Kind {}\nexport const value = () => [all, typeof Kind];',
    `"a"`,
    `"b"`,
  ],
  [
    "bySetter",
    "const object = { own: 1, set x(to: number) { this.own = to; } };\nobject.x = 2;\nexport const value = () => object.own;",
    "x = 2",
    "x = 3",
  ],
  [
    "elsewhere",
    `import { list } from "./elsewhere_b.ts";\nimport "./elsewhere_c.ts";\nexport const value = () => list;\n//// elsewhere_b.ts\nexport const list: number[] = [];\n//// elsewhere_c.ts\nimport { list } from "./elsewhere_b.ts";\nlist.push(2);`,
    "push(2)",
    "push(3)",
  ],
  [
    "elsewhereByFunction",
    `import { all } from "./elsewhereByFunction_b.ts";\nimport "./elsewhereByFunction_c.ts";\nexport const value = () => all();\n//// elsewhereByFunction_b.ts\nconst list: number[] = [];\nexport const add = (x: number) => { list.push(x); };\nexport const all = () => list;\n//// elsewhereByFunction_c.ts\nimport { add } from "./elsewhereByFunction_b.ts";\nadd(2);`,
    "add(2)",
    "add(3)",
  ],
  [
    "elsewhereLet",
    `import { x } from "./elsewhereLet_b.ts";\nimport "./elsewhereLet_c.ts";\nexport const value = () => x;\n//// elsewhereLet_b.ts\nexport let x = 1;\nexport const set = (to: number) => { x = to; };\n//// elsewhereLet_c.ts\nimport { set } from "./elsewhereLet_b.ts";\nset(2);`,
    "set(2)",
    "set(3)",
  ],
  [
    "elsewhereMember",
    `import { options } from "./elsewhereMember_b.ts";\nimport "./elsewhereMember_c.ts";\nexport const value = () => options.x;\n//// elsewhereMember_b.ts\nexport const options = { x: 1 };\n//// elsewhereMember_c.ts\nimport * as all from "./elsewhereMember_b.ts";\nall.options.x = 2;`,
    "x = 2",
    "x = 3",
  ],
  [
    "elsewhereDefault",
    `import options from "./elsewhereDefault_b.ts";\nimport "./elsewhereDefault_c.ts";\nexport const value = () => options.x;\n//// elsewhereDefault_b.ts\nexport default { x: 1 };\n//// elsewhereDefault_c.ts\nimport options from "./elsewhereDefault_b.ts";\noptions.x = 2;`,
    "x = 2",
    "x = 3",
  ],
  [
    "elsewhereTwice",
    `import { list } from "./elsewhereTwice_b.ts";\nimport "./elsewhereTwice_c.ts";\nexport const value = () => list;\n//// elsewhereTwice_b.ts\nexport const list: number[] = [];\n//// elsewhereTwice_c.ts\nimport { list } from "./elsewhereTwice_b.ts";\nimport { more } from "./elsewhereTwice_d.ts";\nlist.push(...more);\n//// elsewhereTwice_d.ts\nexport const more = [2];`,
    "[2]",
    "[3]",
  ],
  [
    "elsewhereAll",
    `import { list } from "./elsewhereAll_b.ts";\nimport { registerAll } from "./elsewhereAll_c.ts";\nregisterAll();\nexport const value = () => list;\n//// elsewhereAll_b.ts\nexport const list: number[] = [];\n//// elsewhereAll_c.ts\nimport { list } from "./elsewhereAll_b.ts";\nexport function registerAll() { list.push(2); }`,
    "push(2)",
    "push(3)",
  ],
  [
    "changedWhenCalled",
    "const seen: number[] = [];\nconst remember = (x: number) => { seen.push(x * 2); return seen; };\nexport const value = () => remember(1);",
    "x * 2",
    "x * 3",
  ],
];

/** Edits that are small and real. */
const REAL: readonly Pair[] = [
  ["equality", 'export const value = (x: unknown = "1") => x == 1;', "x == 1", "x === 1"],
  ["andOr", "export const value = (x = 0) => x && 1;", "&&", "||"],
  ["nullish", "export const value = (x = 0) => x || 1;", "||", "??"],
  [
    "optionalMember",
    "export const value = (x: { a?: { b: number } } = { a: { b: 1 } }) => x.a?.b;",
    "?.b",
    "!.b",
  ],
  ["negated", "export const value = (x = true) => x;", "=> x", "=> !x"],
  ["sign", "export const value = (x = 1) => +x;", "+x", "-x"],
  ["prefixPostfix", "export const value = () => { let x = 1; return x++; };", "x++", "++x"],
  [
    "forIn",
    'export const value = () => { const all = []; for (const x of ["a"]) all.push(x); return all; };',
    " of ",
    " in ",
  ],
  [
    "breakContinue",
    "export const value = () => { let n = 0; for (const x of [1, 2, 3]) { if (x === 2) break; n += x; } return n; };",
    "break",
    "continue",
  ],
  [
    "label",
    "export const value = () => { let n = 0; a: for (const x of [1, 2]) { b: for (const y of [1, 2]) { if (y === 1) continue b; n += x * y; } n += 1; if (n > 99) continue a; } return n; };",
    "continue b",
    "continue a",
  ],
  ["number", "export const value = () => 1;", "=> 1", "=> 2"],
  ["bigint", "export const value = () => typeof 1;", "typeof 1", "typeof 1n"],
  ["text", 'export const value = () => "a";', `"a"`, `"b"`],
  ["numberToText", "export const value = () => 1 as unknown;", "=> 1", `=> "1"`],
  ["nullToUndefined", "export const value = () => typeof null;", "null", "undefined"],
  [
    "hole",
    "export const value = () => [1, , 2].length + Object.keys([1, , 2]).length;",
    "Object.keys([1, , 2])",
    "Object.keys([1, 2])",
  ],
  ["trailingHole", "export const value = () => [1,].length;", "[1,]", "[1,,]"],
  ["blockForObject", "export const value = () => (() => ({}))() ?? 1;", "({})", "{}"],
  [
    "returnBroken",
    "export const value = () => { const x = () => { return 1; }; return x() ?? 2; };",
    "return 1",
    "return\n1",
  ],
  ["precedence", "export const value = (a = 1, b = 2) => (a + b) * 3;", "(a + b) * 3", "a + b * 3"],
  ["grouping", "export const value = (a = 9, b = 4, c = 2) => a - (b - c);", "(b - c)", "b - c"],
  ["power", "export const value = () => (-2) ** 2 + 2 ** 3;", "2 ** 3", "3 ** 2"],
  ["powerOfPower", "export const value = () => (2 ** 3) ** 2;", "(2 ** 3) ** 2", "2 ** (3 ** 2)"],
  [
    "chainedOptional",
    'export const value = (x?: { a: { b: number } }) => { try { return (x?.a).b; } catch { return "thrown"; } };',
    "(x?.a).b",
    "x?.a.b",
  ],
  ["keyOrder", "export const value = () => ({ a: 1, b: 2 });", "a: 1, b: 2", "b: 2, a: 1"],
  ["keyName", "export const value = () => ({ a: 1 });", "a: 1", "b: 1"],
  ["keyComputed", 'const a = "x";\nexport const value = () => ({ a: 1, y: a });', "{ a: 1,", "{ [a]: 1,"],
  [
    "memberComputed",
    'const a = "b";\nexport const value = () => [({ a: 1, b: 2 } as Record<string, number>).a, a];',
    ").a,",
    ")[a],",
  ],
  ["memberName", "export const value = (x = { a: 1, b: 2 }) => x.a;", "x.a", "x.b"],
  ["spreadInList", "export const value = (x = [1, 2]) => [x];", "[x]", "[...x]"],
  [
    "spreadInCall",
    'export const value = (x = [1, 2]) => String.raw({ raw: ["", ""] }, x);',
    ", x)",
    ", ...x)",
  ],
  [
    "rest",
    "export const value = () => ((...x: number[]) => x)(1, 2);",
    "(...x: number[]) => x",
    "(x: number) => x",
  ],
  [
    "parameterOrder",
    "export const value = () => ((a: number, b: number) => a - b)(3, 1);",
    "(a: number, b: number)",
    "(b: number, a: number)",
  ],
  [
    "patternOrder",
    "export const value = () => { const [a, b] = [1, 2]; return [a, b]; };",
    "const [a, b]",
    "const [b, a]",
  ],
  [
    "patternKey",
    "export const value = () => { const { a: x } = { a: 1, b: 2 }; return x; };",
    "{ a: x }",
    "{ b: x }",
  ],
  [
    "getterToMethod",
    "const object = { get x() { return 1; } };\nexport const value = () => typeof object.x;",
    "get x()",
    "x()",
  ],
  [
    "getterToSetter",
    "const object = { get x() { return 1; } };\nexport const value = () => typeof object.x;",
    "get x() { return 1; }",
    "set x(y: number) { void y; }",
  ],
  [
    "staticMethod",
    "class Kind { static f() { return 1; } }\nexport const value = () => typeof (Kind as { f?: unknown }).f;",
    "static f",
    "f",
  ],
  [
    "privateName",
    "class Kind { #a = 1; #b = 2; get x() { return [this.#a, this.#b]; } }\nexport const value = () => new Kind().x;",
    "this.#a, this.#b",
    "this.#b, this.#a",
  ],
  [
    "superToThis",
    "class Base { f() { return 1; } }\nclass Kind extends Base { override f() { return 2; } g() { return super.f(); } }\nexport const value = () => new Kind().g();",
    "super.f()",
    "this.f()",
  ],
  [
    "asyncFunction",
    "const f = () => 1;\nexport const value = () => typeof f();",
    "= () => 1",
    "= async () => 1",
  ],
  [
    "awaitGone",
    "const f = async () => 1;\nexport const value = async () => typeof await f();",
    "typeof await",
    "typeof",
  ],
  [
    "yieldAll",
    "function* f() { yield [1, 2]; }\nexport const value = () => [...f()];",
    "yield [",
    "yield* [",
  ],
  [
    "generatorGone",
    "function* f(): unknown { return 1; }\nexport const value = () => typeof f();",
    "function* f",
    "function f",
  ],
  ["regexFlag", 'export const value = () => "A".match(/a/) === null;', "/a/", "/a/i"],
  ["regexBody", 'export const value = () => "1".match(/\\d/) === null;', "\\d", "\\D"],
  ["rawTemplate", "export const value = () => String.raw`\\n`;", "\\n", "\\t"],
  ["rawOnly", "export const value = () => String.raw`\\x41`;", "\\x41", "\\u0041"],
  ["templateBlank", "export const value = () => `a b`;", "a b", "a  b"],
  ["templateComment", "export const value = () => `a // b`;", "// b", "// c"],
  ["textComment", 'export const value = () => "/* a */";', "/* a */", "/* b */"],
  [
    "regexComment",
    'export const value = () => "x".match(/x|/) !== null && /[/*]a/.test("*a");',
    "[/*]a",
    "[/*]b",
  ],
  ["escape", 'export const value = () => "\\n";', "\\n", "\\\\n"],
  ["normalForm", 'export const value = () => "\u00e9".length;', "\u00e9", "e\u0301"],
  ["invisible", 'export const value = () => "a b".length;', "a b", "a\u200bb"],
  ["nonBreaking", 'export const value = () => "a b";', "a b", "a\u00a0b"],
  ["conditionSwapped", "export const value = (x = true) => x ? 1 : 2;", "1 : 2", "2 : 1"],
  [
    "elseGone",
    "export const value = (x = 0) => { let y = 0; if (x) y = 1; else y = 2; return y; };",
    "else y = 2",
    "y = 2",
  ],
  [
    "danglingElse",
    "export const value = (a = true, b = false) => { let y = 0; if (a) { if (b) y = 1; } else y = 2; return y; };",
    "{ if (b) y = 1; } else",
    "if (b) y = 1; else",
  ],
  [
    "switchBreak",
    "export const value = (x = 1) => { let y = 0; switch (x) { case 1: y = 1; break; case 2: y = 2; } return y; };",
    "break; case",
    "case",
  ],
  [
    "defaultCase",
    "export const value = (x = 3) => { switch (x) { case 1: return 1; default: return 2; } };",
    "case 1:",
    "case 3:",
  ],
  [
    "catchBinding",
    "export const value = () => { const error = 1; try { throw 2; } catch { return error; } };",
    "catch {",
    "catch (error) {",
  ],
  [
    "finallyAdded",
    "export const value = () => { try { return 1; } finally { /* none */ } };",
    "/* none */",
    "return 2;",
  ],
  ["newGone", "export const value = () => typeof new Date(0);", "new Date(0)", "Date()"],
  [
    "deleteGone",
    "export const value = () => { const x: { a?: number } = { a: 1 }; delete x.a; return x; };",
    "delete x.a",
    "void x.a",
  ],
  ["typeofGone", "export const value = (x = 1) => String(typeof x);", "typeof x", "x"],
  ["voidAdded", "export const value = () => String(1);", "String(1)", "String(void 1)"],
  ["instanceOf", "export const value = () => [] instanceof Array;", "instanceof Array", "instanceof Map"],
  ["assignOperator", "export const value = () => { let x = 4; x += 2; return x; };", "+=", "-="],
  [
    "letInLoop",
    "export const value = () => { const all: (() => number)[] = []; let j = 0; for (let i = 0; i < 2; i++) { j = i; all.push(() => i); } return [j, ...all.map((f) => f())]; };",
    "=> i);",
    "=> j);",
  ],
  ["enumOrder", "enum Level { A, B }\nexport const value = () => Level.B;", "A, B", "B, A"],
  ["enumToText", "enum Level { A = 1 }\nexport const value = () => Level[1] ?? Level.A;", "A = 1", 'A = "a"'],
  [
    "enumOfConstant",
    "const base = 2;\nenum Level { A = base }\nexport const value = () => Level.A;",
    "base = 2",
    "base = 3",
  ],
  [
    "enumMerged",
    "enum Level { A = 1 }\nenum Level { B = 2 }\nexport const value = () => Object.keys(Level);",
    "B = 2",
    "C = 2",
  ],
  [
    "namespaceMerged",
    "namespace Space { export const a = 1; }\nnamespace Space { export const b = 2; }\nexport const value = () => ({ ...Space });",
    "b = 2",
    "b = 3",
  ],
  [
    "classAndNamespace",
    "class Kind { static f() { return Kind.x; } }\nnamespace Kind { export const x = 2; }\nexport const value = () => Kind.f();",
    "x = 2",
    "x = 3",
  ],
  [
    "parameterPropertyGone",
    "class Kind { constructor(public x = 1) {} }\nexport const value = () => ({ ...new Kind() });",
    "public x",
    "x",
  ],
  [
    "fieldDeclared",
    "class Base { x = 1; }\nclass Kind extends Base { declare x: number; }\nexport const value = () => new Kind().x ?? null;",
    "declare x: number",
    "x!: number",
  ],
  [
    "fieldOrder",
    "class Kind { a = 1; b = 2; }\nexport const value = () => ({ ...new Kind() });",
    "a = 1; b = 2",
    "b = 2; a = 1",
  ],
  [
    "decoratorOrder",
    "const add = (n: number) => (_: unknown, __: ClassFieldDecoratorContext) => (x: number) => x * 2 + n;\nclass Kind { @add(1) @add(2) x = 1; }\nexport const value = () => new Kind().x;",
    "@add(1) @add(2)",
    "@add(2) @add(1)",
  ],
  [
    "constructorName",
    "class Kind {}\nexport const value = () => new Kind().constructor.name;",
    "class Kind {}",
    'class Kind { static override name = "a"; }',
  ],
  [
    "parameterName",
    'export const value = () => String((a: number) => a).includes("a");',
    "(a: number) => a)",
    "(b: number) => b)",
  ],
  [
    "statementOrder",
    "export const value = () => { const all: number[] = []; all.push(1); all.push(2); return all; };",
    "all.push(1); all.push(2);",
    "all.push(2); all.push(1);",
  ],
  [
    "shorthandRenamed",
    "const a = 1, b = 2;\nexport const value = () => { const x = a; return { x, b }; };",
    "x = a",
    "x = b",
  ],
  [
    "importedName",
    `import { a as x } from "./importedName_b.ts";\nexport const value = () => x;\n//// importedName_b.ts\nexport const a = 1, b = 2;`,
    "{ a as x }",
    "{ b as x }",
  ],
  [
    "exportedName",
    `import { x } from "./exportedName_b.ts";\nexport const value = () => x;\n//// exportedName_b.ts\nconst a = 1, b = 2;\nexport { a as x };\nexport const c = b;`,
    "{ a as x }",
    "{ b as x }",
  ],
  [
    "importedFile",
    `import { x } from "./importedFile_b.ts";\nexport const value = () => x;\nexport { x as other } from "./importedFile_c.ts";\n//// importedFile_b.ts\nexport const x = 1;\n//// importedFile_c.ts\nexport const x = 2;`,
    `{ x } from "./importedFile_b.ts"`,
    `{ x } from "./importedFile_c.ts"`,
  ],
  ["metaName", "export const value = () => import.meta.url.length > 0 ? 1 : 2;", "? 1 : 2", "? 2 : 1"],
];

/** Edits of comments, layout and types alone. */
const COSMETIC: readonly Pair[] = [
  ["lineComment", "export const value = () => 1; // a", "// a", "// b"],
  ["blockComment", "export const value = () => /* a */ 1;", "/* a */ ", ""],
  [
    "docComment",
    "/** A. */\nexport const value = () => 1;",
    "/** A. */",
    "/**\n * B.\n *\n * @returns One.\n */",
  ],
  [
    "commentInArguments",
    "export const value = () => Math.max(1, 2);",
    "1, 2",
    "1, /* two */ 2 // and no more\n",
  ],
  ["commentInTemplateHole", "export const value = () => `${1}`;", "${1}", "${/* one */ 1}"],
  ["commentAtEnd", "export const value = () => 1;", "1;", "1;\n// the end"],
  [
    "lintComment",
    "export const value = () => 1 as unknown;",
    "export",
    "// deno-lint-ignore no-explicit-any\nexport",
  ],
  ["checkComment", "export const value = () => 1;", "export", "// @ts-ignore none\nexport"],
  ["shebang", "export const value = () => 1;", "export", "#!/usr/bin/env -S deno run\nexport"],
  ["byteOrderMark", "export const value = () => 1;", "export", "\ufeffexport"],
  ["blankLines", "export const value = () => {\n  const x = 1;\n  return x;\n};", "1;\n", "1;\n\n\n"],
  [
    "oneLine",
    "export const value = () => {\n  const x = 1;\n  return x;\n};",
    "{\n  const x = 1;\n  return x;\n}",
    "{ const x = 1; return x; }",
  ],
  ["quotes", 'export const value = () => "it\'s";', `"it's"`, `'it\\'s'`],
  ["quotesOfKey", "export const value = () => ({ a: 1 });", "a: 1", `"a": 1`],
  ["arrowParentheses", "export const value = () => [1].map((x) => x);", "(x) => x", "x => x"],
  ["trailingCommas", "export const value = () => Math.max(...[1, 2], 3);", "[1, 2], 3", "[1, 2,], 3,"],
  ["semicolons", "const a = 1;\nexport const value = () => { return a; };", "return a;", "return a"],
  ["emptyStatement", "export const value = () => { return 1; };", "return 1;", "return 1;;"],
  ["parentheses", "export const value = (x = 1) => x + 1;", "=> x + 1", "=> (x + (1))"],
  [
    "newParentheses",
    "export const value = () => new Date(0) > new Date() ? 1 : 2;",
    "new Date()",
    "new Date",
  ],
  [
    "bracesOfIf",
    "export const value = (x = 1) => {\n  if (x > 0) return 1;\n  return 2;\n};",
    "if (x > 0) return 1;",
    "if (x > 0) {\n    return 1;\n  }",
  ],
  [
    "bracesOfElse",
    "export const value = (x = 1) => {\n  if (x > 0) { return 1; } else { return 2; }\n};",
    "{ return 1; } else { return 2; }",
    "return 1;\n  else return 2;",
  ],
  [
    "bracesOfFor",
    "export const value = () => { let n = 0; for (const x of [1, 2]) n += x; return n; };",
    "n += x;",
    "{ n += x; }",
  ],
  [
    "bracesOfWhile",
    "export const value = () => { let n = 0; while (n < 3) n++; return n; };",
    "n++;",
    "{ n++; }",
  ],
  [
    "chainBroken",
    "export const value = () => [1].map((x) => x).join();",
    "[1].map((x) => x).join()",
    "[1]\n  .map((x) => x)\n  .join()",
  ],
  [
    "operatorBroken",
    "export const value = (x = 1) => x > 0 && x < 2;",
    "x > 0 && x < 2",
    "x > 0 &&\n  x < 2",
  ],
  [
    "importBroken",
    `import { a, b } from "./importBroken_b.ts";\nexport const value = () => a + b;\n//// importBroken_b.ts\nexport const a = 1, b = 2;`,
    "{ a, b }",
    "{\n  b,\n  a,\n}",
  ],
  [
    "importSplit",
    `import { a, b } from "./importSplit_b.ts";\nexport const value = () => a + b;\n//// importSplit_b.ts\nexport const a = 1, b = 2;`,
    `import { a, b } from "./importSplit_b.ts";`,
    `import { a } from "./importSplit_b.ts";\nimport { b } from "./importSplit_b.ts";`,
  ],
  ["exportKeyword", "const a = 1;\nexport const value = () => a;", "const a", "export const a"],
  ["exportList", "export const value = () => 1;", "() => 1;", "() => 1;\nconst more = 2;\nexport { more };"],
  [
    "declarationOrder",
    "const a = 1;\nconst f = () => a;\nexport const value = () => f();",
    "const a = 1;\nconst f = () => a;",
    "const f = () => a;\nconst a = 1;",
  ],
  [
    "functionOrder",
    "function a() { return 1; }\nfunction b() { return a(); }\nexport const value = () => b();",
    "function a() { return 1; }\nfunction b() { return a(); }",
    "function b() { return a(); }\nfunction a() { return 1; }",
  ],
  [
    "annotation",
    "export const value = (): number => { const x = 1; return x; };",
    "const x = 1",
    "const x: number = 1",
  ],
  ["returnType", "export const value = () => 1;", "()", "(): number"],
  ["asType", "export const value = () => [1];", "[1]", "[1] as readonly number[]"],
  ["asConst", "export const value = () => [1];", "[1]", "[1] as const"],
  ["angleBrackets", "export const value = () => [1];", "[1]", "<readonly number[]> [1]"],
  ["satisfied", "export const value = () => ({ a: 1 });", "({ a: 1 })", "({ a: 1 }) satisfies { a: number }"],
  ["nonNull", "export const value = (x: { a?: number } | undefined = { a: 1 }) => x.a;", "x.a", "x!.a!"],
  [
    "optionalParameter",
    "const f = (a: number, b?: number) => b === undefined ? a : b;\nexport const value = () => f(1);",
    "b?: number",
    "b?: number | undefined",
  ],
  [
    "thisParameter",
    "function f(a: number) { return a; }\nexport const value = () => f(1);",
    "f(a: number)",
    "f(this: unknown, a: number)",
  ],
  [
    "typeParameter",
    "const f = <A>(a: A) => a;\nexport const value = () => f(1);",
    "<A>(a: A)",
    "<const Any extends number>(a: Any): Any",
  ],
  [
    "typeArguments",
    "export const value = () => new Map([[1, 2]]).size;",
    "new Map(",
    "new Map<number, number>(",
  ],
  [
    "instantiation",
    "const f = <A>(a: A) => a;\nconst g = f;\nexport const value = () => g(1);",
    "g = f;",
    "g = f<number>;",
  ],
  [
    "typePredicate",
    'const isNumber = (x: unknown): boolean => typeof x === "number";\nexport const value = () => isNumber(1);',
    "): boolean",
    "): x is number",
  ],
  [
    "assertsPredicate",
    "function check(x: unknown): void { if (x === 2) throw 1; }\nexport const value = () => { check(1); return 1; };",
    "): void",
    "): asserts x",
  ],
  [
    "overloads",
    "function f(x: unknown) { return x; }\nexport const value = () => f(1);",
    "function f(x: unknown)",
    "function f(x: string): string;\nfunction f(x: number): number;\nfunction f(x: unknown)",
  ],
  [
    "methodOverloads",
    "class Kind { f(x: unknown) { return x; } }\nexport const value = () => new Kind().f(1);",
    "f(x: unknown)",
    "f(x: string): string;\n  f(x: number): number;\n  f(x: unknown)",
  ],
  [
    "constructorOverloads",
    "class Kind { x; constructor(x: unknown) { this.x = x; } }\nexport const value = () => new Kind(1).x;",
    "constructor(x",
    "constructor(x: number);\n  constructor(x",
  ],
  ["interfaceAdded", "export const value = () => 1;", "export", "export interface Any { a: number }\nexport"],
  [
    "typeAdded",
    "export const value = () => 1;",
    "export",
    "type Any<T> = T extends infer U ? U[] : never;\nexport",
  ],
  [
    "typeExported",
    "type A = number;\nexport const value = (): A => 1;",
    "() : A".replace(" ", ""),
    "() : A | 0".replace(" ", ""),
  ],
  [
    "declared",
    "export const value = () => 1;",
    "export",
    "declare const anything: unique symbol;\ndeclare function something(): void;\nexport",
  ],
  [
    "declaredModule",
    "export const value = () => 1;",
    "export",
    "declare global { interface Anything { a: 1 } }\nexport",
  ],
  [
    "namespaceOfTypes",
    "namespace Types { export type A = 1; }\nexport const value = (): Types.A => 1;",
    "type A = 1",
    "type A = 0 | 1",
  ],
  [
    "declaredEnum",
    "declare enum Level { A = 1 }\nexport const value = (x?: Level) => x ?? 1;",
    "A = 1",
    "A = 2",
  ],
  [
    "typeImport",
    `export const value = () => 1;\n//// typeImport_b.ts\nexport type A = 1;`,
    "export const",
    `import type { A } from "./typeImport_b.ts";\nexport type B = A;\nexport const`,
  ],
  [
    "typeInImport",
    `import { a } from "./typeInImport_b.ts";\nexport const value = () => a;\n//// typeInImport_b.ts\nexport type A = 1;\nexport const a = 1;`,
    "{ a }",
    "{ a, type A }",
  ],
  [
    "typeImportRenamed",
    `import type { A } from "./typeImportRenamed_b.ts";\nexport const value = (): A => 1;\n//// typeImportRenamed_b.ts\nexport type A = 1;`,
    "import type { A }",
    "import type { A as A }",
  ],
  [
    "typeReexported",
    `export const value = () => 1;\n//// typeReexported_b.ts\nexport type A = 1;`,
    "export const",
    `export type { A } from "./typeReexported_b.ts";\nexport type * from "./typeReexported_b.ts";\nexport const`,
  ],
  [
    "importOfType",
    `export const value = (x: unknown = 1) => x;\n//// importOfType_b.ts\nexport type A = 1;`,
    "x: unknown",
    `x: import("./importOfType_b.ts").A | unknown`,
  ],
  [
    "typeOfFunction",
    "const helper = () => 1;\nconst f = (x: unknown) => x;\nexport const value = () => f(2);\nexport const other = helper;",
    "x: unknown",
    "x: ReturnType<typeof helper> | unknown",
  ],
  [
    "modifiers",
    "class Kind { a = 1; f() { return this.a; } }\nexport const value = () => new Kind().f();",
    "a = 1; f()",
    "private readonly a = 1; public f()",
  ],
  [
    "abstractClass",
    "class Base { f() { return 1; } }\nclass Kind extends Base {}\nexport const value = () => new Kind().f();",
    "class Base { f()",
    "abstract class Base { abstract g?(): void; f()",
  ],
  [
    "implementsType",
    "interface A { f(): number }\nclass Kind { f() { return 1; } }\nexport const value = () => new Kind().f();\nexport type B = A;",
    "class Kind",
    "class Kind implements A",
  ],
  [
    "overrideKeyword",
    "class Base { f() { return 1; } }\nclass Kind extends Base { f() { return 2; } }\nexport const value = () => new Kind().f();",
    "Kind extends Base { f",
    "Kind extends Base { override f",
  ],
  [
    "definite",
    "class Kind { x: number = 1; }\nexport const value = () => new Kind().x;",
    "x: number = 1",
    "readonly x: 1 | number = 1",
  ],
  [
    "indexSignature",
    "class Kind { x = 1; }\nexport const value = () => new Kind().x;",
    "x = 1;",
    "[name: string]: number; x = 1;",
  ],
  [
    "declaredField",
    "class Kind { x = 1; }\nexport const value = () => ({ ...new Kind() });",
    "x = 1;",
    "declare y: number; x = 1;",
  ],
  [
    "classTypeParameter",
    "class Base<T> { x?: T; f() { return 1; } }\nclass Kind extends Base<number> {}\nexport const value = () => new Kind().f();",
    "Base<number>",
    "Base<string>",
  ],
  [
    "variance",
    "interface A<T> { x: T }\nexport const value = (a: A<number> = { x: 1 }) => a.x;",
    "A<T>",
    "A<out T>",
  ],
  [
    "constEnumType",
    "const f = (x: number) => x;\nexport const value = () => f(1);",
    "(x: number) => x",
    "(x: keyof { 1: 1 }) => x",
  ],
  [
    "catchType",
    "export const value = () => { try { throw 1; } catch (error) { return error; } };",
    "(error)",
    "(error: unknown)",
  ],
  [
    "destructuredType",
    "export const value = ({ a }: { a: number } = { a: 1 }) => a;",
    ": { a: number }",
    ": Readonly<{ a: number }>",
  ],
  ["jsDoc", "export const value = () => 1;", "export", "/** @type {() => number} */\nexport"],
];

/** Edits of which the specification does not say whether they are more than layout: what comes out is the same. */
const SILENT: readonly Pair[] = [
  ["numberWritten", "export const value = () => 1000;", "1000", "1_000"],
  ["numberBase", "export const value = () => 16;", "16", "0x10"],
  ["numberPoint", "export const value = () => 0.5;", "0.5", ".5"],
  ["numberExponent", "export const value = () => 1000;", "1000", "1e3"],
  ["textEscaped", 'export const value = () => "A";', `"A"`, `"\\u0041"`],
  ["templateOfText", 'export const value = () => "a";', `"a"`, "`a`"],
  ["shorthand", "const a = 1;\nexport const value = () => ({ a: a });", "a: a", "a"],
  ["arrowBody", "export const value = () => 1;", "=> 1", "=> { return 1; }"],
  [
    "arrowFunction",
    "const f = () => 1;\nexport const value = () => f();",
    "const f = () => 1;",
    "function f() { return 1; }",
  ],
  [
    "localName",
    "export const value = () => { const a = 1; return a; };",
    "const a = 1; return a;",
    "const b = 1; return b;",
  ],
  [
    "helperName",
    "const a = () => 1;\nexport const value = () => a();",
    "const a = () => 1;\nexport const value = () => a();",
    "const b = () => 1;\nexport const value = () => b();",
  ],
  ["voidForUndefined", "export const value = () => undefined ?? 1;", "undefined", "void 0"],
  ["letForConst", "export const value = () => { const a = 1; return a; };", "const a", "let a"],
  [
    "constSplit",
    "const a = 1, b = 2;\nexport const value = () => a + b;",
    "const a = 1, b = 2;",
    "const a = 1;\nconst b = 2;",
  ],
  ["keyInBrackets", "export const value = () => ({ a: 1 });", "a: 1", `["a"]: 1`],
  ["memberInBrackets", "export const value = (x = { a: 1 }) => x.a;", "x.a", `x["a"]`],
  [
    "importRenamed",
    `import { a } from "./importRenamed_b.ts";\nexport const value = () => a;\n//// importRenamed_b.ts\nexport const a = 1;`,
    `import { a } from "./importRenamed_b.ts";\nexport const value = () => a;`,
    `import { a as b } from "./importRenamed_b.ts";\nexport const value = () => b;`,
  ],
  [
    "exportedOtherwise",
    "export const value = () => 1;",
    "export const value = () => 1;",
    "const value = () => 1;\nexport { value };",
  ],
  ["asyncKept", "export const value = async () => 1;", "=> 1", "=> await 1"],
  ["useStrict", "export const value = () => { return 1; };", "{ return", '{ "use strict"; return'],
  ["unusedLocal", "export const value = () => 1;", "=> 1", "=> { const a = 2; void a; return 1; }"],
  ["unreached", "export const value = () => { return 1; };", "return 1;", "return 1; return 2;"],
  ["constEnum", "enum Level { A = 1 }\nexport const value = () => Level.A;", "enum", "const enum"],
  ["debuggerAdded", "export const value = () => { return 1; };", "{ return", "{ debugger; return"],
];

/** All but the decoys. */
export const snippets: readonly Snippet[] = [
  ...places,
  ...listed(true, PASSED),
  ...listed(true, CHANGED),
  ...listed(true, REAL),
  ...listed(true, MORE_REAL),
  ...listed(false, COSMETIC),
  ...listed(false, MORE_COSMETIC),
  ...listed("either", SILENT),
];

/** Effects on what belongs to all modules. */
export const globals: readonly Snippet[] = listed(true, GLOBAL);
