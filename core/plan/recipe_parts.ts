/**
 * The parts of a recipe, as metadata keeps it: one a parameter, declaration, input and so on.
 *
 * Metadata may be older than this version, or written by hand: what is of another sort counts as not there.
 *
 * @module
 */
import { isPlainObject } from "../params/paths.ts";
import type { JsonValue } from "../params/describe.ts";

/** What sort of part it is. */
export type PartKind =
  | "parameter"
  | "capture"
  | "code"
  | "declaration"
  | "package"
  | "file"
  | "env"
  | "output"
  | "input"
  | "record"
  | "partial"
  | "format"
  | "other";

/** One part of a recipe. */
export interface Part {
  readonly what: PartKind;
  /** Empty where there is but one of its kind. */
  readonly name: string;
  /** The file of a declaration. */
  readonly file?: string;
  readonly value: JsonValue;
}

/** JSON that is an object. */
export type JsonObject = { readonly [name: string]: JsonValue };

/**
 * JSON as an object.
 *
 * @param value Any JSON.
 * @returns The object; an empty one where it is none.
 */
export function objectOf(value: unknown): JsonObject {
  return isPlainObject(value) ? value as JsonObject : {};
}

/** Parts that have the same shape: a kind's name, and where they stand. */
const NAMED = [["files", "file"], ["env", "env"], ["outputs", "output"], ["inputs", "input"]] as const;

const KNOWN = new Set(["kind", "name", "code", "captures", "params", "states", ...NAMED.map(([at]) => at)]);

/**
 * The parts of a recipe, those that people change most often first.
 *
 * @param recipe What metadata calls `recipe`.
 * @returns The parts; its kind and name, which say what it is a recipe of, are none of them.
 */
export function partsOf(recipe: JsonValue): readonly Part[] {
  const all = objectOf(recipe);
  return [
    ...named("parameter", all.params),
    ...named("capture", all.captures),
    ...codeParts(all.code),
    ...NAMED.flatMap(([at, what]) => named(what, all[at])),
    ...recordParts(all.states),
    ...Object.entries(all).filter(([name]) => !KNOWN.has(name)).map(([name, value]): Part =>
      name === "partial" || name === "format"
        ? { what: name, name: "", value }
        : { what: "other", name, value }
    ),
  ];
}

function named(what: PartKind, values: JsonValue | undefined): Part[] {
  return Object.entries(objectOf(values)).map(([name, value]) => ({ what, name, value }));
}

function codeParts(code: JsonValue | undefined): Part[] {
  if (code === undefined) return [];
  const { declarations, packages, ...rest } = objectOf(code);
  const byFile = Object.entries(objectOf(declarations)).flatMap(([file, names]) =>
    named("declaration", names).map((part) => ({ ...part, file }))
  );
  return [...byFile, ...named("package", packages), { what: "code", name: "", value: rest }];
}

/** Records of two procedures may bear one name: the second is told from the first by a number. */
function recordParts(states: JsonValue | undefined): Part[] {
  if (!Array.isArray(states)) return [];
  const met = new Map<string, number>();
  return states.map(objectOf).map(({ record, ...value }): Part => {
    const name = String(record ?? "");
    const count = (met.get(name) ?? 0) + 1;
    met.set(name, count);
    return { what: "record", name: count === 1 ? name : `${name} (${count})`, value };
  });
}
