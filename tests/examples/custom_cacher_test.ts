/** The custom cacher: what it writes is tracked whole, and comes back. */
import { assert, assertEquals } from "@std/assert";
import { at, isMiss, readMetadata } from "@cairn/cairn";
import { main, networkCacher } from "../../examples/custom_cacher.ts";
import { artifactsIn, inTempDir } from "./temp_dir.ts";

Deno.test("two files and a folder are one artifact", async () => {
  await inTempDir(async (dir) => {
    const { verdicts, file, network } = await main(dir);
    assertEquals(verdicts, ["executed", "reused"]);
    assertEquals(network, {
      layers: [
        { name: "hidden", weights: Float64Array.of(0, 0.25, 0.5, 0.75) },
        { name: "output", weights: Float64Array.of(0.25, -0.25) },
      ],
    });
    assertEquals(artifactsIn(`${dir}/cache`), {
      "networks_KEY_train_network.json": 1,
      "networks_KEY_train_network_layers/hidden.txt": 1,
      "networks_KEY_train_network_layers/output.txt": 1,
      "networks_KEY_train_network_weights.bin": 1,
    });
    const metadata = await readMetadata(file!);
    assertEquals(metadata.extra, { layout: 1, weights: 6 });
    assertEquals(metadata.cacher, { kind: "network", extension: ".json" });
    assertEquals(metadata.files.map(({ path, size }) => `${path} ${size}`).toSorted(), [
      ".json 93",
      "_layers/ 0",
      "_layers/hidden.txt 16",
      "_layers/output.txt 11",
      "_weights.bin 48",
    ]);
  });
});

Deno.test("an artifact whose folder lacks a file is computed again", async () => {
  await inTempDir(async (dir) => {
    const { file } = await main(dir);
    const hidden = file!.replace(".json", "_layers/hidden.txt");
    await Deno.remove(hidden);
    assertEquals((await main(dir)).verdicts, ["executed", "reused"]);
    assertEquals(await Deno.readTextFile(hidden), "0\n0.25\n0.5\n0.75\n");
    assertEquals((await main(dir)).verdicts, ["reused", "reused"]);
  });
});

Deno.test("another layout is a miss, not an error", async () => {
  let thrown: unknown;
  try {
    await networkCacher.load({ ...at("network.json"), extra: { layout: 0 } });
  } catch (error) {
    thrown = error;
  }
  assert(isMiss(thrown), `found ${thrown}`);
});
