/** Many small modules in one project, each with a stage: all edits at once, and still just the right stages run. */
import type { Changes, Files } from "../project.ts";
import { decoys, globals, type Snippet, snippets } from "../snippets.ts";
import type { Row, Table } from "../table.ts";

const AT = "snippets";

/** The names of all, which are stages as well, must differ: what is cosmetic bears a mark. */
const named = snippets.map((snippet): Snippet => snippet.runs === true ? snippet : prefixed(snippet));

function prefixed(snippet: Snippet): Snippet {
  const name = `${snippet.runs === false ? "no" : "may"}_${snippet.name}`;
  const rename = (text: string) => text.replaceAll(`${snippet.name}_`, `${name}_`);
  return { ...snippet, name, code: rename(snippet.code), from: rename(snippet.from), to: rename(snippet.to) };
}

/** The files of a snippet: the first by its name, the others by what stands above them. */
function filesOf({ name, code }: Snippet): [path: string, text: string][] {
  const [first, ...others] = code.split(/^\/\/\/\/ /m);
  const extension = first!.includes("@jsx") ? "tsx" : "ts";
  return [
    [`${AT}/${name}.${extension}`, first!],
    ...others.map((other): [string, string] => {
      const [path, ...lines] = other.split("\n");
      return [`${AT}/${path}`, lines.join("\n")];
    }),
  ];
}

/** The one file that the edit is in, changed. */
function editOf(snippet: Snippet): Changes {
  const { name, from, to } = snippet;
  const found = filesOf(snippet).filter(([, text]) => text.includes(from));
  const [file] = found;
  if (found.length !== 1 || file![1].split(from).length !== 2) {
    throw new Error(`Wanted ${JSON.stringify(from)} once in snippet ${name}`);
  }
  return { [file![0]]: file![1].split(from).join(to) };
}

function stageFile(snippet: Snippet): [path: string, text: string] {
  const { name } = snippet;
  const text = `import { defineStage } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";
import { note } from "../note.ts";
import { value } from "./${filesOf(snippet)[0]![0].slice(AT.length + 1)}";

export const stage = defineStage({
  name: "${name}",
  params: [],
  outputs: { ${name}Out: jsonCacher<unknown>() },
  run: async () => {
    note("only/${name}");
    return { ${name}Out: { value: (await value()) ?? null } };
  },
});
`;
  return [`${AT}/${name}_stage.ts`, text];
}

function files(all: readonly Snippet[]): Files {
  const lines = all.map(({ name }) => `import { stage as ${name} } from "./${name}_stage.ts";\n`);
  const exp = `import { defineExperiment } from "@cairn/cairn";
${lines.join("")}
export default defineExperiment({
  name: "snippets",
  params: [{ name: "only" }],
  stages: [${all.map(({ name }) => name).join(", ")}],
});
`;
  return Object.fromEntries([...all.flatMap(filesOf), ...all.map(stageFile), [`${AT}/exp.ts`, exp]]);
}

const edits = (all: readonly Snippet[]): Changes => Object.assign({}, ...all.map(editOf));
const stages = (all: readonly Snippet[]) => all.map(({ name }) => `*/${name}`);
const those = (runs: Snippet["runs"]) => named.filter((snippet) => snippet.runs === runs);

/** Where an import can't be followed, the edit of any module may count. */
const COMPUTED = ["*/lateConstant", "*/lateByFunction", "*/resolved"];
const UNFOLLOWED = { upTo: COMPUTED, why: "they import by a name that is computed, which widens" };
const SILENT = {
  upTo: [...stages(those("either")), ...COMPUTED],
  why: "the values are the same, and what layout is is nowhere said",
};

export const snippetTable: Table = {
  name: "snippets",
  files: files(named),
  how: { entry: `${AT}/exp.ts` },
  first: named.length,
  rows: [
    {
      name: `${decoys.length} edits beside what is reached, ${
        those(false).length
      } of comments, layout and types`,
      edit: { ...edits(decoys), ...edits(those(false)) },
      runs: [],
      lenient: UNFOLLOWED,
    },
    {
      name: `${those(true).length} edits that are real, ${
        those("either").length
      } that may be, and those of layout`,
      edit: { ...edits(those(true)), ...edits(those(false)), ...edits(those("either")) },
      runs: stages(those(true)),
      lenient: SILENT,
      again: [],
      compared: true,
    },
  ],
};

export const globalTable: Table = {
  name: "effects on what belongs to all",
  files: files(globals),
  how: { entry: `${AT}/exp.ts` },
  first: globals.length,
  rows: [
    ...globals.map((snippet): Row => ({
      name: `the effect of ${snippet.name}`,
      edit: editOf(snippet),
      runs: [`*/${snippet.name}`],
      lenient: { upTo: stages(globals), why: "who reads it need not name it" },
    })),
    {
      name: "comments",
      edit: Object.fromEntries(
        Object.keys(edits(globals)).map((path) => [path, (old: string) => `// first\n${old}`]),
      ),
      runs: [],
    },
  ],
};
