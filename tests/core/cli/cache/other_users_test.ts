/** A cache that several users share: what one may not open or remove of another's stops nothing. */
import { assertEquals, assertMatch } from "@std/assert";
import { dirname, join } from "@std/path";
import { withTempDir } from "../../../helpers/temp_dir.ts";
import { tree } from "../../../helpers/tree.ts";
import { asOrdinaryUser } from "../../../faults/tmpfs.ts";
import { cairn, fixture, type Output } from "../helpers.ts";

const OTHER = 12_345;

/** `cairn cache gc`, by one for whom permissions hold. */
async function collect(cwd: string, ...flags: string[]): Promise<Output> {
  return await asUser(cwd, "cache", "gc", "--max-size", "0", ...flags);
}

async function asUser(cwd: string, ...call: string[]): Promise<Output> {
  const cli = new URL("../../../../cli.ts", import.meta.url).pathname;
  const [command, ...args] = [
    ...asOrdinaryUser!,
    Deno.execPath(),
    ...["run", "--quiet", "--no-prompt", "--frozen=false", "-A", cli, ...call],
  ];
  const { code, stdout, stderr } = await new Deno.Command(command!, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** What is another user's alone, and what is said of it. */
const theirs: { name: string; path: (own: string) => string; said: RegExp; mode?: number }[] = [
  { name: "a dead lock", path: (own) => join(own, "locks", "0".repeat(32)), said: /^$/ },
  {
    name: "the note of a run that was killed",
    path: (own) => join(own, "uses", "live", crypto.randomUUID()),
    said: /^warning: [^\n]*uses\/live\/[^\n]*permission is denied/,
  },
  {
    name: "the note of a run that was killed, which all may read,",
    path: (own) => join(own, "uses", "live", crypto.randomUUID()),
    said: /^$/,
    mode: 0o644,
  },
  {
    name: "a list of what a run needs",
    path: (own) => join(own, "uses", "sets", tree(join(own, "uses", "sets"))[0]!),
    said: /^warning: [^\n]*uses\/sets\/[^\n]*permission is denied/,
  },
  {
    name: "the journal",
    path: (own) => join(own, "uses", "journal.jsonl"),
    said: /^warning: [^\n]*journal\.jsonl[^\n]*permission is denied/,
  },
];

for (const { name, path, said, mode = 0o600 } of theirs) {
  Deno.test({
    name: `${name} that is another user's alone stops no gc`,
    ignore: Deno.uid() !== 0 || asOrdinaryUser === undefined, // only root can give a file to another
    fn: () =>
      withTempDir(async (cwd) => {
        await cairn(["run", fixture("pipeline.ts"), "--quiet"], { cwd });
        const their = path(join(cwd, "data", "cache", ".cairn"));
        Deno.mkdirSync(dirname(their), { recursive: true });
        for (const file of their.includes("live") ? [their, `${their}.lock`] : [their]) {
          Deno.writeTextFileSync(file, "", { append: true });
          Deno.chmodSync(file, mode);
          Deno.chownSync(file, OTHER, OTHER);
        }
        const isNote = mode === 0o600 && !their.includes("locks");
        if (isNote) {
          const { code, stdout, stderr } = await collect(cwd);
          assertEquals([code, stdout], [1, ""]);
          assertMatch(stderr, /^error: Cannot tell what is needed of the cache .*--ignore-damaged-notes/m);
        }
        const { code, stdout, stderr } = await collect(cwd, ...isNote ? ["--ignore-damaged-notes"] : []);
        assertEquals(code, 0, stderr);
        assertMatch(stderr, said);
        assertMatch(stdout, /^removed 9 artifacts, .*\n$/m);
      }),
  });
}

Deno.test({
  name: "ls goes on where some of what Cairn keeps for itself is another user's alone",
  ignore: Deno.uid() !== 0 || asOrdinaryUser === undefined,
  fn: () =>
    withTempDir(async (cwd) => {
      await cairn(["run", fixture("pipeline.ts"), "--quiet"], { cwd });
      const their = join(cwd, "data", "cache", ".cairn", "staging", crypto.randomUUID());
      Deno.mkdirSync(their, { recursive: true });
      Deno.chmodSync(their, 0o700);
      Deno.chownSync(their, OTHER, OTHER);
      const { code, stdout, stderr } = await asUser(cwd, "cache", "ls", "--json");
      assertEquals([code, JSON.parse(stdout).artifacts, JSON.parse(stdout).own], [0, 9, null]);
      assertMatch(stderr, /^warning: the size of what Cairn keeps for itself is not known: [^\n]*\n$/);
    }),
});
