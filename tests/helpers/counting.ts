/**
 * A cacher that counts: in place of mocks.
 *
 * @module
 */
import type { AnyCacher } from "../../core/define/cacher.ts";
import { ownCacher } from "../../core/define/own_save.ts";

/** How often a cacher was used. */
export interface Counts {
  save: number;
  load: number;
}

/**
 * Wraps a cacher so that it counts what is asked of it.
 *
 * @param cacher Any cacher.
 * @returns The same cacher, with `counts` that go up with each `save` and `load`. One that is Cairn's own stays so: what it
 * saves is not read back.
 */
export function counting<C extends AnyCacher>(cacher: C): C & { readonly counts: Counts } {
  const counts: Counts = { save: 0, load: 0 };
  const counted: C & { readonly counts: Counts } = {
    ...cacher,
    counts,
    save: (value, artifact) => {
      counts.save++;
      return cacher.save(value, artifact);
    },
    load: (artifact) => {
      counts.load++;
      return cacher.load(artifact);
    },
  };
  // It is seen through, as Cairn's own combinators are: counting makes it no cacher of the user's.
  return ownCacher(counted, cacher);
}
