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
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  let at = start + 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (let isLast = false; !isLast;) {
    if (at + 3 > view.byteLength) throw new Error("unexpected end of file");
    const header = view.getUint16(at, true) | view.getUint8(at + 2) << 16;
    isLast = (header & 1) === 1;
    const isRepeated = (header >> 1 & 3) === 1; // one byte, so many times
    at += 3 + (isRepeated ? 1 : header >> 3);
  }
  return at + ((descriptor & 4) !== 0 ? 4 : 0);
}
