/** Whatever things are called, nothing is written outside of the workspace, and nothing of one thing over another. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { dirname, join, relative, resolve } from "@std/path";
import fc from "fast-check";
import { jsonCacher } from "../../cachers/json_cacher.ts";
import { pathCacher } from "../../cachers/path_cacher.ts";
import { atPath } from "../../core/define/combinators/at_path.ts";
import { withPrefix } from "../../core/define/combinators/with_prefix.ts";
import { withSubdir } from "../../core/define/combinators/with_subdir.ts";
import { filesBelow } from "../../core/define/temporary_context.ts";
import type { Experiment } from "../../core/define/experiment.ts";
import type { RunOptions } from "../../core/run/run_options.ts";
import { valueOf } from "../../core/run/record.ts";
import { artifactToLoad, artifactToSave } from "../../core/store/artifact.ts";
import { saveAs } from "../../core/store/inline.ts";
import { fixture } from "../core/cli/helpers.ts";
import { aggregate, experiment, stage, testIn } from "../core/run/helpers.ts";
import { metadata } from "../core/history/helpers.ts";
import { everything, tryRun } from "./helpers.ts";
import { HOSTILE } from "./names.ts";
import { say } from "./terminal.ts";

const one = stage("one", { params: [] }, () => ({ one: 1 }));

/** An experiment in which something bears a name, and the options to run it with. */
const BEARERS: Record<string, (name: string) => readonly [Experiment, RunOptions?]> = {
  "a stage": (
    name,
  ) => [experiment({ stages: [stage(name, { outputs: { x: jsonCacher() } }, () => ({ x: 1 }))] })],
  "an aggregate": (name) => [
    experiment({
      stages: [one],
      aggregates: [aggregate(name, { inputs: ["one"], outputs: { x: jsonCacher() } }, () => ({ x: 1 }))],
    }),
  ],
  "an output": (name) => {
    const outputs = Object.fromEntries([[name, jsonCacher()]]);
    return [
      experiment({
        stages: [
          stage("make", { outputs }, () => Object.fromEntries([[name, 1]])),
          stage("use", { inputs: [name] }, (state) => ({ use: state[name] })),
        ],
        aggregates: [
          aggregate("all", { inputs: [name] }, (states) => ({ all: states.map((state) => state[name]) })),
        ],
      }),
    ];
  },
  "an experiment": (name) => [experiment({ name, stages: [one] })],
  "a prefix": (name) => [experiment({ stages: [one] }), { prefix: name }],
  "a cacher's prefix": (name) => [
    experiment({
      stages: [stage("one", { outputs: { one: withPrefix(jsonCacher(), name) } }, () => ({ one: 1 }))],
    }),
  ],
  "a subdir": (name) => [
    experiment({
      stages: [stage("one", { outputs: { one: withSubdir(jsonCacher(), name) } }, () => ({ one: 1 }))],
    }),
  ],
  "the end of a subdir": (name) => [
    experiment({
      stages: [stage("one", { outputs: { one: withSubdir(jsonCacher(), `a/${name}`) } }, () => ({ one: 1 }))],
    }),
  ],
  "a procedure": (name) => [experiment({ procedures: [{ name, stages: [one] }] })],
  "a record": (name) => [experiment({ params: [{ name, k: 1 }, { name: "other", k: 2 }], stages: [one] })],
  "a parameter": (
    name,
  ) => [
    experiment({
      params: [Object.fromEntries([[name, 1]]), Object.fromEntries([[name, 2]])],
      stages: [stage("all", {}, ({ params }) => ({ all: Object.keys(params) }))],
    }),
  ],
  "a parameter that a stage lists": (name) => [
    experiment({
      params: [Object.fromEntries([[name, 1]])],
      stages: [stage("all", { params: [name] }, ({ params }) => ({ all: Object.entries(params) }))],
    }),
  ],
  "a parameter's value": (
    name,
  ) => [
    experiment({
      params: [{ k: name }, { k: `${name}2` }],
      stages: [stage("all", {}, ({ params }) => ({ all: params.k }))],
    }),
  ],
  "a parameter that is set": (
    name,
  ) => [experiment({ stages: [one] }), { set: Object.fromEntries([[name, name]]) }],
  "an environment variable": (
    name,
  ) => [experiment({ stages: [stage("one", { env: [name] }, () => ({ one: 1 }))] })],
  "a declared file": (
    name,
  ) => [experiment({ stages: [stage("one", { files: [name] }, () => ({ one: 1 }))] })],
  "a version": (name) => [experiment({ stages: [stage("one", { version: name }, () => ({ one: 1 }))] })],
  "an extension": (name) => [
    experiment({
      stages: [stage("one", { outputs: { one: { ...jsonCacher(), extension: name } } }, () => ({ one: 1 }))],
    }),
  ],
  "a cacher's kind": (name) => [
    experiment({
      stages: [stage("one", { outputs: { one: { ...jsonCacher(), kind: name } } }, () => ({ one: 1 }))],
    }),
  ],
  "a file of a cacher": (name) => [
    experiment({
      stages: [stage("one", {
        outputs: {
          one: {
            extension: ".txt",
            save: (value: string, artifact) => {
              Deno.writeTextFileSync(artifact.path(), value);
              Deno.writeTextFileSync(artifact.path(name), value);
            },
            load: (artifact) => Deno.readTextFileSync(artifact.path(name)),
          },
        },
      }, () => ({ one: "x" }))],
    }),
  ],
  "a folder of a cacher": (name) => [
    experiment({
      stages: [stage("one", {
        outputs: {
          one: {
            extension: ".txt",
            save: (value: string, artifact) => Deno.writeTextFileSync(`${artifact.dir(name)}/a.txt`, value),
            load: (artifact) => Deno.readTextFileSync(`${artifact.dir(name)}/a.txt`),
          },
        },
      }, () => ({ one: "x" }))],
    }),
  ],
  "a file of a stage": (name) => [
    experiment({
      stages: [stage("one", { outputs: { one: pathCacher() } }, (_state, { path }) => {
        Deno.writeTextFileSync(path(name), "x");
        return { one: path(name) };
      })],
    }),
  ],
  "a folder of a stage": (name) => [
    experiment({
      stages: [stage("one", { outputs: { one: jsonCacher() } }, (_state, { dir }) => {
        Deno.writeTextFileSync(`${dir(name)}/a.txt`, "x");
        return { one: 1 };
      })],
    }),
  ],
};

