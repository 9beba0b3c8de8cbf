/** The commands in the examples' headers run, with the permissions that they name and not with one fewer. */
import { assert, assertEquals } from "@std/assert";
import { commandIn, examples, run } from "./commands.ts";
import { inTempDir } from "./temp_dir.ts";

Deno.test("every example is tried", () => {
  assertEquals(examples.map(({ name }) => name).toSorted(), [
    "combinators.ts",
    "custom_cacher.ts",
    "full_store.ts",
    "inline.ts",
    "io_bound.ts",
    "lazy_subprocess.ts",
    "penguins.ts",
    "script.ts",
  ]);
});

for (const { name, text } of examples) {
  const { permissions, args } = commandIn(text);

  Deno.test(`the command in the header of ${name} runs`, async () => {
    await inTempDir(async (dir) => {
      assertEquals(args.at(-1), `examples/${name}`);
      const { success, out, err } = await run(dir, permissions, args);
      assert(success, err);
      assert(out + err !== "", "it says nothing");
      assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name), ["data"]);
    });
  });

  Deno.test(`the command in the header of ${name} grants nothing in vain`, async () => {
    await inTempDir(async (dir) => {
      for (const permission of permissions) {
        const { success } = await run(dir, permissions.filter((each) => each !== permission), args);
        assertEquals(success, false, `it runs without ${permission}`);
      }
    });
  });
}
