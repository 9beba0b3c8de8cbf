/**
 * Reading the text of an artifact.
 *
 * @module
 */
import { Buffer, isUtf8 } from "node:buffer";
import type { Artifact } from "../core/define/cacher.ts";
import { readBytes, readFile } from "../core/define/whole_file.ts";

/**
 * Reads a file as UTF-8, and refuses what is not: `Deno.readTextFile` would put U+FFFD in its place.
 *
 * @param from The artifact, of which the main file is read, or the file.
 * @param as What it should hold, for messages: `JSON`.
 * @returns The text; a byte order mark is part of it.
 * @throws {TypeError} If it is no UTF-8, or longer than a text can be.
 */
export async function readText(from: Artifact | string, as: string): Promise<string> {
  const path = typeof from === "string" ? from : from.path();
  const bytes = typeof from === "string" ? readFile(from) : await readBytes(from, path);
  const cannot = cannotLoad(path, as);
  if (!isUtf8(bytes)) throw new TypeError(`${cannot}: its ${bytes.length} bytes are not UTF-8`);
  try {
    // Several times as quick as a TextDecoder, which is left with little to do but to copy.
    return Buffer.from(bytes.buffer).toString();
  } catch (error) {
    if (bytes.length <= TEXT_LIMIT) throw error;
    throw new TypeError(`${cannot}: it is a text of more than 512 MiB, the most that one text can hold`, {
      cause: error,
    });
  }
}

/** The most characters that the engine's texts can have. */
const TEXT_LIMIT = 2 ** 29 - 24;

/**
 * Reads a file as JSON, as other programs write it too: with a byte order mark or without.
 *
 * @param from The artifact, of which the main file is read, or the file.
 * @param as What it should hold, for messages.
 * @returns What it holds.
 * @throws {SyntaxError} If it is no JSON.
 */
export async function readJson(from: Artifact | string, as: string): Promise<unknown> {
  const text = await readText(from, as);
  try {
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (error) {
    const path = typeof from === "string" ? from : from.path();
    throw new SyntaxError(`${cannotLoad(path, as)}: ${(error as Error).message}`, { cause: error });
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
