import { assertEquals } from "@std/assert";
import { changedBy, codesIn, edit, type Project } from "./helpers.ts";

const MAIN = `import { defineStage } from "@cairn/cairn";
import { mean } from "stats";
import { pad } from "@scope/text/pad";
import { extname } from "node:path";
import { unused } from "npm:unused@1";
import { join } from "@std/path";
export const a = defineStage({ name: "a", outputs: {}, run: () => ({ m: mean([1]) }) });
export const b = defineStage({ name: "b", outputs: {}, run: () => ({ n: pad("x") }) });
export const c = defineStage({ name: "c", outputs: {}, run: () => ({ k: extname("x") }) });
export const d = defineStage({ name: "d", outputs: {}, run: () => ({ k: join("x") }) });
export const e = defineStage({ name: "e", outputs: {}, run: () => ({ k: 1 }) });
`;
const IMPORTS =
  `"@cairn/cairn": "../cairn/mod.ts", "stats": "npm:stats@^1.0.0", "@scope/text": "jsr:@scope/text@^2.0.0", "@std/path": "jsr:@std/path@^1.0.0"`;
const LOCK = `{
  "version": "5",
  "specifiers": {
    "jsr:@scope/text@2": "2.1.0",
    "jsr:@scope/core@1": "1.0.0",
    "npm:stats@1": "1.2.3_peer@2.0.0",
    "npm:unused@1": "1.0.0"
  },
  "jsr": {
    "@scope/text@2.1.0": { "integrity": "aa", "dependencies": ["jsr:@scope/core@1"] },
    "@scope/core@1.0.0": { "integrity": "bb" }
  },
  "npm": {
    "stats@1.2.3_peer@2.0.0": { "integrity": "cc", "dependencies": ["deep", "peer@2.0.0"] },
    "deep@3.0.0": { "integrity": "dd" },
    "peer@2.0.0": { "integrity": "ee" },
    "unused@1.0.0": { "integrity": "ff" }
  },
  "workspace": { "links": { "jsr:@std/path@1.0.99": {} } }
}`;

const PROJECT: Project = { "main.ts": MAIN, "deno.json": `{ "imports": { ${IMPORTS} } }`, "deno.lock": LOCK };

type Row = readonly [title: string, file: string, from: string, to: string, changed: readonly string[]];

const ROWS: readonly Row[] = [
  ["an upgrade", "deno.lock", '"npm:stats@1": "1.2.3_peer@2.0.0"', '"npm:stats@1": "1.2.4_peer@2.0.0"', [
    "a",
  ]],
  ["other content of the same version", "deno.lock", '"cc"', '"cx"', ["a"]],
  ["a dependency of a package", "deno.lock", '"dd"', '"dx"', ["a"]],
  ["a dependency's version", "deno.lock", "deep@3.0.0", "deep@3.0.1", ["a"]],
  ["a peer", "deno.lock", '"ee"', '"ex"', ["a"]],
  ["a jsr package", "deno.lock", '"jsr:@scope/text@2": "2.1.0"', '"jsr:@scope/text@2": "2.1.1"', ["b"]],
  ["a dependency of a jsr package", "deno.lock", '"bb"', '"bx"', ["b"]],
  ["a package that nothing reaches", "deno.lock", '"ff"', '"fx"', []],
  ["a linked package", "deno.lock", "jsr:@std/path@1.0.99", "jsr:@std/path@1.0.100", ["d"]],
  ["which export is used", "main.ts", "import { mean } from", "import { median as mean } from", ["a"]],
  ["which path of a package", "main.ts", "@scope/text/pad", "@scope/text/padding", ["b"]],
  ["which function of node", "main.ts", "import { extname } from", "import { basename as extname } from", [
    "c",
  ]],
  ["the same version under another range", "deno.json", "npm:stats@^1.0.0", "npm:stats@1", []],
  ["the import map's name", "main.ts", 'from "stats"', 'from "npm:stats@1"', []],
  ["a package in place of another", "deno.json", "npm:stats@^1.0.0", "npm:unused@1", ["a"]],
  [
    "comments in deno.json",
    "deno.json",
    "{ ",
    '{ // a comment\n "lock": { "path": "deno.lock", "frozen": true, }, ',
    [],
  ],
  ["no lock file", "deno.json", "{ ", '{ "lock": false, ', ["a", "b", "d"]],
];

for (const [title, file, from, to, changed] of ROWS) {
  Deno.test(`packages: ${title}`, async () => {
    const text = title.startsWith("comments") || title.startsWith("no lock")
      ? PROJECT[file]!.replace(from, () => to)
      : edit(PROJECT[file], from, to);
    assertEquals(await changedBy(PROJECT, { [file]: text }), [...changed]);
  });
}

Deno.test("packages: what a stage reaches is told", async () => {
  const codes = await codesIn(PROJECT);
  assertEquals(codes.a?.packages, { "npm:stats": "1.2.3" });
  assertEquals(codes.b?.packages, { "jsr:@scope/text": "2.1.0" });
  assertEquals(codes.c?.packages, {});
  assertEquals(codes.d?.packages, { "jsr:@std/path": "1.0.99" });
});

Deno.test("packages: without a lock file, what was asked for", async () => {
  const { "deno.lock": _, ...project } = PROJECT;
  assertEquals((await codesIn(project)).a?.packages, { "npm:stats": "^1.0.0" });
  assertEquals(
    await changedBy(project, { "deno.json": edit(project["deno.json"], "stats@^1.0.0", "stats@^2.0.0") }),
    ["a"],
  );
});

