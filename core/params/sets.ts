/**
 * Parameter sets: checked, named, told apart and hashed.
 *
 * @module
 */
import { canonicalDigest, type Digest, ownDigest } from "./canonical.ts";
import { copyOf } from "./copy.ts";
import { REPRESENTED } from "./describe.ts";
import { checkLabel, quote } from "./names.ts";
import { oddProperty } from "./own_keys.ts";
import { isPlainObject, sortOf } from "./paths.ts";

/** The parameters of one record, without its name. */
export type Params = Readonly<Record<string, unknown>>;

/**
 * How some parameters enter a hash: `"ignore"` leaves one out of every key, a function gives what stands for it.
 *
 * What stands for a value is tagged, so that it never equals a plain value.
 */
// deno-lint-ignore no-explicit-any -- each function knows the type of its own parameter
export type HashOptions = { readonly [name: string]: "ignore" | ((value: any) => unknown) };

/** A parameter set with its name and its hash. */
export interface ParameterSet {
  /** What people call it: printable text. */
  readonly name: string;
  /** The parameters, without `name`. */
  readonly params: Params;
  /** SHA-256 of the parameters, 64 hexadecimal digits: what the registry files it under. */
  readonly hash: Digest;
}

/**
 * Checks parameter sets, names those without a name, and hashes each.
 *
 * @param raw The sets as the user gave them: plain objects, `name` optional.
 * @param options `hash` changes how a parameter is represented; `alike: "merge"` keeps the first of equal sets
 * where the default is an error; `what` begins each message.
 * @returns One set each, in order.
 * @throws {TypeError} If a set is no plain object, holds what can't be hashed (named by its path), bears a name
 * that is not printable text, or two sets have one name or are alike in all else.
 */
export function parameterSets(
  raw: readonly unknown[],
  options: { readonly hash?: HashOptions; readonly alike?: "refuse" | "merge"; readonly what?: string } = {},
): readonly ParameterSet[] {
  const { hash = {}, alike = "refuse", what = "parameter set" } = options;
  const given = raw.map((set, i) => separateName(set, `${what} ${i + 1}`));
  checkRepresentations(hash, given.map(({ params }) => params));
  const identified = given.map((set) => {
    const hashed = paramsHash(set.params, hash);
    return { ...set, hashed, identity: identityOf(set.params, hashed, hash) };
  });
  const first = new Map(identified.toReversed().map((set) => [set.identity, set]));
  // Before the names are derived: a set that is left out must not change what tells the others apart.
  const named = alike === "merge" ? identified.filter((set) => first.get(set.identity) === set) : identified;
  const labels = deriveNames(named);
  const nameOf = (set: typeof named[number]) => labels[named.indexOf(set)]!;
  const byName = new Set<string>();
  const sets: ParameterSet[] = [];
  for (const [i, set] of named.entries()) {
    const name = labels[i]!;
    const twin = first.get(set.identity)!;
    if (twin !== set) {
      throw new TypeError(
        `Cannot use two parameter sets that are alike: ${quote(nameOf(twin))} and ${
          quote(name)
        } differ in nothing ` +
          "but their names; leave one out",
      );
    }
    if (byName.has(name)) {
      throw new TypeError(
        `Cannot use two parameter sets of one name: ${quote(name)}; give each a name of its own`,
      );
    }
    byName.add(name);
    sets.push({ name, params: copyOf(set.params), hash: set.hashed });
  }
  return sets;
}

/** Of parameters none of which is represented: nearly always. */
const NONE = ownDigest({});

/** Of no parameters at all: most stages of many experiments list none. */
const EMPTY = ownDigest([NONE, NONE]);

/**
 * The SHA-256 of a record's parameters, or of those that a stage lists.
 *
 * @param params The parameters.
 * @param hash How some of them are represented.
 * @param only The names that count; all of them where it is left out.
 * @returns 64 hexadecimal digits.
 * @throws {TypeError} If a value can't be hashed; the message names its path, as in `params.model.weights`.
 */
export function paramsHash(params: Params, hash: HashOptions = {}, only?: readonly string[]): Digest {
  if (only?.length === 0) return EMPTY;
  const plain: Record<string, unknown> = Object.create(null);
  const represented: Record<string, unknown> = Object.create(null);
  for (const name of only ?? Object.keys(params)) {
    if (!Object.hasOwn(params, name)) continue;
    const how = Object.hasOwn(hash, name) ? hash[name] : undefined;
    if (how === undefined) plain[name] = params[name];
    else if (how !== "ignore") represented[name] = how(params[name]);
  }
  const plainHash = canonicalDigest(plain, "params");
  // Hashed apart, so that what stands for a value never equals a plain one.
  const representedHash = Object.keys(represented).length === 0
    ? NONE
    : canonicalDigest(represented, "the hash representation of params");
  return ownDigest([plainHash, representedHash]);
}

