/**
 * Keys that mean something to objects, through all that Cairn does with them. A module of its own, so that it runs with
 * the accessor `__proto__` too, which Deno leaves out unless it is told otherwise.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { walkSync } from "@std/fs";
import { arrowCacher } from "../../cachers/arrow.ts";
import { csvCacher } from "../../cachers/csv_cacher.ts";
import { jsonCacher } from "../../cachers/json_cacher.ts";
import { jsonTableCacher } from "../../cachers/json_table_cacher.ts";
import { parquetCacher } from "../../cachers/parquet.ts";
import { notebookCacher } from "../../cachers/notebook_cacher.ts";
import { structuredCacher } from "../../cachers/structured_cacher.ts";
import { gzipped } from "../../core/define/combinators/gzipped.ts";
import { isMiss } from "../../core/define/miss.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import { grid } from "../../core/params/grid.ts";
import { describe } from "../../core/params/describe.ts";
import { parameterSets } from "../../core/params/sets.ts";
import { earlierArtifacts } from "../../core/history/earlier.ts";
import { explain } from "../../core/history/explain.ts";
import { diffRuns } from "../../core/history/run_diff.ts";
import { planDetails } from "../../core/run/plan_experiment.ts";
import { createRecord, runStage, valueOf } from "../../core/run/record.ts";
import { loadFrom, saveAs } from "../../core/store/inline.ts";
import { parseMetadata } from "../../core/store/metadata.ts";
import { openWorkspace } from "../../core/store/workspace.ts";
import { aggregate, experiment, stage } from "../core/run/helpers.ts";
import { tryRun } from "./helpers.ts";
import { sealed } from "./sealed.ts";

/** Keys that objects inherit, or that stand for what they inherit from. */
const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "__defineGetter__",
];

/** An object with such keys of its own. */
function hostile(value: unknown = { polluted: 1 }): Record<string, unknown> {
  return Object.fromEntries(KEYS.map((key) => [key, value]));
}

/** What objects and functions inherit, which nothing may add to or change. */
function inherited() {
  return [Object.prototype, Array.prototype, Function.prototype, Map.prototype, String.prototype].map((
    prototype,
  ) => Reflect.ownKeys(prototype).map((key) => [key, Object.getOwnPropertyDescriptor(prototype, key)]));
}

/** Whether a value is a plain object with these keys as properties of its own. */
function assertOwn(value: unknown, expected: Record<string, unknown>, what: string): void {
  assert(typeof value === "object" && value !== null, what);
  const prototype = Object.getPrototypeOf(value);
  assert(prototype === Object.prototype || prototype === null, `${what}: it has another prototype`);
  assertEquals(Object.keys(value).sort(), Object.keys(expected).sort(), what);
  for (const key of Object.keys(expected)) {
    assertEquals(Object.getOwnPropertyDescriptor(value, key)?.value, expected[key], `${what}: ${key}`);
  }
}

async function savedAndLoaded(dir: string): Promise<void> {
  const rows = [hostile(1), { ...hostile(2), a: 1 }, { a: 2 }];
  const dated = [hostile(new Date(0)), hostile(null)];
  const mixed = [hostile({ polluted: 1 }), hostile([1])];
  const cases: [string, AnyCacher, unknown, (loaded: never) => void][] = [
    [
      "json",
      jsonCacher(),
      { deep: [hostile()] },
      (loaded: { deep: unknown[] }) => assertOwn(loaded.deep[0], hostile(), "json"),
    ],
    [
      "structured",
      structuredCacher(),
      new Map([["a", hostile()]]),
      (loaded: Map<string, unknown>) => assertOwn(loaded.get("a"), hostile(), "structured"),
    ],
    [
      "notebook",
      notebookCacher(),
      [["__proto__"], ["constructor"]],
      (loaded: string[][]) => assertEquals(loaded, [["__proto__"], ["constructor"]]),
    ],
    ...[csvCacher(), jsonTableCacher(), arrowCacher(), parquetCacher()].flatMap((cacher) =>
      [rows, dated, mixed].map((value): [string, AnyCacher, unknown, (loaded: never) => void] => [
        cacher.kind!,
        cacher,
        value,
        (loaded: Record<string, unknown>[]) => {
          for (const [i, row] of value.entries()) assertOwn(loaded[i], row, `${cacher.kind} row ${i}`);
        },
      ])
    ),
  ];
  for (const [i, [name, cacher, value, check]] of cases.entries()) {
    for (const each of [cacher, gzipped(cacher)]) {
      const path = join(dir, `${name}${i}${each === cacher ? "" : "z"}${each.extension}`);
      await saveAs(path, each, value);
      check(await loadFrom(path, each) as never);
    }
  }
  // A table that no cacher wrote, and one that says of its own columns what it likes.
  await Deno.writeTextFile(join(dir, "raw.csv"), `${KEYS.join()}\r\n${KEYS.map(() => 1).join()}\r\n`);
  assertOwn((await loadFrom(join(dir, "raw.csv"), csvCacher()))[0], hostile("1"), "raw.csv");
  const typed = csvCacher({ columns: Object.fromEntries(KEYS.map((key) => [key, "number" as const])) });
  assertOwn((await loadFrom(join(dir, "raw.csv"), typed))[0], hostile(1), "raw.csv with types");
  await Deno.writeTextFile(join(dir, "raw.json"), `[${JSON.stringify(hostile())}]`);
  assertOwn((await loadFrom(join(dir, "raw.json"), jsonTableCacher()))[0], hostile(), "raw.json");
  const extra = {
    columns: JSON.parse(
      '[{ "__proto__": { "name": "x", "type": "date" }, "name": "__proto__", "type": "date" }]',
    ),
    rows: 1,
  };
  for (const cacher of [csvCacher(), jsonTableCacher()]) {
    const path = join(dir, cacher.extension === ".csv" ? "raw.csv" : "raw.json");
    const refused = await Promise.try(() => cacher.load({ path: () => path, dir: () => dir, extra })).then(
      () => undefined,
      (error: Error): Error => error,
    );
    assert(refused === undefined || refused instanceof SyntaxError || isMiss(refused), refused?.stack);
  }
}

