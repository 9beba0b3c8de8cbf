/**
 * A process that writes to a path again and again, as its first argument says: by `saveAs`, or by a stage.
 *
 * @module
 */
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { saveAs } from "../../../core/store/inline.ts";
import { experiment, stage } from "./helpers.ts";

const [how, dir = "", path = "", times = "1", id = ""] = Deno.args;
for (let i = 0; i < Number(times); i++) {
  if (how === "saveAs") await saveAs(path, jsonCacher(), { id, i });
  else {
    const fit = stage(
      "fit",
      { outputs: { fit: atPath(jsonCacher(), path) } },
      ({ params }) => ({ fit: params.k }),
    );
    const { failed, errors } = await runExperiment(
      experiment({ params: [{ k: Number(id) }], stages: [fit] }),
      { dir },
    );
    if (failed > 0) throw errors[0];
  }
}
