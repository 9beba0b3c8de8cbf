/**
 * Artifacts that experiments share.
 *
 * @module
 */
import { checkSegment, quote } from "../../params/names.ts";
import type { AnyCacher } from "../cacher.ts";
import { checkCacher, checkNotAtPath } from "./check_cacher.ts";

/**
 * A cacher whose file names start with this in place of the experiment's name, so that experiments share them.
 *
 * @param cacher Any cacher. Where it has a prefix already, this one takes its place.
 * @param prefix Letters, digits, `_` and `-`.
 * @returns The same cacher, placed.
 * @throws {TypeError} If the prefix is not allowed, or the cacher is at an exact path.
 *
 * @example
 * ```ts
 * import { withPrefix } from "@cairn/cairn";
 * import { csvCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const raw = withPrefix(csvCacher<{ id: number }>(), "shared");
 * assertEquals(raw.placement, { prefix: "shared" });
 * ```
 */
export function withPrefix<C extends AnyCacher>(cacher: C, prefix: string): C {
  checkCacher("withPrefix", cacher);
  checkSegment("prefix", prefix);
  checkNotAtPath(`withPrefix(..., ${quote(prefix)})`, cacher);
  return { ...cacher, placement: { ...cacher.placement, prefix } };
}
