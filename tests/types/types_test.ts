/**
 * Compiles the type tests: with this repository's options, and with a user's, whose `undefined` is laxer.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

const FILES = ["stage_types.ts", "pipeline_types.ts", "stream_types.ts"].map((name) =>
  join(ROOT, "tests", "types", name)
);

async function check(config: string): Promise<{ success: boolean; text: string }> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", config, ...FILES],
    env: { NO_COLOR: "1" },
  }).output();
  return { success, text: new TextDecoder().decode(stderr) };
}

Deno.test("the type tests hold", async () => {
  const { success, text } = await check(join(ROOT, "deno.json"));
  assertEquals(success, true, text);
});

Deno.test("the type tests hold without exactOptionalPropertyTypes", async () => {
  const dir = await Deno.makeTempDir({ prefix: "cairn-types-" });
  try {
    const config = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
    delete config.compilerOptions.exactOptionalPropertyTypes;
    config.links = config.links?.map((path: string) => join(ROOT, path));
    config.lock = false;
    delete config.exports;
    delete config.name;
    await Deno.writeTextFile(join(dir, "deno.json"), JSON.stringify(config));
    const { success, text } = await check(join(dir, "deno.json"));
    assertEquals(success, true, text);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
