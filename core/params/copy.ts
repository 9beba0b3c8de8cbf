/**
 * Copies of plain values, so that what one reader changes no other sees.
 *
 * @module
 */
import { isPlainObject } from "./paths.ts";

/**
 * A copy of a value: of plain objects, arrays, dates, maps, sets and typed arrays, at any depth.
 *
 * @param value Any value that was hashed; what can't be copied, such as an instance of a class that a hash
 * representation stands for, is the same in the copy.
 * @returns The copy.
 */
export function copyOf<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (isPlainObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copyOf(item)])) as T;
  }
  const isData = value instanceof Date || value instanceof Map || value instanceof Set ||
    value instanceof ArrayBuffer || ArrayBuffer.isView(value);
  if (!isData) return value;
  try {
    return structuredClone(value);
  } catch (error) {
    if (error instanceof DOMException && error.name === "DataCloneError") return value;
    throw error;
  }
}
