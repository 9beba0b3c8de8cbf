import { assertEquals } from "@std/assert";
import { changedBy, type Declared, edit, type Project } from "./helpers.ts";

const HEAD =
  `import { defineStage, gzipped, zstd, lazy, transient, validated, withPrefix, withSubdir, atPath, untracked } from "@cairn/cairn";
import { csvCacher, jsonCacher, textCacher } from "@cairn/cairn/cachers";
`;

type Row = readonly [
  title: string,
  project: string | Project,
  from: string,
  to: string,
  changed: readonly string[],
  declared?: Readonly<Record<string, Declared>>,
];

/** A custom cacher, and the stage that uses it through this expression. */
function cached(outputs: string, code = ""): string {
  return HEAD + `
const encode = (value) => JSON.stringify(value);
const decode = (text) => JSON.parse(text);
const custom = {
  extension: ".x",
  kind: "x",
  save: async (value, artifact) => { await Deno.writeTextFile(artifact.path(), encode(value)); },
  load: async (artifact) => decode(await Deno.readTextFile(artifact.path())),
  check: () => true,
};
function customCacher(options) {
  return { ...custom, save: (value, artifact) => custom.save([options, value], artifact), load: (artifact) => decode(artifact) };
}
${code}
export const aStage = defineStage({ name: "a", outputs: ${outputs}, run: () => ({ m: 1 }) });
export const bStage = defineStage({ name: "b", outputs: { n: jsonCacher() }, run: () => ({ n: 1 }) });
`;
}

const ENCODE = ["JSON.stringify(value)", "JSON.stringify(value, null, 2)"] as const;
const DECODE = ["JSON.parse(text)", "JSON.parse(text.trim())"] as const;

