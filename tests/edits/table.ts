/**
 * The table of edits: what a row says, and how it is held against what happens.
 *
 * @module
 */
import {
  type Change,
  changeFiles,
  type Changes,
  copyProject,
  type Files,
  makeProject,
  openFolder,
  type Outcome,
  run,
  type RunHow,
} from "./project.ts";

/** An edit, and what must run after it. */
export interface Row {
  readonly name: string;
  /** The edit: changes by path. */
  readonly edit?: Changes;
  /** What else happens between the two runs: to the cache, or to files that are no code. */
  readonly byHand?: (dir: string, again: (how?: Partial<RunHow>) => Promise<Outcome>) => unknown;
  /** Where the run after the edit differs from the one before it. */
  readonly how?: Partial<RunHow> | ((dir: string) => Partial<RunHow>);
  /** Whether there is no run before it: the cache is empty. */
  readonly first?: true;
  /**
   * Just what must run: `record/stage`, or the name of an aggregate; `*` stands for every record. All else is reused,
   * or not needed.
   */
  readonly runs: readonly string[];
  /** Where the specification is silent: what else is right, `also` sets of their own, `upTo` what may run besides. */
  readonly lenient?: {
    readonly also?: readonly (readonly string[])[];
    readonly upTo?: readonly string[];
    readonly why: string;
  };
  /** What runs once more, when nothing changed; left out, it is tried with CAIRN_EDIT_THOROUGH alone. */
  readonly again?: readonly string[];
  /** Whether all artifacts are compared with those of a run in an empty cache; else with CAIRN_EDIT_THOROUGH alone. */
  readonly compared?: true;
  /** What the error says; the run ends with a status other than 0. */
  readonly fails?: RegExp;
  /** What a warning says. */
  readonly warns?: RegExp;
  /** What no warning says. */
  readonly keepsQuiet?: RegExp;
  /** Whether what comes out is not up to the sources alone: then no run in an empty cache is compared. */
  readonly impure?: true;
}

/** Rows that start from the same project, run once. */
export interface Table {
  readonly name: string;
  readonly files: Files;
  readonly how: RunHow;
  /** How many stages and aggregates run the first time. */
  readonly first: number;
  /** Whether what comes out is not up to the sources alone. */
  readonly impure?: true;
  /** What runs every time. */
  readonly always?: readonly string[];
  readonly rows: readonly Row[];
}

/** Adds a test with a step a row. */
export function testTable(table: Table): void {
  Deno.test({
    name: `edits: ${table.name}`,
    sanitizeOps: false, // rows run two at a time
    sanitizeResources: false,
    fn: (t) => checkTable(t, table),
  });
}

/** Checks each row in a step. The rows share a first run: each has a copy of the project as that left it. */
export async function checkTable(t: Deno.TestContext, table: Table): Promise<void> {
  const rows = chosen(table.rows);
  if (rows.length === 0) return;
  const folder = openFolder();
  try {
    const [dir, base] = [folder.path("project0"), folder.path("base")];
    makeProject(dir, table.files);
    const first = await run(dir, table.how);
    await copyProject(dir, base);
    if (first.code !== 0 || first.executed.length !== table.first) {
      throw new Error(`Wanted ${table.first} stages to run the first time; ${tell(first)}`);
    }
    const wrong = difference(first, [first.executed]);
    if (wrong !== undefined) throw new Error(`The first time, ${wrong}; ${tell(first)}`);
    await eachOf(groupsOf(table, rows), async (group, worker) => {
      const bench = { table, base, first, dir: folder.path(`project${worker}`) };
      const check = (row: Row) => checkRow(bench, row);
      // together they are one run; where that goes wrong, each shows whether it is to blame
      const isFine = group.length > 1 && await check(together(group)).then(() => true, () => false);
      for (const row of group) {
        await t.step({
          name: row.name,
          sanitizeOps: false,
          sanitizeResources: false,
          sanitizeExit: false,
          fn: () => isFine ? undefined : check(row).catch(told),
        });
      }
    });
  } finally {
    folder.close();
  }
}

/** At most as many rows are tried together. */
const MANY = 12;

/** Rows that can be tried together: their edits do not meet, and no stage must run after two of them. */
function groupsOf(table: Table, rows: readonly Row[]): Row[][] {
  const groups: Row[][] = [];
  for (const row of rows) {
    const group = isAlone(row)
      ? undefined
      : groups.find((group) =>
        group.length < MANY && group.every((other) => !isAlone(other) && !meet(other, row)) &&
        fits(table.files, [...group, row])
      );
    if (group === undefined) groups.push([row]);
    else group.push(row);
  }
  return groups;
}

