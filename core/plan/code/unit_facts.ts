/**
 * What is known of declarations: where calls lead, and whether all that they do is known.
 *
 * @module
 */
import type { CallSite, Origin, Unit } from "./analysis_type.ts";
import { isBuilder } from "./builtins.ts";
import type { ModuleGraph, Target } from "./module_graph.ts";

/** A declaration, and the module that it is in. */
export interface UnitPlace {
  readonly url: string;
  readonly unit: Unit;
}

/**
 * What the references among some origins lead to.
 *
 * @param graph The modules.
 * @param place The declaration that it is in.
 * @param origins Where the value comes from.
 * @returns What it leads to.
 */
export function targetsOfOrigins(
  graph: ModuleGraph,
  { url, unit }: UnitPlace,
  origins: readonly Origin[],
): readonly Target[] {
  return origins.flatMap(([from]) => {
    const ref = from.startsWith("r") ? unit.effects.refs[Number(from.slice(1))] : undefined;
    return ref === undefined ? [] : graph.targetsOf(url, ref);
  });
}

/**
 * The declarations of the project that something leads to.
 *
 * @param graph The modules.
 * @param target What a reference leads to.
 * @returns The declarations, with their modules.
 */
export function localUnits(graph: ModuleGraph, target: Target): readonly UnitPlace[] {
  if (target.kind !== "binding") return [];
  return graph.unitsNamed(target.url, target.name).map((unit) => ({ url: target.url, unit }));
}

/**
 * The classes and functions of this project that made the value of a constant.
 *
 * @param graph The modules.
 * @param place The declaration that it is in.
 * @returns The declarations of those.
 */
export function classesOf(graph: ModuleGraph, place: UnitPlace): readonly UnitPlace[] {
  const { value, calls } = place.unit.effects;
  return value.flatMap(([from]) => {
    const site = from.startsWith("c") ? calls[Number(from.slice(1))] : undefined;
    return site === undefined ? [] : targetsOfOrigins(graph, place, site.callee)
      .flatMap((target) => localUnits(graph, target));
  });
}

/**
 * A class may use the methods of the one that it extends.
 *
 * @param graph The modules.
 * @param place The declaration that it is in.
 * @returns Those classes.
 */
export function heritageOf(graph: ModuleGraph, { url, unit }: UnitPlace): readonly UnitPlace[] {
  return unit.effects.extends.flatMap((number) => {
    const ref = unit.effects.refs[number];
    return ref === undefined ? [] : graph.targetsOf(url, ref).flatMap((target) => localUnits(graph, target));
  });
}

/**
 * Whether all declarations that something leads to are of one sort.
 *
 * @param graph The modules.
 * @param target What a reference leads to.
 * @param sort Which sort.
 * @returns Whether each is.
 */
export function isOnly(graph: ModuleGraph, target: Target, sort: "function" | "primitive"): boolean {
  const units = localUnits(graph, target);
  if (target.kind === "binding" && graph.modules.get(target.url)?.reassigned.includes(target.name)) {
    return false;
  }
  return units.length > 0 && units.every(({ unit }) => unit.effects.sort === sort);
}

/**
 * Whether an origin leads to functions of the project alone.
 *
 * @param graph The modules.
 * @param place The declaration that it is in.
 * @param origin Where the value comes from.
 * @returns Whether it does.
 */
export function isFunctionName(graph: ModuleGraph, place: UnitPlace, origin: Origin): boolean {
  const targets = targetsOfOrigins(graph, place, [origin]);
  return targets.length > 0 && targets.every((target) => isOnly(graph, target, "function"));
}

/**
 * Whether a constant is what a function of Cairn returned: a stage, for one.
 *
 * @param graph The modules.
 * @param target What a reference leads to.
 * @returns Whether it is.
 */
export function isOfCairn(graph: ModuleGraph, target: Target): boolean {
  const units = localUnits(graph, target);
  return units.length > 0 && units.every((place) => {
    const { value, calls } = place.unit.effects;
    return value.length > 0 && value.every(([from]) => {
      const site = from.startsWith("c") ? calls[Number(from.slice(1))] : undefined;
      return site !== undefined &&
        targetsOfOrigins(graph, place, site.callee).some(({ kind }) => kind === "cairn");
    });
  });
}

/**
 * Whether a call is of a package that makes new values, or of a method of such a value.
 *
 * @param graph The modules.
 * @param place The declaration that it is in.
 * @param site The call.
 * @param depth How deep the question is nested.
 * @returns Whether it is.
 */
export function isBuilt(graph: ModuleGraph, place: UnitPlace, site: CallSite, depth = 0): boolean {
  if (depth > 20) return false;
  const targets = targetsOfOrigins(graph, place, site.callee);
  if (
    targets.length > 0 &&
    targets.every((target) => target.kind === "package" && isBuilder(target.package.name))
  ) {
    return true;
  }
  const from = [...site.base ?? [], ...site.callee];
  return from.length > 0 && from.every(([each]) => {
    const inner = each.startsWith("c") ? place.unit.effects.calls[Number(each.slice(1))] : undefined;
    if (inner !== undefined) return isBuilt(graph, place, inner, depth + 1);
    const units = targetsOfOrigins(graph, place, [[each, 0]]).flatMap((target) => localUnits(graph, target));
    return units.length > 0 && units.every((unit) => valueIsBuilt(graph, unit, depth + 1));
  });
}

function valueIsBuilt(graph: ModuleGraph, place: UnitPlace, depth: number): boolean {
  const { value, calls } = place.unit.effects;
  return value.length > 0 && value.every(([from]) => {
    const site = from.startsWith("c") ? calls[Number(from.slice(1))] : undefined;
    return site !== undefined && isBuilt(graph, place, site, depth);
  });
}

/**
 * Whether all that a call of a method can reach is in summaries.
 *
 * @param graph The modules.
 * @param place The declaration that it is in.
 * @returns Whether it is.
 */
export function isWhollyKnown(graph: ModuleGraph, place: UnitPlace): boolean {
  if (isKnownUnit(graph, place)) return true;
  const { value, calls } = place.unit.effects;
  return value.length > 0 && value.every(([from, level]) => {
    const site = level === 0 && from.startsWith("c") ? calls[Number(from.slice(1))] : undefined;
    if (site?.isNew !== true) return false;
    const classes = targetsOfOrigins(graph, place, site.callee).flatMap((target) =>
      localUnits(graph, target)
    );
    return classes.length > 0 && classes.every((each) => isKnownUnit(graph, each));
  });
}

/**
 * Whether a declaration is a function, a class or an object whose methods all stand in the project.
 *
 * @param graph The modules.
 * @param place The declaration that it is in.
 * @param depth How deep the question is nested.
 * @returns Whether it is.
 */
export function isKnownUnit(graph: ModuleGraph, place: UnitPlace, depth = 0): boolean {
  const { isKnown, extends: numbers } = place.unit.effects;
  if (!isKnown || numbers.includes(-1) || depth > 20) return false;
  if (numbers.length === 0) return true;
  const above = heritageOf(graph, place);
  return above.length > 0 && above.every((each) => isKnownUnit(graph, each, depth + 1));
}
