/**
 * Whose `save` it is: the code of one that is not Cairn's own is part of the key.
 *
 * @module
 */

// deno-lint-ignore no-explicit-any -- the save of a cacher of any type
type Save = (value: any, artifact: any) => unknown;

/** Cairn's own functions, each with the one that it wraps, if it wraps one. */
const own = new WeakMap<Save, Save | undefined>();

/**
 * Marks a cacher as Cairn's own. It is the function that is marked: whoever spreads the cacher and brings another `save`
 * has a cacher of their own.
 *
 * @param cacher The cacher.
 * @param wrapped The `save` that its own one calls, where it is a combinator.
 * @returns The cacher.
 */
export function ownCacher<C extends { readonly save: Save }>(cacher: C, wrapped?: Save): C {
  own.set(cacher.save, wrapped);
  return cacher;
}

/**
 * The function of the user's that saves, seen through what Cairn wraps round it.
 *
 * @param save A cacher's `save`.
 * @returns The user's; undefined where all of it is Cairn's.
 */
export function customSave(save: Save): Save | undefined {
  let inner: Save | undefined = save;
  while (inner !== undefined && own.has(inner)) inner = own.get(inner);
  return inner;
}
