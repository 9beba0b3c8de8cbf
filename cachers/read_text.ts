/**
 * Reading the text of an artifact.
 *
 * @module
 */

import { isUtf8 } from "node:buffer";

/**
 * Reads a file as UTF-8, and refuses what is not: `Deno.readTextFile` would put U+FFFD in its place.
 *
 * @param path The file.
 * @param as What it should hold, for messages: `JSON`.
 * @returns The text; a byte order mark is part of it.
 * @throws {TypeError} If it is no UTF-8, or longer than a text can be.
 */
export async function readText(path: string, as: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    // The engine has but one sort of error for both.
    const why = bytes.length > TEXT_LIMIT && isUtf8(bytes)
      ? "it is a text of more than 512 MiB, the most that one text can hold"
      : `its ${bytes.length} bytes are not UTF-8`;
    throw new TypeError(`${cannotLoad(path, as)}: ${why}`, { cause: error });
  }
}

/** The most characters that the engine's texts can have. */
const TEXT_LIMIT = 2 ** 29 - 24;

/**
 * Reads a file as JSON, as other programs write it too: with a byte order mark or without.
 *
 * @param path The file.
 * @param as What it should hold, for messages.
 * @returns What it holds.
 * @throws {SyntaxError} If it is no JSON.
 */
export async function readJson(path: string, as: string): Promise<unknown> {
  const text = await readText(path, as);
  try {
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch (error) {
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
