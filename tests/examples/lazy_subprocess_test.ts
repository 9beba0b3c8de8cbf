/** A lazy output that another program reads. */
import { assertEquals, assertRejects } from "@std/assert";
import type { LazyValue } from "@cairn/cairn";
import { count, main, type Sample } from "../../examples/lazy_subprocess.ts";
import { inTempDir } from "./temp_dir.ts";

Deno.test("the subprocess counts the rows of each record, once", async () => {
  await inTempDir(async (dir) => {
    assertEquals(await main(dir), { executed: 4, rows: [10, 1000] });
    assertEquals(await main(dir), { executed: 0, rows: [10, 1000] });
  });
});

/** A handle whose value nobody may load. */
function handleOf(path: string): LazyValue<Sample[]> {
  return {
    path: () => path,
    load: () => Promise.reject(new Error("the value was loaded")),
    metadata: null as never,
  };
}

Deno.test("only the path is used", async () => {
  await inTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/samples.csv`, "time,value\r\n0,0\r\n1,1\r\n2,4\r\n");
    assertEquals(await count({ samples: handleOf(`${dir}/samples.csv`) }), { rows: 3 });
  });
});

Deno.test("a subprocess that fails fails the stage, in its own words", async () => {
  await inTempDir(async (dir) => {
    await assertRejects(() => count({ samples: handleOf(`${dir}/absent.csv`) }), Error, "absent.csv");
  });
});
