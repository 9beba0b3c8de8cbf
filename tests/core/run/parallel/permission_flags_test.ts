/** What workers may do, by what this process may. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { dirname, fromFileUrl, resolve } from "@std/path";
import {
  checkFlags,
  missingFlag,
  permissionFlags,
  requireDeno,
} from "../../../../core/run/parallel/permission_flags.ts";

const NOTHING = { reads: [], writes: [], env: [] };
const HERE = fromFileUrl(new URL("./", import.meta.url)).replace(/\/$/, "");
const ABOVE = dirname(HERE);

/** A test in which no more may be done than it says. */
function test(name: string, permissions: Deno.PermissionOptionsObject, fn: () => void): void {
  Deno.test({ name, permissions, fn });
}

test("what may be done wholly is handed on wholly; nothing else", {
  read: true,
  net: true,
  sys: true,
}, () => {
  const found = permissionFlags(NOTHING, []);
  assertEquals(found, ["--allow-read", "--allow-net", "--allow-sys"]);
});

test("of what may be done in part, what was allowed around that which is needed", {
  read: [ABOVE, import.meta.filename!],
  write: [HERE],
  env: ["CAIRN_ONE", "CAIRN_TWO"],
  run: [Deno.execPath()],
  sys: ["hostname"],
  net: ["example.org"],
  import: ["example.org:443", "jsr.io:443"],
}, () => {
  const needs = {
    reads: [`${HERE}/a/b`, "/elsewhere/c"],
    writes: [`${HERE}/x/y`, "/elsewhere/d"],
    env: ["CAIRN_TWO", "CAIRN_THREE"],
  };
  assertEquals(permissionFlags(needs, ["https://example.org/main.ts", "https://example.com/x.ts"]), [
    `--allow-read=${ABOVE}`,
    `--allow-write=${HERE}`,
    "--allow-env=CAIRN_TWO",
    `--allow-run=${Deno.execPath()}`,
    "--allow-sys=hostname",
    "--allow-import=jsr.io:443,example.org:443",
  ]);
  requireDeno();
});

test("a module's own folder may be read where this process may read it", { read: [ABOVE] }, () => {
  assertEquals(permissionFlags(NOTHING, [import.meta.url]), [`--allow-read=${ABOVE}`]);
});

test("without leave to run Deno, the flag is named", { run: ["git"] }, () => {
  const error = assertThrows(requireDeno, Deno.errors.NotCapable) as Error;
  assertStringIncludes(error.message, `allow it with --allow-run=${Deno.execPath()}`);
});

test("flags of the user's allow no more than this process may do", {
  net: ["example.org", "127.0.0.1:9"],
  read: [HERE],
}, () => {
  checkFlags([
    "--allow-net=example.org,127.0.0.1:9",
    `--allow-read=${HERE}/a`,
    "--v8-flags=--x",
    "--no-lock",
  ]);
  const wrong: [string, string][] = [
    ["--allow-net", "may not do that itself; allow it here as well, with --allow-net"],
    ["--allow-net=example.org,example.com", "with --allow-net=example.com"],
    [`--allow-read=${resolve(ABOVE)}`, "may not do that itself"],
    ["--allow-all", "may not do that itself"],
    ["-A", "write it out"],
    ["allow-net", "write it out"],
    ["--permission-set=x", "name what they may do"],
    ["--allow-everything", "there is no such permission"],
  ];
  for (const [flag, message] of wrong) {
    const error = assertThrows(() => checkFlags([flag])) as Error;
    assertStringIncludes(error.message, `Cannot give workers the flag "${flag}"`);
    assertStringIncludes(error.message, message);
  }
});

test("what a worker was refused, and this process may do, has a flag", {
  net: ["127.0.0.1:9"],
  env: ["CAIRN_ONE"],
}, () => {
  const refused = (what: string) => missingFlag(`Requires ${what}, run again with the --allow-x flag`);
  assertEquals(refused('net access to "127.0.0.1:9"'), "--allow-net=127.0.0.1:9");
  assertEquals(refused('env access to "CAIRN_ONE"'), "--allow-env=CAIRN_ONE");
  assertEquals(refused('env access to "CAIRN_TWO"'), undefined);
  assertEquals(refused("net access"), undefined);
  assertEquals(missingFlag("something else"), undefined);
});
