/**
 * What a file system refuses, in words: the path, what was wanted, and what to do.
 *
 * @module
 */
import { dirname } from "@std/path";
import { oneLine, quote } from "../../params/names.ts";
import { messageOf } from "../../params/paths.ts";

/** What went wrong, and what to do about it, by the code of the error. */
const CAUSES: Readonly<Record<string, (path: string) => readonly [found: string, advice: string]>> = {
  ENOSPC: () => ["no space is left on the disk", "free some, and run again"],
  EDQUOT: () => ["the space that this user may take is used up", "free some, and run again"],
  EROFS: () => ["the file system can only be read", "name another folder with --dir or --cache"],
  EACCES:
    () => ["permission is denied", "change who may use it, or name another folder with --dir or --cache"],
  EPERM:
    () => ["permission is denied", "change who may use it, or name another folder with --dir or --cache"],
  ENOTDIR: (path) => [`${quote(blockerOf(path))} is no folder, and one is wanted there`, "move it away"],
  EEXIST: (path) => [`${quote(blockerOf(path))} is no folder, and one is wanted there`, "move it away"],
  EISDIR: () => ["a folder lies there, and a file is wanted", "move it away"],
  ENAMETOOLONG: () => [
    "its name is longer than the file system takes",
    "shorten the names in it, or put the workspace elsewhere with --dir",
  ],
  ELOOP: () => ["there are links in it that lead to one another", "mend them"],
  EIO: () => ["the disk gave an error", "see whether it is sound, and run again"],
  EMFILE: () => ["too many files are open", "run with a lower --concurrency"],
  ENFILE: () => ["too many files are open", "run with a lower --concurrency"],
};

/** What was wanted, by the name of the call. */
const WANTED: Readonly<Record<string, string>> = {
  writefile: "write",
  open: "open",
  write: "write",
  readfile: "read",
  mkdir: "make the folder",
  readdir: "list the folder",
  scandir: "list the folder",
  rename: "move a file to",
  copy: "copy a file to",
  link: "link a file to",
  symlink: "link a file to",
  remove: "remove",
  lstat: "look at",
  stat: "look at",
  utime: "set the times of",
  truncate: "cut",
  realpath: "look at",
};

/** What Deno says of an error, and what Node does. */
const FORMS = [
  /^.* \(os error \d+\)(?:: (?<call>\w+)(?: '(?<path>.*?)'(?: -> '(?<to>.*)')?)?)?$/s,
  /^[A-Z]+: .*?, (?<call>\w+) '(?<path>.*?)'(?: -> '(?<to>.*)')?$/s,
];

/**
 * The message of anything that was thrown; of what the file system refused, a sentence that says what to do.
 *
 * @param error What was thrown.
 * @param path The file that was written, for an error that names none.
 * @returns Such as `Cannot write "data/cache/a.json": no space is left on the disk; free some, and run again`.
 */
export function clearMessage(error: unknown, path?: string): string {
  return sentenceOf(error, path) ?? messageOf(error);
}

/**
 * An error with a message that says what to do, where the file system's own does not.
 *
 * @param error What was thrown.
 * @returns An error of the same class and code with that message, and what was thrown as its cause; anything else as
 * it is.
 */
export function clearError(error: unknown): unknown {
  const message = sentenceOf(error);
  if (message === undefined) return error;
  const kind = (error as Error).constructor as new (message: string, options: ErrorOptions) => Error;
  return Object.assign(new kind(message, { cause: error }), { code: codeOf(error) });
}

/**
 * Does something whose errors are to be clear.
 *
 * @param work What to do.
 * @returns What it returns.
 * @throws What it throws, as {@linkcode clearError} has it.
 */
export async function clearly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw clearError(error);
  }
}

/**
 * The error for a file that is open, of which the file system's own names no path.
 *
 * @param what What was wanted: `write the log`.
 * @param path The file.
 * @param error What was thrown.
 * @returns An error whose message names the path; anything but an error of the file system as it is.
 */
export function fileError(what: string, path: string, error: unknown): unknown {
  const cause = CAUSES[codeOf(error) ?? ""]?.(path);
  if (cause === undefined || !(error instanceof Error)) return error;
  const [found, advice] = cause;
  const message = `Cannot ${what} ${quote(path)}: ${found}; ${advice}`;
  return Object.assign(new Error(message, { cause: error }), { code: codeOf(error) });
}

/**
 * Whether something that was thrown came from the file system.
 *
 * @param error What was thrown.
 * @returns Whether it bears a code of the system, or is of a class that Deno has for that.
 */
export function isFromSystem(error: unknown): boolean {
  return codeOf(error) !== undefined ||
    error instanceof Error && Object.values(Deno.errors).some((kind) => error instanceof kind);
}

/**
 * Whether an error says that something may not be done there, which another user may.
 *
 * @param error What was thrown.
 * @returns Whether permission is denied, by the system or by Deno, or the file system can only be read.
 */
export function isRefused(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable ||
    (error as { code?: unknown })?.code === "EROFS";
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

function sentenceOf(error: unknown, file?: string): string | undefined {
  const cause = CAUSES[codeOf(error) ?? ""];
  if (cause === undefined) return undefined;
  const text = messageOf(error);
  const form = FORMS.map((form) => form.exec(text)).find((match) => match !== null);
  if (form?.groups === undefined) return undefined; // it is in words already
  const { call = "write", path = file, to } = form.groups;
  const [found, advice] = cause(to ?? path ?? "");
  const where = path === undefined
    ? call === "tmpdir" ? "make a temporary folder" : "use the disk"
    : `${WANTED[call] ?? call} ${quote(shownPath(to ?? path))}`;
  return oneLine(`Cannot ${where}: ${found}; ${advice}`);
}

/** What lies in staging is told by where it is to end. */
function shownPath(path: string): string {
  return path.replace(/[\\/]\.cairn[\\/]staging[\\/][0-9a-f-]{36}(?:[\\/]attempt-\d+)?(?=[\\/])/, "")
    .replace(/[\\/]\.cairn-[0-9a-f-]{36}(?=[\\/])/, "");
}

/** The first on the way to a path that is there and is no folder. */
function blockerOf(path: string): string {
  let last = path;
  for (let at = path;; at = dirname(at)) {
    try {
      if (!Deno.statSync(at).isDirectory) last = at;
      else break;
    } catch (error) {
      if (!(error instanceof Error)) throw error; // not there, or behind what is no folder: look further up
    }
    if (dirname(at) === at) break;
  }
  return last;
}
