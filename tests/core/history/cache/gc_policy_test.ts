/** What goes from a cache, and what stays: tables. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  bytesFreed,
  bytesOfFiles,
  chooseGarbage,
  filesOf,
  lastUsesOf,
  type Limits,
  type Users,
} from "../../../../core/history/cache/gc_policy.ts";
import type { CachedFile } from "../../../../core/store/upkeep/files_at.ts";
import type { Inventory, Leftover, Unit } from "../../../../core/store/upkeep/inventory.ts";
import type { Use } from "../../../../core/store/uses/read.ts";

const NOW = 1_000_000;

function file(id: string, bytes: number, links = 1): CachedFile {
  return { path: `/cache/${id}`, bytes, id, links };
}

/** Artifacts of a recipe that were made at some time; with no more said, one of 10 bytes. */
function unit(key: string, made: number, changes: Partial<Unit> = {}): Unit {
  return {
    key,
    recipeKey: key,
    experiment: "exp",
    stage: "fit",
    artifacts: [{ path: `/cache/${key}_metadata.json`, output: "model" }],
    files: [file(key, 10)],
    folders: [],
    stageFiles: [],
    made,
    feeds: false,
    refers: false,
    users: [key],
    stray: undefined,
    ...changes,
  };
}

function leftover(key: string, bytes = 10): Leftover {
  return {
    path: `/cache/${key}`,
    keys: [key],
    files: [file(`left ${key}`, bytes)],
    modified: 0,
    damaged: undefined,
  };
}

/** A run that began at some time, and ended a moment later. */
function use(keys: string, started: number, changes: Partial<Use> = {}): Use {
  const reference = `exp_${started}`;
  return {
    experiment: "exp",
    reference,
    started,
    ended: started + 1,
    store: null,
    keys: [...keys],
    ...changes,
  };
}

interface Case {
  readonly units: readonly Unit[];
  readonly leftovers?: readonly Leftover[];
  readonly users?: Partial<Users>;
  readonly limits: Limits;
}

/** What goes, in order, as `key cause`; leftovers by their first key. */
function gone({ units, leftovers = [], users = {}, limits }: Case): string[] {
  const all = { past: [], live: [], stores: [], ...users };
  const decision = chooseGarbage({ units, leftovers }, all, limits, NOW);
  return [
    ...decision.choices.map(({ unit, cause }) => `${unit.key} ${cause}`),
    ...decision.leftovers.map(({ keys }) => `left ${keys[0]}`),
  ];
}

const abc = [unit("a", 100), unit("b", 200), unit("c", 300)];

