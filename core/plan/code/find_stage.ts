/**
 * Where in the modules a stage is defined: a running program has its `run` as a function, not as a place in a file.
 *
 * @module
 */
import type { CacherPart, InnerPiece, StageSpec } from "./analysis_type.ts";
import type { ModuleGraph } from "./module_graph.ts";

/** What a running stage shows of itself. */
export interface StageSight {
  readonly kind: "stage" | "aggregate";
  readonly name: string;
  /** The digest of the text of `run`; undefined where it has none. */
  readonly text: string | undefined;
  /** The module that defined it, where that is known. */
  readonly site: string | undefined;
}

/** A place where a stage may be defined. */
export interface StagePlace {
  readonly url: string;
  /** Its `run`; all of the call, too, where that is of no function of Cairn. */
  readonly pieces: readonly InnerPiece[];
  /** How its outputs are cached; null where that is not to be seen. */
  readonly outputs: CacherPart | null;
  /** The names in what it is given as `captures`. */
  readonly given: readonly string[];
}

const DEFINERS = { stage: "defineStage", aggregate: "defineAggregate" };

/**
 * Finds the places where a stage may be defined: by its name, else by the text of `run`.
 *
 * @param graph The modules.
 * @param sight What the stage shows of itself.
 * @returns The places; none where its code is nowhere to be found.
 */
export function findStage(graph: ModuleGraph, sight: StageSight): readonly StagePlace[] {
  const specs = [...graph.modules].flatMap(([url, { specs }]) => specs.map((spec) => ({ url, spec })));
  const named = specs.filter(({ url, spec }) =>
    spec.name === sight.name && isDefiner(graph, url, spec, sight.kind)
  );
  const sure = named.filter(({ spec }) => spec.text === null || spec.text === sight.text);
  if (sure.length > 0) return atSite(sure.map(({ url, spec }) => placeOf(url, spec, [])), sight);
  const matches = sight.text === undefined ? [] : functionsLike(graph, sight.text);
  // Deno may change more of a function's text than its types: then the name alone has to do.
  return atSite([...named.map(({ url, spec }) => placeOf(url, spec, [])), ...matches], sight);
}

/** Of several places those in the module that defined the stage, if any is there. */
function atSite(places: readonly StagePlace[], { site }: StageSight): readonly StagePlace[] {
  if (places.length < 2 || site === undefined) return places;
  const found = places.filter(({ url }) => withoutQuery(url) === withoutQuery(site));
  return found.length > 0 ? found : places;
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, "");
}

function functionsLike(graph: ModuleGraph, text: string): readonly StagePlace[] {
  return [...graph.modules].flatMap(([url, { functions, specs }]) =>
    functions.filter((each) => each.text === text).map((each): StagePlace => {
      const spec = each.spec === null ? undefined : specs[each.spec];
      if (spec === undefined) return { url, pieces: [each], outputs: null, given: [] };
      // A function of the project's own may do anything with it.
      const isOwn = !isDefiner(graph, url, spec, "stage") && !isDefiner(graph, url, spec, "aggregate");
      return placeOf(url, spec, isOwn && spec.call !== null ? [spec.call] : []);
    })
  );
}

function placeOf(url: string, spec: StageSpec, others: readonly InnerPiece[]): StagePlace {
  return { url, pieces: [spec.run, ...others], outputs: spec.outputs, given: spec.given };
}

function isDefiner(
  graph: ModuleGraph,
  url: string,
  { callee }: StageSpec,
  kind: "stage" | "aggregate",
): boolean {
  if (callee === null) return false;
  return graph.targetsOf(url, callee).some((target) =>
    target.kind === "cairn" && target.name === DEFINERS[kind]
  );
}

/**
 * Finds the functions with a text, wherever they are: the `save` of a cacher, for one.
 *
 * @param graph The modules.
 * @param text The digest of the text.
 * @returns Them, each with its module.
 */
export function findFunctions(
  graph: ModuleGraph,
  text: string,
): readonly { readonly url: string; readonly piece: InnerPiece }[] {
  return [...graph.modules].flatMap(([url, { functions }]) =>
    functions.filter((each) => each.text === text).map((piece) => ({ url, piece }))
  );
}
