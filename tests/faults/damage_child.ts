/**
 * A process of its own, in a working folder of its own: damages each file that lies on disk in turn, in each way, and
 * runs again. It says what was wrong, a line of JSON each, and how much it did.
 *
 * Arguments: which part of the cases, of how many; every how manieth is tried; and a text that a case must hold.
 *
 * @module
 */
import { isDeepStrictEqual as equal } from "node:util";
import { existsSync } from "@std/fs";
import { join } from "@std/path";
import { removeIfThere } from "../../core/store/disk/move.ts";
import { type Captured, captured } from "./captured.ts";
import { type Damage, damages } from "./damage_kinds.ts";
import { copyAll, filesBelow, MODULE, PLACES, runWhole, valuesOf } from "./whole_run.ts";

/** The stages that this run makes anew, so that what is damaged is needed. */
const NEEDY = ["score", "plot", "compare"];

const [part = "0", of = "1", every = "1", filter = ""] = Deno.args;
const [snapshot, outside] = ["snapshot", "outside"].map((name) => join(Deno.cwd(), name)) as [string, string];

let expected: unknown;
let store = "";
let commands = 0;
let isRunsDamaged = false;

await campaign();

async function campaign(): Promise<void> {
  await prepare();
  expected = await valuesOf(await runWhole());
  removeIfThere(snapshot);
  Deno.mkdirSync(snapshot);
  copyAll(PLACES, snapshot);
  const files = PLACES.flatMap(filesBelow);
  store = storeOf();
  const cases = files.flatMap((file) => damages(outside).map((damage) => ({ file, damage })))
    .filter(({ file, damage }) => `${file}: ${damage.name}`.includes(filter))
    .filter((_, i) => i % Number(every) === 0).filter((_, i) => i % Number(of) === Number(part));
  for (const { file, damage } of cases) {
    const tell = (what: string) => console.log(JSON.stringify({ file, damage: damage.name, what }));
    restore();
    isRunsDamaged = file.startsWith("data/runs/");
    damage.to(file);
    try {
      const isStored = file.startsWith(store);
      const isTheirs = file.startsWith("raw/") && (await captured(["plan", MODULE])).code === 2;
      const trying = isStored ? tryStore(file) : isTheirs ? tryForeign(file, damage) : tryCase(file, damage);
      for (const what of await trying) tell(what);
    } catch (error) {
      tell(`threw ${error instanceof Error ? error.stack : error}`);
    }
  }
  console.log(JSON.stringify({ cases: cases.length, commands, files: files.length }));
}

function storeOf(): string {
  const [run] = [...Deno.readDirSync("data/runs")].map(({ name }) => name).sort().filter((name) =>
    name.startsWith("whole_")
  );
  return join("data", "runs", run!, "artifacts");
}

