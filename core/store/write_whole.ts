/**
 * Small files that are there whole or not at all.
 *
 * @module
 */
import { join } from "@std/path";
import { fileError } from "./disk_error.ts";
import { move } from "./move.ts";
import { openStaging } from "./staging.ts";

/**
 * Writes a file whole or not at all. What a process leaves that is killed meanwhile, a later one clears.
 *
 * @param path The file; what is there is replaced.
 * @param text What to write.
 * @param staging The folder to make a staging folder in, on the same file system.
 * @param prefix What the names of staging folders begin with there.
 * @param ready Called when all is written, before what is there is replaced.
 * @throws What the file system throws, with the file's path.
 */
export function writeWhole(
  path: string,
  text: string,
  staging: string,
  prefix = "",
  ready: () => void = () => {},
): void {
  const { dir, close } = openStaging(staging, prefix);
  try {
    const staged = join(dir, "whole");
    Deno.writeTextFileSync(staged, text);
    ready();
    move(staged, path);
  } catch (error) {
    throw fileError("write", path, error); // where it is staged says nothing to anybody
  } finally {
    close();
  }
}
