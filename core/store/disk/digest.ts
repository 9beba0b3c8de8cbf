/**
 * Digests of files, and of artifacts as a whole.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { walkSync } from "@std/fs";
import { relative, SEPARATOR } from "@std/path";
import type { FileEntry } from "../../define/metadata.ts";
import { byCodeUnit, canonicalDigest, ownDigest } from "../../params/canonical.ts";
import { quote } from "../../params/names.ts";
import { fileError } from "./disk_error.ts";

const PIECE = 1 << 20;

/**
 * The SHA-256 of a file's content.
 *
 * Reads synchronously: for a small file that is several times as quick, and a large one is bound by the hash.
 *
 * @param path The file.
 * @returns 64 hexadecimal digits.
 * @throws What the file system throws.
 */
export function fileDigest(path: string): string {
  const hash = createHash("sha256");
  const file = Deno.openSync(path);
  try {
    const size = file.statSync().size;
    const buffer = new Uint8Array(Math.max(1, Math.min(PIECE, size + 1)));
    for (let n = file.readSync(buffer); n !== null; n = file.readSync(buffer)) {
      hash.update(buffer.subarray(0, n));
    }
  } catch (error) {
    throw fileError("read", path, error);
  } finally {
    file.close();
  }
  return hash.digest("hex");
}

/**
 * Describes a file, or a folder and all below it.
 *
 * @param path Where it lies.
 * @param name What its entry is called; entries below a folder continue it.
 * @param known Entries of files whose digests are known, if they were not changed since.
 * @returns The entries, sorted by code unit; a folder's own name ends with a slash.
 * @throws {Error} If there is a link or anything else that is neither file nor folder.
 */
export function describeFiles(path: string, name: string, known: Known = new Map()): FileEntry[] {
  const info = Deno.lstatSync(path);
  if (info.isFile) return [describeFile(path, name, info, known)];
  if (!info.isDirectory) throw new Error(`Cannot keep ${quote(path)}: it is neither a file nor a folder`);
  const entries: FileEntry[] = [];
  for (const found of walkSync(path)) {
    const below = portable(relative(path, found.path));
    const entry = below === "" ? name : `${name}/${below}`;
    if (found.isDirectory) entries.push({ path: `${entry}/`, size: 0, modified: 0, sha256: "" });
    else if (found.isFile) {
      entries.push(describeFile(found.path, entry, Deno.lstatSync(found.path), known));
    } else throw new Error(`Cannot keep ${quote(found.path)}: it is a link; copy what it leads to`);
  }
  return entries.sort((a, b) => byCodeUnit(a.path, b.path));
}

/**
 * A relative path with slashes, on every platform.
 *
 * @param path The path.
 * @returns The same path.
 */
export function portable(path: string): string {
  return SEPARATOR === "/" ? path : path.replaceAll(SEPARATOR, "/");
}

/** Entries by their paths. */
type Known = ReadonlyMap<string, FileEntry>;

function describeFile(path: string, name: string, info: Deno.FileInfo, known: Known): FileEntry {
  const entry = known.get(name);
  const isKnown = entry !== undefined && entry.size === info.size && entry.modified === modifiedAt(info);
  return isKnown ? entry : entryWith(name, info, fileDigest(path));
}

/**
 * The entry of a file whose digest is known.
 *
 * @param name What it is called.
 * @param info What the file system says of it.
 * @param sha256 Its digest.
 * @returns The entry.
 */
export function entryWith(name: string, info: Deno.FileInfo, sha256: string): FileEntry {
  return { path: name, size: info.size, modified: modifiedAt(info), sha256 };
}

/**
 * When a file was last changed.
 *
 * @param info What the file system says of it.
 * @returns Milliseconds since 1970, 0 where the platform has no such time.
 */
export function modifiedAt(info: Deno.FileInfo): number {
  return info.mtime?.getTime() ?? 0;
}

/**
 * The content digest of an artifact: over all that it is, wherever it lies and whenever it was made.
 *
 * @param files Its files and folders.
 * @param references What it refers to; only the content counts.
 * @param extra Its `extra`.
 * @returns 64 hexadecimal digits.
 */
export function contentDigest(
  files: readonly FileEntry[],
  references: readonly FileEntry[],
  extra: Readonly<Record<string, unknown>>,
): string {
  const own = {
    files: files.map(({ path, sha256 }) => [path, sha256]),
    references: references.map(({ sha256 }) => sha256),
  };
  // Most cachers leave nothing there; what one leaves is the user's.
  return Reflect.ownKeys(extra).length === 0
    ? ownDigest({ ...own, extra: {} })
    : canonicalDigest({ ...own, extra });
}

/** What became of a file since it was described. */
export type FileState = "same" | "missing" | "changed";

/**
 * Whether a file or folder still is what its entry says.
 *
 * @param path Where it should be.
 * @param entry What it was.
 * @param trust `"times"`: size and time of change are enough where they agree; `"content"`: the digest is taken.
 * @param digestOf Takes the digest.
 * @returns What became of it.
 */
export function fileState(
  path: string,
  entry: FileEntry,
  trust: "times" | "content",
  digestOf: (path: string) => string = fileDigest,
): FileState {
  try {
    const info = Deno.lstatSync(path);
    if (entry.path.endsWith("/")) return info.isDirectory ? "same" : "changed";
    if (!info.isFile || info.size !== entry.size) return "changed";
    if (trust === "times" && modifiedAt(info) === entry.modified) return "same";
    return digestOf(path) === entry.sha256 ? "same" : "changed";
  } catch (error) {
    if (isAbsent(error)) return "missing"; // it may go while it is looked at
    throw error;
  }
}

/**
 * What is wrong with a file or folder that is not what its entry says.
 *
 * @param path Where it should be.
 * @param state What became of it.
 * @returns The end of a sentence; undefined where nothing is wrong.
 */
export function stateProblem(path: string, state: FileState): string | undefined {
  if (state === "same") return undefined;
  return `${quote(path)} is ${state === "missing" ? "missing" : "not what was written"}`;
}

/**
 * Whether an error says that nothing lies at a path.
 *
 * @param error What the file system threw.
 * @returns Whether the path, or a folder on the way to it, is not there.
 */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    (error as { code?: unknown })?.code === "ENAMETOOLONG"; // at such a path nothing can be
}
