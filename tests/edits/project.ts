/**
 * Projects of several files in folders of their own: made from fixtures, edited, copied, and run by the command line
 * in a process of its own. Nothing here reaches into the library: what it is judged by is what a user sees.
 *
 * @module
 */
import { fromFileUrl, join, resolve } from "@std/path";

/** What a project holds: the text of its files by path. */
export type Files = Readonly<Record<string, string>>;

/** The text of a file after an edit, made from the text before; null where the file goes. */
export type Change = string | null | ((old: string) => string);

/** Changes by path. */
export type Changes = Readonly<Record<string, Change>>;

/** What a run came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What Cairn says it executed: `record/stage`, or the name of an aggregate; sorted. */
  readonly executed: readonly string[];
  /** What really ran, as the stages themselves noted it; sorted. */
  readonly noted: readonly string[];
  /** The verdict of every stage. */
  readonly verdicts: ReadonlyMap<string, string>;
  /** Why, of every stage. */
  readonly reasons: ReadonlyMap<string, string>;
  /** The main file of each artifact, by `record/stage/output`. */
  readonly artifacts: ReadonlyMap<string, string>;
}

/** How a project is run. */
export interface RunHow {
  /** The experiment module, or with `script` the script. */
  readonly entry: string;
  /** The folder that it is run in, below the project's. */
  readonly cwd?: string;
  /** Whether it is a script that prints what `run --json` prints. */
  readonly script?: boolean;
  /** Flags after the entry. */
  readonly flags?: readonly string[];
  /** Environment variables; all others but those that a process needs are gone. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the project's deno.lock counts. */
  readonly lock?: boolean;
}

const ROOT = new URL(import.meta.resolve("../../"));
const FIXTURES = fromFileUrl(import.meta.resolve("./fixtures/"));
const WORKSPACE = "data";
const NOTES = "runs.log";
const CONFIG = "deno.json";

/** The text of one fixture, or of all below a folder of them, by path from the folder of all fixtures. */
export function fixture(path: string): Files {
  const whole = join(FIXTURES, path);
  if (Deno.statSync(whole).isFile) return { [path]: Deno.readTextFileSync(whole) };
  const entries = [...Deno.readDirSync(whole)].map(({ name }) => name).sort();
  return Object.assign({}, ...entries.map((name) => fixture(`${path}/${name}`)));
}

/** A deno.json as a user of the package has it, with the package taken from this checkout. */
export function config(imports: Readonly<Record<string, string>> = {}): string {
  const own = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const linked = new Map((own.links ?? []).map((link: string) => {
    const { name, exports } = JSON.parse(Deno.readTextFileSync(new URL(`${link}/deno.json`, ROOT)));
    return [name, new URL(`${link}/${exports}`, ROOT).href];
  }));
  const target = (name: string, to: string) =>
    linked.get(name) ?? (to.startsWith("./") ? new URL(to, ROOT).href : to);
  const mapped = Object.entries<string>(own.imports).map(([name, to]) => [name, target(name, to)]);
  return JSON.stringify({ imports: { ...Object.fromEntries(mapped), ...imports } }, null, 2);
}

/** A folder for projects, gone when it is closed. Deno remembers what it compiled by path: so let few paths serve. */
export function openFolder(): { readonly path: (name: string) => string; readonly close: () => void } {
  const root = Deno.makeTempDirSync({ prefix: "cairn_edits_" });
  return { path: (name) => join(root, name), close: () => Deno.removeSync(root, { recursive: true }) };
}

/** Writes a project into a folder; what was there goes. */
export function makeProject(dir: string, files: Files): void {
  removeProject(dir);
  Deno.mkdirSync(dir, { recursive: true });
  changeFiles(dir, { [CONFIG]: config(), ...fixture("note.ts"), ...files });
}

/** Makes changes in a project's folder. Where nothing changes, it throws: an edit that misses proves nothing. */
export function changeFiles(dir: string, changes: Changes): void {
  for (const [path, change] of Object.entries(changes)) {
    const file = join(dir, path);
    if (change === null) {
      Deno.removeSync(file, { recursive: true });
      continue;
    }
    const old = typeof change === "string" ? undefined : Deno.readTextFileSync(file);
    const text = typeof change === "string" ? change : change(old!);
    if (text === old) throw new Error(`The edit of ${path} changes nothing`);
    Deno.mkdirSync(join(file, ".."), { recursive: true });
    Deno.writeTextFileSync(file, text);
  }
}

