/** Help, and all that can be wrong with a command: status 2, one clear line, nothing written. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path";
import { tree } from "../../helpers/tree.ts";
import { testIn } from "../run/helpers.ts";
import { cairn, cairnEach, fixture } from "./helpers.ts";

const PIPELINE = fixture("pipeline.ts");
const bad = (fault: string) => `${toFileUrl(fixture("bad.ts"))}?fault=${fault}`;
const params = (fault: string) => `${toFileUrl(fixture("params.ts"))}?fault=${fault}`;

testIn("help: of all and of each, with every flag and examples", async (cwd) => {
  const shared =
    "dir cache prefix name indices params set until overwrite overwrite-stage lazy ignore-lazy json help";
  const flags: Record<string, string> = {
    run:
      `${shared} concurrency parallel worker-flag store-full dry dry-cache strict notes quiet verbose keep-going`,
    why: `${shared} verbose`,
    diff: "dir json verbose help",
    plan: `${shared} verbose`,
    ls: "json help",
    show: "dir json help",
  };
  const calls = [
    ["--help"],
    ["-h"],
    ["help"],
    ...Object.keys(flags).flatMap((name) => [[name, "--help"], [name, "-h"]]),
  ];
  const outputs = await cairnEach(calls, { cwd, permissions: ["--allow-read"] });
  for (const [i, { code, stdout, stderr }] of outputs.entries()) {
    assertEquals([code, stderr], [0, ""], calls[i]!.join(" "));
    assertStringIncludes(stdout, "Examples:\n  cairn ");
    const names = (flags[calls[i]![0]!] ?? "").split(" ").filter((name) => name !== "");
    for (const name of names) assertStringIncludes(stdout, `--${name}`);
    const listed = [...stdout.matchAll(/^ {2}(?:-\w, | {4})--([\w-]+)/gm)].map(([, name]) => name!);
    assertEquals(listed.toSorted(), names.toSorted(), "no flag is left out here");
  }
  assertEquals(outputs[0], outputs[1]!);
  for (const name of Object.keys(flags)) {
    assertMatch(outputs[0]!.stdout, new RegExp(`^ {2}${name} +\\w`, "m"));
  }
});

testIn("no command at all is wrong use, and shows the help", async (cwd) => {
  const { code, stdout, stderr } = await cairn([], { cwd });
  assertEquals(code, 2);
  assertStringIncludes(stdout + stderr, "Usage: cairn COMMAND");
});

const wrong: [args: string[], words: string[]][] = [
  [["fly"], ['Cannot run "fly"', "run, plan, why, diff, ls, show"]],
  [["run"], ["an experiment module"]],
  [["run", PIPELINE, "more"], ['"more"']],
  [["run", PIPELINE, "--fly"], ['"--fly"', "--overwrite-stage"]],
  [["run", PIPELINE, "-x"], ['"-x"']],
  [["plan", PIPELINE, "--store-full"], ['"--store-full"']],
  [["run", PIPELINE, "--dir"], ["--dir without a value"]],
  [["run", PIPELINE, "--dir="], ["--dir without a value"]],
  [["run", PIPELINE, "--name"], ["--name without a value"]],
  [["run", PIPELINE, "--until", "--quiet"], ["--until"]],
  [["run", PIPELINE, "--dir=a", "--dir=b"], ["--dir 2 times"]],
  [["run", PIPELINE, "--set", "seed"], ['Cannot set "seed"', "--set k=5"]],
  [["run", PIPELINE, "--set", "=5"], ['Cannot set "=5"']],
  [["run", PIPELINE, "--set=k=1", "--set=k=2"], ['"k" twice']],
  [["run", PIPELINE, "--indices", "9"], ['"9"', "the records are 0 to 3"]],
  [["run", PIPELINE, "--indices", "3-1"], ['"3-1"']],
  [["run", PIPELINE, "--indices", "a"], ['"a"', "0-3,7"]],
  [["run", PIPELINE, "--indices=-1"], ['"-1"']],
  [["run", PIPELINE, "--concurrency", "0"], ['--concurrency "0"', "a whole number from 1"]],
  [["run", PIPELINE, "--concurrency", "many"], ['"many"']],
  [["run", PIPELINE, "--concurrency=1.5"], ['"1.5"']],
  [["run", PIPELINE, "--concurrency=-2"], ['"-2"']],
  [["run", PIPELINE, "--parallel", "0"], ['--parallel "0"', "a whole number from 1"]],
  [["run", PIPELINE, "--parallel=2", "--concurrency=2"], ["both --parallel and --concurrency"]],
  [["run", PIPELINE, "--worker-flag=--allow-net"], ["no workers without --parallel"]],
  [["run", PIPELINE, "--parallel", "2"], ["leave to start workers", "--allow-run=/"]],
  [["run", PIPELINE, "--overwrite-stage", "fitt"], ['stage "fitt"', '"load", "fit", "score", "compare"']],
  [["run", PIPELINE, "--until", "fitt"], ['"fitt"', '"fit"']],
  [["run", PIPELINE, "--name", "k=9"], ['record "k=9"', '"k=1,seed=1"']],
  [["run", PIPELINE, "--prefix", "a/b"], ['"a/b"', "prefix"]],
  [["run", PIPELINE, "--quiet", "--verbose"], ["choose one"]],
  [["run", PIPELINE, "--lazy", "--ignore-lazy"], ["choose one"]],
  [["run", PIPELINE, "--dry", "--store-full"], ["choose one"]],
  [["run", "nowhere.ts"], ['"nowhere.ts"']],
  [["run", fixture("listed/helper.ts")], ["nobody should load this"]],
  [["run", PIPELINE, "--params", "nowhere.ts"], ['"nowhere.ts"']],
  [["run", PIPELINE, "--params", params("throws")], ["broken while loading"]],
  [["run", PIPELINE, "--params", params("function-throws")], ["no such file"]],
  [["run", PIPELINE, "--params", params("text")], ["a list of parameter sets"]],
  [["run", bad("no-experiment")], ["it exports no experiment", "defineExperiment"]],
  [["run", bad("throws")], ["broken while loading"]],
  [["run", bad("duplicate-stage")], ['stage "a"', "another stage bears that name"]],
  [["run", bad("duplicate-output")], ['stage "b"', 'output "a"', 'stage "a" too']],
  [["run", bad("missing-input")], ['input "nowhere"']],
  [["run", bad("later-input")], ['input "b"', "comes later"]],
  [["run", bad("function-parameter")], ["params.model.fit[0]", "function"]],
  [["run", bad("symbol-parameter")], ["params.s", "symbol"]],
  [["run", bad("instance-parameter")], ["params.deep.model", "Model"]],
  [["run", bad("undefined-parameter")], ["params.k", "undefined"]],
  [["run", bad("stage-name")], ['"a/b"', "stage"]],
  [["run", bad("output-name")], ['"../x"', "output"]],
  [["run", bad("reserved-output")], ['"params"', "taken"]],
  [["run", bad("experiment-name")], ['"a b"', "experiment"]],
  [["run", bad("record-name")], ["printable text"]],
  [["run", bad("alike")], ['"x" and "y"', "alike"]],
  [["run", bad("one-name")], ['"x"', "one name"]],
  [["run", bad("params-throw")], ["no such file", 'experiment "bad"']],
  [["run", bad("params-not-a-list")], ["wanted a list, found an object"]],
  [["run", bad("set-not-an-object")], ["parameter set 1", "found a number"]],
  [["run", bad("no-cacher")], ['output "a"', "a cacher"]],
  [["plan", bad("later-input")], ['input "b"']],
  [["plan", PIPELINE, "--overwrite-stage=fitt"], ['"fitt"']],
  [["ls", "--dir=x"], ["--dir=x"]],
  [["show", "--all"], ['"--all"']],
  [["run", PIPELINE, "--name", "red \u001b[31m"], ["no such record"]],
];

testIn("wrong use: status 2, one clear line, nothing written", async (cwd) => {
  const outputs = await cairnEach(wrong.map(([args]) => args), { cwd });
  const faults = outputs.flatMap(({ code, stdout, stderr }, i) => {
    const [args, words] = wrong[i]!;
    // deno-lint-ignore no-control-regex -- control characters are just what must not be there
    const isOneLine = /^error: [^\u0000-\u001f]+\n$/.test(stderr);
    const isRight = code === 2 && stdout === "" && isOneLine && words.every((word) => stderr.includes(word));
    return isRight
      ? []
      : [{ args: args.slice(-2).map((arg) => arg.split("/").at(-1)), words, code, stdout, stderr }];
  });
  assertEquals(faults, []);
  assertEquals(tree(cwd), []);
});

testIn("a flag that is on or off takes no value", async (cwd) => {
  const outputs = await cairnEach(
    ["yes", "false", "0"].map((value) => ["run", PIPELINE, `--overwrite=${value}`]),
    { cwd },
  );
  for (const { code, stderr } of outputs) {
    assertEquals(code, 2);
    assertStringIncludes(stderr, "--overwrite");
  }
  assertEquals(tree(cwd), []);
});
