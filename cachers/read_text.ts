/**
 * Reading the text of an artifact.
 *
 * @module
 */
import { Buffer, isUtf8 } from "node:buffer";
import type { Artifact } from "../core/define/cacher.ts";
import { readBytes } from "../core/define/whole_file.ts";

/**
 * Reads a file as UTF-8, and refuses what is not: `Deno.readTextFile` would put U+FFFD in its place.
 *
 * @param artifact The artifact, of which the main file is read.
 * @param as What it should hold, for messages: `JSON`.
 * @returns The text; a byte order mark is part of it.
 * @throws {TypeError} If it is no UTF-8, or longer than a text can be.
 */
export async function readText(artifact: Artifact, as: string): Promise<string> {
  const path = artifact.path();
  const bytes = await readBytes(artifact, path);
  const cannot = cannotLoad(path, as);
  if (!isUtf8(bytes)) throw new TypeError(`${cannot}: its ${bytes.length} bytes are not UTF-8`);
  try {
    // A TextDecoder that looks for what is not UTF-8 takes three times as long as both.
    return Buffer.from(bytes.buffer).toString();
  } catch (error) {
    if (bytes.length <= TEXT_LIMIT) throw error;
    throw new TypeError(`${cannot}: it is a text of more than 512 MiB, the most that one text can hold`, {
      cause: error,
    });
  }
}

/** Up to where the engine finds a part of a buffer: beyond, it takes another part, and says nothing. */
const FAR = 2 ** 32;

/**
 * The text of a part of a buffer, which may be longer than 4 GiB.
 *
 * @param buffer The buffer.
 * @param encoding How its text is encoded.
 * @param start Where the part begins.
 * @param end Where it ends.
 * @returns The text.
 * @throws {Error} If it is longer than a text can be.
 */
export function sliceText(buffer: Buffer, encoding: "utf8" | "latin1", start: number, end: number): string {
  // A view of the part costs more than all of the rest.
  return end < FAR ? buffer.toString(encoding, start, end) : buffer.subarray(start, end).toString(encoding);
}

/** The most characters that the engine's texts can have. */
const TEXT_LIMIT = 2 ** 29 - 24;

/**
 * Texts that are written one after the other: to put a long one together with another would copy it.
 *
 * @param parts The texts.
 * @returns The same.
 * @throws {RangeError} If the whole is longer than a text can be that is read again, as where one is put together.
 */
export function textParts(...parts: readonly string[]): readonly string[] {
  if (parts.reduce((sum, { length }) => sum + length, 0) <= TEXT_LIMIT) return parts;
  throw new RangeError("Invalid string length");
}

/**
 * Reads a file as JSON, as other programs write it too: with a byte order mark or without.
 *
 * @param artifact The artifact, of which the main file is read.
 * @param as What it should hold, for messages.
 * @returns What it holds.
 * @throws {SyntaxError} If it is no JSON.
 */
export async function readJson(artifact: Artifact, as: string): Promise<unknown> {
  const text = await readText(artifact, as);
  try {
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (error) {
    throw new SyntaxError(`${cannotLoad(artifact.path(), as)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** How a message begins when a value is refused: it names the whole path, which `quote` would cut. */
export function cannotSave(path: string, as: string): string {
  return `Cannot save ${JSON.stringify(path)} as ${as}`;
}

/** How a message begins when a file does not hold what it should. */
export function cannotLoad(path: string, as: string): string {
  return `Cannot load ${JSON.stringify(path)} as ${as}`;
}
