/** Streams in runs: no stage gets one that was used up, and none goes through lines of another file. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import * as v from "valibot";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { jsonLinesCacher } from "../../../cachers/json_lines_cacher.ts";
import { linesCacher } from "../../../cachers/lines_cacher.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { validated } from "../../../core/define/combinators/validated.ts";
import { zstd } from "../../../core/define/combinators/zstd.ts";
import { lazy, type LazyValue, transient } from "../../../core/define/output.ts";
import { createRecord, runStages, valueOf } from "../../../core/run/record.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import {
  aggregate,
  artifactPath,
  artifactsBelow,
  collect,
  experiment,
  flipByte,
  removeArtifacts,
  stage,
  testIn,
} from "./helpers.ts";

type Lines = AsyncIterable<string>;

async function* linesOf(...lines: string[]): AsyncGenerator<string> {
  yield* lines;
}

const sizeOf = async (lines: Lines) => (await Array.fromAsync(lines)).join().length;

/** `make` gives three lines, which `first`, `second` and the aggregate `all` each go through twice. */
function threeReaders(lines: unknown = linesCacher()) {
  const read = async (lines: Lines) => [await sizeOf(lines), await sizeOf(lines)];
  const make = stage("make", { outputs: { lines: lines as Cacher<Lines> } }, () => ({
    lines: linesOf("a", "bc", ""),
  }));
  const first = stage("first", { inputs: ["lines"] }, async ({ lines }) => ({ first: await read(lines) }));
  const second = stage("second", { inputs: ["lines"] }, async ({ lines }) => ({ second: await read(lines) }));
  const all = aggregate("all", { inputs: ["lines"] }, async (states) => ({
    all: await Promise.all(states.map(({ lines }) => read(lines))),
  }));
  return experiment({ params: [{ k: 1 }, { k: 2 }], stages: [make, first, second], aggregates: [all] });
}

const ways: Readonly<Record<string, unknown>> = {
  "as it is": linesCacher(),
  "lazy": lazy(linesCacher()),
  "validated": validated(linesCacher(), v.string()),
  "compressed": zstd(linesCacher()),
};

for (const [way, cacher] of Object.entries(ways)) {
  for (const strict of [false, true]) {
    testIn(
      `a stream is whole to every stage that reads it: ${way}${strict ? ", in a strict run" : ""}`,
      async (dir) => {
        const { onEvent, warnings } = collect();
        const options = { dir, strict, onEvent, storeFull: true };
        const first = await runExperiment(threeReaders(cacher), options);
        assertEquals([first.executed, first.failed, warnings], [7, 0, []]);
        for (const name of ["first", "second"]) {
          assertEquals(await valueOf(first.records[1]!, name), [5, 5]);
        }
        assertEquals(
          Deno.readTextFileSync(artifactPath(dir, "_all_all")).replace(/\s/g, ""),
          "[[5,5],[5,5]]",
        );
        removeArtifacts(dir, "_first_");
        const second = await runExperiment(threeReaders(cacher), options);
        assertEquals([second.executed, second.failed, warnings], [2, 0, []]);
        assertEquals(await Array.fromAsync(await valueOf(second.records[0]!, "lines") as Lines), [
          "a",
          "bc",
          "",
        ]);
      },
    );
  }
}

testIn("a handle of a stream loads it as often as it is asked to", async (dir) => {
  const make = stage("make", { outputs: { lines: lazy(linesCacher(), { resolve: false }) } }, () => ({
    lines: linesOf("a", "b"),
  }));
  const use = stage("use", { inputs: ["lines"] }, async ({ lines }) => {
    const handle = lines as LazyValue<Lines>;
    return { use: [await sizeOf(await handle.load()), await sizeOf(await handle.load())] };
  });
  const { failed, records } = await runExperiment(experiment({ stages: [make, use] }), { dir });
  assertEquals([failed, await valueOf(records[0]!, "use")], [0, [3, 3]]);
});

testIn("in scripts, a stream is whole to whoever asks for it", async (dir) => {
  const make = stage("make", { outputs: { rows: jsonLinesCacher<number>() } }, () => ({ rows: [1, 2] }));
  const double = stage("double", { inputs: ["rows"], outputs: { twice: jsonLinesCacher() } }, ({ rows }) => ({
    twice: (async function* () {
      for await (const row of rows) yield 2 * row;
    })(),
  }));
  const record = await runStages(createRecord(openWorkspace({ dir, experiment: "exp" })), [make, double]);
  for (const [name, wanted] of [["rows", [1, 2]], ["twice", [2, 4]], ["twice", [2, 4]]] as const) {
    assertEquals(await Array.fromAsync(await valueOf(record, name) as Lines), wanted as unknown as string[]);
  }
});

