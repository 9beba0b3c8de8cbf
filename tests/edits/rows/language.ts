/** How code reaches code: a stage for each way, and edits of what they reach and of what lies beside it. */
import { append, type Changes, fixture, replace } from "../project.ts";
import type { Row, Table } from "../table.ts";

const at = (file: string) => `language/${file}`;

/** One file, one replacement. */
function edit(file: string, from: string, to: string): Changes {
  return { [at(file)]: replace([from, to]) };
}

const GRAIN = "the grain is the declaration; a finer one, where nothing stale comes of it, is right as well";

const chains: readonly Row[] = [
  { name: "a helper two files away", edit: edit("lib/two.ts", "x * 2", "x + x"), runs: ["*/deep"] },
  {
    name: "a constant three files away",
    edit: edit("lib/three.ts", "LIMIT = 10", "LIMIT = 12"),
    runs: ["*/deep"],
  },
  {
    name: "the first helper of three",
    edit: edit("lib/one.ts", "two(x) + 1", "1 + two(x)"),
    runs: ["*/deep"],
  },
  {
    name: "neighbours of three helpers",
    edit: { ...edit("lib/one.ts", "x - 1", "x - 3"), ...edit("lib/two.ts", "x - 2", "x - 3") },
    runs: [],
  },
  {
    name: "another constant of the same const",
    edit: edit("lib/three.ts", "OTHER_LIMIT = 11", "OTHER_LIMIT = 12"),
    runs: [],
    lenient: { upTo: ["*/deep"], why: "whether `const a, b` is one declaration or two is nowhere said" },
  },
];

const classes: readonly Row[] = [
  { name: "a method", edit: edit("shapes/circle.ts", "3.14159", "3.1416"), runs: ["*/circle"] },
  {
    name: "a method of the base class",
    edit: edit("shapes/base.ts", "this.area() * factor", "factor * this.area()"),
    runs: ["*/circle", "*/isShape", "*/square"],
  },
  {
    name: "another class in the base's file",
    edit: edit("shapes/base.ts", "return 255", "return 254"),
    runs: [],
  },
  {
    name: "another class in the same file",
    edit: edit("shapes/circle.ts", "** 2 + this.border", "** 3"),
    runs: ["*/square"],
  },
  { name: "a static field", edit: edit("shapes/circle.ts", "UNIT = 2", "UNIT = 3"), runs: ["*/circle"] },
  {
    name: "a static block",
    edit: edit("shapes/circle.ts", "this.#offset = 1", "this.#offset = 2"),
    runs: ["*/circle"],
  },
  {
    name: "a getter",
    edit: edit("shapes/circle.ts", "return 2 * this.#radius", "return 3 * this.#radius"),
    runs: ["*/circle"],
  },
  {
    name: "a private method",
    edit: edit("shapes/circle.ts", "Number(x.toFixed", "+(x.toFixed"),
    runs: ["*/circle"],
  },
  {
    name: "a constant that a private method reads",
    edit: edit("shapes/digits.ts", "2", "1"),
    runs: ["*/circle"],
  },
  { name: "a constructor", edit: edit("shapes/circle.ts", "= radius;", "= radius + 1;"), runs: ["*/circle"] },
  {
    name: "a parameter property's default",
    edit: edit("shapes/circle.ts", "border = 1", "border = 2"),
    runs: ["*/square"],
  },
  {
    name: "a parameter that is a property no more",
    edit: edit(
      "lib/generics.ts",
      "constructor(readonly content: Content) {}",
      "readonly content: Content;\n\n  constructor(content: Content) {\n    this.content = content;\n  }",
    ),
    runs: ["*/boxed"],
  },
  {
    name: "modifiers: abstract, readonly, private, override, implements",
    edit: {
      [at("shapes/circle.ts")]: (old) =>
        old.replaceAll("override ", "").replace("static readonly UNIT", "static UNIT")
          .replace("private readonly side", "protected side")
          .replace("Circle extends Shape", "Circle extends Shape implements Iterable<never>")
          .replace("  get diameter", "  declare [Symbol.iterator]: () => Iterator<never>;\n\n  get diameter"),
    },
    runs: [],
  },
  {
    name: "a method that nobody calls",
    edit: edit("shapes/circle.ts", "  #rounded(", "  never(): void {}\n\n  #rounded("),
    runs: ["*/circle"],
    lenient: { also: [[]], why: GRAIN },
  },
  {
    name: "an abstract method's signature",
    edit: edit("shapes/base.ts", "abstract area(): number;", "abstract area(...args: unknown[]): number;"),
    runs: [],
  },
];

