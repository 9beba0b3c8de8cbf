/** Loading an artifact runs no code, whatever its bytes are: it gives data, or an error, and comes to an end. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { eachOf } from "../core/cli/helpers.ts";
import { testIn } from "../core/run/helpers.ts";

const SCRIPT = fromFileUrl(new URL("mutated_bytes.ts", import.meta.url));

/** How many files each of the processes loads. `mutated_bytes.ts` takes any number. */
const COUNT = 3000;
const SEEDS = [1, 2, 3];

testIn(
  `of ${SEEDS.length * COUNT} files with other bytes, none runs code, crashes, or keeps the process`,
  async (dir) => {
    const comes = await eachOf(SEEDS, async (seed) => {
      const own = `${dir}/${seed}`;
      Deno.mkdirSync(own);
      const child = new Deno.Command(Deno.execPath(), {
        // With this flag, the engine itself refuses to make code from text. No network, no program, nothing but the folder.
        args: [
          "run",
          "--quiet",
          "--no-prompt",
          "--v8-flags=--disallow-code-generation-from-strings",
          "--allow-read",
          `--allow-write=${own}`,
          SCRIPT,
          own,
          String(seed),
          String(COUNT),
        ],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const limit = setTimeout(() => child.kill("SIGKILL"), 120_000);
      const { code, signal, stdout, stderr } = await child.output();
      clearTimeout(limit);
      assertEquals([code, signal], [0, null], new TextDecoder().decode(stderr));
      return JSON.parse(new TextDecoder().decode(stdout)) as { loaded: number; refused: number };
    });
    for (const { loaded, refused } of comes) {
      assertEquals(loaded + refused, COUNT);
      assert(loaded > 50 && refused > 500, `${loaded} were loaded`);
    }
  },
);
