/**
 * What changes where the value of an expression is changed: all that the value may come from.
 *
 * @module
 */
import type { CallSite, Origin } from "./analysis_type.ts";
import { methodSort, returnsArgument } from "./builtins.ts";
import type { ModuleGraph, Target } from "./module_graph.ts";
import { classesOf, isBuilt, isOnly, localUnits, targetsOfOrigins, type UnitPlace } from "./unit_facts.ts";

/** What is changed, and whether that is the thing itself (0) or something inside it (1). */
export interface Change {
  /** `b <url> <name>`, `package <id>`, `everyone`; within a function `p0`, `a`, `t`. */
  readonly place: string;
  readonly distance: 0 | 1;
}

/** The key of what everyone sees: globals, prototypes, the environment. */
export const EVERYONE = "everyone";

/**
 * What a variable or a package is called among changes.
 *
 * @param target What a reference leads to.
 * @returns The key; undefined for what nobody changes.
 */
export function bindingKey(target: Target): string | undefined {
  if (target.kind === "binding") return `b ${target.url} ${target.name}`;
  return target.kind === "package" && !target.package.name.startsWith("node:")
    ? `package ${target.package.id}`
    : undefined;
}

/**
 * What changes where something `distance` away from an origin is changed.
 *
 * @param graph The modules.
 * @param place The declaration that it is in.
 * @param origin Where the value comes from.
 * @param distance 0 where the value itself is changed, 1 where something inside it is.
 * @param depth How deep the question is nested.
 * @returns What changes.
 */
export function changesAt(
  graph: ModuleGraph,
  place: UnitPlace,
  origin: Origin,
  distance: 0 | 1,
  depth = 0,
): readonly Change[] {
  const [from, level] = origin;
  if (level === -1 && distance === 0) return []; // the new value alone
  const at = level === 1 || distance === 1 ? 1 : 0;
  const number = Number(from.slice(1));
  switch (from[0]) {
    case "r": {
      const ref = place.unit.effects.refs[number];
      if (ref === undefined) return [];
      return graph.targetsOf(place.url, ref).flatMap((target) => {
        const key = changeableKey(graph, target);
        const isWhole = target.kind !== "binding" || target.isWhole;
        // There is nothing inside a function of the project: what it changes when it is called is known.
        if (isOnly(graph, target, "function") && (at === 1 || !isWhole)) return [];
        return key === undefined ? [] : [{ place: key, distance: isWhole ? at : 1 }];
      });
    }
    case "c":
      return depth > 20
        ? []
        : resultOrigins(graph, place, number).flatMap((each) =>
          each.flatMap(([at, inner]) =>
            changesAt(
              graph,
              at,
              [inner[0], level === 1 && inner[1] === 0 ? 1 : inner[1]],
              level === 1 ? 1 : distance,
              depth + 1,
            )
          )
        );
    case "g":
      return /^g(undefined|NaN|Infinity|arguments|exports|module)$/.test(from)
        ? []
        : [{ place: EVERYONE, distance: at }];
    default:
      return [{ place: from, distance: at }];
  }
}

/**
 * Whether a place is one that a function is given: what that is, its caller knows.
 *
 * @param place The declaration that it is in.
 * @returns Whether it is.
 */
export function isInner(place: string): boolean {
  return /^(a|t|p\d+)$/.test(place);
}

/**
 * What is inside an object may be what one of its getters returns.
 *
 * @param graph The modules.
 * @param place The declaration that it is in.
 * @returns What changes with it.
 */
export function gettersOf(graph: ModuleGraph, place: UnitPlace): readonly Change[] {
  return [place, ...classesOf(graph, place)].filter(({ unit }) => unit.effects.sort === "other").flatMap((
    each,
  ) =>
    each.unit.effects.returns.flatMap((origin) => changesAt(graph, each, origin, 1))
      .filter((change) => !isInner(change.place))
  );
}

/** Nobody changes a number; what node's own modules hold, everyone sees. */
function changeableKey(graph: ModuleGraph, target: Target): string | undefined {
  if (target.kind === "package" && target.package.name.startsWith("node:")) return EVERYONE;
  return isOnly(graph, target, "primitive") ? undefined : bindingKey(target);
}

/**
 * `Object.assign` of a call of the global function; undefined for any other.
 *
 * @param place The declaration that it is in.
 * @returns Its name.
 */
export function globalName({ callee, method, base }: CallSite): string | undefined {
  if (method === undefined) {
    const only = callee.length === 1 ? callee[0]?.[0] : undefined;
    return only?.startsWith("g") ? only.slice(1) : undefined;
  }
  const root = base?.length === 1 ? base[0] : undefined;
  if (root === undefined || !root[0].startsWith("g")) return undefined;
  return `${root[0].slice(1)}${root[1] === 1 ? ".env" : ""}.${method}`;
}

/** Where the value of a call may come from. */
function resultOrigins(
  graph: ModuleGraph,
  place: UnitPlace,
  number: number,
): readonly (readonly (readonly [UnitPlace, Origin])[])[] {
  const site = place.unit.effects.calls[number];
  if (site === undefined) return [];
  const here = (origins: readonly Origin[]) => origins.map((origin) => [place, origin] as const);
  const hold = ([from]: Origin): Origin => [from, -1];
  const inside = ([from]: Origin): Origin => [from, 1];
  const args = site.args.flat();
  const callees = targetsOfOrigins(graph, place, site.callee);
  if (callees.some(({ kind }) => kind === "cairn")) return [];
  const name = globalName(site);
  if (name !== undefined) return [here(returnsArgument(name) ? site.args[0] ?? [] : args.map(hold))];
  const local = callees.flatMap((target) => localUnits(graph, target)).filter(({ unit }) =>
    unit.effects.isKnown
  );
  if (local.length > 0) {
    if (site.isNew) return [here(args.map(hold))];
    return local.map((callee) =>
      callee.unit.effects.returns.flatMap((origin) => {
        const [from, level] = origin;
        if (from === "a") return here(args.map((each) => further(each, level)));
        if (from === "t") return here((site.base ?? []).map((each) => further(each, level)));
        if (from.startsWith("p")) {
          return here((site.args[Number(from.slice(1))] ?? []).map((each) => further(each, level)));
        }
        return [[callee, origin] as const];
      })
    );
  }
  if (site.method !== undefined && methodSort(site.method) === "fresh") {
    return [here((site.base ?? []).map(hold))];
  }
  if (site.method !== undefined && methodSort(site.method) === "harmless") {
    return [here((site.base ?? []).map(inside))];
  }
  if (isBuilt(graph, place, site)) return [here([...args, ...site.base ?? []].map(hold))];
  return [here([...args, ...site.base ?? []])];
}

function further([from, level]: Origin, by: -1 | 0 | 1): Origin {
  if (by === 0) return [from, level];
  return by === -1 ? [from, -1] : [from, level === -1 ? 0 : 1];
}
