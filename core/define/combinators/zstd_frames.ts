/**
 * The frames of files compressed with Zstandard: RFC 8878, section 3.1.
 *
 * The decompressor of `node:zlib` reads the first frame alone, and takes one that is cut short for a shorter one.
 *
 * @module
 */

const MAGIC = 0xfd2fb528;

/** Frames that hold something else for other programs have one of 16 such numbers. */
const SKIPPABLE = 0x184d2a50;

/**
 * Splits a file into frames.
 *
 * @param bytes The file.
 * @returns The frames that hold data: whole ones, each a part of the file. Their content is not looked at.
 * @throws {Error} If there is none, the last one is cut short, or what follows it is no frame.
 */
export function zstdFrames(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Uint8Array[] = [];
  for (let start = 0; start < bytes.length || start === 0;) {
    if (start + 8 > bytes.length) throw new Error("unexpected end of file");
    const magic = view.getUint32(start, true);
    const isData = magic === MAGIC;
    if (!isData && (magic & ~0xf) >>> 0 !== SKIPPABLE) throw new Error("no frame begins where one should");
    const end = isData ? endOfFrame(view, start) : start + 8 + view.getUint32(start + 4, true);
    if (end > bytes.length) throw new Error("unexpected end of file");
    if (isData) frames.push(bytes.subarray(start, end));
    start = end;
  }
  if (frames.length === 0) throw new Error("there is no frame with data");
  return frames;
}

/** Goes through the blocks of a frame: each says how long it is, and the last one that it is that. */
function endOfFrame(view: DataView, start: number): number {
  const descriptor = view.getUint8(start + 4);
  let at = start + 5 + restOfHeader(descriptor);
  for (let isLast = false; !isLast;) {
    if (at + 3 > view.byteLength) throw new Error("unexpected end of file");
    const block = blockOf(view.getUint16(at, true) | view.getUint8(at + 2) << 16);
    isLast = block.isLast;
    at += 3 + block.length;
  }
  return at + (hasChecksum(descriptor) ? 4 : 0);
}

/** How many bytes of a frame's header follow its descriptor. */
function restOfHeader(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  return (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
}

function blockOf(header: number): { readonly isLast: boolean; readonly length: number } {
  const isRepeated = (header >> 1 & 3) === 1; // one byte, so many times
  return { isLast: (header & 1) === 1, length: isRepeated ? 1 : header >> 3 };
}

function hasChecksum(descriptor: number): boolean {
  return (descriptor & 4) !== 0;
}

/**
 * Splits a file that comes in pieces into frames, in memory that does not grow with its length.
 *
 * @param pieces The pieces.
 * @returns The frames that hold data, each in pieces: all of one is to be taken before the next.
 * @throws {Error} As {@linkcode zstdFrames} does, when it is come to.
 */
export function* framesIn(pieces: Iterable<Uint8Array>): Generator<Iterable<Uint8Array>> {
  const reader = readerOf(pieces);
  let count = 0;
  do {
    const start = reader.take(4);
    const magic = numberOf(start);
    if (magic === MAGIC) {
      count++;
      yield piecesOfFrame(start, reader);
    } else if ((magic & ~0xf) >>> 0 !== SKIPPABLE) throw new Error("no frame begins where one should");
    else for (const _ of reader.pass(numberOf(reader.take(4))));
  } while (!reader.isEnd());
  if (count === 0) throw new Error("there is no frame with data");
}

function* piecesOfFrame(start: Uint8Array, reader: Reader): Generator<Uint8Array> {
  const descriptor = reader.take(1);
  yield start;
  yield descriptor;
  yield reader.take(restOfHeader(descriptor[0]!));
  for (let isLast = false; !isLast;) {
    const header = reader.take(3);
    const block = blockOf(numberOf(header));
    yield header;
    yield* reader.pass(block.length);
    isLast = block.isLast;
  }
  if (hasChecksum(descriptor[0]!)) yield reader.take(4);
}

/** The least significant byte first. */
function numberOf(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
}

/** Reads what comes in pieces. */
interface Reader {
  /** So many bytes, which are few. */
  take(count: number): Uint8Array;
  /** So many bytes, as they come. */
  pass(count: number): Iterable<Uint8Array>;
  isEnd(): boolean;
}

function readerOf(pieces: Iterable<Uint8Array>): Reader {
  const source = pieces[Symbol.iterator]();
  let rest: Uint8Array = new Uint8Array();
  const isEnd = () => {
    while (rest.length === 0) {
      const { value, done } = source.next();
      if (done) return true;
      rest = value;
    }
    return false;
  };
  function* pass(count: number): Generator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (isEnd()) throw new Error("unexpected end of file");
      const part = rest.subarray(0, left);
      rest = rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
  const take = (count: number) => {
    const bytes = new Uint8Array(count);
    let filled = 0;
    for (const part of pass(count)) {
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  };
  return { take, pass, isEnd };
}
