/**
 * Having the engine collect garbage where large values were let go of.
 *
 * @module
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8"; // it takes a tenth of what Deno.memoryUsage does
import { runInNewContext } from "node:vm";

/** How much may lie outside of the heap that was not there after the last collection, in bytes. */
const MOST = 32 * 1024 ** 2;

/** A stage that took no longer than this had nothing large in hand: milliseconds. */
const BRIEF = 5;

/**
 * Sees to it that what large stages let go of does not pile up.
 *
 * The content of an array lies outside of the heap, and V8, which goes by the heap, leaves several that nothing holds
 * any more: of 50 MB each that is more than all else. A collection takes some milliseconds, and with a large heap longer,
 * so the larger that is, the more must have piled up.
 *
 * @returns To be called after each stage, with how long it took in milliseconds.
 */
export function makeCollector(): (spent: number) => void {
  let collect: (() => void) | undefined;
  let before = 0;
  return (spent) => {
    if (spent < BRIEF) return;
    const { external_memory: external, used_heap_size: heapUsed } = getHeapStatistics();
    before = Math.min(before, external); // V8 may have collected by itself
    if (external - before < Math.max(MOST, heapUsed / 2)) return;
    collect ??= exposedCollector();
    collect();
    before = getHeapStatistics().external_memory;
  };
}

/** The flag holds for contexts that are made while it is set: nobody else finds a `gc` that was not there before. */
function exposedCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  return collect;
}
