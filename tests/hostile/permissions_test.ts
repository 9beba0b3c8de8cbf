/** A stage that reaches for what README's permissions do not give is refused by Deno, and leaves nothing. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { flagsFor, run } from "../examples/commands.ts";
import { eachOf } from "../core/cli/helpers.ts";
import { testIn } from "../core/run/helpers.ts";
import { everything, put } from "./helpers.ts";

const PLAIN = flagsFor("run, plan, why");
const GIT = flagsFor("the commit in the metadata");

/** What a stage reaches for, and what Deno says of it. */
const WAYS: Readonly<Record<string, RegExp>> = {
  fetch: /Requires net access to "127\.0\.0\.1:\d+"/,
  connect: /Requires net access to "127\.0\.0\.1:\d+"/,
  listen: /Requires net access to "127\.0\.0\.1:0"/,
  socket: /Requires net access to "127\.0\.0\.1:\d+"/,
  resolve: /Requires net access/,
  module: /Requires import access to "127\.0\.0\.1:\d+"/,
  read: /Requires read access to ".*\/outside\/there\.txt"/,
  list: /Requires read access to ".*\/outside"/,
  write: /Requires write access to ".*\/outside\/written\.txt"/,
  upward: /Requires write access to "data\/\.\.\/\.\.\/outside\/written\.txt"/,
  append: /Requires write access to ".*\/outside\/there\.txt"/,
  remove: /Requires write access to ".*\/outside\/there\.txt"/,
  rename: /Requires (read|write) access to ".*\/outside\/there\.txt"/,
  link: /symlink\(\) requires .*permissions/,
  temporary: /Requires write access to <TMP>/,
  environment: /Requires env access to "CAIRN_TEST_SECRET"/,
  allVariables: /Requires env access/,
  subprocess: /Requires run access to "true"/,
  shell: /Requires run access to "sh"/,
  library: /Requires ffi access/,
  host: /Requires sys access to "hostname"/,
};

/** Listens on this machine, and counts who comes. */
async function listening<T>(use: (port: number) => Promise<T>): Promise<{ result: T; connections: number }> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let connections = 0;
  const accepting = (async () => {
    for await (const connection of listener) {
      connections++;
      connection.close();
    }
  })();
  try {
    return { result: await use(listener.addr.port), connections };
  } finally {
    listener.close();
    await accepting;
  }
}

const FIXTURE = "tests/fixtures/hostile/reaching.ts";

async function reach(dir: string, way: string, port: number, permissions: readonly string[]) {
  const [cwd, outside] = [join(dir, way, "work"), join(dir, way, "outside")];
  put(join(outside, "there.txt"), "there");
  Deno.mkdirSync(cwd);
  const set = [`reach=${way}`, `outside=${outside}`, `port=${port}`].flatMap((each) => ["--set", each]);
  const env = { CAIRN_TEST_SECRET: "secret" };
  return { way, cwd, outside, ...await run(cwd, permissions, ["cli.ts", "run", FIXTURE, ...set], env) };
}

for (
  const [permissions, ways] of [[PLAIN, Object.keys(WAYS)], [[...PLAIN, ...GIT], [
    "subprocess",
    "shell",
    "fetch",
  ]]] as const
) {
  testIn(
    `with ${permissions.join(" ")}, whatever else a stage reaches for is refused, and nothing is committed`,
    async (dir) => {
      const { result: tried, connections } = await listening((port) =>
        eachOf(ways, (way) => reach(dir, way, port, permissions), 2)
      );
      for (const { way, cwd, outside, code, out, err } of tried) {
        const said = `${way}: ${out}${err}`;
        assertEquals(code, 1, said);
        assert(WAYS[way]!.test(err), said);
        assertStringIncludes(
          err,
          'error: Stage "reach" in record "default" of experiment "reaching" failed: ',
        );
        assert(!err.includes("/core/"), said);
        assert(!said.includes("secret"), said);
        assertEquals(everything(outside), { "there.txt": "there" }, said);
        assertEquals([...Deno.readDirSync(cwd)].map(({ name }) => name), ["data"], said);
        const cache = join(cwd, "data", "cache");
        const artifacts = Object.keys(everything(cache)).filter((name) => !name.startsWith(".cairn/"));
        assertEquals(artifacts.map((name) => name.replace(/^reaching_[0-9a-f]{16}_/, "")).sort(), [
          "before_before.json",
          "before_before_metadata.json",
        ], said);
        assertEquals(everything(join(cache, ".cairn", "staging")), {}, said);
      }
      assertEquals([tried.length, connections], [ways.length, 0], "nobody came");
    },
  );
}

testIn("with the permission that it takes, the same stage comes to its end", async (dir) => {
  for (
    const [way, flag] of [["environment", "--allow-env=CAIRN_TEST_SECRET"], [
      "subprocess",
      "--allow-run=true",
    ], ["host", "--allow-sys=hostname"]] as const
  ) {
    const cwd = join(dir, way);
    Deno.mkdirSync(cwd);
    const { code, err } = await run(
      cwd,
      [...PLAIN, flag],
      ["cli.ts", "run", "tests/fixtures/hostile/reaching.ts", "--set", `reach=${way}`],
    );
    assertEquals([code, err.includes("error")], [0, false], err);
  }
});
