/**
 * Projects in memory, and the code of the stages in them.
 *
 * @module
 */
import { analyseModule } from "../../../../core/plan/code/analyse_module.ts";
import { findStage } from "../../../../core/plan/code/find_stage.ts";
import { fingerprint } from "../../../../core/plan/code/fingerprint.ts";
import { moduleGraph } from "../../../../core/plan/code/module_graph.ts";
import { mutationsIn } from "../../../../core/plan/code/mutations.ts";
import { loadParser } from "../../../../core/plan/code/parser.ts";
import type { StageCode } from "../../../../core/plan/code/stage_code_type.ts";
import type { Sources } from "../../../../core/store/sources.ts";

/** The files of a project by path. */
export type Project = Readonly<Record<string, string>>;

/** Where the project lies, and where Cairn does. */
const ROOT = "file:///project/";
const CAIRN = "file:///cairn/";

/** What every project has: Cairn under its name. */
const CONFIG: Project = {
  "deno.json": JSON.stringify({
    imports: {
      "@cairn/cairn": "../cairn/mod.ts",
      "@cairn/cairn/cachers": "../cairn/cachers/mod.ts",
    },
  }),
};

/** A project as sources. */
export function memorySources(project: Project): Sources {
  const files = new Map(Object.entries({ ...CONFIG, ...project }).map(([path, text]) => [ROOT + path, text]));
  return {
    read: (url) => {
      const text = files.get(url);
      return text === undefined ? undefined : { text, digest: text };
    },
    list: (folder) => [...files.keys()].filter((url) => url.startsWith(folder)).sort(),
    resolve: () => undefined,
  };
}

/** What a stage declares besides its code. */
export interface Declared {
  readonly captures?: Readonly<Record<string, unknown>>;
  readonly env?: readonly string[];
  readonly hasFiles?: boolean;
}

/**
 * The code of every stage and aggregate that a project names.
 *
 * @param project The files; `main.ts` or `main.js` is the experiment.
 * @param declared What stages declare, by name.
 * @returns The code by the stage's name.
 */
export async function codesIn(
  project: Project,
  declared: Readonly<Record<string, Declared>> = {},
): Promise<Record<string, Omit<StageCode, "by">>> {
  const sources = memorySources(project);
  const parser = await loadParser();
  const entry = ["main.ts", "main.js", "main.tsx"].find((name) => name in project);
  const graph = await moduleGraph(`${ROOT}${entry}`, sources, { root: CAIRN, version: "0.1.0" }, (url) => {
    const source = sources.read(url);
    // Through JSON, as it is kept.
    return Promise.resolve(
      source === undefined ? undefined : JSON.parse(JSON.stringify(analyseModule(source.text, url, parser))),
    );
  });
  const mutations = mutationsIn(graph);
  const names = new Map(
    [...graph.modules.values()].flatMap(({ specs }) => specs).flatMap((spec) =>
      spec.name === null ? [] : [[spec.name, spec]]
    ),
  );
  const codes: Record<string, Omit<StageCode, "by">> = {};
  for (const [name, { text }] of names) {
    for (const kind of ["stage", "aggregate"] as const) {
      const sight = { kind, name, text: text ?? undefined };
      const places = findStage(graph, { ...sight, site: undefined });
      if (places.length === 0) continue;
      const { captures, env = [], hasFiles = false } = declared[name] ?? {};
      const facts = { ...sight, places, captures, env, hasFiles, saves: {} };
      codes[name] = fingerprint(
        graph,
        mutations,
        { ...facts, nth: 0, site: undefined },
        (url) => url.slice(ROOT.length),
      );
      break;
    }
  }
  return codes;
}

/**
 * The stages whose code is another after an edit.
 *
 * @param before The project.
 * @param after The files that are changed; null for one that is deleted.
 * @param declared What stages declare, by name.
 * @returns Their names, sorted; one that is new or gone is among them.
 */
export async function changedBy(
  before: Project,
  after: Readonly<Record<string, string | null>>,
  declared: Readonly<Record<string, Declared>> = {},
): Promise<string[]> {
  const edited = Object.entries({ ...before, ...after }).filter((entry): entry is [string, string] =>
    entry[1] !== null
  );
  const [old, now] = [await codesIn(before, declared), await codesIn(Object.fromEntries(edited), declared)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => old[name]?.digest !== now[name]?.digest).sort();
}

/**
 * One edit of a text.
 *
 * @param text The text.
 * @param from What is replaced; it is there just once.
 * @param to What takes its place.
 * @returns The text after it.
 */
export function edit(text: string | undefined, from: string, to: string): string {
  if (text?.split(from).length !== 2) {
    throw new Error(`Cannot edit: ${JSON.stringify(from)} is not there just once`);
  }
  return text.replace(from, () => to);
}
