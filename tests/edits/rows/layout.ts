/** A file that nobody has formatted, and a project whose deno.json gives folders names of their own. */
import { config, replace } from "../project.ts";
import type { Table } from "../table.ts";

const UGLY = `import {note} from '../note.ts'
import {jsonCacher} from "@cairn/cairn/cachers"
import {defineStage,
  defineExperiment} from "@cairn/cairn"
import {zeta, alpha} from './ugly_lib.ts'
import type {Pair} from './ugly_lib.ts'

const first = defineStage({ 'name':'first', params:[], outputs:{firstOut:jsonCacher<(string|number)[]>()},
  run:()=>{ note('only/first')
    const pair:Pair = [ alpha ( 1 ),zeta(2) ,]
    const s = "say \\"hi\\"", t = 'it\\'s', u = 'plain'
    const grow = x => x+1
    if (pair[0] > 100) return { firstOut:[ u ] }
    if (pair[0] > 50)
      return {firstOut:[t]}
    else
      for (const each of [1,2,3,])
        pair.push(grow(each))
    const made = new Map
    made.set('a', ((1)))
    const long = [ 'aaaaaaaaaaaaaaaaaaaaaaaaaaa','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','cccccccccccccccccccc','d' ]
    do pair.push(pair.length); while (pair.length<8)
    while(pair.length>7) pair.pop()
    switch (made.size) { case 1: pair.push(7); break
      default: break }
    ;[s,t].forEach(async text => { await text; })
    return { firstOut : [ ...pair,...long , s, t, u, .5, 1E3, 0XFF ] } } })

export default defineExperiment({name:"layout",params:[{name:'only'}],stages:[first]})
`;

const UGLY_LIB = `export type Pair = number [ ];
export function alpha ( x:number ) { return (x*(2)) }
export const zeta=( x : number )=>x+alpha ( x ),
  other = function(x:number){ return x }
`;

async function format(dir: string, ...flags: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--no-config", ...flags, "layout/exp.ts", "layout/ugly_lib.ts"],
    cwd: dir,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

export const layout: Table = {
  name: "layout",
  files: { "layout/exp.ts": UGLY, "layout/ugly_lib.ts": UGLY_LIB },
  how: { entry: "layout/exp.ts" },
  first: 1,
  rows: [
    { name: "deno fmt", byHand: (dir) => format(dir), runs: [] },
    { name: "deno fmt, with short lines", byHand: (dir) => format(dir, "--line-width", "40"), runs: [] },
    {
      name: "deno fmt, with tabs",
      byHand: (dir) => format(dir, "--use-tabs", "--indent-width", "8"),
      runs: [],
    },
    { name: "deno fmt, with single quotes", byHand: (dir) => format(dir, "--single-quote"), runs: [] },
    { name: "deno fmt, with no semicolons", byHand: (dir) => format(dir, "--no-semicolons"), runs: [] },
    {
      name: "deno fmt, twice in different ways",
      byHand: async (dir, again) => {
        await format(dir);
        await again();
        await format(dir, "--single-quote", "--no-semicolons", "--line-width", "60");
      },
      runs: [],
    },
  ],
};

const ALIASES = `import { defineExperiment, defineStage } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";
import { note } from "../note.ts";
import { helper } from "#lib/helper.ts";
import { tool } from "@cairn-edits/member";

const first = defineStage({
  name: "first",
  params: [],
  outputs: { firstOut: jsonCacher<number>() },
  run: () => {
    note("only/first");
    return { firstOut: helper(1) };
  },
});

const second = defineStage({
  name: "second",
  inputs: ["firstOut"],
  params: [],
  outputs: { secondOut: jsonCacher<number>() },
  run: ({ firstOut }: { firstOut: number }) => {
    note("only/second");
    return { secondOut: firstOut };
  },
});

const third = defineStage({
  name: "third",
  params: [],
  outputs: { thirdOut: jsonCacher<number>() },
  run: () => {
    note("only/third");
    return { thirdOut: tool(1) };
  },
});

const fourth = defineStage({
  name: "fourth",
  params: [],
  outputs: { fourthOut: jsonCacher<number>() },
  run: async () => {
    note("only/fourth");
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const answer = await new Promise<number>((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage(1);
    });
    worker.terminate();
    return { fourthOut: answer };
  },
});

export default defineExperiment({
  name: "aliases",
  params: [{ name: "only" }],
  stages: [first, second, third, fourth],
});
`;

const WORKER = `import { worked } from "./worked.ts";

self.onmessage = ({ data }) => self.postMessage(worked(data));
`;

/** A deno.json with a workspace, and these names besides. */
const settings = (imports: Record<string, string>) =>
  JSON.stringify({ ...JSON.parse(config(imports)), workspace: ["./member"] });

const helper = (body: string) =>
  `import { base } from "#base";

export function helper(x: number): number {
  return ${body};
}

export function beside(x: number): number {
  return x;
}
`;

export const aliases: Table = {
  name: "an import map and a workspace",
  files: {
    "deno.json": settings({ "#lib/": "./lib/", "#base": "./base.ts" }),
    "aliases/exp.ts": ALIASES,
    "lib/helper.ts": helper("base + x"),
    "other/helper.ts": helper("x + base"),
    "base.ts": "export const base = 1;\n",
    "member/deno.json": `{ "name": "@cairn-edits/member", "version": "0.1.0", "exports": "./mod.ts" }`,
    "member/mod.ts": `export { tool } from "./tool.ts";\n`,
    "member/tool.ts": "export const tool = (x: number) => x + 1;\nexport const beside = 1;\n",
    "aliases/worker.ts": WORKER,
    "aliases/worked.ts": "export const worked = (x: number) => x + 1;\n",
  },
  how: { entry: "aliases/exp.ts" },
  first: 4,
  rows: [
    { name: "a helper", edit: { "lib/helper.ts": replace(["base + x", "x + base"]) }, runs: ["*/first"] },
    {
      name: "what lies beside a helper",
      edit: { "lib/helper.ts": replace(["return x;", "return -x;"]) },
      runs: [],
    },
    {
      name: "what a helper imports",
      edit: { "base.ts": "export const base = 2;\n" },
      runs: ["*/first", "*/second"],
    },
    {
      name: "a comment in what a helper imports",
      edit: { "base.ts": (old) => `// first\n${old}` },
      runs: [],
    },
    {
      name: "the import map itself, which leads elsewhere",
      edit: { "deno.json": settings({ "#lib/": "./other/", "#base": "./base.ts" }) },
      runs: ["*/first"],
    },
    {
      name: "a package of the workspace",
      edit: { "member/tool.ts": replace(["x + 1", "1 + x"]) },
      runs: ["*/third"],
    },
    {
      name: "what lies beside it in that package",
      edit: { "member/tool.ts": replace(["beside = 1", "beside = 2"]) },
      runs: [],
    },
    {
      name: "a worker",
      edit: {
        "aliases/worker.ts": replace(["worked(data)", "(worked(data))"], [
          "self.onmessage",
          "void 0;\nself.onmessage",
        ]),
      },
      runs: ["*/fourth"],
      lenient: { also: [[]], why: "a worker is not imported" },
    },
    {
      name: "what a worker imports, its results different",
      edit: { "aliases/worked.ts": replace(["x + 1", "x + 2"]) },
      runs: ["*/fourth"],
    },
    {
      name: "one more name in the import map",
      edit: { "deno.json": settings({ "#lib/": "./lib/", "#base": "./base.ts", "#more": "./more.ts" }) },
      runs: [],
    },
  ],
};
