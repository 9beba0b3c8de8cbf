/**
 * What the statements at the top level of modules change when they run: each may change what a stage reads.
 *
 * @module
 */
import type { Unit } from "./analysis_type.ts";
import { apply, type Changes, settle, type Solver } from "./calls.ts";
import type { ModuleGraph } from "./module_graph.ts";
import { type Change, changesAt, gettersOf } from "./origins.ts";
import type { UnitPlace } from "./unit_facts.ts";

/** Answers what a unit changes. */
export interface Mutations {
  /** The keys of what a unit changes while its module is loaded: {@linkcode bindingKey}, or `everyone`. */
  of(url: string, unit: Unit): ReadonlySet<string>;
}

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
      for (const change of changesAt(solver.graph, { url, unit }, origin, distance)) {
        spread(solver, change, keys, seen);
      }
    }
    if (distance === 1) {
      for (const change of gettersOf(solver.graph, { url, unit })) spread(solver, change, keys, seen);
    }
  }
}
