/**
 * Compressed artifacts.
 *
 * @module
 */
import { basename, dirname, join, relative } from "@std/path";
import { ensureDirSync, existsSync, walkSync } from "@std/fs";
import { quote } from "../../params/names.ts";
import { messageOf } from "../../params/paths.ts";
import type { AnyCacher, Artifact } from "../cacher.ts";
import { ownCacher } from "../own_save.ts";
import { checkCacher } from "./check_cacher.ts";

/**
 * A cacher that compresses each file which the given one writes, in folders too, with gzip.
 *
 * The given cacher works in a scratch folder. What it saves there is compressed into place; what it loads is
 * decompressed when it asks for it, and gone once its `load` is done.
 *
 * @param cacher Any cacher that writes its files itself.
 * @returns The same cacher, compressed: its extension ends with `.gz`.
 * @throws {TypeError} If its values are paths of files that others wrote, or it is compressed already.
 *
 * @example
 * ```ts
 * import { at, gzipped } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const cacher = gzipped(jsonCacher<number[]>());
 * const path = `${await Deno.makeTempDir()}/zeros.json.gz`;
 * await cacher.save(new Array(10_000).fill(0), at(path));
 * assertEquals((await cacher.load(at(path))).length, 10_000);
 * assertEquals((await Deno.stat(path)).size < 1000, true);
 * ```
 */
export function gzipped<C extends AnyCacher>(cacher: C): C {
  checkCacher("gzipped", cacher);
  const kind = cacher.kind ?? "custom";
  if (cacher.paths !== undefined) {
    throw new TypeError(
      `Cannot use gzipped on a cacher of kind ${
        quote(kind)
      }: its values are paths of files that a stage wrote; ` +
        "compress them in the stage",
    );
  }
  if (kind.endsWith("+gzip")) {
    throw new TypeError("Cannot use gzipped on a cacher that is gzipped: once is enough");
  }
  const { check } = cacher;
  return ownCacher({
    ...cacher,
    extension: `${cacher.extension}.gz`,
    kind: `${kind}+gzip`,
    save: (value: unknown, artifact: Artifact): Promise<void> => saveGzipped(cacher, value, artifact),
    load: (artifact: Artifact): Promise<unknown> => unpacked(cacher, artifact, cacher.load),
    ...(check === undefined ? {} : { check: (artifact: Artifact) => unpacked(cacher, artifact, check) }),
  }, cacher);
}

/** Where the inner cacher's files and folders lie for now, and where they belong: by scratch path. */
interface Scratch {
  readonly artifact: Artifact;
  readonly files: Map<string, string>;
  readonly folders: Map<string, string>;
}

/** An artifact whose places are in a scratch folder; `seen` is called when one is first asked for. */
function scratchIn(
  folder: string,
  cacher: AnyCacher,
  outer: Artifact,
  seen: { file(from: string, to: string): void; folder(from: string, to: string): void },
): Scratch {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  const artifact: Artifact = {
    ...outer,
    path: (suffix) => {
      const target = suffix === undefined || suffix === cacher.extension
        ? outer.path()
        : outer.path(`${suffix}.gz`);
      const path = join(folder, basename(target).replace(/\.gz$/, ""));
      if (!files.has(path)) seen.file(path, target);
      files.set(path, target);
      return path;
    },
    dir: (suffix) => {
      const target = outer.dir(suffix);
      const path = join(folder, basename(target));
      ensureDirSync(path);
      if (!folders.has(path)) seen.folder(path, target);
      folders.set(path, target);
      return path;
    },
  };
  return { artifact, files, folders };
}

async function saveGzipped(cacher: AnyCacher, value: unknown, outer: Artifact): Promise<void> {
  // Beside the target: the system's temporary folder may be small, and on another disk.
  const beside = dirname(outer.path());
  ensureDirSync(beside);
  const folder = Deno.makeTempDirSync({ dir: beside, prefix: ".gzip_" });
  const scratch = scratchIn(folder, cacher, outer, { file: () => {}, folder: () => {} });
  try {
    await cacher.save(value, scratch.artifact);
    for (const [from, to] of scratch.files) if (existsSync(from)) await compress(from, to);
    for (const [from, to] of scratch.folders) {
      for (const { path, isFile, isDirectory } of walkSync(from)) {
        const target = join(to, relative(from, path));
        if (isDirectory) ensureDirSync(target);
        else if (isFile) await compress(path, `${target}.gz`);
        else throw oddEntry("compress", path);
      }
    }
  } catch (error) {
    throw inPlace(error, scratch);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function oddEntry(doing: string, path: string): TypeError {
  return new TypeError(`Cannot ${doing} ${JSON.stringify(path)}: it is neither a file nor a folder`);
}

async function unpacked<T>(
  cacher: AnyCacher,
  outer: Artifact,
  use: (artifact: Artifact) => T | Promise<T>,
): Promise<T> {
  const { gunzipSync } = await import("node:zlib");
  const unpack = (from: string, to: string): void => {
    const bytes = Deno.readFileSync(from);
    try {
      Deno.writeFileSync(to, gunzipSync(bytes));
    } catch (error) {
      const message = messageOf(error);
      throw new Error(`Cannot decompress ${JSON.stringify(from)}: it is no whole gzip file (${message})`, {
        cause: error,
      });
    }
  };
  const folder = Deno.makeTempDirSync({ prefix: "cairn_gzip_" });
  const scratch = scratchIn(folder, cacher, outer, {
    // A file that is not there stays so: a cacher may ask whether it is.
    file: (path, target) => {
      if (existsSync(target)) unpack(target, path);
    },
    folder: (path, target) => {
      for (const entry of walkSync(target)) {
        const place = join(path, relative(target, entry.path));
        if (entry.isDirectory) ensureDirSync(place);
        else if (entry.isFile) unpack(entry.path, place.replace(/\.gz$/, ""));
        else throw oddEntry("decompress", entry.path); // no link is followed out of the artifact
      }
    },
  });
  try {
    return await use(scratch.artifact);
  } catch (error) {
    throw inPlace(error, scratch);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The same bytes for the same file: a gzip header of node:zlib holds neither a time nor a name. */
async function compress(from: string, to: string): Promise<void> {
  const [{ createGzip }, { createReadStream, createWriteStream }, { pipeline }] = await Promise.all([
    import("node:zlib"),
    import("node:fs"),
    import("node:stream/promises"),
  ]);
  // Level 3 makes files nearly as small as level 6 in a third of the time; level 1 leaves half as much again.
  await pipeline(createReadStream(from), createGzip({ level: 3 }), createWriteStream(to));
}

/** The same error, naming the places that a person can find rather than the scratch ones. */
function inPlace(error: unknown, { files, folders }: Scratch): unknown {
  if (!(error instanceof Error)) return error;
  const places = [...files, ...folders].sort(([a], [b]) => b.length - a.length);
  error.message = places.reduce((text, [from, to]) => text.replaceAll(from, to), error.message);
  return error;
}
