/**
 * A process of its own, in a working folder of its own: makes each call of a run that changes the disk fail in turn, as
 * a disk that is full makes it fail, and runs again once there is room. It says what was wrong, a line of JSON each.
 *
 * Arguments: which part of the cases, of how many; every how manieth is tried; and a text that a case must hold.
 *
 * @module
 */
import { isDeepStrictEqual as equal } from "node:util";
import { existsSync, walkSync } from "@std/fs";
import { join } from "@std/path";
import { removeIfThere } from "../../core/store/disk/move.ts";
import { type Captured, captured } from "./captured.ts";
import { type DiskCall, watchDiskCalls } from "./kill_disk_calls.ts";
import { copyAll, MODULE, PLACES, runWhole, valuesOf } from "./whole_run.ts";

/** A run that is disturbed. */
interface Scenario {
  readonly name: string;
  readonly args: readonly string[];
  /** Whether there was a run before. */
  readonly isSecond: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { name: "first run", args: ["--store-full"], isSecond: false },
  {
    name: "overwritten",
    args: [
      "--overwrite-stage",
      "draw",
      "--overwrite-stage",
      "fit",
      "--overwrite-stage",
      "plot",
      "--store-full",
    ],
    isSecond: true,
  },
];

/** How the calls fail: all from one on, as on a full disk, or one alone. */
interface Fault {
  readonly code: keyof typeof MESSAGES;
  readonly lasts: boolean;
}

const MESSAGES = {
  ENOSPC: "No space left on device (os error 28)",
  EROFS: "Read-only file system (os error 30)",
  EACCES: "Permission denied (os error 13)",
  EIO: "Input/output error (os error 5)",
};

const FAULTS: readonly Fault[] = [
  { code: "ENOSPC", lasts: true },
  { code: "ENOSPC", lasts: false },
  { code: "EROFS", lasts: true },
  { code: "EACCES", lasts: false },
  { code: "EIO", lasts: false },
];

/** What takes no room, and so works on a full disk; every call fails where it fails alone. */
const ROOMY = new Set(["removeSync", "remove", "renameSync", "rename", "utimeSync", "utime", "truncateSync"]);

const [part = "0", of = "1", every = "1", filter = ""] = Deno.args;
const base = join(Deno.cwd(), "base");
let fault: (Fault & { readonly at: number; from: number; hit: DiskCall | undefined }) | undefined;

const count = watchDiskCalls((count, { name }) => {
  if (fault === undefined || fault.code === "ENOSPC" && fault.lasts && ROOMY.has(name)) return undefined;
  const nth = count - fault.from;
  if (nth !== fault.at && !(fault.lasts && nth > fault.at)) return undefined;
  return fault.code === "ENOSPC" ? "midway" : "before";
}, (call) => {
  fault!.hit ??= call;
  const { name, args } = call;
  const of = name === "writeSync" ? "" : `: ${CALLS[name] ?? name.replace(/Sync$/, "")} '${args[0]}'`;
  const isMove = typeof args[1] === "string" && !name.startsWith("write");
  const message = `${MESSAGES[fault!.code]}${of}${isMove ? ` -> '${args[1]}'` : ""}`;
  const kind = fault!.code === "EACCES" ? Deno.errors.PermissionDenied : Error;
  throw Object.assign(new kind(message), { code: fault!.code });
});

/** What Deno calls them in its messages. */
const CALLS: Record<string, string> = {
  writeTextFileSync: "writefile",
  writeTextFile: "writefile",
  writeFileSync: "writefile",
  writeFile: "writefile",
  copyFileSync: "copy",
  copyFile: "copy",
};

const unhandled: string[] = [];
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  unhandled.push(String(event.reason));
});

try {
  await campaign();
} catch (error) {
  console.log(JSON.stringify({ what: `threw ${error}` }));
}

async function campaign(): Promise<void> {
  Deno.writeTextFileSync("declared.txt", "declared");
  for (const place of [...PLACES, base]) removeIfThere(place);
  await captured(["run", MODULE]);
  const expected = await valuesOf(await runWhole());
  Deno.mkdirSync(base);
  copyAll(PLACES, base);
  const tried: Record<string, number> = {};
  let [number, ended] = [0, 0];
  for (const scenario of SCENARIOS) {
    restore(scenario);
    const before = count();
    await captured(["run", MODULE, ...scenario.args]);
    const calls = count() - before;
    for (const each of FAULTS) {
      for (let at = 1; at <= calls; at++) {
        const name = `${scenario.name}, ${each.code} ${each.lasts ? "from" : "at"} call ${at}`;
        if (!name.includes(filter) || number++ % Number(every) !== 0) continue;
        if (Math.floor((number - 1) / Number(every)) % Number(of) !== Number(part)) continue;
        const { wrong, failed } = await tryCase(scenario, each, at, expected);
        for (const what of wrong) console.log(JSON.stringify({ case: name, what }));
        tried[each.code] = (tried[each.code] ?? 0) + 1;
        if (failed) ended++;
      }
    }
  }
  console.log(JSON.stringify({ tried, ended }));
}

