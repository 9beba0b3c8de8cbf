/** What a stage depends on besides its code, and what follows where it changed. */
import { cached, type Changes, fixture, replace } from "../project.ts";
import type { Row, Table } from "../table.ts";

const EXP = "sources/exp.ts";
const RAW = "sources/raw";

function edit(from: string, to: string): Changes {
  return { [EXP]: replace([from, to]) };
}

/** Stages that no parameter reaches are shared: they run once, for the first record. */
const files: readonly Row[] = [
  {
    name: "a file edited",
    edit: { [`${RAW}/data.csv`]: "x\n1\n2\n3\n" },
    runs: ["a/readFile", "a/afterFile"],
  },
  {
    name: "a file edited, what is read of it the same",
    edit: { [`${RAW}/data.csv`]: "x\n1\n2\n\n" },
    runs: ["a/readFile"],
    again: [],
    compared: true,
  },
  {
    name: "a file edited, its size the same",
    edit: { [`${RAW}/data.csv`]: "x\n1\n3\n" },
    runs: ["a/readFile", "a/afterFile"],
  },
  {
    name: "a file touched",
    byHand: (dir) => Deno.utimeSync(`${dir}/${RAW}/data.csv`, new Date(), new Date()),
    runs: [],
  },
  {
    name: "a file written again with the same content",
    byHand: (dir) => {
      const text = Deno.readTextFileSync(`${dir}/${RAW}/data.csv`);
      Deno.removeSync(`${dir}/${RAW}/data.csv`);
      Deno.writeTextFileSync(`${dir}/${RAW}/data.csv`, text);
    },
    runs: [],
  },
  { name: "a file that nobody declared", edit: { [`${RAW}/c.txt`]: "3\n" }, runs: [] },
  { name: "a file gone", edit: { [`${RAW}/data.csv`]: null }, runs: [], fails: /sources\/raw\/data\.csv/ },
  {
    name: "a file added to a folder",
    edit: { [`${RAW}/parts/three.txt`]: "three\n" },
    runs: ["a/readFolder"],
  },
  {
    name: "a file added far below a folder",
    edit: { [`${RAW}/parts/more/three.txt`]: "three\n" },
    runs: ["a/readFolder"],
  },
  { name: "a file in a folder edited", edit: { [`${RAW}/parts/two.txt`]: "2\n" }, runs: ["a/readFolder"] },
  { name: "a file in a folder gone", edit: { [`${RAW}/parts/two.txt`]: null }, runs: ["a/readFolder"] },
  {
    name: "a file in a folder renamed",
    byHand: (dir) => Deno.renameSync(`${dir}/${RAW}/parts/two.txt`, `${dir}/${RAW}/parts/zwei.txt`),
    runs: ["a/readFolder"],
  },
  { name: "a folder gone", edit: { [`${RAW}/parts`]: null }, runs: [], fails: /sources\/raw\/parts/ },
  { name: "the file of one record", edit: { [`${RAW}/b.txt`]: "5\n" }, runs: ["b/readOwn", "b/afterOwn"] },
  {
    name: "the file of one record, what is read of it the same",
    edit: { [`${RAW}/b.txt`]: "2.0\n" },
    runs: ["b/readOwn"],
  },
  {
    name: "the file of one record gone",
    edit: { [`${RAW}/b.txt`]: null },
    runs: [],
    fails: /sources\/raw\/b\.txt/,
  },
  {
    name: "one more declared file",
    edit: edit("files: [`${RAW}/parts`]", "files: [`${RAW}/parts`, `${RAW}/a.txt`]"),
    runs: ["a/readFolder"],
  },
  {
    name: "how the list of files is made",
    edit: edit(
      "files: ({ set }: { set: string }) => [`${RAW}/${set}.txt`]",
      "files: (own: { set: string }) => [RAW + `/${own.set}` + `.txt`]",
    ),
    runs: [],
  },
];

const MODEL = "CAIRN_EDITS_MODEL";