const values: readonly Row[] = [
  {
    name: "a default parameter",
    edit: edit("lib/defaults.ts", "by = STEP", "by = STEP + 1"),
    runs: ["*/defaultParameter"],
  },
  {
    name: "the constant that a default parameter reads",
    edit: edit("lib/defaults.ts", "STEP = 2", "STEP = 3"),
    runs: ["*/defaultParameter"],
  },
  {
    name: "the constant that a default in a pattern reads",
    edit: edit("lib/defaults.ts", "SCALE = 10", "SCALE = 11"),
    runs: ["*/defaultProperty"],
  },
  {
    name: "a default in the pattern of a constant",
    edit: edit("lib/defaults.ts", "depth = 3", "depth = 4"),
    runs: ["*/destructured"],
    lenient: { upTo: ["*/destructuredToo"], why: "one declaration declares both" },
  },
  {
    name: "what a pattern takes apart",
    edit: edit("lib/defaults.ts", "{ width: 4 }", "{ width: 5 }"),
    runs: ["*/destructured", "*/destructuredToo"],
  },
  { name: "an enum's member", edit: edit("lib/enums.ts", "High = 2", "High = 3"), runs: ["*/enumMember"] },
  {
    name: "an enum's other member",
    edit: edit("lib/enums.ts", "Low = 1", "Low = 0"),
    runs: ["*/enumMember"],
    lenient: { also: [[]], why: GRAIN },
  },
  {
    name: "a const enum's member",
    edit: edit("lib/enums.ts", "Two = 2", "Two = 4"),
    runs: ["*/constEnumMember"],
  },
  { name: "an enum that no stage reads", edit: edit("lib/enums.ts", "This = 1", "This = 2"), runs: [] },
  {
    name: "a constant in a namespace",
    edit: edit("lib/enums.ts", "metre = 100", "metre = 1000"),
    runs: ["*/namespaced"],
  },
  {
    name: "a function in a namespace",
    edit: edit("lib/enums.ts", "metres * metre", "metre * metres"),
    runs: ["*/namespaced"],
  },
  {
    name: "a decorator's function",
    edit: edit("lib/decorators.ts", "FACTOR * method.call(this)", "method.call(this) * FACTOR"),
    runs: ["*/decorated"],
  },
  {
    name: "a constant that a decorator reads",
    edit: edit("lib/decorators.ts", "FACTOR = 2", "FACTOR = 3"),
    runs: ["*/decorated"],
  },
  {
    name: "a decorator taken away",
    edit: edit("decorators.ts", "  @multiplied\n", ""),
    runs: ["*/decorated"],
  },
  {
    name: "another decorator in its place",
    edit: edit("decorators.ts", "@counted", "@multiplied"),
    runs: ["*/decoratedElse"],
  },
  {
    name: "a generic parameter renamed, and its bound changed",
    edit: {
      [at("lib/generics.ts")]: (old) =>
        old.replaceAll("Item", "Each").replace(
          "extends { value: number }",
          "extends { readonly value: number }",
        )
          .replaceAll("Next", "Other").replaceAll("Content", "Kept"),
    },
    runs: [],
  },
  {
    name: "a generic function's body",
    edit: edit("lib/generics.ts", "items.at(-1)", "items[items.length - 1]"),
    runs: ["*/generic"],
  },
  {
    name: "a generic class's method",
    edit: edit("lib/generics.ts", "change(this.content)", "(0, change)(this.content)"),
    runs: ["*/boxed"],
  },
  {
    name: "type arguments left out",
    edit: edit("lib/generics.ts", "new Box<Next>(change", "new Box(change"),
    runs: [],
  },
  {
    name: "the value that a closure holds",
    edit: edit("lib/closures.ts", "makeScale(3)", "makeScale(5)"),
    runs: ["*/closed"],
  },
  {
    name: "the function that makes a closure",
    edit: edit("lib/closures.ts", "factor * 1", "factor / 1"),
    runs: ["*/closed", "*/closedToo"],
  },
  {
    name: "the inner one of two curried functions",
    edit: edit("lib/closures.ts", "(y: number) => x + y", "(y: number) => y + x"),
    runs: ["*/curried"],
  },
  {
    name: "the argument of a curried function",
    edit: edit("lib/closures.ts", "add(2)", "add(3)"),
    runs: ["*/curried"],
  },
  {
    name: "a function that wraps another",
    edit: edit("lib/closures.ts", "seen.get(x) ?? compute(x)", "seen.get(-x) ?? compute(x)"),
    runs: ["*/wrapped"],
  },
  {
    name: "a function of an object",
    edit: edit("lib/closures.ts", "x / 2", "x * 0.5"),
    runs: ["*/ofObject"],
  },
  {
    name: "another function of an object",
    edit: edit("lib/closures.ts", "x / 3", "x / 4"),
    runs: ["*/ofObject"],
    lenient: { also: [[]], why: GRAIN },
  },
  {
    name: "a template's tag",
    edit: edit("lib/templates.ts", `.join("") + SIGN`, `.join(" ") + SIGN`),
    runs: ["*/tagged"],
  },
  {
    name: "a constant that a template's tag reads",
    edit: edit("lib/templates.ts", `SIGN = "!"`, `SIGN = "?"`),
    runs: ["*/tagged"],
  },
  { name: "a tagged template", edit: edit("templates.ts", "and ${2}", "or ${2}"), runs: ["*/tagged"] },
  {
    name: "the indent within a template",
    edit: edit("lib/templates.ts", "    yours", "  yours"),
    runs: ["*/multiline"],
  },
  {
    name: "CR LF in a file with a template: to the language it is the same",
    edit: { [at("lib/templates.ts")]: (old) => old.replaceAll("\n", "\r\n") },
    runs: [],
  },
  { name: "a regular expression", edit: edit("lib/templates.ts", "[0-9]+", "[0-9]"), runs: ["*/matched"] },
  {
    name: "a regular expression's flags",
    edit: edit("lib/templates.ts", "/g)", "/gi)"),
    runs: ["*/matched"],
  },
  {
    name: "a constant awaited at top level",
    edit: edit("lib/top_level.ts", "[1, 2]", "[1, 3]"),
    runs: ["*/awaited"],
  },
  {
    name: "a function beside a constant awaited at top level",
    edit: edit("lib/top_level.ts", "return x;", "return +x;"),
    runs: ["*/besideAwaited"],
  },
];

