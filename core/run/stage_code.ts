/**
 * The code of the stages of an experiment.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { AggregateDescription } from "../define/aggregate.ts";
import { siteOf } from "../define/definition_site.ts";
import type { StageDescription } from "../define/stage.ts";
import type { Digest } from "../params/canonical.ts";
import { quote } from "../params/names.ts";
import type { ModuleAnalysis } from "../plan/code/analysis_type.ts";
import { findStage } from "../plan/code/find_stage.ts";
import { fingerprint, type StageFacts } from "../plan/code/fingerprint.ts";
import { type ModuleGraph, moduleGraph } from "../plan/code/module_graph.ts";
import { mutationsIn } from "../plan/code/mutations.ts";
import { textDigest } from "../plan/code/normal_text.ts";
import { loadParser, type Parser } from "../plan/code/parser.ts";
import type { StageCode } from "../plan/code/stage_code_type.ts";
import { customSaves, sourceOf, textCode } from "../plan/code/text_code.ts";
import type { KeptAnalysis } from "../store/code_cache.ts";
import { VERSION } from "../store/environment.ts";
import { fileSources, type Sources } from "../store/sources.ts";

type AnyDescription = StageDescription | AggregateDescription;

/** What the code of stages is found with. */
export interface CodeOptions {
  /** The file URL of the experiment's module; without one, the text of `run` has to do. */
  readonly module: string | undefined;
  readonly by: "experiment-module" | "script-module";
  readonly stages: readonly AnyDescription[];
  /** `false` where other stages of the module may follow, as in a script: what is known of it is kept then. */
  readonly whole?: boolean;
  /** What an earlier run kept. */
  readonly kept: KeptAnalysis | undefined;
}

/** The code of stages. */
export interface StageCodes {
  readonly codes: ReadonlyMap<AnyDescription, StageCode>;
  /** What the next run can use. */
  readonly kept: KeptAnalysis;
  /** Whether that differs from what was given. */
  readonly isNew: boolean;
  /** The paths of the local files that were read. */
  readonly files: readonly string[];
}

/** What it is done with; tests give their own. */
export interface CodeTools {
  readonly sources: Sources;
  readonly load: () => Promise<Parser>;
  /** The URL of the folder of Cairn's mod.ts. */
  readonly root: string;
}

const TOOLS: CodeTools = {
  sources: fileSources,
  load: loadParser,
  root: new URL("../../", import.meta.url).href,
};

/**
 * Finds the code of the stages of an experiment: all that each reaches through its module and what that imports.
 *
 * @param options The stages and their module.
 * @param tools What it is done with.
 * @returns The code of each stage, and what to keep for the next time.
 * @throws {Error} If Deno may not read a module.
 * @throws {TypeError} If a value in `captures` has no content to hash.
 */
