/**
 * Rounds of eight processes that run one experiment at once, on one empty cache. After each round all must be as if one
 * had run: `deno run -A tests/faults/at_once.ts --rounds 20`.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { parseArgs } from "@std/cli";
import { copyTree } from "../../core/store/disk/move.ts";
import { isFolder } from "../../core/store/ownership.ts";
import { start, until } from "../core/cli/helpers.ts";
import { config } from "../edits/project.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { type State, stateOf } from "./kill_state.ts";

const FIXTURE = fromFileUrl(import.meta.resolve("./fixtures/at_once"));

/** What eight processes do at once. */
export interface Scenario {
  readonly name: string;
  /** What each is started with, below the flags that all have. */
  readonly processes: readonly Process[];
  /** How often each stage may run, at the least and at the most; one that is not named, once. */
  readonly calls: Readonly<Record<string, readonly [least: number, most: number]>>;
  /** Which stages there are. */
  readonly stages: readonly string[];
  /** How many sets the registry holds in the end. */
  readonly sets: number;
  /** Whether each process that computes comes to another value; in the end all must stem from one. */
  readonly isFickle?: true;
}

interface Process {
  /** The folder of its project. */
  readonly project: "one" | "two";
  readonly module: string;
  readonly flags?: readonly string[];
  /** Where it hangs until it is killed. */
  readonly hang?: string;
}

const EXP = ["load", "fit 1", "fit 2", "fit 3", "draw 1", "draw 2", "draw 3", "sum"];
const plain: Process = { project: "one", module: "exp.ts" };
const times = (n: number, process: Process) => Array.from({ length: n }, () => process);
const all = (range: readonly [number, number]) => Object.fromEntries(EXP.map((stage) => [stage, range]));

/** Where one is killed, in one round after the other. */
export const PLACES: readonly string[] = ["load", "save", "fit 2", "draw 1", "sum"];

/** What is run in a round; what depends on its number is another in each. */
export function scenarios(round: number): readonly Scenario[] {
  const hang = PLACES[round % PLACES.length]!;
  return [
    { name: "one experiment", processes: times(8, plain), calls: {}, stages: EXP, sets: 3 },
    {
      name: "one is killed that holds a lock",
      processes: [{ ...plain, hang }, ...times(7, plain)],
      calls: { [hang === "save" ? "load" : hang]: [2, 2] },
      stages: EXP,
      sets: 3,
    },
    {
      name: "two overwrite",
      processes: [...times(3, plain), ...times(2, { ...plain, flags: ["--overwrite"] }), ...times(3, plain)],
      calls: all([1, 3]),
      stages: EXP,
      sets: 3,
    },
    {
      name: "two overwrite, and each draws other values",
      processes: [...times(3, plain), ...times(2, { ...plain, flags: ["--overwrite"] }), ...times(3, plain)],
      calls: all([1, 16]), // what was made from a value that is gone is made again
      stages: EXP,
      sets: 3,
      isFickle: true,
    },
    {
      name: "two versions of the code",
      processes: [...times(4, plain), ...times(4, { ...plain, project: "two" })],
      calls: { ...all([1, 2]), load: [2, 2] },
      stages: EXP,
      sets: 3,
    },
    {
      name: "two experiments that share a prefix",
      processes: [...times(4, plain), ...times(4, { ...plain, module: "other.ts" })],
      calls: {},
      stages: [...EXP, "count 1", "count 7"],
      sets: 4,
    },
  ];
}

/** Runs one round, and says what was wrong. */
export async function playRound(scenario: Scenario): Promise<string[]> {
  const { processes, calls, stages, isFickle = false } = scenario;
  return await withTempDir(async (dir) => {
    const problems: string[] = [];
    makeProjects(dir);
    const started: Started[] = [];
    try {
      for (const process of processes.filter(({ hang }) => hang !== undefined)) {
        started.push(startOne(dir, process, isFickle));
        open(dir);
        await until("the process that is to be killed", () => isThere(join(dir, "hanging")));
        Deno.removeSync(join(dir, "go"));
      }
      const killed = started.length;
      for (const process of processes.slice(killed)) started.push(startOne(dir, process, isFickle));
      await until(
        "all processes",
        () => filesOf(dir).filter((name) => name.startsWith("ready-")).length === 8,
      );
      open(dir);
      if (killed > 0) {
        const runs = join(dir, "one", "data", "runs");
        await until("all runs", () => filesOf(runs).filter((name) => /^at_once_/.test(name)).length === 8);
        for (const { child } of started.slice(0, killed)) child.kill("SIGKILL");
      }
      const ended = await Promise.all(started.map(({ output }) => output));
      for (const { code, stderr } of ended.slice(killed)) {
        if (code !== 0 || stderr !== "") problems.push(`one ended with ${code}: ${stderr}`);
      }
      checkCalls(join(dir, "calls"), stages, calls, problems);
      checkRuns(dir, processes, killed, problems);
      if (isFickle) {
        const last = startOne(dir, plain, isFickle);
        started.push(last);
        const { code, stderr } = await last.output;
        if (code !== 0 || stderr !== "") problems.push(`the last ended with ${code}: ${stderr}`);
        checkOneDraw(dir, problems);
      }
      checkState(dir, scenario, problems);
    } finally {
      for (const { child, isOver } of started) if (!isOver()) child.kill("SIGKILL");
    }
    return problems;
  });
}

