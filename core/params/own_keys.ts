/**
 * What an object holds beside what its keys and elements show: what is never to be lost without a word.
 *
 * @module
 */
/** A property that no plain reading shows for what it is. */
export interface OddProperty {
  readonly key: string | symbol;
  readonly sort: "symbol" | "hidden" | "getter";
}

/**
 * The first property of a plain object that is not there to be listed, or whose value another reading may not give.
 *
 * @param value A plain object.
 * @returns The property; undefined where each is a text that names a value.
 */
export function oddProperty(value: object): OddProperty | undefined {
  const symbol = Object.getOwnPropertySymbols(value)[0];
  if (symbol !== undefined) return { key: symbol, sort: "symbol" };
  for (const key of Object.getOwnPropertyNames(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    if (property?.enumerable !== true) return { key, sort: "hidden" };
    if (!("value" in property)) return { key, sort: "getter" };
  }
  return undefined;
}

/** From this length on it takes longer to list the elements than to ask the inspector. */
const LISTED = 100;

/**
 * The first key of an array or a typed array that is neither an element nor the length of an array.
 *
 * Takes microseconds, however long it is. In a typed array a key that is hidden is not seen.
 *
 * @param value The array, of no subclass.
 * @returns The key; undefined where there are but elements.
 */
export function keyBesideElements(value: readonly unknown[] | ArrayBufferView): string | symbol | undefined {
  const isArray = Array.isArray(value);
  const { length } = value as readonly unknown[];
  // Most are short. Elements come first: where the last is in its place, there are no holes before it.
  if (isArray && length < LISTED) {
    const keys = Reflect.ownKeys(value);
    if (keys.length === length + 1 && (length === 0 || keys[length - 1] === String(length - 1))) {
      return undefined;
    }
  }
  const symbol = Object.getOwnPropertySymbols(value)[0];
  if (symbol !== undefined) return symbol;
  const others = isArray ? 1 : 0;
  // The elements of a typed array are always listed, and faster than those of another.
  if (!isArray && length < 3 * LISTED && Object.keys(value).length === length) return undefined;
  if (length >= LISTED && inspected(value) === textOfElements(value, length)) return undefined;
  const names = Object.getOwnPropertyNames(value);
  // Elements come first, and the length after them: where there are no holes, that is all there is to look at.
  if (names.length === length + others && (length === 0 || names[length - 1] === String(length - 1))) {
    return undefined;
  }
  return names.find((name) =>
    !(isArray && name === "length") && !(/^(0|[1-9]\d{0,9})$/.test(name) && Number(name) < length)
  );
}

/**
 * The inspector knows the keys that are no elements without going through the elements, and nothing else does: where
 * its text is just that of an array without such keys, there are none. Any other text says nothing.
 */
function inspected(value: object): string {
  return Deno.inspect(value, { showHidden: Array.isArray(value), iterableLimit: 0, depth: 0 });
}

function textOfElements(value: readonly unknown[] | ArrayBufferView, length: number): string {
  const start = Array.isArray(value) ? "" : `${(value as Uint8Array)[Symbol.toStringTag]}(${length}) `;
  const end = Array.isArray(value) ? `, [length]: ${length}` : "";
  return `${start}[ ... ${length} more items${end} ]`;
}

/**
 * What is wrong with the memory of a typed array or a buffer, where it is not its own and there to stay.
 *
 * @param buffer The buffer.
 * @returns Words such as `shared memory`; undefined for a buffer of the usual sort.
 */
export function oddMemory(buffer: ArrayBufferLike): string | undefined {
  if (!(buffer instanceof ArrayBuffer)) return "shared memory";
  if (buffer.detached) return "a buffer that was given away";
  return buffer.resizable ? "a buffer that can be resized" : undefined;
}
