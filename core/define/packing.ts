/**
 * Bytes that are compressed on their way to a file, piece by piece, and decompressed on their way from it.
 *
 * @module
 */

/** A way to compress what comes in pieces: `gzipped` and `zstd` give it to cachers of streams. */
export interface Packing {
  /** What it makes, for messages: `gzip`. */
  readonly kind: string;
  /**
   * Begins to compress.
   *
   * @param take Takes each compressed piece.
   * @returns What takes the pieces as they are.
   */
  readonly pack: (take: (piece: Uint8Array) => void) => Promise<Packer>;
  /**
   * Decompresses.
   *
   * @param pieces The compressed pieces, each in memory of its own.
   * @returns The pieces as they were; it throws where they are no whole file of that sort.
   */
  readonly unpack: (pieces: Iterable<Uint8Array>) => AsyncIterable<Uint8Array>;
}

/** Compresses what it is given. */
export interface Packer {
  /** Takes a piece, which may be changed when that is over. */
  readonly write: (piece: Uint8Array) => Promise<void>;
  /** To be called when there is no more. */
  readonly end: () => Promise<void>;
  /** To be called when nothing comes of it. */
  readonly close: () => void;
}
