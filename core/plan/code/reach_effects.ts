/**
 * Statements at the top level of modules that change what a stage reaches: their modules count as a whole.
 *
 * @module
 */
import type { Unit } from "./analysis_type.ts";
import { EVERYONE } from "./origins.ts";
import { type Reach, reachModule, reachTarget } from "./reach.ts";

/**
 * Adds what statements at the top level of modules change of what was reached, until there is no more.
 *
 * @param reach What was reached.
 * @returns What is hashed of the order in which they run.
 */
export function reachEffects(reach: Reach): unknown {
  const ordered: unknown[] = [];
  for (const [url, { bare }] of reach.graph.modules) {
    // A package that is imported for its side effects alone may change anything.
    for (const from of bare) {
      const found = reach.graph.resolve(url, from);
      if (found.kind === "package" && !found.package.name.startsWith("node:")) {
        ordered.push(reachTarget(reach, { kind: "package", package: found.package, name: "" }, "code"));
      }
    }
  }
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const [url, { units }] of reach.graph.modules) {
      if (
        reach.whole.has(url) || !units.some((unit) => !reach.units.has(unit) && changes(reach, url, unit))
      ) continue;
      ordered.push(reachModule(reach, url));
      isNew = true;
    }
  }
  for (const [url, { units }] of reach.graph.modules) {
    if (reach.whole.has(url)) continue;
    const changing = units.filter((unit) => changes(reach, url, unit)).map((unit) => reach.numbers.get(unit));
    if (changing.length > 1) ordered.push(changing);
  }
  return ordered;
}

/** Whether a statement changes what was reached. */
function changes(reach: Reach, url: string, unit: Unit): boolean {
  const changed = reach.mutations.of(url, unit);
  if (changed.size === 0) return false;
  const { workers } = reach.graph;
  if (changed.has(EVERYONE) && (!workers.has(url) || [...reach.whole].some((each) => workers.has(each)))) {
    return true;
  }
  return [...changed].some((key) =>
    reach.keys.has(key) && !unit.names.some((name) => key === `b ${url} ${name}`)
  );
}
