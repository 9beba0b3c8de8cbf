/**
 * Durations as people write them.
 *
 * @module
 */
import { quote } from "./names.ts";

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds, or text such as `"90s"`, `"1.5h"`, `"1d"`. */
export type Duration = number | string;

/**
 * A duration in milliseconds.
 *
 * @param what What it is, for messages: `"maxAge" of stage "fetch"`.
 * @param value Milliseconds, or a number with one of the units `ms`, `s`, `m`, `h`, `d` and `w`.
 * @returns Milliseconds, 0 or more; may be infinite.
 * @throws {TypeError} If it is neither.
 */
export function milliseconds(what: string, value: unknown): number {
  if (typeof value === "number" && value >= 0) return value;
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d|w)$/.exec(value) : null;
  if (match !== null) return Number(match[1]) * UNITS[match[2]!]!;
  throw new TypeError(
    `Cannot use ${what}: it is milliseconds from 0, or text such as "90s", "12h" or "1d", found ${
      quote(value)
    }`,
  );
}

/**
 * A duration in words.
 *
 * @param milliseconds How long.
 * @returns Such as `250 ms`, `1.5 s`, `2 h`.
 */
export function durationText(milliseconds: number): string {
  const unit = ["d", "h", "m", "s"].find((unit) => milliseconds >= UNITS[unit]!) ?? "ms";
  return `${Number((milliseconds / UNITS[unit]!).toPrecision(3))} ${unit === "m" ? "min" : unit}`;
}
