/**
 * Whether a value comes back equal from JSON, and where it does not.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import { keyBesideElements, oddMemory, oddProperty } from "../params/own_keys.ts";
import { below, isPlainObject, sortOf } from "../params/paths.ts";

// Cachers import from this room alone, and their messages name values and places in the same words.
export { below, isPlainObject, keyBesideElements, oddMemory, oddProperty, quote, sortOf };

/** What is wrong, and the way there from the innermost key outward. */
interface Fault {
  readonly found: string;
  readonly keys: (string | number)[];
  /** For a cycle: the depth of the object, and the depth where it is met again. */
  readonly cycle?: readonly [number, number];
}

/**
 * Refuses a value that would not come back equal from JSON.
 *
 * Plain objects, arrays, texts, finite numbers, booleans and null pass. All else does not: `undefined` (as a property
 * too), `NaN`, `-0`, bigints, dates, class instances, whatever holds `toJSON`, getters, properties that are hidden,
 * cycles, arrays with holes or with more than elements. An object without a prototype passes and comes back with the
 * usual one; an object met twice comes back as two. An element of an array that is a getter counts as what it gives.
 *
 * @param value The value.
 * @param what What was tried, as a message begins: `Cannot save "scores.json" as JSON`.
 * @param root What the value is called in the message.
 * @throws {TypeError} If the value would come back different, naming where: `$.rows[3].when`.
 * @throws {RangeError} If it is nested more deeply than the stack.
 */
export function checkJsonValue(value: unknown, what: string, root = "$"): void {
  const fault = withinLimits(what, () => faultIn(value, []));
  if (fault === undefined) return;
  const keys = fault.keys.toReversed();
  const path = (depth?: number) => keys.slice(0, depth).reduce<string>(below, root);
  const said = fault.cycle === undefined
    ? `${path()} is ${fault.found}, which would not come back equal`
    : `${path(fault.cycle[1])} is ${path(fault.cycle[0])} again, and a cycle would not come back`;
  throw new TypeError(`${what}: ${said}; convert it first, or use another cacher`);
}

/**
 * Runs what goes through a value, and says it in words where the engine's limits are met.
 *
 * @param what What was tried, as a message begins.
 * @param go Goes through the value.
 * @returns What that returns.
 * @throws {RangeError} If the value is nested more deeply than the stack, or makes too long a text.
 */
export function withinLimits<T>(what: string, go: () => T): T {
  try {
    return go();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const why = error.message === "Invalid string length"
      ? "it makes a text of more than 512 MiB, the most that one text can hold; split it, or use another cacher"
      : error.message === "Maximum call stack size exceeded"
      ? "it is nested too deeply; flatten it"
      : error.message;
    throw new RangeError(`${what}: ${why}`, { cause: error });
  }
}

/**
 * Whether an array holds elements and nothing more: no subclass, no property beside them.
 *
 * @param value An array.
 * @returns Whether that is all; holes are left to whoever looks at its elements.
 */
export function isPlainArray(value: readonly unknown[]): boolean {
  return Object.getPrototypeOf(value) === Array.prototype && keyBesideElements(value) === undefined;
}

/**
 * Goes through a value. Paths are put together on the way back alone, so that a sound value costs no texts.
 *
 * @param trail The objects above the value.
 */
function faultIn(value: unknown, trail: object[]): Fault | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      if (value - value === 0 && (value !== 0 || 1 / value > 0)) return undefined;
      return { found: Object.is(value, -0) ? "-0" : String(value), keys: [] };
    case "object":
      return value === null ? undefined : faultInObject(value, trail);
    default:
      return { found: sortOf(value), keys: [] };
  }
}

function faultInObject(value: object, trail: object[]): Fault | undefined {
  // Looking at every 64th level alone finds any cycle soon enough, and costs next to nothing.
  if (trail.length % 64 === 63 && trail.includes(value)) {
    return { found: "", keys: [], cycle: repeated(trail, value) };
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    return { found: isPlainObject(value) ? "an object with toJSON" : sortOf(value), keys: [] };
  }
  return Array.isArray(value) ? faultInArray(value, trail) : faultInRecord(value, trail);
}

/** Up to this length it is quicker to list the keys of an array than to call what knows a better way. */
const SHORT = 100;

function faultInArray(value: readonly unknown[], trail: object[]): Fault | undefined {
  trail.push(value);
  for (let i = 0; i < value.length; i++) {
    const item = value[i];
    // The same as below, without a call: most elements of long lists are numbers.
    if (typeof item === "number" && item - item === 0 && item !== 0) continue;
    const fault = faultIn(item, trail);
    if (fault !== undefined) return under(i, i in value ? fault : { found: "a hole", keys: [] });
  }
  trail.pop();
  if (Object.getPrototypeOf(value) !== Array.prototype) {
    return { found: `an array of the class ${className(value)}`, keys: [] };
  }
  // No element is missing, so its length and its elements are all there is where there are no more keys than that.
  if (value.length < SHORT && Reflect.ownKeys(value).length === value.length + 1) return undefined;
  const key = keyBesideElements(value);
  return key === undefined ? undefined : { found: `an array with the key ${nameOf(key)}`, keys: [] };
}

function faultInRecord(value: object, trail: object[]): Fault | undefined {
  if (!isPlainObject(value)) {
    const sort = sortOf(value);
    return { found: sort === "an object" ? "an object with a prototype of its own" : sort, keys: [] };
  }
  const symbol = Object.getOwnPropertySymbols(value)[0];
  if (symbol !== undefined) return { found: `an object with the key ${String(symbol)}`, keys: [] };
  if (isRawJson(value)) return { found: "raw JSON", keys: [] };
  trail.push(value);
  for (const key of Object.getOwnPropertyNames(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key)!;
    if (!property.enumerable) return { found: `an object with the hidden key ${quote(key)}`, keys: [] };
    const item: unknown = property.value;
    // Most properties are texts and numbers, which need no call.
    if (typeof item === "string" || (typeof item === "number" && item - item === 0 && item !== 0)) continue;
    const fault = item === undefined && property.get !== undefined
      ? { found: "a getter", keys: [] }
      : faultIn(item, trail);
    if (fault !== undefined) return under(key, fault);
  }
  trail.pop();
  return undefined;
}

function under(key: string | number, fault: Fault): Fault {
  fault.keys.push(key);
  return fault;
}

/** The first object on the way down that is met twice: at which depth, and at which again. */
function repeated(trail: readonly object[], value: object): [number, number] {
  const all = [...trail, value];
  const again = all.findIndex((item, depth) => all.indexOf(item) < depth);
  return [all.indexOf(all[again] ?? value), again];
}

function nameOf(key: string | symbol): string {
  return typeof key === "symbol" ? String(key) : quote(key);
}

const JSON_NOW = JSON as typeof JSON & { isRawJSON(value: unknown): boolean };

/**
 * Whether `JSON.rawJSON` made an object, which JSON writes as the text in it.
 *
 * @param value A plain object.
 * @returns Whether it did.
 */
export function isRawJson(value: object): boolean {
  // The types do not know it yet. Most objects have a prototype, and need not be asked.
  return Object.getPrototypeOf(value) === null && JSON_NOW.isRawJSON(value);
}

function className(value: object): string {
  return quote(Object.getPrototypeOf(value)?.constructor?.name ?? "");
}