/** Two copies of one project; in the second a helper is written otherwise. */
function makeProjects(dir: string): void {
  for (const name of ["one", "two"]) {
    copyTree(FIXTURE, join(dir, name));
    Deno.writeTextFileSync(join(dir, name, "deno.json"), config());
  }
  const helper = join(dir, "two", "helper.ts");
  const text = Deno.readTextFileSync(helper);
  Deno.writeTextFileSync(helper, text.replace("2 * value", "value + value"));
}

interface Started {
  readonly child: Deno.ChildProcess;
  readonly output: Promise<{ readonly code: number; readonly stderr: string }>;
  readonly isOver: () => boolean;
}

function startOne(dir: string, { project, module, flags = [], hang }: Process, isFickle: boolean): Started {
  const args = ["run", module, "--quiet", "--cache", "../cache", ...flags];
  const env = {
    CAIRN_CONTROL: dir,
    ...hang === undefined ? {} : { CAIRN_HANG: hang },
    ...isFickle ? { CAIRN_FICKLE: "1" } : {},
  };
  const child = start(args, { cwd: join(dir, project), permissions: ["-A"], env });
  let over = false;
  const output = child.output().then(({ code, stderr }) => {
    over = true;
    return { code, stderr: new TextDecoder().decode(stderr) };
  });
  return { child, output, isOver: () => over };
}

function open(dir: string): void {
  Deno.writeTextFileSync(join(dir, "go"), "");
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function filesOf(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name);
}

function checkCalls(
  path: string,
  stages: Scenario["stages"],
  calls: Scenario["calls"],
  problems: string[],
): void {
  const lines = Deno.readTextFileSync(path).trim().split("\n");
  for (const stage of new Set([...stages, ...lines])) {
    const count = lines.filter((line) => line === stage).length;
    const [least, most] = calls[stage] ?? (stages.includes(stage) ? [1, 1] : [0, 0]);
    if (count < least || count > most) problems.push(`${stage} ran ${count} times`);
  }
}

/** The artifacts that the runs that are done tell of, by their paths from the folder of the round. */
function toldArtifacts(dir: string): string[] {
  return ["one", "two"].flatMap((project) => {
    const runs = join(dir, project, "data", "runs");
    const told = isFolder(runs) ? filesOf(runs).filter((name) => !name.startsWith(".")) : [];
    return told.flatMap((name) => {
      const { records = [], aggregates = [] } = JSON.parse(
        Deno.readTextFileSync(join(runs, name, "run.json")),
      );
      const stages = [...records.flatMap((record: { stages: unknown[] }) => record.stages), ...aggregates];
      return stages.flatMap(({ artifacts }) => Object.values<string>(artifacts));
    }).map((path) => join(project, path));
  });
}

/** What a run tells of its artifacts, by record and stage, but not who made them. */
function toldBy({ records, aggregates }: Told): [string, string][] {
  const all = [...records, { name: "", stages: aggregates }].flatMap(({ name, stages }) =>
    stages.map((stage) => ({ name, ...stage }))
  );
  // What is replaced just then, and nothing needs, is skipped: of its artifacts such a run says nothing.
  return all.filter(({ verdict }) => verdict !== "skipped")
    .map(({ name, stage, key, artifacts }) => [`${name}/${stage}`, JSON.stringify([key, artifacts])]);
}

interface Told {
  readonly records: readonly { readonly name: string; readonly stages: readonly ToldStage[] }[];
  readonly aggregates: readonly ToldStage[];
}

interface ToldStage {
  readonly stage: string;
  readonly verdict: string;
  readonly key: string;
  readonly artifacts: Readonly<Record<string, string>>;
}

