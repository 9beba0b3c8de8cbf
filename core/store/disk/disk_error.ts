/**
 * What a file system refuses, in words: the path, what was wanted, and what to do.
 *
 * @module
 */
import { dirname, join, resolve, SEPARATOR } from "@std/path";
import { oneLine, quote } from "../../params/names.ts";
import { messageOf } from "../../params/paths.ts";

/** What was found, and what to do about it. */
type Cause = readonly [found: string, advice: string];

/** What went wrong, and what to do about it, by the code of the error; nothing where that can't be told. */
const CAUSES: Readonly<Record<string, (path: string, call: string) => Cause | undefined>> = {
  ENOSPC: () => ["no space is left on the disk", "free some, and run again"],
  EDQUOT: () => ["the space that this user may take is used up", "free some, and run again"],
  EROFS: () => ["the file system can only be read", "name another folder with --dir or --cache"],
  EACCES:
    () => ["permission is denied", "change who may use it, or name another folder with --dir or --cache"],
  EPERM:
    () => ["permission is denied", "change who may use it, or name another folder with --dir or --cache"],
  ENOTDIR: noFolder,
  EEXIST: (path, call) => call === "mkdir" ? noFolder(path) : undefined,
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

/** What another user, or another mount, may do. */
const REFUSALS = new Set(["EACCES", "EPERM", "EROFS"]);

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

/** What goes wrong with a file that is open, of which no error names the path. */
const OF_OPEN_FILES = new Set(["ENOSPC", "EDQUOT", "EIO"]);

/** What Deno says of an error, and what Node does. */
const FORMS = [
  /^[^':]* \(os error \d+\)(?:: (?<call>\w+)(?: '(?<path>.*?)'(?: -> '(?<to>.*)')?)?)?$/s,
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
 * The message of what a user's function threw: a sentence of Cairn's where it was at Cairn's folders, and its own words
 * where it was at anything else, of which nobody here knows what is wanted.
 *
 * @param error What was thrown.
 * @param folders Cairn's folders.
 * @param path The file that was written, for an error of one that is open.
 * @returns The message.
 */
export function messageWithin(error: unknown, folders: readonly string[], path?: string): string {
  const { groups } = formOf(error) ?? {};
  const at = groups?.to ?? groups?.path;
  const isOurs = at === undefined
    ? path !== undefined && groups?.call === undefined
    : folders.some((folder) => `${resolve(at)}${SEPARATOR}`.startsWith(join(resolve(folder), SEPARATOR)));
  return isOurs ? clearMessage(error, path) : messageOf(error);
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
  const cause = CAUSES[codeOf(error) ?? ""]?.(path, "mkdir");
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
    REFUSALS.has(codeOf(error) ?? "");
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

function formOf(error: unknown): RegExpExecArray | undefined {
  const text = messageOf(error);
  return FORMS.map((form) => form.exec(text)).find((match) => match !== null) ?? undefined;
}

function sentenceOf(error: unknown, file?: string): string | undefined {
  const code = codeOf(error) ?? "";
  const form = formOf(error);
  if (form?.groups === undefined) return undefined; // it is in words already, or none of a file system
  const { call, path, to } = form.groups;
  const at = to ?? path ?? (call === undefined && OF_OPEN_FILES.has(code) ? file : undefined);
  if (at === undefined && call !== "tmpdir") return undefined; // a process or a network refuses in these words too
  const cause = CAUSES[code]?.(at ?? "", call ?? "write");
  if (cause === undefined) return undefined;
  const [found, advice] = cause;
  const where = at === undefined
    ? "make a temporary folder"
    : `${WANTED[call ?? "write"] ?? call} ${quote(shownPath(at))}`;
  return oneLine(`Cannot ${where}: ${found}; ${advice}`);
}

/** What lies in staging is told by where it is to end. */
function shownPath(path: string): string {
  return path.replace(/(^|[\\/])\.cairn[\\/]staging[\\/][0-9a-f-]{36}[\\/](?:attempt-\d+[\\/])?/, "$1")
    .replace(/(^|[\\/])\.cairn-[0-9a-f-]{36}[\\/]/, "$1");
}

function noFolder(path: string): Cause | undefined {
  const blocker = blockerOf(path);
  if (blocker === undefined) return undefined;
  return [`${quote(blocker)} is no folder, and one is wanted there`, "move it away"];
}

/** The first on the way to a path that is there and is no folder; undefined where all that is there is one. */
function blockerOf(path: string): string | undefined {
  let last: string | undefined;
  for (let at = path;; at = dirname(at)) {
    const isAFolder = isFolderAt(at);
    if (isAFolder) break;
    if (isAFolder === false) last = at;
    if (dirname(at) === at) break;
  }
  return last;
}

/** Undefined where nothing is there, or behind what is no folder; a link that leads nowhere is no folder. */
function isFolderAt(path: string): boolean | undefined {
  for (const look of [Deno.statSync, Deno.lstatSync]) {
    try {
      return look(path).isDirectory;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  return undefined;
}
