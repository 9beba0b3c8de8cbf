/** What is found of a task's outputs, whatever their cachers check meanwhile. */
import { assert, assertEquals } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { lookupTask } from "../../../core/run/lookups.ts";
import { put, specOf, withWorkspace } from "../store/fixtures.ts";

Deno.test("outputs are found in their order, whichever check is the slower, and with no promise where none is", () =>
  withWorkspace(async ({ workspace }) => {
    const seen: string[] = [];
    const checked = (name: string, turns: number) => ({
      ...jsonCacher(),
      check: async () => {
        seen.push(name);
        for (let i = 0; i < turns; i++) await Promise.resolve();
        return true;
      },
    });
    const outputs = [
      { name: "slow", spec: specOf({ output: "slow", cacher: checked("slow", 50) }), lazy: undefined },
      { name: "plain", spec: specOf({ output: "plain" }), lazy: undefined },
      { name: "memory", spec: undefined, lazy: undefined },
      { name: "quick", spec: specOf({ output: "quick", cacher: checked("quick", 0) }), lazy: undefined },
    ];
    for (const { spec } of outputs) if (spec !== undefined) await put(workspace, spec, 1);
    const lookups = await lookupTask(workspace, { outputs });
    assertEquals(lookups.map((found) => found?.state), ["found", "found", undefined, "found"]);
    assertEquals(seen, ["slow", "quick"]);
    assert(!(lookupTask(workspace, { outputs: outputs.slice(1, 3) }) instanceof Promise));
  }));
