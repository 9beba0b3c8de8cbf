/**
 * What may befall a file on disk.
 *
 * @module
 */
import { dirname, join } from "@std/path";

/** One way to damage a file. */
export interface Damage {
  readonly name: string;
  /** Does it. */
  readonly to: (path: string) => void;
}

/**
 * All damages. What lies outside of the workspace is put into a folder of its own, which nothing may change.
 *
 * @param outside That folder.
 * @returns The damages.
 */
export function damages(outside: string): readonly Damage[] {
  const linkTo = (target: string) => (path: string) => {
    Deno.removeSync(path);
    Deno.symlinkSync(target, path);
  };
  return [
    { name: "flip at the start", to: (path) => flip(path, 0) },
    { name: "flip in the middle", to: (path) => flip(path, 0.5) },
    { name: "flip at the end", to: (path) => flip(path, 1) },
    { name: "cut", to: (path) => Deno.truncateSync(path, Math.floor(Deno.statSync(path).size / 2)) },
    { name: "empty", to: (path) => Deno.truncateSync(path, 0) },
    { name: "delete", to: (path) => Deno.removeSync(path) },
    {
      name: "folder",
      to: (path) => {
        Deno.removeSync(path);
        Deno.mkdirSync(join(path, "within"), { recursive: true });
        Deno.writeTextFileSync(join(path, "within", "file.txt"), "a folder");
      },
    },
    {
      name: "link to a copy",
      to: (path) => {
        const copy = join(outside, "copy");
        Deno.mkdirSync(dirname(copy), { recursive: true });
        Deno.copyFileSync(path, copy);
        linkTo(copy)(path);
      },
    },
    { name: "link to nothing", to: linkTo("/dev/null") },
    { name: "broken link", to: linkTo(join(outside, "not there")) },
    { name: "binary", to: (path) => Deno.writeFileSync(path, new Uint8Array([0, 255, 254, 10, 128, 123])) },
  ];
}

/** Changes one byte of a file, its size and its time of change kept; an empty file stays as it is. */
function flip(path: string, where: number): void {
  const { mtime, atime } = Deno.statSync(path);
  const bytes = Deno.readFileSync(path);
  if (bytes.length === 0) return;
  const at = Math.min(bytes.length - 1, Math.floor(bytes.length * where));
  bytes[at] = bytes[at]! ^ 1;
  Deno.writeFileSync(path, bytes);
  Deno.utimeSync(path, atime ?? mtime!, mtime!);
}