/** An edit: replaces what must be there just once. */
export function replace(...pairs: readonly (readonly [from: string, to: string])[]): (old: string) => string {
  return (old) =>
    pairs.reduce((text, [from, to]) => {
      const parts = text.split(from);
      if (parts.length !== 2) {
        throw new Error(
          `Wanted ${JSON.stringify(from)} once, found it ${parts.length - 1} times in\n${text}`,
        );
      }
      return parts.join(to);
    }, old);
}

/** An edit: puts text at the end. */
export function append(more: string): (old: string) => string {
  return (old) => `${old}\n${more}\n`;
}

/** Copies a project with its cache, all times kept; what was there goes. */
export async function copyProject(from: string, to: string): Promise<void> {
  removeProject(to);
  const { success, stderr } = await new Deno.Command("cp", { args: ["-a", from, to] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Runs the project's experiment, and counts in two ways what ran. */
export async function run(dir: string, how: RunHow): Promise<Outcome> {
  const notes = join(dir, how.cwd ?? "", NOTES);
  Deno.writeTextFileSync(notes, "");
  const { code, stdout, stderr } = await start(dir, how);
  const noted = Deno.readTextFileSync(notes).split("\n").filter((line) => line !== "").sort();
  const outcome = { code, stdout, stderr, noted };
  const document = parsed(stdout);
  if (document === undefined) {
    const none = new Map<string, string>();
    return { ...outcome, executed: [], verdicts: none, reasons: none, artifacts: none };
  }
  const stages = [
    ...document.records.flatMap(({ name, stages }) =>
      stages.map((each) => [`${name}/${each.stage}`, each] as const)
    ),
    ...document.aggregates.map((each) => [each.stage, each] as const),
  ];
  return {
    ...outcome,
    executed: stages.filter(([, { verdict }]) => verdict === "executed").map(([name]) => name).sort(),
    verdicts: new Map(stages.map(([name, { verdict }]) => [name, verdict])),
    reasons: new Map(stages.map(([name, { reason }]) => [name, reason])),
    artifacts: new Map(
      stages.flatMap(([name, { artifacts }]) =>
        Object.entries(artifacts).map(([output, path]) =>
          [`${name}/${output}`, resolve(dir, how.cwd ?? "", path)] as const
        )
      ),
    ),
  };
}

interface Stage {
  readonly stage: string;
  readonly verdict: string;
  readonly reason: string;
  readonly artifacts: Readonly<Record<string, string>>;
}

interface Document {
  readonly records: readonly { readonly name: string; readonly stages: readonly Stage[] }[];
  readonly aggregates: readonly Stage[];
}

function parsed(text: string): Document | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const KEPT = ["PATH", "HOME", "DENO_DIR", "TMPDIR", "NPM_CONFIG_REGISTRY", "XDG_CACHE_HOME"];

async function start(dir: string, { entry, cwd = "", script, flags = [], env = {}, lock }: RunHow) {
  const above = cwd === "" ? "" : "../";
  const cli = [new URL("cli.ts", ROOT).href, "run", entry, "--json", "--dir", `${above}${WORKSPACE}`];
  const own = ["--config", `${above}${CONFIG}`, ...(lock ? [] : ["--no-lock"]), ...(script ? [entry] : cli)];
  const kept = KEPT.flatMap((name) => Deno.env.get(name) === undefined ? [] : [[name, Deno.env.get(name)!]]);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", ...own, ...flags],
    cwd: join(dir, cwd),
    clearEnv: true,
    env: { ...Object.fromEntries(kept), ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** The artifacts of a project's cache whose stage and output have these names: their main files. */
export function cached(dir: string, stage: string, output: string): string[] {
  const cache = join(dir, WORKSPACE, "cache");
  return [...Deno.readDirSync(cache)].map(({ name }) => name)
    .filter((name) => name.includes(`_${stage}_${output}.`))
    .map((name) => join(cache, name));
}

/** The metadata files of the same. */
export function cachedMetadata(dir: string, stage: string, output: string): string[] {
  const cache = join(dir, WORKSPACE, "cache");
  return [...Deno.readDirSync(cache)].map(({ name }) => name)
    .filter((name) => name.endsWith(`_${stage}_${output}_metadata.json`))
    .map((name) => join(cache, name));
}

/** Removes a project, if it is there. */
function removeProject(dir: string): void {
  try {
    Deno.removeSync(dir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
