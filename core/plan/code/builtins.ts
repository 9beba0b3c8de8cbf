/**
 * What the language's own functions do to what they are given.
 *
 * @module
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Methods that give something new, which holds what their object held. */
const FRESH = words(`
  map filter slice concat flat flatMap toSorted toReversed toSpliced with entries keys values split matchAll
  union intersection difference symmetricDifference toArray take drop subarray`);

/** Methods that change nothing. */
const HARMLESS = words(`
  forEach some every includes indexOf lastIndexOf findIndex findLastIndex find findLast join at get has reduce
  reduceRight toString toLocaleString valueOf toJSON toFixed toPrecision trim trimStart trimEnd replace replaceAll match
  test exec padStart padEnd repeat startsWith endsWith charAt charCodeAt codePointAt substring substr toUpperCase
  toLowerCase normalize localeCompare search isWellFormed getTime getFullYear getMonth getDate getDay getHours
  getMinutes getSeconds toISOString hasOwnProperty propertyIsEnumerable isPrototypeOf isSubsetOf isSupersetOf
  isDisjointFrom then catch finally bind`);

/** Methods of the language's own collections that keep what they are given as it is. */
const KEEPING = words(
  "push unshift set add append splice fill delete clear pop shift sort reverse copyWithin",
);

/** Functions that change their first argument. */
const CHANGING = words(`
  Object.assign Object.freeze Object.seal Object.preventExtensions Object.defineProperty Object.defineProperties Object.setPrototypeOf Reflect.set Reflect.defineProperty
  Reflect.deleteProperty Reflect.setPrototypeOf Atomics.store Atomics.add crypto.getRandomValues`);

/** Functions that change what everyone sees. */
const GLOBAL = words("Deno.env.set Deno.env.delete Deno.chdir process.chdir");

/** Functions that give back their first argument. */
const RETURNING = words(
  "Object.assign Object.freeze Object.seal Object.preventExtensions Object.setPrototypeOf",
);

/** Packages whose functions make new values of what they are given. */
const BUILDERS = words(
  "npm:valibot npm:zod npm:arktype npm:@sinclair/typebox npm:typebox npm:superstruct npm:yup npm:effect npm:io-ts " +
    "jsr:@valibot/valibot jsr:@zod/zod",
);

/**
 * What a method does to its object.
 *
 * @param method Its name.
 * @returns `fresh` and `harmless` change nothing; `keeping` changes the object alone; `unknown` may do anything.
 */
export function methodSort(method: string): "fresh" | "harmless" | "keeping" | "unknown" {
  if (FRESH.has(method)) return "fresh";
  if (HARMLESS.has(method)) return "harmless";
  return KEEPING.has(method) ? "keeping" : "unknown";
}

/** Methods that are worth a call for what they do with the functions that they are given. */
const CALLING = words(
  "forEach some every map flatMap reduce reduceRight find findLast filter then catch finally",
);

/**
 * Whether a method may be called for nothing but what its callbacks do.
 *
 * @param method Its name.
 * @returns Whether it may; else a call whose value nobody uses must change something.
 */
export function callsBack(method: string): boolean {
  return CALLING.has(method);
}

/**
 * What a global function does.
 *
 * @param name `Object.assign`.
 * @returns Whether it changes its first argument, what everyone sees, or nothing.
 */
export function globalSort(name: string): "changes" | "everyone" | "nothing" {
  if (CHANGING.has(name)) return "changes";
  return GLOBAL.has(name) ? "everyone" : "nothing";
}

/**
 * Whether a global function gives back its first argument.
 *
 * @param name `Object.freeze`.
 * @returns Whether it does.
 */
export function returnsArgument(name: string): boolean {
  return RETURNING.has(name);
}

/**
 * Whether a package makes new values of what its functions are given: schemas, for one.
 *
 * @param name `npm:valibot`.
 * @returns Whether it is known to.
 */
export function isBuilder(name: string): boolean {
  return BUILDERS.has(name) || /^jsr:@std\//.test(name);
}
