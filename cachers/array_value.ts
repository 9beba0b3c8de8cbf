/**
 * Arrays of numbers as values: typed arrays, alone or with a shape.
 *
 * @module
 */
import {
  isPlainArray,
  isPlainObject,
  keyBesideElements,
  oddMemory,
  oddProperty,
  quote,
  sortOf,
} from "../core/define/json_value.ts";
import { ARRAYS, type ArrayType, arrayTypeOf, type TypedArray } from "./array_types.ts";

/**
 * Numbers of several dimensions, as numpy and others have them.
 *
 * @typeParam A The typed array that holds them.
 */
export interface ShapedArray<A extends TypedArray = TypedArray> {
  /** The numbers, of which those of the last dimension lie side by side (row-major, as C has them). */
  readonly data: A;
  /** How many there are in each dimension: `[rows, columns]`; none for a single number. */
  readonly shape: readonly number[];
}

/** A typed array, or one with a shape. */
export type ArrayValue = TypedArray | ShapedArray;

/** What a file of numbers holds. */
export interface ArrayLayout {
  readonly type: ArrayType;
  readonly shape: readonly number[];
}

/** An array that passed: what it holds, and whether it is a record with a shape. */
export interface CheckedArray extends ArrayLayout {
  readonly data: TypedArray;
  readonly isShaped: boolean;
}

/**
 * Refuses what is no array that would come back equal.
 *
 * @param value The value.
 * @param what What was tried, as a message begins.
 * @returns The array.
 * @throws {TypeError} If it is none, naming the path of what is wrong: `$.shape[1]`.
 */
export function checkArray(value: unknown, what: string): CheckedArray {
  if (!isPlainObject(value)) {
    const [data, type] = checkData(value, "$", "a typed array, or a record of data and shape", what);
    return { data, type, shape: [data.length], isShaped: false };
  }
  const odd = oddProperty(value);
  if (odd !== undefined) {
    throw new TypeError(
      `${what}: $ has a key that is no plain one, ${quote(String(odd.key))}; copy it first`,
    );
  }
  const other = Object.keys(value).find((key) => key !== "data" && key !== "shape");
  if (other !== undefined) {
    throw new TypeError(
      `${what}: $ has the key ${quote(other)}, which is lost; keep it in an output of its own`,
    );
  }
  const [data, type] = checkData(value.data, "$.data", "a typed array", what);
  return { data, type, shape: checkShape(value.shape, data.length, what), isShaped: true };
}

function checkData(value: unknown, path: string, wanted: string, what: string): [TypedArray, ArrayType] {
  const type = arrayTypeOf(value);
  if (type === undefined) throw new TypeError(`${what}: ${path} is ${sortOf(value)}, wanted ${wanted}`);
  const data = value as TypedArray;
  const memory = oddMemory(data.buffer);
  if (memory !== undefined) throw new TypeError(`${what}: ${path} lies in ${memory}; copy it first`);
  const key = keyBesideElements(data);
  if (key === undefined) return [data, type];
  throw new TypeError(
    `${what}: ${path} has the key ${quote(String(key))}, which is lost; keep it in an output of its own`,
  );
}

function checkShape(shape: unknown, length: number, what: string): number[] {
  if (!Array.isArray(shape) || !isPlainArray(shape)) {
    throw new TypeError(
      `${what}: $.shape is ${Array.isArray(shape) ? "not a plain array" : sortOf(shape)}, ` +
        "wanted a list of the numbers of elements",
    );
  }
  const copy = Array.from(shape);
  const odd = copy.findIndex((size) => !isSize(size));
  if (odd !== -1) {
    const found = Object.is(copy[odd], -0) ? "-0" : quote(copy[odd]);
    throw new TypeError(`${what}: $.shape[${odd}] is ${found}, wanted a number of elements`);
  }
  if (lengthOf(copy) === length) return copy;
  throw new TypeError(
    `${what}: $.shape is ${shapeText(copy)}, which is ${lengthOf(copy)} elements, and $.data has ${length}`,
  );
}

/**
 * Whether something may be a number of elements.
 *
 * @param size Anything.
 * @returns Whether it is a whole number from 0, and not -0.
 */
export function isSize(size: unknown): size is number {
  return Number.isSafeInteger(size) && (size as number) >= 0 && !Object.is(size, -0);
}

/**
 * How many elements a shape has.
 *
 * @param shape The shape.
 * @returns The product, 1 where there is no dimension.
 */
export function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * A shape for messages.
 *
 * @param shape The shape.
 * @returns Such as `[2, 3]`.
 */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Takes bytes as the numbers that they are, without a copy.
 *
 * @param bytes Little-endian numbers: all of a buffer of their own.
 * @param layout What they are.
 * @param what What was tried, as a message begins.
 * @returns The typed array.
 * @throws {SyntaxError} If there are more or fewer.
 */
export function arrayOver(bytes: Uint8Array<ArrayBuffer>, layout: ArrayLayout, what: string): TypedArray {
  const { type, shape } = layout;
  const wanted = lengthOf(shape) * ARRAYS[type].BYTES_PER_ELEMENT;
  if (bytes.length === wanted) return new ARRAYS[type](bytes.buffer);
  throw new SyntaxError(
    `${what}: it holds ${bytes.length} bytes of numbers, wanted ${wanted}: ${type} of the shape ${
      shapeText(shape)
    }`,
  );
}