testIn("what a stream throws midway fails its stage, and nothing is committed", async (dir) => {
  const make = stage("make", { outputs: { first: jsonCacher(), lines: linesCacher() } }, () => ({
    first: 1,
    lines: (async function* () {
      for (let i = 0; i < 100_000; i++) yield `row ${i}`;
      throw new RangeError("the server hung up");
    })(),
  }));
  const { failed, errors } = await failing(dir, [make]);
  assertEquals([failed, artifactsBelow(join(dir, "cache"))], [1, {}]);
  assertStringIncludes(errors, 'Cannot save output "lines" of stage "make": the server hung up');
});

testIn(
  "a line that is refused fails its stage, by the file's name in the cache, and ends the stream",
  async (dir) => {
    let ends = 0;
    const make = stage("make", { outputs: { rows: jsonLinesCacher() } }, () => ({
      rows: (async function* () {
        try {
          yield { when: 1 };
          yield { when: new Date(0) };
        } finally {
          ends++;
        }
      })(),
    }));
    const { failed, errors } = await failing(dir, [make]);
    assertEquals([failed, ends, artifactsBelow(join(dir, "cache"))], [1, 1, {}]);
    assertStringIncludes(errors, `$[1].when is an instance of Date`);
    assertStringIncludes(errors, join(dir, "cache", "exp_"));
  },
);

testIn("a stream that never ends is ended when its stage has taken too long", async (dir) => {
  const seen = { items: 0, ends: 0 };
  const make = stage(
    "make",
    { outputs: { lines: linesCacher() }, timeout: 60, retries: 1, backoff: 1 },
    () => ({
      lines: (async function* () {
        try {
          for (;; seen.items++) yield "a line that does not heed any signal";
        } finally {
          seen.ends++;
        }
      })(),
    }),
  );
  const { failed, errors } = await failing(dir, [make]);
  assertEquals([failed, seen.ends, artifactsBelow(join(dir, "cache"))], [1, 2, {}]);
  assertStringIncludes(errors, 'longer than its "timeout" of 60 ms, and was at saving output "lines"');
  const { items } = seen;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(seen.items, items, "nobody goes on with it");
});

const oneTime: Readonly<Record<string, () => unknown>> = {
  "an async generator": () => linesOf("a"),
  "a generator": () => [1].values(),
  "a ReadableStream": () => ReadableStream.from(["a"]),
};

for (const [what, make] of Object.entries(oneTime)) {
  for (
    const [how, output, advice] of [
      ["in memory only", transient(), "give it a cacher of streams"],
      ["with a cacher of one's own", { extension: ".x", save: () => {}, load: () => 1 }, "streams: true"],
    ] as const
  ) {
    testIn(`${what} is refused where it would be handed on as it is: ${how}`, async (dir) => {
      const { failed, errors } = await failing(dir, [
        stage("make", { outputs: { lines: output } }, () => ({ lines: make() })),
      ]);
      assertEquals([failed, artifactsBelow(join(dir, "cache"))], [1, {}]);
      assertStringIncludes(errors, 'Cannot hand on output "lines" of stage "make"');
      assertStringIncludes(errors, advice);
    });
  }
}

testIn("in memory only, what begins anew each time may be gone through by many", async (dir) => {
  const again = { [Symbol.asyncIterator]: () => linesOf("a", "bc", "") };
  const make = stage("make", { outputs: { lines: transient() } }, () => ({ lines: again }));
  const use = stage("use", { inputs: ["lines"] }, async ({ lines }) => ({ use: await sizeOf(lines) }));
  const more = stage("more", { inputs: ["lines"] }, async ({ lines }) => ({ more: await sizeOf(lines) }));
  const { failed, records } = await runExperiment(experiment({ stages: [make, use, more] }), { dir });
  assertEquals([failed, await valueOf(records[0]!, "use"), await valueOf(records[0]!, "more")], [0, 5, 5]);
});

/** A cacher of one's own that hands on streams. */
const shouting: Cacher<Lines> = {
  extension: ".shout",
  streams: true,
  save: async (lines, artifact) => {
    Deno.writeTextFileSync(artifact.path(), (await Array.fromAsync(lines)).join("!"));
  },
  load: (artifact) => {
    const lines = Deno.readTextFileSync(artifact.path()).split("!");
    return { [Symbol.asyncIterator]: () => linesOf(...lines) };
  },
};

testIn("a cacher of one's own that says so may hand on streams", async (dir) => {
  const { failed, records } = await runExperiment(threeReaders(shouting), { dir });
  assertEquals([failed, await valueOf(records[0]!, "second")], [0, [5, 5]]);
});

Deno.test("whether values are streams is said with true or false", () => {
  assertThrows(
    () => stage("make", { outputs: { lines: { ...shouting, streams: "yes" } as never } }, () => ({})),
    TypeError,
    '"streams" is true or false, found a string',
  );
});

