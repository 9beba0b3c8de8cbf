/** A process that removes all of a cache, and kills itself at one step of that; and what it removes. */
import { defineExperiment } from "../../../core/define/experiment.ts";
import { defineStage } from "../../../core/define/stage.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { pathCacher } from "../../../cachers/path_cacher.ts";
import { sweepCache } from "../../../core/history/gc.ts";
import { chooseGarbage } from "../../../core/history/gc_policy.ts";
import { threefold } from "../store/fixtures.ts";

const draw = defineStage({
  name: "draw",
  params: ["k"],
  outputs: { plot: pathCacher(".txt"), text: withSubdir(threefold, "texts") },
  run: ({ params }: { params: { k: number } }, { path }) => {
    const plot = path("plot.txt");
    Deno.writeTextFileSync(plot, `plot ${params.k}`);
    return { plot, text: `text ${params.k}` };
  },
});

const count = defineStage({
  name: "count",
  inputs: ["text"],
  params: [],
  outputs: { length: jsonCacher<number>() },
  run: ({ text }: { text: string }) => ({ length: text.length }),
});

const double = defineStage({
  name: "double",
  inputs: ["length"],
  params: [],
  outputs: { twice: withSubdir(jsonCacher<number>(), "results") },
  run: ({ length }: { length: number }) => ({ twice: 2 * length }),
});

/** Several files, a folder, files of a stage's own, and artifacts that are linked: both texts are of one length. */
export const drawings = defineExperiment({
  name: "drawings",
  params: [{ k: 1 }, { k: 2 }],
  stages: [draw, count, double],
});

/** Removes all that nobody needs. */
export async function removeAll(dir: string, step: (name: string) => void = () => {}): Promise<void> {
  await sweepCache(
    { cache: `${dir}/cache`, dir, dry: false, warn: console.error, step },
    (inventory, users) => chooseGarbage(inventory, users, { maxSize: 0 }, Date.now()),
  );
}

if (import.meta.main) {
  const [dir = "", at] = Deno.args;
  let count = 0;
  await removeAll(dir, () => {
    if (count++ === Number(at)) Deno.kill(Deno.pid, "SIGKILL");
  });
}
