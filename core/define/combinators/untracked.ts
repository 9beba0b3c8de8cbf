/**
 * Artifacts that full stores leave out.
 *
 * @module
 */
import type { AnyCacher } from "../cacher.ts";
import { checkCacher } from "./check_cacher.ts";

/**
 * A cacher whose artifacts are cached as ever, and not copied into a full store.
 *
 * @param cacher Any cacher.
 * @returns The same cacher, untracked.
 * @throws {TypeError} If it is no cacher.
 *
 * @example
 * ```ts
 * import { untracked } from "@cairn/cairn";
 * import { bytesCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(untracked(bytesCacher()).placement, { tracked: false });
 * ```
 */
export function untracked<C extends AnyCacher>(cacher: C): C {
  checkCacher("untracked", cacher);
  return { ...cacher, placement: { ...cacher.placement, tracked: false } };
}
