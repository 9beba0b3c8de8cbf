/** What can't be sent, what workers may not do, and what they are told. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { cairn, fixture } from "../../cli/helpers.ts";
import { artifactsBelow, testIn } from "../helpers.ts";
import { permissions, type Result, run } from "./helpers.ts";

function reasonsOf({ records }: Result): Record<string, string> {
  return Object.fromEntries(
    records.flatMap(({ stages }) =>
      stages.map(({ stage, verdict, reason }) => [stage, `${verdict}: ${reason}`])
    ),
  );
}

testIn("what can't be sent is an error that names it; errors are as in one process", async (cwd) => {
  const env = { CAIRN_TEST_WORD: "hush" };
  const all = [...permissions(cwd), "--allow-net=127.0.0.1:9", "--allow-env=CAIRN_TEST_WORD"];
  const args = ["run", fixture("parallel/odd.ts"), "--json", "--keep-going", "--strict", "--parallel", "2"];
  const { code, stdout, stderr } = await cairn(args, { cwd, permissions: all, env });
  assertEquals(code, 1, stderr);
  const told = reasonsOf(JSON.parse(stdout));
  assertEquals(
    told.model,
    'failed: Cannot hand the parameters of stage "model" to a worker: $.model is an instance of Model; ' +
      "turn it into plain data first, make it where it is used, or run in one process",
  );
  assertEquals(
    told.connect,
    'failed: Cannot hand on output "connection" of stage "connect" from a worker: $.query is the function "query"; ' +
      "turn it into plain data first, make it where it is used, or run in one process",
  );
  assertStringIncludes(told.change!, "in a strict run what a stage reads is frozen");
  assertStringIncludes(told.alter!, "in a strict run what a stage reads is frozen");
  assertEquals(told.heeds, 'failed: it took longer than its "timeout" of 200 ms');
  const log = Deno.readTextFileSync(
    join(cwd, "data", "runs", [...Deno.readDirSync(join(cwd, "data", "runs"))][0]!.name, "log"),
  );
  assertStringIncludes(
    log,
    'RangeError: stopped: it took longer than its "timeout" of 200 ms',
    "it was told, and said how it ended",
  );
  assertStringIncludes(told.reach!, 'failed: Requires net access to "127.0.0.1:9"');
  assertStringIncludes(told.reach!, "add --worker-flag=--allow-net=127.0.0.1:9");
  assertEquals(told.secret!.slice(0, 8), "executed", "what a stage declares, its worker may read");

  const { json } = await run(
    "odd",
    cwd,
    "--parallel=1",
    "-n",
    "reach",
    "--worker-flag=--allow-net=127.0.0.1:9",
  )
    .catch(() => ({ json: undefined }));
  assertEquals(json, undefined, "this run may not do it itself");
  const allowed = await cairn([...args, "-n", "reach", "--worker-flag=--allow-net=127.0.0.1:9"], {
    cwd,
    permissions: all,
    env,
  });
  assertEquals(
    [allowed.code, reasonsOf(JSON.parse(allowed.stdout)).reach!.slice(0, 8)],
    [0, "executed"],
    allowed.stderr,
  );
});

testIn("a flag that would allow more than the run may do is refused, and nothing is written", async (cwd) => {
  const args = ["run", fixture("parallel/slow.ts"), "--parallel=2", "--worker-flag=--allow-net=example.org"];
  const { code, stderr } = await cairn(args, { cwd, permissions: permissions(cwd) });
  assertEquals(code, 2, stderr);
  assertStringIncludes(stderr, "allow it here as well, with --allow-net=example.org");
  assertEquals([...Deno.readDirSync(cwd)], []);
});

testIn("what stages print and log comes through, however much it is", async (cwd) => {
  const all = permissions(cwd).map((flag) => flag.replace("--allow-run=git", "--allow-run=git,sh"));
  const args = [
    "run",
    fixture("parallel/talking.ts"),
    "--parallel",
    "2",
    "--worker-flag=--allow-run=sh",
    "--verbose",
  ];
  const { code, stdout, stderr } = await cairn(args, { cwd, permissions: all });
  assertEquals(code, 0, stderr);
  const lines = stdout.split("\n");
  for (const who of ["ann", "bob"]) {
    assertEquals(lines.filter((line) => line === `child of ${who}`).length, 2000);
    assertEquals(stdout.split(`${who} says ${"x".repeat(1000)}`).length, 201);
    const logged = stderr.split("\n").filter((line) => line.startsWith(`who=${who}, talk: `));
    assertEquals(logged, Array.from({ length: 200 }, (_, i) => `who=${who}, talk: ${who} ${i}`));
  }
  assertEquals(Object.values(artifactsBelow(join(cwd, "data", "cache"))), ["true\n", "true\n"]);

  // Workers run the parameters that the run has, and make none; standard output is for the result alone.
  const file = join(cwd, "params.ts");
  Deno.writeTextFileSync(file, "export default () => [{ who: `${Deno.pid} cat` }];\n");
  const other = await cairn([...args.slice(0, -1), "--json", "-p", file], { cwd, permissions: all });
  assertEquals(other.code, 0, other.stderr.slice(-500));
  assertEquals(JSON.parse(other.stdout).executed, 2);
  assertEquals(other.stderr.match(/^\d+ cat says/gm)?.length, 200);
});
