/**
 * What several processes print, so that no line is cut by another's.
 *
 * @module
 */
import { after } from "../../params/timer.ts";

/** Takes what one process prints. */
export interface LinePrinter {
  /** Takes bytes; those after the last line feed wait for the rest of their line. */
  readonly push: (bytes: Uint8Array) => void;
  /** Prints what waits. */
  readonly flush: () => void;
}

/** Milliseconds after which a line that does not end is printed all the same: somebody may look at it. */
const PATIENCE = 100;

const LINE_FEED = 10;

/**
 * Prints by whole lines.
 *
 * @param print Takes the bytes to print at once.
 * @returns Takes what a process prints.
 */
export function linePrinter(print: (bytes: Uint8Array) => void): LinePrinter {
  let open: Uint8Array[] = [];
  let cancel = () => {};
  const flush = () => {
    cancel();
    for (const bytes of open) print(bytes);
    open = [];
  };
  const push = (bytes: Uint8Array) => {
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      flush();
      print(bytes.subarray(0, end));
    }
    if (end === bytes.length) return;
    if (open.length === 0) cancel = after(PATIENCE, flush);
    open.push(bytes.slice(end));
  };
  return { push, flush };
}
