/** Metadata that somebody else wrote, validly sealed: it is refused, or it can be used, and it leads nowhere. */
import { assert, assertEquals } from "@std/assert";
import { basename, join } from "@std/path";
import { walkSync } from "@std/fs";
import { parseMetadata } from "../../core/store/metadata.ts";
import { copyTree } from "../../core/store/disk/move.ts";
import { randomFrom } from "../helpers/random.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";
import { fixture } from "../core/cli/helpers.ts";
import { controlsIn, say } from "./terminal.ts";
import { ODD, pathsIn, sealed, sealedText, withAt, withDeep } from "./sealed.ts";

const KINDS = fixture("hostile/kinds.ts");
const dir = tempDirSync();
const data = join(dir, "data");

/** The metadata files of the cache, by the names of stage and output. */
const files = new Map<string, { readonly path: string; readonly text: string; readonly json: unknown }>();
for (const args of [["--set", "k=7"], [], []]) {
  assertEquals((await say(["run", KINDS, "--dir", data, ...args])).code, 0);
}
for (const { path } of walkSync(join(data, "cache"))) {
  if (!path.endsWith("_metadata.json")) continue;
  const text = Deno.readTextFileSync(path);
  const { seal: _, ...json } = JSON.parse(text);
  files.set(basename(path).replace(/^kinds_[0-9a-f]{16}_|_metadata\.json$/g, ""), { path, text, json });
}
copyTree(data, join(dir, "as it was"));

/** What the aggregate comes to. */
const right = JSON.parse((await say(["show", "kinds/total/sum", "--dir", data, "--json"])).stdout).preview;

/** Puts the workspace back as it was, and another metadata file in it. */
function replace(path: string, text: string): void {
  Deno.removeSync(data, { recursive: true });
  copyTree(join(dir, "as it was"), data);
  Deno.writeTextFileSync(path, text);
}

Deno.test("every field of metadata, replaced by everything that JSON can hold, is damaged or of its type", () => {
  let tried = 0;
  let damaged = 0;
  for (const { json } of files.values()) {
    for (const path of pathsIn(json)) {
      for (const value of [...ODD, undefined]) {
        tried++;
        const found = parseMetadata(sealed(withAt(json, path, value)));
        if ("damaged" in found) damaged++;
        else if ("metadata" in found) {
          const { files, references, ancestors, times, run, cacher } = found.metadata;
          for (const { path, sha256, size, modified } of [...files, ...references]) {
            assertEquals([typeof path, typeof sha256, typeof size, typeof modified], [
              "string",
              "string",
              "number",
              "number",
            ]);
          }
          assert(Object.values(ancestors).every((digest) => typeof digest === "string"));
          assertEquals([typeof times.finished, typeof run.command.length, typeof cacher.kind], [
            "string",
            "number",
            "string",
          ]);
        }
      }
    }
  }
  assert(tried > 10_000 && damaged > tried / 4, `${damaged} of ${tried}`);
});

Deno.test("what is no JSON, or of a format that is no number, is damaged, however well it is sealed", () => {
  for (
    const body of [
      "{ nothing\n}",
      "[]\n}",
      '{\n  "format": { "toString": 1 }\n}',
      '{\n  "format": 1\n}',
      "\n}",
    ]
  ) {
    assert("damaged" in parseMetadata(sealedText(body)), body);
  }
});

/** Fields of metadata that decide what is read, and what somebody could make of them. */
const LEADING: Record<string, (json: Record<string, unknown>) => unknown> = {
  "entries upward": (json) => withAt(json, ["files", "0", "path"], "/../../outside.txt"),
  "entries upward from the stage's files": (json) =>
    withAt(json, ["files", "0", "path"], "{files}/../../outside.txt"),
  "an entry in a folder that it does not name": (json) => withAt(json, ["files", "0", "path"], "_deep/a.txt"),
  "references of a cacher that has none": (json) => ({ ...json, references: [entry("/etc/hostname")] }),
  "references upward": (json) => ({ ...json, references: [entry("{files}/../../../outside.txt")] }),
  "many entries": (json) => ({ ...json, files: Array.from({ length: 20_000 }, (_, i) => entry(`_${i}`)) }),
  "one entry many times": (json) => ({
    ...json,
    files: Array.from({ length: 20_000 }, () => (json.files as unknown[])[0]),
  }),
  "a very long entry": (json) => ({ ...json, files: [entry(`_${"x".repeat(100_000)}`)] }),
  "an ancestor by the name of the prototype": (json) => ({
    ...json,
    ancestors: JSON.parse(`{ "__proto__": "${"0".repeat(64)}" }`),
  }),
  "an extra by the name of the prototype": (json) => ({
    ...json,
    extra: JSON.parse('{ "__proto__": { "columns": [], "suffix": "x" }, "constructor": 1, "rows": 3 }'),
  }),
  "an extra of other types": (json) => ({
    ...json,
    extra: { columns: [null, 1, "x"], rows: 1e15, suffix: "/../../x", folder: true },
  }),
  "columns that are none": (json) => ({
    ...json,
    extra: { columns: [{ name: 1, type: {} }, { name: "__proto__" }], rows: 2 },
  }),
  "a suffix that leads upward": (json) => ({ ...json, extra: { suffix: "/../../../outside.txt" } }),
};

