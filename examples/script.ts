/**
 * Stages in a script, without an experiment or the command line: a record goes from one to the next.
 *
 * ```sh
 * deno run --allow-read=. --allow-write=data examples/script.ts
 * ```
 *
 * @module
 */
import {
  createRecord,
  defineAggregate,
  defineStage,
  openWorkspace,
  runAggregate,
  runStage,
  runStages,
  valueOf,
} from "@cairn/cairn";
import { csvCacher, jsonCacher } from "@cairn/cairn/cachers";

const TEXTS = {
  keats: "A thing of beauty is a joy for ever: its loveliness increases; it will never pass into nothingness",
  blake: "To see a world in a grain of sand and a heaven in a wild flower",
  donne: "No man is an island entire of itself; every man is a piece of the continent, a part of the main",
};

export const tokenise = defineStage({
  name: "tokenise",
  inputs: ["text"],
  params: [],
  outputs: { words: jsonCacher<string[]>() },
  run: ({ text }: { text: string }) => ({ words: text.toLowerCase().match(/[a-z]+/g) ?? [] }),
});

export const select = defineStage({
  name: "select",
  inputs: ["words"],
  params: ["shortest"],
  outputs: { selected: jsonCacher<string[]>() },
  run: ({ words, params }: { words: string[]; params: { shortest: number } }) => ({
    selected: words.filter((word) => word.length >= params.shortest),
  }),
});

export const count = defineStage({
  name: "count",
  inputs: ["selected"],
  params: [],
  outputs: { counts: csvCacher<{ word: string; count: number }>() },
  run: ({ selected }: { selected: string[] }) => {
    const groups = Map.groupBy(selected, (word) => word);
    return { counts: [...groups].map(([word, all]) => ({ word, count: all.length })) };
  },
});

export const common = defineAggregate({
  name: "common",
  inputs: ["counts"],
  params: [],
  outputs: { words: jsonCacher<{ word: string; texts: string[] }[]>() },
  run: (states: readonly { name: string; counts: { word: string }[] }[]) => {
    const found = states.flatMap(({ name, counts }) => counts.map(({ word }) => ({ word, name })));
    const groups = [...Map.groupBy(found, ({ word }) => word)].filter(([, all]) => all.length > 1);
    return { words: groups.map(([word, all]) => ({ word, texts: all.map(({ name }) => name) })) };
  },
});

export async function main(dir: string) {
  const workspace = openWorkspace({ dir, experiment: "poems", module: import.meta.url });
  const records = await Promise.all(
    Object.entries(TEXTS).map(async ([name, text]) => {
      // The text is a value to start with: it is hashed, as the output of an earlier stage would be.
      const empty = createRecord(workspace, { name, shortest: 2 }, { text });
      const tokenised = await runStage(empty, tokenise); // a new record: `empty` is as it was
      return await runStages(tokenised, [select, count]);
    }),
  );
  const total = await runAggregate(records, common);
  return {
    verdicts: [...records, total].flatMap(({ stages }) => stages.map(({ verdict }) => verdict)),
    counts: await valueOf(records[0]!, count, "counts"), // typed by the stage
    words: await valueOf(total, common, "words"),
  };
}

if (import.meta.main) console.log(await main("data"));
