/**
 * Every combination of some values.
 *
 * @module
 */
import { quote } from "./names.ts";
import { sortOf } from "./paths.ts";

/** What keeps its literal type in a parameter set: `"knn"` stays `"knn"`, so that it suits `"knn" | "ridge"`. */
export type Scalar = string | number | boolean | bigint | null | undefined;

/**
 * Any type at all, which as a constraint keeps the literals below it: the compiler does so for a type parameter that
 * extends {@linkcode Scalar}, and this puts one wherever a literal may stand.
 *
 * @typeParam Literal That type parameter.
 * @typeParam Tuple `[]` where `[0, 1]` should become a tuple, which suits a list of numbers as well.
 * @internal
 */
export type LiteralHint<Literal, Tuple = never> =
  | Literal
  | Tuple
  // Together with null and undefined it is `unknown`, which by that name would swallow the rest.
  // deno-lint-ignore ban-types -- anything but null and undefined is meant
  | {}
  | null
  | undefined
  | { readonly [name: string]: LiteralHint<Literal, Tuple> }
  | readonly LiteralHint<Literal, Tuple>[];

/** A list as a parameter: `(1 | 2)[]` becomes `number[]`. Tuples, and lists of anything else, stay as they are. */
type PlainList<List extends readonly unknown[]> = number extends List["length"]
  ? List extends (infer Item)[] ? [Item] extends [never] ? List
    : [Item] extends [number] ? number[]
    : [Item] extends [readonly unknown[]] ? PlainValue<Item>[]
    : List
  : List
  : List;

/**
 * One value of an axis.
 *
 * @internal
 */
type PlainValue<Value> = Value extends readonly unknown[] ? PlainList<Value> : Value;

/**
 * The parameter sets of a grid: each axis gives one of its values.
 *
 * @typeParam Axes The values of each parameter.
 */
export type GridOf<Axes> = readonly {
  [Name in keyof Axes]: Axes[Name] extends readonly (infer Value)[] ? PlainValue<Value> : never;
}[];

/**
 * Every combination of the values of some parameters, the last one changing quickest.
 *
 * @param axes For each parameter, the values it takes.
 * @returns One plain object a combination. No axis gives one empty object.
 * @throws {TypeError} If an axis is no list, or an empty one, which would leave no combination at all.
 *
 * @example
 * ```ts
 * import { grid } from "@cairn/cairn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(grid({ k: [1, 5], seed: [1, 2] }), [
 *   { k: 1, seed: 1 },
 *   { k: 1, seed: 2 },
 *   { k: 5, seed: 1 },
 *   { k: 5, seed: 2 },
 * ]);
 * ```
 */
export function grid<
  Literal extends Scalar,
  Axes extends { readonly [Name in keyof Axes]: readonly LiteralHint<Literal>[] },
>(axes: Axes): GridOf<NoInfer<Axes>> { // NoInfer: else what an experiment expects hides the literals
  let sets: Record<string, unknown>[] = [{}];
  for (const [name, values] of Object.entries(axes as Record<string, unknown>)) {
    if (!Array.isArray(values)) {
      throw new TypeError(
        `Cannot make a grid: ${quote(name)} needs a list of values, found ${sortOf(values)}`,
      );
    }
    if (values.length === 0) {
      throw new TypeError(`Cannot make a grid: ${quote(name)} has no values, so there is no combination`);
    }
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
  }
  return sets as unknown as GridOf<Axes>; // a loop over names: no type follows it
}
