/** What lies in a cache, summed up. */
import { assertEquals } from "@std/assert";
import { sumUp } from "../../../../core/history/cache/groups.ts";
import type { Unit } from "../../../../core/store/upkeep/inventory.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;

function unit(
  key: string,
  experiment: string,
  stage: string,
  made: number,
  files: Record<string, number>,
): Unit {
  return {
    key,
    recipeKey: key,
    experiment,
    stage,
    artifacts: [{ path: key, output: "one" }, { path: key, output: "two" }],
    files: Object.entries(files).map(([id, bytes]) => ({ path: id, bytes, id, links: 1 })),
    folders: [],
    stageFiles: [],
    made,
    feeds: false,
    refers: false,
    users: [key],
    stray: undefined,
  };
}

Deno.test("by experiment and stage, by age, and in all; a file that several share counts once", () => {
  const units = [
    unit("a", "exp", "fit", NOW - DAY / 2, { a: 1, shared: 100 }),
    unit("b", "exp", "fit", NOW - 3 * DAY, { b: 2, shared: 100 }),
    unit("c", "exp", "draw", NOW - 30 * DAY, { c: 4, shared: 100 }),
    unit("d", "an exp", "fit", 0, { d: 8 }),
    unit("e", "removed just now", "fit", 0, {}),
  ];
  const leftovers = [{
    path: "x",
    keys: [],
    files: [{ path: "x", bytes: 16, id: "x", links: 1 }],
    modified: 0,
    damaged: undefined,
  }];
  const { stages, ...sum } = sumUp({ units, leftovers }, new Map([["d", NOW]]), NOW);
  assertEquals(stages.map(({ units: _, ...stage }) => stage), [
    { experiment: "an exp", stage: "fit", artifacts: 2, bytes: 8, lastUse: NOW },
    { experiment: "exp", stage: "draw", artifacts: 2, bytes: 4, lastUse: NOW - 30 * DAY },
    { experiment: "exp", stage: "fit", artifacts: 4, bytes: 103, lastUse: NOW - DAY / 2 },
  ]);
  assertEquals(sum, {
    ages: [
      { age: "within a day", artifacts: 4, bytes: 109 },
      { age: "within 7 days", artifacts: 2, bytes: 2 },
      { age: "within 30 days", artifacts: 0, bytes: 0 },
      { age: "longer ago", artifacts: 2, bytes: 4 },
    ],
    artifacts: 8,
    bytes: 131,
    leftovers: { count: 1, bytes: 16 },
  });
});

Deno.test("a clock that was set back is no trouble, nor an empty cache", () => {
  const { ages } = sumUp(
    { units: [unit("a", "e", "s", NOW + DAY, { a: 1 })], leftovers: [] },
    new Map(),
    NOW,
  );
  assertEquals(ages[0]!.artifacts, 2);
  assertEquals(sumUp({ units: [], leftovers: [] }, new Map(), NOW).bytes, 0);
});