/** What may be any text: a part of the names is enough for these. */
const TEXT = new Set([
  "a parameter",
  "a parameter that a stage lists",
  "a parameter's value",
  "a parameter that is set",
  "a version",
  "a cacher's kind",
  "an environment variable",
]);

for (const [what, make] of Object.entries(BEARERS)) {
  testIn(`${what} by a hostile name is refused in words, or stays in the workspace`, async (dir) => {
    const work = join(dir, "a", "b", "c", "work");
    let taken = 0;
    for (const [i, name] of HOSTILE.entries()) {
      if (TEXT.has(what) && i % 6 > 0) continue;
      const shown = `${what} ${JSON.stringify(name.slice(0, 40))}`;
      Deno.mkdirSync(work, { recursive: true });
      const env = Deno.env.toObject();
      let message: string | undefined;
      try {
        const [exp, options = {}] = make(name);
        const { result } = await tryRun(work, exp, options);
        message = result.errors[0]?.message;
        if (message === undefined && taken++ % 4 === 0) {
          const again = (await tryRun(work, exp, options)).result;
          assertEquals([again.executed, again.failed, again.reused > 0], [0, 0, true], shown);
          for (const record of again.records) {
            for (const { artifacts } of record.stages) {
              for (const output of Object.keys(artifacts)) await valueOf(record, output);
            }
          }
        }
      } catch (error) {
        message = (error as Error).message;
      }
      if (message !== undefined) {
        assert(/Cannot |failed: /.test(message), `${shown}: ${message}`);
        assert(!/of undefined|of null|is not a function|not iterable/.test(message), `${shown}: ${message}`);
        assert(message.length < 2000, `${shown}: ${message}`);
      }
      for (const path of Object.keys(everything(dir))) {
        assert(/^a\/(b\/(c\/(work\/(data\/.*)?)?)?)?$/.test(path), `${shown} left ${path}`);
      }
      assertEquals(Deno.env.toObject(), env);
      Deno.removeSync(join(dir, "a"), { recursive: true });
    }
    assert(taken > 0, "some are taken");
  });
}