const unusedParts = ["a", "b", "c", "d", "e", "f", "h"].map((name) => at(`barrel/${name}.ts`));

const modules: readonly Row[] = [
  { name: "a named re-export", edit: edit("barrel/a.ts", "=> 1;", "=> 11;"), runs: ["*/viaNamed"] },
  { name: "a re-export by star", edit: edit("barrel/b.ts", "=> 2;", "=> 12;"), runs: ["*/viaStar"] },
  {
    name: "a re-exported namespace",
    edit: edit("barrel/c.ts", "=> 3;", "=> 13;"),
    runs: ["*/viaNamespace", "*/viaTwo"],
  },
  {
    name: "a re-export with another name",
    edit: edit("barrel/d.ts", "=> 4;", "=> 14;"),
    runs: ["*/viaRenamed"],
  },
  {
    name: "a default export, re-exported by name",
    edit: edit("barrel/e.ts", "return 5;", "return 15;"),
    runs: ["*/viaDefault"],
  },
  {
    name: "a default export that is an expression",
    edit: edit("barrel/f.ts", "own = 6", "own = 16"),
    runs: ["*/viaOwnDefault", "*/viaTwo"],
  },
  {
    name: "an import that is exported again",
    edit: edit("barrel/h.ts", "=> 7;", "=> 17;"),
    runs: ["*/viaImported"],
  },
  {
    name: "what else lies in the re-exported files",
    edit: Object.fromEntries(unusedParts.map((path) => [path, (old: string) => old.replace("=> 9", "=> 8")])),
    runs: [],
  },
  {
    name: "one more name in the list of re-exports",
    edit: edit("barrel/mod.ts", "export { named }", "export { named, unusedA }"),
    runs: [],
  },
  {
    name: "a re-export from another file",
    edit: edit(
      "barrel/mod.ts",
      `export { named } from "./a.ts"`,
      `export { unusedB as named } from "./b.ts"`,
    ),
    runs: ["*/viaNamed"],
  },
  {
    name: "an export of its own, which wins over one by star",
    edit: { [at("barrel/mod.ts")]: append("export const starred = () => 22;") },
    runs: ["*/viaStar"],
  },
  {
    name: "a star in place of names",
    edit: edit("barrel/mod.ts", `export { named } from`, `export * from`),
    runs: [],
    lenient: { upTo: ["*/viaNamed"], why: "how a name is passed on may count as code" },
  },
  {
    name: "one of two files that import each other",
    edit: edit("cycles/odd.ts", "x !== 0 &&", "x > 0 &&"),
    runs: ["*/cyclic"],
  },
  { name: "the other one", edit: edit("cycles/even.ts", `"even"`, `"Even"`), runs: ["*/cyclicName"] },
  {
    name: "the member of a namespace import",
    edit: edit("lib/tools.ts", "x + 1", "1 + x"),
    runs: ["*/member", "*/memberInBrackets", "*/memberComputed"],
  },
  {
    name: "another member of a namespace import",
    edit: edit("lib/tools.ts", "x + 2", "2 + x"),
    runs: ["*/memberComputed"],
    lenient: { upTo: ["*/memberInBrackets"], why: "text in brackets can be followed, but is not named" },
  },
  {
    name: "a module imported when it is needed",
    edit: edit("lib/late_tools.ts", "x + 1", "1 + x"),
    runs: ["*/asWhole", "*/takenApart", "*/withThen"],
    lenient: { upTo: ["*/lateDefault"], why: "which member of import() is used may not be followed" },
  },
  {
    name: "another function in a module imported when it is needed",
    edit: edit("lib/late_tools.ts", "x + 2", "2 + x"),
    runs: [],
    lenient: {
      upTo: ["*/asWhole", "*/withThen", "*/lateDefault", "*/takenApart"],
      why: "which member of import() is used may not be followed",
    },
  },
  {
    name: "the default export of a module imported when it is needed",
    edit: edit("lib/late_tools.ts", "x + 3", "3 + x"),
    runs: ["*/lateDefault"],
    lenient: {
      upTo: ["*/asWhole", "*/withThen", "*/takenApart"],
      why: "which member of import() is used may not be followed",
    },
  },
  { name: "a JSON module", edit: edit("lib/data.json", `"rate": 2`, `"rate": 3`), runs: ["*/ofJson"] },
  {
    name: "a JSON module, laid out otherwise",
    edit: { [at("lib/data.json")]: (old) => JSON.stringify(JSON.parse(old)) },
    runs: [],
    lenient: { upTo: ["*/ofJson"], why: "layout is said of code" },
  },
  {
    name: "another value in a JSON module",
    edit: edit("lib/data.json", `"other": 3`, `"other": 4`),
    runs: ["*/ofJson"],
    lenient: { also: [[]], why: "its declaration is the whole file" },
  },
  {
    name: "a function that other names shadow",
    edit: edit("lib/shadow.ts", "x + 1", "1 + x"),
    runs: ["*/real", "*/shorthand", "*/afterShadow"],
  },
  {
    name: "a stage whose name is that of a variable in another",
    edit: edit("shadows.ts", "{ realOut: helper(1) }", "{ realOut: helper(2) }"),
    runs: ["*/real"],
  },
  {
    name: "the stage with the shadowing variable",
    edit: edit("shadows.ts", "const real = 3;", "const real = 4;"),
    runs: ["*/shadowed"],
  },
];