const CACHERS: readonly Row[] = [
  ["save of a custom cacher", cached("{ m: custom }"), "await Deno.writeTextFile", "Deno.writeTextFileSync", [
    "a",
  ]],
  ["what save calls", cached("{ m: custom }"), ...ENCODE, ["a"]],
  [
    "what save calls, through combinators",
    cached("{ m: lazy(withSubdir(gzipped(custom), 'x')) }"),
    ...ENCODE,
    ["a"],
  ],
  ["what save calls, compressed", cached("{ m: zstd(custom) }"), ...ENCODE, ["a"]],
  ["what load calls, compressed", cached("{ m: zstd(custom) }"), ...DECODE, []],
  ["what save calls, in a factory", cached("{ m: customCacher({ a: 1 }) }"), ...ENCODE, ["a"]],
  ["the options of a custom factory", cached("{ m: customCacher({ a: 1 }) }"), "{ a: 1 }", "{ a: 2 }", ["a"]],
  ["what load calls", cached("{ m: custom }"), ...DECODE, []],
  ["what load calls, in a factory", cached("{ m: untracked(customCacher(1)) }"), ...DECODE, []],
  ["load", cached("{ m: custom }"), "decode(await Deno.readTextFile(artifact.path()))", "1", []],
  ["check", cached("{ m: custom }"), "check: () => true", "check: () => false", []],
  [
    "a combinator round it",
    cached("{ m: custom }"),
    "{ m: custom }",
    "{ m: withSubdir(custom, 'models') }",
    [],
  ],
  ["a combinator's option", cached("{ m: withSubdir(custom, 'x') }"), "'x')", "'y')", []],
  ["lazy", cached("{ m: lazy(custom) }"), "lazy(custom)", "custom", []],
  [
    "the name of a constant",
    cached("{ m: kept }", "const kept = withSubdir(custom, 'x');"),
    "kept = withSubdir(custom, 'x')",
    "kept = custom",
    [],
  ],
  [
    "what save calls, by a constant",
    cached("{ m: kept }", "const kept = withSubdir(custom, 'x');"),
    ...ENCODE,
    ["a"],
  ],
  [
    "a constant that is Cairn's own",
    cached("{ m: kept }", "const kept = csvCacher();"),
    "kept = csvCacher()",
    "kept = withSubdir(csvCacher({ columns: {} }), 'x')",
    [],
  ],
  [
    "a cacher of Cairn for another",
    cached("{ m: jsonCacher() }"),
    "{ m: jsonCacher() }",
    "{ m: textCacher() }",
    [],
  ],
  ["transient", cached("{ m: transient() }"), "{ m: transient() }", "{ m: jsonCacher() }", []],
  [
    "options of Cairn's own",
    cached("{ m: csvCacher() }"),
    "{ m: csvCacher() }",
    "{ m: csvCacher({ columns: { a: 'number' } }) }",
    [],
  ],
  ["an unrelated custom cacher", cached("{ m: jsonCacher() }"), ...ENCODE, []],
  ["a record of outputs", cached("outputs", "const outputs = { m: withPrefix(custom, 'x') };"), ...ENCODE, [
    "a",
  ]],
  [
    "what load of a record calls",
    cached("outputs", "const outputs = { m: withPrefix(custom, 'x') };"),
    ...DECODE,
    [],
  ],
  [
    "a spread record of outputs",
    cached("{ ...common, k: jsonCacher() }", "const common = { m: custom };"),
    ...ENCODE,
    ["a"],
  ],
  [
    "a cacher spread into another",
    cached("{ m: { ...jsonCacher(), save: (v, a) => encode(v) } }"),
    ...ENCODE,
    ["a"],
  ],
  [
    "what is spread into another",
    cached("{ m: { ...csvCacher(), save: (v, a) => encode(v) } }"),
    "...csvCacher()",
    "...csvCacher({ columns: {} })",
    [],
  ],
  [
    "an inline cacher",
    cached("{ m: { extension: '.y', save(v, a) { return encode(v); }, load(a) { return decode(a); } } }"),
    ...ENCODE,
    ["a"],
  ],
  [
    "load of an inline cacher",
    cached("{ m: { extension: '.y', save(v, a) { return encode(v); }, load(a) { return decode(a); } } }"),
    ...DECODE,
    [],
  ],
  [
    "a schema",
    cached("{ m: validated(jsonCacher(), schema) }", "const schema = { '~standard': 1 };"),
    "'~standard': 1",
    "'~standard': 2",
    [],
  ],
  [
    "a cacher that save uses by name",
    cached(
      "{ m: outer }",
      "const outer = { extension: '.z', save: (v, a) => custom.save(v, a), load: (a) => custom.load(a) };",
    ),
    ...ENCODE,
    ["a"],
  ],
  [
    "what the load of a cacher that save uses calls",
    cached(
      "{ m: outer }",
      "const outer = { extension: '.z', save: (v, a) => custom.save(v, a), load: (a) => custom.load(a) };",
    ),
    ...DECODE,
    [],
  ],
  [
    "a class that is a cacher",
    cached(
      "{ m: new Kept() }",
      "class Kept { extension = '.k'; save(v, a) { return encode(v); } load(a) { return 1; } }",
    ),
    ...ENCODE,
    ["a"],
  ],
  [
    "a spread into the spec",
    cached("{ m: jsonCacher() }").replace("outputs: { m: jsonCacher() }", "...common").replace(
      "export const aStage",
      "const common = { outputs: { m: custom } };\nexport const aStage",
    ),
    ...ENCODE,
    ["a"],
  ],
  [
    "a cacher of another file",
    {
      "main.ts": HEAD +
        `import { kept } from "./kept.ts";\nexport const a = defineStage({ name: "a", outputs: { m: lazy(kept) }, run: () => ({ m: 1 }) });\n`,
      "kept.ts":
        `import { withSubdir } from "@cairn/cairn";\nimport { encode } from "./encode.ts";\nexport const kept = withSubdir({ extension: ".x", save: (v) => encode(v), load: () => 1 }, "x");`,
      "encode.ts": "export const encode = (v) => 1;",
    },
    "encode.ts: (v) => 1",
    "(v) => 2",
    ["a"],
  ],
  [
    "Cairn behind a file of its own",
    {
      "main.ts":
        `import { defineStage, lazy, jsonCacher } from "./deps.ts";\nconst x = 1;\nexport const a = defineStage({ name: "a", outputs: { m: lazy(jsonCacher(1)) }, run: () => ({ m: x }) });\n`,
      "deps.ts": `export * from "@cairn/cairn";\nexport { jsonCacher } from "@cairn/cairn/cachers";\n`,
    },
    "main.ts: jsonCacher(1)",
    "jsonCacher(2)",
    [],
  ],
  [
    "a run behind a file of its own for Cairn",
    {
      "main.ts":
        `import * as cairn from "./deps.ts";\nconst x = 1;\nexport const a = cairn.defineStage({ name: "a", outputs: {}, run: () => ({ m: x }) });\n`,
      "deps.ts": `export * from "@cairn/cairn";\n`,
    },
    "main.ts: const x = 1",
    "const x = 2",
    ["a"],
  ],
];

const FACTORY = HEAD + `
const free = () => 1;
const used = () => 1;
export function make(k) {
  const twice = (x) => 2 * x;
  const help = (x) => twice(x) * k + used();
  const unused = () => 3;
  return defineStage({ name: "a", outputs: {}, run: () => ({ m: help(k) }) });
}
export const b = defineStage({ name: "b", outputs: {}, run: () => ({ n: 1 }) });
`;
const GIVEN = { a: { captures: { k: 1 } } };

const PLAIN = HEAD + `
const free = () => 1;
const used = () => 1;
export function make(k) {
  return defineStage({ name: "a", outputs: { m: withSubdir(jsonCacher(), k) }, run: () => { const k = 1; return { m: used(k) }; } });
}
for (const k of [1, 2]) defineStage({ name: "c", outputs: {}, run: () => ({ c: used() }) });
for (const k of [1, 2]) defineStage({ name: "d", outputs: {}, run: () => ({ d: k }) });
export const b = defineStage({ name: "b", outputs: {}, run: () => ({ n: 1 }) });
`;

