/** The memory that streams take does not grow with their length. */
import { assert } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { withTempDir } from "../helpers/temp_dir.ts";

const CHILD = fromFileUrl(import.meta.resolve("./stream_memory_child.ts"));

/** The peak of a process's memory, and what stays on its heap, in kilobytes. */
async function memoryOf(megabytes: number): Promise<[peak: number, kept: number]> {
  return await withTempDir(async (dir) => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      // The engine gives new objects more room the longer a process runs: here it is to be the same for all lengths.
      args: [
        "run",
        "-A",
        "--no-check",
        "--v8-flags=--max-semi-space-size=1,--expose-gc",
        CHILD,
        String(megabytes),
        dir,
      ],
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  });
}

Deno.test({
  name: "64 MB of lines take no more memory than 4 MB do, and a line that is kept keeps no other",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const [[small, before], [large, after]] = [await memoryOf(4), await memoryOf(64)];
    // It comes to 30 MB more at 64 MB, at 128 MB and beyond; who held all of it would need 64 MB more, and twice that.
    assert(large - small < 48_000, `${large - small} kB more at the peak`);
    // One in a hundred is kept, of both sorts: 1.3 MB in place of 0.1.
    assert(after - before < 3000, `${after - before} kB more on the heap`);
  },
});
