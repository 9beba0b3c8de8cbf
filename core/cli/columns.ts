/**
 * Tables in the terminal, or in a pipe.
 *
 * @module
 */
import { oneLine, printable } from "../params/names.ts";

/**
 * Rows as lines whose columns stand below each other.
 *
 * @param rows The rows, all of one length.
 * @param right The columns that are numbers, counted from 0: they end below each other.
 * @returns One line a row.
 */
export function columns(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const safe = rows.map((row) => row.map((cell) => printable(oneLine(cell)))); // what is escaped takes more room
  const widths = (safe[0] ?? []).map((_, i) =>
    safe.reduce((width, row) => Math.max(width, row[i]!.length), 0)
  );
  return safe.map((row) =>
    row.map((cell, i) => right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)).join("  ")
      .trimEnd()
  );
}

/**
 * A number of things in words.
 *
 * @param count How many.
 * @param one What one is called; several have an s.
 * @returns `1 artifact`, `2 artifacts`.
 */
export function countText(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
