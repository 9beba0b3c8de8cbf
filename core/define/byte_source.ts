/**
 * The bytes of an artifact's main file, as they were before they were compressed.
 *
 * @module
 */
import { messageOf } from "../params/paths.ts";
import type { Artifact } from "./cacher.ts";
import type { Packing } from "./packing.ts";
import { type OpenFile, watchFile } from "./watched_file.ts";

/** A file that can be read as often as wanted. */
export interface ByteFile {
  /** Where it lies. */
  readonly path: string;
  /** Begins to read it. */
  readonly open: () => ByteSource;
}

/** Bytes to be read one after the other. */
export interface ByteSource {
  /** How many there are in all, where that is known. */
  readonly size?: number;
  /**
   * Reads on.
   *
   * @param into Takes the bytes.
   * @returns How many there are; undefined at the end. A promise where they have to be waited for.
   * @throws {Error} If it is compressed, and no whole file of that sort.
   */
  readonly read: (into: Uint8Array) => number | undefined | Promise<number | undefined>;
  /** Closes what is read from; once more does nothing. */
  readonly close: () => void;
}

/** Bytes that are read at a time of a compressed file. */
const READ = 1 << 16;

/**
 * Takes note of the main file of an artifact, to be read later.
 *
 * @param artifact The artifact.
 * @returns The file.
 * @throws What the file system throws if it is not there.
 */
export function byteFile(artifact: Artifact): ByteFile {
  const { path, open } = watchFile(artifact);
  const { packing } = artifact;
  return { path, open: packing === undefined ? open : () => unpacked(path, open(), packing) };
}

function unpacked(path: string, file: OpenFile, { kind, unpack }: Packing): ByteSource {
  let failure: { readonly error: unknown } | undefined;
  const packed = piecesOf(file, (error) => failure = { error });
  const pieces = unpack(packed)[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  const read = async (into: Uint8Array) => {
    while (rest.length === 0) {
      const { value, done } = await pieces.next();
      if (done) return undefined;
      rest = value;
    }
    const part = rest.subarray(0, into.length);
    rest = rest.subarray(part.length);
    into.set(part);
    return part.length;
  };
  return {
    read: async (into) => {
      try {
        return await read(into);
      } catch (error) {
        if (failure !== undefined) throw failure.error;
        throw new Error(
          `Cannot decompress ${JSON.stringify(path)}: it is no whole ${kind} file (${messageOf(error)})`,
          { cause: error },
        );
      }
    },
    close: () => {
      // What is on its way ends by itself, and has nobody to tell of anything.
      pieces.return?.().catch(() => {});
      file.close();
    },
  };
}

/** The file in pieces; `failed` takes what the file system throws, or that it is another by now. */
function* piecesOf(file: OpenFile, failed: (error: unknown) => void): Generator<Uint8Array> {
  for (;;) {
    const bytes = new Uint8Array(Math.min(READ, file.size + 1));
    let count: number | undefined;
    try {
      count = file.read(bytes);
    } catch (error) {
      failed(error);
      throw error;
    }
    if (count === undefined) return;
    yield bytes.subarray(0, count);
  }
}
