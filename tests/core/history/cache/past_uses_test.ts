/** Who used a cache: what is noted there, and what the runs of a workspace tell beside that. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { readUsers } from "../../../../core/history/cache/past_uses.ts";
import { runExperiment } from "../../../../core/run/run_experiment.ts";
import { closeUses, noteUse } from "../../../../core/store/uses/uses.ts";
import { openWorkspace } from "../../../../core/store/workspace.ts";
import { experiment, stage, testIn } from "../../run/helpers.ts";

const make = stage("make", {}, ({ params }) => ({ make: params.k ?? 0 }));
const exp = experiment({ params: [{ k: 1 }], stages: [make] });

function warn(message: string): never {
  throw new Error(message);
}

testIn(
  "a run is told of once, by its note or else by its run.json, with the same keys and its store",
  async (dir) => {
    const { reference } = await runExperiment(exp, { dir, storeFull: true });
    const cache = join(dir, "cache");
    const noted = readUsers(cache, dir, warn);
    Deno.removeSync(join(cache, ".cairn", "uses", "journal.jsonl"));
    const told = readUsers(cache, dir, warn);
    for (const { past: [use, ...more], stores: [store, ...others] } of [noted, told]) {
      assertEquals([more, others, use!.reference, use!.experiment], [[], [], reference, "exp"]);
      assertEquals([store!.keys, store!.holds], [use!.keys, new Set([`${use!.keys[0]}_make_make`])]);
    }
    assertEquals(told.past[0]!.keys, noted.past[0]!.keys);
    const { stores } = readUsers(cache, join(dir, "nowhere"), warn);
    assertEquals(stores, [], "with neither the note nor the run, nobody knows of it");
  },
);

testIn("a run.json of whatever shape is passed over", (dir) => {
  const texts = [
    "",
    "null",
    "[]",
    "{}",
    '{"experiment":"exp"}',
    '{"experiment":"exp","started":"x","records":[5]}',
  ];
  for (const [i, text] of texts.entries()) {
    Deno.mkdirSync(join(dir, "runs", `exp_${i}_2026-01-31T120000Z`), { recursive: true });
    Deno.writeTextFileSync(join(dir, "runs", `exp_${i}_2026-01-31T120000Z`, "run.json"), text);
  }
  assertEquals(readUsers(join(dir, "cache"), dir, warn), { past: [], live: [], isWhole: true, stores: [] });
});

testIn("a full store in another workspace is found by the note; one that is gone is none", (dir) => {
  const cache = join(dir, "cache");
  const store = join(dir, "other", "runs", "exp_1", "artifacts");
  const workspace = openWorkspace({ dir, experiment: "exp" });
  workspace.session.owner = { reference: "exp_1", store };
  noteUse(workspace, ["a".repeat(64)]);
  closeUses(workspace);
  assertEquals(readUsers(cache, dir, warn).stores, []);
  Deno.mkdirSync(store, { recursive: true });
  assertEquals(readUsers(cache, dir, warn).stores, [{
    folder: store,
    keys: ["a".repeat(16)],
    holds: new Set<string>(),
  }]);
});