const cases: Record<string, Case & { readonly expect: readonly string[] }> = {
  "an empty cache": { units: [], limits: { maxSize: 0 }, expect: [] },
  "by age: what was last used before goes, just that old stays": {
    units: abc,
    limits: { maxAge: NOW - 200 },
    expect: ["a age"],
  },
  "by age: to be used is what counts, not to be made": {
    units: abc,
    users: { past: [use("a", 500)] },
    limits: { maxAge: NOW - 400 },
    expect: ["b age", "c age"],
  },
  "by age: a run that is not known any more makes nothing younger": {
    units: abc,
    users: { past: [use("x", 900)] },
    limits: { maxAge: NOW - 250 },
    expect: ["a age", "b age"],
  },
  "by age 0: all goes": { units: abc, limits: { maxAge: 0 }, expect: ["a age", "b age", "c age"] },
  "by an age without end: nothing goes": { units: abc, limits: { maxAge: Infinity }, expect: [] },
  "by size: the least recently used goes first, until the rest fits": {
    units: abc,
    users: { past: [use("a", 500)] },
    limits: { maxSize: 20 },
    expect: ["b size"],
  },
  "by size: what fits exactly stays": { units: abc, limits: { maxSize: 30 }, expect: [] },
  "by size 0: all goes": { units: abc, limits: { maxSize: 0 }, expect: ["a size", "b size", "c size"] },
  "by size: of what was used together the largest goes first": {
    units: [unit("a", 100), unit("b", 100, { files: [file("b", 50)] })],
    limits: { maxSize: 20 },
    expect: ["b size"],
  },
  "by size: of what was used together, what others were made from goes first": {
    units: [unit("a", 100), unit("b", 100, { feeds: true }), unit("c", 100, { files: [file("c", 50)] })],
    limits: { maxSize: 60 },
    expect: ["b size"],
  },
  "by size: leftovers go before any artifact": {
    units: abc,
    leftovers: [leftover("z", 100)],
    limits: { maxSize: 30, orphans: true },
    expect: ["left z"],
  },
  "what no metadata claims may be the user's: it stays where nobody says otherwise": {
    units: abc,
    leftovers: [leftover("z", 100)],
    limits: { maxSize: 1000 },
    expect: [],
  },
  "and what lies beside artifacts that stay is theirs for certain": {
    units: abc,
    leftovers: [leftover("a"), leftover("c")],
    limits: { maxAge: NOW - 150, orphans: true },
    expect: ["a age", "left a"],
  },
  "by size: what has a file of the user's among its own counts as staying": {
    units: [unit("a", 100, { stray: "/cache/a/mine.txt" }), unit("b", 200), unit("c", 300)],
    limits: { maxSize: 20 },
    expect: ["a size", "b size"],
  },
  "two experiments with artifacts of one recipe: each has its own, and the run of either keeps both": {
    units: [
      unit("a", 100),
      unit("a", 100, { experiment: "other", files: [file("other", 10)] }),
      unit("b", 50),
    ],
    users: { past: [use("a", 500)] },
    limits: { keepRuns: 1 },
    expect: ["b runs"],
  },
  "a full store that lacks what one of two experiments has of a recipe needs it": {
    units: [
      unit("a", 100),
      unit("a", 100, { experiment: "other", artifacts: [{ path: "/cache/o", output: "more" }] }),
    ],
    users: { stores: [{ folder: "/s", keys: ["a"], holds: new Set(["a_fit_model"]) }] },
    limits: { keepRuns: 0 },
    expect: [],
  },
  "by size: a file that two share counts once, and its size goes with the last": {
    units: [
      unit("a", 100, { files: [file("one", 100, 2)] }),
      unit("b", 200, { files: [file("one", 100, 2)] }),
      unit("c", 300),
    ],
    limits: { maxSize: 110 },
    expect: [],
  },
  "by size: where the last name must go, all of them do": {
    units: [
      unit("a", 100, { files: [file("one", 100, 2)] }),
      unit("b", 200, { files: [file("one", 100, 2)] }),
      unit("c", 300),
    ],
    limits: { maxSize: 109 },
    expect: ["a size", "b size"],
  },
  "the newest runs alone: all that they do not need goes": {
    units: abc,
    users: { past: [use("a", 400), use("ab", 300), use("c", 200)] },
    limits: { keepRuns: 2 },
    expect: ["c runs"],
  },
  "the newest runs of each experiment": {
    units: [...abc, unit("d", 400, { experiment: "other" }), unit("e", 450, { experiment: "other" })],
    users: {
      past: [
        use("a", 400),
        use("b", 300),
        use("d", 100, { experiment: "other", reference: "other_1" }),
        use("e", 50, { experiment: "other", reference: "other_0" }),
      ],
    },
    limits: { keepRuns: 1 },
    expect: ["c runs", "b runs", "e runs"],
  },
  "no run is kept: all goes": {
    units: abc,
    users: { past: [use("abc", 400)] },
    limits: { keepRuns: 0 },
    expect: ["a runs", "b runs", "c runs"],
  },
  "a script is a run": {
    units: abc,
    users: { past: [use("a", 400, { reference: null }), use("b", 300, { reference: null }), use("c", 200)] },
    limits: { keepRuns: 2 },
    expect: ["c runs"],
  },
  "two parts of one run are one": {
    units: abc,
    users: {
      past: [use("a", 400, { reference: "one" }), use("b", 300, { reference: "one" }), use("c", 200)],
    },
    limits: { keepRuns: 1 },
    expect: ["c runs"],
  },
  "a run that has nothing left here does not count among the newest": {
    units: abc,
    users: { past: [use("x", 900), use("a", 400)] },
    limits: { keepRuns: 1 },
    expect: ["b runs", "c runs"],
  },
  "with another limit, the newest runs are kept and no more": {
    units: abc,
    users: { past: [use("a", 100), use("b", 90)] },
    limits: { keepRuns: 1, maxAge: NOW - 250 },
    expect: ["b age"],
  },
  "each condition removes": {
    units: abc,
    limits: { maxAge: NOW - 150, maxSize: 10 },
    expect: ["a age", "b size"],
  },
  "what a run under way needs stays, whatever is asked for": {
    units: abc,
    users: { live: [use("b", 500)] },
    limits: { maxAge: 0, maxSize: 0, keepRuns: 0 },
    expect: ["a age", "c age"],
  },
  "so does what it may be about to complete": {
    units: [],
    leftovers: [leftover("a"), leftover("b")],
    users: { live: [use("b", 500)] },
    limits: { maxSize: 0, orphans: true },
    expect: ["left a"],
  },
  "the newest runs do not keep what no metadata claims": {
    units: [unit("b", 100)],
    leftovers: [leftover("a")],
    users: { past: [use("a b", 500)] },
    limits: { keepRuns: 1, orphans: true },
    expect: ["left a"],
  },
  "a full store holds copies: it needs none of the originals": {
    units: [unit("a", 100)],
    users: { stores: [{ folder: "/s", keys: ["a"], holds: new Set(["a_fit_model"]) }] },
    limits: { maxSize: 0 },
    expect: ["a size"],
  },
  "a full store needs what it has no copy of": {
    units: [unit("a", 100, {
      artifacts: [{ path: "1", output: "model" }, { path: "2", output: "untracked" }],
    })],
    users: { stores: [{ folder: "/s", keys: ["a"], holds: new Set(["a_fit_model"]) }] },
    limits: { maxSize: 0 },
    expect: [],
  },
  "a full store needs what its values name": {
    units: [unit("a", 100, { refers: true }), unit("b", 50, { users: ["b", "a"] }), unit("c", 10)],
    users: { stores: [{ folder: "/s", keys: ["a"], holds: new Set(["a_fit_model"]) }] },
    limits: { maxSize: 0 },
    expect: ["c size"],
  },
  "whoever needs an artifact needs what its value names": {
    units: [unit("a", 100), unit("b", 50, { users: ["b", "a"] }), unit("c", 10)],
    users: { past: [use("a", 500)] },
    limits: { keepRuns: 1 },
    expect: ["c runs"],
  },
  "and uses it, as often as the artifact itself": {
    units: [unit("a", 900), unit("b", 50, { users: ["b", "a"] }), unit("c", 60)],
    limits: { maxAge: NOW - 500 },
    expect: ["c age"],
  },
};

