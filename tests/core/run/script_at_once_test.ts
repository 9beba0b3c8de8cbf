/** Stages that a script runs at once, or one after the other, in one workspace. */
import { assertEquals } from "@std/assert";
import { pathCacher } from "../../../cachers/path_cacher.ts";
import { createRecord, runStage, valueOf } from "../../../core/run/record.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import { threefold } from "../store/fixtures.ts";
import { stage, testIn } from "./helpers.ts";

testIn("what one stage writes gets in the way of no other, at once or after it", async (dir) => {
  const workspace = openWorkspace({ dir, experiment: "exp" });
  // A cacher of the user's has a folder to itself, in which it is seen what it wrote.
  const outputs = { plot: pathCacher(".txt"), text: threefold };
  const draw = stage("draw", { outputs }, async ({ params }, { path }) => {
    const plot = path("plot.txt");
    Deno.writeTextFileSync(plot, `plot ${params.k}`);
    await new Promise((resolve) => setTimeout(resolve));
    return { plot, text: `text ${params.k}` };
  });
  const drawn = (k: number) => runStage(createRecord(workspace, { k }), draw);
  const records = [...await Promise.all([drawn(1), drawn(2)]), await drawn(3)];
  const texts = await Promise.all(records.map((record) => valueOf(record, "text")));
  assertEquals(texts, ["text 1", "text 2", "text 3"]);
  const plots = await Promise.all(records.map((record) => valueOf(record, "plot")));
  assertEquals(plots.map((path) => Deno.readTextFileSync(String(path))), ["plot 1", "plot 2", "plot 3"]);
});
