/** What Cairn keeps for itself, the registry and run.json, written by somebody else with seals and sums that are right. */
import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { basename, join } from "@std/path";
import { walkSync } from "@std/fs";
import { type KeptAnalysis, readAnalysis, writeAnalysis } from "../../core/store/code_cache.ts";
import { copyTree } from "../../core/store/disk/move.ts";
import { fixture } from "../core/cli/helpers.ts";
import { randomFrom } from "../helpers/random.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";
import { ODD, pathsIn, withAt } from "./sealed.ts";
import { controlsIn, say } from "./terminal.ts";

const KINDS = fixture("hostile/kinds.ts");
const dir = tempDirSync();
const data = join(dir, "data");
for (const args of [["--set", "k=7"], [], []]) {
  assertEquals((await say(["run", KINDS, "--dir", data, ...args])).code, 0);
}
copyTree(data, join(dir, "as it was"));
const right = JSON.parse((await say(["show", "kinds/total/sum", "--dir", data, "--json"])).stdout).preview;

function putBack(): void {
  Deno.removeSync(data, { recursive: true });
  copyTree(join(dir, "as it was"), data);
}

const COMMANDS: readonly (readonly string[])[] = [
  ["plan", KINDS, "--verbose"],
  ["why", KINDS, "--verbose", "--set", "k=3"],
  ["diff", "previous", "latest", "--verbose"],
  ["diff", "previous", "latest", "--json"],
  ["show", "kinds/total/sum"],
  ["show", "kinds/k=1/count/n"],
  ["cache", "ls"],
  ["cache", "verify"],
  ["cache", "gc", "--keep-runs", "1", "--dry"],
  ["run", KINDS],
  ["run", KINDS, "--set", "k=8"],
];

/** Runs the commands: each ends with a right result, or an error in words. */
async function tryCommands(what: string): Promise<void> {
  for (const args of COMMANDS) {
    const { code, stdout, stderr } = await say([...args, "--dir", data]);
    const said = `${what}: ${args.join(" ")}: ${stdout}${stderr}`.slice(0, 3000);
    assert([0, 1, 2].includes(code), said);
    assert(!/^ +at .*\/core\//m.test(stdout + stderr), said);
    assert(!/of undefined|of null|is not a function|not iterable|undefined/.test(stderr), said);
    assertEquals(controlsIn(stdout + stderr), [], said);
    if (code !== 0) assert(/error: |damaged|is no longer/.test(stdout + stderr), said);
    if (args[0] === "run") assertEquals(code, 0, said);
  }
  const { stdout } = await say(["run", KINDS, "--dir", data, "--json"]);
  const path = JSON.parse(stdout).aggregates[0].artifacts.sum;
  assertEquals(Deno.readTextFileSync(path).trim(), right, what);
}

const sum = (text: string) => createHash("sha256").update(text).digest("hex");

/** The text of each file, with any JSON in it in place of what it holds, and a seal that is right. */
const SEALED: readonly {
  readonly name: RegExp;
  readonly json: (text: string) => unknown;
  readonly text: (json: unknown) => string;
}[] = [
  { name: /^run\.json$/, json: JSON.parse, text: (json) => JSON.stringify(json) },
  {
    name: /^registry\.jsonl$/,
    json: (text) => JSON.parse(text.split("\n").find((line) => line.startsWith("{"))!),
    text: (json) => `${JSON.stringify(json)}\n`,
  },
  {
    name: /^files\.json$/,
    json: (text) => JSON.parse(text.slice(65)),
    text: (json) => `${sum(JSON.stringify(json))}\n${JSON.stringify(json)}`,
  },
];

Deno.test("run.json and the registry by somebody else: any field of another type stops no command", async () => {
  const random = randomFrom(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let tried = 0;
  for (const { name, json, text } of SEALED) {
    const found = [...walkSync(join(dir, "as it was"))].filter(({ path, isFile }) =>
      isFile && name.test(basename(path))
    );
    for (let i = 0; found.length > 0 && i < 15; i++) {
      putBack();
      const { path } = pick(found);
      const was = json(Deno.readTextFileSync(path));
      const at = pick(pathsIn(was));
      const value = pick([...ODD, undefined]);
      const other = i < ODD.length && i % 3 === 0 ? ODD[i] : withAt(was, at, value);
      const here = path.replace(join(dir, "as it was"), data);
      Deno.writeTextFileSync(here, text(other));
      await tryCommands(`${basename(path)} with ${at.join(".")} = ${JSON.stringify(value)}`);
      tried++;
    }
  }
  assert(tried >= 30, String(tried));
});

const PLAIN_BYTES = ["", "{}", "null", "\u0000".repeat(100), `${"0".repeat(64)}\n[]`, "[[[[", "\n\n\n"];

Deno.test("what Cairn keeps of code and content, with other bytes, is made again", async () => {
  const random = randomFrom(9);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const before = join(dir, "as it was");
  const files = [...walkSync(join(before, "cache", ".cairn"))].filter(({ isFile }) => isFile)
    .map(({ path }) => path.slice(before.length + 1));
  assert(files.length > 3);
  for (const file of files) {
    const body = JSON.stringify(pick(ODD));
    for (const bytes of [pick(PLAIN_BYTES), `${sum(body)}\n${body}`]) {
      putBack();
      Deno.writeTextFileSync(join(data, file), bytes);
      await tryCommands(`${file} with ${JSON.stringify(bytes.slice(0, 40))}`);
    }
  }
});

Deno.test("the analysis of code by somebody else, well sealed, stops no command", async () => {
  const cache = join(data, "cache");
  putBack();
  const { modules, texts } = readAnalysis(cache, "kinds")!;
  const kept: unknown[] = [];
  for (const value of ODD.filter((_, i) => i % 2 === 0)) {
    const everywhere = (of: object) => Object.fromEntries(Object.keys(of).map((key) => [key, value]));
    kept.push({ modules: everywhere(modules), texts }, { modules, texts: everywhere(texts) });
  }
  const random = randomFrom(11);
  const paths = pathsIn(modules);
  for (let i = 0; i < 15; i++) {
    const at = paths[Math.floor(random() * paths.length)]!;
    kept.push({ modules: withAt(modules, at, ODD[Math.floor(random() * ODD.length)]), texts });
  }
  for (const each of kept) {
    putBack();
    writeAnalysis(cache, "kinds", each as KeptAnalysis);
    for (const command of ["plan", "run"]) {
      const { code, stdout, stderr } = await say([command, KINDS, "--dir", data]);
      const said = `${JSON.stringify(each).slice(0, 500)}: ${stdout}${stderr}`;
      assertEquals([code, /^ +at /m.test(stderr)], [0, false], said);
    }
  }
});
