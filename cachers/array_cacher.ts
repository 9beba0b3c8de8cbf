/**
 * Arrays of numbers.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { quote } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { whenNeeded } from "../core/define/when_needed.ts";
import { ARRAYS, type ArrayType, isArrayType, type TypedArray } from "./array_types.ts";
import type { ArrayValue } from "./array_value.ts";

const arrayFile = whenNeeded(() => import("./array_file.ts"));

/** How arrays are kept. */
export interface ArrayOptions {
  /** `"raw"`, which is the default: the bytes of the numbers and no more. `"npy"`: as numpy's `save` writes them. */
  readonly format?: "raw" | "npy";
  /** What the elements are. All else is refused; a raw file without metadata can be loaded only where this is said. */
  readonly type?: ArrayType;
}

/**
 * Keeps a typed array, of any kind, or a record of one with its shape: `{ data, shape: [rows, columns] }`.
 *
 * The file holds the numbers, little-endian, one after the other, and `artifact.extra` their type and shape. With
 * `format: "npy"` it begins with the header that numpy gives it, and numpy opens it; a file that numpy wrote, in either
 * byte order and in Fortran's order too, is loaded with no metadata: one of one dimension as a typed array, any other as
 * a record, booleans as a `Uint8Array`. What comes back is all of a buffer of its own.
 *
 * @typeParam T The values: `Float64Array`, or `ShapedArray<Float64Array>`.
 * @param options The format, and the type of the elements.
 * @returns A cacher: `.bin`, kind `array`; or `.npy`, kind `npy`. Its `save` rejects with a `TypeError` that names the
 * path of what it refuses (`$.shape[1]`): what is no typed array, is of a class derived from one, has keys of its own,
 * lies in memory that is shared, may be resized or was given away, or is not as many numbers as its shape says. Its
 * `load` rejects with a `SyntaxError` where the file is not as its metadata, its header or `options.type` says, or holds
 * what is no number.
 * @throws {TypeError} If an option is none.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { arrayCacher, type ShapedArray } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const dir = await Deno.makeTempDir();
 * const weights = new Float32Array([0.5, 0.25]);
 * await arrayCacher().save(weights, at(`${dir}/weights.bin`));
 * // No metadata: the type is said here.
 * assertEquals(await arrayCacher<Float32Array>({ type: "float32" }).load(at(`${dir}/weights.bin`)), weights);
 *
 * const table = { data: new Float64Array([1, 2, 3, 4, 5, 6]), shape: [2, 3] };
 * const npy = arrayCacher<ShapedArray<Float64Array>>({ format: "npy" });
 * await npy.save(table, at(`${dir}/table.npy`)); // numpy.load("table.npy").shape is (2, 3)
 * assertEquals(await npy.load(at(`${dir}/table.npy`)), table);
 * ```
 */
export function arrayCacher<T extends ArrayValue = TypedArray>(options: ArrayOptions = {}): Cacher<T> {
  const { format = "raw", type } = options;
  if (type !== undefined && !isArrayType(type)) {
    throw new TypeError(
      `Cannot use ${quote(type)} as the type of an array: it is one of ${Object.keys(ARRAYS).join(", ")}`,
    );
  }
  if (format !== "raw" && format !== "npy") {
    throw new TypeError(`Cannot use ${quote(format)} as the format of an array: it is "raw" or "npy"`);
  }
  const isNpy = format === "npy";
  return ownCacher({
    extension: isNpy ? ".npy" : ".bin",
    kind: isNpy ? "npy" : "array",
    save: async (value, artifact) => await (await arrayFile()).saveArray(value, artifact, isNpy, type),
    load: async (artifact) => await (await arrayFile()).loadArray(artifact, isNpy, type) as T,
  });
}
