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
  /** Compresses bytes, of which there are few enough: the same ones to the same. */
  readonly pack: (bytes: Uint8Array) => Uint8Array;
  /** Compresses what flows through it. */
  readonly packer: () => Transform;
  /** Decompresses what flows through it: one of the parts that {@linkcode Codec.parts} makes. */
  readonly unpacker: () => Transform;
  /** Splits what comes in pieces into parts that are decompressed one by one; it is one part where it is left out. */
  readonly parts?: (pieces: Iterable<Uint8Array>) => Iterable<Iterable<Uint8Array>>;
  /** Decompresses all of a file; throws where that is cut short, or anything else: a `RangeError` where it is too long. */
  readonly unpack: (bytes: Uint8Array) => Uint8Array;
  /** The most bytes that all of a compressed file may have to be decompressed; as many as it likes where it is left out. */
  readonly most?: number;
}

/** The most bytes that `node:zlib` takes at once in Deno: of more it leaves out 2 ** 32, and says nothing. */
export const MOST = 2 ** 32 - 1;

/** How much is compressed at once: so much that what comes of it is no more than can be decompressed at once. */
const PART = 2 ** 31;

/**
 * Compresses what a file is to hold: a long one in parts, one after the other, which both formats allow.
 *
 * @param path The file, for messages.
 * @param bytes What it is to hold.
 * @param codec What compresses.
 * @param kind What it makes, for messages: `gzip`.
 * @param part How many bytes a part has.
 * @returns The pieces of the file.
 * @throws {RangeError} If it could not be decompressed again.
 */
export function packFile(
  path: string,
  bytes: Uint8Array,
  { pack, most = Infinity }: Pick<Codec, "pack" | "most">,
  kind: string,
  part: number = PART,
): readonly Uint8Array[] {
  const packed = [pack(bytes.subarray(0, part))];
  for (let start = part; start < bytes.length; start += part) {
    packed.push(pack(bytes.subarray(start, start + part)));
  }
  const length = packed.reduce((sum, piece) => sum + piece.length, 0);
  if (length <= most) return packed;
  throw new RangeError(
    `Cannot compress ${
      JSON.stringify(path)
    }: it comes to ${length} bytes of ${kind}, and no more than ${most} can be ` +
      "decompressed at once; use zstd()",
  );
}

/**
 * Refuses bytes that can't be decompressed at once.
 *
 * @param bytes The bytes.
 * @returns The same.
 * @throws {RangeError} If they are too many.
 */
export function atOnce(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= MOST) return bytes;
  throw new RangeError(
    `it has ${bytes.length} bytes in one part, and no more than ${MOST} can be taken at once`,
  );
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
 * @throws {Error} If it is no whole file of that sort, or too long.
 */
export function unpackFile(
  path: string,
  bytes: Uint8Array,
  codec: Pick<Codec, "unpack">,
  kind: string,
): Uint8Array<ArrayBuffer> {
  try {
    return ownBytes(codec.unpack(bytes));
  } catch (error) {
    const message = messageOf(error);
    const why = error instanceof RangeError ? message : `it is no whole ${kind} file (${message})`;
    throw new Error(`Cannot decompress ${JSON.stringify(path)}: ${why}`, { cause: error });
  }
}