async function asParameters(dir: string): Promise<void> {
  const params = [{ name: "a", ...hostile({ x: 1 }) }, { name: "b", ...hostile({ x: 2 }) }];
  assertOwn(grid(Object.fromEntries(KEYS.map((key) => [key, [1]])) as never)[0], hostile(1), "grid");
  for (const { params: each } of parameterSets(params)) assertEquals(Object.keys(each), KEYS);
  assertOwn(describe(hostile()), hostile(), "describe");
  const seen: unknown[] = [];
  const stages = [
    stage("all", {}, ({ params }) => {
      seen.push(params);
      return { all: params };
    }),
    stage("some", { params: KEYS, inputs: ["all"] }, ({ params, all }) => ({ some: [params, all] })),
    stage("none", { params: ["constructor"] }, ({ params }) => ({ none: Object.keys(params) })),
  ];
  const total = aggregate(
    "total",
    { inputs: ["some"] },
    (states) => ({ total: states.map(({ params }) => params) }),
  );
  const make = (sets: readonly unknown[]) => experiment({ params: sets, stages, aggregates: [total] });
  for (const options of [{}, { set: hostile({ x: 3 }) }, { set: { ["__proto__"]: 1 } }, {}]) {
    const { result } = await tryRun(dir, make(options.set ? params.slice(0, 1) : params), {
      ...options,
      storeFull: true,
    });
    assertEquals(result.errors, []);
    for (const record of result.records) {
      const [own] = await valueOf(record, "some") as [Record<string, unknown>];
      assertEquals(Object.keys(own).sort(), KEYS.toSorted());
      assertEquals(await valueOf(record, "none"), ["constructor"]);
    }
    for (const each of await valueOf(result.aggregates[0]!, "total") as unknown[]) {
      assertEquals(Object.keys(each as object).sort(), KEYS.toSorted());
    }
  }
  for (const value of seen) assertOwn(value, Object.fromEntries(Object.entries(value as object)), "params");
  const hashed = experiment({
    params,
    stages,
    hash: { ["__proto__"]: "ignore", constructor: (value: { x: number }) => value.x },
  });
  assertEquals((await tryRun(dir, hashed)).result.failed, 0);
  const { workspace, details } = await planDetails(make([{ name: "c", ...hostile({ x: 9 }) }]), {
    dir: `${dir}/data`,
  });
  assert(explain(details, earlierArtifacts(workspace)).every(({ causes }) => causes.length > 0));
  const runs = [...Deno.readDirSync(`${dir}/data/runs`)].map(({ name }) => name).filter((name) =>
    name.startsWith("exp_")
  ).sort();
  assert(diffRuns(`${dir}/data`, runs[0]!, runs[1]!).stages.length > 0);
}

