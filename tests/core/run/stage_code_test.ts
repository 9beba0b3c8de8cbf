import { assert, assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl, join, toFileUrl } from "@std/path";
import { type AggregateDescription, defineStage, type StageDescription } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";
import { codeOfStages, type CodeTools } from "../../../core/run/stage_code.ts";
import { loadParser } from "../../../core/plan/code/parser.ts";
import type { KeptAnalysis } from "../../../core/store/code_cache.ts";
import { fileSources } from "../../../core/store/sources.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";

type AnyDescription = StageDescription | AggregateDescription;

const HEAD =
  `import { defineAggregate, defineStage } from "@cairn/cairn";\nimport { jsonCacher } from "@cairn/cairn/cachers";\n`;

/** A project on disk, loaded, and the code of what it exports. */
async function codesOf(
  dir: string,
  files: Readonly<Record<string, string>>,
  kept?: KeptAnalysis,
  tools?: CodeTools,
) {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(dir, path)), { recursive: true });
    await Deno.writeTextFile(join(dir, path), text);
  }
  const cairn = (path: string) => import.meta.resolve(`../../../${path}`);
  await Deno.writeTextFile(
    join(dir, "deno.json"),
    JSON.stringify({
      imports: { "@cairn/cairn": cairn("mod.ts"), "@cairn/cairn/cachers": cairn("cachers/mod.ts") },
    }),
  );
  const entry = "main.ts" in files ? "main.ts" : "main.js";
  const module = toFileUrl(join(dir, entry)).href;
  const loaded: { stages?: unknown } = await import(module);
  const stages = Object.values((loaded.stages ?? loaded) as Record<string, { description?: AnyDescription }>)
    .flatMap(({ description }) => description === undefined ? [] : [description]);
  const found = await codeOfStages({ module, by: "experiment-module", stages, kept }, tools);
  return { ...found, byName: Object.fromEntries([...found.codes].map(([{ name }, code]) => [name, code])) };
}