const environment: readonly Row[] = [
  {
    name: "a variable set",
    how: { env: { [MODEL]: "big" } },
    runs: ["a/ofEnvironment", "a/afterEnvironment"],
  },
  {
    name: "a variable set, its results the same",
    how: { env: { [MODEL]: "NONE" } },
    runs: ["a/ofEnvironment"],
    again: [],
    compared: true,
  },
  {
    name: "a variable set to nothing is not unset",
    how: { env: { [MODEL]: "" } },
    runs: ["a/ofEnvironment"],
  },
  { name: "another variable set", how: { env: { CAIRN_EDITS_OTHER: "big" } }, runs: [] },
  {
    name: "a variable set and unset again",
    byHand: (_, again) => again({ env: { [MODEL]: "big" } }),
    runs: [],
  },
  {
    name: "one more declared variable",
    edit: edit(`env: ["CAIRN_EDITS_MODEL"]`, `env: ["CAIRN_EDITS_MODEL", "CAIRN_EDITS_OTHER"]`),
    runs: ["a/ofEnvironment"],
  },
];

const memory: readonly Row[] = [
  {
    name: "the stage before one in memory, its results the same",
    edit: edit("origin: 3 }", "origin: 1 + 2 }"),
    runs: ["a/origin"],
    again: [],
    compared: true,
  },
  {
    name: "the stage before one in memory, its results different",
    edit: edit("origin: 3 }", "origin: 5 }"),
    runs: ["a/origin", "a/session", "a/answer", "a/afterAnswer"],
  },
  {
    name: "a stage in memory: nobody can say whether its value is the same",
    edit: edit("(x: number) => x * origin", "(x: number) => origin * x"),
    runs: ["a/session", "a/answer"],
  },
  {
    name: "a comment in a stage in memory",
    edit: edit("(x: number) => x * origin", "(x: number) => x * origin /* product */"),
    runs: [],
  },
  {
    name: "the stage after one in memory",
    edit: edit("ask(7)", "ask(1 + 6)"),
    runs: ["a/session", "a/answer"],
  },
  {
    name: "the stage after one in memory, what comes before it deleted",
    edit: edit("ask(7)", "ask(1 + 6)"),
    byHand: (dir) => cached(dir, "origin", "origin").forEach((path) => Deno.removeSync(path)),
    runs: ["a/origin", "a/session", "a/answer"],
  },
  {
    name: "the artifact after a stage in memory deleted, nobody needs it",
    byHand: (dir) => cached(dir, "answer", "answer").forEach((path) => Deno.removeSync(path)),
    runs: [],
  },
  {
    name: "the artifact at the end, and the one after a stage in memory deleted",
    byHand: (dir) => {
      for (const [stage, output] of [["answer", "answer"], ["afterAnswer", "isOdd"]] as const) {
        cached(dir, stage, output).forEach((path) => Deno.removeSync(path));
      }
    },
    runs: ["a/session", "a/answer", "a/afterAnswer"],
  },
];

const content: readonly Row[] = [
  {
    name: "a table of 1, which becomes one of text",
    edit: edit("[{ value: 1 }]", `[{ value: "1" }]`),
    runs: ["a/table", "a/afterTable"],
    again: [],
    compared: true,
  },
  {
    name: "a table of 1, written otherwise",
    edit: edit("[{ value: 1 }]", `[{ value: 2 - 1 }]`),
    runs: ["a/table"],
  },
  {
    name: "equal content by two recipes in one run: one task, for either record",
    edit: edit("return { half: square / 2 }", "return { half: square * 0.5 }"),
    runs: ["*/afterSquare"],
  },
  {
    name: "a parameter whose results another record has made already",
    edit: edit(`name: "b", set: "b", number: 3`, `name: "b", set: "b", number: -2`),
    runs: ["b/square"],
  },
  {
    name: "equal content by two recipes in one run, an edit of what follows",
    edit: {
      [EXP]: replace(
        [`name: "b", set: "b", number: 3`, `name: "b", set: "b", number: -2`],
        ["return { half: square / 2 }", "return { half: square * 0.5 }"],
      ),
    },
    runs: ["b/square", "a/afterSquare"],
    lenient: { also: [["b/square", "b/afterSquare"]], why: "it runs once, for one of the two records" },
  },
  {
    name: "equal content by two recipes in one run, both of them new",
    edit: {
      [EXP]: replace(
        [`set: "a", number: 2`, `set: "a", number: 5`],
        [`set: "b", number: 3`, `set: "b", number: -5`],
      ),
    },
    runs: ["a/afterSquare", "a/square", "b/square"],
    again: [],
    compared: true,
    lenient: {
      also: [["a/square", "b/afterSquare", "b/square"]],
      why: "it runs once, for one of the two records",
    },
  },
  {
    name: "1 and the text of it are two parameters",
    edit: edit(`set: "b", number: 3`, `set: "b", number: "2" as never`),
    runs: ["b/square"],
  },
];

