/** A value through a real run: what the next stage is given is the same the first time and the second. */
import fc from "fast-check";
import { join } from "@std/path";
import { assert, assertEquals } from "@std/assert";
import { gzipped, lazy, runExperiment, transient, validated, withSubdir } from "../../mod.ts";
import { pathCacher } from "../../cachers/mod.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import { experiment, stage } from "../core/run/helpers.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { options, runs } from "./runs.ts";
import { isSame } from "./same.ts";
import { SUBJECTS } from "./subjects.ts";

const anySchema = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
} as const;

const wrappers: readonly ((cacher: AnyCacher) => AnyCacher)[] = [
  (cacher) => cacher,
  (cacher) => cacher.paths === undefined ? gzipped(cacher) : cacher,
  (cacher) => validated(withSubdir(cacher, "models"), anySchema),
  lazy,
];

for (const { name, cacher, values, read = (value: unknown) => value, ...strictness } of SUBJECTS) {
  Deno.test(`${name} in an experiment: what the next stage is given is the same in the second run`, async () => {
    await withTempDir(async (dir) => {
      const given = fc.sample(values(join(dir, "given")), { ...options(24), numRuns: runs(24) });
      const seen: Map<number, unknown>[] = [new Map(), new Map()];
      for (const run of seen) {
        const make = stage("make", {
          params: ["i"],
          version: "1",
          outputs: Object.fromEntries(wrappers.map((wrap, w) => [`value${w}`, wrap(cacher)])),
        }, ({ params }) => Object.fromEntries(wrappers.map((_, w) => [`value${w}`, given[params.i]])));
        const use = stage("use", {
          inputs: wrappers.map((_, w) => `value${w}`),
          params: ["i"],
          version: "1",
          outputs: { done: transient() },
        }, async ({ params, ...state }) => {
          run.set(params.i, await Promise.all(wrappers.map((_, w) => read(state[`value${w}`]))));
          return { done: true };
        });
        const sets = given.map((_, i) => ({ name: `set ${i}`, i }));
        const result = await runExperiment(experiment({ params: sets, stages: [make, use] }), {
          dir: join(dir, "data"),
          keepGoing: true,
        });
        assertEquals(result.failed, given.length - run.size);
      }
      const [first, second] = seen as [Map<number, unknown>, Map<number, unknown>];
      assert(first.size > 0);
      // What was refused is refused again.
      assertEquals([...first.keys()].toSorted(), [...second.keys()].toSorted());
      for (const [i, outputs] of first) {
        for (const [w, value] of (outputs as unknown[]).entries()) {
          const again = (second.get(i) as unknown[])[w];
          assert(isSame(again, value, strictness), `set ${i}, output ${w}: ${Deno.inspect(value)}`);
        }
      }
    });
  });
}

Deno.test("pathCacher in an experiment: any bytes that a stage writes are there in the second run", async () => {
  await withTempDir(async (dir) => {
    const given = fc.sample(fc.uint8Array({ maxLength: 3000 }), { ...options(12), numRuns: runs(12) });
    const seen: Map<number, Uint8Array>[] = [new Map(), new Map()];
    const paths: string[][] = [[], []];
    for (const [r, run] of seen.entries()) {
      const make = stage(
        "make",
        { params: ["i"], version: "1", outputs: { file: pathCacher() } },
        ({ params }, { path }) => {
          const file = path(`part ${params.i}.bin`);
          Deno.writeFileSync(file, given[params.i]!);
          return { file };
        },
      );
      const use = stage(
        "use",
        { inputs: ["file"], params: ["i"], version: "1", outputs: { done: transient() } },
        ({ params, file }) => {
          run.set(params.i, Deno.readFileSync(file));
          paths[r]![params.i] = file;
          return { done: true };
        },
      );
      const sets = given.map((_, i) => ({ name: `set ${i}`, i }));
      const result = await runExperiment(experiment({ params: sets, stages: [make, use] }), {
        dir: join(dir, "data"),
      });
      assertEquals(result.failed, 0);
    }
    assertEquals(paths[1], paths[0]);
    for (const [i, bytes] of seen[0]!) assertEquals(seen[1]!.get(i), bytes);
  });
});