Deno.test("packages: import maps of folders, of files, of scopes and of workspaces lead to local files", async () => {
  const project: Project = {
    "main.ts": `import { defineStage } from "@cairn/cairn";
import { x } from "#x";
import { y } from "@app/lib/y";
import { z } from "lib/z.ts";
export const a = defineStage({ name: "a", outputs: {}, run: () => ({ m: x }) });
export const b = defineStage({ name: "b", outputs: {}, run: () => ({ m: y }) });
export const c = defineStage({ name: "c", outputs: {}, run: () => ({ m: z }) });
`,
    "deno.jsonc": `{ /* all */ "importMap": "./map.json", "workspace": ["./packages/lib"], }`,
    "deno.json": "{}",
    "map.json":
      `{ "imports": { "@cairn/cairn": "../cairn/mod.ts", "lib/": "./src/" }, "scopes": { "./": { "#x": "./src/x.ts" } } }`,
    "packages/lib/deno.json": `{ "name": "@app/lib", "exports": { "./y": "./y.ts" } }`,
    "packages/lib/y.ts": "export const y = 1;",
    "src/x.ts": "export const x = 1;",
    "src/z.ts": "export const z = 1;",
  };
  const withConfig: Project = { ...project, "deno.json": project["deno.jsonc"]! };
  for (const [file, stage] of [["src/x.ts", "a"], ["packages/lib/y.ts", "b"], ["src/z.ts", "c"]] as const) {
    assertEquals(await changedBy(withConfig, { [file]: edit(withConfig[file], "= 1", "= 2") }), [stage]);
  }
});

Deno.test("packages: a package by URL counts by its URL and what deno.lock has of its place", async () => {
  const project: Project = {
    "main.ts": `import { defineStage } from "@cairn/cairn";
import { x } from "https://example.com/x@1/mod.ts";
export const a = defineStage({ name: "a", outputs: {}, run: () => ({ m: x }) });
export const b = defineStage({ name: "b", outputs: {}, run: () => ({ m: 1 }) });
`,
    "deno.lock":
      `{ "version": "5", "remote": { "https://example.com/x@1/mod.ts": "aa", "https://example.com/x@1/in.ts": "bb", "https://other.com/y.ts": "cc" } }`,
  };
  assertEquals(await changedBy(project, { "deno.lock": edit(project["deno.lock"], '"bb"', '"bx"') }), ["a"]);
  assertEquals(await changedBy(project, { "deno.lock": edit(project["deno.lock"], '"cc"', '"cx"') }), []);
  assertEquals(await changedBy(project, { "main.ts": edit(project["main.ts"], "x@1", "x@2") }), ["a"]);
});

Deno.test("packages: elements of JSX come from the package that deno.json names", async () => {
  const project: Project = {
    "main.tsx": `import { defineStage } from "@cairn/cairn";
const Box = (props: { text: string }) => <b title="x">{props.text} is  here</b>;
export const a = defineStage({ name: "a", outputs: {}, run: () => ({ m: <Box text="a" /> }) });
export const b = defineStage({ name: "b", outputs: {}, run: () => ({ m: 1 }) });
`,
    "deno.json":
      `{ "imports": { "@cairn/cairn": "../cairn/mod.ts", "preact": "npm:preact@10" }, "compilerOptions": { "jsxImportSource": "preact" } }`,
    "deno.lock":
      `{ "version": "5", "specifiers": { "npm:preact@10": "10.1.0" }, "npm": { "preact@10.1.0": { "integrity": "aa" } } }`,
  };
  assertEquals(await changedBy(project, { "deno.lock": edit(project["deno.lock"], '"aa"', '"bb"') }), ["a"]);
  assertEquals(
    await changedBy(project, { "main.tsx": edit(project["main.tsx"], "is  here<", "is  here\n  <") }),
    [],
  );
  assertEquals(await changedBy(project, { "main.tsx": edit(project["main.tsx"], "is  here", "is here") }), [
    "a",
  ]);
  assertEquals(await changedBy(project, { "main.tsx": edit(project["main.tsx"], "is  here", "was here") }), [
    "a",
  ]);
  assertEquals(
    await changedBy(project, { "main.tsx": edit(project["main.tsx"], 'title="x"', 'title="y"') }),
    ["a"],
  );
});

Deno.test("packages: one that deno.json links counts by its source files, whatever its version", async () => {
  const project: Project = {
    "main.ts": `import { defineStage } from "@cairn/cairn";
import { f } from "@me/tools";
export const a = defineStage({ name: "a", outputs: {}, run: () => ({ m: f() }) });
export const b = defineStage({ name: "b", outputs: {}, run: () => ({ m: 1 }) });
`,
    "deno.json":
      `{ "imports": { "@cairn/cairn": "../cairn/mod.ts", "@me/tools": "jsr:@me/tools@^1.0.0" }, "links": ["./tools"] }`,
    "tools/deno.json": `{ "name": "@me/tools", "version": "1.0.0", "exports": "./mod.ts" }`,
    "tools/mod.ts": `export { f } from "./deep/f.ts";`,
    "tools/deep/f.ts": "export const f = () => 1;",
    "tools/node_modules/x/x.js": "1",
    "tools/notes.md": "one",
  };
  const edited = (file: string, from: string, to: string) =>
    changedBy(project, { [file]: edit(project[file], from, to) });
  assertEquals(await edited("tools/deep/f.ts", "=> 1", "=> 2"), ["a"]);
  assertEquals(await edited("tools/notes.md", "one", "two"), []);
  assertEquals(await edited("tools/node_modules/x/x.js", "1", "2"), []);
});
