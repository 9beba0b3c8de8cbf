/**
 * Scratch folders for cachers that read and write their files themselves, while those lie compressed.
 *
 * @module
 */
import { basename, dirname, join, relative } from "@std/path";
import { ensureDirSync, existsSync, walkSync } from "@std/fs";
import { type ByteFile, byteFile } from "../byte_source.ts";
import type { AnyCacher, Artifact } from "../cacher.ts";
import { readFile, writeFile } from "../whole_file.ts";
import { type Codec, type Compression, packedPath, unpackFile } from "./compression.ts";
import { packingOf } from "./stream_packing.ts";

/** Where the inner cacher's files and folders lie for now, and where they belong: by scratch path. */
interface Scratch {
  readonly artifact: Artifact;
  readonly files: Map<string, string>;
  readonly folders: Map<string, string>;
}

/** What is done with a place in a scratch folder when it is first asked for. */
interface Seen {
  readonly file: (from: string, to: string) => void;
  readonly folder: (from: string, to: string) => void;
}

/** An artifact whose places are in a scratch folder. */
function scratchIn(
  folder: string,
  cacher: AnyCacher,
  outer: Artifact,
  compression: Compression,
  seen: Seen = { file: () => {}, folder: () => {} },
): Scratch {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  // What lies in the folder is none of the artifact's files: its own `read` and `write` are not for that.
  const { read: _read, write: _write, ...rest } = outer;
  const artifact: Artifact = {
    ...rest,
    path: (suffix) => {
      const target = packedPath(cacher, outer, compression, suffix);
      const path = join(folder, withoutEnding(basename(target), compression));
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

function withoutEnding(name: string, { ending }: Compression): string {
  return name.endsWith(ending) ? name.slice(0, -ending.length) : name;
}

/**
 * Saves a value in a scratch folder, and compresses what lies there then into place.
 *
 * @param cacher The cacher that saves it.
 * @param value The value.
 * @param outer Where it goes.
 * @param compression How it is compressed.
 */
export async function savePacked(
  cacher: AnyCacher,
  value: unknown,
  outer: Artifact,
  compression: Compression,
): Promise<void> {
  // Beside the target: the system's temporary folder may be small, and on another disk.
  const beside = dirname(outer.path());
  ensureDirSync(beside);
  const folder = Deno.makeTempDirSync({ dir: beside, prefix: `.${compression.kind}_` });
  const scratch = scratchIn(folder, cacher, outer, compression);
  try {
    await cacher.save(value, scratch.artifact);
    const { packer } = await compression.open();
    for (const [from, to] of scratch.files) if (existsSync(from)) await pack(from, to, packer);
    for (const [from, to] of scratch.folders) {
      for (const { path, isFile, isDirectory } of walkSync(from)) {
        const target = join(to, relative(from, path));
        if (isDirectory) ensureDirSync(target);
        else if (isFile) await pack(path, target + compression.ending, packer);
        else throw oddEntry("compress", path);
      }
    }
  } catch (error) {
    throw inPlace(error, scratch);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function pack(from: string, to: string, packer: Codec["packer"]): Promise<void> {
  const [{ createReadStream, createWriteStream }, { pipeline }] = await Promise.all([
    import("node:fs"),
    import("node:stream/promises"),
  ]);
  await pipeline(createReadStream(from), packer(), createWriteStream(to));
}

function oddEntry(doing: string, path: string): TypeError {
  return new TypeError(`Cannot ${doing} ${JSON.stringify(path)}: it is neither a file nor a folder`);
}

/**
 * Does something with an artifact's files as the cacher wrote them: those that it asks for are decompressed then.
 *
 * @param cacher The cacher.
 * @param outer The artifact.
 * @param compression How it is compressed.
 * @param use What to do, with an artifact in a scratch folder.
 * @returns What that returns.
 */
export async function loadUnpacked<T>(
  cacher: AnyCacher,
  outer: Artifact,
  compression: Compression,
  use: (artifact: Artifact) => T | Promise<T>,
): Promise<T> {
  const codec = await compression.open();
  const folder = Deno.makeTempDirSync({ prefix: `cairn_${compression.kind}_` });
  const scratch = scratchIn(folder, cacher, outer, compression, unpacking(codec, compression));
  try {
    return await use(scratch.artifact);
  } catch (error) {
    throw inPlace(error, scratch);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Decompresses what lies at a place when it is asked for. */
function unpacking(codec: Codec, compression: Compression): Seen {
  const unpack = (from: string, to: string): void =>
    writeFile(to, unpackFile(from, readFile(from), codec, compression.kind));
  return {
    // A file that is not there stays so: a cacher may ask whether it is.
    file: (path, target) => {
      if (existsSync(target)) unpack(target, path);
    },
    folder: (path, target) => {
      for (const entry of walkSync(target)) {
        const place = join(path, relative(target, entry.path));
        if (entry.isDirectory) ensureDirSync(place);
        else if (entry.isFile) unpack(entry.path, withoutEnding(place, compression));
        else throw oddEntry("decompress", entry.path); // no link is followed out of the artifact
      }
    },
  };
}

/**
 * Loads a stream: each time that it is gone through, its main file is decompressed to a scratch folder, piece by piece,
 * which is gone when that ends.
 *
 * @param cacher The cacher, of streams.
 * @param outer The artifact.
 * @param compression How it is compressed.
 * @returns The stream.
 * @throws What the file system throws if the file is not there.
 */
export function streamUnpacked(
  cacher: AnyCacher,
  outer: Artifact,
  compression: Compression,
): AsyncIterable<unknown> {
  const packed = byteFile({ ...outer, packing: packingOf(compression) });
  async function* items() {
    const { file, folder } = unpacking(await compression.open(), compression);
    const root = Deno.makeTempDirSync({ prefix: `cairn_${compression.kind}_` });
    const scratch = scratchIn(root, cacher, outer, compression, {
      file: (path, target) => target === packed.path ? undefined : file(path, target),
      folder,
    });
    try {
      await copyTo(scratch.artifact.path(), packed);
      yield* await cacher.load(scratch.artifact);
    } catch (error) {
      throw inPlace(error, scratch);
    } finally {
      Deno.removeSync(root, { recursive: true });
    }
  }
  return { [Symbol.asyncIterator]: items };
}

async function copyTo(path: string, { open }: ByteFile): Promise<void> {
  using file = Deno.openSync(path, { write: true, createNew: true });
  const source = open();
  try {
    const bytes = new Uint8Array(1 << 16);
    for (let count = await source.read(bytes); count !== undefined; count = await source.read(bytes)) {
      for (let done = 0; done < count;) done += file.writeSync(bytes.subarray(done, count));
    }
  } finally {
    source.close();
  }
}

/** The same error, naming the places that a person can find rather than the scratch ones. */
function inPlace(error: unknown, { files, folders }: Scratch): unknown {
  if (!(error instanceof Error)) return error;
  const places = [...files, ...folders].sort(([a], [b]) => b.length - a.length);
  const value = places.reduce((text, [from, to]) => text.replaceAll(from, to), error.message);
  // A DOMException has no message that can be assigned, and one that is frozen keeps its own: each is still the error.
  if (value !== error.message) {
    Reflect.defineProperty(error, "message", {
      value,
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }
  return error;
}
