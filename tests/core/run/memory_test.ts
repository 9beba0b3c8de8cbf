/** What a run lets go of: values are used before more are made, and what nobody holds is collected. */
import { assert, assertEquals } from "@std/assert";
import { bytesCacher } from "../../../cachers/bytes_cacher.ts";
import { makeCollector } from "../../../core/run/collect.ts";
import { runExperiment } from "../../../core/run/run_experiment.ts";
import { experiment, stage, testIn } from "./helpers.ts";

const MB = 1024 ** 2;

testIn("a record goes on before the next begins, whether its stages wait or not", async (dir) => {
  for (const waits of [false, true]) {
    const order: string[] = [];
    const said = (name: string) => async ({ params }: { params?: { k: number } }) => {
      order.push(`${name} ${params?.k}`);
      if (waits) await new Promise((resolve) => setTimeout(resolve));
      return { [name]: 1 };
    };
    const [make, use, end] = [
      stage("make", {}, said("make")),
      stage("use", { inputs: ["make"] }, said("use")),
      stage("end", { inputs: ["use"] }, said("end")),
    ];
    const exp = experiment({ params: [0, 1, 2].map((k) => ({ k })), stages: [make, use, end] });
    await runExperiment(exp, { dir: `${dir}/${waits}`, concurrency: 1 });
    assertEquals(order, [0, 1, 2].flatMap((k) => ["make", "use", "end"].map((name) => `${name} ${k}`)));
  }
});

Deno.test("what large stages let go of is collected, and a brief one asks for nothing", () => {
  const collect = makeCollector();
  const before = Deno.memoryUsage().external;
  const more = () => Deno.memoryUsage().external - before;
  let values: Uint8Array | undefined = new Uint8Array(64 * MB).fill(1);
  assert(values.length > 0 && more() > 60 * MB);
  values = undefined;
  collect(0);
  assert(more() > 60 * MB, "nothing was collected yet");
  collect(1000);
  assert(more() < 60 * MB, `${more()} bytes are still there`);
  assertEquals((globalThis as { gc?: unknown }).gc, undefined);
});

testIn("a run of large stages holds no more than a few of their values", async (dir) => {
  const sizes: number[] = [];
  const before = Deno.memoryUsage().external;
  const make = stage("make", { outputs: { make: bytesCacher() } }, ({ params }) => {
    sizes.push(Deno.memoryUsage().external - before);
    return { make: new Uint8Array(32 * MB).fill(params.k) };
  });
  const use = stage("use", { inputs: ["make"], params: [] }, (state) => ({ use: state.make[0] }));
  const params = Array.from({ length: 8 }, (_, k) => ({ k }));
  const { executed } = await runExperiment(experiment({ params, stages: [make, use] }), {
    dir,
    concurrency: 1,
  });
  assertEquals(executed, 16);
  assert(Math.max(...sizes) <= 3 * 32 * MB, sizes.join());
});