const CAPTURES: readonly Row[] = [
  ["a factory's stage with no captures: what is unrelated", FACTORY, "free = () => 1", "free = () => 2", [
    "a",
  ]],
  [
    "a factory's stage with captures: what is unrelated",
    FACTORY,
    "free = () => 1",
    "free = () => 2",
    [],
    GIVEN,
  ],
  ["a factory's stage with captures: another stage", FACTORY, "n: 1", "n: 2", ["b"], GIVEN],
  ["a factory's stage with captures: a helper inside", FACTORY, "* k + used", "- k + used", ["a"], GIVEN],
  ["a factory's stage with captures: a helper of the helper", FACTORY, "2 * x", "3 * x", ["a"], GIVEN],
  ["a factory's stage with captures: what a helper reaches", FACTORY, "used = () => 1", "used = () => 2", [
    "a",
  ], GIVEN],
  [
    "a factory's stage with captures: what nothing uses",
    FACTORY,
    "unused = () => 3",
    "unused = () => 4",
    [],
    GIVEN,
  ],
  ["a factory's stage that captures nothing", PLAIN, "free = () => 1", "free = () => 2", ["d"]],
  ["a factory's stage that captures nothing: what it uses", PLAIN, "used = () => 1", "used = () => 2", [
    "a",
    "c",
    "d",
  ]],
  [
    "captures that lack a parameter: what is unrelated",
    FACTORY.replace("make(k)", "make(k, used)"),
    "free = () => 1",
    "free = () => 2",
    ["a"],
    GIVEN,
  ],
  [
    "captures that name a parameter by a part of it",
    FACTORY.replace("make(k)", "make({ k }, used)").replace(
      "outputs: {}, run: () => ({ m: help",
      "outputs: {}, captures: { rate: k, f: used.id }, run: () => ({ m: help",
    ),
    "free = () => 1",
    "free = () => 2",
    [],
    { a: { captures: { rate: 1, f: 2 } } },
  ],
  [
    "a stage in a class",
    HEAD +
    `const free = 1;\nclass Lab { rate = 1; stage() { return defineStage({ name: "a", outputs: {}, run: () => ({ m: this.rate }) }); } }\n`,
    "free = 1",
    "free = 2",
    ["a"],
  ],
  [
    "outputs that capture",
    HEAD +
    `const free = 1;\nfunction own(k) { return { extension: k, save() {}, load() {} }; }\nexport function make(k) { return defineStage({ name: "a", outputs: { m: own(k) }, run: () => ({ m: 1 }) }); }\n`,
    "free = 1",
    "free = 2",
    ["a"],
  ],
  [
    "outputs that capture, with captures",
    HEAD +
    `const free = 1;\nfunction own(k) { return { extension: k, save() {}, load() {} }; }\nexport function make(k) { return defineStage({ name: "a", outputs: { m: own(k) }, run: () => ({ m: 1 }) }); }\n`,
    "free = 1",
    "free = 2",
    [],
    GIVEN,
  ],
  [
    "run by name",
    HEAD +
    `function fit() { return { m: 1 }; }\nexport const a = defineStage({ name: "a", outputs: {}, run: fit });\n`,
    "m: 1",
    "m: 2",
    ["a"],
  ],
  [
    "run by a wrapper",
    HEAD +
    `const timed = (f) => async (s) => { return await f(s); };\nfunction fit() { return { m: 1 }; }\nexport const a = defineStage({ name: "a", outputs: {}, run: timed(fit) });\n`,
    "await f(s)",
    "f(s)",
    ["a"],
  ],
  [
    "run as a shorthand",
    HEAD +
    `function run() { return { m: 1 }; }\nexport const a = defineStage({ name: "a", outputs: {}, run });\n`,
    "m: 1",
    "m: 2",
    ["a"],
  ],
  [
    "a definer of the project's own",
    HEAD +
    `const define = (spec) => defineStage({ ...spec, outputs: {} });\nconst free = 1;\nexport const a = define({ name: "a", run: () => ({ m: 1 }) });\n`,
    "outputs: {}",
    "outputs: { m: jsonCacher() }",
    ["a"],
  ],
  [
    "a definer of the project's own: what is unrelated",
    HEAD +
    `const define = (spec) => defineStage({ ...spec, outputs: {} });\nconst free = 1;\nexport const a = define({ name: "a", run: () => ({ m: 1 }) });\n`,
    "free = 1",
    "free = 2",
    [],
  ],
];

for (const row of [...CACHERS, ...CAPTURES]) {
  Deno.test(`${CACHERS.includes(row) ? "cacher" : "captures"}: ${row[0]}`, async () => await check(row));
}

async function check([, given, from, to, changed, declared]: Row): Promise<void> {
  const project = typeof given === "string" ? { "main.ts": given } : given;
  const [, file = "main.ts", text = from] = typeof given === "string"
    ? []
    : /^([\w.]+): (.*)$/.exec(from) ?? [];
  assertEquals(await changedBy(project, { [file]: edit(project[file], text, to) }, declared), [...changed]);
}
