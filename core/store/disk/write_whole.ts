/**
 * Small files that are there whole or not at all.
 *
 * @module
 */
import { join } from "@std/path";
import { fileError } from "./disk_error.ts";
import { createLocked } from "./locks.ts";
import { move, removeQuietly } from "./move.ts";

/**
 * Writes a file whole or not at all. It is written under another name, and locked meanwhile: what a process leaves that is
 * killed looks like the lock of one that is gone, and is cleared as such.
 *
 * @param path The file; what is there is replaced.
 * @param text What to write, or its pieces.
 * @param staging A folder for staging, on the same file system.
 * @param prefix What the names of what is staged begin with there.
 * @param ready Called when all is written, before what is there is replaced.
 * @throws What the file system throws, with the file's path.
 */
export function writeWhole(
  path: string,
  text: string | Iterable<string>,
  staging: string,
  prefix = "",
  ready: () => void = () => {},
): void {
  try {
    const { file, staged } = openStaged(staging, prefix);
    let isMoved = false;
    try {
      for (const piece of typeof text === "string" ? [text] : text) {
        const bytes = new TextEncoder().encode(piece);
        for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
      }
      ready();
      move(staged, path);
      isMoved = true;
    } finally {
      file.close();
      if (!isMoved) removeQuietly(staged);
    }
  } catch (error) {
    throw fileError("write", path, error); // where it is staged says nothing to anybody
  }
}

function openStaged(
  staging: string,
  prefix: string,
): { readonly file: Deno.FsFile; readonly staged: string } {
  for (;;) {
    const staged = join(staging, `${prefix}${crypto.randomUUID()}.lock`);
    const file = createLocked(staged);
    if (file !== undefined) return { file, staged };
  }
}
