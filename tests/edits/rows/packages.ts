/** Packages from a registry: they count by the version that deno.lock says. */
import { config, replace } from "../project.ts";
import { type Registry, serveRegistry } from "../registry.ts";
import type { Table } from "../table.ts";

const release = (name: string, value: number, more = "", dependencies = {}) => ({
  files: { "mod.js": `${more}export const ${name} = () => ${value};\n` },
  dependencies,
});

const needsPart = `import { part } from "@cairn-edits/part";\nexport const parted = () => part();\n`;

/** `tool` needs `part`; `other` needs nothing. */
const PACKAGES = {
  "@cairn-edits/tool": {
    "1.0.0": release("tool", 1, needsPart, { "@cairn-edits/part": "^1.0.0" }),
    "1.1.0": release("tool", 1, needsPart, { "@cairn-edits/part": "^1.0.0" }),
    "1.2.0": release("tool", 2, needsPart, { "@cairn-edits/part": "^1.0.0" }),
  },
  "@cairn-edits/part": { "1.0.0": release("part", 5), "1.0.1": release("part", 5, "// repaired\n") },
  "@cairn-edits/other": { "1.0.0": release("other", 3), "1.1.0": release("other", 4) },
};

const STAGES = `import { defineExperiment, defineStage } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";
import { note } from "../note.ts";
import { helped } from "./helper.ts";
import { other } from "npm:@cairn-edits/other@^1.0.0";

const withTool = defineStage({
  name: "withTool",
  params: [],
  outputs: { tooled: jsonCacher<number>() },
  run: () => {
    note("only/withTool");
    return { tooled: helped() };
  },
});

const afterTool = defineStage({
  name: "afterTool",
  inputs: ["tooled"],
  params: [],
  outputs: { afterOut: jsonCacher<number>() },
  run: ({ tooled }: { tooled: number }) => {
    note("only/afterTool");
    return { afterOut: tooled + 1 };
  },
});

const withOther = defineStage({
  name: "withOther",
  params: [],
  outputs: { othered: jsonCacher<number>() },
  run: () => {
    note("only/withOther");
    return { othered: other() };
  },
});

const withNone = defineStage({
  name: "withNone",
  params: [],
  outputs: { none: jsonCacher<number>() },
  run: () => {
    note("only/withNone");
    return { none: 1 };
  },
});

export default defineExperiment({
  name: "packages",
  params: [{ name: "only" }],
  stages: [withTool, afterTool, withOther, withNone],
});
`;

const HELPER = `import { tool } from "tool";

export function helped(): number {
  return tool();
}

export const unhelped = 1;
`;

/** The table, and the registry that it needs. */
export async function packages(): Promise<{ table: Table; registry: Registry }> {
  const registry = serveRegistry(PACKAGES);
  const locks = await Promise.all([
    lock(registry, { tool: "1.0.0", part: "1.0.0", other: "1.0.0" }),
    lock(registry, { tool: "1.1.0", part: "1.0.0", other: "1.0.0" }),
    lock(registry, { tool: "1.2.0", part: "1.0.0", other: "1.0.0" }),
    lock(registry, { tool: "1.0.0", part: "1.0.1", other: "1.0.0" }),
    lock(registry, { tool: "1.0.0", part: "1.0.0", other: "1.1.0" }),
  ]);
  const [first, newer, newest, newPart, newOther] = locks as [string, string, string, string, string];
  const table: Table = {
    name: "packages",
    files: {
      "deno.json": config({ "tool": "npm:@cairn-edits/tool@^1.0.0" }),
      "deno.lock": first,
      ".npmrc": `@cairn-edits:registry=${registry.url}\n`,
      "packages/exp.ts": STAGES,
      "packages/helper.ts": HELPER,
    },
    how: { entry: "packages/exp.ts", lock: true },
    first: 4,
    rows: [
      { name: "nothing", runs: [] },
      {
        name: "a package upgraded, its results the same",
        edit: { "deno.lock": newer },
        runs: ["*/withTool"],
      },
      { name: "a package upgraded", edit: { "deno.lock": newest }, runs: ["*/withTool", "*/afterTool"] },
      {
        name: "a package upgraded and downgraded, with a run in between",
        byHand: async (dir, again) => {
          Deno.writeTextFileSync(`${dir}/deno.lock`, newest);
          await again();
          Deno.writeTextFileSync(`${dir}/deno.lock`, first);
        },
        runs: [],
      },
      { name: "another package upgraded", edit: { "deno.lock": newOther }, runs: ["*/withOther"] },
      {
        name: "a package upgraded that a package needs",
        edit: { "deno.lock": newPart },
        runs: ["*/withTool"],
        lenient: { also: [[]], why: "the version is that of the package which is imported" },
      },
      {
        name: "what lies beside a helper with a package",
        edit: { "packages/helper.ts": replace(["unhelped = 1", "unhelped = 2"]) },
        runs: [],
      },
      {
        name: "a package by another name, its version the same",
        edit: {
          "deno.json": config({ "toolbox": "npm:@cairn-edits/tool@^1.0.0" }),
          "packages/helper.ts": replace([`from "tool"`, `from "toolbox"`]),
        },
        runs: [],
        lenient: { also: [["*/withTool"]], why: "the name that it is imported by may count as code" },
      },
    ],
  };
  return { table, registry };
}

/** A deno.lock with these versions. */
async function lock(registry: Registry, versions: Readonly<Record<"tool" | "part" | "other", string>>) {
  const entries = Object.entries(versions).map(async ([short, version]) => {
    const response = await fetch(`${registry.url}@cairn-edits/${short}`);
    const { integrity, tarball } = (await response.json()).versions[version].dist;
    const needs = short === "tool" ? { dependencies: ["@cairn-edits/part"] } : {};
    return [`@cairn-edits/${short}@${version}`, { integrity, ...needs, tarball }];
  });
  return JSON.stringify(
    {
      version: "5",
      specifiers: { "npm:@cairn-edits/other@1": versions.other, "npm:@cairn-edits/tool@1": versions.tool },
      npm: Object.fromEntries(await Promise.all(entries)),
    },
    null,
    2,
  );
}
