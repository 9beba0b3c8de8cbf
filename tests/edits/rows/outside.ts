/** Constants from outside, and values that are paths. */
import { cached, changeFiles, type Changes, fixture, replace } from "../project.ts";
import type { Table } from "../table.ts";

const MODEL = "CAIRN_EDITS_MODEL";

export const outside: Table = {
  name: "constants from outside",
  files: fixture("outside"),
  how: { entry: "outside/exp.ts" },
  first: 7,
  rows: [
    {
      name: "a warning for each that nobody declares",
      first: true,
      runs: [
        "*/captured",
        "*/declared",
        "*/ofArguments",
        "*/ofFetch",
        "*/ofFile",
        "*/ofProcess",
        "*/ordinary",
      ],
      warns: /(?=[^]*OF_ARGUMENTS)(?=[^]*OF_FILE)(?=[^]*OF_FETCH)(?=[^]*OF_PROCESS)/,
      keepsQuiet: /CAPTURED|DECLARED|UNREAD|ORDINARY/,
    },
    {
      name: "a variable of the environment, declared by its name and by its value",
      how: { env: { [MODEL]: "big" } },
      runs: ["*/captured", "*/declared"],
      impure: true,
    },
    {
      name: "what nobody reads",
      edit: {
        "outside/constants.ts": replace([
          "export const UNREAD",
          "export const UNREAD_TOO = Date.now();\nexport const UNREAD",
        ]),
      },
      runs: [],
      keepsQuiet: /UNREAD/,
    },
    {
      name: "an ordinary constant beside them",
      edit: { "outside/constants.ts": replace([`"ordinary"`, `"plain"`]) },
      runs: ["*/ordinary"],
    },
  ],
};

const EXP = "paths/exp.ts";

function edit(from: string, to: string): Changes {
  return { [EXP]: replace([from, to]) };
}

function remove(dir: string, stage: string, output: string): void {
  for (const path of cached(dir, stage, output)) Deno.removeSync(path);
}

const GONE =
  "a reference in the middle whose file changed may count as gone and not needed, or be made again";

export const paths: Table = {
  name: "values that are paths",
  files: fixture("paths"),
  how: { entry: EXP },
  first: 6,
  rows: [
    {
      name: "the stage before those that write, its results the same",
      edit: edit(`"abc"`, `"ab" + "c"`),
      runs: ["*/source"],
    },
    {
      name: "the stage before those that write",
      edit: edit(`"abc"`, `"abd"`),
      runs: ["*/last", "*/measure", "*/read", "*/refer", "*/source", "*/write"],
    },
    {
      name: "the stage that writes at its place, its bytes the same",
      edit: edit("text.toUpperCase()", '(text.toUpperCase())["trim"]()'),
      runs: ["*/write"],
    },
    {
      name: "the stage that writes at its place",
      edit: edit("text.toUpperCase()", "text.repeat(2)"),
      runs: ["*/read", "*/write"],
    },
    {
      name: "the stage that reads what was taken over",
      edit: edit(`"abc"`, `"ab" + "c"`),
      byHand: async (dir, again) => {
        await again();
        changeFiles(dir, edit("Deno.readTextFileSync(written)", "Deno.readTextFileSync(written).trim()"));
      },
      runs: ["*/read"],
    },
    {
      name: "the stage that writes elsewhere, its bytes the same",
      edit: edit(
        'Deno.writeTextFileSync("elsewhere/text.txt", `${text}\\n`)',
        'Deno.writeTextFileSync("elsewhere/text.txt", text + "\\n")',
      ),
      runs: ["*/refer"],
    },
    {
      name: "the file that a final reference leads to, changed",
      byHand: (dir) => Deno.writeTextFileSync(`${dir}/elsewhere/last.txt`, "abd\n"),
      runs: ["*/last"],
    },
    {
      name: "the file that a final reference leads to, gone",
      byHand: (dir) => Deno.removeSync(`${dir}/elsewhere/last.txt`),
      runs: ["*/last"],
    },
    {
      name: "the file that a final reference leads to, touched",
      byHand: (dir) => Deno.utimeSync(`${dir}/elsewhere/last.txt`, new Date(), new Date()),
      runs: [],
    },
    {
      name: "the file that a reference in the middle leads to, changed",
      byHand: (dir) => Deno.writeTextFileSync(`${dir}/elsewhere/text.txt`, "abcd\n"),
      runs: [],
      lenient: { also: [["*/refer"]], why: GONE },
    },
    {
      name: "the file that a reference in the middle leads to, changed, and what follows deleted",
      byHand: (dir) => {
        Deno.writeTextFileSync(`${dir}/elsewhere/text.txt`, "abcd\n");
        remove(dir, "measure", "size");
      },
      runs: ["*/measure", "*/refer"],
    },
    {
      name: "the file that a stage wrote at its place, changed by hand, and what follows deleted",
      byHand: (dir) => {
        for (const path of cached(dir, "write", "written")) Deno.writeTextFileSync(path, "changed");
        remove(dir, "read", "readOut");
      },
      runs: ["*/read", "*/write"],
    },
  ],
};
