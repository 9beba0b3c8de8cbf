/** Code that is edited while it runs: its results never count as those of the new code. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { testIn } from "./helpers.ts";

const ROOT = fromFileUrl(import.meta.resolve("../../../"));

/** A script that edits its own helper, before or after its first stage; then it runs a second one. */
async function script(dir: string, when: "before" | "after") {
  const mod = import.meta.resolve("../../../mod.ts");
  const cachers = import.meta.resolve("../../../cachers/mod.ts");
  Deno.writeTextFileSync(
    join(dir, "helper.ts"),
    "export const one = () => 1;\nexport const two = () => 1;\n",
  );
  const edit =
    `Deno.writeTextFileSync(new URL("helper.ts", import.meta.url), "export const one = () => 2;\\nexport const two = () => 2;\\n");`;
  Deno.writeTextFileSync(
    join(dir, "main.ts"),
    `import { createRecord, defineStage, openWorkspace, runStage, valueOf } from "${mod}";
import { jsonCacher } from "${cachers}";
import { one, two } from "./helper.ts";
const a = defineStage({ name: "a", outputs: { x: jsonCacher<number>() }, run: () => ({ x: one() }) });
const b = defineStage({ name: "b", outputs: { y: jsonCacher<number>() }, run: () => ({ y: two() }) });
const workspace = openWorkspace({ dir: new URL("data", import.meta.url).pathname, experiment: "e", module: import.meta.url });
let record = createRecord(workspace);
const isFirst = Deno.args.length === 0;
if (isFirst && ${when === "before"}) ${edit}
record = await runStage(record, a);
if (isFirst && ${when === "after"}) ${edit}
record = await runStage(record, b);
console.log(await valueOf(record, "x"), await valueOf(record, "y"));
`,
  );
  // The clock of files may be coarse: what was written just now must be older than the process.
  for (const name of ["main.ts", "helper.ts"]) Deno.utimeSync(join(dir, name), 1000, 1000);
  const run = async (...args: string[]) => {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--no-lock",
        "--quiet",
        `--config=${join(ROOT, "deno.json")}`,
        join(dir, "main.ts"),
        ...args,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  };
  return [await run(), await run("again")];
}

testIn("edited before anything was read of it: the script is refused, and says what to do", async (dir) => {
  const [first, second] = await script(dir, "before");
  assertStringIncludes(first!, 'helper.ts" was changed after it was loaded; start again');
  assertEquals(second, "2 2\n");
});

testIn(
  "edited later: what is loaded counts as what it was, and the next process runs the new code",
  async (dir) => {
    assertEquals(await script(dir, "after"), ["1 1\n", "2 2\n"]);
  },
);