async function asNames(dir: string): Promise<void> {
  const names = KEYS.filter((key) => !key.startsWith("_"));
  for (const name of names) {
    const stages = [
      stage(name, { params: [], outputs: { [name]: jsonCacher() } }, () => ({ [name]: `value of ${name}` })),
      stage(
        "use",
        { inputs: [name], optional: names.filter((each) => each !== name) },
        (state) => ({ use: [state[name], Object.keys(state)] }),
      ),
    ];
    const total = aggregate(
      `${name}s`,
      { inputs: [name], outputs: { valueOf: jsonCacher() } },
      (states) => ({ valueOf: states.length }),
    );
    const exp = experiment({
      name,
      params: [{ name, k: 1 }, { name: "other", k: 2 }],
      stages,
      aggregates: [total],
    });
    for (const executed of [4, 0]) {
      const { result } = await tryRun(dir, exp);
      assertEquals([result.executed <= executed, result.failed], [true, 0]);
      assertEquals(await valueOf(result.records[0]!, "use"), [`value of ${name}`, [name, "params"]]);
      assertEquals(await valueOf(result.aggregates[0]!, "valueOf"), 2);
    }
    const empty = stage("empty", { params: [] }, () => ({ empty: 1 }));
    const lacking = experiment({
      name: "lacking",
      stages: [empty, stage("use", { inputs: [name] }, () => ({ use: 1 }))],
    });
    const error = await tryRun(dir, lacking).then(() => undefined, (error: Error) => error);
    assert(
      error instanceof TypeError && error.message.includes(name),
      `an input that nobody makes: ${error?.message}`,
    );
    const runs = [...Deno.readDirSync(`${dir}/data/runs`)].map((entry) => entry.name).filter((each) =>
      each.startsWith(`${name}_`)
    );
    assertEquals(
      diffRuns(`${dir}/data`, runs[0]!, runs[1]!).facts.some((fact) => fact.name === "experiment"),
      false,
    );
  }
  // Of two runs one of which has no such output.
  const of = (output: string) =>
    experiment({
      name: "both",
      stages: [stage("make", { params: [], outputs: { [output]: jsonCacher() } }, () => ({ [output]: 1 }))],
    });
  const [was, is] = [await tryRun(dir, of("toString")), await tryRun(dir, of("plain"))];
  const diff = diffRuns(`${dir}/data`, was.result.reference!, is.result.reference!);
  assertEquals(diff.stages[0]!.outputs.map(({ output, content }) => [output, content]), [[
    "toString",
    "unknown",
  ], ["plain", "unknown"]]);
}

async function asMetadata(dir: string): Promise<void> {
  const workspace = openWorkspace({ dir: `${dir}/data`, experiment: "exp" });
  const first = stage("first", { params: [] }, () => ({ first: 1 }));
  const second = stage("second", { inputs: ["first"] }, ({ first }) => ({ second: first + 1 }));
  await runStage(await runStage(createRecord(workspace), first), second);
  for (const { path } of [...walkSync(`${dir}/data`)]) {
    if (!path.endsWith("_metadata.json")) continue;
    const { seal: _, ...json } = JSON.parse(Deno.readTextFileSync(path));
    const ancestors = Object.fromEntries([
      ...Object.entries(json.ancestors),
      ...KEYS.map((key) => [key, "0".repeat(64)]),
    ]);
    Deno.writeTextFileSync(path, sealed({ ...json, ancestors, extra: hostile({ polluted: 1 }) }));
    assert("metadata" in parseMetadata(Deno.readTextFileSync(path)));
    const odd = sealed({ ...json, ancestors: hostile({ polluted: 1 }) });
    assert("damaged" in parseMetadata(odd), "an ancestor is a digest");
  }
  const third = stage("third", { inputs: ["second"] }, ({ second }) => ({ third: second + 1 }));
  const { result } = await tryRun(dir, experiment({ stages: [first, second, third] }));
  assertEquals(await valueOf(result.records[0]!, "third"), 3);
  assertEquals((await tryRun(dir, experiment({ stages: [first, second, third] }))).result.failed, 0);
}

/** Tries all of it in a folder. */
export async function tryPrototypes(dir: string): Promise<void> {
  const before = inherited();
  for (const [i, each] of [savedAndLoaded, asParameters, asNames, asMetadata].entries()) {
    const own = join(dir, String(i));
    await Deno.mkdir(own);
    await each(own);
    assertEquals(inherited(), before, each.name);
    assertEquals(Object.hasOwn({}, "polluted"), false);
    assertEquals(("polluted" in {}) || ("polluted" in []), false, each.name);
  }
}

if (import.meta.main) {
  assert(Object.hasOwn(Object.prototype, "__proto__"), "Deno was not told to keep the accessor");
  await tryPrototypes(Deno.args[0]!);
  console.log("nothing was poisoned");
}
