/**
 * A short sum over a line of text, for files that are appended to: a line that was changed does not go unseen.
 *
 * @module
 */

/** How many digits a sum has. */
export const SUM_LENGTH = 8;

/**
 * The sum of a text: FNV-1a, a hundred times as quick as a digest. Of two texts of one length that differ in one place,
 * it never gives the same.
 *
 * @param text The text.
 * @returns 8 hexadecimal digits.
 */
export function lineSum(text: string): string {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return (sum >>> 0).toString(16).padStart(SUM_LENGTH, "0");
}
