/**
 * What differs between two recipes: the answer to "why does this stage run".
 *
 * @module
 */
import type { JsonValue } from "../params/describe.ts";
import { below, isPlainObject } from "../params/paths.ts";
import { codeDigest, isEqualJson, pairParts, type PartPair } from "./recipe_pairs.ts";
import { type JsonObject, objectOf, type PartKind, partsOf } from "./recipe_parts.ts";

/** How a part differs, and what it was and is where that is of use. */
export interface Difference {
  readonly how: "changed" | "added" | "removed";
  readonly was?: JsonValue;
  readonly is?: JsonValue;
}

/** One thing that differs between two recipes; `what` tells which. */
export type Change =
  & Difference
  & (
    | {
      /** A package has its version; a variable the digest of its value, null where it is not set. */
      readonly what: "parameter" | "capture" | "package" | "file" | "env" | "output" | "other";
      /** For a value within a parameter its path: `model.depth`. */
      readonly name: string;
    }
    | { readonly what: "declaration"; readonly file: string; readonly name: string }
    | {
      readonly what: "input";
      readonly name: string;
      /** The stage that produces it; null for a value that the record started with. */
      readonly stage: string | null;
      /** Whether its content differs; unknown while its stage has yet to run. */
      readonly content: "same" | "changed" | "unknown";
    }
    | {
      /** A record of an aggregate. */
      readonly what: "record";
      readonly name: string;
      readonly changes: readonly Change[];
    }
    | {
      /** Code where no declaration tells; the records' order; records that were left out; the format. */
      readonly what: "code" | "order" | "partial" | "format";
    }
  );

/**
 * What differs between two recipes.
 *
 * @param earlier What the metadata of an artifact calls `recipe`.
 * @param now Another.
 * @returns The differences, an empty list where there are none; odd JSON counts as not there.
 */
export function changesBetween(earlier: JsonValue, now: JsonValue): readonly Change[] {
  const [was, is] = [objectOf(earlier), objectOf(now)];
  const skipped = untoldOfCode(objectOf(was.code), objectOf(is.code));
  const pairs = pairParts(earlier, now).filter(({ what, same }) => !same && !skipped.has(what));
  const isTold = pairs.some(({ what }) => what === "declaration" || what === "package");
  const changes = pairs.filter(({ what }) => !(what === "code" && isTold)).flatMap(changesOfPair);
  return [...withoutRenamed(changes), ...orderChange(was.states, is.states)];
}

/** What of the code need not be told: all where its digest is the same, details where one side has none. */
function untoldOfCode(was: JsonObject, is: JsonObject): ReadonlySet<PartKind> {
  const digest = codeDigest(was);
  if (digest !== undefined && digest === codeDigest(is)) return new Set(["code", "declaration", "package"]);
  const isBare = (code: JsonObject) => Object.keys(objectOf(code.declarations)).length === 0;
  return new Set(was.by !== is.by && (isBare(was) || isBare(is)) ? ["declaration", "package"] : []);
}

/**
 * What differs between the two sides of a part.
 *
 * @param pair The part, which is not the same in both.
 * @returns The differences: within a parameter there may be several.
 */
export function changesOfPair({ what, name, file = "", was, is }: PartPair): readonly Change[] {
  const difference = differenceOf(was, is);
  switch (what) {
    case "parameter":
    case "capture":
      return leaves(name, difference).map((leaf) => ({ what, ...leaf }));
    case "declaration":
      return [{ what, file, name, ...difference }];
    case "input":
      return [{ what, name, ...inputFacts(objectOf(was), objectOf(is)), ...difference }];
    case "record": {
      const isThere = was !== undefined && is !== undefined;
      return [{ what, name, how: difference.how, changes: isThere ? changesBetween(was, is) : [] }];
    }
    case "code":
    case "partial":
    case "format":
      return [{ what, ...difference }];
    default:
      return [{ what, name, ...difference }];
  }
}

function differenceOf(was: JsonValue | undefined, is: JsonValue | undefined): Difference {
  if (was === undefined) return { how: "added", is: is! };
  return is === undefined ? { how: "removed", was } : { how: "changed", was, is };
}

function inputFacts(was: JsonObject, is: JsonObject) {
  const stage = is.stage ?? was.stage;
  const [before, after] = [was, is].map(({ digest, value }) => digest ?? value);
  const isKnown = before !== undefined && after !== undefined;
  return {
    stage: typeof stage === "string" ? stage : null,
    content: !isKnown ? "unknown" : before === after ? "same" : "changed",
  } as const;
}

/** Within objects, and within lists of one length, what differs is told by its path. */
function leaves(name: string, difference: Difference): readonly (Difference & { readonly name: string })[] {
  const { was, is } = difference;
  const whole = [{ name, ...difference }];
  const within = (key: string | number, before: JsonValue | undefined, after: JsonValue | undefined) =>
    isEqualJson(before, after) ? [] : leaves(below(name, key), differenceOf(before, after));
  if (Array.isArray(was) && Array.isArray(is) && was.length === is.length) {
    const each = was.flatMap((item, i) => within(i, item, is[i]));
    return each.length > 3 ? whole : each; // a list of numbers that all differ is better told as a whole
  }
  if (!isOpen(was) || !isOpen(is)) return whole;
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...keys].flatMap((key) => within(key, was[key], is[key]));
}

/** A name that begins with `$` stands for what JSON has no word for: a date, a map. */
function isOpen(value: JsonValue | undefined): value is { [name: string]: JsonValue } {
  return isPlainObject(value) && !Object.keys(value).some((key) => key.startsWith("$"));
}

/** Files enter by their content alone: one that has another name by now is no difference. */
function withoutRenamed(changes: readonly Change[]): readonly Change[] {
  const files = changes.filter(({ what }) => what === "file");
  const added = new Set(files.filter(({ how }) => how === "added").map(({ is }) => is));
  const removed = new Set(files.filter(({ how }) => how === "removed").map(({ was }) => was));
  return changes.filter(({ what, how, was, is }) =>
    what !== "file" || how === "changed" || !(how === "added" ? removed.has(is) : added.has(was))
  );
}

/** An aggregate is given its records in their order. */
function orderChange(was: JsonValue | undefined, is: JsonValue | undefined): readonly Change[] {
  const namesOf = (states: JsonValue | undefined) =>
    states === undefined ? [] : partsOf({ states }).map(({ name }) => name);
  const [before, after] = [namesOf(was), namesOf(is)];
  const [inBefore, inAfter] = [new Set(before), new Set(after)];
  const [first, second] = [
    before.filter((name) => inAfter.has(name)),
    after.filter((name) => inBefore.has(name)),
  ];
  const isSame = first.every((name, i) => name === second[i]);
  return isSame ? [] : [{ what: "order", how: "changed", was: first, is: second }];
}
