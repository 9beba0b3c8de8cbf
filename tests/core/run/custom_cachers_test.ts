/** Cachers of the user's that misbehave: each is an error that names its stage and output, and nothing is committed. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { gzipped } from "../../../core/define/combinators/gzipped.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import type { Artifact, Cacher } from "../../../core/define/cacher.ts";
import { miss } from "../../../core/define/miss.ts";
import { lazy } from "../../../core/define/output.ts";
import { valueOf } from "../../../core/run/record.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import type { RunOptions } from "../../../core/run/run_options.ts";
import { tree } from "../../helpers/tree.ts";
import { artifactsBelow, collect, experiment, type LooseStage, stage, testIn } from "./helpers.ts";

/** A cacher that does as it should, but for what a test changes. */
function numbersCacher(changes: Partial<Cacher<number[]>> = {}): Cacher<number[]> {
  return {
    extension: ".numbers",
    save: (value, artifact) => Deno.writeTextFile(artifact.path(), value.join(" ")),
    load: async (artifact) => (await Deno.readTextFile(artifact.path())).split(" ").map(Number),
    ...changes,
  };
}

const never = () => new Promise<never>(() => {});

/** Runs a stage whose second output has the cacher, and one that reads it. */
async function runWith(
  dir: string,
  cacher: Cacher<number[]>,
  spec: LooseStage = {},
  options: RunOptions = {},
) {
  const make = stage(
    "make",
    { ...spec, outputs: { first: jsonCacher(), numbers: cacher } },
    () => ({ first: 1, numbers: [1, 2, 3] }),
  );
  const use = stage("use", { inputs: ["numbers"] }, ({ numbers }) => ({ use: numbers }));
  const told = collect();
  const result = await runExperiment(experiment({ stages: [make, use] }), {
    dir,
    onEvent: told.onEvent,
    ...options,
  });
  return { ...result, warnings: told.warnings };
}

const BESIDE = (artifact: Artifact) => artifact.path().replace(/\.numbers$/, "_beside.bin");

const misbehaving: readonly [what: string, cacher: Partial<Cacher<number[]>>, message: string][] = [
  ["save throws", {
    save: () => {
      throw new Error("no room for numbers");
    },
  }, "no room for numbers"],
  ["save rejects", { save: () => Promise.reject(new Error("no room for numbers")) }, "no room for numbers"],
  ["save throws no error", {
    save: () => {
      throw "just text";
    },
  }, "just text"],
  ["save writes nothing", { save: () => {} }, "save wrote nothing"],
  ["save writes beside its paths", {
    save: (value, artifact) => {
      Deno.writeTextFileSync(artifact.path(), value.join(" "));
      Deno.writeTextFileSync(BESIDE(artifact), "more");
    },
  }, '_beside.bin", which is no part of the artifact'],
  ["save writes only beside its paths", {
    save: (_, artifact) => Deno.writeTextFileSync(BESIDE(artifact), "more"),
  }, "save wrote nothing"],
  ["save writes a folder above its paths", {
    save: (value, artifact) => {
      Deno.writeTextFileSync(artifact.path(), value.join(" "));
      Deno.mkdirSync(join(artifact.path(), "..", "elsewhere"));
    },
  }, '"elsewhere", which is no part of the artifact'],
  ["save asks for a suffix that leads elsewhere", {
    save: (_, artifact) => Deno.writeTextFile(artifact.path("/../../escaped"), ""),
  }, "no end of a file name"],
  ["save leaves a link", {
    save: (_, artifact) => Deno.symlink("/etc/hostname", artifact.path()),
  }, "neither a file nor a folder"],
  ["save leaves in extra what JSON can't hold", {
    save: (value, artifact) => {
      artifact.extra.when = new Date(0);
      return Deno.writeTextFile(artifact.path(), value.join(" "));
    },
  }, "extra"],
  ["load throws", {
    load: () => {
      throw new Error("no numbers here");
    },
  }, "can't load what it saved: no numbers here"],
  ["load calls it a miss", {
    load: () => {
      throw miss("an old layout");
    },
  }, "calls what it saved a miss: an old layout"],
  [
    "load gives something else",
    { load: () => [1, 2, 4] },
    "loads something else than it saved: $[2] is 4, wanted 3",
  ],
  ["load gives another type", {
    load: async (artifact) => (await Deno.readTextFile(artifact.path())) as never,
  }, '$ is "1 2 3", wanted an array'],
  ["load leaves a file in its folder", {
    save: (value, artifact) => Deno.writeTextFile(`${artifact.dir("_more")}/numbers`, value.join(" ")),
    load: async (artifact) => {
      Deno.writeTextFileSync(`${artifact.dir("_more")}/LOCK`, "");
      return (await Deno.readTextFile(`${artifact.dir("_more")}/numbers`)).split(" ").map(Number);
    },
  }, 'LOCK" was added to it; open it for reading alone'],
  ["load leaves a file beside it", {
    load: async (artifact) => {
      Deno.writeTextFileSync(`${artifact.path()}.lock`, "");
      return (await Deno.readTextFile(artifact.path())).split(" ").map(Number);
    },
  }, '.numbers.lock", which is no part of the artifact'],
  ["load writes its file anew", {
    load: async (artifact) => {
      const numbers = (await Deno.readTextFile(artifact.path())).split(" ").map(Number);
      Deno.writeTextFileSync(artifact.path(), "0 0 0");
      return numbers;
    },
  }, "is not what was written; open it for reading alone"],
  ["load removes its file", {
    load: async (artifact) => {
      const numbers = (await Deno.readTextFile(artifact.path())).split(" ").map(Number);
      Deno.removeSync(artifact.path());
      return numbers;
    },
  }, "is missing; open it for reading alone"],
  ["load gives nothing", { load: () => undefined as never }, "$ is undefined"],
];

