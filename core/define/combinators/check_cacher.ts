/**
 * What every combinator asks of its argument.
 *
 * @module
 */
import { quote } from "../../params/names.ts";
import { sortOf } from "../../params/paths.ts";
import type { AnyCacher } from "../cacher.ts";

/**
 * Refuses what is no cacher, such as `transient()`: it has no file to place, compress or check.
 *
 * @param combinator The combinator's name, for messages.
 * @param cacher What it was given.
 * @throws {TypeError} If that has no `save` and `load`.
 */
export function checkCacher(combinator: string, cacher: unknown): asserts cacher is AnyCacher {
  const { save, load, extension, transient } = (cacher ?? {}) as Record<string, unknown>;
  if (typeof save === "function" && typeof load === "function" && typeof extension === "string") return;
  const found = transient === true ? "transient(), which has no file" : sortOf(cacher);
  throw new TypeError(`Cannot use ${combinator} on ${found}: it takes a cacher, such as jsonCacher()`);
}

/**
 * Refuses to place a cacher that lies at an exact path already.
 *
 * @param combinator The combinator's name, for messages.
 * @param cacher Its argument.
 * @throws {TypeError} If `atPath` was there first.
 */
export function checkNotAtPath(combinator: string, cacher: AnyCacher): void {
  const path = cacher.placement?.path;
  if (path === undefined) return;
  throw new TypeError(
    `Cannot use ${combinator} on a cacher at the exact path ${
      quote(path)
    }: atPath alone says where it lies; ` +
      "drop one of the two",
  );
}
