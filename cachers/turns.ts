/**
 * Turns for the rest of the process, in long work that never waits for anything.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/** Milliseconds of work after which others get a turn. */
const TURN = 20;

/** When others should get a turn, and giving them one. */
export interface Turns {
  /** Whether the last turn of theirs was long enough ago. */
  readonly areDue: () => boolean;
  /** Lets all that waits run: timers and signals too, which awaiting a promise that is settled does not. */
  readonly give: () => Promise<void>;
}

/**
 * Begins long work.
 *
 * @returns The turns that others get meanwhile.
 */
export function takeTurns(): Turns {
  let last = performance.now();
  return {
    areDue: () => performance.now() - last >= TURN,
    // A timer of no milliseconds takes some.
    give: () =>
      new Promise((resolve) =>
        setImmediate(() => {
          last = performance.now();
          resolve();
        })
      ),
  };
}