/** Whether a row is more than an edit and what must run after it. */
function isAlone({ name: _, edit, runs: __, ...more }: Row): boolean {
  return THOROUGH || edit === undefined || Object.keys(more).length > 0;
}

/** Whether a stage must run after either of two edits. */
function meet(one: Row, other: Row): boolean {
  const stageOf = (name: string) => name.split("/").at(-1);
  const stages = new Set(one.runs.map(stageOf));
  return other.runs.some((name) => stages.has(stageOf(name)));
}

/** Whether all edits can be made one after the other, each in what the others leave. */
function fits(files: Files, rows: readonly Row[]): boolean {
  const known = new Map<string, string | null>(Object.entries(files));
  for (const [path, change] of rows.flatMap(({ edit = {} }) => Object.entries(edit))) {
    const old = known.get(path);
    if (typeof change !== "function") {
      if (known.has(path) && rows.length > 1) return false; // it takes the place of all the others
      known.set(path, change);
      continue;
    }
    if (typeof old !== "string") return false;
    try {
      known.set(path, change(old));
    } catch {
      return false;
    }
  }
  return true;
}

/** One row of many. */
function together(rows: readonly Row[]): Row {
  const changes = rows.flatMap(({ edit = {} }) => Object.entries(edit));
  const paths = [...new Set(changes.map(([path]) => path))];
  const change = (path: string): Change => {
    const own = changes.filter((each) => each[0] === path).map((each) => each[1]);
    const [only] = own;
    if (typeof only !== "function") return only!;
    return (old) => own.reduce((text: string, each) => typeof each === "function" ? each(text) : text, old);
  };
  return {
    name: rows.map(({ name }) => name).join("; "),
    edit: Object.fromEntries(paths.map((path) => [path, change(path)])),
    runs: [...new Set(rows.flatMap(({ runs }) => runs))],
  };
}

/** With CAIRN_EDIT_THOROUGH=1 every row is run once more, and once in an empty cache, with all artifacts compared. */
const THOROUGH = Deno.env.get("CAIRN_EDIT_THOROUGH") === "1";

/** CAIRN_EDIT_ROWS chooses rows by their names, as `deno test --filter` does tables. */
function chosen(rows: readonly Row[]): readonly Row[] {
  const wanted = Deno.env.get("CAIRN_EDIT_ROWS");
  return wanted === undefined ? rows : rows.filter(({ name }) => name.includes(wanted));
}

/** Throws an error without a stack: what was wanted and what was found says where to look. */
function told(error: unknown): never {
  if (error instanceof Error) error.stack = `${error.name}: ${error.message}`;
  throw error;
}

/** What the rows of a table share, and where one of them is tried. */
interface Bench {
  readonly table: Table;
  /** The project as its first run left it, and what that came to. */
  readonly base: string;
  readonly first: Outcome;
  readonly dir: string;
}

async function checkRow({ table, base, first, dir }: Bench, row: Row): Promise<void> {
  if (row.first) makeProject(dir, table.files);
  else await copyProject(base, dir);
  changeFiles(dir, row.edit ?? {});
  await row.byHand?.(dir, (how) => run(dir, { ...table.how, ...how }));
  const how = { ...table.how, ...(typeof row.how === "function" ? row.how(dir) : row.how) };
  const outcome = await run(dir, how);
  if (row.fails !== undefined) return checkFailure(row.fails, outcome);
  if (outcome.code !== 0) throw new Error(`The run ended with status ${outcome.code}; ${tell(outcome)}`);

  const sets = [row.runs, ...row.lenient?.also ?? []].map((names) => expanded(names, outcome, first));
  const wrong = difference(outcome, sets, expanded(row.lenient?.upTo ?? [], outcome, first));
  if (wrong !== undefined) throw new Error(`${wrong}; ${tell(outcome)}`);
  if (row.warns !== undefined && !row.warns.test(outcome.stderr)) {
    throw new Error(`Wanted a warning with ${row.warns}; ${tell(outcome)}`);
  }
  if (row.keepsQuiet !== undefined && row.keepsQuiet.test(outcome.stderr)) {
    throw new Error(`Wanted no warning with ${row.keepsQuiet}; ${tell(outcome)}`);
  }

  const { flags: _, ...same } = how;
  if (row.again !== undefined || THOROUGH) {
    const again = await run(dir, same);
    const needless = difference(again, [expanded(row.again ?? table.always ?? [], again, first)]);
    if (needless !== undefined) {
      throw new Error(`Once more, with nothing changed, ${needless}; ${tell(again)}`);
    }
  }

  if (row.impure || table.impure || !(row.compared || THOROUGH)) return;
  const kept = contentsOf(outcome);
  Deno.removeSync(`${dir}/data`, { recursive: true });
  const stale = staleArtifact(outcome, kept, await run(dir, same));
  if (stale !== undefined) throw new Error(`${stale}; ${tell(outcome)}`);
}