for (const [what, cacher, message] of misbehaving) {
  for (const wrap of ["plain", "lazy", "in a folder"] as const) {
    testIn(
      `${what}, ${wrap}: an error that names stage and output, and nothing is committed`,
      async (dir) => {
        const own = numbersCacher(cacher);
        const wrapped = wrap === "lazy" ? lazy(own) : wrap === "plain" ? own : withSubdir(own, "models");
        const { errors, failed, skipped } = await runWith(dir, wrapped);
        assertEquals([failed, skipped], [1, 1]);
        const [{ message: found }] = errors as [Error];
        for (const part of ['output "numbers"', 'stage "make"', message]) assertStringIncludes(found, part);
        assert(!found.includes("staging"), found);
        assertEquals(artifactsBelow(join(dir, "cache")), {});
        assertEquals(tree(join(dir, "cache", ".cairn", "staging")), []);
        assertEquals(tree(join(dir, "cache", ".cairn", "locks")), []);
      },
    );
  }
}

testIn("what is wrong with it is found behind gzipped, and where only load is one's own", async (dir) => {
  const wrong = [gzipped(numbersCacher({ load: () => [9] })), { ...jsonCacher<number[]>(), load: () => [9] }];
  for (const [i, cacher] of wrong.entries()) {
    const { errors } = await runWith(join(dir, `${i}`), cacher as Cacher<number[]>);
    assertStringIncludes(errors[0]!.message, "loads something else than it saved");
  }
});

testIn("a save that never ends is given up when the stage's timeout is over", async (dir) => {
  const { errors, failed } = await runWith(dir, numbersCacher({ save: never }), { timeout: 50 });
  assertEquals(failed, 1);
  for (const part of ['tage "make"', 'longer than its "timeout" of 50 ms', 'at saving output "numbers"']) {
    assertStringIncludes(errors[0]!.message, part);
  }
  assertEquals(artifactsBelow(join(dir, "cache")), {});
});

testIn("a load that never ends is given up when the timeout of its stage is over", async (dir) => {
  let isStuck = false;
  const cacher = numbersCacher({
    load: async (artifact) =>
      isStuck ? await never() : (await Deno.readTextFile(artifact.path())).split(" ").map(Number),
  });
  assertEquals((await runWith(dir, cacher, { timeout: 10_000 })).failed, 0);
  isStuck = true;
  // The stage that reads it runs again, and so it has to be loaded.
  const { errors, failed } = await runWith(dir, cacher, { timeout: 50 }, { overwriteStages: ["use"] });
  assertEquals(failed, 1);
  for (const part of ['output "numbers" of stage "make"', 'longer than its "timeout" of 50 ms']) {
    assertStringIncludes(errors[0]!.message, part);
  }
});

testIn(
  "a check that never ends is given up likewise, and what it did not vouch for is made again",
  async (dir) => {
    let isStuck = false;
    const cacher = numbersCacher({ check: async () => isStuck ? await never() : true });
    assertEquals((await runWith(dir, cacher, { timeout: 10_000 })).executed, 2);
    isStuck = true;
    const { executed, failed, warnings } = await runWith(dir, cacher, { timeout: 50 }, { until: "make" });
    assertEquals([executed, failed, warnings.length], [1, 0, 1]);
    assertStringIncludes(warnings[0]!, 'longer than its "timeout" of 50 ms');
  },
);

testIn(
  "a lossy cacher is taken at its word: later stages get what it loads, in the first run as in the second",
  async (dir) => {
    const rounded = numbersCacher({
      lossy: true,
      save: (value, artifact) =>
        Deno.writeTextFile(artifact.path(), value.map((each) => each * 10).join(" ")),
    });
    const first = await runWith(dir, rounded);
    assertEquals([first.failed, await valueOf(first.records[0]!, "use")], [0, [10, 20, 30]]);
    const second = await runWith(dir, rounded, {}, { overwriteStages: ["use"] });
    assertEquals([second.executed, await valueOf(second.records[0]!, "use")], [1, [10, 20, 30]]);
  },
);

testIn(
  "a cacher that behaves is loaded once to see that it does, and never where there is nothing to do",
  async (dir) => {
    let loads = 0;
    const cacher = numbersCacher();
    const counted = { ...cacher, load: (artifact: Artifact) => (loads++, cacher.load(artifact)) };
    const { records } = await runWith(dir, counted);
    assertEquals([loads, await valueOf(records[0]!, "use")], [1, [1, 2, 3]]);
    assertEquals((await runWith(dir, counted)).reused, 2);
    assertEquals(loads, 1);
  },
);
