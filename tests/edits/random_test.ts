/**
 * Edits in random order: after each, every artifact is what a run in an empty cache makes of the same sources.
 *
 * CAIRN_EDIT_STEPS=500 makes it long, CAIRN_EDIT_SEED=7 makes it another one.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { changeFiles, fixture, makeProject, openFolder, type Outcome, run } from "./project.ts";
import { NEEDS, POOL, type PoolEdit } from "./random_pool.ts";
import { tell } from "./table.ts";

const STEPS = Number(Deno.env.get("CAIRN_EDIT_STEPS") ?? 10);
const SEED = Number(Deno.env.get("CAIRN_EDIT_SEED") ?? 1);
const FOLDER = "random";
const ENTRY = `${FOLDER}/exp.ts`;
const BASE = fixture(FOLDER);

/** How many edits there are at a time, more or less. */
const MANY = 6;

/** The digest of each artifact. */
type Digests = ReadonlyMap<string, string>;

Deno.test({
  name: `edits: in random order, ${STEPS} steps`,
  sanitizeOps: false, // two runs at a time
  sanitizeResources: false,
  fn: async () => {
    const random = randomFrom(SEED);
    const folder = openFolder();
    const dir = folder.path("kept");
    makeProject(dir, BASE);
    const fresh = new Map<string, Promise<Digests>>();
    const made = new Set<PoolEdit>();
    const told: string[] = [];
    let isDamaged = false;
    try {
      await check(dir, made, fresh, undefined);
      for (let step = 1; step <= STEPS; step++) {
        const toggled = chooseEdits(made, random);
        for (const edit of toggled) if (!made.delete(edit)) made.add(edit);
        write(dir, made);
        told.push(
          `${step}: ${toggled.map((edit) => `${made.has(edit) ? "+" : "-"} ${nameOf(edit)}`).join("; ")}`,
        );
        // the first half of the steps leaves the cache alone: what may run is known then
        if (step > STEPS / 2 && random() < 0.25) {
          told.push(`   ${damage(dir, random)}`);
          isDamaged = true;
        }
        await check(dir, made, fresh, isDamaged ? undefined : mayRun(toggled));
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(
        `With CAIRN_EDIT_SEED=${SEED}, after\n${told.join("\n")}\nwith [${
          [...made].map(nameOf).join("; ")
        }]: ${message}`,
      );
    } finally {
      folder.close();
    }
  },
});

/** Runs the project as it is, and compares. */
async function check(
  dir: string,
  made: ReadonlySet<PoolEdit>,
  fresh: Map<string, Promise<Digests>>,
  may: ReadonlySet<string> | undefined,
): Promise<void> {
  const key = [...made].map((edit) => POOL.indexOf(edit)).sort((a, b) => a - b).join();
  let wanted = fresh.get(key);
  if (wanted === undefined) fresh.set(key, wanted = runFresh(`${dir}_fresh`, made));
  const [outcome, digests] = await Promise.all([run(dir, { entry: ENTRY, env: envOf(made) }), wanted]);
  if (outcome.code !== 0) throw new Error(`the run ended with status ${outcome.code}; ${tell(outcome)}`);
  if (String(outcome.executed) !== String(outcome.noted)) {
    throw new Error(
      `Cairn says that [${outcome.executed}] ran, and [${outcome.noted}] did; ${tell(outcome)}`,
    );
  }
  for (const [name, digest] of digests) {
    const verdict = outcome.verdicts.get(name.slice(0, name.lastIndexOf("/")));
    if (verdict === "skipped") continue; // nobody needed it
    const path = outcome.artifacts.get(name);
    if (path === undefined) throw new Error(`artifact ${name} is missing, ${verdict}; ${tell(outcome)}`);
    if (digestOf(path) !== digest) throw new Error(`artifact ${name} is stale, ${verdict}; ${tell(outcome)}`);
  }
  const needless = may === undefined ? [] : outcome.noted.filter((name) => !may.has(name.split("/").at(-1)!));
  if (needless.length > 0) throw new Error(`[${needless}] ran without need; ${tell(outcome)}`);
}

/** Runs the same sources with an empty cache. */
async function runFresh(dir: string, made: ReadonlySet<PoolEdit>): Promise<Digests> {
  makeProject(dir, BASE);
  write(dir, made);
  const outcome: Outcome = await run(dir, { entry: ENTRY, env: envOf(made) });
  if (outcome.code !== 0) throw new Error(`in an empty cache: status ${outcome.code}; ${tell(outcome)}`);
  return new Map([...outcome.artifacts].map(([name, path]) => [name, digestOf(path)]));
}

function digestOf(path: string): string {
  try {
    return createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
  } catch (error) {
    return String(error);
  }
}

/** Writes the sources with these edits; a file that stays the same is left alone. */
function write(dir: string, made: ReadonlySet<PoolEdit>): void {
  for (const [path, base] of Object.entries(BASE)) {
    const text = [...made].filter(({ file }) => file !== null && `${FOLDER}/${file}` === path).reduce(
      applied,
      base,
    );
    if (Deno.readTextFileSync(`${dir}/${path}`) !== text) changeFiles(dir, { [path]: text });
  }
}

function applied(text: string, { file, from, to }: PoolEdit): string {
  const parts = text.split(from);
  if (parts.length !== 2) {
    throw new Error(`Wanted ${JSON.stringify(from)} once in ${file}, found it otherwise`);
  }
  return parts.join(to);
}

function envOf(made: ReadonlySet<PoolEdit>): Record<string, string> {
  return Object.fromEntries([...made].filter(({ file }) => file === null).map(({ from, to }) => [from, to]));
}

/** The stages that edits reach, and all that follows; a stage in memory where one that follows it may run. */
function mayRun(edits: readonly PoolEdit[]): ReadonlySet<string> {
  const may = new Set(edits.flatMap(({ reaches }) => reaches));
  for (let size = -1; size !== may.size;) {
    size = may.size;
    for (const [stage, needs] of Object.entries(NEEDS)) {
      if (needs.some((need) => may.has(need))) may.add(stage);
    }
  }
  if (may.has("fit")) may.add("session");
  return may;
}

/** One edit to make or take back, or two. */
function chooseEdits(made: ReadonlySet<PoolEdit>, random: () => number): PoolEdit[] {
  const pick = (from: readonly PoolEdit[]) => from[Math.floor(random() * from.length)]!;
  const one = pick(random() < made.size / (2 * MANY) ? [...made] : POOL);
  return random() < 0.7 ? [one] : [...new Set([one, pick(POOL)])];
}

/** Deletes a file of the cache, cuts it short, or changes a byte. */
function damage(dir: string, random: () => number): string {
  const files = filesBelow(`${dir}/data/cache`);
  const path = files[Math.floor(random() * files.length)]!;
  const name = path.slice(dir.length + 1);
  const how = random();
  if (how < 0.4) {
    Deno.removeSync(path);
    return `${name} deleted`;
  }
  const bytes = Deno.readFileSync(path);
  const at = Math.floor(random() * bytes.length);
  if (how < 0.7) {
    Deno.truncateSync(path, at);
    return `${name} cut to ${at} bytes`;
  }
  if (bytes.length > 0) bytes[at]! ^= 1;
  Deno.writeFileSync(path, bytes);
  return `${name} changed at byte ${at}`;
}

/** The artifacts and their metadata, not what Cairn keeps for itself; sorted. */
function filesBelow(dir: string): string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) =>
    isDirectory ? (name === ".cairn" ? [] : filesBelow(`${dir}/${name}`)) : [`${dir}/${name}`]
  ).sort();
}

function nameOf({ file, from, to }: PoolEdit): string {
  return `${file ?? "env"} ${JSON.stringify(from)} -> ${JSON.stringify(to)}`;
}

/** Numbers from 0 to 1: mulberry32 by Tommy Ettinger, in the public domain. */
function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