function checkRuns(dir: string, processes: readonly Process[], killed: number, problems: string[]): void {
  for (const [project, module] of [["one", "exp.ts"], ["one", "other.ts"], ["two", "exp.ts"]] as const) {
    const wanted = processes.filter((each) => each.project === project && each.module === module).length;
    const experiment = module === "exp.ts" ? "at_once" : "other";
    const runs = join(dir, project, "data", "runs");
    const names = wanted === 0 ? [] : filesOf(runs).filter((name) => name.startsWith(`${experiment}_`));
    const numbers = names.map((name) => Number(name.slice(experiment.length + 1).split("_")[0])).sort((
      a,
      b,
    ) => a - b);
    if (`${numbers}` !== `${Array.from({ length: wanted }, (_, i) => i + 1)}`) {
      problems.push(`runs ${numbers}`);
    }
    const told = names.map((name) => JSON.parse(Deno.readTextFileSync(join(runs, name, "run.json"))));
    const done = told.filter(({ status }) => status === "done");
    if (done.length !== wanted - (project === "one" && module === "exp.ts" ? killed : 0)) {
      problems.push(`runs are ${told.map(({ status }) => status)}`);
    }
    const tales = done.flatMap(toldBy);
    const known = new Map(tales);
    const other = tales.find(([stage, tale]) => known.get(stage) !== tale);
    if (other !== undefined) problems.push(`runs do not tell the same of ${other[0]}`);
  }
}

/** The digest of each file of each artifact, as the first round left it: it is the same in all. */
const digests = new Map<string, string>();

function checkDigests(state: State, problems: string[]): void {
  for (const [path, digest] of Object.entries(state.artifacts)) {
    if ((digests.get(path) ?? digest) !== digest) problems.push(`${path} is another than before`);
    digests.set(path, digest);
  }
}

/** All that the last run tells of stems from the one value of `load` that lies there. */
function checkOneDraw(dir: string, problems: string[]): void {
  const runs = join(dir, "one", "data", "runs");
  const name = filesOf(runs).find((name) => name.startsWith("at_once_9_"))!;
  const { records, aggregates } = JSON.parse(Deno.readTextFileSync(join(runs, name, "run.json")));
  const read = (path: string) => Deno.readTextFileSync(join(dir, "one", path));
  let total = 0;
  for (const { name, stages } of records) {
    const [load, fit, draw] = stages;
    const raw: number[] = JSON.parse(read(load.artifacts.raw));
    const k = Number(name.slice("k=".length));
    const model = raw.reduce((sum, value) => sum + value) * k + "three numbers".length;
    total += model;
    if (Number(read(fit.artifacts.model)) !== model) problems.push(`${name}: fit is of another draw`);
    const picture = `<svg>${raw.map((value) => value * k)}</svg>`;
    if (read(draw.artifacts.picture) !== picture) problems.push(`${name}: draw is of another draw`);
  }
  if (Number(read(aggregates[0].artifacts.total)) !== total) problems.push("sum is of another draw");
}

function checkState(dir: string, { sets, isFickle }: Scenario, problems: string[]): void {
  const state = stateOf(dir, "cache");
  if (!isFickle) checkDigests(state, problems);
  for (const path of isFickle ? [] : toldArtifacts(dir)) {
    if (!Object.hasOwn(state.artifacts, path)) problems.push(`${path} is not whole`);
  }
  // What a run used is noted there until a later one has the time to add it to the journal.
  const leftovers = state.leftovers.filter((path) => !/[\\/]uses[\\/]live[\\/][^.]*$/.test(path));
  if (leftovers.length > 0) problems.push(`left over: ${leftovers.slice(0, 3).join(", ")}`);
  if (state.registry !== "" || state.sets !== sets) {
    problems.push(`registry: ${state.sets} sets ${state.registry}`);
  }
}

if (import.meta.main) {
  const args = parseArgs(Deno.args, { string: ["rounds", "only"] });
  const only = String(args.only ?? "");
  const clock = performance.now();
  let count = 0;
  for (let round = 0; round < Number(args.rounds ?? "20"); round++) {
    for (const scenario of scenarios(round).filter(({ name }) => name.includes(only))) {
      const problems = await playRound(scenario);
      if (problems.length > 0) {
        count++;
        console.log(`round ${round}, ${scenario.name}: ${problems.join("; ")}`);
      }
    }
  }
  console.log(`${count} rounds with problems, ${((performance.now() - clock) / 1000).toFixed(1)} s`);
  if (count > 0) Deno.exit(1);
}