for (const [name, { expect, ...each }] of Object.entries(cases)) {
  Deno.test(name, () => assertEquals(gone(each).toSorted(), [...expect].toSorted()));
}

Deno.test("what goes is told in the order of its last use", () => {
  const units = [unit("c", 300), unit("a", 100), unit("b", 200)];
  assertEquals(gone({ units, limits: { maxAge: NOW - 150, maxSize: 0 } }), ["a age", "b size", "c size"]);
});

Deno.test("why what stays had to", () => {
  const { needed } = chooseGarbage(
    { units: [...abc, unit("d", 1)], leftovers: [] },
    {
      past: [use("ab", 500)],
      live: [use("a", 600)],
      stores: [{ folder: "/s", keys: ["c"], holds: new Set() }],
    },
    { keepRuns: 1 },
    NOW,
  );
  assertEquals(Object.fromEntries(needed), { a: "live", b: "kept", c: "store" });
});

Deno.test("what a file takes counts once, and is freed with its last name, here or elsewhere", () => {
  const two = [file("x", 100, 2), file("x", 100, 2), file("y", 5)];
  assertEquals([bytesOfFiles(two), bytesFreed(two)], [105, 105]);
  assertEquals([bytesOfFiles(two.slice(1)), bytesFreed(two.slice(1))], [105, 5]);
  const elsewhere = [file("x", 100, 3), file("x", 100, 3)];
  assertEquals([bytesOfFiles(elsewhere), bytesFreed(elsewhere)], [100, 0]);
});

Deno.test("whatever lies there and whoever used it: nothing needed goes, and what is left fits or is needed", () => {
  const keys = [..."abcdefgh"];
  const keyed = fc.subarray(keys);
  const uses = fc.array(fc.record({ keys: keyed, started: fc.nat(NOW) }), { maxLength: 5 });
  const times = fc.array(fc.nat(NOW), { minLength: 8, maxLength: 8 });
  const shared = fc.array(fc.nat(3), { minLength: 8, maxLength: 8 });
  const limits = fc.record({ maxSize: fc.nat(100), maxAge: fc.nat(NOW), keepRuns: fc.nat(3) }, {
    requiredKeys: [],
  });
  fc.assert(fc.property(uses, uses, times, shared, limits, (past, live, made, inode, limits) => {
    const units = keys.map((key, i) =>
      unit(key, made[i]!, { files: [file(key, 5), file(`shared ${inode[i]}`, 20, 9)] })
    );
    const users: Users = {
      past: past.map(({ keys, started }) => use(keys.join(""), started)),
      live: live.map(({ keys, started }) => use(keys.join(""), started)),
      stores: [],
    };
    const inventory: Inventory = { units, leftovers: [] };
    const { choices } = chooseGarbage(inventory, users, limits, NOW);
    const removed = new Set(choices.map(({ unit }) => unit));
    const living = new Set(live.flatMap(({ keys }) => keys));
    assert(choices.every(({ unit }) => !living.has(unit.key)));
    const rest = units.filter((each) => !removed.has(each));
    const lastUses = lastUsesOf(units, users);
    const { maxSize, maxAge, keepRuns } = limits;
    const isFree = ({ key }: Unit) =>
      !living.has(key) && (keepRuns === undefined || !past.some(({ keys }) => keys.includes(key)));
    if (maxSize !== undefined && bytesOfFiles(filesOf({ units: rest, leftovers: [] })) > maxSize) {
      assert(!rest.some(isFree), "what is too large is needed");
    }
    if (maxAge !== undefined) {
      assert(rest.filter(isFree).every(({ key }) => lastUses.get(key)! >= NOW - maxAge));
    }
    if (maxSize === undefined && maxAge === undefined && keepRuns === undefined) assertEquals(choices, []);
  }));
});
