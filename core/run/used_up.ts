/**
 * Streams that stages return: no later stage may get one that was used up, and none goes on when its stage is to stop.
 *
 * @module
 */
import type { StageDescription } from "../define/stage.ts";
import type { AggregateDescription } from "../define/aggregate.ts";
import type { AnyCacher } from "../define/cacher.ts";
import { type AnyOutput, isTransient } from "../define/output.ts";
import { isOneTime } from "../params/iterables.ts";
import { quote } from "../params/names.ts";

/**
 * Whether later stages may get what a stage returned. What is loaded is what counts where it may differ or was used up by
 * saving it, and what is lazy is not kept.
 *
 * @param cacher The output's cacher.
 * @returns Whether the value stays in memory.
 */
export function isKept({ lazy, paths, lossy, streams }: AnyCacher): boolean {
  return lazy === undefined && paths === undefined && !lossy && !streams;
}

/**
 * Refuses what can be gone through but once where it would be handed on as it is: to several stages, to one that is tried
 * again, or after it was saved.
 *
 * @param description The stage.
 * @param cachers The cacher of each output that has one in this run.
 * @param produced What the stage returned.
 * @throws {TypeError} If there is such a value.
 */
export function refuseOneTime(
  { kind, name, outputs }: StageDescription | AggregateDescription,
  cachers: ReadonlyMap<string, AnyCacher>,
  produced: Readonly<Record<string, unknown>>,
): void {
  for (const [output, value] of Object.entries(produced)) {
    const cacher = cachers.get(output);
    if (!isOneTime(value) || cacher !== undefined && !isKept(cacher)) continue;
    const advice = isTransient(outputs[output] as AnyOutput)
      ? "give it a cacher of streams, such as jsonLinesCacher(), or return an object whose [Symbol.asyncIterator]() " +
        "begins anew each time"
      : 'use a cacher of streams, such as jsonLinesCacher(), or say "streams: true" in a cacher of your own';
    throw new TypeError(
      `Cannot hand on output ${quote(output)} of ${kind} ${
        quote(name)
      }: it is a stream that can be gone through ` +
        `once, and later stages may do so several times; ${advice}`,
    );
  }
}

/**
 * A stream that ends when its stage is to stop: what makes its items may not heed the signal, and goes on without end.
 *
 * @param value What a stage returned for an output with a cacher of streams.
 * @param signal Fires when the stage should stop.
 * @returns The stream, which throws the signal's reason then, once what makes its items was told to end; what is no async
 * iterable as it is.
 */
export function endedBy(value: unknown, signal: AbortSignal): unknown {
  const { [Symbol.asyncIterator]: iterate } = Object(value) as Partial<AsyncIterable<unknown>>;
  if (typeof iterate !== "function") return value;
  return {
    [Symbol.asyncIterator]: (): AsyncIterator<unknown> => {
      const items = iterate.call(value);
      const end = async (): Promise<never> => {
        await items.return?.();
        throw signal.reason;
      };
      return {
        next: () => signal.aborted ? end() : items.next(),
        return: async (value) => await items.return?.(value) ?? { value, done: true },
      };
    },
  };
}
