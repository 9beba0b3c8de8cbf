/**
 * Source files, as this process first saw them: what is loaded does not change with the file.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import { walkSync } from "@std/fs";
import { quote } from "../params/names.ts";
import { isAbsent, modifiedAt } from "./disk/digest.ts";

/** A file's text and the digest of its bytes. */
export interface SourceText {
  readonly text: string;
  readonly digest: string;
}

/** Where source text comes from. */
export interface Sources {
  /** The file at a URL; undefined where there is none. */
  read(url: string): SourceText | undefined;
  /** The URLs of all files in a folder and below it. */
  list(folder: string): readonly string[];
  /** What a bare name resolves to where no deno.json near its module says so. */
  resolve(specifier: string): string | undefined;
}

const known = new Map<string, SourceText | undefined>();

/** The files of this machine; each is read once in the life of the process. */
export const fileSources: Sources = { read: readOnce, list: listFiles, resolve: resolveHere };

function readOnce(url: string): SourceText | undefined {
  if (!known.has(url)) known.set(url, readSource(url));
  return known.get(url);
}

function readSource(url: string): SourceText | undefined {
  const path = fromFileUrl(withoutQuery(url));
  // What lies above the folder that may be read is asked of the runtime, where a name is not told of below it.
  if (isConfiguration(path) && !mayRead(path)) return undefined;
  try {
    // Most of what is asked for is a deno.json that is not there: an error that is thrown costs ten times this.
    if (!existsSync(path)) return undefined;
    const bytes = Deno.readFileSync(path);
    return {
      text: new TextDecoder().decode(bytes),
      digest: createHash("sha256").update(bytes).digest("hex"),
    };
  } catch (error) {
    if (isAbsent(error) || error instanceof Deno.errors.IsADirectory) return undefined;
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error(
        `Cannot read ${quote(path)} to see which code the stages reach: ` +
          `allow it with --allow-read=${quote(path)}, or leave out "module"`,
        { cause: error },
      );
    }
    throw error;
  }
}

function isConfiguration(path: string): boolean {
  return /[\\/](deno\.jsonc?|deno\.lock|package\.json)$/.test(path);
}

/**
 * Whether a path may be read, without asking: whoever runs an experiment should not be asked for what lies above it.
 *
 * @param path The path.
 * @returns Whether reading it is allowed already.
 */
export function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, "");
}

function listFiles(folder: string): readonly string[] {
  const path = fromFileUrl(withoutQuery(folder));
  if (!existsSync(path)) return [];
  const found = [...walkSync(path)].filter(({ isFile }) => isFile).map((entry) => toFileUrl(entry.path).href);
  return found.sort();
}

function resolveHere(specifier: string): string | undefined {
  try {
    return import.meta.resolve(specifier);
  } catch {
    return undefined; // no import map has this name: it is imported under another configuration
  }
}

/**
 * Finds a file that holds something else than when it was read here: whoever loads it now has other code.
 *
 * @param files Paths of files that {@linkcode fileSources} read.
 * @returns The first that is another by now, or is no longer there; undefined where there is none.
 */
export function changedSinceRead(files: Iterable<string>): string | undefined {
  for (const file of files) {
    const url = toFileUrl(file).href;
    const before = known.get(url);
    if (before !== undefined && readSource(url)?.digest !== before.digest) return file;
  }
  return undefined;
}

/**
 * Finds a file that was changed after a time: its code is not what is loaded.
 *
 * @param files Paths of files.
 * @param time Milliseconds since 1970.
 * @returns The first that was changed since, or is no longer there; undefined where there is none.
 */
export function changedSince(files: Iterable<string>, time: number): string | undefined {
  for (const file of files) {
    try {
      const modified = modifiedAt(Deno.statSync(join(file)));
      // A time that is yet to come is that of another clock, and says nothing.
      if (modified > time && modified <= Date.now()) return file;
    } catch (error) {
      if (isAbsent(error)) return file;
      throw error;
    }
  }
  return undefined;
}
