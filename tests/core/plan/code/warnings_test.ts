import { assertEquals, assertStringIncludes } from "@std/assert";
import { codesIn, type Declared } from "./helpers.ts";

async function warnings(
  code: string,
  run = "value",
  declared: Declared = {},
  file?: string,
): Promise<readonly string[]> {
  const main = `import { defineStage } from "@cairn/cairn";
${file === undefined ? code : 'import { value } from "./config.ts";'}
export const a = defineStage({ name: "a", outputs: {}, run: () => ({ m: ${run} }) });
`;
  const codes = await codesIn({ "main.ts": main, ...(file === undefined ? {} : { [file]: code }) }, {
    a: declared,
  });
  return codes.a?.warnings ?? ["no such stage"];
}

const READS: readonly (readonly [code: string, what: string])[] = [
  ["const value = Deno.args[0];", "Deno.args"],
  ["const value = Number(Deno.env.get('MODEL') ?? 1);", 'Deno.env.get("MODEL")'],
  ["const { MODEL: value } = Deno.env.toObject();", "Deno.env.toObject(...)"],
  ["import process from 'node:process'; const value = process.env.MODEL;", "process.env.MODEL"],
  ["import { env } from 'node:process'; const value = env.MODEL;", "process.env.MODEL"],
  ["const value = await (await fetch('https://example.com')).json();", "fetch(...)"],
  ["const value = JSON.parse(await Deno.readTextFile('a.json'));", "Deno.readTextFile(...)"],
  ["import { readFileSync as read } from 'node:fs'; const value = read('a');", "fs.readFileSync(...)"],
  ["const value = Date.now();", "Date.now(...)"],
  ["const value = new Date();", "new Date()"],
  ["const value = { seed: Math.random() };", "Math.random(...)"],
  ["const value = crypto.randomUUID();", "crypto.randomUUID(...)"],
  ["const value = (() => Deno.cwd())();", "Deno.cwd(...)"],
  ["const value = prompt('name?');", "prompt(...)"],
];

for (const [code, what] of READS) {
  Deno.test(`warnings: ${code}`, async () => {
    const [only, ...others] = await warnings(code);
    assertEquals(others, []);
    assertStringIncludes(only ?? "", `the constant "value" of "main.ts", which comes from ${what} when`);
  });
}

const SILENT: readonly (readonly [title: string, code: string, run?: string, declared?: Declared])[] = [
  ["a constant that is not reached", "const value = Deno.args[0];", "1"],
  ["a function that reads when it is called", "const value = () => Deno.args[0];"],
  ["a date that is given", "const value = new Date(2020, 1);"],
  ["a Deno of its own", "const Deno = { args: [] };\nconst value = Deno.args;"],
  ["a variable that the stage declares", "const value = Deno.env.get('MODEL');", "value", { env: ["MODEL"] }],
  ["files that the stage declares", "const value = Deno.readTextFileSync('a');", "value", { hasFiles: true }],
  ["a value that the stage captures", "const value = Date.now();", "value", { captures: { value: 1 } }],
];

for (const [title, ...given] of SILENT) {
  Deno.test(`no warning: ${title}`, async () => assertEquals(await warnings(...given), []));
}

Deno.test("warnings: another variable than the one that the stage declares", async () => {
  const [only = ""] = await warnings("const value = Deno.env.get('MODEL');", "value", { env: ["OTHER"] });
  assertStringIncludes(only, 'give the stage env: ["MODEL"]');
});

Deno.test("warnings: the file is the constant's own", async () => {
  const [only = ""] = await warnings("export const value = Deno.args;", "value", {}, "config.ts");
  assertStringIncludes(only, '"value" of "config.ts"');
});

Deno.test("warnings: a computed import", async () => {
  const [only = ""] = await warnings("const value = (name: string) => import(name);");
  assertStringIncludes(only, '"main.ts" imports a module by a computed name');
});
