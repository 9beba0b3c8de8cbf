/**
 * Ways to compress files.
 *
 * @module
 */
import type { Transform } from "node:stream";
import { messageOf } from "../../params/paths.ts";
import type { AnyCacher, Artifact } from "../cacher.ts";
import { ownBytes } from "../whole_file.ts";

/** A way to compress. */
export interface Compression {
  /** The combinator: `gzipped`. */
  readonly combinator: string;
  /** What metadata calls it: `gzip`. */
  readonly kind: string;
  /** What the names of compressed files end with: `.gz`. */
  readonly ending: string;
  /** Gives the functions that do it: they are imported when they are first used. */
  readonly open: () => Promise<Codec>;
}

/** What compresses and decompresses. */
export interface Codec {
  /** Compresses bytes: the same ones to the same. */
  readonly pack: (bytes: Uint8Array) => Uint8Array;
  /** Compresses what flows through it. */
  readonly packer: () => Transform;
  /** Decompresses what flows through it: one of the parts that {@linkcode Codec.parts} makes. */
  readonly unpacker: () => Transform;
  /** Splits what comes in pieces into parts that are decompressed one by one; it is one part where it is left out. */
  readonly parts?: (pieces: Iterable<Uint8Array>) => Iterable<Iterable<Uint8Array>>;
  /** Decompresses all of a file; throws where that is cut short, or anything else. */
  readonly unpack: (bytes: Uint8Array) => Uint8Array;
}

/**
 * Where the file lies that stands for one of the inner cacher's.
 *
 * @param cacher The inner cacher.
 * @param outer The artifact.
 * @param compression How it is compressed.
 * @param suffix The suffix that the inner cacher asks for.
 * @returns The path.
 */
export function packedPath(
  cacher: AnyCacher,
  outer: Artifact,
  { ending }: Compression,
  suffix: string | undefined,
): string {
  return suffix === undefined || suffix === cacher.extension ? outer.path() : outer.path(suffix + ending);
}

/**
 * Decompresses what a file holds.
 *
 * @param path The file, for messages.
 * @param bytes What it holds.
 * @param codec What decompresses.
 * @param kind What it should be, for messages: `gzip`.
 * @returns The bytes: all of a buffer of their own.
 * @throws {Error} If it is no whole file of that sort.
 */
export function unpackFile(
  path: string,
  bytes: Uint8Array,
  codec: Codec,
  kind: string,
): Uint8Array<ArrayBuffer> {
  try {
    return ownBytes(codec.unpack(bytes));
  } catch (error) {
    const message = messageOf(error);
    throw new Error(`Cannot decompress ${JSON.stringify(path)}: it is no whole ${kind} file (${message})`, {
      cause: error,
    });
  }
}
