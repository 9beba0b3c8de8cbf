/**
 * What code changes when it runs, and what calls in it change.
 *
 * @module
 */
import type { CallSite, Effects, Origin, Unit } from "./analysis_type.ts";
import { callsBack, globalSort, methodSort } from "./builtins.ts";
import type { ModuleGraph } from "./module_graph.ts";
import { bindingKey, type Change, changesAt, EVERYONE, globalName, isInner } from "./origins.ts";
import {
  classesOf,
  heritageOf,
  isBuilt,
  isFunctionName,
  isKnownUnit,
  isOfCairn,
  isWhollyKnown,
  localUnits,
  targetsOfOrigins,
  type UnitPlace,
} from "./unit_facts.ts";

/** Changes, each once. */
export type Changes = Map<string, Change>;

/** What was found so far of what functions change. */
export interface Solver {
  readonly graph: ModuleGraph;
  /** What the functions of a unit change when they are called. */
  readonly summaries: Map<Unit, Map<string, Change>>;
  readonly active: Set<Unit>;
  readonly done: Set<Unit>;
  /** Whether a summary was used before it was whole. */
  hasCycle: boolean;
}

/**
 * Runs until nothing more is found: functions may call one another in a circle.
 *
 * @param solver What is known so far.
 * @param run What is run, until nothing is added.
 * @param found What is added to.
 */
export function settle(solver: Solver, run: () => void, found: Changes): void {
  for (let size = -1; size !== sizeOf(solver, found);) {
    size = sizeOf(solver, found);
    solver.hasCycle = false;
    run();
    if (!solver.hasCycle) return;
    solver.done.clear();
  }
}

function sizeOf({ summaries }: Solver, found: Changes): number {
  return [...summaries.values()].reduce((sum, { size }) => sum + size, found.size);
}

/**
 * Adds what code changes when it runs.
 *
 * @param solver What is known so far.
 * @param place The declaration that it is in.
 * @param effects What the code does.
 * @param changes What is added to.
 */
export function apply(solver: Solver, place: UnitPlace, effects: Effects, changes: Changes): void {
  for (const origin of effects.writes) {
    for (const change of changesAt(solver.graph, place, origin, 0)) add(changes, change);
  }
  for (const number of effects.calls) {
    const site = place.unit.effects.calls[number];
    if (site !== undefined) applyCall(solver, place, site, changes);
  }
}

function applyCall(solver: Solver, place: UnitPlace, site: CallSite, changes: Changes): void {
  const change = (origins: readonly Origin[], distance: 0 | 1) => {
    for (const origin of origins) {
      for (const each of changesAt(solver.graph, place, origin, distance)) add(changes, each);
    }
  };
  const callees = targetsOfOrigins(solver.graph, place, site.callee);
  if (callees.some(({ kind }) => kind === "cairn")) return; // they change nothing, and call nothing here
  const base = site.base ?? [];
  const name = globalName(site);
  if (name?.startsWith("console.")) return;
  if (site.inside !== undefined) apply(solver, place, site.inside, changes);
  applyCallbacks(solver, place, site, changes);
  if (site.callee.some(([from]) => from === "l") || isOwnMethod(solver, place, site)) {
    const changesArguments = [...summaryOf(solver, place).values()].some((each) => each.place === "a");
    return changesArguments ? change(site.args.flat(), 1) : undefined;
  }
  const via = /^(.*)\.(?:call|apply)$/.exec(site.method ?? "")?.[1];
  if (via !== undefined && methodSort(via) === "keeping") return change(site.args[0] ?? [], 0);
  if (name !== undefined) {
    if (base[0]?.[1] === 1 && methodSort(site.method ?? "") === "keeping") return change(base, 0);
    if (globalSort(name) === "changes") change(site.args[0] ?? [], 0);
    else if (globalSort(name) === "everyone") add(changes, { place: EVERYONE, distance: 0 });
    return;
  }
  const local = callees.flatMap((target) => localUnits(solver.graph, target));
  for (const callee of local) applyLocal(solver, place, site, callee, changes);
  const isHarmless = site.method !== undefined &&
    ["fresh", "harmless"].includes(methodSort(via ?? site.method)) &&
    (site.used || via !== undefined || callsBack(site.method));
  // What is called on something inside of an object is no method of the object.
  const isDirect = base.every(([, level]) => level === 0) &&
    targetsOfOrigins(solver.graph, place, base).every((target) =>
      target.kind !== "binding" || target.isWhole
    );
  if (isDirect && local.length > 0 && local.every((each) => isWhollyKnown(solver.graph, each))) return;
  if (isHarmless || site.used && isBuilt(solver.graph, place, site)) return;
  const packages = callees.filter((target) => target.kind === "package");
  if (packages.length > 0 && packages.length === callees.length) {
    if (packages.every((target) => target.package.name.startsWith("node:"))) return;
    if (!site.used) { for (const each of packages) add(changes, { place: bindingKey(each)!, distance: 1 }); }
    // It may call a function that it is given, but will hardly put something on it.
    return change(site.args.flat().filter((arg) => !isFunctionName(solver.graph, place, arg)), 0);
  }
  if (site.isNew && callees.length === 0) return; // a class that nobody knows, or one of the language's own
  // A function that another made may keep something for itself.
  if (!site.isNew && !callees.some((target) => isOfCairn(solver.graph, target))) {
    if (site.base !== undefined) change(site.base, 0);
    else change(site.callee, 1);
  }
  if (site.method === undefined || methodSort(site.method) !== "keeping") change(site.args.flat(), 0);
}

