/**
 * Files that are read and written whole, with but one copy of their content in memory.
 *
 * @module
 */
import type { Artifact, FileData, SkipHead } from "./cacher.ts";

/** Takes each piece of a file as it is read or written. */
export type TakePiece = (piece: Uint8Array) => void;

/**
 * How much is read or written at a time: what was just hashed or encoded is still in the processor's cache then. The
 * calls that take a whole file copy it on the way, which for a large one takes longer than to read or write it.
 */
const PIECE = 1 << 20;

/** How much of a file is looked at for its head, in bytes. */
export const HEAD = 1 << 16;

/**
 * Reads a file of an artifact, whole, for a cacher: by the artifact's own `read` where it has one.
 *
 * @param artifact The artifact that `load` got.
 * @param path The file; its main one where it is left out.
 * @param skip Gets the first bytes of the file, and says how many of those are left out of what is returned.
 * @returns Its bytes: all of a buffer of their own.
 * @throws A miss, where the artifact knows the digest of the file and its bytes have another; what the file system throws.
 *
 * @example
 * ```ts
 * import { at, type Cacher, readBytes, writeBytes } from "@cairn/cairn";
 * import { assertEquals } from "@std/assert";
 *
 * const waveCacher: Cacher<Float32Array<ArrayBuffer>> = {
 *   extension: ".f32",
 *   save: ({ buffer, byteOffset, byteLength }, artifact) =>
 *     writeBytes(artifact, new Uint8Array(buffer, byteOffset, byteLength)),
 *   load: async (artifact) => new Float32Array((await readBytes(artifact)).buffer),
 * };
 *
 * const place = at(`${await Deno.makeTempDir()}/a.f32`);
 * await waveCacher.save(new Float32Array([0.5, 0.25]), place);
 * assertEquals(await waveCacher.load(place), new Float32Array([0.5, 0.25]));
 * ```
 */
export async function readBytes(
  artifact: Artifact,
  path: string = artifact.path(),
  skip?: SkipHead,
): Promise<Uint8Array<ArrayBuffer>> {
  return artifact.read === undefined ? readFile(path, { skip }) : ownBytes(await artifact.read(path, skip));
}

/**
 * Bytes that are all of a buffer of their own: part of a larger one would keep that in memory.
 *
 * @param bytes Any bytes, a `Buffer` too.
 * @returns The same, or a copy where they are not.
 */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const isAll = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isAll ? new Uint8Array(buffer) : new Uint8Array(bytes);
}

/**
 * Writes a file of an artifact, whole, for a cacher: by the artifact's own `write` where it has one.
 *
 * @param artifact The artifact that `save` got.
 * @param data What to write.
 * @param path The file; its main one where it is left out.
 * @throws What the file system throws.
 *
 * @example
 * ```ts
 * import { at, writeBytes } from "@cairn/cairn";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/notes.txt`;
 * await writeBytes(at(path), "3 of 4 passed\n");
 * assertEquals(await Deno.readTextFile(path), "3 of 4 passed\n");
 * ```
 */
export async function writeBytes(
  artifact: Artifact,
  data: FileData,
  path: string = artifact.path(),
): Promise<void> {
  if (artifact.write === undefined) writeFile(path, data);
  else await artifact.write(path, data);
}

/** How a file is read. */
export interface ReadOptions {
  /** Takes each piece as it is read. */
  readonly take?: TakePiece | undefined;
  /** How many bytes there are to read, where that is known: what follows them is left out. */
  readonly size?: number | undefined;
  /** See {@linkcode readBytes}. */
  readonly skip?: SkipHead | undefined;
}

/**
 * Reads a file whole. Reads synchronously: for a small file that is several times as quick.
 *
 * @param path The file.
 * @param options How.
 * @returns Its bytes: all of a buffer of their own.
 * @throws What the file system throws, and what `take` and `skip` do.
 */
export function readFile(path: string, options: ReadOptions = {}): Uint8Array<ArrayBuffer> {
  try {
    using file = Deno.openSync(path);
    const size = options.size ?? file.statSync().size;
    const { skip, take = () => {} } = options;
    if (skip === undefined) return filled(file, new Uint8Array(size), 0, take);
    const start = filled(file, new Uint8Array(Math.min(size, HEAD)), 0, take);
    const head = skip(start);
    const bytes = new Uint8Array(size - head);
    bytes.set(start.subarray(head));
    return filled(file, bytes, start.length - head, take);
  } catch (error) {
    throw atPath(error, "readfile", path);
  }
}

/** Reads on until the bytes are full, or gives those that are, where the file was cut short meanwhile. */
function filled(
  file: Deno.FsFile,
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  take: TakePiece,
): Uint8Array<ArrayBuffer> {
  let end = start;
  while (end < bytes.length) {
    const count = file.readSync(bytes.subarray(end, end + PIECE));
    if (count === null) return bytes.slice(0, end);
    take(bytes.subarray(end, end + count));
    end += count;
  }
  return bytes;
}

/**
 * Writes a file whole; what is there is replaced.
 *
 * @param path The file.
 * @param data What to write.
 * @param take Takes each piece as it is written.
 * @throws What the file system throws, as `Deno.writeFile` does.
 */
export function writeFile(path: string, data: FileData, take: TakePiece = () => {}): void {
  const parts = partsOf(data);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length <= PIECE) {
    const bytes = joined(data);
    take(bytes);
    return Deno.writeFileSync(path, bytes);
  }
  try {
    using file = Deno.openSync(path, { write: true, create: true, truncate: true });
    for (const part of parts) {
      for (const piece of typeof part === "string" ? encoded(part) : pieces(part)) {
        take(piece);
        for (let written = 0; written < piece.length;) written += file.writeSync(piece.subarray(written));
      }
    }
  } catch (error) {
    throw atPath(error, "writefile", path);
  }
}

/**
 * The content of a file as bytes.
 *
 * @param data The content.
 * @returns Its bytes: those that were given, where they are in one piece.
 */
export function joined(data: FileData): Uint8Array {
  const encoder = new TextEncoder();
  const parts = partsOf(data).map((part) => typeof part === "string" ? encoder.encode(part) : part);
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

function partsOf(data: FileData): readonly (Uint8Array | string)[] {
  return typeof data === "string" || data instanceof Uint8Array ? [data] : data;
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE) yield bytes.subarray(start, start + PIECE);
}

/** A text as UTF-8, in pieces over one buffer: each is to be used before the next is asked for. */
function* encoded(text: string): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const buffer = new Uint8Array(3 * PIECE); // no UTF-16 unit takes more than three bytes
  for (let start = 0; start < text.length;) {
    const end = start + PIECE;
    // The two halves of a surrogate pair are one character.
    const isSplit = end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
    const { read, written } = encoder.encodeInto(text.slice(start, isSplit ? end - 1 : end), buffer);
    yield buffer.subarray(0, written);
    start += read;
  }
}

/** The same error in the words of a call that takes the path: of a file that is open, no error names it. */
function atPath(error: unknown, call: string, path: string): unknown {
  if (error instanceof Error && (error as { code?: unknown }).code !== undefined) {
    error.message = `${error.message.replace(/: \w+ '.*'$/s, "")}: ${call} '${path}'`;
  }
  return error;
}
