/**
 * Every call that changes the disk, counted in the process itself: so it can be killed before, in the midst of, or after
 * any one of them.
 *
 * @module
 */
// deno-lint-ignore-file no-explicit-any -- functions of any arguments are put in the place of others

/** Where at a call the process ends. */
export type Moment = "before" | "midway" | "after";

/** Ends this process as the kernel would: nothing of it runs any more. */
export function killSelf(): never {
  Deno.kill(Deno.pid, "SIGKILL");
  for (;;); // until the signal is there
}

type Call = (...args: any[]) => any;

/** More than half: of two lines that are alike, the second too is begun. */
const most = (length: number) => Math.floor(length * 0.7);

/** What each call leaves when it is cut short; those that are missing are done by the kernel in one piece. */
const HALVES: Record<string, (real: Call, args: any[]) => void> = {
  writeTextFileSync: (real, [path, text, options]) => real(path, text.slice(0, most(text.length)), options),
  writeTextFile: (_, [path, text, options]) =>
    Deno.writeTextFileSync(path, text.slice(0, most(text.length)), options),
  writeFileSync: (real, [path, bytes, options]) => real(path, bytes.subarray(0, most(bytes.length)), options),
  writeFile: (_, [path, bytes, options]) =>
    Deno.writeFileSync(path, bytes.subarray(0, most(bytes.length)), options),
  writeSync: (real, [bytes]) => real(bytes.subarray(0, most(bytes.length))),
  copyFileSync: (_, [from, to]) => {
    const bytes = Deno.readFileSync(from);
    Deno.writeFileSync(to, bytes.subarray(0, most(bytes.length)));
  },
  removeSync: (real, [path]) => {
    if (!Deno.lstatSync(path).isDirectory) return;
    const [first] = Deno.readDirSync(path);
    if (first !== undefined) real(`${path}/${first.name}`, { recursive: true });
  },
};

// deno-fmt-ignore -- a list to read
const NAMES = [
  "writeTextFileSync", "writeTextFile", "writeFileSync", "writeFile", "renameSync", "rename", "removeSync", "remove",
  "linkSync", "link", "symlinkSync", "mkdirSync", "mkdir", "copyFileSync", "copyFile", "utimeSync", "utime",
  "truncateSync", "createSync", "openSync", "open",
];

/**
 * Counts the calls that change the disk from here on, and ends the process at one of them.
 *
 * @param at Which call, from 1; none where it is 0.
 * @param moment When.
 * @returns Tells how many there were.
 */
export function countDiskCalls(at: number, moment: Moment): () => number {
  return watchDiskCalls((count) => count === at ? moment : undefined, killSelf);
}

/** A call that changes the disk. */
export interface DiskCall {
  /** The function: `writeTextFileSync`. */
  readonly name: string;
  readonly args: readonly any[];
}

/**
 * Counts the calls that change the disk from here on, and cuts some of them short.
 *
 * @param momentOf Where a call, the first of which is 1, is cut short; undefined where it is not.
 * @param end What happens then.
 * @returns Tells how many there were.
 */
export function watchDiskCalls(
  momentOf: (count: number, call: DiskCall) => Moment | undefined,
  end: (call: DiskCall) => never,
): () => number {
  let count = 0;
  let isInside = false; // what is written to leave half of something is no call of its own
  const wrap = (name: string, real: Call): Call => {
    const call: Call = (...args) => {
      const isOpen = name.startsWith("open");
      if (isInside || isOpen && !(args[1]?.create || args[1]?.truncate || args[1]?.createNew)) {
        return real(...args);
      }
      const moment = momentOf(++count, { name, args });
      if (moment === undefined) return real(...args);
      if (moment === "before") end({ name, args });
      if (moment === "midway") {
        isInside = true;
        try {
          HALVES[name]?.(real, args);
        } catch { /* a call that comes to nothing, such as to remove what is not there, is over too */ }
        isInside = false;
        end({ name, args });
      }
      let done: unknown;
      try {
        done = real(...args);
      } catch {
        return end({ name, args }); // a call that comes to nothing is over too
      }
      const over = () => end({ name, args });
      return done instanceof Promise ? done.then(over, over) : over();
    };
    return name.endsWith("Sync") ? call : async (...args) => await call(...args);
  };
  const deno = Deno as any;
  for (const name of NAMES) deno[name] = wrap(name, deno[name]);
  const { writeSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.writeSync = function (bytes) {
    return wrap("writeSync", writeSync.bind(this) as Call)(bytes);
  };
  return () => count;
}
