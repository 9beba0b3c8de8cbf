/** Nothing that a terminal would obey reaches it, whatever names, values, messages and files hold. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { basename, join } from "@std/path";
import { walkSync } from "@std/fs";
import { defineStage } from "../../core/define/stage.ts";
import { jsonCacher } from "../../cachers/json_cacher.ts";
import { createRecord, runStage } from "../../core/run/record.ts";
import { openWorkspace } from "../../core/store/workspace.ts";
import { OBEYED } from "../fixtures/hostile/speaking.ts";
import { fixture } from "../core/cli/helpers.ts";
import { testIn } from "../core/run/helpers.ts";
import { sealed } from "./sealed.ts";
import { controlsIn, type Said, say } from "./terminal.ts";

const SPEAKING = fixture("hostile/speaking.ts");
const KINDS = fixture("hostile/kinds.ts");

/** Two lines, the second of which looks like Cairn's own. */
const LINES = `name ${OBEYED}\nwarning: a line that Cairn never wrote`;

function assertHarmless({ stdout, stderr }: Said, what: string): void {
  // The progress line is Cairn's own.
  assertEquals(controlsIn((stdout + stderr).replaceAll("\r\u001b[K", "")), [], what);
}

testIn("a run of stages that speak to the terminal, in every form in which it is shown", async (dir) => {
  const data = `${dir}/data`;
  const forms = [
    ["--verbose"],
    ["--keep-going", "--overwrite"],
    ["--keep-going", "--overwrite", "--verbose"],
    ["--json", "--overwrite"],
    ["--quiet", "--overwrite"],
    ["--dry"],
    ["--set", `odd=${OBEYED}`],
    ["--set", `${OBEYED}=1`],
    ["--name", OBEYED],
    ["--notes", OBEYED],
    ["--until", OBEYED],
    ["--prefix", OBEYED],
    ["--overwrite-stage", OBEYED],
    [`--${OBEYED}`],
    ["--params", `/nowhere${OBEYED.replaceAll("\0", "")}.ts`],
    ["--indices", OBEYED],
    ["--concurrency", OBEYED],
  ];
  for (const terminal of [false, true]) {
    for (const form of forms) {
      const said = await say(["run", SPEAKING, "--dir", data, ...form], { terminal });
      assertHarmless(said, form.join(" "));
      assert(said.code > 0, "one of its records fails, or it is misused");
    }
  }
  const verbose = await say(["run", SPEAKING, "--dir", data, "--overwrite", "--verbose", "--keep-going"]);
  for (const part of ["logged ", "failed ", "\\u001b[2J", "at stack "]) {
    assertStringIncludes(verbose.stderr, part);
  }
});

testIn("a run's log, which a person may look at on a terminal", async (dir) => {
  await say(["run", SPEAKING, "--dir", dir, "--keep-going"]);
  const log = [...walkSync(dir)].find(({ path }) => basename(path) === "log")!.path;
  const text = Deno.readTextFileSync(log);
  for (const part of ["logged ", "failed ", "a second line", "at stack "]) assertStringIncludes(text, part);
  assertEquals(controlsIn(text), []);
  for (const line of text.trimEnd().split("\n")) assert(/^\d{4}-\d\d-\d\dT/.test(line), line);
});

testIn("the other commands, over what such stages left", async (dir) => {
  await say(["run", SPEAKING, "--dir", dir, "--keep-going", "--notes", OBEYED]);
  await say(["run", SPEAKING, "--dir", dir, "--keep-going", "--set", `text=${OBEYED}${OBEYED}`]);
  const shown = [];
  for (
    const args of [
      ["plan", SPEAKING],
      ["plan", SPEAKING, "--verbose", "--json"],
      ["why", SPEAKING],
      ["why", SPEAKING, "--verbose", "--set", `text=${OBEYED}`],
      ["why", SPEAKING, "--json"],
      ["why", SPEAKING, OBEYED],
      ["diff", "previous", "latest", "--verbose"],
      ["diff", "previous", "latest", "--json"],
      ["diff", OBEYED, "latest"],
      ["show", "speaking/good/speak/text"],
      ["show", "speaking/good/speak/value"],
      ["show", "speaking/good/speak/value", "--json"],
      ["show", "speaking/good/speak/rows"],
      ["show", OBEYED.replaceAll("\0", "")],
      ["show", "speaking/total/names"],
      [OBEYED],
    ]
  ) {
    const said = await say([...args, ...args.length > 1 ? ["--dir", dir] : []]);
    assertHarmless(said, args.join(" "));
    shown.push(said.stdout);
  }
  assertStringIncludes(shown.join("\n"), "text \\u001b[2J");
});

