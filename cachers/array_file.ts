/**
 * Files of numbers.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Artifact } from "../core/define/cacher.ts";
import { quote } from "../core/define/json_value.ts";
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

/** What it is called in messages. */
const AS = "an array";

/**
 * Writes an array.
 *
 * @param value The array.
 * @param artifact Where it goes; its `extra` takes the type and the shape.
 * @param isNpy Whether the file begins with numpy's header.
 * @param wanted What its elements must be; anything where it is undefined.
 * @throws {TypeError} If it is no array that would come back equal, or one of another type.
 */
export async function saveArray(
  value: unknown,
  artifact: Artifact,
  isNpy: boolean,
  wanted: ArrayType | undefined,
): Promise<void> {
  const path = artifact.path();
  const what = cannotSave(path, AS);
  const { data, isShaped, ...layout } = checkArray(value, what);
  if (wanted !== undefined && layout.type !== wanted) {
    throw new TypeError(`${what}: $ is ${layout.type}, wanted ${wanted} as its cacher says`);
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const head = isNpy ? [npyHeader(layout, what)] : [];
  Object.assign(artifact.extra, layout, isShaped ? { shaped: true } : {});
  await writeBytes(artifact, [...head, bytes], path);
}

/**
 * Reads an array.
 *
 * @param artifact Where it lies.
 * @param isNpy Whether the file begins with numpy's header.
 * @param wanted What its elements must be; what the file or its metadata says where it is undefined.
 * @returns The array.
 * @throws {SyntaxError} If the file is not as its metadata, its header or the type says, or holds what is no number.
 */
export async function loadArray(
  artifact: Artifact,
  isNpy: boolean,
  wanted: ArrayType | undefined,
): Promise<ArrayValue> {
  const what = cannotLoad(artifact.path(), AS);
  const known = knownLayout(artifact.extra, what);
  const { data, ...layout } = await (isNpy ? loadNpy : loadRaw)(artifact, known, wanted, what);
  if (wanted !== undefined && layout.type !== wanted) {
    throw new SyntaxError(`${what}: it holds ${layout.type}, wanted ${wanted} as its cacher says`);
  }
  const isShaped = known === undefined ? layout.shape.length !== 1 : known.isShaped;
  return isShaped ? { data, shape: layout.shape } : data;
}

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
