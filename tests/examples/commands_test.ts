/** The commands in the examples' headers run, with the permissions that they name and not with one fewer. */
import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { inTempDir } from "./temp_dir.ts";

const root = fromFileUrl(new URL("../../", import.meta.url));
const examples = [...Deno.readDirSync(join(root, "examples"))]
  .map(({ name }) => ({ name, text: Deno.readTextFileSync(join(root, "examples", name)) }))
  .filter(({ text }) => /^export default|^if \(import\.meta\.main\)/m.test(text));

/** The permissions and the rest of the command in a header. */
function commandIn(text: string): { permissions: string[]; args: string[] } {
  const words = /^ \* deno run (.+)$/m.exec(text)?.[1]?.split(" ") ?? [];
  const permissions = words.filter((word) => word.startsWith("--allow-"));
  return { permissions, args: words.filter((word) => !word.startsWith("--allow-")) };
}

async function run(cwd: string, permissions: readonly string[], args: readonly string[]) {
  // `--allow-run=deno` means the deno that is on the path: here, this one.
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const PATH = [dirname(Deno.execPath()), Deno.env.get("PATH")].join(separator);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-lock",
      `--config=${join(root, "deno.json")}`,
      ...permissions,
      ...args.map((word) => word.endsWith(".ts") ? join(root, word) : word),
    ],
    cwd,
    env: { PATH, NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, out: out!, err: err! };
}

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
