/**
 * A process that works at a path again and again, as its first argument says: by `saveAs`, or by a stage; or reads it by `loadFrom`.
 *
 * @module
 */
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { loadFrom, saveAs } from "../../../core/store/inline.ts";
import { experiment, stage } from "./helpers.ts";

const [how, dir = "", path = "", times = "1", id = ""] = Deno.args;
for (let i = 0; i < Number(times); i++) {
  if (how === "saveAs") await saveAs(path, jsonCacher(), { id, i });
  else if (how === "loadFrom") {
    const value = await loadFrom(path, jsonCacher<{ id: string; i: number }>());
    if (!(value.i >= 0)) throw new Error(JSON.stringify(value));
  } else {
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