testIn("names in metadata, run.json and the registry that somebody else wrote", async (dir) => {
  const data = join(dir, "data");
  for (const args of [["--set", "k=7"], []]) await say(["run", KINDS, "--dir", data, ...args]);
  for (const { path } of walkSync(data)) {
    if (path.endsWith("_metadata.json")) {
      const { seal: _, ...json } = JSON.parse(Deno.readTextFileSync(path));
      const { recipe, params, run, times, cacher } = json;
      const odd = {
        record: LINES,
        experiment: LINES,
        params: params === null ? null : { ...params, k: LINES, [LINES]: LINES },
        recipe: { ...recipe, params: { k: LINES, [LINES]: LINES } },
        cacher: { ...cacher, kind: LINES },
        times: { ...times, finished: LINES },
        priorStages: [LINES],
        run: { ...run, reference: LINES, notes: LINES, git: { commit: LINES, dirty: true } },
        extra: { [LINES]: LINES },
      };
      Deno.writeTextFileSync(path, sealed({ ...json, ...odd }));
    }
    if (path.endsWith("run.json")) {
      const run = JSON.parse(Deno.readTextFileSync(path));
      for (const { stages, ...record } of run.records) {
        run.records.push({
          ...record,
          name: LINES,
          stages: stages.map((stage: object) => ({ ...stage, stage: LINES })),
        });
        if (run.records.length > 5) break;
      }
      Deno.writeTextFileSync(
        path,
        JSON.stringify({ ...run, notes: LINES, command: [LINES], status: LINES, [LINES]: LINES }),
      );
    }
  }
  const metadata = [...walkSync(data)].map(({ path }) => path).filter((path) =>
    path.endsWith("_metadata.json")
  );
  const artifacts = metadata.map((path) => path.replace("_metadata.json", ".json"));
  for (
    const args of [
      ["why", KINDS, "--verbose"],
      ["why", KINDS, "--verbose", "--set", "k=3"],
      ["plan", KINDS, "--verbose"],
      ["diff", "previous", "latest"],
      ["diff", "previous", "latest", "--verbose"],
      ["diff", "previous", "latest", "--json"],
      ...artifacts.map((path) => ["show", path]),
      ["run", KINDS, "--verbose"],
    ]
  ) {
    const said = await say([...args, "--dir", data]);
    assertHarmless(said, args.join(" "));
    for (const line of (said.stdout + said.stderr).split("\n")) {
      assert(!line.startsWith("warning: a line that"), `${args.join(" ")}: ${said.stdout}${said.stderr}`);
    }
  }
});

testIn("names of files and folders", async (dir) => {
  const odd = OBEYED.replaceAll("\0", "");
  Deno.mkdirSync(join(dir, `folder ${odd}`));
  const text = Deno.readTextFileSync(fixture("pipeline.ts"));
  for (const name of [`good ${odd}`, "good \nwarning: a line that Cairn never wrote"]) {
    Deno.writeTextFileSync(join(dir, `folder ${odd}`, `${name}.ts`), text);
    Deno.writeTextFileSync(
      join(dir, `folder ${odd}`, `bad ${name}.ts`),
      `${text}\nthrow new Error(${JSON.stringify(odd)});`,
    );
  }
  const data = join(dir, "data");
  await say(["run", fixture("pipeline.ts"), "--dir", data]);
  Deno.mkdirSync(join(data, "runs", `${odd}_1_2026-01-31T120000Z`));
  Deno.mkdirSync(join(data, "runs", "a\nwarning: a line that_1_2026-01-31T120000Z"));
  Deno.writeTextFileSync(join(data, "cache", `${odd}_0123456789abcdef_fit_model_metadata.json`), odd);
  for (
    const args of [
      ["ls", dir],
      ["ls", dir, "--json"],
      ["ls", join(dir, odd)],
      ["run", join(dir, `folder ${odd}`, `good ${odd}.ts`), "--dir", data],
      ["run", join(dir, `folder ${odd}`, `bad good ${odd}.ts`), "--dir", data],
      ["run", fixture("pipeline.ts"), "--dir", join(dir, odd)],
      ["run", fixture("pipeline.ts"), "--cache", join(dir, odd), "--dir", data],
      ["diff", "latest", "nothing", "--dir", data],
      ["diff", odd, "nothing", "--dir", data],
      ["why", fixture("pipeline.ts"), "--set", "k=9", "--dir", data],
      ["show", join(data, "cache", `${odd}_0123456789abcdef_fit_model.json`)],
    ]
  ) {
    const said = await say(args);
    assertHarmless(said, args.join(" "));
    for (const line of (said.stdout + said.stderr).split("\n")) {
      assert(!line.startsWith("warning: a line that"), `${args.join(" ")}: ${said.stdout}${said.stderr}`);
    }
  }
});

testIn("what scripts and stages called by hand write to standard error", async (dir) => {
  const said: string[] = [];
  const { warn, error } = console;
  console.warn = console.error = (text: string) => void said.push(text);
  try {
    const speak = defineStage({
      name: "speak",
      outputs: { value: jsonCacher<number>() },
      run: (_state: object, { log }) => {
        log(`logged ${OBEYED}`);
        return { value: 1 };
      },
    });
    await speak({});
    const workspace = openWorkspace({ dir, experiment: "exp" });
    await runStage(createRecord(workspace), speak);
    workspace.warn(`warned ${OBEYED}`);
  } finally {
    Object.assign(console, { warn, error });
  }
  assertEquals(said.length, 3);
  assertEquals(controlsIn(said.join("\n")), []);
});
