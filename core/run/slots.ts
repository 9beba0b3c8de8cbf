/**
 * Slots: how many tasks may run at a time, and which comes next.
 *
 * @module
 */

/** Hands out slots. */
export interface Slots {
  /**
   * Waits for a slot.
   *
   * @param priority Who comes first: the lowest number.
   * @param group What a limit of its own holds for.
   * @param limit How many of the group at a time; as many as there are slots where it is undefined.
   * @returns Gives the slot back.
   */
  acquire(priority: number, group: string, limit: number | undefined): Promise<() => void>;
}

interface Waiting {
  readonly priority: number;
  readonly group: string;
  readonly limit: number;
  readonly start: () => void;
}

/**
 * Makes slots.
 *
 * The lowest priority that may start always starts first, so that one record is done before the next begins and no
 * more values than necessary are in memory.
 *
 * @param count How many may be taken at a time.
 * @returns The slots.
 */
export function makeSlots(count: number): Slots {
  const waiting: Waiting[] = [];
  const running = new Map<string, number>();
  let free = count;
  const start = () => {
    for (let i = 0; free > 0 && i < waiting.length;) {
      const { group, limit, start } = waiting[i]!;
      const active = running.get(group) ?? 0;
      if (active >= limit) {
        i++;
        continue;
      }
      waiting.splice(i, 1);
      free--;
      running.set(group, active + 1);
      start();
    }
  };
  return {
    acquire: (priority, group, limit = Infinity) =>
      new Promise((resolve) => {
        const release = () => {
          free++;
          running.set(group, running.get(group)! - 1);
          start();
        };
        const entry = { priority, group, limit, start: () => resolve(release) };
        waiting.splice(placeOf(waiting, priority), 0, entry);
        start();
      }),
  };
}

/** Where an entry belongs among sorted ones; mostly that is the end. */
function placeOf(waiting: readonly Waiting[], priority: number): number {
  let low = 0;
  let high = waiting.length;
  if (high === 0 || waiting[high - 1]!.priority <= priority) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (waiting[middle]!.priority <= priority) low = middle + 1;
    else high = middle;
  }
  return low;
}