export const sources: Table = {
  name: "files, environment, memory, content",
  files: fixture("sources"),
  how: { entry: EXP },
  first: 19,
  rows: [...files, ...environment, ...memory, ...content],
};

const AGES = "ages/exp.ts";

export const ages: Table = {
  name: "ages",
  files: fixture("ages"),
  how: { entry: AGES },
  first: 5,
  always: ["*/always"],
  impure: true,
  rows: [
    { name: "nothing", runs: ["*/always"], again: ["*/always"] },
    {
      name: "new data of the same length",
      edit: { "ages/always.txt": "xyz\n" },
      runs: ["*/always", "*/afterAlways"],
      again: ["*/always"],
    },
    {
      name: "new data",
      edit: { "ages/always.txt": "abcdef\n" },
      runs: ["*/always", "*/afterAlways", "*/afterLength"],
    },
    {
      name: "new data that is not due",
      edit: { "ages/daily.txt": "abcdef\n" },
      runs: ["*/always"],
    },
    {
      name: "new data, and then the old again",
      byHand: async (dir, again) => {
        Deno.writeTextFileSync(`${dir}/ages/always.txt`, "abcdef\n");
        await again();
        Deno.writeTextFileSync(`${dir}/ages/always.txt`, "abc\n");
      },
      runs: ["*/always"],
      lenient: {
        upTo: ["*/afterAlways", "*/afterLength"],
        why: "the recipe is the same, so the newer artifact may have taken the older one's place",
      },
    },
    {
      name: "what follows edited",
      edit: { [AGES]: replace(["first.length", "[...first].length"]) },
      runs: ["*/always", "*/afterAlways"],
    },
    {
      name: "a longer age: it is not in the key",
      edit: { [AGES]: replace([`maxAge: "1d"`, `maxAge: "2d"`]) },
      runs: ["*/always"],
    },
    {
      name: "an age that is over",
      edit: { [AGES]: replace([`maxAge: "1d"`, "maxAge: 20"]), "ages/daily.txt": "abcdef\n" },
      byHand: () => new Promise((resolve) => setTimeout(resolve, 30)),
      runs: ["*/always", "*/daily", "*/afterDaily"],
      again: ["*/always", "*/daily"],
    },
    {
      name: "an age that is over, the data the same",
      edit: { [AGES]: replace([`maxAge: "1d"`, "maxAge: 20"]) },
      byHand: () => new Promise((resolve) => setTimeout(resolve, 30)),
      runs: ["*/always", "*/daily"],
      again: ["*/always", "*/daily"],
    },
    {
      name: "no age any more",
      edit: { [AGES]: replace(["  maxAge: 0,\n", ""]), "ages/always.txt": "abcdef\n" },
      runs: [],
      again: [],
    },
    {
      name: "a final stage that always runs",
      edit: { [AGES]: replace([`name: "afterLength",`, `name: "afterLength",\n  maxAge: 0,`]) },
      runs: ["*/always", "*/afterLength"],
      again: ["*/always", "*/afterLength"],
    },
    {
      name: "the artifact that is always new, deleted",
      byHand: (dir) => cached(dir, "always", "first").forEach((path) => Deno.removeSync(path)),
      runs: ["*/always"],
    },
    {
      name: "comments",
      edit: { [AGES]: (old) => `// first\n${old}` },
      runs: ["*/always"],
    },
  ],
};

