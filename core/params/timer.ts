/**
 * Timers that may be as long as they like, and work that may not.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { durationText } from "./duration.ts";

/** Milliseconds by which a timer is late from which on something must have kept the process busy. */
export const BUSY = 50;

/** The longest that a timer can be: one of more fires at once. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds after which what waits for its turn gets one: Ctrl-C, a timer, the network. */
const TURN = 50;

/**
 * Lets others have a turn now and then: work that awaits nothing but what is there already never would.
 *
 * @returns To be awaited before each piece of work: a promise where it is time for a turn, and else undefined.
 */
export function makeTurns(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < TURN) return undefined;
    last = now;
    // After the second of these, timers and what comes from outside have had theirs; a timer would wait a millisecond.
    return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  };
}

/**
 * Does something later, unless it is cancelled.
 *
 * @param milliseconds How much later.
 * @param work What to do.
 * @returns Cancels it.
 */
export function after(milliseconds: number, work: () => void): () => void {
  let rest = milliseconds;
  let timer: ReturnType<typeof setTimeout>;
  const next = () => {
    const part = Math.min(rest, LONGEST);
    rest -= part;
    timer = setTimeout(rest > 0 ? next : work, part);
  };
  next();
  return () => clearTimeout(timer);
}

/**
 * Waits for something no longer than it may take. What is given up goes on by itself; nobody waits for it.
 *
 * @param limit Milliseconds; undefined where it may take as long as it does.
 * @param what What takes so long, as the beginning of a sentence.
 * @param work Gives what is waited for.
 * @returns What it came to.
 * @throws {Error} If it takes longer, or what the work throws.
 */
export async function within<T>(
  limit: number | undefined,
  what: string,
  work: () => T | Promise<T>,
): Promise<T> {
  if (limit === undefined) return await work();
  const { promise, reject } = Promise.withResolvers<never>();
  let cancel = () => {};
  const wait = () => {
    const due = performance.now() + limit;
    cancel = after(limit, () => {
      // Where something else kept the process busy, the work had no turn either: it gets its time.
      if (performance.now() - due > BUSY) return wait();
      reject(new Error(`${what} took longer than its "timeout" of ${durationText(limit)}`));
    });
  };
  wait();
  try {
    return await Promise.race([work(), promise]);
  } finally {
    cancel();
  }
}