/** Which stages have another code in a second project; all must be found in both, and no module widened. */
async function changed(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Promise<string[]> {
  return await withTempDir(async (dir) => {
    const old = (await codesOf(join(dir, "old"), before)).byName;
    const now = (await codesOf(join(dir, "new"), { ...before, ...after })).byName;
    for (const code of [...Object.values(old), ...Object.values(now)]) {
      assert(!JSON.stringify(code.declarations).includes("(module)"), JSON.stringify(code.declarations));
    }
    return Object.keys(old).filter((name) => old[name]?.digest !== now[name]?.digest).sort();
  });
}

Deno.test("real stages are found by name and by text, whatever Deno makes of TypeScript", async () => {
  const main = HEAD + `
import { helper, Level } from "./helper.ts";
const enum Small { A = 1, B }
interface Row { readonly a: number }
export const typed = defineStage({
  name: "typed",
  outputs: { a: jsonCacher<number>() },
  run: async <T extends Row>(_state: object, { log }: { log: (text: string) => void }): Promise<{ a: number }> => {
    const rows = [{ a: 1 } as T, { a: 2 } satisfies Row as T];
    class Inner<X> { constructor(private readonly x: X, public y?: number) {} get(): X { return this.x!; } }
    enum Local { One = "one" }
    log(\`\${Local.One}\`);
    return { a: helper(rows[0]!.a + Small.B) + new Inner<number>(3).get() };
  },
});
export const method = defineStage({ name: "method", outputs: { b: jsonCacher<number>() }, async run(this: void) { return { b: await helper(1) as number }; } });
export const plain = defineStage({ name: "plain", outputs: { c: jsonCacher<number>() }, run: function () { return { c: 'x'.length, }; } });
function named(): { d: Level } { return { d: Level.High }; }
export const byName = defineStage({ name: "by_name", outputs: { d: jsonCacher<Level>() }, run: named });
const NAMES = ["one", "two"] as const;
const made = NAMES.map((name) => defineStage({ name: \`made_\${name}\`, outputs: { e: jsonCacher<number>() }, run: () => ({ e: helper(7) }) }));
const spec = { name: "spec", outputs: { f: jsonCacher<number>() }, run: () => ({ f: helper(8) }) };
export const all = defineAggregate({ name: "all", outputs: { g: jsonCacher<number>() }, run: (states: readonly object[]) => ({ g: states.length }) });
export const stages = { typed, method, plain, byName, one: made[0], two: made[1], spec: defineStage(spec), all };
`;
  const files = {
    "main.ts": main,
    "helper.ts": `export function helper(n: number): number { return n; }\nexport enum Level { Low, High }\n`,
  };
  assertEquals(await changed(files, { "main.ts": main.replaceAll("jsonCacher<number>", "jsonCacher") }), []);
  assertEquals(
    await changed(files, { "helper.ts": files["helper.ts"].replace("return n", "return n + 1") }),
    [
      ...["made_one", "made_two", "method", "spec", "typed"],
    ],
  );
  assertEquals(
    await changed(files, { "helper.ts": files["helper.ts"].replace("Low, High", "Low, Middle, High") }),
    ["by_name"],
  );
  assertEquals(await changed(files, { "main.ts": main.replace("A = 1", "A = 2") }), ["typed"]);
  assertEquals(
    await changed(files, {
      "main.ts": main.replace('"one"; }', '"two" }').replace("helper(8)", "helper(9)"),
    }),
    ["spec"],
  );
});

Deno.test("real stages in JavaScript", async () => {
  const main = HEAD + `
import { once } from './once.js';
export const a = defineStage({ name: 'a', outputs: {}, run: () => ({ a: once(1) }) });
export const b = defineStage({ "name": "b", outputs: {}, run() { return { b: 1 } } });
`;
  const files = {
    "main.js": main,
    "once.js": "export const once = (n) => n\nexport const twice = (n) => 2 * n\n",
  };
  assertEquals(await changed(files, { "once.js": "export const once = function (n) { return n; };\n" }), [
    "a",
  ]);
  assertEquals(await changed(files, { "once.js": "export const once = (n) => {\n  return n;\n};\n" }), []);
});

Deno.test("a stage of a factory takes in every module, unless it says what it captures", async () => {
  const main = HEAD + `
import { unrelated } from "./other.ts";
function make(k: number) { return defineStage({ name: "made", outputs: { a: jsonCacher<number>() }, run: () => ({ a: k }) }); }
export const made = make(1);
export const b = defineStage({ name: "b", outputs: { b: jsonCacher<number>() }, run: () => ({ b: 1 }) });
export { unrelated };
`;
  await withTempDir(async (dir) => {
    const before = await codesOf(join(dir, "a"), {
      "main.ts": main,
      "other.ts": "export const unrelated = 1;",
    });
    const after = await codesOf(join(dir, "b"), {
      "main.ts": main,
      "other.ts": "export const unrelated = 2;",
    });
    assertNotEquals(before.byName.made?.digest, after.byName.made?.digest);
    assertEquals(before.byName.b?.digest, after.byName.b?.digest);
    assertEquals(Object.keys(before.byName.made?.declarations ?? {}), ["main.ts", "other.ts"]);
    assertEquals(Object.keys(before.byName.made?.declarations["main.ts"] ?? {}), ["run of made", "(module)"]);
  });
});

Deno.test("a stage that is nowhere to be found takes in every module", async () => {
  const main = HEAD + `
const bound = function (this: number) { return { a: this }; }.bind(1);
export const a = defineStage({ name: ["a"].join(""), outputs: { a: jsonCacher<number>() }, run: bound as never });
`;
  await withTempDir(async (dir) => {
    const { byName } = await codesOf(dir, { "main.ts": main });
    assertEquals(Object.keys(byName.a?.declarations["main.ts"] ?? {}), ["(module)"]);
  });
});

Deno.test("an unchanged project is not parsed again", async () => {
  await withTempDir(async (dir) => {
    const files = {
      "main.ts": HEAD +
        `import { x } from "./x.ts";\nexport const a = defineStage({ name: "a", outputs: { a: jsonCacher<number>() }, run: () => ({ a: x }) });\n`,
      "x.ts": "export const x: number = 1;",
    };
    const first = await codesOf(join(dir, "a"), files);
    assert(first.isNew);
    assertEquals(first.files, [join(dir, "a", "main.ts"), join(dir, "a", "x.ts")]);
    const kept: KeptAnalysis = JSON.parse(JSON.stringify(first.kept));
    const tools = {
      sources: fileSources,
      root: import.meta.resolve("../../../"),
      load: () => Promise.reject(new Error("parsed")),
    };
    const second = await codesOf(join(dir, "b"), files, kept, tools);
    assert(!second.isNew);
    assertEquals(second.byName, first.byName);

    const edited = { ...files, "x.ts": "export const x: number = 2;" };
    await assertRejects(() => codesOf(join(dir, "c"), edited, kept, tools), Error, "parsed");
    let loads = 0;
    const counting = { ...tools, load: () => (loads++, loadParser()) };
    const third = await codesOf(join(dir, "d"), edited, kept, counting);
    assert(third.isNew);
    assertEquals(loads, 1);
    assertNotEquals(third.byName.a?.digest, first.byName.a?.digest);
    assertEquals(Object.keys(third.kept.modules).length, 2);
  });
});

Deno.test("a version takes the place of the code", async () => {
  const stage = (version: string) =>
    defineStage({ name: "a", outputs: {}, version, run: () => ({}) }).description;
  const one = stage("1"), two = stage("2");
  const { codes, files } = await codeOfStages({
    module: "file:///nowhere.ts",
    by: "script-module",
    stages: [one, two],
    kept: undefined,
  });
  assertEquals(codes.get(one)?.by, "version");
  assertNotEquals(codes.get(one)?.digest, codes.get(two)?.digest);
  assertEquals(files, []);
});

Deno.test("without a module, the text of run and of custom cachers takes its place", async () => {
  const own = (save: () => void) => ({ extension: ".x", kind: "json", save, load: () => 1 });
  const digest = async (description: AnyDescription) => {
    const { codes } = await codeOfStages({
      module: undefined,
      by: "script-module",
      stages: [description],
      kept: undefined,
    });
    const code = codes.get(description);
    assertEquals(code?.by, "text");
    return code?.digest;
  };
  const run = () => ({ a: 1 });
  const json = await digest(
    defineStage({ name: "a", outputs: { a: jsonCacher<number>() }, run }).description,
  );
  assertEquals(
    json,
    await digest(defineStage({ name: "b", outputs: { a: jsonCacher<number>() }, run }).description),
  );
  assertNotEquals(
    json,
    await digest(
      defineStage({ name: "a", outputs: { a: jsonCacher<number>() }, run: () => ({ a: 2 }) }).description,
    ),
  );
  const one = await digest(defineStage({ name: "a", outputs: { a: own(() => {}) }, run }).description);
  assertNotEquals(one, json);
  assertNotEquals(
    one,
    await digest(defineStage({ name: "a", outputs: { a: own(() => void 0) }, run }).description),
  );
});

Deno.test("a module that is no file is told, and the text takes its place", async () => {
  const { description } = defineStage({ name: "a", outputs: {}, run: () => ({}) });
  const { codes } = await codeOfStages({
    module: "https://example.com/a.ts",
    by: "script-module",
    stages: [description],
    kept: undefined,
  });
  assertEquals(codes.get(description)?.by, "text");
  assertStringIncludes(codes.get(description)?.warnings[0] ?? "", '"https://example.com/a.ts"');
});

Deno.test("it needs to read, and nothing else; it says which file it may not read", async () => {
  await withTempDir(async (dir) => {
    await codesOf(dir, {
      "main.ts": HEAD +
        `import { x } from "./x.ts";\nexport const a = defineStage({ name: "a", outputs: {}, run: () => ({ a: x }) as never });\n`,
      "x.ts": "export const x = 1;",
      "run.ts": `
import { codeOfStages } from ${JSON.stringify(import.meta.resolve("../../../core/run/stage_code.ts"))};
import { a } from "./main.ts";
const { codes } = await codeOfStages({ module: import.meta.resolve("./main.ts"), by: "script-module", stages: [a.description], kept: undefined });
console.log([...codes.values()][0]!.by);
`,
    });
    const root = fromFileUrl(import.meta.resolve("../../../"));
    const run = async (...permissions: string[]) => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--no-prompt",
          "--no-lock",
          `--config=${join(root, "deno.json")}`,
          ...permissions,
          join(dir, "run.ts"),
        ],
        env: { NO_COLOR: "1" },
      }).output();
      return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    };
    assertEquals(await run("--allow-read"), "script-module\n");
    const message = await run("--deny-read");
    assertStringIncludes(
      message,
      `Cannot read ${
        JSON.stringify(join(dir, "main.ts"))
      } to see which code the stages reach: allow it with --allow-read`,
    );
  });
});
