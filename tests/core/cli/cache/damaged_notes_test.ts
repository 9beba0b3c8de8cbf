/** What runs noted that they need, damaged: nothing is removed that they may need, unless that is asked for. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { tree } from "../../../helpers/tree.ts";
import { artifactsBelow, filesBelow, flipByte, testIn } from "../../run/helpers.ts";
import { cairn, fixture } from "../helpers.ts";

/** Leaves a note as a run that was killed does. */
function leaveNote(uses: string, lines: string): void {
  const started = new Date().toISOString();
  const header = JSON.stringify({ experiment: "e", reference: null, started, store: null });
  Deno.writeTextFileSync(join(uses, "live", crypto.randomUUID()), `${header}${lines}`);
}

const damages: Record<string, (uses: string) => void> = {
  "a list that changed": (uses) => flipByte(join(uses, "sets", tree(join(uses, "sets"))[0]!)),
  "a list that is gone": (uses) => Deno.removeSync(join(uses, "sets", tree(join(uses, "sets"))[0]!)),
  "a line of the journal": (uses) => flipByte(join(uses, "journal.jsonl"), 30),
  "a folder in place of the journal": (uses) => {
    Deno.removeSync(join(uses, "journal.jsonl"));
    Deno.mkdirSync(join(uses, "journal.jsonl"));
    leaveNote(uses, "\n"); // it can't be added to the journal
  },
  "a line of a run that was killed": (uses) => leaveNote(uses, "\n0123\n"),
};

for (const [name, damage] of Object.entries(damages)) {
  testIn(`${name}: gc and rm refuse, and say what to do; with the flag they go by the rest`, async (cwd) => {
    await cairn(["run", fixture("pipeline.ts"), "--quiet"], { cwd });
    damage(join(cwd, "data", "cache", ".cairn", "uses"));
    const before = filesBelow(cwd);
    for (const args of [["gc", "--max-size", "0"], ["gc", "--max-size", "0", "--dry"], ["rm", "pipeline"]]) {
      const { code, stdout, stderr } = await cairn(["cache", ...args], { cwd });
      assertEquals([code, stdout], [1, ""]);
      assertMatch(
        stderr,
        /^(warning: [^\n]*\n)+error: Cannot tell what is needed of the cache "data\/cache": [^\n]*--ignore-damaged-notes [^\n]*\n$/,
      );
      assertEquals(filesBelow(cwd), before);
    }
    assertEquals((await cairn(["cache", "ls"], { cwd })).code, 0);
    const done = await cairn(["cache", "gc", "--max-size", "0", "--ignore-damaged-notes"], { cwd });
    assertEquals(done.code, 0, done.stderr);
    assertEquals(artifactsBelow(join(cwd, "data", "cache")), {});
  });
}

testIn("half a line at the end of what a run noted that was killed is no damage", async (cwd) => {
  await cairn(["run", fixture("pipeline.ts"), "--quiet"], { cwd });
  const uses = join(cwd, "data", "cache", ".cairn", "uses");
  leaveNote(uses, "\n0123");
  Deno.writeTextFileSync(join(uses, "live", crypto.randomUUID()), '{"experiment":"e"');
  const { code, stderr } = await cairn(["cache", "gc", "--max-size", "0"], { cwd });
  assertEquals([code, stderr], [0, ""]);
});
