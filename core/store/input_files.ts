/**
 * The digests of files and folders that stages declare: taken again only where size or times differ.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { createHash } from "node:crypto";
import { join, resolve } from "@std/path";
import { byCodeUnit, canonicalDigest, type Digest } from "../params/canonical.ts";
import { quote } from "../params/names.ts";
import { fileDigest, isAbsent } from "./disk/digest.ts";
import { readOwnFile, replaceOwnFile } from "./own_file.ts";
import { ownFolder } from "./staging.ts";

/** What was known of a file when its digest was taken. */
interface Known {
  /** Size, times of change and number, as the file system has them. */
  readonly stamp: string;
  readonly digest: Digest;
}

/** The files that the stages of a run declare. */
export interface InputFiles {
  /**
   * The digest of a file's content, or of a folder's: of all below it, by name.
   *
   * @param path Its path, from the working folder.
   * @param what Who declares it, for messages: `stage "fit"`.
   * @returns The digest.
   * @throws {Error} If there is no such file, or it may not be read.
   */
  readonly digest: (path: string, what: string) => Digest;
  /**
   * Whether a file is another by now than when its digest was taken.
   *
   * @param path The path.
   * @returns Whether it was changed, or is gone.
   */
  readonly hasChanged: (path: string) => boolean;
  /** Keeps the digests for the next run. */
  readonly save: () => void;
}

/** A digest is kept only of files that were last changed this long before: later changes may leave no trace. */
const SETTLED = 2000;

/**
 * Opens the digests that were kept for a cache. Nothing is read before a file is asked for.
 *
 * @param cache The cache's folder.
 * @returns The files.
 */
export function openInputFiles(cache: string): InputFiles {
  const path = join(ownFolder(cache), "files.json");
  const asked = new Map<string, { readonly stamps: string; readonly digest: Digest }>();
  let known: Map<string, Known> | undefined;
  let isNew = false;
  const digestFile = (file: string, info: Deno.FileInfo): Digest => {
    known ??= readKnown(path);
    const stamp = stampOf(info);
    const before = known.get(file);
    if (before?.stamp === stamp) return before.digest;
    const digest = fileDigest(file);
    // Changed while it was read, or just before: a change right after could have the same times.
    const isSettled =
      Date.now() - Math.max(info.mtime?.getTime() ?? Infinity, info.ctime?.getTime() ?? 0) > SETTLED;
    if (isSettled && stampOf(Deno.statSync(file)) === stamp) {
      known.set(file, { stamp, digest });
      isNew = true;
    }
    return digest;
  };
  const look = (path: string) => {
    const entries = [...entriesOf(path)];
    const parts = entries.map(({ name, path, info }) =>
      [name, info.isFile ? digestFile(path, info) : ""] as const
    );
    return {
      stamps: entries.map(({ name, info }) => name + stampOf(info)).join("\n"),
      digest: entries[0]!.info.isFile ? parts[0]![1] : canonicalDigest(["folder", ...parts]),
    };
  };
  const digest = (file: string, what: string): Digest => {
    const before = asked.get(file);
    if (before !== undefined) return before.digest;
    if (`${resolve(cache)}/`.startsWith(`${resolve(file)}/`.replace(/\/+$/, "/"))) {
      throw new TypeError(
        `Cannot run ${what}: ${quote(file)}, which it declares in "files", holds the cache ${
          quote(cache)
        }, which every ` +
          "run changes; declare what it reads, or put the workspace elsewhere",
      );
    }
    const found = refusing(file, what, () => look(file));
    asked.set(file, found);
    return found.digest;
  };
  const hasChanged = (file: string): boolean => {
    const before = asked.get(file);
    if (before === undefined) return false;
    try {
      const stamps = [...entriesOf(file)].map(({ name, info }) => name + stampOf(info)).join("\n");
      return stamps !== before.stamps && look(file).digest !== before.digest; // touched is not changed
    } catch (error) {
      if (isAbsent(error)) return true;
      throw error;
    }
  };
  return { digest, hasChanged, save: () => isNew && writeKnown(path, known!) };
}

interface Entry {
  /** Below the path that was asked for; empty for itself. */
  readonly name: string;
  readonly path: string;
  readonly info: Deno.FileInfo;
}

/** A file, or a folder with all below it, links followed: what a stage would read. */
function* entriesOf(path: string, name = "", above: readonly string[] = []): Generator<Entry> {
  const info = infoOf(path, name);
  yield { name, path, info };
  if (!info.isDirectory) return;
  const place = `${info.dev}:${info.ino}`;
  if (info.ino !== null && above.includes(place)) return; // a link that leads back up
  const names = [...Deno.readDirSync(path)].map((entry) => entry.name).sort(byCodeUnit);
  for (const each of names) yield* entriesOf(join(path, each), `${name}/${each}`, [...above, place]);
}

/** A link below a folder that leads nowhere is there all the same: an editor leaves such. */
function infoOf(path: string, name: string): Deno.FileInfo {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (name === "" || !isAbsent(error)) throw error;
    return Deno.lstatSync(path);
  }
}

/** What a folder says of its own times is left out: what is in it tells. */
function stampOf({ isDirectory, size, mtime, ctime, ino }: Deno.FileInfo): string {
  return isDirectory ? "/" : [size, mtime?.getTime(), ctime?.getTime(), ino].join(" ");
}

function refusing<T>(path: string, what: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (isAbsent(error)) {
      throw new Deno.errors.NotFound(
        `Cannot run ${what}: ${
          quote(path)
        }, which it declares in "files", is missing; paths are from the working folder`,
      );
    }
    if (!(error instanceof Error)) throw error;
    throw new Error(
      `Cannot run ${what}: ${quote(path)}, which it declares in "files", can't be read: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

/** What is damaged, or was changed by somebody, is taken afresh. */
function readKnown(path: string): Map<string, Known> {
  const read = readOwnFile(path);
  if (!("text" in read)) return new Map();
  const { text } = read;
  const [seal, body] = [text.slice(0, 64), text.slice(65)];
  if (seal !== sha256(body)) return new Map();
  return new Map(JSON.parse(body) as [string, Known][]);
}

function writeKnown(path: string, known: ReadonlyMap<string, Known>): void {
  const kept = [...known].filter(([file]) => existsSync(file));
  const body = JSON.stringify(kept);
  replaceOwnFile(path, `${sha256(body)}\n${body}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
