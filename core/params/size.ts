/**
 * Sizes as people write them.
 *
 * @module
 */
import { quote } from "./names.ts";

/** What a letter before `B` multiplies by: a power of this. */
const POWERS = ["", "k", "m", "g", "t", "p"];

/**
 * A size in bytes.
 *
 * @param what What it is, for messages: `--max-size`.
 * @param text A number with one of the units `B`, `kB`, `MB`, `GB`, `TB`, `PB`, which are powers of 1000, or `KiB`,
 * `MiB`, `GiB`, `TiB`, `PiB`, which are powers of 1024; upper or lower case. `10G` is `10GB`, a number alone is bytes.
 * @returns Whole bytes, 0 or more.
 * @throws {TypeError} If it is none of that.
 */
export function bytesOf(what: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?: (?=[a-z]))?([kmgtp]?)(i?)(b?)$/.exec(text.toLowerCase());
  const [, number, letter = "", binary] = match ?? [];
  // "5i" and "5iB" are no units; "5Gi" is one in other tools.
  if (number !== undefined && !(binary === "i" && letter === "")) {
    const bytes = Math.round(Number(number) * (binary === "i" ? 1024 : 1000) ** POWERS.indexOf(letter));
    if (Number.isFinite(bytes)) return bytes;
  }
  throw new TypeError(`Cannot use ${what} ${quote(text)}: it is a size such as 500MB, 10GB or 1.5GiB`);
}

/**
 * A size in words.
 *
 * @param bytes How many, 0 or more.
 * @returns Three digits and a unit, a power of 1000: `0 B`, `999 B`, `1.5 kB`, `12.3 GB`.
 */
export function sizeText(bytes: number): string {
  let power = 0;
  const digits = () => Number((bytes / 1000 ** power).toPrecision(3));
  while (digits() >= 1000 && power < POWERS.length - 1) power++; // rounding may reach the next unit
  const letter = POWERS[power]!;
  return `${digits()} ${letter === "k" ? "k" : letter.toUpperCase()}B`;
}
