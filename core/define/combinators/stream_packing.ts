/**
 * Compressing and decompressing what comes in pieces, in memory that does not grow with their number.
 *
 * @module
 */
import type { Transform } from "node:stream";
import type { Packer, Packing } from "../packing.ts";
import type { Codec, Compression } from "./compression.ts";

/**
 * A way to compress what comes in pieces.
 *
 * @param compression The way to compress.
 * @returns The same for pieces.
 */
export function packingOf({ kind, open }: Compression): Packing {
  return {
    kind,
    pack: async (take) => packInto((await open()).packer(), take),
    unpack: async function* (pieces) {
      const codec = await open();
      yield* unpackAll(codec, pieces);
    },
  };
}

function packInto(stream: Transform, take: (piece: Uint8Array) => void): Packer {
  let failure: { readonly error: unknown } | undefined;
  let reject = (_error: unknown) => {};
  const fail = (error: unknown) => {
    failure ??= { error };
    reject(failure.error);
  };
  stream.on("error", fail);
  stream.on("data", (piece: Uint8Array) => {
    try {
      take(piece);
    } catch (error) {
      fail(error);
      stream.destroy();
    }
  });
  /** Waits for what calls back, or for an error that comes instead. */
  const settled = (begin: (done: (error?: unknown) => void) => void) =>
    new Promise<void>((resolve, refuse) => {
      reject = refuse;
      if (failure !== undefined) return refuse(failure.error);
      begin((error) => error ? fail(error) : resolve());
    });
  return {
    write: (piece) => settled((done) => stream.write(piece, done)),
    end: () => settled((done) => stream.once("end", done).end()),
    close: () => void stream.destroy(),
  };
}

/** What comes of decompressing; a file that is cut short, or is something else, is an error. */
async function* unpackAll(
  { parts, unpacker }: Codec,
  pieces: Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const part of parts === undefined ? [pieces] : parts(pieces)) yield* unpackPart(unpacker(), part);
}

async function* unpackPart(stream: Transform, pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { pipeline, Readable } = await import("node:stream");
  // Errors of either end up in the iteration, which is where they are told.
  pipeline(Readable.from(pieces, { objectMode: false }), stream, () => {});
  for await (const piece of stream) yield piece as Uint8Array;
}
