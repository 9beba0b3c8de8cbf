/**
 * A cacher of one's own: a network as two files and a folder, which are tracked as one artifact.
 *
 * ```sh
 * deno run --allow-read=. --allow-write=data examples/custom_cacher.ts
 * ```
 *
 * @module
 */
import { type Cacher, createRecord, defineStage, miss, openWorkspace, runStage, valueOf } from "@cairn/cairn";

export interface Network {
  layers: { name: string; weights: Float64Array }[];
}

/** The layout below; when it changes, older artifacts are not errors: they are computed again. */
const LAYOUT = 1;

/** A plain record: no class to extend, nothing to register. */
export const networkCacher: Cacher<Network> = {
  extension: ".json",
  kind: "network",
  save: async ({ layers }, artifact) => {
    const sizes = layers.map(({ name, weights }) => ({ name, size: weights.length }));
    await Deno.writeTextFile(artifact.path(), `${JSON.stringify(sizes, null, 2)}\n`);

    // One file holds the numbers for machines...
    const weights = Float64Array.from(layers.flatMap(({ weights }) => [...weights]));
    await Deno.writeFile(artifact.path("_weights.bin"), new Uint8Array(weights.buffer));

    // ... and a folder holds them for people. All that lies in it belongs to the artifact.
    const folder = artifact.dir("_layers");
    for (const { name, weights } of layers) {
      await Deno.writeTextFile(`${folder}/${name}.txt`, `${weights.join("\n")}\n`);
    }

    // What is put here lies in the metadata file, and `load` finds it again.
    artifact.extra.layout = LAYOUT;
    artifact.extra.weights = weights.length;
  },
  load: async (artifact) => {
    if (artifact.extra.layout !== LAYOUT) {
      throw miss(`its layout is ${artifact.extra.layout}, wanted ${LAYOUT}`);
    }
    const sizes: { name: string; size: number }[] = JSON.parse(await Deno.readTextFile(artifact.path()));
    const bytes = await Deno.readFile(artifact.path("_weights.bin"));
    const weights = new Float64Array(bytes.buffer, 0, Number(artifact.extra.weights));
    let start = 0;
    const layers = sizes.map(({ name, size }) => ({ name, weights: weights.slice(start, start += size) }));
    return { layers };
  },
};

export const train = defineStage({
  name: "train",
  params: ["width"],
  outputs: { network: networkCacher },
  run: ({ params }: { params: { width: number } }) => ({
    network: {
      layers: [
        { name: "hidden", weights: Float64Array.from({ length: params.width }, (_, i) => i / params.width) },
        { name: "output", weights: Float64Array.of(0.25, -0.25) },
      ],
    },
  }),
});

/** Trains once and loads once: returns what became of the stage each time, and the loaded network. */
export async function main(dir: string) {
  const workspace = openWorkspace({ dir, experiment: "networks", module: import.meta.url });
  const record = createRecord(workspace, { width: 4 });
  const first = await runStage(record, train);
  const second = await runStage(record, train);
  return {
    verdicts: [first, second].map(({ stages }) => stages[0]?.verdict),
    file: second.stages[0]?.artifacts.network,
    network: await valueOf(second, train, "network"), // from the cache: nothing of it is in memory
  };
}

if (import.meta.main) console.log(await main("data"));
