/**
 * Arrays of numbers.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Artifact, Cacher } from "../core/define/cacher.ts";
import { quote } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { readBytes, writeBytes } from "../core/define/whole_file.ts";
import { ARRAYS, type ArrayType, isArrayType, type TypedArray } from "./array_types.ts";
import {
  type ArrayLayout,
  arrayOver,
  type ArrayValue,
  checkArray,
  isSize,
  lengthOf,
  shapeText,
} from "./array_value.ts";
import { type NpyHeader, npyHeader, readNpyHeader } from "./npy_header.ts";
import { cannotLoad, cannotSave } from "./read_text.ts";

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
    save: async (value, artifact) => {
      const path = artifact.path();
      const what = cannotSave(path, AS);
      const { data, isShaped, ...layout } = checkArray(value, what);
      if (type !== undefined && layout.type !== type) {
        throw new TypeError(`${what}: $ is ${layout.type}, wanted ${type} as its cacher says`);
      }
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const head = isNpy ? [npyHeader(layout, what)] : [];
      Object.assign(artifact.extra, layout, isShaped ? { shaped: true } : {});
      await writeBytes(artifact, [...head, bytes], path);
    },
    load: async (artifact) => {
      const what = cannotLoad(artifact.path(), AS);
      const known = knownLayout(artifact.extra, what);
      const { data, ...layout } = await (isNpy ? loadNpy : loadRaw)(artifact, known, type, what);
      if (type !== undefined && layout.type !== type) {
        throw new SyntaxError(`${what}: it holds ${layout.type}, wanted ${type} as its cacher says`);
      }
      const isShaped = known === undefined ? layout.shape.length !== 1 : known.isShaped;
      return (isShaped ? { data, shape: layout.shape } : data) as T;
    },
  });
}

/** What it is called in messages. */
const AS = "an array";

/** What the metadata says, where there is any. */
interface KnownLayout extends ArrayLayout {
  readonly isShaped: boolean;
}

function knownLayout(extra: Artifact["extra"], what: string): KnownLayout | undefined {
  const { type, shape, shaped } = extra;
  if (type === undefined && shape === undefined) return undefined;
  const isSound = isArrayType(type) && Array.isArray(shape) && shape.every(isSize);
  if (isSound && (shaped === true || shape.length === 1)) return { type, shape, isShaped: shaped === true };
  throw new SyntaxError(
    `${what}: its metadata says ${quote(type)} of the shape ${
      quote(shape)
    }, which is no array; save it again`,
  );
}

/** An array as it was loaded. */
interface LoadedArray extends ArrayLayout {
  readonly data: TypedArray;
}

async function loadRaw(
  artifact: Artifact,
  known: ArrayLayout | undefined,
  wanted: ArrayType | undefined,
  what: string,
): Promise<LoadedArray> {
  const bytes = await readBytes(artifact); // first: where it is missing, that is what counts
  const type = known?.type ?? wanted;
  if (type === undefined) {
    throw new SyntaxError(
      `${what}: without metadata nothing says what its bytes are; give its type, as in ` +
        'arrayCacher({ type: "float64" })',
    );
  }
  const layout = { type, shape: known?.shape ?? [Math.floor(bytes.length / ARRAYS[type].BYTES_PER_ELEMENT)] };
  return { ...layout, data: arrayOver(bytes, layout, what) };
}

async function loadNpy(
  artifact: Artifact,
  known: ArrayLayout | undefined,
  wanted: ArrayType | undefined,
  what: string,
): Promise<LoadedArray> {
  const headers: NpyHeader[] = [];
  const bytes = await readBytes(artifact, artifact.path(), (start) => {
    const header = readNpyHeader(start, what);
    headers.push(header);
    return header.length;
  });
  const { type: found, shape, isBigEndian, isFortran } = headers[0]!;
  // To numpy, clamped bytes are bytes.
  const isClamped = found === "uint8" && (known?.type ?? wanted) === "uint8clamped";
  const type = isClamped ? "uint8clamped" : found;
  if (known !== undefined && (known.type !== type || shapeText(known.shape) !== shapeText(shape))) {
    throw new SyntaxError(
      `${what}: its header says ${type} of the shape ${shapeText(shape)}, and its metadata ` +
        `${known.type} of the shape ${shapeText(known.shape)}`,
    );
  }
  const data = arrayOver(bytes, { type, shape }, what);
  if (isBigEndian) swapBytes(data);
  return { type, shape, data: isFortran && shape.length > 1 ? rowMajor(data, type, shape) : data };
}

function swapBytes({ buffer, BYTES_PER_ELEMENT }: TypedArray): void {
  const bytes = Buffer.from(buffer as ArrayBuffer);
  if (BYTES_PER_ELEMENT === 2) bytes.swap16();
  else if (BYTES_PER_ELEMENT === 4) bytes.swap32();
  else if (BYTES_PER_ELEMENT === 8) bytes.swap64();
}

/** Numbers of which those of the first dimension lie side by side, put so that those of the last one do. */
function rowMajor(data: TypedArray, type: ArrayType, shape: readonly number[]): TypedArray {
  const steps = shape.map((_, axis) => lengthOf(shape.slice(0, axis)));
  const at = shape.map(() => 0);
  const sorted = new ARRAYS[type](data.length);
  for (let to = 0, from = 0; to < data.length; to++) {
    sorted[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
  return sorted;
}
