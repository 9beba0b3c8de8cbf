/**
 * Whether a value comes back whole from structured cloning, and where it does not.
 *
 * @module
 */
import { types } from "node:util";
import {
  below,
  isPlainObject,
  keyBesideElements,
  oddMemory,
  quote,
  sortOf,
} from "../core/define/json_value.ts";

/** The built-in sorts by their prototype, and whether a value is what its prototype says. */
const SORTS = new Map<object, (value: unknown) => boolean>([
  [Map.prototype, types.isMap],
  [Set.prototype, types.isSet],
  [Date.prototype, types.isDate],
  [RegExp.prototype, types.isRegExp],
  [Number.prototype, types.isNumberObject],
  [String.prototype, types.isStringObject],
  [Boolean.prototype, types.isBooleanObject],
  [BigInt.prototype, types.isBigIntObject],
  [ArrayBuffer.prototype, types.isArrayBuffer],
]);
const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]
  .map((type) => type.prototype as object);

/** V8 writes a length in 32 bits: the most that one typed array can have and come back whole. */
export const BYTE_LIMIT: number = 2 ** 32 - 1;

/** What is nested more deeply might be written where the stack has room for it, and not be read where it has less. */
const DEPTH_LIMIT = 1000;

/** What is wrong, and the way there from the innermost step outward. */
interface Fault {
  readonly found: string;
  readonly steps: ((path: string) => string)[];
}

/**
 * Refuses what structured cloning would drop, flatten or cut without a word.
 *
 * An element of an array that is a getter counts as what it gives; a proxy counts as what it shows.
 *
 * @param value The value; cycles and shared references are fine.
 * @param what What was tried, as a message begins.
 * @param byteLimit How many bytes one typed array may have.
 * @throws {TypeError} If something would not come back: a class instance, a function, a symbol, a key that is one.
 * The message names its path: `$.model.layers[0]`.
 */
export function checkStructuredValue(value: unknown, what: string, byteLimit = BYTE_LIMIT): void {
  const fault = faultIn(value, { seen: new Set(), byteLimit, depth: 0 });
  if (fault === undefined) return;
  const path = fault.steps.toReversed().reduce((above, step) => step(above), "$");
  throw new TypeError(`${what}: ${path} is ${fault.found}; turn it into plain data first`);
}

interface Walk {
  readonly seen: Set<object>;
  readonly byteLimit: number;
  depth: number;
}

function faultIn(value: unknown, walk: Walk): Fault | undefined {
  if (typeof value === "function" || typeof value === "symbol") return fault(sortOf(value));
  if (typeof value !== "object" || value === null || walk.seen.has(value)) return undefined;
  walk.seen.add(value);
  if (walk.depth >= DEPTH_LIMIT) {
    return fault(`nested more than ${DEPTH_LIMIT} deep, and might not come back`);
  }
  walk.depth++;
  const found = faultInObject(value, walk);
  walk.depth--;
  return found;
}

function faultInObject(value: object, walk: Walk): Fault | undefined {
  const prototype = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    return prototype === Array.prototype
      ? faultInArray(value, walk)
      : fault(`an array of the class ${className(value)}`);
  }
  if (isPlainObject(value)) return faultInProperties(value, Object.getOwnPropertyNames(value), walk);
  if (ArrayBuffer.isView(value)) return faultInBytes(value, walk);
  if (SORTS.get(prototype)?.(value)) return faultInBuiltIn(value, walk);
  if (types.isNativeError(value) && ERRORS.includes(prototype)) return faultInError(value, walk);
  return fault(odd(value));
}

function faultInBuiltIn(value: object, walk: Walk): Fault | undefined {
  if (value instanceof Map) return faultInMap(value, walk);
  if (value instanceof Set) return faultInSet(value, walk);
  if (value instanceof ArrayBuffer) return faultInBytes(value, walk);
  if (value instanceof RegExp && value.lastIndex !== 0) {
    return fault(`a regular expression at lastIndex ${value.lastIndex}, which is lost`);
  }
  // A text's characters are properties, and so are its length and the place in a regular expression.
  const own = value instanceof String ? value.length + 1 : value instanceof RegExp ? 1 : 0;
  return faultInKeys(value, own);
}

function faultInArray(value: readonly unknown[], walk: Walk): Fault | undefined {
  let i = 0;
  for (; i < value.length; i++) {
    const item = value[i];
    // Most elements are numbers or texts, which are always fine.
    if (typeof item === "number" || typeof item === "string") continue;
    // Behind a hole there may be more of them than anyone can count: what is there has a name.
    if (item === undefined && !(i in value)) break;
    const found = faultIn(item, walk);
    if (found !== undefined) return under(found, (path) => below(path, i));
  }
  if (i === value.length && keyBesideElements(value) === undefined) return undefined;
  return faultInProperties(value, Object.getOwnPropertyNames(value).slice(i), walk);
}

