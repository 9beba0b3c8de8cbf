/**
 * Whose cacher it is: the code of a `save` that is not Cairn's own is part of the key, and what it saves is read back
 * before it is kept.
 *
 * @module
 */

// deno-lint-ignore no-explicit-any -- a function of a cacher of any type
type CacherFunction = (...args: any[]) => unknown;

/** What counts of a cacher here. */
interface Functions {
  readonly save: CacherFunction;
  readonly load: CacherFunction;
}

/** Cairn's own functions, each with the one that it wraps, if it wraps one. */
const own = new WeakMap<CacherFunction, CacherFunction | undefined>();

/**
 * Marks a cacher as Cairn's own. It is the functions that are marked: whoever spreads the cacher and brings another
 * `save` or `load` has a cacher of their own.
 *
 * @param cacher The cacher.
 * @param wrapped The cacher that it calls, where it is a combinator.
 * @returns The cacher.
 */
export function ownCacher<C extends Functions>(cacher: C, wrapped?: Functions): C {
  own.set(cacher.save, wrapped?.save);
  own.set(cacher.load, wrapped?.load);
  return cacher;
}

/**
 * The function of the user's that saves, seen through what Cairn wraps round it.
 *
 * @param save A cacher's `save`.
 * @returns The user's; undefined where all of it is Cairn's.
 */
export function customSave(save: CacherFunction): CacherFunction | undefined {
  let inner: CacherFunction | undefined = save;
  while (inner !== undefined && own.has(inner)) inner = own.get(inner);
  return inner;
}

/**
 * Whether a cacher is Cairn's own, seen through what Cairn wraps round it.
 *
 * @param cacher The cacher.
 * @returns Whether neither its `save` nor its `load` is the user's.
 */
export function isOwnCacher({ save, load }: Functions): boolean {
  return customSave(save) === undefined && customSave(load) === undefined;
}