function restore({ isSecond }: Scenario): void {
  for (const place of PLACES) removeIfThere(place);
  if (isSecond) copyAll(PLACES.map((place) => join(base, place)), ".");
}

async function tryCase(scenario: Scenario, each: Fault, at: number, expected: unknown) {
  const wrong: string[] = [];
  try {
    return { wrong, failed: await disturb(scenario, each, at, expected, wrong) };
  } catch (error) {
    wrong.push(`threw ${error instanceof Error ? error.stack : error}`);
    return { wrong, failed: false };
  }
}

async function disturb(
  scenario: Scenario,
  each: Fault,
  at: number,
  expected: unknown,
  wrong: string[],
): Promise<boolean> {
  restore(scenario);
  fault = { ...each, at, from: count(), hit: undefined };
  const first = await captured(["run", MODULE, ...scenario.args]);
  const { hit } = fault;
  fault = undefined;
  await new Promise((resolve) => setTimeout(resolve)); // what nobody waits for would be told by now
  const what = `${hit?.name} ${JSON.stringify(String(hit?.args[0]).slice(0, 120))}`;
  for (const line of wrongOf(first)) wrong.push(`${what}: ${line}`);
  for (const reason of unhandled.splice(0)) wrong.push(`${what}: nobody handled ${reason}`);
  const rerun = await captured(["run", MODULE]);
  if (rerun.code !== 0 || rerun.stderr.length > 0) {
    wrong.push(`${what}: the rerun: ${rerun.code} ${rerun.stderr.join(" | ")}`);
  }
  const executed = Number(/: (\d+) executed/.exec(rerun.stdout)?.[1]);
  const isMove = hit?.name.startsWith("rename") || hit?.name.startsWith("remove");
  if (scenario.isSecond && executed > 0 && !isMove) wrong.push(`${what}: lost ${rerun.stdout}`);
  // Pending metadata and noted uses say whose files those were, until somebody is at them again.
  const isKept = (path: string) => /^data\/cache\/(.*\.pending$|\.cairn\/uses\/live\/)/.test(path);
  const paths = PLACES.filter((place) => existsSync(place)).flatMap((place) => [...walkSync(place)]);
  const left = paths.map(({ path }) => path).filter((path) =>
    !isKept(path) && /[/]staging[/]|partial|pending|[/]locks[/]|\.lock$|[/]\.cairn-/.test(path)
  );
  if (left.length > 0) wrong.push(`${what}: left over: ${left.join(" ")}`);
  const values = await valuesOf(await runWhole());
  if (!equal(values, expected)) wrong.push(`${what}: a wrong value: ${JSON.stringify(values)}`);
  return first.code !== 0;
}

/** One message that names a path, what was wanted and what to do; or nothing, where it could do without. */
function wrongOf({ code, stderr }: Captured): string[] {
  // Where the user's code threw is told; and here, who made the call fail.
  const own = /^ +at .*(?:fixtures\/whole|kill_disk_calls|disk_child)\.ts/;
  // What the cache is needed for could not be noted: that alone stops nobody.
  const lines = stderr.filter((line) =>
    !own.test(line) && !/^warning: .*(?:is needed here|stays noted|is of no use)/.test(line)
  );
  if (code === 0) return lines.length === 0 ? [] : [`exit status 0, and yet ${lines.join(" | ")}`];
  const wrong = code === 1 ? [] : [`exit status ${code}`];
  // Those that are under way on a disk that is full fail each.
  const others = lines.filter((line) => !/^error: (Stage|Aggregate) "/.test(line));
  if (lines.length === 0 || others.length > 1) wrong.push(`${lines.length} messages: ${lines.join(" | ")}`);
  for (const line of stderr.filter((line) => !own.test(line))) {
    if (!/Cannot [^"]*"[^"]+"[^"]*: [^;]+; /.test(line) || /os error/.test(line)) {
      wrong.push(`unclear: ${line}`);
    }
  }
  return wrong;
}