function faultInProperties(value: object, names: readonly string[], walk: Walk): Fault | undefined {
  const symbol = Object.getOwnPropertySymbols(value)[0];
  const sort = Array.isArray(value) ? "an array" : "an object";
  if (symbol !== undefined) return fault(`${sort} with the key ${String(symbol)}, which is lost`);
  for (const name of names) {
    if (name === "length" && Array.isArray(value)) continue;
    const property = Object.getOwnPropertyDescriptor(value, name)!;
    if (!property.enumerable) return fault(`${sort} with the hidden key ${quote(name)}, which is lost`);
    const item: unknown = property.value;
    // As for elements.
    if (typeof item === "number" || typeof item === "string") continue;
    const found = item === undefined && property.get !== undefined
      ? fault("a getter, which is lost")
      : faultIn(item, walk);
    if (found !== undefined) {
      const key = Array.isArray(value) && /^\d+$/.test(name) ? Number(name) : name;
      return under(found, (path) => below(path, key));
    }
  }
  return undefined;
}

function faultInMap(value: Map<unknown, unknown>, walk: Walk): Fault | undefined {
  let i = 0;
  for (const [key, item] of value) {
    const place = i++;
    const inKey = faultIn(key, walk);
    if (inKey !== undefined) return under(inKey, (path) => `${path}.keys()[${place}]`);
    const found = faultIn(item, walk);
    if (found !== undefined) return under(found, (path) => `${path}.get(${quote(key)})`);
  }
  return faultInKeys(value, 0);
}

function faultInSet(value: Set<unknown>, walk: Walk): Fault | undefined {
  let i = 0;
  for (const item of value) {
    const place = i++;
    const found = faultIn(item, walk);
    if (found !== undefined) return under(found, (path) => `${path}.values()[${place}]`);
  }
  return faultInKeys(value, 0);
}

/** V8 keeps the class, message, stack and cause of an error, and drops all else that it holds. */
function faultInError(value: Error, walk: Walk): Fault | undefined {
  const lost = Reflect.ownKeys(value).find((key) => key !== "message" && key !== "stack" && key !== "cause");
  if (lost !== undefined) return fault(`${sortOf(value)} with the key ${quote(String(lost))}, which is lost`);
  for (const key of ["message", "stack"] as const) {
    if (Object.hasOwn(value, key) && typeof value[key] !== "string") {
      return under(fault(`${sortOf(value[key])} where an error has text`), (path) => below(path, key));
    }
  }
  const found = faultIn(value.cause, walk);
  return found === undefined ? undefined : under(found, (path) => below(path, "cause"));
}

function faultInBytes(value: ArrayBuffer | ArrayBufferView, walk: Walk): Fault | undefined {
  const name = types.isTypedArray(value)
    ? value[Symbol.toStringTag]
    : types.isDataView(value)
    ? "DataView"
    : "ArrayBuffer";
  // Such as a Buffer of Node, which is a Uint8Array of another class.
  if (Object.getPrototypeOf(value).constructor?.name !== name) return fault(odd(value));
  const memory = oddMemory(ArrayBuffer.isView(value) ? value.buffer : value);
  if (memory !== undefined) return fault(`${sortOf(value)} over ${memory}`);
  if (value.byteLength > walk.byteLimit) {
    return fault(
      `${sortOf(value)} of ${value.byteLength} bytes, more than the ${walk.byteLimit} that would come back`,
    );
  }
  if (!types.isTypedArray(value)) return faultInKeys(value, 0);
  const key = keyBesideElements(value);
  return key === undefined
    ? undefined
    : fault(`${sortOf(value)} with the key ${quote(String(key))}, which is lost`);
}

/** For objects whose content is not in their properties: any property beyond those that all of their sort have is lost. */
function faultInKeys(value: object, own: number): Fault | undefined {
  const key = Reflect.ownKeys(value)[own];
  return key === undefined
    ? undefined
    : fault(`${sortOf(value)} with the key ${quote(String(key))}, which is lost`);
}

function odd(value: object): string {
  const sort = sortOf(value);
  return sort === "an object" ? "an object with a prototype of its own" : sort;
}

function className(value: object): string {
  return quote(Object.getPrototypeOf(value)?.constructor?.name ?? "");
}

function fault(found: string): Fault {
  return { found, steps: [] };
}

function under(fault: Fault, step: (path: string) => string): Fault {
  fault.steps.push(step);
  return fault;
}
