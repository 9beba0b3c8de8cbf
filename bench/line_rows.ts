/**
 * The lines that streams are measured with: some 100 bytes each, no two alike.
 *
 * @module
 */

/** One row; its JSON is a line of some 100 bytes. */
export interface Row {
  readonly id: number;
  readonly when: string;
  readonly value: number;
  readonly label: string;
}

/**
 * Makes a row.
 *
 * @param i Which.
 * @returns The row.
 */
export function rowOf(i: number): Row {
  return {
    id: i,
    when: `2024-01-${10 + i % 20}T00:00:00Z`,
    value: (i * 7919 % 1_000_003) / 8,
    label: `row number ${i}, é`,
  };
}

/**
 * Makes a line of text.
 *
 * @param i Which.
 * @returns The line.
 */
export function rowText(i: number): string {
  return `${i} the quick brown fox jumps over the lazy dog ${
    i * 7919 % 1_000_003
  } and on it goes to the end of the line`;
}