function checkFailure(message: RegExp, outcome: Outcome): void {
  if (outcome.code === 0) throw new Error(`Wanted an error with ${message}; ${tell(outcome)}`);
  if (!message.test(outcome.stderr + outcome.stdout)) {
    throw new Error(`Wanted an error with ${message}; ${tell(outcome)}`);
  }
}

/** Names with `*` for every record, as a sorted list without it. */
function expanded(names: readonly string[], ...outcomes: readonly Outcome[]): string[] {
  const known = new Set(outcomes.flatMap(({ verdicts }) => [...verdicts.keys()]));
  const all = names.flatMap((name) =>
    name.startsWith("*/") ? [...known].filter((each) => each.endsWith(name.slice(1))) : [name]
  );
  return [...new Set(all)].sort();
}

/** How what ran differs from every set that is right; undefined where it is one of them. */
function difference(
  { executed, noted, verdicts }: Outcome,
  sets: readonly (readonly string[])[],
  more: readonly string[] = [],
): string | undefined {
  if (String(executed) !== String(noted)) return `Cairn says that [${executed}] ran, and [${noted}] did`;
  const odd = [...verdicts].filter(([, verdict]) => !["executed", "reused", "skipped"].includes(verdict));
  if (odd.length > 0) return `there are verdicts [${odd.map((pair) => pair.join(": "))}]`;
  const fits = (set: readonly string[]) =>
    String(set) === String(noted.filter((name) => set.includes(name) || !more.includes(name)));
  if (sets.some(fits)) return undefined;
  const [set] = sets;
  const missing = set!.filter((name) => !noted.includes(name));
  const needless = noted.filter((name) => !set!.includes(name) && !more.includes(name));
  return [
    ...(missing.length > 0 ? [`stale: [${missing}]`] : []),
    ...(needless.length > 0 ? [`needless: [${needless}]`] : []),
    ...(noted.length + set!.length > 60 ? [] : [
      `[${noted}] ran, wanted ${sets.map((set) => `[${set}]`).join(" or ")}` +
      (more.length > 0 ? ` and no more than [${more}]` : ""),
    ]),
  ].join("; ");
}

/** What each artifact holds. */
function contentsOf({ artifacts }: Outcome): ReadonlyMap<string, string> {
  return new Map([...artifacts].map(([name, path]) => [name, readOrSay(path)]));
}

/** An artifact that differs from the same one made in an empty cache; those that nobody needed need not be there. */
function staleArtifact(
  { verdicts }: Outcome,
  kept: ReadonlyMap<string, string>,
  fresh: Outcome,
): string | undefined {
  if (fresh.code !== 0) return `In an empty cache the run ended with status ${fresh.code}; ${tell(fresh)}`;
  for (const [name, wanted] of contentsOf(fresh)) {
    const verdict = verdicts.get(name.slice(0, name.lastIndexOf("/")));
    if (verdict === "skipped") continue;
    const found = kept.get(name);
    if (found === undefined) return `Artifact ${name} is missing, though its stage is ${verdict}`;
    if (found !== wanted) {
      return `Artifact ${name} is stale: ${shortened(found)}, wanted ${shortened(wanted)}`;
    }
  }
  return undefined;
}

/** A file's bytes as text, a character each; or that it is not there. */
function readOrSay(path: string): string {
  try {
    return Array.from(Deno.readFileSync(path), (byte) => String.fromCharCode(byte)).join("");
  } catch (error) {
    return `(${error instanceof Error ? error.message : error})`;
  }
}

function shortened(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}...` : text);
}

/** All that helps to find out why. */
export function tell({ code, stdout, stderr, noted, verdicts, reasons }: Outcome): string {
  const notable = [...verdicts].filter(([, verdict]) => verdicts.size <= 40 || verdict === "failed");
  const lines = notable.map(([name, verdict]) => `  ${name}: ${verdict}, ${reasons.get(name)}`);
  return [
    `status ${code}, noted [${noted.length > 40 ? `${noted.length} stages` : noted}]`,
    ...lines,
    ...(verdicts.size === 0 ? [stdout] : []),
    stderr,
  ].join("\n").trim();
}

/** Does something with each item, two at a time where there are many: there are not many cores. */
async function eachOf<T>(
  items: readonly T[],
  work: (item: T, worker: number) => Promise<unknown>,
): Promise<void> {
  const queue = [...items];
  const worker = async (_: unknown, number: number) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next, number);
  };
  await Promise.all(Array.from({ length: items.length > 4 ? 2 : 1 }, worker));
}
