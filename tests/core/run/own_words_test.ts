/** What a stage runs into by itself is told in its own words; what Cairn runs into, with what to do about it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import type { StageContext } from "../../../core/define/context.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { collect, experiment, type LooseStage, stage, testIn } from "./helpers.ts";

/** Why a stage failed that is alone in its experiment. */
async function whyOf(dir: string, spec: LooseStage, run: (context: StageContext) => unknown) {
  const { onEvent, events } = collect();
  const only = stage("fit", spec, (_, context) => run(context));
  const result = await runExperiment(experiment({ stages: [only] }), { dir: `${dir}/data`, onEvent });
  const [error] = result.errors;
  return { message: error?.message.replace(/^.*? failed: /s, ""), cause: error?.cause as Error, events };
}

const OWN: Record<string, (dir: string) => unknown> = {
  "a folder that is there already": (dir) => Deno.mkdirSync(dir),
  "a file that is there already": (dir) => Deno.writeTextFileSync(`${dir}/file`, "", { createNew: true }),
  "a link onto a file": (dir) => Deno.symlinkSync(dir, `${dir}/file`),
  "a folder that is read": (dir) => Deno.readTextFileSync(dir),
  "a file where a folder should be": (dir) => Deno.writeTextFileSync(`${dir}/file/deep`, ""),
  "a program that is none": (dir) => new Deno.Command(`${dir}/file`).outputSync(),
  "a port that only others may use": () => {
    throw Object.assign(new Deno.errors.PermissionDenied("Permission denied (os error 13)"), {
      code: "EACCES",
    });
  },
};

for (const [what, work] of Object.entries(OWN)) {
  testIn(`in a stage, ${what} is told as the stage threw it`, async (dir) => {
    Deno.writeTextFileSync(`${dir}/file`, "");
    const { message, cause } = await whyOf(dir, {}, () => work(dir));
    assertEquals(message, cause.message);
    const retried = await whyOf(dir, { retries: 1, backoff: 0 }, () => work(dir));
    assertEquals(retried.message, `${cause.message} (attempt 2 of 2)`);
    const [told] = retried.events.flatMap((event) => event.type === "stage-retried" ? [event.message] : []);
    assertEquals(told, cause.message);
  });

  testIn(`in a cacher's save, ${what} is told as it threw it`, async (dir) => {
    Deno.writeTextFileSync(`${dir}/file`, "");
    const odd: Cacher<unknown> = { extension: ".odd", save: () => void work(dir), load: () => 1 };
    const { message, cause } = await whyOf(dir, { outputs: { fit: odd } }, () => ({ fit: 1 }));
    assertEquals(message, `Cannot save output "fit" of stage "fit": ${(cause.cause as Error).message}`);
  });
}

testIn("a disk that is full where a stage writes in the workspace is told with what to do", async (dir) => {
  const { message } = await whyOf(dir, {}, ({ path }) => {
    const text = `No space left on device (os error 28): writefile '${path("plot.txt")}'`;
    throw Object.assign(new Error(text), { code: "ENOSPC" });
  });
  assertStringIncludes(message!, `Cannot write "${dir}/data/cache/exp_`);
  assertStringIncludes(message!, 'plot.txt": no space is left on the disk; free some, and run again');
});

testIn("what Cairn itself can't write outside of the workspace is told with what to do", async (dir) => {
  Deno.writeTextFileSync(`${dir}/file`, "");
  const outputs = { fit: atPath(jsonCacher<number>(), `${dir}/file/fit.json`) };
  const { message } = await whyOf(dir, { outputs }, () => ({ fit: 1 }));
  assertStringIncludes(message!, `"${dir}/file" is no folder, and one is wanted there; move it away`);
});
