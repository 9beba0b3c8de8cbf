/**
 * The table of edits: what a row says, and how it is held against what happens.
 *
 * @module
 */
import {
  changeFiles,
  type Changes,
  copyProject,
  type Files,
  makeProject,
  type Outcome,
  removeProject,
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
  readonly how?: Partial<RunHow>;
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
  /** What runs the third time, when nothing changed; nothing, where it is left out. */
  readonly again?: readonly string[];
  /** What the error says; the run ends with a status other than 0. */
  readonly fails?: RegExp;
  /** What a warning says. */
  readonly warns?: RegExp;
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
  /** Whether what comes out is compared with a run in an empty cache after every row, and not where rows are lenient. */
  readonly compared?: true;
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
  const dir = makeProject(table.files);
  try {
    const first = await run(dir, table.how);
    if (first.code !== 0 || first.executed.length !== table.first) {
      throw new Error(`Wanted ${table.first} stages to run the first time; ${tell(first)}`);
    }
    const wrong = difference(first, [first.executed]);
    if (wrong !== undefined) throw new Error(`The first time, ${wrong}; ${tell(first)}`);
    await eachOf(rows, async (row) => {
      await t.step({
        name: row.name,
        sanitizeOps: false,
        sanitizeResources: false,
        sanitizeExit: false,
        fn: () => checkRow(table, row, dir, first).catch(told),
      });
    });
  } finally {
    removeProject(dir);
  }
}

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

async function checkRow(table: Table, row: Row, base: string, first: Outcome): Promise<void> {
  const dir = row.first ? makeProject(table.files) : await copyProject(base);
  const folders = [dir];
  try {
    changeFiles(dir, row.edit ?? {});
    await row.byHand?.(dir, (how) => run(dir, { ...table.how, ...how }));
    const how = { ...table.how, ...row.how };
    const outcome = await run(dir, how);
    if (row.fails !== undefined) return checkFailure(row.fails, outcome);
    if (outcome.code !== 0) throw new Error(`The run ended with status ${outcome.code}; ${tell(outcome)}`);

    const sets = [row.runs, ...row.lenient?.also ?? []].map((names) => expanded(names, outcome, first));
    const wrong = difference(outcome, sets, expanded(row.lenient?.upTo ?? [], outcome, first));
    if (wrong !== undefined) throw new Error(`${wrong}; ${tell(outcome)}`);
    if (row.warns !== undefined && !row.warns.test(outcome.stderr)) {
      throw new Error(`Wanted a warning with ${row.warns}; ${tell(outcome)}`);
    }

    const { flags: _, ...same } = how;
    const again = await run(dir, same);
    const needless = difference(again, [expanded(row.again ?? [], again, first)]);
    if (needless !== undefined) {
      throw new Error(`Once more, with nothing changed, ${needless}; ${tell(again)}`);
    }

    const isDoubtful = table.compared || row.lenient !== undefined;
    if (!isDoubtful || row.impure) return;
    const blank = await copyProject(dir);
    folders.push(blank);
    Deno.removeSync(`${blank}/data`, { recursive: true });
    const stale = staleArtifact(outcome, await run(blank, same));
    if (stale !== undefined) throw new Error(`${stale}; ${tell(outcome)}`);
  } finally {
    folders.forEach(removeProject);
  }
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

/** An artifact that differs from the same one made in an empty cache; those that nobody needed need not be there. */
export function staleArtifact(kept: Outcome, fresh: Outcome): string | undefined {
  if (fresh.code !== 0) return `In an empty cache the run ended with status ${fresh.code}; ${tell(fresh)}`;
  for (const [name, path] of fresh.artifacts) {
    const verdict = kept.verdicts.get(name.slice(0, name.lastIndexOf("/")));
    if (verdict === "skipped") continue;
    const file = kept.artifacts.get(name);
    if (file === undefined) return `Artifact ${name} is missing, though its stage is ${verdict}`;
    const [one, other] = [readOrSay(file), readOrSay(path)];
    if (one !== other) return `Artifact ${name} is stale: ${shortened(one)}, wanted ${shortened(other)}`;
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
  const lines = [...verdicts].map(([name, verdict]) => `  ${name}: ${verdict}, ${reasons.get(name)}`);
  return [
    `status ${code}, noted [${noted}]`,
    ...lines,
    ...(lines.length === 0 ? [stdout] : []),
    stderr,
  ].join("\n").trim();
}

/** Does something with each item, two at a time: there are not many cores. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all([worker(), worker()]);
}