/** Functions that are given by name may be called. */
function applyCallbacks(solver: Solver, place: UnitPlace, site: CallSite, changes: Changes): void {
  site.args.forEach((origins, i) => {
    const functions = targetsOfOrigins(solver.graph, place, origins.filter(([, level]) => level < 1))
      .flatMap((target) => localUnits(solver.graph, target)).filter(({ unit }) => unit.effects.isKnown);
    for (const { url, unit } of functions) {
      for (const each of summaryOf(solver, { url, unit }).values()) {
        if (!isInner(each.place)) add(changes, each);
        else if (each.place !== "t") {
          const others = [...site.base ?? [], ...site.args.flatMap((arg, k) => k === i ? [] : arg)];
          for (const other of others) {
            for (const found of changesAt(solver.graph, place, other, 1)) add(changes, found);
          }
        }
      }
    }
  });
}

/** `this.method()` in a class or object all of whose methods are known: what they do is in its summary. */
function isOwnMethod(solver: Solver, place: UnitPlace, { base, method }: CallSite): boolean {
  return method !== undefined && base?.length === 1 && base[0]?.[0] === "t" && base[0][1] === 0 &&
    isKnownUnit(solver.graph, place);
}

/** A call of what a unit declares, or of a method of it. */
function applyLocal(
  solver: Solver,
  place: UnitPlace,
  site: CallSite,
  callee: UnitPlace,
  changes: Changes,
): void {
  const { effects } = callee.unit;
  const entered = effects.isKnown ? [callee] : classesOf(solver.graph, callee);
  for (const each of [callee, ...entered.filter((one) => one.unit !== callee.unit)]) {
    for (const change of summaryOf(solver, each).values()) {
      if (!isInner(change.place)) {
        add(changes, change);
        continue;
      }
      const origins = change.place === "a" || /\.(call|apply)$/.test(site.method ?? "")
        ? site.args.flat().map(([from, level]): Origin => [from, level === -1 ? 0 : level])
        : change.place === "t"
        ? site.isNew ? [] : site.base ?? []
        : site.args[Number(change.place.slice(1))] ?? [];
      for (const origin of origins) {
        for (const found of changesAt(solver.graph, place, origin, change.distance)) add(changes, found);
      }
    }
  }
}

/** What the functions of a unit change, in terms of what they are given. */
function summaryOf(solver: Solver, place: UnitPlace): Changes {
  const { unit } = place;
  const found: Changes = solver.summaries.get(unit) ?? new Map();
  solver.summaries.set(unit, found);
  if (solver.done.has(unit)) return found;
  if (solver.active.has(unit)) {
    solver.hasCycle = true;
    return found;
  }
  solver.active.add(unit);
  apply(solver, place, unit.effects.called, found);
  for (const base of heritageOf(solver.graph, place)) {
    for (const change of summaryOf(solver, base).values()) add(found, change);
  }
  solver.active.delete(unit);
  solver.done.add(unit);
  return found;
}

function add(changes: Changes, change: Change): void {
  changes.set(`${change.place} ${change.distance}`, change);
}