function entry(path: string) {
  return { path, size: 1, modified: 0, sha256: "0".repeat(64) };
}

const COMMANDS = (path: string): string[][] => [
  ["plan", KINDS, "--dir", data, "--verbose"],
  ["why", KINDS, "--dir", data, "--verbose"],
  ["why", KINDS, "--dir", data, "--set", "k=3", "--json"],
  ["show", path, "--dir", data],
  ["show", path, "--dir", data, "--json"],
  ["diff", "previous", "latest", "--dir", data, "--verbose"],
  ["run", KINDS, "--dir", data, "--verbose"],
];

/** Runs the commands: each ends, with no stack, nothing for a terminal to obey, and a right result or an error in words. */
async function tryCommands(path: string, what: string): Promise<void> {
  const keys = Reflect.ownKeys(Object.prototype).length;
  for (const args of COMMANDS(path)) {
    const { code, stdout, stderr } = await say(args);
    const said = `${what}: ${args[0]}: ${stdout}${stderr}`.slice(0, 3000);
    assert([0, 1, 2].includes(code), said);
    assert(!/^ +at .*\/core\//m.test(stdout + stderr), said);
    assert(
      !/of undefined|of null|is not a function|not iterable/.test(stdout + stderr),
      said,
    );
    assertEquals(controlsIn(stdout + stderr), [], said);
    if (code !== 0) assert(/error: /.test(stderr), said);
    if (args[0] === "run" && code === 0) {
      const { stdout } = await say(["show", "kinds/total/sum", "--dir", data, "--json"]);
      assertEquals(JSON.parse(stdout).preview, right, what);
    }
  }
  assertEquals(Reflect.ownKeys(Object.prototype).length, keys, what);
}

for (const [what, change] of Object.entries(LEADING)) {
  Deno.test(`metadata with ${what} leads nowhere`, async () => {
    Deno.writeTextFileSync(join(dir, "outside.txt"), "mine");
    for (const name of ["tables_csv", "files_plot", "files_list", "count_n", "total_sum"]) {
      const { path, json } = files.get(name)!;
      replace(path, sealed(change(json as Record<string, unknown>)));
      await tryCommands(path, `${name} with ${what}`);
    }
    assertEquals(Deno.readTextFileSync(join(dir, "outside.txt")), "mine");
    assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
      "as it was",
      "data",
      "outside.txt",
    ]);
  });
}

for (const field of ["params", "recipe", "extra"]) {
  Deno.test(`metadata with ${field} nested too deeply is damaged, and brackets in texts are no nesting`, async () => {
    for (const name of ["tables_csv", "files_list", "total_sum"]) {
      const { path, json } = files.get(name)!;
      const at = field === "extra" ? ["extra", "deep"] : [field];
      for (const levels of [1001, 100_000]) {
        const text = withDeep(json, at, levels);
        assertEquals(parseMetadata(text), { damaged: "the metadata is nested too deeply" });
        if (levels === 1001) continue;
        replace(path, text);
        await tryCommands(path, `${name} with deep ${field}`);
      }
      for (const text of ["[".repeat(5000), '\\"{'.repeat(5000), "\\".repeat(5001), '{"a":['.repeat(5000)]) {
        assert(
          "metadata" in parseMetadata(sealed(withAt(json, at, { text, [text]: "]" }))),
          text.slice(0, 10),
        );
      }
      assert("metadata" in parseMetadata(withDeep(json, at, 400)));
    }
  });
}

Deno.test("a run.json that is nested too deeply is none that can be read", async () => {
  replace([...files.values()][0]!.path, [...files.values()][0]!.text);
  for (const { path } of walkSync(join(data, "runs"))) {
    if (!path.endsWith("run.json")) continue;
    const run = JSON.parse(Deno.readTextFileSync(path));
    const text = JSON.stringify({ ...run, notes: "DEEP" }).replace(
      '"DEEP"',
      '{"a":['.repeat(9000) + "]}".repeat(9000),
    );
    Deno.writeTextFileSync(path, text);
  }
  await tryCommands("kinds/total/sum", "deep run.json");
});

/** How many fields are replaced with every command run after each: many more have been tried by hand. */
const CASES = 100;

Deno.test(`any field of another type, drawn ${CASES} times, stops no command and gives no false value`, async () => {
  const random = randomFrom(4);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const all = [...files];
  for (let i = 0; i < CASES; i++) {
    const [name, { path, json }] = pick(all);
    const at = pick(pathsIn(json));
    const value = pick([...ODD, undefined]);
    replace(path, sealed(withAt(json, at, value)));
    await tryCommands(path, `case ${i}: ${name} with ${at.join(".")} = ${JSON.stringify(value)}`);
  }
});
