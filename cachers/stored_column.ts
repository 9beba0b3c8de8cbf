/**
 * Columns as Arrow and Parquet store them: one type each, and null.
 *
 * @module
 */
import { types } from "node:util";
import { checkJsonValue, keyBesideElements, oddMemory, quote, sortOf } from "../core/define/json_value.ts";
import { type ArrayType, arrayTypeOf, type TypedArray } from "./array_types.ts";
import { ABSENT, type ScalarType, typeOfCell } from "./table_columns.ts";

/** The types of values that such a column keeps; of others, and of several at once, JSON is kept. */
export type ValueType = ScalarType | "bytes" | "json";

/** What is in a file. Dates are milliseconds, JSON is text. */
export type Storage =
  | Exclude<ArrayType, "uint8clamped">
  | "boolean"
  | "string"
  | "json"
  | "timestamp"
  | "bytes";

/** A column, ready to be written. */
export interface StoredColumn {
  readonly storage: Storage;
  /** As `storage` says; a typed array, or a list in which null may stand. */
  readonly values: TypedArray | readonly unknown[];
  /** Whether null is among the values. */
  readonly nullable: boolean;
}

/** A column, as the value that is saved has it. */
export interface Cells {
  readonly name: string;
  readonly length: number;
  /** A value; {@linkcode ABSENT} where a row lacks the key. */
  readonly at: (row: number) => unknown;
  /** The path of a value, as messages name it. */
  readonly path: (row: number) => string;
}

/** What is found of a column when it is looked through. */
interface Found {
  type: ValueType | undefined;
  nulls: number;
  absent: number;
  /** Of numbers. */
  isInt32: boolean;
  isInteger: boolean;
}

/**
 * Makes a column of values ready to be written.
 *
 * @param cells The values.
 * @param what What was tried, as a message begins.
 * @returns The column; the type of its values; and whether null in it stands for a key that the row lacks.
 * @throws {TypeError} If a value would not come back equal, naming its path.
 */
export function storeCells(
  cells: Cells,
  what: string,
): { readonly column: StoredColumn; readonly type: ValueType; readonly absent: boolean } {
  const found = lookThrough(cells, what);
  const absent = found.absent > 0;
  const both = absent && found.nulls > 0;
  const type = both ? "json" : found.type ?? "string";
  const why = both ? "as some rows lack it and others have null there" : "as it has no one type";
  if (type === "json") {
    checkCells(cells, `${what}, where the column ${quote(cells.name)} is JSON ${why}`);
  }
  const storage = storageOf(type, found);
  const nullable = absent || found.nulls > 0;
  return { column: { storage, values: valuesOf(cells, storage, nullable, absent), nullable }, type, absent };
}

/**
 * Makes a typed array ready to be written.
 *
 * @param array The array.
 * @param path What messages call it.
 * @param what What was tried, as a message begins.
 * @returns The column, and the type of the array.
 * @throws {TypeError} If it would not come back equal.
 */
export function storeArray(
  array: TypedArray,
  path: string,
  what: string,
): { readonly column: StoredColumn; readonly array: ArrayType } {
  const type = arrayTypeOf(array);
  if (type === undefined) {
    throw new TypeError(`${what}: ${path} is ${sortOf(array)}, wanted a typed array of the usual classes`);
  }
  const odd = oddMemory(array.buffer);
  if (odd !== undefined) throw new TypeError(`${what}: ${path} lies in ${odd}; copy it first`);
  const key = keyBesideElements(array);
  if (key !== undefined) {
    throw new TypeError(`${what}: ${path} has the key ${quote(String(key))}, which is lost; drop it`);
  }
  const storage = type === "uint8clamped" ? "uint8" : type;
  return { column: { storage, values: array, nullable: false }, array: type };
}

function lookThrough(cells: Cells, what: string): Found {
  const found: Found = { type: undefined, nulls: 0, absent: 0, isInt32: true, isInteger: true };
  for (let i = 0; i < cells.length; i++) {
    const cell = cells.at(i);
    if (cell === null) found.nulls++;
    else if (cell === ABSENT) found.absent++;
    else {
      const type = typeOf(cell, cells, i, what);
      if (found.type === undefined) found.type = type;
      else if (found.type !== type) found.type = "json";
      if (typeof cell === "number" && found.isInteger) {
        found.isInt32 &&= (cell | 0) === cell && !Object.is(cell, -0);
        found.isInteger = found.isInt32 || (Number.isSafeInteger(cell) && !Object.is(cell, -0));
      }
    }
  }
  return found;
}

/** The type of one value, where the column's is not plainly another. */
function typeOf(cell: unknown, cells: Cells, row: number, what: string): ValueType {
  const type = isPlainBytes(cell) ? "bytes" : typeOfCell(cell);
  if (type === "date" && Number.isNaN((cell as Date).getTime())) {
    throw new TypeError(`${what}: ${cells.path(row)} is an invalid date; put null or a text in its place`);
  }
  if (type === "bigint" && BigInt.asIntN(64, cell as bigint) !== cell) {
    throw new TypeError(`${what}: ${cells.path(row)} is a bigint of more than 64 bits; keep it as text`);
  }
  return type === "string" && !(cell as string).isWellFormed() ? "json" : type;
}

function isPlainBytes(cell: unknown): boolean {
  return types.isUint8Array(cell) && Object.getPrototypeOf(cell) === Uint8Array.prototype &&
    oddMemory(cell.buffer) === undefined && keyBesideElements(cell) === undefined;
}

function checkCells(cells: Cells, what: string): void {
  for (let i = 0; i < cells.length; i++) {
    const cell = cells.at(i);
    if (cell !== ABSENT) checkJsonValue(cell, what, cells.path(i));
  }
}

function storageOf(type: ValueType, { isInt32, isInteger }: Found): Storage {
  switch (type) {
    case "number":
      return isInt32 ? "int32" : isInteger ? "int64" : "float64";
    case "bigint":
      return "int64";
    case "date":
      return "timestamp";
    default:
      return type;
  }
}

/** Typed arrays where there is no null: they take a fraction of the memory, and of the time. */
const ARRAY_OF: Partial<Record<Storage, (length: number) => Int32Array | Float64Array | BigInt64Array>> = {
  int32: (length) => new Int32Array(length),
  float64: (length) => new Float64Array(length),
  int64: (length) => new BigInt64Array(length),
};

function valuesOf(
  cells: Cells,
  storage: Storage,
  nullable: boolean,
  absent: boolean,
): StoredColumn["values"] {
  const stored = storeValue(storage, absent);
  const make = nullable ? undefined : ARRAY_OF[storage];
  const values = make?.(cells.length) ?? new Array(cells.length);
  for (let i = 0; i < cells.length; i++) values[i] = stored(cells.at(i)) as never;
  return values;
}

function storeValue(storage: Storage, absent: boolean): (cell: unknown) => unknown {
  const orNull = (store: (cell: never) => unknown) => (cell: unknown) =>
    cell === null || cell === ABSENT ? null : store(cell as never);
  switch (storage) {
    case "int64":
      return orNull((cell: number | bigint) => BigInt(cell));
    case "timestamp":
      return orNull((cell: Date) => cell.getTime());
    case "json":
      // Where null stands for what is absent, JSON has a word for null.
      return absent
        ? (cell) => cell === ABSENT ? null : JSON.stringify(cell)
        : orNull((cell) => JSON.stringify(cell));
    default:
      return orNull((cell) => cell);
  }
}