/** `copy` saves what it reads of `make`, and is disturbed when it begins to. */
function disturbed(disturb: () => void, runs = { make: 0, copy: 0 }, retries = 0) {
  const make = stage("make", { outputs: { lines: linesCacher() } }, () => {
    runs.make++;
    return { lines: linesOf(...new Array(10).fill("a line")) };
  });
  const copy = stage(
    "copy",
    { inputs: ["lines"], outputs: { copy: linesCacher() }, retries, backoff: 1 },
    ({ lines }) => ({
      copy: (async function* () {
        if (runs.copy++ === 0) disturb();
        yield* lines as Lines;
      })(),
    }),
  );
  return { exp: experiment({ stages: [make, copy] }), runs };
}

const disturbances: Readonly<Record<string, (path: string) => void>> = {
  "removed": (path) => Deno.removeSync(path),
  "written to": (path) => Deno.writeTextFileSync(path, "another line\n", { append: true }),
  "replaced": (path) => {
    Deno.writeTextFileSync(`${path}.new`, "another line\n");
    Deno.renameSync(`${path}.new`, path);
  },
};

for (const [what, disturb] of Object.entries(disturbances)) {
  for (const retries of [0, 2]) {
    testIn(
      `a stream whose file is ${what} before it is gone through is made again: ${retries} retries`,
      async (dir) => {
        const { exp, runs } = disturbed(() => disturb(artifactPath(dir, "_make_lines")), undefined, retries);
        const { failed } = await runExperiment(exp, { dir });
        assertEquals([failed, runs], [0, { make: 2, copy: 2 }]);
        assertEquals(Deno.readTextFileSync(artifactPath(dir, "_copy_copy")), "a line\n".repeat(10));
      },
    );
  }
}

testIn(
  "a file of the user's that changes before it is gone through is gone through as it is now",
  async (dir) => {
    const path = join(dir, "own.jsonl");
    Deno.writeTextFileSync(path, "1\r\n2\r\n");
    let runs = 0;
    const own = stage("own", { outputs: { rows: atPath(jsonLinesCacher(), path, { adopt: true }) } }, () => {
      throw new Error("it is there already");
    });
    const sum = stage("sum", { inputs: ["rows"] }, async ({ rows }) => {
      if (runs++ === 0) Deno.writeTextFileSync(path, "3\n\n4");
      return { sum: (await Array.fromAsync(rows as AsyncIterable<number>)).reduce((a, b) => a + b) };
    });
    const exp = experiment({ stages: [own, sum] });
    const first = await runExperiment(exp, { dir });
    assertEquals([first.failed, runs, await valueOf(first.records[0]!, "sum")], [0, 2, 7]);
    assertEquals((await runExperiment(exp, { dir })).executed, 0, "it is known what it was made from");
  },
);

testIn("what was made again just as it was is gone through as if nothing had been", async (dir) => {
  const { exp, runs } = disturbed(() => {
    const path = artifactPath(dir, "_make_lines");
    Deno.copyFileSync(path, `${path}.new`);
    Deno.renameSync(`${path}.new`, path);
  });
  const { onEvent, warnings } = collect();
  const { failed } = await runExperiment(exp, { dir, onEvent });
  assertEquals([failed, runs, warnings], [0, { make: 1, copy: 1 }, []]);
});

testIn("a stream that was damaged is made again before anybody goes through it", async (dir) => {
  const { exp, runs } = disturbed(() => {});
  await runExperiment(exp, { dir });
  flipByte(artifactPath(dir, "_make_lines"));
  removeArtifacts(dir, "_copy_");
  const { onEvent, warnings } = collect();
  const { failed } = await runExperiment(exp, { dir, onEvent });
  assertEquals([failed, runs.make, warnings.length], [0, 2, 1]);
  assertEquals(Deno.readTextFileSync(artifactPath(dir, "_copy_copy")), "a line\n".repeat(10));
});

testIn("a stored item that does not fit its schema is a miss", async (dir) => {
  const rows = (schema: v.GenericSchema) => {
    const make = stage(
      "make",
      { outputs: { rows: validated(jsonLinesCacher(), schema) } },
      () => ({ rows: [1, 2] }),
    );
    const use = stage(
      "use",
      { inputs: ["rows"] },
      async ({ rows }) => ({ use: (await Array.fromAsync(rows)).length }),
    );
    return experiment({ stages: [make, use] });
  };
  await runExperiment(rows(v.number()), { dir });
  removeArtifacts(dir, "_use_");
  const { onEvent, warnings } = collect();
  await runExperiment(rows(v.pipe(v.number(), v.maxValue(1))), { dir, onEvent });
  assert(warnings.some((warning) => warning.includes("the stored value does not fit: $[1]: Invalid value")));
});

async function failing(dir: string, stages: Parameters<typeof experiment>[0]["stages"] & object) {
  const { failed, records } = await runExperiment(experiment({ stages }), { dir });
  const errors: string[] = [];
  for (const record of records) {
    await valueOf(record, "lines").catch((error) => errors.push(error.message));
    await valueOf(record, "rows").catch((error) => errors.push(error.message));
  }
  return { failed, errors: errors.join("\n") };
}
