/**
 * Whatever can be cloned: maps, sets, dates, typed arrays, bigints, cycles.
 *
 * @module
 */
import { Deserializer } from "node:v8";
import type { Cacher } from "../core/define/cacher.ts";
import { withinLimits } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { readBytes, writeBytes } from "../core/define/whole_file.ts";
import { cannotLoad, cannotSave } from "./read_text.ts";
import { encodeStructured, VIEWS } from "./structured_encode.ts";
import { checkStructuredValue } from "./structured_value.ts";

/** The file's first 8 bytes; the last of them is the version of this format. Then the payload's length in 8 more. */
const MAGIC = "cairnv8\u0001";
const HEADER = 16;

/**
 * Keeps anything that can be cloned (`structuredClone`): what JSON has no word for, cycles and shared references
 * included. Loading runs no code.
 *
 * What cloning would flatten or drop is refused: class instances, functions, symbols, getters, hidden properties, keys
 * of a date, a typed array or whatever else has its content elsewhere, properties of an error other than its message,
 * stack and cause, a typed array of 4 GiB or more or over memory that is shared, can be resized or was given away; and
 * what is nested more than 1000 deep. Typed arrays come back over memory of their own: two over one buffer come back
 * as two buffers. An object without a prototype comes back with the usual one.
 *
 * @typeParam T The value's type.
 * @returns A cacher: `.bin`, kind `structured`. Its `save` rejects with a `TypeError` that names the path of what it
 * refuses (`$.model.layers[0]`), its `load` with an `Error` where the file is not one it wrote, or is cut short.
 * @throws Nothing by itself.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { structuredCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const model = { weights: new Float64Array([0.5, -0]), classes: new Map([["a", 1n]]), at: new Date(0) };
 * const path = `${await Deno.makeTempDir()}/model.bin`;
 * await structuredCacher<typeof model>().save(model, at(path));
 * assertEquals(await structuredCacher<typeof model>().load(at(path)), model);
 * ```
 */
export function structuredCacher<T = unknown>(): Cacher<T> {
  return ownCacher({
    extension: ".bin",
    kind: "structured",
    save: async (value, artifact) => {
      const path = artifact.path();
      const bytes = structuredBytes(value, cannotSave(path, "a structured value"));
      await writeBytes(artifact, bytes, path);
    },
    load: async (artifact) => {
      const path = artifact.path();
      return valueOfBytes(await readBytes(artifact, path), cannotLoad(path, "a structured value")) as T;
    },
  });
}

/**
 * A value as the cacher writes it: for a file, or to be sent to another process.
 *
 * @param value The value.
 * @param what What was tried, as a message begins.
 * @returns The bytes.
 * @throws {TypeError} If it would not come back whole; the message names where: `$.model.layers[0]`.
 */
export function structuredBytes(value: unknown, what: string): Uint8Array {
  return withinLimits(what, () => {
    checkStructuredValue(value, what);
    const bytes = encodeStructured(value, HEADER);
    bytes.set(new TextEncoder().encode(MAGIC));
    new DataView(bytes.buffer).setBigUint64(8, BigInt(bytes.length - HEADER), true);
    return bytes;
  });
}

/**
 * The value that {@linkcode structuredBytes} wrote.
 *
 * @param bytes The bytes.
 * @param what What was tried, as a message begins.
 * @returns The value, over memory of its own.
 * @throws {Error} If they are none that it wrote, or are cut short.
 */
export function valueOfBytes(bytes: Uint8Array, what: string): unknown {
  checkHeader(bytes, what);
  const reader = new Deserializer(bytes.subarray(HEADER));
  const hooks = reader as unknown as ReaderHooks; // its types leave out the hooks that subclasses may define
  hooks._readHostObject = () => {
    const view = VIEWS[reader.readUint32()];
    if (view === undefined) throw new RangeError("unknown type of typed array");
    // A copy: what is loaded shall not keep the whole file in memory, nor share it with its neighbours.
    return new view(new Uint8Array(reader.readRawBytes(reader.readUint32())).buffer);
  };
  try {
    reader.readHeader();
    return reader.readValue();
  } catch (error) {
    throw new Error(`${what}: ${reason(error)}`, { cause: error });
  }
}

function checkHeader(bytes: Uint8Array, what: string): void {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
  if (start.slice(0, 7) !== MAGIC.slice(0, 7)) {
    throw new Error(
      `${what}: it begins with ${JSON.stringify(start)}, so structuredCacher() did not write it`,
    );
  }
  if (start !== MAGIC) {
    throw new Error(`${what}: its format is version ${start.charCodeAt(7)}, wanted ${MAGIC.charCodeAt(7)}`);
  }
  const found = bytes.length - HEADER;
  const wanted = found < 0 ? 0n : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8, true);
  if (BigInt(found) !== wanted) {
    throw new Error(
      `${what}: ${found} bytes follow its header, wanted ${wanted}; the file is cut short, or longer`,
    );
  }
}

/** What V8 says, without its full stop. */
function reason(error: unknown): string {
  return (error as Error).message.replace(/\.$/, "");
}

/** A hook that node:v8 documents and leaves to subclasses; a function on the instance does as well. */
interface ReaderHooks {
  _readHostObject(): ArrayBufferView;
}