export async function codeOfStages(options: CodeOptions, tools: CodeTools = TOOLS): Promise<StageCodes> {
  const codes = new Map<AnyDescription, StageCode>();
  const rest = options.stages.filter((stage) => {
    if (stage.version === undefined) return true;
    codes.set(stage, textCode(stage));
    return false;
  });
  const module = options.module;
  // In a notebook, and in an example of a document, there is no file where the module says that it is.
  const isFile = module?.startsWith("file:") && /\.[cm]?[jt]sx?$/.test(new URL(module).pathname) &&
    tools.sources.read(module) !== undefined;
  if (rest.length === 0 || module === undefined || !isFile) {
    const warnings = rest.length === 0 || module === undefined ? [] : [
      `Cannot follow the code of ${quote(module)}, which is no file: the text of "run" takes its place`,
    ];
    const nthOf = counter();
    for (const stage of rest) codes.set(stage, textCode(stage, warnings, nthOf(stage, sourceOf(stage.run))));
    return { codes, kept: options.kept ?? { modules: {}, texts: {} }, isNew: false, files: [] };
  }
  const analyser = analyserOf(options, tools);
  const graph = await moduleGraph(
    module,
    tools.sources,
    { root: tools.root, version: VERSION },
    analyser.module,
  );
  const mutations = mutationsIn(graph);
  const pathOf = projectPaths(module, tools.sources);
  const nthOf = counter();
  for (const stage of rest) {
    const facts = await factsOf(stage, graph, analyser.text);
    const nth = facts.places.length === 1 ? 0 : nthOf(stage, facts.text);
    codes.set(stage, { by: options.by, ...fingerprint(graph, mutations, { ...facts, nth }, pathOf) });
  }
  const files = [...graph.modules.keys()].map((url) => fromFileUrl(url.replace(/[?#].*$/, "")));
  return { codes, ...analyser.result(), files: [...new Set(files)] };
}

/** Stages that can't be told apart are not for that the same: what each captures, nobody knows. So they are numbered. */
function counter(): (stage: AnyDescription, text: string | undefined) => number {
  const counts = new Map<string, number>();
  return ({ kind, name }, text) => {
    const look = JSON.stringify([kind, name, text]);
    const nth = counts.get(look) ?? 0;
    counts.set(look, nth + 1);
    return nth;
  };
}

/** Loaded with the parser: most runs find all of their code analysed. */
async function analyse(text: string, name: string, load: CodeTools["load"]): Promise<ModuleAnalysis> {
  const [parser, { analyseModule }] = await Promise.all([load(), import("../plan/code/analyse_module.ts")]);
  return analyseModule(text, name, parser);
}

async function analyseFunction(text: string, load: CodeTools["load"]): Promise<string> {
  const [parser, { analyseText }] = await Promise.all([load(), import("../plan/code/analyse_text.ts")]);
  return analyseText(text, parser);
}

/** Analyses what was never analysed; the rest is as it was kept. */
function analyserOf({ kept, whole = true }: CodeOptions, { sources, load }: CodeTools): {
  readonly module: (url: string) => Promise<ModuleAnalysis | undefined>;
  readonly text: (text: string) => Promise<string | undefined>;
  readonly result: () => { readonly kept: KeptAnalysis; readonly isNew: boolean };
} {
  const modules: Record<string, unknown> = {};
  const texts: Record<string, string> = {};
  let isNew = false;
  return {
    module: async (url) => {
      const source = sources.read(url);
      if (source === undefined) return undefined;
      const name = url.replace(/[?#].*$/, "");
      const key = `${/\.[^./]*$/.exec(name)?.[0] ?? ""} ${source.digest}`;
      const known = kept?.modules[key];
      // Two files may be alike, and yet what they refer to is not the same.
      if (Object.hasOwn(modules, key)) return structuredClone(modules[key]) as ModuleAnalysis;
      if (known === undefined) isNew = true;
      return (modules[key] = known ?? await analyse(source.text, name, load)) as ModuleAnalysis;
    },
    text: async (text) => {
      const key = textDigest(text);
      const known = texts[key] ?? kept?.texts[key];
      if (known === undefined) isNew = true;
      const found = known ?? await analyseFunction(text, load);
      texts[key] = found;
      return found === "" ? undefined : found;
    },
    result: () => {
      if (!whole) {
        // A script comes back for its next stage.
        const all = { modules: { ...kept?.modules, ...modules }, texts: { ...kept?.texts, ...texts } };
        return { kept: all, isNew };
      }
      const isLess = kept === undefined || Object.keys(kept.modules).length !== Object.keys(modules).length ||
        Object.keys(kept.texts).length !== Object.keys(texts).length;
      return { kept: { modules, texts }, isNew: isNew || isLess };
    },
  };
}

async function factsOf(
  stage: AnyDescription,
  graph: ModuleGraph,
  digestOf: (text: string) => Promise<string | undefined>,
): Promise<Omit<StageFacts, "nth">> {
  const text = await digestOf(sourceOf(stage.run));
  const sight = { kind: stage.kind, name: stage.name, text, site: siteOf(stage) };
  const places = findStage(graph, sight);
  const saves: Record<string, Digest | undefined> = {};
  if (places.length === 0 || places.some(({ outputs }) => outputs === null)) {
    for (const [name, save] of customSaves(stage.outputs)) saves[name] = await digestOf(sourceOf(save));
  }
  return {
    ...sight,
    places,
    captures: stage.captures,
    env: stage.env,
    hasFiles: stage.files !== undefined,
    saves,
  };
}

/** Paths from the folder of the nearest deno.json, or else from the module's own. */
function projectPaths(module: string, sources: Sources): (url: string) => string {
  let root = new URL("./", module).href;
  for (let folder = root;; folder = new URL("../", folder).href) {
    if (
      ["deno.json", "deno.jsonc", "package.json"].some((name) => sources.read(folder + name) !== undefined)
    ) {
      root = folder;
      break;
    }
    if (new URL("../", folder).href === folder) break;
  }
  const known = new Map<string, string>();
  return (url) => {
    const path = known.get(url) ?? relativePath(root, url);
    known.set(url, path);
    return path;
  };
}

function relativePath(root: string, url: string): string {
  const [from, to] = [root, url].map((each) => new URL(each).pathname.split("/"));
  let same = 0;
  while (same < from!.length - 1 && from![same] === to![same]) same++;
  return decodeURIComponent([...from!.slice(same, -1).map(() => ".."), ...to!.slice(same)].join("/"));
}