/** Two runs with full stores. Digests of declared files are kept only once those have been there for a while. */
async function prepare(): Promise<void> {
  Deno.writeTextFileSync("declared.txt", "declared");
  for (let i = 0; i < 500; i++) {
    for (const place of PLACES) removeIfThere(place);
    await runWhole({ storeFull: true });
    await runWhole();
    if (existsSync("data/cache/.cairn/files.json")) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("The digests of the declared files are never kept");
}

function restore(): void {
  for (const { name } of Deno.readDirSync("data/runs")) {
    if (isRunsDamaged || !existsSync(join(snapshot, "data", "runs", name))) {
      removeIfThere(join("data", "runs", name));
    }
  }
  for (const place of ["data/cache", "raw", outside]) removeIfThere(place);
  copyAll(
    [join(snapshot, "data", "cache"), ...isRunsDamaged ? [join(snapshot, "data", "runs")] : []],
    "data",
  );
  copyAll([join(snapshot, "raw")], ".");
}

/** All that lies in the workspace, by name, size and time. */
function stampOf(): string {
  return PLACES.flatMap(filesBelow).map((path) => {
    const { size, mtime } = Deno.lstatSync(path);
    return `${path} ${size} ${mtime?.getTime()}`;
  }).join("\n");
}

async function command(args: readonly string[], wrong: string[]): Promise<Captured> {
  commands++;
  const result = await captured(args);
  const said = `${args[0]}: exit status ${result.code}; ${result.stderr.join(" | ")}`;
  // What was asked for by its name may be just what is damaged.
  const isFine = result.code === 0 || result.code === 2 && ["diff", "show"].includes(args[0]!);
  const isClear = result.stderr.every((line) => /^(warning|error): Cannot |^warning: /.test(line));
  if (!isFine || !isClear) wrong.push(said);
  return result;
}

/** How often a run must warn: of what it relies on once, of what it does not never or once. */
function warningsIn(
  file: string,
  damage: Damage,
  isNeedy: boolean,
): { readonly least: number; readonly most: number } {
  // Of two records that come to the same, one is computed.
  const isParityByte = file.includes("_level_") && damage.name.startsWith("flip");
  const isRelied = !isParityByte && !file.startsWith("data/runs/") &&
    (isNeedy ? /_fit_(model|state)|_level_|^raw\//.test(file) : /_compare_/.test(file));
  const isMetadata = file.endsWith("_metadata.json");
  const isGone = damage.name === "delete" || damage.name === "broken link";
  if (isMetadata && isGone) return { least: 0, most: 0 };
  // One byte with the same size and time shows when the artifact is loaded.
  const isSeen = isMetadata || isNeedy || !damage.name.startsWith("flip");
  // What lies in the folder is the user's, and kept: that is said too.
  const most = damage.name === "folder" || isLinked(file) ? 2 : 1;
  return { least: isRelied && isSeen ? 1 : 0, most };
}

/** What lies at a path of the user's own and is not what Cairn wrote is theirs: a run refuses, and does as it is told. */
async function tryForeign(file: string, damage: Damage): Promise<string[]> {
  const wrong: string[] = [];
  const before = stampOf();
  const refused = await captured(["run", MODULE]);
  commands++;
  if (
    refused.code !== 2 || refused.stderr.length !== 1 ||
    !/^error: Cannot [^\n]*"raw\/a/.test(refused.stderr[0]!)
  ) {
    return [`neither run nor refused: ${refused.code}; ${refused.stderr.join(" | ")}`];
  }
  if (stampOf() !== before) wrong.push(`something was written though ${damage.name} of ${file} was refused`);
  await command(["run", MODULE, "--overwrite-stage", "draw"], wrong);
  await readAll(wrong);
  const after = await command(["run", MODULE], wrong);
  if (!/: 0 executed/.test(after.stdout)) wrong.push(`the run after that: ${after.stdout}`);
  return wrong;
}

/** What was found again under another key is one file under two names. */
function isLinked(file: string): boolean {
  return (Deno.statSync(join(snapshot, file)).nlink ?? 1) > 1;
}

async function tryCase(file: string, damage: Damage): Promise<string[]> {
  const wrong: string[] = [];
  const before = stampOf();
  for (
    const args of [
      ["plan", MODULE],
      ["why", MODULE],
      ["diff", "previous", "latest"],
      ["show", "whole/a1/fit/model"],
      ["show", file],
    ]
  ) await command(args, wrong);
  if (stampOf() !== before) wrong.push("what writes nothing wrote something");
  for (const isNeedy of file.startsWith("data/runs") ? [false] : [true, false]) {
    if (!isNeedy) {
      restore();
      damage.to(file);
    }
    const flags = isNeedy ? NEEDY.flatMap((stage) => ["--overwrite-stage", stage]) : [];
    const { stderr } = await command(["run", MODULE, ...flags], wrong);
    const { least, most } = warningsIn(file, damage, isNeedy);
    if (stderr.length < least || stderr.length > most) {
      wrong.push(`${stderr.length} warnings ${isNeedy ? "where it is needed" : ""}: ${stderr.join(" | ")}`);
    }
    const left = filesBelow("data/cache").filter((path) =>
      /staging|partial|locks|\.lock$/.test(path) && !path.includes("/uses/")
    );
    if (left.length > 0) wrong.push(`left over: ${left.join(" ")}`);
    if (!isNeedy) await readAll(wrong);
    const after = await command(["run", MODULE], wrong);
    if (after.stderr.length > 0 && !file.includes("/uses/")) {
      wrong.push(`the run after that: ${after.stderr.join(" | ")}`);
    }
    if (!/: 0 executed/.test(after.stdout)) wrong.push(`the run after that: ${after.stdout}`);
    if (isNeedy) await readAll(wrong);
  }
  if (damage.name.startsWith("flip") && !/\.cairn|_metadata\.json$|^data\/runs/.test(file)) {
    restore();
    damage.to(file);
    const { stderr } = await command(["run", MODULE, "--store-full"], wrong);
    // What refers to files is looked at without: it is a miss at once, and nobody needs it.
    const least = file.endsWith("_parts.json") ? 0 : 1;
    if (stderr.length < least || stderr.length > (isLinked(file) ? 2 : 1)) {
      wrong.push(`a full store: ${stderr.join(" | ")}`);
    }
    const after = await command(["run", MODULE, "--store-full"], wrong);
    if (after.stderr.length > 1 - least || !/: 0 executed/.test(after.stdout)) {
      wrong.push(`a full store after that: ${after.stderr.join(" | ")} ${after.stdout}`);
    }
    await readAll(wrong);
  }
  const copy = join(outside, "copy");
  if (existsSync(copy) && !equal(Deno.readFileSync(copy), Deno.readFileSync(join(snapshot, file)))) {
    wrong.push("what the link leads to was changed");
  }
  return wrong;
}

async function readAll(wrong: string[]): Promise<void> {
  const values = await valuesOf(await runWhole());
  if (!equal(values, expected)) wrong.push(`a wrong value: ${JSON.stringify(values)}`);
}

/** A full store is only read: what is damaged there is computed for the run that reads from it. */
async function tryStore(file: string): Promise<string[]> {
  const wrong: string[] = [];
  const before = stampOf().replaceAll(/^data\/runs\/.*\n/gm, "");
  await command(["show", file], wrong);
  await command(["diff", "previous", "latest"], wrong);
  await command(["run", MODULE, "--cache", store, "--dry-cache"], wrong);
  const result = await runWhole({ cache: store, dryCache: true });
  if (!equal(await valuesOf(result), expected)) wrong.push("a wrong value");
  if (stampOf().replaceAll(/^data\/runs\/.*\n/gm, "") !== before) wrong.push("the cache was written to");
  return wrong;
}
