/**
 * Whether a value comes back whole from structured cloning, and where it does not.
 *
 * @module
 */
import { below, isPlainObject, quote, sortOf } from "../core/define/json_value.ts";

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array) as abstract new () => Uint8Array;
const BOXED = [Number, String, Boolean, BigInt].map((type) => type.prototype as object);
const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]
  .map((type) => type.prototype as object);

/** V8 writes a length in 32 bits: the most that one typed array can have and come back whole. */
export const BYTE_LIMIT: number = 2 ** 32 - 1;

/** What is wrong, and the way there from the innermost step outward. */
interface Fault {
  readonly found: string;
  readonly steps: ((path: string) => string)[];
}

/**
 * Refuses what structured cloning would drop, flatten or cut without a word.
 *
 * @param value The value; cycles and shared references are fine.
 * @param what What was tried, as a message begins.
 * @param byteLimit How many bytes one typed array may have.
 * @throws {TypeError} If something would not come back: a class instance, a function, a symbol, a key that is one.
 * The message names its path: `$.model.layers[0]`.
 */
export function checkStructuredValue(value: unknown, what: string, byteLimit = BYTE_LIMIT): void {
  const fault = faultIn(value, { seen: new Set(), byteLimit });
  if (fault === undefined) return;
  const path = fault.steps.toReversed().reduce((above, step) => step(above), "$");
  throw new TypeError(`${what}: ${path} is ${fault.found}; turn it into plain data first`);
}

interface Walk {
  readonly seen: Set<object>;
  readonly byteLimit: number;
}

function faultIn(value: unknown, walk: Walk): Fault | undefined {
  if (typeof value === "function" || typeof value === "symbol") return fault(sortOf(value));
  if (typeof value !== "object" || value === null || walk.seen.has(value)) return undefined;
  walk.seen.add(value);
  const prototype = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    return prototype === Array.prototype
      ? faultInArray(value, walk)
      : fault(`an array of the class ${className(value)}`);
  }
  if (isPlainObject(value)) return faultInProperties(value, Object.keys(value), walk);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return faultInBytes(value, walk);
  if (prototype === Map.prototype) return faultInMap(value as Map<unknown, unknown>, walk);
  if (prototype === Set.prototype) return faultInSet(value as Set<unknown>, walk);
  if (prototype === RegExp.prototype) {
    const { lastIndex } = value as RegExp;
    return lastIndex === 0
      ? faultInKeys(value)
      : fault(`a regular expression at lastIndex ${lastIndex}, which is lost`);
  }
  if (prototype === String.prototype) {
    return Object.keys(value).length > String(value).length ? fault(odd(value)) : undefined;
  }
  if (prototype === Date.prototype || BOXED.includes(prototype)) return faultInKeys(value);
  if (ERRORS.includes(prototype)) return faultInError(value as Error, walk);
  return fault(odd(value));
}

function faultInArray(value: readonly unknown[], walk: Walk): Fault | undefined {
  for (let i = 0; i < value.length; i++) {
    const item = value[i];
    // Most elements are numbers or texts, which are always fine.
    if (typeof item === "number" || typeof item === "string") continue;
    const found = faultIn(item, walk);
    if (found !== undefined) return under(found, (path) => below(path, i));
  }
  // Elements apart, an array has keys seldom, and to list them takes long: only where it is short enough to be a match.
  const keys = value.length > 10_000 ? [] : Object.keys(value).slice(value.length);
  return faultInProperties(value, keys, walk);
}

function faultInProperties(value: object, keys: readonly string[], walk: Walk): Fault | undefined {
  const symbol = Object.getOwnPropertySymbols(value)[0];
  if (symbol !== undefined) return fault(`an object with the key ${String(symbol)}, which is lost`);
  for (const key of keys) {
    const found = faultIn((value as Record<string, unknown>)[key], walk);
    if (found !== undefined) return under(found, (path) => below(path, key));
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
  return faultInKeys(value);
}

function faultInSet(value: Set<unknown>, walk: Walk): Fault | undefined {
  let i = 0;
  for (const item of value) {
    const place = i++;
    const found = faultIn(item, walk);
    if (found !== undefined) return under(found, (path) => `${path}.values()[${place}]`);
  }
  return faultInKeys(value);
}

/** V8 keeps the class, message, stack and cause of an error, and drops all else that it holds. */
function faultInError(value: Error, walk: Walk): Fault | undefined {
  const lost = Reflect.ownKeys(value).find((key) => key !== "message" && key !== "stack" && key !== "cause");
  if (lost !== undefined) return fault(`${sortOf(value)} with the key ${quote(String(lost))}, which is lost`);
  const found = faultIn(value.cause, walk);
  return found === undefined ? undefined : under(found, (path) => below(path, "cause"));
}

function faultInBytes(value: ArrayBuffer | ArrayBufferView, walk: Walk): Fault | undefined {
  const prototype = Object.getPrototypeOf(value);
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  const plain = prototype === ArrayBuffer.prototype || prototype === DataView.prototype ||
    Object.getPrototypeOf(prototype) === TYPED_ARRAY.prototype;
  if (!plain) return fault(odd(value));
  if (!(buffer instanceof ArrayBuffer)) return fault(`${sortOf(value)} over shared memory`);
  if (buffer.resizable) return fault(`${sortOf(value)} over a buffer that can be resized`);
  if (buffer.detached) return fault(`${sortOf(value)} over a buffer that was given away`);
  if (value.byteLength <= walk.byteLimit) return undefined;
  return fault(
    `${sortOf(value)} of ${value.byteLength} bytes, more than the ${walk.byteLimit} that would come back`,
  );
}

/** For objects whose content is not in their properties: any property is lost. */
function faultInKeys(value: object): Fault | undefined {
  const key = Reflect.ownKeys(value).find((key) => key !== "lastIndex");
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
