/**
 * Artifacts in a folder of their own.
 *
 * @module
 */
import { checkSegment, isDeviceName, quote } from "../../params/names.ts";
import type { AnyCacher } from "../cacher.ts";
import { checkCacher, checkNotAtPath } from "./check_cacher.ts";

/**
 * A cacher whose artifacts lie in a folder below the cache, and below a full store.
 *
 * @param cacher Any cacher. Where it has a folder already, this one takes its place.
 * @param subdir The folder: names of letters, digits, `_` and `-`, with `/` between them.
 * @returns The same cacher, placed.
 * @throws {TypeError} If a name in it is not allowed, or the cacher is at an exact path.
 *
 * @example
 * ```ts
 * import { withSubdir } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const weights = withSubdir(jsonCacher<number[]>(), "models/large");
 * assertEquals(weights.placement, { subdir: "models/large" });
 * ```
 */
export function withSubdir<C extends AnyCacher>(cacher: C, subdir: string): C {
  checkCacher("withSubdir", cacher);
  if (typeof subdir !== "string") {
    throw new TypeError(`Cannot use ${quote(subdir)} as a subdir: it is text such as "models/large"`);
  }
  for (const segment of subdir.split("/")) {
    checkSegment(`folder in the subdir ${quote(subdir)}`, segment);
    if (!isDeviceName(segment)) continue;
    throw new TypeError(`Cannot use ${quote(subdir)} as a subdir: ${quote(segment)} is a device on Windows`);
  }
  checkNotAtPath(`withSubdir(..., ${quote(subdir)})`, cacher);
  return { ...cacher, placement: { ...cacher.placement, subdir } };
}
