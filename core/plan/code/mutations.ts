/**
 * What the statements at the top level of modules change when they run: each may change what a stage reads.
 *
 * @module
 */
import type { CallSite, Effects, Origin, Unit, UnitEffects } from "./analysis_type.ts";
import { callsBack, globalSort, isBuilder, methodSort, returnsArgument } from "./builtins.ts";
import type { ModuleGraph, Target } from "./module_graph.ts";

/** What is changed, and whether that is the thing itself (0) or something inside it (1). */
interface Change {
  /** `b <url> <name>`, `package <id>`, `everyone`; within a function `p0`, `a`, `t`. */
  readonly place: string;
  readonly distance: 0 | 1;
}

/** Answers what a unit changes. */
export interface Mutations {
  /** The keys of what a unit changes while its module is loaded: {@linkcode bindingKey}, or `everyone`. */
  of(url: string, unit: Unit): ReadonlySet<string>;
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

interface UnitPlace {
  readonly url: string;
  readonly unit: Unit;
}

interface Solver {
  readonly graph: ModuleGraph;
  /** What the functions of a unit change when they are called. */
  readonly summaries: Map<Unit, Map<string, Change>>;
  readonly active: Set<Unit>;
  readonly done: Set<Unit>;
  /** Whether a summary was used before it was whole. */
  hasCycle: boolean;
}

type Changes = Map<string, Change>;

/**
 * Makes what answers it for the modules of an experiment.
 *
 * @param graph The modules.
 * @returns What answers.
 */
export function mutationsIn(graph: ModuleGraph): Mutations {
  const solver: Solver = {
    graph,
    summaries: new Map(),
    active: new Set(),
    done: new Set(),
    hasCycle: false,
  };
  const known = new Map<Unit, ReadonlySet<string>>();
  return {
    of: (url, unit) => {
      const found = known.get(unit) ?? eagerChanges(solver, { url, unit });
      known.set(unit, found);
      return found;
    },
  };
}

function eagerChanges(solver: Solver, place: UnitPlace): ReadonlySet<string> {
  const { eager } = place.unit.effects;
  if (eager.writes.length + eager.calls.length === 0) return new Set();
  const changes: Changes = new Map();
  settle(solver, () => apply(solver, place, eager, changes), changes);
  const keys = new Set<string>();
  const seen = new Set<string>();
  for (const change of changes.values()) spread(solver, change, keys, seen);
  return keys;
}

/** Runs until nothing more is found: functions may call one another in a circle. */
function settle(solver: Solver, run: () => void, found: Changes): void {
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

/** A change of a variable is one of what it was made from. */
function spread(solver: Solver, { place, distance }: Change, keys: Set<string>, seen: Set<string>): void {
  const id = `${place} ${distance}`;
  if (seen.has(id)) return;
  seen.add(id);
  keys.add(place);
  const [, url, name] = /^b (\S+) (.+)$/.exec(place) ?? [];
  if (url === undefined || name === undefined) return;
  for (const unit of solver.graph.unitsNamed(url, name)) {
    for (const origin of unit.effects.value) {
      for (const change of changesAt(solver, { url, unit }, origin, distance)) {
        spread(solver, change, keys, seen);
      }
    }
    if (distance === 1) {
      for (const change of gettersOf(solver, { url, unit })) spread(solver, change, keys, seen);
    }
  }
}

/** What is inside an object may be what one of its getters returns. */
function gettersOf(solver: Solver, place: UnitPlace): readonly Change[] {
  return [place, ...classesOf(solver, place)].filter(({ unit }) => unit.effects.sort === "other").flatMap((
    each,
  ) =>
    each.unit.effects.returns.flatMap((origin) => changesAt(solver, each, origin, 1))
      .filter((change) => !isInner(change.place))
  );
}

function add(changes: Changes, change: Change): void {
  changes.set(`${change.place} ${change.distance}`, change);
}

/** What changes where something `distance` away from an origin is changed. */
function changesAt(
  solver: Solver,
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
      return solver.graph.targetsOf(place.url, ref).flatMap((target) => {
        const key = changeableKey(solver, target);
        const isWhole = target.kind !== "binding" || target.isWhole;
        // There is nothing inside a function of the project: what it changes when it is called is known.
        if (isOnly(solver, target, "function") && (at === 1 || !isWhole)) return [];
        return key === undefined ? [] : [{ place: key, distance: isWhole ? at : 1 }];
      });
    }
    case "c":
      return depth > 20
        ? []
        : resultOrigins(solver, place, number).flatMap((each) =>
          each.flatMap(([at, inner]) =>
            changesAt(
              solver,
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

/** Nobody changes a number; what node's own modules hold, everyone sees. */
function changeableKey(solver: Solver, target: Target): string | undefined {
  if (target.kind === "package" && target.package.name.startsWith("node:")) return EVERYONE;
  return isOnly(solver, target, "primitive") ? undefined : bindingKey(target);
}

/** Where the value of a call may come from. */
function resultOrigins(
  solver: Solver,
  place: UnitPlace,
  number: number,
): readonly (readonly (readonly [UnitPlace, Origin])[])[] {
  const site = place.unit.effects.calls[number];
  if (site === undefined) return [];
  const here = (origins: readonly Origin[]) => origins.map((origin) => [place, origin] as const);
  const hold = ([from]: Origin): Origin => [from, -1];
  const inside = ([from]: Origin): Origin => [from, 1];
  const args = site.args.flat();
  const callees = targetsOfOrigins(solver, place, site.callee);
  if (callees.some(({ kind }) => kind === "cairn")) return [];
  const name = globalName(site);
  if (name !== undefined) return [here(returnsArgument(name) ? site.args[0] ?? [] : args.map(hold))];
  const local = callees.flatMap((target) => localUnits(solver, target)).filter(({ unit }) =>
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
  if (isBuilt(solver, place, site)) return [here([...args, ...site.base ?? []].map(hold))];
  return [here([...args, ...site.base ?? []])];
}

function further([from, level]: Origin, by: -1 | 0 | 1): Origin {
  if (by === 0) return [from, level];
  return by === -1 ? [from, -1] : [from, level === -1 ? 0 : 1];
}

/** `Object.assign` of a call of the global function; undefined for any other. */
function globalName({ callee, method, base }: CallSite): string | undefined {
  if (method === undefined) {
    const only = callee.length === 1 ? callee[0]?.[0] : undefined;
    return only?.startsWith("g") ? only.slice(1) : undefined;
  }
  const root = base?.length === 1 ? base[0] : undefined;
  if (root === undefined || !root[0].startsWith("g")) return undefined;
  return `${root[0].slice(1)}${root[1] === 1 ? ".env" : ""}.${method}`;
}

function targetsOfOrigins(
  solver: Solver,
  { url, unit }: UnitPlace,
  origins: readonly Origin[],
): readonly Target[] {
  return origins.flatMap(([from]) => {
    const ref = from.startsWith("r") ? unit.effects.refs[Number(from.slice(1))] : undefined;
    return ref === undefined ? [] : solver.graph.targetsOf(url, ref);
  });
}

function localUnits(solver: Solver, target: Target): readonly UnitPlace[] {
  if (target.kind !== "binding") return [];
  return solver.graph.unitsNamed(target.url, target.name).map((unit) => ({ url: target.url, unit }));
}

/** Whether a call is of a package that makes new values, or of a method of such a value. */
function isBuilt(solver: Solver, place: UnitPlace, site: CallSite, depth = 0): boolean {
  if (depth > 20) return false;
  const targets = targetsOfOrigins(solver, place, site.callee);
  if (
    targets.length > 0 &&
    targets.every((target) => target.kind === "package" && isBuilder(target.package.name))
  ) {
    return true;
  }
  const from = [...site.base ?? [], ...site.callee];
  return from.length > 0 && from.every(([each]) => {
    const inner = each.startsWith("c") ? place.unit.effects.calls[Number(each.slice(1))] : undefined;
    if (inner !== undefined) return isBuilt(solver, place, inner, depth + 1);
    const units = targetsOfOrigins(solver, place, [[each, 0]]).flatMap((target) =>
      localUnits(solver, target)
    );
    return units.length > 0 && units.every((unit) => valueIsBuilt(solver, unit, depth + 1));
  });
}

function valueIsBuilt(solver: Solver, place: UnitPlace, depth: number): boolean {
  const { value, calls } = place.unit.effects;
  return value.length > 0 && value.every(([from]) => {
    const site = from.startsWith("c") ? calls[Number(from.slice(1))] : undefined;
    return site !== undefined && isBuilt(solver, place, site, depth);
  });
}

/** Adds what code changes when it runs. */
function apply(solver: Solver, place: UnitPlace, effects: Effects, changes: Changes): void {
  for (const origin of effects.writes) {
    for (const change of changesAt(solver, place, origin, 0)) add(changes, change);
  }
  for (const number of effects.calls) {
    const site = place.unit.effects.calls[number];
    if (site !== undefined) applyCall(solver, place, site, changes);
  }
}

function applyCall(solver: Solver, place: UnitPlace, site: CallSite, changes: Changes): void {
  const change = (origins: readonly Origin[], distance: 0 | 1) => {
    for (const origin of origins) {
      for (const each of changesAt(solver, place, origin, distance)) add(changes, each);
    }
  };
  const callees = targetsOfOrigins(solver, place, site.callee);
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
  const local = callees.flatMap((target) => localUnits(solver, target));
  for (const callee of local) applyLocal(solver, place, site, callee, changes);
  const isHarmless = site.method !== undefined &&
    ["fresh", "harmless"].includes(methodSort(via ?? site.method)) &&
    (site.used || via !== undefined || callsBack(site.method));
  // What is called on something inside of an object is no method of the object.
  const isDirect = base.every(([, level]) => level === 0) &&
    targetsOfOrigins(solver, place, base).every((target) => target.kind !== "binding" || target.isWhole);
  if (isDirect && local.length > 0 && local.every((each) => isWhollyKnown(solver, each))) return;
  if (isHarmless || site.used && isBuilt(solver, place, site)) return;
  const packages = callees.filter((target) => target.kind === "package");
  if (packages.length > 0 && packages.length === callees.length) {
    if (packages.every((target) => target.package.name.startsWith("node:"))) return;
    if (!site.used) { for (const each of packages) add(changes, { place: bindingKey(each)!, distance: 1 }); }
    // It may call a function that it is given, but will hardly put something on it.
    return change(site.args.flat().filter((arg) => !isFunctionName(solver, place, arg)), 0);
  }
  if (site.isNew && callees.length === 0) return; // a class that nobody knows, or one of the language's own
  // A function that another made may keep something for itself.
  if (!site.isNew && !callees.some((target) => isOfCairn(solver, target))) {
    if (site.base !== undefined) change(site.base, 0);
    else change(site.callee, 1);
  }
  if (site.method === undefined || methodSort(site.method) !== "keeping") change(site.args.flat(), 0);
}

/** Whether a constant is what a function of Cairn returned: a stage, for one. */
function isOfCairn(solver: Solver, target: Target): boolean {
  const units = localUnits(solver, target);
  return units.length > 0 && units.every((place) => {
    const { value, calls } = place.unit.effects;
    return value.length > 0 && value.every(([from]) => {
      const site = from.startsWith("c") ? calls[Number(from.slice(1))] : undefined;
      return site !== undefined &&
        targetsOfOrigins(solver, place, site.callee).some(({ kind }) => kind === "cairn");
    });
  });
}

function isFunctionName(solver: Solver, place: UnitPlace, origin: Origin): boolean {
  const targets = targetsOfOrigins(solver, place, [origin]);
  return targets.length > 0 && targets.every((target) => isOnly(solver, target, "function"));
}

function isOnly(solver: Solver, target: Target, sort: "function" | "primitive"): boolean {
  const units = localUnits(solver, target);
  if (target.kind === "binding" && solver.graph.modules.get(target.url)?.reassigned.includes(target.name)) {
    return false;
  }
  return units.length > 0 && units.every(({ unit }) => unit.effects.sort === sort);
}

/** Functions that are given by name may be called. */
function applyCallbacks(solver: Solver, place: UnitPlace, site: CallSite, changes: Changes): void {
  site.args.forEach((origins, i) => {
    const functions = targetsOfOrigins(solver, place, origins.filter(([, level]) => level < 1))
      .flatMap((target) => localUnits(solver, target)).filter(({ unit }) => unit.effects.isKnown);
    for (const { url, unit } of functions) {
      for (const each of summaryOf(solver, { url, unit }).values()) {
        if (!isInner(each.place)) add(changes, each);
        else if (each.place !== "t") {
          const others = [...site.base ?? [], ...site.args.flatMap((arg, k) => k === i ? [] : arg)];
          for (const other of others) {
            for (const found of changesAt(solver, place, other, 1)) add(changes, found);
          }
        }
      }
    }
  });
}

/** `this.method()` in a class or object all of whose methods are known: what they do is in its summary. */
function isOwnMethod(solver: Solver, place: UnitPlace, { base, method }: CallSite): boolean {
  return method !== undefined && base?.length === 1 && base[0]?.[0] === "t" && base[0][1] === 0 &&
    isKnownUnit(solver, place);
}

/** Whether all that a call of a method can reach is in summaries. */
function isWhollyKnown(solver: Solver, place: UnitPlace): boolean {
  if (isKnownUnit(solver, place)) return true;
  const { value, calls } = place.unit.effects;
  return value.length > 0 && value.every(([from, level]) => {
    const site = level === 0 && from.startsWith("c") ? calls[Number(from.slice(1))] : undefined;
    if (site?.isNew !== true) return false;
    const classes = targetsOfOrigins(solver, place, site.callee).flatMap((target) =>
      localUnits(solver, target)
    );
    return classes.length > 0 && classes.every((each) => isKnownUnit(solver, each));
  });
}

function isKnownUnit(solver: Solver, place: UnitPlace, depth = 0): boolean {
  const { isKnown, extends: numbers } = place.unit.effects;
  if (!isKnown || numbers.includes(-1) || depth > 20) return false;
  if (numbers.length === 0) return true;
  const above = heritageOf(solver, place);
  return above.length > 0 && above.every((each) => isKnownUnit(solver, each, depth + 1));
}

function isInner(place: string): boolean {
  return /^(a|t|p\d+)$/.test(place);
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
  const entered = effects.isKnown ? [callee] : classesOf(solver, callee);
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
        for (const found of changesAt(solver, place, origin, change.distance)) add(changes, found);
      }
    }
  }
}

/** The classes and functions of this project that made the value of a constant. */
function classesOf(solver: Solver, place: UnitPlace): readonly UnitPlace[] {
  const { value, calls } = place.unit.effects;
  return value.flatMap(([from]) => {
    const site = from.startsWith("c") ? calls[Number(from.slice(1))] : undefined;
    return site === undefined ? [] : targetsOfOrigins(solver, place, site.callee)
      .flatMap((target) => localUnits(solver, target));
  });
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
  for (const base of heritageOf(solver, place)) {
    for (const change of summaryOf(solver, base).values()) add(found, change);
  }
  solver.active.delete(unit);
  solver.done.add(unit);
  return found;
}

/** A class may use the methods of the one that it extends. */
function heritageOf(solver: Solver, { url, unit }: UnitPlace): readonly UnitPlace[] {
  return unit.effects.extends.flatMap((number) => {
    const ref: UnitEffects["refs"][number] | undefined = unit.effects.refs[number];
    return ref === undefined
      ? []
      : solver.graph.targetsOf(url, ref).flatMap((target) => localUnits(solver, target));
  });
}
