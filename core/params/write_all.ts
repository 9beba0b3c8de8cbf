/**
 * Writing to a standard stream.
 *
 * @module
 */

/**
 * Writes text or bytes as they are, all of them.
 *
 * @param to Where.
 * @param content What to write.
 */
export function writeAll(
  to: { writeSync(bytes: Uint8Array): number },
  content: string | Uint8Array,
): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let written = 0; written < bytes.length;) {
    try {
      written += to.writeSync(bytes.subarray(written));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return; // whoever read it has gone: `| head`
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
  }
}
