/**
 * Files that come about line by line.
 *
 * @module
 */
import type { Packer, Packing } from "../core/define/packing.ts";

/** Bytes that are written at a time. */
const PIECE = 1 << 16;

/** A file that is being written, under another name until it is finished. */
export interface NewFile {
  /** Adds lines, each with a line feed; a promise where that has to be waited for. */
  readonly write: (lines: readonly string[]) => void | Promise<void>;
  /** Puts it where it belongs. */
  readonly finish: () => Promise<void>;
  /** Closes it; unless it is finished, nothing is left. */
  readonly close: () => void;
}

/**
 * Begins to write a file. What lies there stays until it is finished.
 *
 * @param path The file.
 * @param packing How it is compressed, if it is.
 * @returns The file.
 * @throws What the file system throws.
 */
export async function newFile(path: string, packing?: Packing): Promise<NewFile> {
  const partial = `${path}.partial-${crypto.randomUUID().slice(0, 8)}`;
  const file = Deno.openSync(partial, { write: true, createNew: true });
  let isFinished = false;
  let packer: Packer | undefined;
  const close = () => {
    packer?.close();
    file.close();
    if (!isFinished) removeIfThere(partial);
  };
  const put = (bytes: Uint8Array) => {
    try {
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    } catch (error) {
      // The system names no path of a file that is open.
      if (error instanceof Error) error.message += `: write '${path}'`;
      throw error;
    }
  };
  try {
    packer = await packing?.pack(put);
  } catch (error) {
    close();
    throw error;
  }
  const encoder = lineEncoder();
  return {
    write: (lines) => {
      const pieces = encoder.encode(lines);
      if (packer !== undefined) return pack(packer, pieces);
      for (const piece of pieces) put(piece);
    },
    finish: async () => {
      const rest = encoder.rest();
      if (packer === undefined) put(rest);
      else {
        await packer.write(rest);
        await packer.end();
      }
      Deno.renameSync(partial, path);
      isFinished = true;
    },
    close,
  };
}

/** Whoever took its folder away meanwhile took it along, and that is not what went wrong. */
function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function pack(packer: Packer, pieces: Iterable<Uint8Array>): Promise<void> {
  for (const piece of pieces) await packer.write(piece);
}

/** Makes pieces of one length of lines, all in the same memory. */
interface LineEncoder {
  /** The pieces that are full; each is to be used before the next is asked for. */
  readonly encode: (lines: readonly string[]) => Iterable<Uint8Array>;
  /** The last piece. */
  readonly rest: () => Uint8Array;
}

function lineEncoder(): LineEncoder {
  const encoder = new TextEncoder();
  const bytes = new Uint8Array(PIECE);
  let used = 0;
  const take = () => {
    const piece = bytes.subarray(0, used);
    used = 0;
    return piece;
  };
  function* encode(lines: readonly string[]): Generator<Uint8Array> {
    // One call for many lines; the last may be as long as a text can be, and so it is not made longer.
    const texts = lines.length > 1 ? [lines.slice(0, -1).join("\n"), lines.at(-1)!] : lines;
    for (const text of texts) {
      for (let rest = text; rest !== "";) {
        const { read, written } = encoder.encodeInto(rest, bytes.subarray(used));
        used += written;
        rest = rest.slice(read);
        if (rest !== "") yield take();
      }
      if (used === PIECE) yield take();
      bytes[used++] = 0x0a;
    }
  }
  return { encode, rest: take };
}
