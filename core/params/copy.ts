/**
 * Copies of plain values, so that what one reader changes no other sees.
 *
 * @module
 */
import { types } from "node:util";
import { keyBesideElements, oddProperty } from "./own_keys.ts";
import { isPlainObject } from "./paths.ts";

/**
 * A copy of a value: of plain objects, arrays, dates, maps, sets, typed arrays and their buffers, at any depth.
 *
 * What is there twice is one object in the copy too, and a cycle stays one.
 *
 * @param value Any value that was hashed, or that a hash representation stands for.
 * @returns The copy; what can't be copied, such as an instance of a class, is the same in it.
 */
export function copyOf<T>(value: T): T {
  return copied(value, new Map()) as T;
}

function copied(value: unknown, made: Map<object, object>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return made.get(value) ?? copyOfObject(value, made);
}

function copyOfObject(value: object, made: Map<object, object>): object {
  const keep = <C extends object>(copy: C): C => {
    made.set(value, copy);
    return copy;
  };
  const prototype = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype) return value;
    const copy = keep(value.slice());
    for (let i = 0; i < copy.length; i++) {
      const item: unknown = copy[i];
      if (typeof item === "object" && item !== null) copy[i] = copied(item, made);
    }
    return keyBesideElements(value) === undefined ? copy : withProperties(copy, value, made);
  }
  if (isPlainObject(value)) {
    const copy = keep({});
    if (oddProperty(value) !== undefined) return withProperties(copy, value, made);
    for (const [name, item] of Object.entries(value)) set(copy, name, copied(item, made));
    return copy;
  }
  if (prototype === Map.prototype && types.isMap(value)) {
    const copy = keep(new Map());
    for (const [key, item] of value) copy.set(copied(key, made), copied(item, made));
    return copy;
  }
  if (prototype === Set.prototype && types.isSet(value)) {
    const copy = keep(new Set());
    for (const item of value) copy.add(copied(item, made));
    return copy;
  }
  if (prototype === Date.prototype && types.isDate(value)) return keep(new Date(Number(value)));
  if (prototype === ArrayBuffer.prototype && isOwn(value as ArrayBuffer)) {
    return keep((value as ArrayBuffer).slice());
  }
  // Bytes of their own, and no more of a longer buffer than what is seen of it. A Buffer of Node is no such array.
  const isTyped = types.isTypedArray(value) && isOwn(value.buffer) &&
    value.constructor.name === value[Symbol.toStringTag];
  return isTyped ? keep(value.slice()) : value;
}

/** What is in no hash may have symbols, hidden properties and getters: they are as they were. */
function withProperties(copy: object, source: object, made: Map<object, object>): object {
  for (const key of Reflect.ownKeys(source)) {
    if (Object.hasOwn(copy, key)) continue;
    const property = Object.getOwnPropertyDescriptor(source, key)!;
    const isValue = "value" in property;
    Object.defineProperty(
      copy,
      key,
      isValue ? { ...property, value: copied(property.value, made) } : property,
    );
  }
  return copy;
}

/** Memory that is there, and not shared: what shares its memory does so for a purpose. */
function isOwn(buffer: ArrayBufferLike): boolean {
  return types.isArrayBuffer(buffer) && !buffer.detached;
}

function set(copy: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") copy[name] = value;
  else Object.defineProperty(copy, name, { value, writable: true, enumerable: true, configurable: true });
}