const given: readonly Row[] = [
  {
    name: "run, a function with a name",
    edit: edit("given.ts", "namedRunOut: base()", "namedRunOut: -base()"),
    runs: ["*/namedRun"],
  },
  {
    name: "what a function with a name calls",
    edit: edit("given.ts", "return 2;", "return 1 + 1;"),
    runs: ["*/namedRun"],
  },
  {
    name: "run, imported",
    edit: edit("lib/given.ts", "importedRunOut: 1", "importedRunOut: 11"),
    runs: ["*/importedRun"],
  },
  {
    name: "run, a method",
    edit: edit("given.ts", "methodRunOut: 3", "methodRunOut: 13"),
    runs: ["*/methodRun"],
  },
  {
    name: "run, wrapped: what it wraps",
    edit: edit("given.ts", "wrappedRunOut: 5", "wrappedRunOut: 15"),
    runs: ["*/wrappedRun"],
  },
  {
    name: "run, wrapped: what wraps it",
    edit: edit("lib/given.ts", "return run();", "const result = run();\n    return result;"),
    runs: ["*/wrappedRun"],
  },
  {
    name: "run, of an object",
    edit: edit("lib/given.ts", "ofRecipesOut: 4", "ofRecipesOut: 14"),
    runs: ["*/ofRecipes"],
  },
  {
    name: "defineStage by another name",
    edit: edit("given.ts", "aliasedOut: 6", "aliasedOut: 16"),
    runs: ["*/aliased"],
  },
  {
    name: "defineStage of a namespace",
    edit: edit("given.ts", "ofNamespaceOut: 7", "ofNamespaceOut: 17"),
    runs: ["*/ofNamespace"],
  },
  {
    name: "a name from a constant",
    edit: edit("given.ts", "constantNameOut: 8", "constantNameOut: 18"),
    runs: ["*/constantName"],
  },
  {
    name: "a description with a name",
    edit: edit("given.ts", "specifiedOut: 9", "specifiedOut: 19"),
    runs: ["*/specified"],
  },
  {
    name: "a stage written otherwise: its description apart",
    edit: edit(
      "chain.ts",
      `export const deep = defineStage({
  name: "deep",
  params: [],
  outputs: { deepOut: jsonCacher<number>() },
  run: () => {
    note("only/deep");
    return { deepOut: one(2) };
  },
});`,
      `const run = () => {
  note("only/deep");
  return { deepOut: one(2) };
};

export const deep = defineStage({ run, outputs: { deepOut: jsonCacher<number>() }, params: [], name: "deep" });`,
    ),
    runs: [],
    lenient: { upTo: ["*/deep"], why: "it is moved, which may count" },
  },
  {
    name: "what a type alone names",
    edit: edit("classes.ts", "areaOf(circle: Circle | undefined", "areaOf(circle: Square | undefined"),
    runs: [],
  },
  {
    name: "the experiment's own file",
    edit: edit("exp.ts", "  topLevel,\n];", "];\n\nmodules.push(topLevel as never);"),
    runs: [],
  },
];

export const language: Table = {
  name: "the language",
  files: fixture("language"),
  how: { entry: at("exp.ts") },
  first: 58,
  rows: [...chains, ...classes, ...values, ...modules, ...given],
};
