/**
 * The typed arrays, and what their elements are called.
 *
 * @module
 */

/** What the elements of a typed array are called, which are numpy's names. */
export type ArrayType =
  | "int8"
  | "uint8"
  | "uint8clamped"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "float32"
  | "float64";

/** Any typed array. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float16Array
  | Float32Array
  | Float64Array;

/** Makes a typed array that is all of a buffer, or has so many elements. */
export interface ArrayMaker {
  /** Bytes that an element takes. */
  readonly BYTES_PER_ELEMENT: number;
  readonly prototype: TypedArray;
  new (from: ArrayBuffer | number): TypedArray;
}

/** Makes the typed array of each type. */
export const ARRAYS: Readonly<Record<ArrayType, ArrayMaker>> = {
  int8: Int8Array,
  uint8: Uint8Array,
  uint8clamped: Uint8ClampedArray,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float16: Float16Array,
  float32: Float32Array,
  float64: Float64Array,
};

/**
 * Whether something is the name of a type.
 *
 * @param name Anything.
 * @returns Whether it is.
 */
export function isArrayType(name: unknown): name is ArrayType {
  return typeof name === "string" && Object.hasOwn(ARRAYS, name);
}

/**
 * The type of a typed array.
 *
 * @param value Anything.
 * @returns The name of its type; undefined where it is no typed array, or of a class that somebody derived from one.
 */
export function arrayTypeOf(value: unknown): ArrayType | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Object.keys(ARRAYS).filter(isArrayType).find((type) => ARRAYS[type].prototype === prototype);
}