/**
 * Parameters as they enter a hash: without those that are ignored, and with what stands for the others.
 *
 * @param params The parameters.
 * @param hash How some of them are represented.
 * @returns An object, the same where nothing is represented; what stands for a value is the only entry of an object, for {@linkcode describe}.
 */
export function hashedParams(params: Params, hash: HashOptions): Params {
  if (Object.keys(hash).length === 0) return params;
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => {
      const how = Object.hasOwn(hash, name) ? hash[name] : undefined;
      if (how === "ignore") return [];
      return [[name, how === undefined ? value : { [REPRESENTED]: how(value) }]];
    }),
  );
}

function separateName(set: unknown, what: string): { name: string | undefined; params: Params } {
  if (!isPlainObject(set)) {
    throw new TypeError(`Cannot use ${what}: a parameter set is a plain object, found ${sortOf(set)}`);
  }
  const odd = oddProperty(set);
  if (odd !== undefined && odd.sort !== "getter") {
    throw new TypeError(
      `Cannot use ${what}: its property ${String(odd.key)} is ${
        odd.sort === "symbol" ? "a symbol" : "hidden"
      }, so no key would hold it; give it a name that is text`,
    );
  }
  const { name, ...params } = set;
  if (name !== undefined) checkLabel("parameter set", name);
  return { name: name as string | undefined, params };
}

function checkRepresentations(hash: HashOptions, sets: readonly Params[]): void {
  for (const [name, how] of Object.entries(hash)) {
    if (how !== "ignore" && typeof how !== "function") {
      throw new TypeError(
        `Cannot hash the parameter ${quote(name)}: "hash" takes "ignore" or a function, found ${sortOf(how)}`,
      );
    }
    if (sets.length > 0 && !sets.some((params) => Object.hasOwn(params, name))) {
      throw new TypeError(`Cannot hash the parameter ${quote(name)}: no parameter set has it`);
    }
  }
}

/** Two sets are alike when nothing but their names differs, a parameter that no key holds included. */
function identityOf(params: Params, hashed: Digest, hash: HashOptions): Digest {
  if (Object.keys(hash).length === 0) return hashed;
  const ignored: Record<string, Digest> = Object.create(null);
  for (const [name, how] of Object.entries(hash)) {
    if (how !== "ignore" || !Object.hasOwn(params, name)) continue;
    try {
      ignored[name] = canonicalDigest(params[name]);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      ignored[name] = "cannot be hashed"; // which is why it is ignored
    }
  }
  return ownDigest([hashed, ignored]);
}

/** Names for the sets without one, made from the parameters that differ: `k=5,seed=1`. */
function deriveNames(sets: readonly { name: string | undefined; params: Params }[]): string[] {
  if (sets.every(({ name }) => name !== undefined)) return sets.map(({ name }) => name!);
  const names = new Set(sets.flatMap(({ params }) => Object.keys(params)));
  const differing = new Set(
    [...names].filter((name) => {
      const texts = sets.map(({ params }) => Object.hasOwn(params, name) ? labelOf(params[name], true) : "");
      return new Set(texts).size > 1;
    }),
  );
  const label = (params: Params, exact: boolean) =>
    Object.keys(params).filter((name) => differing.has(name))
      .map((name) => `${labelOf(name, false)}=${labelOf(params[name], exact)}`).join(",") || "default";
  const short = sets.map(({ name, params }) => name ?? label(params, false));
  if (new Set(short).size === short.length) return short;
  return sets.map(({ name, params }) => name ?? label(params, true)); // tells "1" from 1
}

/** A value in a name: as it is where that is short and printable, else the first digits of its digest. */
function labelOf(value: unknown, exact: boolean): string {
  const text = typeof value === "string" && !exact ? value : textOf(value);
  if (text !== undefined && text.length <= 40 && /^[\P{C}]*$/u.test(text) && !text.includes(",")) return text;
  try {
    return canonicalDigest(value).slice(0, 8);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return typeof value; // paramsHash says what is wrong with it, and where
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return undefined;
  return Object.is(value, -0) ? "-0" : String(value);
}
