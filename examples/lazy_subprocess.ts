/**
 * A large output that this process never loads: the next stage hands its path to another program.
 *
 * ```sh
 * deno run --allow-read=. --allow-write=data --allow-run=deno examples/lazy_subprocess.ts
 * ```
 *
 * Where `deno` is a script that starts the real one, as npm installs it, `--allow-run` alone lets that one start.
 *
 * @module
 */
import {
  defineExperiment,
  defineStage,
  grid,
  lazy,
  type LazyValue,
  runExperiment,
  valueOf,
} from "@cairn/cairn";
import { csvCacher, jsonCacher } from "@cairn/cairn/cachers";

export interface Sample {
  time: number;
  value: number;
}

export const simulate = defineStage({
  name: "simulate",
  // `resolve: false`: later stages get a handle in place of the rows.
  outputs: { samples: lazy(csvCacher<Sample>(), { resolve: false }) },
  run: ({ params }: { params: { steps: number } }) => ({
    samples: Array.from({ length: params.steps }, (_, time) => ({ time, value: time ** 2 % 97 })),
  }),
});

/** Stands for any program that reads a file: `wc`, a compiler, a solver. Deno is the one that is there everywhere. */
const PROGRAM = `
  const lines = (await Deno.readTextFile(Deno.args[0])).trimEnd().split("\\n");
  console.log(lines.length - 1); // the first is the header
`;

export const count = defineStage({
  name: "count",
  inputs: ["samples"],
  params: [],
  outputs: { rows: jsonCacher<number>() },
  run: async ({ samples }: { samples: LazyValue<Sample[]> }, { signal }) => {
    // The digest of the file was checked before this stage began.
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", PROGRAM, samples.path()],
      signal, // the program ends with the run
    }).output();
    if (!success) throw new Error(`Cannot count the rows: ${new TextDecoder().decode(stderr)}`);
    return { rows: Number(new TextDecoder().decode(stdout)) };
  },
});

const experiment = defineExperiment({
  name: "simulation",
  params: grid({ steps: [10, 1000] }),
  stages: [simulate, count],
});

export async function main(dir: string) {
  const { records, executed, failed, errors } = await runExperiment(experiment, {
    dir,
    module: import.meta.url,
  });
  if (failed > 0) throw errors[0]; // a stage that fails is counted, not thrown
  return { executed, rows: await Promise.all(records.map((record) => valueOf(record, count, "rows"))) };
}

if (import.meta.main) console.log(await main("data"));