testIn("a value in a path at which an artifact lies is one segment of it, or refused", async (dir) => {
  const out = join(dir, "out");
  for (
    const value of [
      ...HOSTILE,
      1,
      -1,
      0.5,
      1n,
      true,
      NaN,
      null,
      {},
      [],
      ["a"],
      Object.create(null),
      new Date(0),
    ]
  ) {
    const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(typeof value);
    const make = () =>
      experiment({
        params: [{ x: value }],
        stages: [
          stage(
            "one",
            { outputs: { one: atPath(jsonCacher(), `${out}/{params.x}.json`) } },
            () => ({ one: 1 }),
          ),
        ],
      });
    const message = await tryRun(dir, make()).then(
      ({ result }) => result.errors[0]?.message,
      (error: Error) => error.message,
    );
    const left = Object.keys(everything(dir)).filter((path) => !path.startsWith("data/"));
    if (message === undefined) {
      const name = String(value);
      assertEquals(left.sort(), ["out/", `out/${name}.json`, `out/${name}_metadata.json`].sort(), shown);
      Deno.removeSync(out, { recursive: true });
    } else {
      assert(message.includes("which is no safe segment of a path"), `${shown}: ${message}`);
      assertEquals(left, [], shown);
    }
  }
});

testIn("what is given on the command line is refused in words, or stays in the workspace", async (dir) => {
  const module = fixture("pipeline.ts");
  for (const name of HOSTILE) {
    for (
      const args of [
        ["--set", `${name}=1`],
        ["--set", `k=${name}`],
        ["--set", name],
        ["--set", `k=${JSON.stringify({ [name]: [name] })}`],
        ["--name", name],
        ["--until", name],
        ["--overwrite-stage", name],
        ["--indices", name],
        ["--prefix", name],
        ["--notes", name],
        ["--params", name],
      ]
    ) {
      const { code, stderr, stdout } = await say(["run", module, "--dir", join(dir, "data"), ...args]);
      const shown = `${JSON.stringify(args.map((arg) => arg.slice(0, 60)))}: ${stdout}${stderr}`;
      // A stage that is given a text where it wants a number may fail, in words of its own.
      const isFailure = code === 1 && args[1]!.startsWith("k=");
      assert(code === 0 || isFailure || code === 2 && /^error: Cannot /m.test(stderr), shown);
      assert(isFailure || !/^ +at /m.test(stderr), shown);
      assertEquals(
        [...Deno.readDirSync(dir)].map(({ name }) => name).filter((name) => name !== "data"),
        [],
        shown,
      );
      const cache = join(dir, "data", "cache");
      const names = code === 0 ? [...Deno.readDirSync(cache)].map(({ name }) => name) : [];
      for (const name of names) {
        assert(/^(\.cairn|[A-Za-z0-9][A-Za-z0-9_-]*(\.files|[.a-z]+)?)$/.test(name), `${shown}${name}`);
      }
    }
  }
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.array(fc.constantFrom(..."ab./\\:_-~\0\n\u001b é{} ".split("")), { maxLength: 12 }).map((parts) =>
    parts.join("")
  ),
  fc.array(fc.constantFrom("..", ".", "a", "/", "\\", "b.txt", "\0", "nul"), { maxLength: 8 }).map((parts) =>
    parts.join("")
  ),
);

Deno.test("property: a file of a stage lies below its folder, whatever it is called", () => {
  const dir = Deno.makeTempDirSync({ prefix: "cairn_test_" });
  try {
    const folder = join(dir, "x", "y", "files");
    const { path, dir: below } = filesBelow(() => folder);
    fc.assert(
      fc.property(text, (name) => {
        for (const ask of [path, below]) {
          let found: string;
          try {
            found = ask(name);
          } catch (error) {
            assert(error instanceof TypeError && error.message.startsWith("Cannot use "), String(error));
            continue;
          }
          assertEquals(resolve(found), join(folder, ...name.split("/").filter((part) => part !== "")));
          assert(!relative(folder, found).startsWith(".."));
        }
        const names = [...Deno.readDirSync(dir)].map(({ name }) => name);
        assert(names.length === 0 || names.join() === "x");
      }),
      { numRuns: 2000 },
    );
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

Deno.test("property: a file of an artifact lies in its folder, by its name, whatever the suffix", () => {
  const place = { dir: "/cache", base: "exp_0_fit_model", main: ".json", files: "/cache/exp_0_fit.files" };
  fc.assert(
    fc.property(text, (suffix) => {
      const loaded = artifactToLoad(place, metadata());
      for (const ask of [loaded.path, loaded.dir]) {
        let found: string;
        try {
          found = ask(suffix);
        } catch (error) {
          assert(error instanceof TypeError && error.message.startsWith("Cannot use "), String(error));
          continue;
        }
        assertEquals([dirname(found), found], ["/cache", `/cache/exp_0_fit_model${suffix}`]);
      }
    }),
    { numRuns: 3000 },
  );
});

testIn("to save, too, a suffix ends the name, and that of the metadata is taken in any case", (dir) => {
  const place = { dir, base: "x", main: ".json", files: join(dir, "x.files") };
  for (const suffix of [...HOSTILE, "_metadata.json", "_METADATA.json", "_Metadata.JSON"]) {
    const artifact = artifactToSave(place, "the value", new Set());
    try {
      assertEquals(artifact.path(suffix), join(dir, `x${suffix}`));
    } catch (error) {
      assert(error instanceof TypeError && error.message.startsWith("Cannot use "), String(error));
    }
    if (/metadata.json$/i.test(suffix)) assertThrows(() => artifact.dir(suffix), TypeError, "metadata");
  }
  assertEquals([...Deno.readDirSync(dir)], []);
});

testIn(
  "names that differ in case alone, or in how they are composed, never come to one file",
  async (dir) => {
    const outputs = (...names: string[]) => Object.fromEntries(names.map((name) => [name, jsonCacher()]));
    assertThrows(
      () => stage("s", { outputs: outputs("model", "Model") }, () => ({})),
      TypeError,
      "case aside",
    );
    assertThrows(() => stage("s", { outputs: outputs("a", "A_METADATA") }, () => ({})), TypeError);
    const fit = (name: string) => stage(name, { outputs: { model: jsonCacher() } }, () => ({ model: name }));
    const procedures = ["a", "A"].map((name) => ({ name, stages: [fit(name)] }));
    assertThrows(() => experiment({ procedures }), TypeError);
    await assertRejects(() => tryRun(dir, experiment({ stages: [fit("fit"), fit("Fit")] })), TypeError);
    const params = ["\u00e9", "e\u0301", "E", "e"].map((name, k) => ({ name, k }));
    for (const name of ["fit", "Fit"]) {
      const { result } = await tryRun(dir, experiment({ params, stages: [fit(name)] }));
      assertEquals(result.failed, 0);
    }
    const names = Object.keys(everything(join(dir, "data", "cache"))).map((name) =>
      name.normalize().toLowerCase()
    );
    assertEquals(new Set(names).size, names.length);
    const at = (name: string, file: string) =>
      stage(name, { outputs: { [name]: atPath(jsonCacher(), join(dir, file)) } }, () => ({ [name]: 1 }));
    await assertRejects(
      () => tryRun(dir, experiment({ stages: [at("a", "a.json"), at("b", "A.json")] })),
      TypeError,
      "lies there too",
    );
  },
);

testIn("names that are long together fit, or are refused before anything is written", async (dir) => {
  for (const length of [40, 60, 70, 80, 100]) {
    const long = (letter: string) => letter.repeat(length);
    const outputs = { [long("o")]: withSubdir(jsonCacher(), long("d")) };
    const exp = experiment({
      name: long("e"),
      stages: [stage(long("s"), { outputs }, (_state, { path }) => {
        Deno.writeTextFileSync(path("a.txt"), "a");
        return { [long("o")]: 1 };
      })],
    });
    const message = await tryRun(dir, exp, { storeFull: true }).then(
      ({ result }) => result.errors[0]?.message,
      (error: Error) => error.message,
    );
    if (message === undefined) assertEquals((await tryRun(dir, exp)).result.reused, 1);
    else {
      assert(/ long|longer than/.test(message), message);
      assertEquals(everything(dir), {}, message);
    }
    await Deno.remove(join(dir, "data"), { recursive: true }).catch(() => {});
  }
});

testIn("a value by itself is saved where it was told to, and nowhere else", async (dir) => {
  for (const name of HOSTILE.filter((name) => !name.includes("..") && !name.startsWith("/"))) {
    const path = join(dir, "in", `${name}.json`);
    await saveAs(path, jsonCacher(), 1).then(
      () => assert(Deno.lstatSync(path).isFile),
      (error: Error) => assert(!/of undefined|is not a function/.test(error.message), error.message),
    );
    for (const found of Object.keys(everything(dir))) {
      assert(found.startsWith("in/"), `${JSON.stringify(name)}: ${found}`);
    }
    if (Object.keys(everything(dir)).some((found) => found.includes(".cairn-"))) {
      throw new Error(`${name} leaves staging`);
    }
  }
});
