/** Names that somebody forged in metadata: each stays on its line. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { metadataText, readMetadataFile } from "../../../../core/store/metadata.ts";
import { tree } from "../../../helpers/tree.ts";
import { testIn } from "../../run/helpers.ts";
import { cairn, fixture } from "../helpers.ts";

testIn("an experiment's name with an end of line in it breaks no row of ls, gc and rm", async (cwd) => {
  await cairn(["run", fixture("pipeline.ts"), "--quiet"], { cwd });
  const cache = join(cwd, "data", "cache");
  for (const name of tree(cache).filter((name) => name.endsWith("_metadata.json"))) {
    const read = readMetadataFile(join(cache, name));
    assert("metadata" in read);
    Deno.writeTextFileSync(
      join(cache, name),
      metadataText({ ...read.metadata, experiment: "a\nremoved\r\nb" }),
    );
  }
  const calls = [["ls"], ["gc", "--max-size", "0", "--dry"], ["rm", "a\nremoved\r\nb", "--dry"], ["rm", "c"]];
  for (const args of calls) {
    const { code, stdout, stderr } = await cairn(["cache", ...args], { cwd });
    assertEquals(code, args[1] === "c" ? 2 : 0, stderr);
    const lines = (stdout + stderr).split("\n");
    assertEquals(lines.filter((line) => /^(removed|b)\b/.test(line)), []);
    assertMatch(stdout + stderr, args[1] === "c" ? /"a\\nremoved\\r\\nb"/ : /^a removed b /m);
  }
});
