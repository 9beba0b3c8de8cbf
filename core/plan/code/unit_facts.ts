/**
 * What is known of declarations: where calls lead, and whether all that they do is known.
 *
 * @module
 */
import type { CallSite, Origin, Unit } from "./analysis_type.ts";
import { isBuilder } from "./builtins.ts";
import type { ModuleGraph, Target } from "./module_graph.ts";

export interface UnitPlace {
  readonly url: string;
  readonly unit: Unit;
}

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

export function localUnits(graph: ModuleGraph, target: Target): readonly UnitPlace[] {
  if (target.kind !== "binding") return [];
  return graph.unitsNamed(target.url, target.name).map((unit) => ({ url: target.url, unit }));
}

/** The classes and functions of this project that made the value of a constant. */
export function classesOf(graph: ModuleGraph, place: UnitPlace): readonly UnitPlace[] {
  const { value, calls } = place.unit.effects;
  return value.flatMap(([from]) => {
    const site = from.startsWith("c") ? calls[Number(from.slice(1))] : undefined;
    return site === undefined ? [] : targetsOfOrigins(graph, place, site.callee)
      .flatMap((target) => localUnits(graph, target));
  });
}

/** A class may use the methods of the one that it extends. */
export function heritageOf(graph: ModuleGraph, { url, unit }: UnitPlace): readonly UnitPlace[] {
  return unit.effects.extends.flatMap((number) => {
    const ref: UnitEffects["refs"][number] | undefined = unit.effects.refs[number];
    return ref === undefined ? [] : graph.targetsOf(url, ref).flatMap((target) => localUnits(graph, target));
  });
}

export function isOnly(graph: ModuleGraph, target: Target, sort: "function" | "primitive"): boolean {
  const units = localUnits(graph, target);
  if (target.kind === "binding" && graph.modules.get(target.url)?.reassigned.includes(target.name)) {
    return false;
  }
  return units.length > 0 && units.every(({ unit }) => unit.effects.sort === sort);
}

export function isFunctionName(graph: ModuleGraph, place: UnitPlace, origin: Origin): boolean {
  const targets = targetsOfOrigins(graph, place, [origin]);
  return targets.length > 0 && targets.every((target) => isOnly(graph, target, "function"));
}

/** Whether a constant is what a function of Cairn returned: a stage, for one. */
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

/** Whether a call is of a package that makes new values, or of a method of such a value. */
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

/** Whether all that a call of a method can reach is in summaries. */
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

export function isKnownUnit(graph: ModuleGraph, place: UnitPlace, depth = 0): boolean {
  const { isKnown, extends: numbers } = place.unit.effects;
  if (!isKnown || numbers.includes(-1) || depth > 20) return false;
  if (numbers.length === 0) return true;
  const above = heritageOf(graph, place);
  return above.length > 0 && above.every((each) => isKnownUnit(graph, each, depth + 1));
}