const ROLL = "drift/roll.txt";

function roll(dir: string, to: string): void {
  Deno.writeTextFileSync(`${dir}/${ROLL}`, to);
}

function remove(dir: string, stage: string, output: string): void {
  const paths = cached(dir, stage, output);
  if (paths.length === 0) throw new Error(`No artifact ${stage}/${output} in the cache`);
  for (const path of paths) Deno.removeSync(path);
}

const ROLL_ALONE = { flags: ["--overwrite-stage", "roll", "--until", "roll"] };

export const drift: Table = {
  name: "a first stage that comes out different",
  files: fixture("drift"),
  how: { entry: "drift/exp.ts" },
  first: 4,
  impure: true,
  rows: [
    { name: "nobody runs it again", byHand: (dir) => roll(dir, "5"), runs: [] },
    {
      name: "run again in the same run",
      byHand: (dir) => roll(dir, "5"),
      how: { flags: ["--overwrite-stage", "roll"] },
      runs: ["*/end", "*/middle", "*/other", "*/roll"],
    },
    {
      name: "run again in the same run, and the same",
      how: { flags: ["--overwrite-stage", "roll"] },
      runs: ["*/roll"],
    },
    {
      name: "run again by itself: what was made of the old one is not true any more",
      byHand: async (dir, again) => {
        roll(dir, "5");
        await again(ROLL_ALONE);
      },
      runs: ["*/end", "*/middle", "*/other"],
    },
    {
      name: "run again by itself, and the same",
      byHand: (_, again) => again(ROLL_ALONE),
      runs: [],
    },
    {
      name: "run again by itself, what lies between deleted",
      byHand: async (dir, again) => {
        roll(dir, "5");
        await again(ROLL_ALONE);
        remove(dir, "middle", "middling");
      },
      runs: ["*/end", "*/middle", "*/other"],
      again: [],
    },
    {
      name: "what lies between deleted, then run again by itself, and the same",
      byHand: async (dir, again) => {
        remove(dir, "middle", "middling");
        await again(ROLL_ALONE);
      },
      runs: [],
    },
    {
      name: "different and then the same again: what was made of that is still there",
      byHand: async (dir, again) => {
        roll(dir, "5");
        await again({ flags: ["--overwrite-stage", "roll"] });
        roll(dir, "4");
        await again(ROLL_ALONE);
      },
      runs: [],
      lenient: {
        also: [["*/end", "*/middle", "*/other"]],
        why: "under one recipe lies one artifact: the newer one may have taken the older one's place",
      },
    },
    {
      name: "the final artifacts alone are there, and it would come out different",
      byHand: (dir) => {
        roll(dir, "5");
        remove(dir, "roll", "rolled");
        remove(dir, "roll", "drawn");
        remove(dir, "middle", "middling");
      },
      runs: [],
    },
    {
      name: "one of two outputs deleted: outputs of two executions never mix",
      byHand: (dir) => {
        roll(dir, "5");
        remove(dir, "roll", "drawn");
        remove(dir, "other", "otherwise");
      },
      runs: ["*/end", "*/middle", "*/other", "*/roll"],
      again: [],
    },
    {
      name: "one of two outputs deleted, and nobody needs it",
      byHand: (dir) => {
        roll(dir, "5");
        remove(dir, "roll", "drawn");
      },
      runs: [],
    },
    {
      name: "a final artifact deleted, the first stage different by itself",
      byHand: async (dir, again) => {
        roll(dir, "5");
        await again(ROLL_ALONE);
        remove(dir, "end", "ended");
        remove(dir, "other", "otherwise");
      },
      runs: ["*/end", "*/middle", "*/other"],
    },
  ],
};
